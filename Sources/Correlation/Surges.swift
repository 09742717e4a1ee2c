internal import Foundation
import Statistics

/// A stretch in which far more is asked than in the hours around it.
public struct Surge: Sendable {
  public var service: String
  public var onset: Dated
  public var end: Int64
  public var isOpenEnded: Bool
  /// Greatest level against what the hours around hold, and when.
  public var ratio: Double
  public var peakAt: Int64
  /// Asked within, and what would have been usual.
  public var asked: Double
  public var usual: Double
  /// Asked a minute when harm began, if it began within the surge: about what can be served.
  public var perMinuteAtHarm: Double?
}

public enum SurgeDefault {
  /// Asked is looked at in steps of so many seconds.
  public static let step: Int64 = 300
  /// The hours around, on either side.
  public static let around: Int64 = 4 * 3600
  /// A surge reaches this many times what the quieter quarter of the hours around holds, for so many
  /// steps, and ends below the lower figure. The daily course stays below: its steepest hours hold
  /// some 1.4 times the quieter quarter of theirs.
  public static let from = 1.8
  public static let until = 1.4
  public static let leastSteps = 3
  /// Asked in a step at the least, for counts to mean anything.
  public static let leastAsked = 20.0
  public static let limit = 24
  /// So many times the usual volume, most of it by more who ask, is a crowd.
  public static let crowdRatio = 2.0
  /// A surge without harm is told with the verdict from so many times the usual on.
  public static let notableRatio = 4.0
  /// A surge dates the incident that it caused only where its own onset is known this well, seconds:
  /// half the width of its interval.
  public static let datingError = 150.0
}

/// Surges of what the busiest service is asked, in order of time. Daily shape is none.
///
/// - Parameter harm: onset of the main incident.
/// - Complexity: linear in the frame, times the steps in the hours around.
func surges(_ all: [Signal], frame: CaseFrame, harm: Int64?) -> [Surge] {
  guard let front = front(of: all) else { return [] }
  let values = front.attempts
  let per = max(1, Int(SurgeDefault.step / max(1, frame.width)))
  let count = values.count / per
  guard count >= 24 else { return [] }
  let steps = (0..<count).map { k in values[(k * per)..<((k + 1) * per)].reduce(0, +) }
  let reach = max(6, Int(SurgeDefault.around / (Int64(per) * frame.width)))
  func around(_ k: Int) -> Double {
    let near = steps[max(0, k - reach)..<min(count, k + reach + 1)].sorted()
    return max(1, near[near.count / 4])
  }
  let ordinary = DailyCourse(frame)?.others(values) ?? []
  // What other days hold at this hour is no surge.
  let usual = (0..<count).map { k in
    let other = k * per < ordinary.count ? ordinary[k * per] * Double(per) : .nan
    return other.isNaN ? around(k) : max(around(k), other)
  }
  func second(_ k: Int) -> Int64 { frame.second(ofIndex: k * per) }
  /// When the finer counts leave the usual for good, by the last zero of a Poisson CUSUM between the
  /// level of the half hour before and the least level of a surge; for the ends of the interval,
  /// with levels on either side of that, since surges grow.
  ///
  /// - Parameter high: the first step that is clearly one of a surge.
  func onset(_ high: Int) -> Dated {
    let range = (max(0, high - 3) * per)..<min(values.count, (high + 2) * per)
    func mean(_ span: Range<Int>) -> Double {
      let clipped = span.clamped(to: 0..<count)
      return clipped.isEmpty
        ? 0 : clipped.reduce(0) { $0 + steps[$1] } / Double(clipped.count * per)
    }
    let before = max(mean((high - 9)..<(high - 2)), usual[high] / Double(per), 1e-3)
    let after = max(mean(high..<(high + 2)), SurgeDefault.until * before)
    func leaves(_ level: Double) -> Int {
      let reference = (level - before) / max(1e-9, log(level / before))
      var (sum, zero, best, start) = (0.0, range.lowerBound, 0.0, high * per)
      for i in range {
        sum = max(0, sum + values[i] - reference)
        if sum == 0 { zero = i + 1 }
        if sum > best { (best, start) = (sum, zero) }
      }
      return start
    }
    let low = SurgeDefault.until * before
    return Dated(
      at: frame.second(ofIndex: leaves(low)),
      earliest: frame.second(ofIndex: max(0, leaves((before + low) / 2) - 2)),
      latest: frame.second(ofIndex: leaves(max(low, (before * after).squareRoot())) + 1))
  }
  var result: [Surge] = []
  var k = 0
  while k < count, result.count < SurgeDefault.limit {
    guard steps[k] >= SurgeDefault.from * usual[k], steps[k] >= SurgeDefault.leastAsked else {
      k += 1
      continue
    }
    var begin = k
    while begin > 0, steps[begin - 1] >= SurgeDefault.until * usual[begin - 1] { begin -= 1 }
    var end = k
    while end < count, steps[end] >= SurgeDefault.until * usual[end] { end += 1 }
    let high = (begin..<end).count { steps[$0] >= SurgeDefault.from * usual[$0] }
    if high >= SurgeDefault.leastSteps,
      let peak = (begin..<end).max(by: { steps[$0] / usual[$0] < steps[$1] / usual[$1] })
    {
      // A swell before it that was not kept up is not its beginning.
      var first = peak
      while first > begin, steps[first - 1] >= SurgeDefault.from * usual[first - 1] { first -= 1 }
      result.append(
        Surge(
          service: front.service,
          onset: onset(first),
          end: second(end), isOpenEnded: end >= count, ratio: steps[peak] / usual[peak],
          peakAt: second(peak), asked: steps[begin..<end].reduce(0, +),
          usual: usual[begin..<end].reduce(0, +),
          perMinuteAtHarm: harm.flatMap { harm in
            guard harm >= second(begin), harm < second(end) else { return nil }
            let at = min(count - 1, max(0, (frame.index(ofSecond: harm) ?? 0) / per))
            return steps[at] * 60 / Double(Int64(per) * frame.width)
          }))
    }
    k = end + 1
  }
  return result
}
