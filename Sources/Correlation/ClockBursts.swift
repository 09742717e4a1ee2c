import Statistics
import Surveys

public enum BurstDefault {
  /// Wider buckets tell clocks of no use.
  static let widest: Int64 = 10
  /// Buckets and records that a host must have.
  static let leastBuckets = 200
  static let leastRecords = 1000.0
  /// Seconds that clocks are looked for to be apart.
  static let reach: Int64 = 900
  /// Buckets to each side whose median is the usual.
  static let usual = 15
  /// Root counts beyond this many deviations count as so many: what is alike is the swarm, not the
  /// few large bursts of jobs that each host runs at its own minute.
  static let clip = 3.0
  /// Correlation in standard errors of that of unrelated series, and how far it stands above the
  /// next peak: jobs that recur have several.
  static let leastDeviations = 8.0
  static let leastLead = 2.0
  /// Buckets of lag from which on it is a clock's.
  static let leastLag = 2
  /// Hosts of a service that are compared, each with each.
  static let hosts = 24
}

/// What clocks of hosts of one service differ by, read off the bursts that they have in common: they
/// share the load, so what comes in a swarm comes to all at once.
///
/// Hosts of different services are not compared: what one passes on late is not told from a clock.
/// The cross-correlation of root counts (Anscombe 1948), their running median taken off, clipped.
///
/// - Parameter known: hosts that requests in common tell of; they are not compared among themselves.
/// - Returns: by pair of hosts; the lag's error is that of the bucket, which stands for the spread.
/// - Complexity: buckets times lags times pairs of hosts; seconds at most.
func burstLags(_ survey: Survey, known: Set<UInt64>) -> [HostPair: ClockFit] {
  guard let frame = CaseFrame(survey), frame.width <= BurstDefault.widest else { return [:] }
  var counts: [String: [Double]] = [:]
  for series in survey.fine.entries
  where series.key.dimension == .host && series.key.kind == CohortClass.all.rawValue {
    let dense = frame.dense(series.cells)
    if dense.reduce(0, +) >= BurstDefault.leastRecords,
      dense.count(where: { $0 > 0 }) >= BurstDefault.leastBuckets
    {
      counts[series.key.label] = dense
    }
  }
  var result: [HostPair: ClockFit] = [:]
  let reach = Int(BurstDefault.reach / frame.width)
  let byService = Dictionary(grouping: mainAccounts(survey)) { $0.value.service }
  for (_, accounts) in byService.sorted(by: { $0.key < $1.key }) {
    let hosts = accounts.map(\.key).sorted().filter { counts[$0] != nil }
      .prefix(BurstDefault.hosts)
    guard hosts.count > 1, hosts.contains(where: { !known.contains(hostIdentity($0)) }) else {
      continue
    }
    let swarms = hosts.map { swarm(counts[$0] ?? []) }
    for (i, first) in hosts.enumerated() {
      for (j, second) in hosts.enumerated().dropFirst(i + 1) {
        let ids = (hostIdentity(first), hostIdentity(second))
        if known.contains(ids.0), known.contains(ids.1) { continue }
        guard let lag = commonLag(swarms[i], swarms[j], reach: reach) else { continue }
        let seconds = lag * Double(frame.width)
        let isForward = ids.0 < ids.1
        result[isForward ? HostPair(a: ids.0, b: ids.1) : HostPair(a: ids.1, b: ids.0)] = ClockFit(
          course: ClockCourse(constant: isForward ? seconds : -seconds),
          spread: Double(frame.width) / 2, count: frame.count, isByBursts: true)
      }
    }
  }
  return result
}

/// Root counts without their usual level, in deviations, clipped.
private func swarm(_ counts: [Double]) -> [Double] {
  let roots = counts.map { ($0 + 0.375).squareRoot() }
  let level = roots.indices.map { i in
    let near = max(0, i - BurstDefault.usual)...min(roots.count - 1, i + BurstDefault.usual)
    return roots[i] - (median(Array(roots[near])) ?? 0)
  }
  let deviation = max(0.05, 1.4826 * (median(level.map(abs)) ?? 0))
  return level.map { max(-BurstDefault.clip, min(BurstDefault.clip, $0 / deviation)) }
}

/// The lag of `second` behind `first` at which both are most alike, in buckets; `nil` where none
/// stands out.
private func commonLag(_ first: [Double], _ second: [Double], reach: Int) -> Double? {
  let norm =
    (first.reduce(0) { $0 + $1 * $1 } * second.reduce(0) { $0 + $1 * $1 }).squareRoot()
  guard norm > 0, first.count == second.count, first.count > 4 * reach else { return nil }
  let n = first.count
  // Unrelated series correlate by 1 / sqrt(n).
  let scale = Double(n).squareRoot() / norm
  let likeness = (-reach...reach).map { lag in
    var sum = 0.0
    for i in max(0, -lag)..<min(n, n - lag) { sum += first[i] * second[i + lag] }
    return sum * scale
  }
  guard let peak = likeness.indices.max(by: { likeness[$0] < likeness[$1] }), peak > 0,
    peak < likeness.count - 1, likeness[peak] >= BurstDefault.leastDeviations
  else { return nil }
  let next = likeness.indices.filter { abs($0 - peak) > 2 }.map { likeness[$0] }.max() ?? 0
  guard likeness[peak] >= BurstDefault.leastLead * next else { return nil }
  // The vertex of the parabola through the peak and its neighbours.
  let (before, after) = (likeness[peak - 1], likeness[peak + 1])
  let bend = before - 2 * likeness[peak] + after
  let vertex = bend < 0 ? 0.5 * (before - after) / bend : 0
  let lag = Double(peak - reach) + max(-0.5, min(0.5, vertex))
  return abs(lag) < Double(BurstDefault.leastLag) ? 0 : lag
}
