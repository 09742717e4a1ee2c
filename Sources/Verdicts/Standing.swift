import Correlation
import Records
import Surveys

/// Where a hypothesis stands. "Ruled out" is said only where a necessary consequence of it was
/// observable in these logs and was absent.
public enum Standing: String, Sendable, Codable {
  case supported
  case notRuledOut = "not ruled out"
  case noSign = "no sign of it"
  case ruledOut = "ruled out"
  case notObservable = "not observable in these logs"

  /// Share that a hypothesis takes of its outcome's probability, relative to its rivals.
  var share: Double {
    switch self {
    case .supported: 10
    case .notRuledOut: 1
    case .notObservable: 0.6
    case .noSign: 0.2
    case .ruledOut: 0.02
    }
  }
}

public struct Assessment: Sendable {
  public var hypothesis: HypothesisID
  public var standing: Standing
  public var probability: Double
  public var because: Prose
  public var evidenceFor: [String]
  public var evidenceAgainst: [String]
  public var absent: [String]
  public var unobtainable: [String]
}

public enum StandingDefault {
  /// Share of failed requests by known actors from which a flood by strangers is ruled out: the
  /// strangers' requests, which a flood consists of, were looked for and are not there.
  public static let floodRuledOutAbove = 0.95
  /// Crashes that must have been traced before provoked crashes can be ruled out.
  public static let tracedCrashes = 20
  /// Share of crashes after a stranger's packet below which they are.
  public static let strangerShare = 0.05
}

/// Holds the evidence against every hypothesis.
public func assess(_ argument: Argument, _ verdict: Verdict) -> [Assessment] {
  let analysis = argument.analysis
  let evidence = argument.evidence
  func has(_ feature: String, _ direction: Direction = .for) -> Bool {
    evidence.contains { $0.feature == feature && $0.direction == direction }
  }
  /// What is absent from logs that were not written is not absent.
  func standing(of hypothesis: HypothesisID) -> (Standing, Prose) {
    let found = standingOnRecord(of: hypothesis)
    guard analysis.main != nil, analysis.coverage.isBlindAtOnset,
      hypothesis == .floodAttack || hypothesis == .accessAttack,
      found.0 == .noSign || found.0 == .ruledOut
    else { return found }
    return (
      .notObservable,
      "All \(analysis.coverage.witnesses) source(s) that tell who asked are silent from the onset on."
    )
  }
  func standingOnRecord(of hypothesis: HypothesisID) -> (Standing, Prose) {
    switch hypothesis {
    case .accessAttack:
      if has("guessing-burst") || has("guessing-spread") || has("form-abuse") {
        return (.supported, "Long bursts of guesses or mass use of forms are on record.")
      }
      if has("probes-do-harm") {
        return (
          .supported, "Requests with payloads make much of the incident's and came with the harm."
        )
      }
      if analysis.guessing != nil || analysis.web != nil {
        return (.noSign, "Refusals and requests were looked at; nothing stands above background.")
      }
      return (.notObservable, "No authentication or access log is among the sources.")
    case .floodAttack:
      if has("lone-stranger") || has("lone-burst"), !has("strangers-without-success") {
        return (.notRuledOut, "One or a few newcomers make most of the requests.")
      }
      if has("strangers-without-success") {
        return (
          .supported, "Strangers who go on without being served make up the failing requests."
        )
      }
      guard let shift = analysis.requesters, shift.hasBaseline, analysis.main != nil else {
        return analysis.main == nil
          ? (.noSign, "Nothing failed under load.")
          : (.notObservable, "Who asked is not in these logs, or not from before the onset.")
      }
      let known = shift.knownBadShare > 0 ? shift.knownBadShare : shift.knownRecordShare
      if known >= StandingDefault.floodRuledOutAbove, shift.newCount < 0.2 * shift.during {
        return (
          .ruledOut,
          "A flood consists of strangers' requests; \(Clause.percent(known)) of the failed requests seen here are by identities known before."
        )
      }
      if known >= 0.75 {
        return (.noSign, "\(Clause.percent(known)) of the failed requests are by known identities.")
      }
      return (
        .notRuledOut, "Known identities make up \(Clause.percent(known)) of the failed requests."
      )
    case .crashAttack:
      if has("crash-after-stranger") {
        return (.supported, "Crashes follow strangers' packets.")
      }
      let crashes = analysis.main?.runs.contains { $0.signal.kind == .crashes } ?? false
      guard crashes else { return (.noSign, "No wave of crashes is on record.") }
      guard let context = analysis.crashContext, has("crash-after-stranger", .absent) else {
        return (.notObservable, "What crashed programs had received is not on record.")
      }
      let share = Double(context.afterUnsolicited) / Double(max(1, context.crashes))
      return context.crashes >= StandingDefault.tracedCrashes
        && share <= StandingDefault.strangerShare
        ? (
          .ruledOut,
          "A provoked crash needs the stranger's packet before it; of \(context.crashes) traced crashes \(context.afterUnsolicited) had one."
        )
        : (.noSign, "Few traced crashes follow a stranger's packet.")
    case .sybilAttack:
      if has("join-wave") { return (.supported, "A concentrated wave of new nodes joined.") }
      if has("join-wave", .absent) {
        return (
          .noSign, "No concentrated wave of new nodes; careful placement would evade this test."
        )
      }
      let hasPeers =
        analysis.coverage.rolesPresent.contains(.supernode)
        || analysis.coverage.rolesPresent.contains(.client)
        || analysis.populations.contains { $0.kind == .node }
      return hasPeers
        ? (.notObservable, "No nodes with identities are among the sources.")
        : (.noSign, "No network of peers is among the sources: there is nothing to join.")
    case .firstServiceAttack:
      guard let first = analysis.main?.runs.first else {
        return (.noSign, "No service gave way.")
      }
      if first.signal.kind == .latency || has("missing-support", .unobtainable) {
        return (
          .notRuledOut,
          "Why \(log: first.signal.service) gave way first is not settled; hostile load on it would have to show in who asked it, and that is not on record."
        )
      }
      return (.noSign, "Nothing points to hostile load on \(log: first.signal.service).")
    case .ownOverload:
      let signs = [
        "known-requesters", "amplification", "two-waves", "version-hazard", "slow-first",
        "restart-wave", "crash-after-late-answer",
      ]
      let count = signs.count { sign in
        evidence.contains {
          $0.feature == sign && $0.weights.overload > 0
        }
      }
      return count >= 2
        ? (.supported, "\(count) independent signs of it are on record.")
        : count == 1
          ? (.notRuledOut, "One sign of it is on record.")
          : (.notRuledOut, "Nothing on record decides.")
    case .componentFault:
      return has("failure-without-volume") || has("orderly-stop") || has("sick-cohort")
        || !analysis.serviceLoops.isEmpty && has("crash-loop")
        ? (
          .supported,
          "Failure without surge, one of many alike that fails, or programs that stop, are on record."
        )
        : (.notRuledOut, "Nothing on record excludes it.")
    case .changeFault:
      if has("change-before-onset") {
        return (.supported, "A change precedes the onset closely.")
      }
      return analysis.steps.isEmpty
        ? (.notObservable, "No record of changes is among the sources.")
        : (.noSign, "No change is on record within the hour before the onset.")
    case .flashCrowd:
      return has("flash-crowd")
        ? (.supported, "New requesters succeed like old ones.")
        : (.noSign, "No surge of newcomers who behave is on record.")
    case .attackTriggered:
      return has("strangers-without-success") && has("trigger-gone")
        ? (.supported, "The first signal ended before the harm did.")
        : verdict.probability(.mixed) > 0.1
          ? (.notRuledOut, "An attack as the trigger is not excluded.")
          : (.noSign, "No attack is on record that could have been the trigger.")
    case .noIncident:
      return analysis.main == nil && !has("guessing-burst") && !has("guessing-spread")
        && !has("form-abuse")
        ? (.supported, "No lasting harm is on record.")
        : (.ruledOut, "Harm or hostility is on record.")
    case .loggingFault:
      return has("damaged-input", .unobtainable) || has("baseline", .unobtainable)
        ? (.notRuledOut, "Input is damaged or incomplete.")
        : (.noSign, "Independent signals agree.")
    }
  }
  func outcome(of hypothesis: HypothesisID) -> Outcome4 {
    switch hypothesis {
    case .accessAttack, .floodAttack, .crashAttack, .sybilAttack, .firstServiceAttack: .attack
    case .ownOverload, .componentFault, .changeFault, .flashCrowd: .overload
    case .attackTriggered: .mixed
    case .noIncident, .loggingFault: .benign
    }
  }
  let standings = HypothesisID.allCases.map { ($0, standing(of: $0)) }
  return standings.map { hypothesis, found in
    let group = standings.filter { outcome(of: $0.0) == outcome(of: hypothesis) }
    let total = group.reduce(0) { $0 + $1.1.0.share }
    let mine = evidence.filter { $0.hypothesis == hypothesis }
    return Assessment(
      hypothesis: hypothesis, standing: found.0,
      probability: verdict.probability(outcome(of: hypothesis)) * found.0.share
        / max(total, 1e-9),
      because: found.1, evidenceFor: mine.filter { $0.direction == .for }.map(\.id),
      evidenceAgainst: mine.filter { $0.direction == .against }.map(\.id),
      absent: mine.filter { $0.direction == .absent }.map(\.id),
      unobtainable: mine.filter { $0.direction == .unobtainable }.map(\.id))
  }
}
