import Sketches
public import Surveys

/// How long operations took, during the incident against before.
public struct LatencyShift: Sendable {
  public struct Quantiles: Sendable {
    public var requests: UInt64
    /// Milliseconds, within a tenth.
    public var median: Double
    public var p95: Double
    public var p99: Double

    init?(_ histogram: LatencyHistogram) {
      guard histogram.total >= LatencyShiftDefault.leastRequests,
        let median = histogram.quantile(0.5), let p95 = histogram.quantile(0.95),
        let p99 = histogram.quantile(0.99)
      else { return nil }
      requests = histogram.total
      self.median = median / 1000
      self.p95 = p95 / 1000
      self.p99 = p99 / 1000
    }
  }
  public var key: GaugeKey
  public var before: Quantiles
  public var during: Quantiles
}

public enum LatencyShiftDefault {
  public static let leastRequests: UInt64 = 30
  public static let limit = 12
}

/// Operations by how much their 95th percentile grew, the most first.
///
/// - Complexity: linear in the histograms' cells.
func latencyShifts(
  _ survey: Survey, frame: CaseFrame, from: Int64, onset: Int64, end: Int64
) -> [LatencyShift] {
  let width = frame.coarseWidth
  let shifts = survey.latencies.entries.compactMap { series -> LatencyShift? in
    var earlier = LatencyHistogram()
    var later = LatencyHistogram()
    for cell in series.cells.cells {
      let at = Int64(cell.bucket) * width
      if at >= from, at + width <= onset { earlier.merge(cell.histogram) }
      if at + width > onset, at < end { later.merge(cell.histogram) }
    }
    guard let before = LatencyShift.Quantiles(earlier), let during = LatencyShift.Quantiles(later)
    else { return nil }
    return LatencyShift(key: series.key, before: before, during: during)
  }
  func growth(_ shift: LatencyShift) -> Double { shift.during.p95 / max(0.1, shift.before.p95) }
  return Array(
    shifts.sorted {
      growth($0) == growth($1) ? $0.key < $1.key : growth($0) > growth($1)
    }.prefix(LatencyShiftDefault.limit))
}
