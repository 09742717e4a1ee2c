import Records
import Sketches
public import Surveys

/// What the main incident did to those who asked.
public struct Impact: Sendable {
  /// The service at the front: of those that name who asks, the one that is asked most.
  public var service: String
  /// Failed and timed-out operations beyond the usual share.
  public var failedOperations: Double
  public var attempts: Double
  /// Requesters that had a failure or a time-out in the incident; heavy strangers of a flood are none.
  public var affected: Double
  /// Requesters of the incident, affected or not.
  public var requesters: Double
  public var kind: ActorKind
  /// Minutes from the first to the last block of time in which one had a bad answer, over all of them;
  /// as exact as the coarse blocks.
  public var exposureMinutes: Double
  /// Minutes in which at least a twentieth of the operations failed.
  public var errorMinutes: Double
}

public enum ImpactDefault {
  public static let errorShare = 0.05
}

/// - Returns: `nil` where no operations with an outcome are on record.
/// - Complexity: linear in the actors.
func impact(
  _ survey: Survey, _ all: [Signal], frame: CaseFrame, onset: Int64, end: Int64
) -> Impact? {
  guard let front = busiest(all.filter { $0.kind == .failures }) else { return nil }
  let within = frame.indices(from: onset, to: end)
  let failed = within.reduce(0.0) { $0 + front.values[$1] }
  let attempts = within.reduce(0.0) { $0 + front.attempts[$1] }
  let otherAttempts = front.attempts.reduce(0, +) - attempts
  let usual = otherAttempts > 0 ? (front.total - failed) / otherAttempts : 0
  let bad = within.count {
    front.attempts[$0] > 0 && front.values[$0] / front.attempts[$0] >= ImpactDefault.errorShare
  }
  // Of the actors whose activity is known over time: the whole up to a limit, else a sample.
  let sample = survey.population.activitySample
  let blocks = frame.blocks(from: onset, to: end)
  var affected: [ActorKind: Double] = [:]
  var present: [ActorKind: Double] = [:]
  var exposure: [ActorKind: Double] = [:]
  var floodFailures = 0.0
  let actors = survey.population.actors
  let list = actors.span
  for i in list.indices {
    if list[i].isHeavyStranger(since: onset) {
      // What a flood does not get is no one's loss.
      floodFailures += Double(list[i].unserved) * survey.population.sample.weight
      continue
    }
    guard sample.keeps(list[i].id) else { continue }
    var isPresent = false
    var isBad = false
    for cell in list[i].activity where blocks.contains(cell.bucket) {
      isPresent = true
      if cell.bad > 0 { isBad = true }
    }
    if isPresent { present[list[i].kind, default: 0] += sample.weight }
    if isBad, list[i].unserved > 0 {
      affected[list[i].kind, default: 0] += sample.weight
      exposure[list[i].kind, default: 0] +=
        sample.weight * list[i].exposureMinutes(blocks, width: frame.coarseWidth)
    }
  }
  // Those whom it hit: where they are known by several names, the names that are most.
  let kind: ActorKind =
    [.node, .address, .user].max {
      (affected[$0] ?? 0, present[$0] ?? 0) < (affected[$1] ?? 0, present[$1] ?? 0)
    } ?? .address
  return Impact(
    service: front.service, failedOperations: max(0, failed - usual * attempts - floodFailures),
    attempts: attempts, affected: affected[kind] ?? 0, requesters: present[kind] ?? 0, kind: kind,
    exposureMinutes: exposure[kind] ?? 0,
    errorMinutes: Double(bad) * Double(frame.width) / 60)
}

extension Actor {
  /// Minutes from the first to the last of these blocks in which it had a bad answer.
  func exposureMinutes(_ blocks: Range<UInt32>, width: Int64) -> Double {
    let bad = activity.filter { $0.bad > 0 && blocks.contains($0.bucket) }
    guard let first = bad.first?.bucket, let last = bad.last?.bucket else { return 0 }
    return Double(Int64(last - first) + 1) * Double(width) / 60
  }
}
