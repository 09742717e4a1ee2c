import Records
import Sketches
import Statistics
import Surveys

/// How actors try again after a bad answer, from the traces of a uniform sample of them.
public struct RetryBehaviour: Sendable {
  public var actors: Int
  public var gaps: Int
  /// Seconds between one failed attempt and the next of the same operation.
  public var medianGap: Double
  /// Most frequent gap, to half a second, and its share within half a second.
  public var modalGap: Double
  public var modalShare: Double
  /// Median of the ratio of successive gaps: 1 for a fixed timer, 2 for exponential back-off.
  public var backoffRatio: Double
  public var variation: Double
  /// Share of failed attempts followed by another within `persistenceWindow`, by how many failures
  /// came before: flat for machines that do not listen.
  public var persistence: [Double]
  /// Attempts an actor made for each that succeeded, before and during.
  public var attemptsPerSuccessBefore: Double
  public var attemptsPerSuccessDuring: Double

  public var hasBackoff: Bool { backoffRatio > 1.4 }
  /// Whether gaps are those of a fixed timer.
  public var hasTimer: Bool { !hasBackoff && modalShare >= RetryDefault.timerShare }
}

public enum RetryDefault {
  /// Gap beyond which two attempts are two tasks: max(timeout, 60 s) doubled for humans.
  public static let longestGap = 120.0
  public static let persistenceWindow = 60.0
  public static let leastGaps = 20
  /// Share of the gaps within half a second of the commonest that makes a fixed timer.
  public static let timerShare = 0.3
}

func retryBehaviour(_ survey: Survey, onset: Int64, end: Int64) -> RetryBehaviour? {
  var gaps: [Double] = []
  var ratios: [Double] = []
  var persisted = [Int](repeating: 0, count: 6)
  var failed = [Int](repeating: 0, count: 6)
  var actors = 0
  var before = (attempts: 0, successes: 0)
  var during = (attempts: 0, successes: 0)
  for trace in survey.traces.sorted {
    var lastFailure: [UInt64: (at: Double, gap: Double?, streak: Int)] = [:]
    var counted = false
    for event in trace.events where event.outcome != .unknown {
      let seconds = event.at.time.seconds
      let isBad =
        event.outcome == .failure || event.outcome == .timeout || event.outcome == .rejected
      if seconds < onset {
        before.attempts += 1
        if event.outcome == .success { before.successes += 1 }
        continue
      }
      guard seconds < end else { break }
      during.attempts += 1
      if event.outcome == .success { during.successes += 1 }
      let at = Double(event.at.time.nanoseconds) / 1e9
      if let last = lastFailure[event.operation] {
        let gap = at - last.at
        if gap <= RetryDefault.longestGap, gap > 0 {
          gaps.append(gap)
          if !counted {
            actors += 1
            counted = true
          }
          if let previous = last.gap, previous > 0.05 { ratios.append(gap / previous) }
          if gap <= RetryDefault.persistenceWindow {
            persisted[min(5, last.streak)] += 1
          }
        }
        failed[min(5, last.streak)] += 1
        if isBad {
          lastFailure[event.operation] = (
            at, gap <= RetryDefault.longestGap ? gap : nil,
            gap <= RetryDefault.longestGap ? last.streak + 1 : 0
          )
        } else {
          lastFailure[event.operation] = nil
        }
      } else if isBad {
        lastFailure[event.operation] = (at, nil, 0)
      }
    }
  }
  guard gaps.count >= RetryDefault.leastGaps else { return nil }
  var histogram: [Int: Int] = [:]
  for gap in gaps { histogram[Int((gap * 2).rounded()), default: 0] += 1 }
  let mode = histogram.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key ?? 0
  let near = (histogram[mode - 1] ?? 0) + (histogram[mode] ?? 0) + (histogram[mode + 1] ?? 0)
  return RetryBehaviour(
    actors: actors, gaps: gaps.count, medianGap: median(gaps) ?? 0, modalGap: Double(mode) / 2,
    modalShare: Double(near) / Double(gaps.count),
    backoffRatio: median(ratios) ?? 1, variation: coefficientOfVariation(gaps) ?? 0,
    persistence: zip(persisted, failed).map { $1 == 0 ? 0 : Double($0) / Double($1) },
    attemptsPerSuccessBefore: Double(before.attempts) / Double(max(1, before.successes)),
    attemptsPerSuccessDuring: Double(during.attempts) / Double(max(1, during.successes)))
}
