private import Foundation
import Statistics

/// How what is served came back from its lowest point.
public struct ReturnCourse: Sendable {
  public enum Kind: Sendable {
    /// Let in step by step: what is asked exceeds what is admitted.
    case throttled
    /// As those who want to come back do.
    case organic
    /// It stood still on the way.
    case stalled(from: Int64, until: Int64, share: Double)
  }
  public var kind: Kind
  /// Rise in shares of the expected level, an hour.
  public var slope: Double
  /// Seconds in which it doubled, over the part below 80 %; `nil` where it did not grow so.
  public var doubling: Double?
  /// Of what was asked on the way back, the share that was served.
  public var admitted: Double?
  /// Whether a straight line fits the way better than a doubling does.
  public var isStraight: Bool

  /// The time of doubling where it says something: not of what stood still.
  public var told: Double? {
    if case .stalled = kind { return nil }
    return doubling
  }
}

public enum ReturnDefault {
  /// The way back counts up to this share of the expected level.
  public static let whole = 0.9
  /// Doubling is read off below this share.
  public static let growing = 0.8
  /// Standing still: within so much of one share, for at least so many seconds and this part of the way.
  public static let still = 0.02
  public static let stillSeconds: Int64 = 1200
  public static let stillPart = 0.2
  /// What is asked exceeds what is admitted where less than this is served.
  public static let throttled = 0.8
  public static let leastPoints = 6
}

/// - Parameter hasLimits: whether the operators are on record to have limited admission.
/// - Returns: `nil` where there is no way back to speak of.
/// - Complexity: linear in the frame's buckets, and square in the thousand of them that a line is laid
///   through.
func returnCourse(
  _ served: ServedLevel, _ signals: [Signal], hasLimits: Bool, frame: CaseFrame
) -> ReturnCourse? {
  guard served.lowestShare < ReturnDefault.growing,
    let low = frame.index(ofSecond: served.lowestAt)
  else { return nil }
  let whole =
    served.reached.first { $0.share >= ReturnDefault.whole }
    .flatMap { frame.index(ofSecond: $0.at) } ?? frame.count - 1
  var way: [(hours: Double, share: Double, at: Int64)] = []
  for i in low...max(low, whole)
  where !served.values[i].isNaN && served.expected[i] > 0 {
    let at = frame.second(ofIndex: i)
    way.append((Double(at - served.lowestAt) / 3600, served.values[i] / served.expected[i], at))
  }
  guard way.count >= ReturnDefault.leastPoints, let last = way.last, last.hours > 0,
    let line = theilSen(x: way.map(\.hours), y: way.map(\.share)), line.slope > 0
  else { return nil }
  let growing = way.filter { $0.share > 0 && $0.share <= ReturnDefault.growing }
  let curve = theilSen(x: growing.map(\.hours), y: growing.map { logarithm($0.share) })
  var doubling: Double?
  var isStraight = true
  if let curve, curve.slope > 0, growing.count >= ReturnDefault.leastPoints {
    doubling = logarithm(2) / curve.slope * 3600
    let straight = theilSen(x: growing.map(\.hours), y: growing.map(\.share)) ?? line
    let byLine = growing.map { abs($0.share - straight.intercept - straight.slope * $0.hours) }
    let byCurve = growing.map {
      abs($0.share - exp(curve.intercept + curve.slope * $0.hours))
    }
    isStraight = (median(byLine) ?? 0) <= (median(byCurve) ?? 0)
  }
  // What the front was asked on the way, against what it served.
  var admitted: Double?
  if let front = front(of: signals) {
    let range = low..<max(low, whole)
    let asked = range.reduce(0) { $0 + front.attempts[$1] }
    let bad = signals.filter {
      $0.service == front.service && ($0.kind == .failures || $0.kind == .rejections)
    }.reduce(0.0) { sum, signal in sum + range.reduce(0) { $0 + signal.values[$1] } }
    if asked > 0 { admitted = max(0, 1 - bad / asked) }
  }
  var kind =
    hasLimits || admitted.map { $0 < ReturnDefault.throttled } ?? false
    ? ReturnCourse.Kind.throttled : .organic
  if let still = longestStill(way),
    Double(still.until - still.from) / 3600
      >= ReturnDefault.stillPart * last.hours
  {
    kind = .stalled(from: still.from, until: still.until, share: still.share)
  }
  return ReturnCourse(
    kind: kind, slope: line.slope, doubling: doubling, admitted: admitted, isStraight: isStraight)
}

/// The longest time for which the share stayed within a narrow band, on the way up.
private func longestStill(
  _ way: [(hours: Double, share: Double, at: Int64)]
) -> (from: Int64, until: Int64, share: Double)? {
  var best: (from: Int64, until: Int64, share: Double)?
  var start = 0
  for end in way.indices {
    // The earliest start from which all up to here lies within the band.
    while start < end,
      let low = way[start...end].map(\.share).min(), let high = way[start...end].map(\.share).max(),
      high - low > 2 * ReturnDefault.still
    {
      start += 1
    }
    let lasted = way[end].at - way[start].at
    if lasted >= ReturnDefault.stillSeconds, lasted > (best.map { $0.until - $0.from } ?? 0),
      way[end].share < ReturnDefault.whole
    {
      best = (way[start].at, way[end].at, way[end].share)
    }
  }
  return best
}
