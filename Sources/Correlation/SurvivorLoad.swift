public import Records
import Sketches
import Surveys

/// Load of the nodes that are left, against before.
///
/// Loss of a share d of equal nodes multiplies the load of the rest by 1/(1-d). What goes beyond is
/// new work: A = (load of survivors / load before) * (1 - d).
public struct SurvivorLoad: Sendable {
  public var role: Role
  /// Name of the gauge that was used, or "records" where nodes report no load.
  public var measure: String
  /// Units a second and node.
  public var before: Double
  public var peak: Double
  public var peakAt: Int64
  public var nodesBefore: Double
  public var nodesAtPeak: Double
  public var ratio: Double { before > 0 ? peak / before : 0 }
  public var lostShare: Double {
    nodesBefore > 0 ? max(0, min(0.9999, 1 - nodesAtPeak / nodesBefore)) : 0
  }
  /// What redistribution alone would give.
  public var redistribution: Double { 1 / (1 - lostShare) }
  /// Work created anew: 1 where load was only moved.
  public var amplification: Double { ratio * (1 - lostShare) }
  /// Total load on all nodes, peak against before.
  public var totalRatio: Double
  /// Load a node over the coarse buckets, for the figure.
  public var curve: [(at: Int64, load: Double)]
}

public enum LoadDefault {
  public static let notable = 3.0
  public static let strong = 10.0
  /// Words in the names of gauges that count requests, best first.
  public static let measures = [
    "reqs", "requests", "req_s", "rps", "qps", "queries", "load", "conns",
  ]
}

/// Picks the gauge that measures load of a role's nodes and relates it to the nodes that report.
func survivorLoad(
  _ survey: Survey, frame: CaseFrame, role: Role, services: Set<String>, serving: [Double],
  onset: Int64, end: Int64
) -> SurvivorLoad? {
  let width = UInt32(clamping: frame.coarseWidth)
  guard width > 0, (serving.max() ?? 0) >= 3 else { return nil }
  // Nodes that serve, averaged over each coarse bucket.
  var living: [UInt32: Double] = [:]
  var counted: [UInt32: Double] = [:]
  for i in serving.indices {
    let bucket = UInt32(clamping: frame.second(ofIndex: i) / Int64(width))
    living[bucket, default: 0] += serving[i]
    counted[bucket, default: 0] += 1
  }
  for (bucket, count) in counted { living[bucket] = max(1, (living[bucket] ?? 0) / count) }
  let candidates = survey.gauges.entries.filter { services.contains($0.key.service) }
    .sorted { $0.id < $1.id }
  var chosen: Gauges?
  for word in LoadDefault.measures {
    // The one that is reported most: a periodic report, not an alarm that names the same number.
    chosen = candidates.filter {
      let name = $0.key.name.split(separator: ".").last.map(String.init) ?? $0.key.name
      return name.lowercased() == word
    }.max { $0.cells.cells.count < $1.cells.cells.count }
    if chosen != nil { break }
  }
  guard let gauge = chosen else { return nil }
  var sums: [UInt32: Double] = [:]
  let ratio = max(1, Int64(width) / frame.fineWidth)
  for cell in gauge.cells.cells {
    sums[UInt32(clamping: Int64(cell.bucket) / ratio), default: 0] += Double(cell.sum) / 1000
  }
  var before: [Double] = []
  var nodesBefore: [Double] = []
  var totals: [Double] = []
  var peak = (load: 0.0, at: Int64(0), nodes: 0.0, total: 0.0)
  var curve: [(at: Int64, load: Double)] = []
  for bucket in sums.keys.sorted() {
    let at = Int64(bucket) * Int64(width)
    guard let alive = living[bucket], alive > 0, let sum = sums[bucket] else { continue }
    let load = sum / alive / Double(width)
    curve.append((at, load))
    if at + Int64(width) <= onset {
      before.append(load)
      nodesBefore.append(alive)
      totals.append(sum)
    } else if at >= onset, at < end, load > peak.load {
      peak = (load, at, alive, sum)
    }
  }
  guard before.count >= 3, peak.load > 0 else { return nil }
  // The hours just before the onset: the same part of the day, more or less.
  let recent = Array(before.suffix(12)).sorted()
  let recentNodes = Array(nodesBefore.suffix(12)).sorted()
  let recentTotals = Array(totals.suffix(12)).sorted()
  let base = recent[recent.count / 2]
  guard base > 0 else { return nil }
  return SurvivorLoad(
    role: role, measure: gauge.key.name, before: base, peak: peak.load, peakAt: peak.at,
    nodesBefore: recentNodes[recentNodes.count / 2], nodesAtPeak: peak.nodes,
    totalRatio: peak.total / max(1e-9, recentTotals[recentTotals.count / 2]), curve: curve)
}
