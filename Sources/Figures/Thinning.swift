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
struct Stack {
  var times: [Double]
  /// One array a series, as long as `times`.
  var values: [[Double]]
  /// How many buckets a column stands for.
  var merged: Int
  /// The width of a column in seconds.
  var step: Double

  init(_ lines: [TimeChart.Line], start: Double, end: Double, limit: Int) {
    func isDrawn(_ p: TimeChart.Point) -> Bool { p.time >= start && p.time <= end }
    let grid = Array(Set(lines.flatMap { $0.points.filter(isDrawn).map(\.time) })).sorted()
    var gaps = zip(grid, grid.dropFirst()).map { $1 - $0 }.sorted()[...]
    gaps = gaps.dropFirst(gaps.count / 2)  // the median gap is the bucket's length
    let bucket = gaps.first ?? max(1, (end - start) / 50)
    merged = max(1, (grid.count + limit - 1) / max(1, limit))
    step = bucket * Double(merged)
    times = stride(from: 0, to: grid.count, by: merged).map { grid[$0] }
    var place: [Double: Int] = [:]
    for (i, time) in grid.enumerated() { place[time] = i / merged }
    let columns = times.count
    let share = Double(merged)
    values = lines.map { line in
      var row = [Double](repeating: 0, count: columns)
      for p in line.points where isDrawn(p) {
        if let i = place[p.time], let v = p.value, v.isFinite { row[i] += max(0, v) / share }
      }
      return row
    }
    // The last column may stand for fewer buckets.
    let tail = grid.count - (columns - 1) * merged
    if columns > 0, tail < merged {
      for k in values.indices { values[k][columns - 1] *= share / Double(max(1, tail)) }
    }
  }

  var isEmpty: Bool { times.isEmpty }

  /// The upper edge of series `k` in every column.
  func top(_ k: Int) -> [Double] {
    times.indices.map { i in (0...k).reduce(0) { $0 + values[$1][i] } }
  }
}
