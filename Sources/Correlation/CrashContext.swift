import Records
public import Sketches
import Statistics
import Surveys

/// What actors met in the seconds before they crashed.
///
/// A crash on a late reply of one's own service and a crash on a packet that a stranger sent look
/// the same in the count of crashes; here they part.
public struct CrashContext: Sendable {
  /// Crashes of traced actors within the incident.
  public var crashes: Int
  /// Preceded within `window` seconds by an unsolicited packet.
  public var afterUnsolicited: Int
  /// Distinct senders of those (exact up to the sample).
  public var senders: Int
  /// Those after whose packets most crashes came, with that number.
  public var worst: [(name: String, crashes: Int)]
  /// Preceded by an answer of an own service that took longer than `EncounterDefault.lateMilliseconds`.
  public var afterLateAnswer: Int
  /// Name of the operation that most often preceded a crash late.
  public var lateOperation: String
  /// Latencies of those answers, in milliseconds: median.
  public var lateMedian: Double
  public var citations: [Exemplar]
  /// Unsolicited packets an actor-hour before and during.
  public var unsolicitedBefore: Double
  public var unsolicitedDuring: Double
  /// Crashes that would follow a packet by chance, by the rate of packets at the time.
  public var afterUnsolicitedByChance: Double
  /// Probability of as many or more by chance.
  public var chance: Double {
    afterUnsolicited == 0
      ? 1 : 1 - poissonCDF(Double(afterUnsolicited - 1), mean: afterUnsolicitedByChance)
  }
  /// Share of unsolicited packets that a crash followed.
  public var unsolicitedFollowed: Double
}

public enum CrashContextDefault {
  /// Crashes of the incident's first hour tell of its trigger; later ones may be consequences, as
  /// when everyone comes back at once.
  public static let firstSeconds: Int64 = 3600
  /// Seconds before a crash that count as its context.
  public static let window = 3.0
  /// Share of crashes from which on packets are what provokes them, and the probability of chance below
  /// which fewer are a sign.
  public static let provoked = 0.4
  public static let chance = 0.001
  /// Crashes with their context below which their shares tell nothing.
  public static let leastCrashes = 5
}

func crashContext(
  _ survey: Survey, operations: [UInt64: String], from: Int64, to: Int64,
  watched: Set<UInt64>, baselineHours: Double, incidentHours: Double
) -> CrashContext? {
  var crashes = 0
  var afterUnsolicited = 0
  var afterLate = 0
  var senders: [UInt64: Int] = [:]
  var late: [UInt64: [Double]] = [:]
  var citations: [Exemplar] = []
  var before = 0
  var during = 0
  let actors = watched.count(where: survey.encounters.keeps)
  // Only actors that logged before: of others a crash report is all there
  // is, and of nodes that serve only what they say as such.
  for trace in survey.encounters.sorted where watched.contains(trace.actor) {
    for (i, event) in trace.events.enumerated() {
      let second = event.at.time.seconds
      if event.kind == .unsolicited {
        if second < from { before += 1 } else if second < to { during += 1 }
      }
      guard event.kind == .crash || event.kind == .outOfMemory, second >= from, second < to else {
        continue
      }
      crashes += 1
      let at = event.at.time.nanoseconds
      var k = i - 1
      var sawUnsolicited = false
      var sawLate = false
      while k >= 0 {
        let previous = trace.events[k]
        let gap = Double(at &- previous.at.time.nanoseconds) / 1e9
        if gap > CrashContextDefault.window { break }
        if previous.kind == .unsolicited, !sawUnsolicited {
          sawUnsolicited = true
          senders[previous.peer, default: 0] += 1
          if citations.count < 4 { citations.append(contentsOf: [previous.at, event.at]) }
        }
        if previous.latency >= EncounterDefault.lateMilliseconds, !sawLate {
          sawLate = true
          late[previous.operation, default: []].append(Double(previous.latency))
          if citations.count < 4 { citations.append(contentsOf: [previous.at, event.at]) }
        }
        k -= 1
      }
      if sawUnsolicited { afterUnsolicited += 1 }
      if sawLate { afterLate += 1 }
    }
  }
  guard crashes > 0 else { return nil }
  let top = late.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
  let values = (top?.value ?? []).sorted()
  let names = Dictionary(
    survey.senders.entries.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
  let worst = senders.compactMap { id, count in names[id].map { (name: $0, crashes: count) } }
    .sorted { ($1.crashes, $0.name) < ($0.crashes, $1.name) }
  return CrashContext(
    crashes: crashes, afterUnsolicited: afterUnsolicited, senders: senders.count, worst: worst,
    afterLateAnswer: afterLate, lateOperation: operations[top?.key ?? 0] ?? "",
    lateMedian: values.isEmpty ? 0 : values[values.count / 2], citations: citations,
    unsolicitedBefore: Double(before) / max(0.1, baselineHours) / Double(max(1, actors)),
    unsolicitedDuring: Double(during) / max(0.1, incidentHours) / Double(max(1, actors)),
    afterUnsolicitedByChance: Double(crashes) * CrashContextDefault.window
      * Double(during) / Double(max(1, actors)) / Double(max(1, to - from)),
    unsolicitedFollowed: during == 0 ? 0 : Double(afterUnsolicited) / Double(during))
}
