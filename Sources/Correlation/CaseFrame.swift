public import Records
public import Sketches
public import Surveys

/// An instant with its error.
public struct Dated: Sendable, Hashable {
  /// Seconds since the epoch.
  public var at: Int64
  public var earliest: Int64
  public var latest: Int64

  public init(at: Int64, earliest: Int64, latest: Int64) {
    self.at = at
    self.earliest = min(earliest, at)
    self.latest = max(latest, at)
  }

  public init(exactly at: Int64) { self.init(at: at, earliest: at, latest: at) }

  public var timestamp: Timestamp { Timestamp(seconds: at) }
  /// Half the width of the interval, in seconds.
  public var error: Double { Double(latest - earliest) / 2 }
}

public enum FrameDefault {
  /// Most buckets that a series is looked at in: finer does not date better than the counts allow,
  /// and change-point search is linear in it.
  public static let buckets: Int64 = 2880
  /// Silence of the whole case, in seconds, that parts it into clusters.
  public static let strayGap: Int64 = 5 * 86400
  /// Share of the records from which on one cluster is the case and the rest is stray.
  public static let mainShare = 0.9
}

/// The window and the width in which a case is looked at.
public struct CaseFrame: Sendable {
  /// First bucket's start, in seconds since the epoch; a multiple of `width`.
  public var start: Int64
  /// Seconds in a bucket; a multiple of the survey's fine width.
  public var width: Int64
  public var count: Int
  /// Width of the survey's own buckets.
  public var fineWidth: Int64
  public var coarseWidth: Int64

  public var end: Int64 { start + width * Int64(count) }
  public var span: Int64 { end - start }

  /// A frame of its own buckets alone.
  init(start: Int64, width: Int64, count: Int) {
    self.start = start
    self.width = width
    self.count = count
    fineWidth = width
    coarseWidth = width
  }

  /// - Returns: `nil` for a survey without timed records.
  public init?(_ survey: Survey) {
    var totals: [UInt32: UInt64] = [:]
    for series in survey.fine.entries where series.key.dimension == .role {
      for cell in series.cells.cells { totals[cell.bucket, default: 0] += UInt64(cell.count) }
    }
    guard !totals.isEmpty else { return nil }
    let fine = Int64(survey.fineGrid.width)
    let buckets = totals.keys.sorted()
    let all = totals.values.reduce(0, +)
    // Stray stamps: the buckets fall into clusters with long gaps between them; where one cluster
    // holds nearly all records, the rest is stray (a wrong year, a clock that was never set).
    var clusters: [(low: Int, high: Int, records: UInt64)] = []
    for (i, bucket) in buckets.enumerated() {
      let count = totals[bucket] ?? 0
      if let last = clusters.last,
        Int64(bucket) * fine - Int64(buckets[last.high]) * fine <= FrameDefault.strayGap
      {
        clusters[clusters.count - 1] = (last.low, i, last.records + count)
      } else {
        clusters.append((i, i, count))
      }
    }
    var (bestLow, bestHigh) = (0, buckets.count - 1)
    if let main = clusters.max(by: { $0.records < $1.records }),
      Double(main.records) >= Double(all) * FrameDefault.mainShare
    {
      (bestLow, bestHigh) = (main.low, main.high)
    }
    let first = Int64(buckets[bestLow]) * fine
    let last = (Int64(buckets[bestHigh]) + 1) * fine
    let wanted = max(1, (last - first) / FrameDefault.buckets)
    var width = fine
    for rung in TimeGrid.ladder where Int64(rung) >= fine {
      width = Int64(rung)
      if width >= wanted { break }
    }
    self.width = width
    fineWidth = fine
    coarseWidth = Int64(survey.coarseGrid.width)
    start = first / width * width
    count = Int(max(1, (last - start + width - 1) / width))
  }

  public func index(ofSecond second: Int64) -> Int? {
    guard second >= start, second < end else { return nil }
    return Int((second - start) / width)
  }

  /// Buckets of a stretch of time, as far as it lies within the frame; of what is outside, the nearer
  /// end of the frame.
  public func indices(from: Int64, to: Int64) -> Range<Int> {
    let lower = index(ofSecond: from) ?? 0
    return lower..<max(lower, min(count, (index(ofSecond: to - 1) ?? count - 1) + 1))
  }

  /// Blocks of the coarse grid that a stretch of time touches.
  func blocks(from: Int64, to: Int64) -> Range<UInt32> {
    let first = UInt32(clamping: from / coarseWidth)
    return first..<max(first, UInt32(clamping: (to + coarseWidth - 1) / coarseWidth))
  }

  public func second(ofIndex index: Int) -> Int64 { start + Int64(index) * width }

  /// Counts of a fine series in the frame's buckets; zeros where there are none.
  public func dense(_ cells: SparseSeries) -> [Double] {
    var result = [Double](repeating: 0, count: count)
    add(cells, to: &result)
    return result
  }

  public func add(_ cells: SparseSeries, to result: inout [Double]) {
    for cell in cells.cells {
      if let index = index(ofSecond: Int64(cell.bucket) * fineWidth) {
        result[index] += Double(cell.count)
      }
    }
  }

  /// Mean of a gauge in the frame's buckets; `nil` where nothing was reported.
  public func dense(_ gauge: GaugeSeries) -> [Double?] {
    var sums = [Double](repeating: 0, count: count)
    var counts = [Double](repeating: 0, count: count)
    for cell in gauge.cells {
      if let index = index(ofSecond: Int64(cell.bucket) * fineWidth) {
        sums[index] += Double(cell.sum) / 1000
        counts[index] += Double(cell.count)
      }
    }
    return zip(sums, counts).map { $1 > 0 ? $0 / $1 : nil }
  }

  /// Sum of a gauge in the frame's buckets.
  public func sums(_ gauge: GaugeSeries) -> [Double] {
    var sums = [Double](repeating: 0, count: count)
    for cell in gauge.cells {
      if let index = index(ofSecond: Int64(cell.bucket) * fineWidth) {
        sums[index] += Double(cell.sum) / 1000
      }
    }
    return sums
  }

  /// The earliest exemplars of a series within a window of seconds, in order of time.
  public func exemplars(_ cells: SparseSeries, from: Int64, to: Int64, limit: Int) -> [Exemplar] {
    var result: [Exemplar] = []
    for i in cells.exemplars.indices where result.count < limit {
      let second = Int64(cells.cells[i].bucket) * fineWidth
      if second + fineWidth > from, second < to { result.append(cells.exemplars[i]) }
    }
    return result
  }
}
