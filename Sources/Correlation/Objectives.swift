import Surveys

/// What an incident cost of the failures that an objective allows.
public struct ObjectiveBurn: Sendable {
  public var service: String
  /// Share of operations that should succeed.
  public var objective: Double
  public var attempts: Double
  public var failed: Double
  /// Failures against those allowed, in the incident: 1 would use up the allowance just so.
  public var rate: Double
  /// Share of the allowance of `ObjectiveDefault.days` at the usual rate of operations that the
  /// incident used up.
  public var used: Double
}

public enum ObjectiveDefault {
  /// The window that an allowance is for. Source: B. Beyer et al., *The Site Reliability Workbook*, 2018,
  /// chapter 5.
  public static let days = 30.0
}

/// - Parameter objectives: by service, the share of operations that should succeed.
func objectiveBurns(
  _ objectives: [(service: String, success: Double)], _ signals: [Signal], frame: CaseFrame,
  onset: Int64, end: Int64
) -> [ObjectiveBurn] {
  let within = frame.indices(from: onset, to: end)
  return objectives.compactMap { item in
    let allowed = 1 - item.success
    guard allowed > 0, allowed < 1,
      let signal = signals.first(where: { $0.kind == .failures && $0.service == item.service }),
      !signal.attempts.isEmpty
    else { return nil }
    let attempts = within.reduce(0.0) { $0 + signal.attempts[$1] }
    let failed = within.reduce(0.0) { $0 + signal.values[$1] }
    let others = signal.attempts.reduce(0, +) - attempts
    let seconds = Double(frame.count - within.count) * Double(frame.width)
    guard attempts > 0 else { return nil }
    let perDay =
      seconds > 0 && others > 0
      ? others / seconds * 86400
      : attempts / max(1, Double(within.count) * Double(frame.width)) * 86400
    return ObjectiveBurn(
      service: item.service, objective: item.success, attempts: attempts, failed: failed,
      rate: failed / attempts / allowed, used: failed / (allowed * perDay * ObjectiveDefault.days))
  }
}
