/// Counts of durations in bins a quarter of an octave wide: quantiles within 10 %.
///
/// 128 bins from 1 microsecond to some 70 minutes; the last takes what is longer. Merging adds.
///
/// Source: the log-linear bins of G. Tene's HdrHistogram, with two bits of mantissa.
public struct LatencyHistogram: Sendable, Equatable {
  public static let binCount = 128
  public private(set) var bins: [UInt32]

  public init() { bins = [] }
  public init(bins: [UInt32]) { self.bins = bins }

  /// Bin of a duration.
  public static func bin(ofMicroseconds value: Int64) -> Int {
    let v = UInt64(max(0, value)) &+ 1
    let exponent = 63 &- v.leadingZeroBitCount
    let mantissa = exponent >= 2 ? Int((v >> UInt64(exponent &- 2)) & 3) : 0
    return min(binCount &- 1, exponent &* 4 &+ mantissa)
  }

  /// Geometric middle of a bin in microseconds.
  public static func microseconds(ofBin bin: Int) -> Double {
    let low = Double(UInt64(1) << UInt64(min(62, bin / 4)))
    return low * (1 + (Double(bin % 4) + 0.5) / 4) - 1
  }

  public mutating func add(microseconds: Int64) {
    if bins.isEmpty { bins = [UInt32](repeating: 0, count: LatencyHistogram.binCount) }
    let bin = LatencyHistogram.bin(ofMicroseconds: microseconds)
    bins[bin] = bins[bin] == .max ? .max : bins[bin] &+ 1
  }

  public mutating func merge(_ other: LatencyHistogram) {
    guard !other.bins.isEmpty else { return }
    if bins.isEmpty {
      bins = other.bins
      return
    }
    for i in bins.indices where i < other.bins.count {
      let (sum, overflow) = bins[i].addingReportingOverflow(other.bins[i])
      bins[i] = overflow ? .max : sum
    }
  }

  public var total: UInt64 { bins.reduce(0) { $0 &+ UInt64($1) } }

  /// - Parameter q: 0 to 1.
  /// - Returns: microseconds, or `nil` when empty.
  public func quantile(_ q: Double) -> Double? {
    let all = total
    guard all > 0 else { return nil }
    let rank = UInt64(Double(all - 1) * min(1, max(0, q)))
    var seen: UInt64 = 0
    for i in bins.indices {
      seen &+= UInt64(bins[i])
      if seen > rank { return LatencyHistogram.microseconds(ofBin: i) }
    }
    return nil
  }
}

/// Histograms of durations per bucket of time, sorted by bucket.
public struct LatencySeries: Sendable, Equatable {
  public struct Cell: Sendable, Equatable, BucketCell {
    public var bucket: UInt32
    public var histogram: LatencyHistogram
  }

  public private(set) var cells: [Cell] = []
  private var memo = 0

  public init() {}

  public static func == (a: LatencySeries, b: LatencySeries) -> Bool { a.cells == b.cells }

  private mutating func place(_ bucket: UInt32) -> Int {
    if memo < cells.count, cells[memo].bucket == bucket { return memo }
    memo = cells.place(of: bucket)
    if memo == cells.count || cells[memo].bucket != bucket {
      cells.insert(Cell(bucket: bucket, histogram: LatencyHistogram()), at: memo)
    }
    return memo
  }

  public mutating func add(microseconds: Int64, at bucket: UInt32) {
    let at = place(bucket)
    cells[at].histogram.add(microseconds: microseconds)
  }

  public mutating func add(_ histogram: LatencyHistogram, at bucket: UInt32) {
    let at = place(bucket)
    cells[at].histogram.merge(histogram)
  }

  public mutating func merge(_ other: LatencySeries) {
    for cell in other.cells { add(cell.histogram, at: cell.bucket) }
  }

  /// Joins buckets: new number = old number / factor.
  public mutating func coarsen(by factor: UInt32) {
    guard factor > 1 else { return }
    var result = LatencySeries()
    for cell in cells { result.add(cell.histogram, at: cell.bucket / factor) }
    self = result
  }
}
