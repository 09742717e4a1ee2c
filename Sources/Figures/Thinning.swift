/// A line thinned for drawing: in every column of time its least and its greatest value stay.

/// The runs of `points` without a gap, in time order, with about `limit` points in all.
///
/// A one-minute spike in a two-day line is what the reader looks for, so nothing is averaged.
/// Points outside `start...end` and those that are not finite are left out.
/// - Complexity: O(n log n) if unsorted, else O(n).
func thinned(
  _ points: [TimeChart.Point], start: Double, end: Double, limit: Int
) -> [[(time: Double, value: Double)]] {
  var kept = points.filter { $0.time >= start && $0.time <= end }
  if zip(kept, kept.dropFirst()).contains(where: { $0.time > $1.time }) {
    kept = kept.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
      .map(\.element)
  }
  var runs: [[(time: Double, value: Double)]] = [[]]
  for point in kept {
    if let value = point.value, value.isFinite {
      runs[runs.count - 1].append((point.time, value))
    } else if runs[runs.count - 1].isEmpty == false {
      runs.append([])
    }
  }
  runs.removeAll(where: \.isEmpty)
  let total = runs.reduce(0) { $0 + $1.count }
  guard total > limit else { return runs }
  let columns = max(1, limit / 2)
  let width = (end - start) / Double(columns)
  func column(_ time: Double) -> Int { Int(min(Double(columns - 1), (time - start) / width)) }
  // So many runs that each would be a point: gaps of no length on paper are closed.
  if runs.count > columns / 2 { runs = [runs.flatMap(\.self)] }
  return runs.map { run in
    var result: [(time: Double, value: Double)] = []
    var i = 0
    while i < run.count {
      var j = i
      var least = i
      var most = i
      while j < run.count, column(run[j].time) == column(run[i].time) {
        if run[j].value < run[least].value { least = j }
        if run[j].value > run[most].value { most = j }
        j += 1
      }
      result.append(run[min(least, most)])
      if least != most { result.append(run[max(least, most)]) }
      i = j
    }
    return result
  }
}

/// The columns of a stack: all series on one grid of times, neighbours averaged down to `limit`.
///
/// A time that no series has is a column of 0.
struct Stack {
  var times: [Double] = []
  /// One array a series, as long as `times`.
  var values: [[Double]] = []
  /// How many buckets a column stands for.
  var merged = 1
  /// The width of a column in seconds.
  var step = 1.0

  init(_ lines: [TimeChart.Line], start: Double, end: Double, limit: Int) {
    func isDrawn(_ p: TimeChart.Point) -> Bool { p.time >= start && p.time <= end }
    let grid = Set(lines.flatMap { $0.points.filter(isDrawn).map(\.time) }).sorted()
    guard let first = grid.first, let last = grid.last else { return }
    let gaps = zip(grid, grid.dropFirst()).map { $1 - $0 }.sorted()
    // The median gap is the bucket's length; a single bucket is drawn as a fiftieth of the width.
    let bucket = gaps.isEmpty ? max(1, (end - start) / 50) : max(gaps[gaps.count / 2], 1e-6)
    let buckets = ((last - first) / bucket).rounded() + 1
    merged = Int(min(1e9, max(1, (buckets / Double(max(1, limit))).rounded(.up))))
    step = max(bucket * Double(merged), (last - first) / Double(max(1, limit)))
    // Half a bucket of slack, so that a jittering clock does not move counts to the neighbour.
    func column(_ time: Double) -> Int { Int(max(0, (time - first + bucket / 2) / step)) }
    let columns = column(last) + 1
    times = (0..<columns).map { first + Double($0) * step }
    var measured = [Double](repeating: 0, count: columns)
    for time in grid { measured[column(time)] += 1 }
    values = lines.map { line in
      var row = [Double](repeating: 0, count: columns)
      for p in line.points where isDrawn(p) {
        guard let v = p.value, v.isFinite else { continue }
        row[column(p.time)] += max(0, v)
      }
      return zip(row, measured).map { $1 > 0 ? $0 / $1 : 0 }
    }
  }

  var isEmpty: Bool { times.isEmpty }

  /// The upper edge of series `k` in every column.
  func top(_ k: Int) -> [Double] {
    times.indices.map { i in (0...k).reduce(0) { $0 + values[$1][i] } }
  }
}
