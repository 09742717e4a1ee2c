import Surveys

/// What was asked when the harm began, against when it ended, and what ended it.
public struct Comeback: Sendable {
  public var service: String
  /// Asked a minute when the harm began and when it was over.
  public var askedAtOnset: Double
  public var askedAtEnd: Double
  /// The operators' step after which a harm fell, no long time before the end.
  public var cure: OperatorStep?

  /// Share of the load under which it fell that it could bear again.
  public var ratio: Double { askedAtEnd / max(1e-9, askedAtOnset) }
  /// Whether it bore less again than it fell under: what keeps it down is not the load alone.
  public var hasHysteresis: Bool { ratio <= ComebackDefault.hysteresis }
}

public enum ComebackDefault {
  /// Minutes to either side of an instant over which what is asked is averaged.
  public static let minutes: Int64 = 5
  public static let hysteresis = 0.6
  /// A step so long before the end, seconds, may have brought it.
  public static let cureWithin: Int64 = 1800
  public static let leastAsked = 5.0
}

/// - Returns: `nil` where the logs end in the midst of the harm, or tell nothing of what was asked.
func comeback(
  _ all: [Signal], _ steps: [OperatorStep], _ incident: Incident?, frame: CaseFrame
) -> Comeback? {
  guard let incident, !incident.isOpenEnded,
    let front = front(of: all)
  else { return nil }
  func perMinute(_ from: Int64, _ to: Int64) -> Double? {
    let range = frame.indices(from: max(frame.start, from), to: min(frame.end, to))
    guard !range.isEmpty, from >= frame.start, to <= frame.end else { return nil }
    return front.attempts[range].reduce(0, +) * 60 / Double(Int64(range.count) * frame.width)
  }
  let reach = ComebackDefault.minutes * 60
  guard let before = perMinute(incident.onset.at - reach, incident.onset.at),
    let after = perMinute(incident.end, incident.end + reach),
    before >= ComebackDefault.leastAsked
  else { return nil }
  let cure = steps.last { step in
    step.from >= incident.onset.at && step.from <= incident.end
      && step.from >= incident.end - ComebackDefault.cureWithin
      && step.effects.contains { $0.isHarm && $0.size < 0 }
  }
  return Comeback(
    service: front.service, askedAtOnset: before, askedAtEnd: after, cure: cure)
}
