import Correlation
import Figures
import Records
import Sketches
import Surveys
import Verdicts

/// Turns analysis and verdict into findings: every sentence with what bears it out.
struct Narrator {
  let survey: Survey
  let analysis: Analysis
  let argument: Argument
  let verdict: Verdicts.Verdict
  let assessments: [Assessment]
  let knowledge: CaseKnowledge

  var labels: [UInt64: String]
  /// How hosts' clocks were found.
  let clockOffsets: [ClockOffset]

  init(
    survey: Survey, analysis: Analysis, argument: Argument, verdict: Verdicts.Verdict,
    assessments: [Assessment], knowledge: CaseKnowledge
  ) {
    self.survey = survey
    self.analysis = analysis
    self.argument = argument
    self.verdict = verdict
    self.assessments = assessments
    self.knowledge = knowledge
    labels = survey.accounts.mapValues(\.label)
    clockOffsets = knowledge.clocks ?? Correlation.clockOffsets(survey)
  }

  func cite(_ exemplar: Exemplar) -> Citation {
    Citation(
      source: labels[exemplar.source] ?? "?", line: exemplar.line, offset: exemplar.offset,
      digest: hex(exemplar.digest), time: exemplar.time.rfc3339)
  }

  func cite(_ exemplars: some Sequence<Exemplar>) -> [Citation] { exemplars.map(cite) }

  private func hex(_ value: UInt64) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }

  func say(_ text: Prose, _ cited: [Exemplar] = [], evidence features: [String] = []) -> Statement {
    Statement(
      text, citations: cite(cited.prefix(4)),
      evidence: argument.evidence.filter { features.contains($0.feature) }.map(\.id))
  }

  /// Evidence of a feature, if it was found to hold.
  func found(_ feature: String) -> Verdicts.Evidence? {
    argument.evidence.first {
      $0.feature == feature && $0.direction != .unobtainable && $0.direction != .absent
    }
  }

  /// Evidence as a statement of its own words.
  func state(_ evidence: Verdicts.Evidence) -> Statement {
    Statement(
      evidence.statement, citations: cite(evidence.citations.prefix(4)), evidence: [evidence.id])
  }

  func clock(_ second: Int64) -> String { Timestamp(seconds: second).clock }

  /// Hours and minutes, with the day where the case spans several.
  func short(_ second: Int64) -> String {
    let text = clock(second)
    return analysis.frame.span > 86400 ? text : String(text.suffix(8))
  }

  // MARK: - The sentence that may be published

  /// No stronger than the probabilities are.
  func sentence() -> Prose {
    let a = analysis
    let onset = (beginning ?? a.main?.onset).map(Clause.instant) ?? ""
    let hostile = verdict.probability(.attack) + verdict.probability(.mixed)
    switch verdict.name {
    case "benign":
      var text: Prose =
        "These logs show no incident: nothing failed beyond the everyday, and what hostile requests there are do not rise above the background of any public address."
      if let surge = a.surges.max(by: { $0.ratio < $1.ratio }),
        surge.ratio >= SurgeDefault.notableRatio
      {
        text +=
          " From \(clock(surge.onset.at)) to \(clock(surge.end)) \(log: surge.service) was asked for up to \(Clause.factor(surge.ratio)) what the hours around hold; no harm of it is on record."
      }
      return text
    case "attack":
      return attackSentence()
    case "mixed":
      return
        "An attack on record from \(onset) set off an overload that then kept itself going (\(words(for: hostile)), \(Clause.percent(hostile)))."
    case "overload":
      var text: Prose =
        "It is \(words(for: 1 - hostile)) (\(Clause.percent(1 - hostile))) that the incident which began at \(onset) was not caused by an attack. "
      text += mechanismSentence()
      text += caveat()
      return text
    default:
      if a.main == nil, a.strongGuessers.isEmpty, a.guessingSurge == nil {
        return
          "These logs neither show an incident nor exclude one: \(verdict.openBecause ?? "the evidence is too weak")."
      }
      let lacking = argument.missing.prefix(3).map { Prose($0.what) }
      var text: Prose =
        "We have not ruled anything out. From \(onset) the logs show that \(a.main.map { harmWords($0) } ?? "something failed"), and an overload as the mechanism is \(words(for: mechanismProbability)); but \(verdict.openBecause ?? "the trigger is unknown"), so the trigger stays open. An attack as the trigger (\(words(for: hostile)), \(Clause.percent(hostile))) is not ruled out."
      if !lacking.isEmpty {
        text += " Missing: "
        text += Prose.list(lacking, last: " ")
      }
      return text
    }
  }

  /// Probability that load beyond capacity was the mechanism, whoever caused it.
  private var mechanismProbability: Double {
    let signs = [
      "amplification", "two-waves", "self-protection", "limit-reached", "slow-first",
      "redistribution",
    ].count { found($0) != nil }
    let base = verdict.probability(.overload) + verdict.probability(.mixed)
    return min(0.97, max(base, signs >= 2 ? 0.9 : signs == 1 ? 0.8 : base))
  }

  func harmWords(_ incident: Correlation.Incident) -> Prose {
    let kinds = incident.runs.prefix(3).map { Prose(log: describe($0)) }
    return "\(Prose.list(kinds)) left the usual level by far"
  }

  private func attackSentence() -> Prose {
    let p = verdict.probability(.attack)
    let certainty = "\(words(for: p)), \(Clause.percent(p))"
    // That an attack was the cause holds whether or not an overload then kept itself going.
    let hostile = p + verdict.probability(.mixed)
    let caused = "It is \(words(for: hostile)) (\(Clause.percent(hostile)))"
    if found("join-wave") != nil,
      let wave = analysis.joinWaves.first(where: { $0.isConcentrated && !$0.isAnnounced })
    {
      return
        "\(caused) that hostile nodes caused the incident: \(wave.count) nodes from few networks joined from \(clock(wave.from)), and service failed with them."
    }
    if found("crash-after-stranger") != nil, let context = analysis.crashContext {
      return
        "\(caused) that the crashes were provoked from outside: \(context.afterUnsolicited) of \(context.crashes) traced crashes follow within seconds an unsolicited packet of one of \(context.senders) sender(s)."
    }
    if found("guessing-burst") != nil, let worst = analysis.strongGuessers.first {
      var text: Prose =
        "Passwords were guessed from \(clock(worst.burstStart)) to \(clock(worst.burstEnd)), foremost by \(log: worst.name) (\(worst.burst) refusals within ten minutes)"
      if let at = worst.succeeded {
        text += ", which was then let in at \(at.time.clock)"
      }
      text += " (attack: \(certainty)). No overload is on record."
      return text
    }
    if found("guessing-spread") != nil, let spread = analysis.guessing?.spread,
      let surge = analysis.guessingSurge
    {
      return
        "Log-ins were tried from lists by \(spread.sources) addresses from \(clock(surge.onset.at)) on (\(spread.rejections) refusals, \(spread.successes) let in; attack: \(certainty)).\(analysis.main == nil ? " No overload is on record." : "")"
    }
    if found("form-abuse") != nil, let web = analysis.formAbuse {
      return
        "Forms were abused by machines at \(web.writers) addresses, slowly and over the whole of the logs (attack: \(certainty)); no burst and no outage is on record."
    }
    if found("strangers-without-success") != nil, let shift = analysis.requesters {
      return
        shift.isByHeavyStrangers
        ? "\(caused) that a flood by strangers caused the incident: \(Clause.number(shift.heavyStrangers)) requesters never seen before made \(Clause.percent(shift.heavyRecordShare)) of all requests, and nearly none of theirs succeeded."
        : shift.hopelessShare <= PopulationDefault.hopeless
          ? "\(caused) that a flood by strangers caused the incident: \(Clause.number(shift.newCount)) requesters never seen before went on at \(Clause.number(shift.newcomers.failuresEach)) failures each in the median, as machines do."
          : "\(caused) that a flood by strangers caused the incident: \(Clause.number(shift.newWithoutSuccess)) of \(Clause.number(shift.newCount)) new requesters never succeeded, and only \(Clause.percent(shift.knownBadShare)) of the failed requests came from known ones."
    }
    if let probes = found("probes-do-harm") {
      return
        "\(caused) that hostile requests did the harm. \(probes.statement)"
    }
    return "An attack is \(words(for: p)) (\(Clause.percent(p)))."
  }

  private func mechanismSentence() -> Prose {
    var parts: [Prose] = []
    if let first = analysis.main?.runs.first {
      parts.append(
        first.signal.kind == .latency
          ? beginning == nil
            ? "It began when \(log: first.signal.service) became slow"
            : "From \(clock(first.onset.at)) on \(log: first.signal.service) was slow"
          : first.direction == .up
            ? "The first sign was a rise of \(log: describe(first))"
            : "The first sign was \(log: describe(first))")
    }
    if found("surge-before-harm") != nil, let surge = analysis.surgeBeforeHarm {
      parts.append(
        "\(log: surge.service) was being asked for \(Clause.factor(surge.ratio)) what the hours around hold, more than could be served"
      )
    }
    if found("sick-cohort") != nil, let sick = analysis.sick.first {
      parts.append(
        "\(Clause.percent(sick.attribution)) of the bad records are bound to \(sick.field.rawValue) \(log: sick.value)"
      )
    }
    if let sick = analysis.sickVersion {
      parts.append(
        "\(Clause.percent(sick.share)) of the clients on version \(log: sick.value) crashed")
    }
    if let loss = analysis.losses.max(by: { $0.exits.count < $1.exits.count }), loss.lostShare > 0.1
    {
      parts.append("\(Clause.percent(loss.lostShare)) of the \(loss.role.rawValue) nodes were lost")
    }
    if let load = analysis.loads.max(by: { $0.amplification < $1.amplification }),
      load.amplification >= LoadDefault.notable, found("known-requesters") != nil
    {
      parts.append(
        "known clients that tried again put \(Clause.factor(load.ratio)) the usual load on each that was left"
      )
    }
    guard !parts.isEmpty else { return "" }
    return Prose.list(parts, last: ", and ") + ". "
  }

  private func caveat() -> Prose {
    let open = assessments.filter {
      $0.hypothesis.isAttack && ($0.standing == .notRuledOut || $0.standing == .notObservable)
        && $0.hypothesis != .attackTriggered
    }
    guard let first = open.first else { return "" }
    switch first.hypothesis {
    case .firstServiceAttack:
      return
        "What made \(log: analysis.main?.runs.first?.signal.service ?? "it") give way first is not settled, and hostile load there is not ruled out."
    default:
      return "Not ruled out: \(first.hypothesis.title.lowercased())."
    }
  }
}

extension Prose {
  /// Whether there is nothing to read.
  var isBlank: Bool { isEmpty }
}
