public import Correlation
import Figures
import Records
import Sketches
public import Surveys
import Verdicts

/// Seconds between the first and the last record.
private func recordSpan(_ survey: Survey) -> Int64 {
  let known = survey.accounts.values.filter(\.first.isKnown)
  guard let first = known.map(\.first.seconds).min(), let last = known.map(\.last.seconds).max()
  else { return 0 }
  return last - first
}

/// Share of all records that are errors or tell of failures.
private func badShare(_ survey: Survey) -> Double {
  // Each record counts once in the cohort of its host.
  var (all, bad) = (0.0, 0.0)
  for series in survey.fine.entries where series.key.dimension == .host {
    let sum = series.cells.cells.reduce(0.0) { $0 + Double($1.count) }
    switch CohortClass(rawValue: series.key.kind) {
    case .all: all += sum
    case .bad: bad += sum
    default: break
    }
  }
  return all > 0 ? bad / all : 0
}

/// From the merged survey to the findings: analysis, argument, verdict, words. Pure.
///
/// - Returns: findings that say so where the survey holds no timed record.
public func findings(
  of survey: Survey, knowledge: CaseKnowledge, isIncomplete: Bool = false
) -> Findings {
  guard let analysis = analyse(survey, knowledge: knowledge) else {
    return nothingReadable(survey, knowledge: knowledge)
  }
  let argument = argue(analysis)
  let records = survey.accounts.values.reduce(UInt64(0)) { $0 &+ $1.records }
  let verdict = judge(
    argument.evidence, records: records, hasIncident: analysis.main != nil,
    span: recordSpan(survey), badShare: badShare(survey))
  let assessments = assess(argument, verdict)
  let narrator = Narrator(
    survey: survey, analysis: analysis, argument: argument, verdict: verdict,
    assessments: assessments, knowledge: knowledge)
  return narrator.findings(isIncomplete: isIncomplete)
}

extension Narrator {
  func findings(isIncomplete: Bool) -> Findings {
    let a = analysis
    let leading = verdict.leading
    let figures = makeFigures()
    var sections = sections()
    // A section may name a figure that this case has no data for.
    let drawn = Set(figures.map(\.id))
    for i in sections.indices {
      sections[i].items.removeAll {
        if case .figure(let id) = $0 { return !drawn.contains(id) }
        return false
      }
    }
    let hypotheses = assessments.map { item in
      Findings.Hypothesis(
        id: item.hypothesis.rawValue, title: item.hypothesis.title, probability: item.probability,
        words: words(for: item.probability), standing: item.standing.rawValue,
        evidenceFor: item.evidenceFor, evidenceAgainst: item.evidenceAgainst, absent: item.absent,
        unobtainable: item.unobtainable)
    }
    var incidents = a.incidents.prefix(12).map { incident in
      Findings.Incident(
        onset: rfc(incident.onset.at), onsetEarliest: rfc(incident.onset.earliest),
        onsetLatest: rfc(incident.onset.latest),
        end: incident.isOpenEnded ? nil : rfc(incident.end),
        class: incident.onset.at == a.main?.onset.at ? verdict.name : "open")
    }
    if let beginning, !incidents.isEmpty {
      incidents[0].onset = rfc(beginning.at)
      incidents[0].onsetEarliest = rfc(beginning.earliest)
      incidents[0].onsetLatest = rfc(beginning.latest)
    }
    if verdict.name == "attack", found("guessing-spread") != nil, let surge = a.guessingSurge {
      // What was attacked is the door: other harm in the logs is another matter.
      incidents.insert(
        Findings.Incident(
          onset: rfc(surge.onset.at), onsetEarliest: rfc(surge.onset.earliest),
          onsetLatest: rfc(surge.onset.latest), end: surge.isOpenEnded ? nil : rfc(surge.end),
          class: "attack"), at: 0)
    }
    if verdict.name == "attack", incidents.isEmpty {
      for guesser in a.strongGuessers.prefix(4) {
        incidents.append(
          Findings.Incident(
            onset: rfc(guesser.burstStart), onsetEarliest: rfc(guesser.burstStart),
            onsetLatest: rfc(guesser.burstStart), end: rfc(guesser.burstEnd), class: "attack"))
      }
      if incidents.isEmpty {
        incidents.append(
          Findings.Incident(
            onset: rfc(a.frame.start), onsetEarliest: rfc(a.frame.start),
            onsetLatest: rfc(a.frame.start), end: rfc(a.frame.end), class: "attack"))
      }
    }
    let pulse = pulse()
    return Findings(
      caseName: knowledge.name, from: rfc(a.frame.start), to: rfc(a.frame.end),
      verdict: Findings.Verdict(
        class: verdict.name,
        probabilities: Dictionary(
          uniqueKeysWithValues: Outcome4.allCases.map { ($0.rawValue, verdict.probability($0)) }),
        sentence: sentence().plain, words: words(for: verdict.probability(leading)),
        wouldChange: wouldChange(), hypotheses: hypotheses),
      incidents: incidents, suspects: suspects(), coverage: coverage(),
      impact: a.impact.map { impact in
        Findings.Impact(
          service: impact.service, failedOperations: impact.failedOperations.rounded(),
          attempts: impact.attempts.rounded(), affected: impact.affected.rounded(),
          requesters: impact.requesters.rounded(), errorMinutes: impact.errorMinutes,
          isLowerBound: a.coverage.damaged > 0 || a.coverage.isBlindAtOnset)
      }, numbers: numberRows(), mixes: mixRows(), origins: origins(), clocks: clocks(),
      messages: messageRows(),
      signatures: signatures(),
      patterns: patterns(),
      evidence: argument.evidence.map { item in
        Findings.Evidence(
          id: item.id, hypothesis: item.hypothesis.rawValue, direction: item.direction.rawValue,
          weight: item.weight, family: item.family.rawValue, statement: item.statement,
          citations: cite(item.citations))
      }, timeline: timeline(), sources: sourceRows(survey), sections: sections, figures: figures,
      pulse: pulse.values, pulseTitle: pulse.title, isIncomplete: isIncomplete)
  }

  func rfc(_ second: Int64) -> String { Timestamp(seconds: second).rfc3339 }

  /// To thousandths, of a share or of a second.
  func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

  private func origins() -> [Findings.Origin] {
    guard analysis.main != nil else { return [] }
    return (analysis.requesters?.origins ?? []).map {
      Findings.Origin(
        kind: $0.isCountry ? "country" : "operator", name: $0.name, share: rounded($0.share),
        shareBefore: rounded($0.shareBefore), recordShare: rounded($0.recordShare))
    }
  }

  /// Hosts whose clocks were compared, the worst first.
  func clocks() -> [Findings.Clock] {
    clockOffsets.map { clock in
      Findings.Clock(
        host: clock.host, ahead: rounded(clock.seconds), error: rounded(clock.standardError),
        pairs: clock.pairs, isCorrected: knowledge.clocks != nil && clock.isOff,
        drift: rounded(clock.course.drift),
        stepAt: clock.course.step.map { Timestamp(nanoseconds: $0.time).rfc3339 },
        step: clock.course.step.map { rounded($0.seconds) }, isByBursts: clock.isByBursts,
        isOneOfTwo: clock.isOneOfTwo)
    }.sorted { abs($0.ahead) == abs($1.ahead) ? $0.host < $1.host : abs($0.ahead) > abs($1.ahead) }
  }

  private func coverage() -> Findings.Coverage {
    let c = analysis.coverage
    return Findings.Coverage(
      records: c.records, unparsed: c.unparsed, damaged: UInt64(c.damaged),
      gaps: c.gaps.map {
        Findings.Gap(source: $0.source, from: rfc($0.from), to: rfc($0.to), kind: $0.kind.rawValue)
      })
  }

  private func signatures() -> [Findings.Signature] {
    var result: [Findings.Signature] = []
    for probe in analysis.web?.probes ?? [] {
      result.append(
        Findings.Signature(
          id: "probe-\(probe.probe.id)", title: probe.probe.title, hits: probe.tally.hits,
          sources: probe.tally.seenIn.compactMap { labels[$0] }.sorted(),
          first: probe.tally.first?.time.rfc3339 ?? "", last: probe.tally.last.rfc3339))
    }
    if let guessing = analysis.guessing, !guessing.guessers.isEmpty {
      result.append(
        Findings.Signature(
          id: "password-guessing", title: "Password guessing (ATT&CK T1110.001)",
          hits: guessing.guessers.reduce(0) { $0 &+ UInt64($1.rejections) },
          sources: Array(Set(guessing.guessers.compactMap { labels[$0.first.source] })).sorted(),
          first: guessing.guessers.map(\.first.time).min()?.rfc3339 ?? "",
          last: rfc(guessing.guessers.map(\.burstEnd).max() ?? 0)))
    }
    return result
  }

  /// Overload and attack patterns by their names in the field, as far as evidence names them.
  private func patterns() -> [Findings.Pattern] {
    let a = analysis
    let from = rfc(a.onset)
    let to = rfc(a.end)
    var result: [Findings.Pattern] = []
    func add(_ id: String, _ title: String, _ features: [String]) {
      let found = argument.evidence.filter {
        features.contains($0.feature) && $0.direction == .for
      }
      guard !found.isEmpty else { return }
      let score = Double(found.count) / Double(features.count)
      result.append(
        Findings.Pattern(id: id, title: title, score: score, first: from, last: to))
    }
    add(
      "client-version-crash-loop", "Client-version crash loop",
      ["version-hazard", "crash-after-late-answer"])
    add("self-protection-domino", "Self-protection domino", ["two-waves", "self-protection"])
    add("retry-storm", "Retry storm", ["amplification", "retry-spacing"])
    add("slow-dependency", "Slow dependency", ["slow-first"])
    add("mass-restart-wave", "Mass restart wave", ["restart-wave"])
    add("limit-exhaustion", "Limit reached", ["limit-reached", "out-of-memory"])
    add("bad-change", "Change shortly before", ["change-before-onset"])
    add("capacity-removed", "Capacity removed or lost", ["orderly-stop", "session-lost"])
    add("component-fault", "Fault of one component", ["failure-without-volume"])
    add("metastable", "Sustained after the trigger", ["trigger-gone", "metastable"])
    add("congestive-collapse", "More asked, less served", ["congestive-collapse"])
    add("crash-loop", "Crashes after starting again", ["crash-loop"])
    add("resource-ceiling", "Something full", ["ceiling"])
    add("filled-by-slowness", "More in progress than usual", ["in-progress"])
    add("flash-crowd", "Flash crowd", ["flash-crowd"])
    add("flood", "Flood by strangers", ["strangers-without-success", "new-network"])
    add("crash-exploit", "Crash by hostile packets", ["crash-after-stranger", "stranger-rate"])
    add("sybil-wave", "Sybil wave", ["join-wave", "join-wave-before-harm"])
    add("password-guessing", "Password guessing", ["guessing-burst", "guessing-succeeded"])
    add("form-abuse", "Abuse of forms", ["form-abuse", "form-abuse-breadth"])
    for surge in a.surges {
      let isHarmful = a.incidents.contains {
        $0.onset.at < surge.end && max($0.end, $0.onset.at) > surge.onset.at
      }
      result.append(
        Findings.Pattern(
          id: "surge",
          title:
            "Surge of requests, \(Clause.factor(surge.ratio)) the hours around, \(isHarmful ? "with harm" : "served")",
          score: min(1, surge.ratio / 10), first: rfc(surge.onset.at), last: rfc(surge.end)))
    }
    return result.sorted {
      ($1.score, $0.id, $0.first) < ($0.score, $1.id, $1.first)
    }
  }

  /// Who or what to look at first.
  private func suspects() -> [Findings.Suspect] {
    let a = analysis
    var result: [Findings.Suspect] = []
    for guesser in a.guessing?.guessers.prefix(6) ?? []
    where guesser.burst >= GuessingDefault.notable {
      result.append(
        Findings.Suspect(
          kind: guesser.kind == .address ? "ip" : "user", value: guesser.name,
          score: Double(guesser.burst) / (verdict.name == "attack" ? 1 : 50)
            + (guesser.succeeded == nil ? 0 : 20),
          reason: "refused \(guesser.rejections) times"))
    }
    if found("guessing-spread") != nil, let spread = a.guessing?.spread {
      for (i, name) in spread.names.prefix(6).enumerated()
      where !result.contains(where: { $0.value == name }) {
        result.append(
          Findings.Suspect(
            kind: "ip", value: name, score: 80 - Double(i),
            reason: "one of \(spread.sources) addresses that guess together"))
      }
    }
    if found("strangers-without-success") != nil {
      for (i, name) in heavyStrangers().prefix(6).enumerated() {
        result.append(
          Findings.Suspect(
            kind: "ip", value: name, score: 95 - Double(i),
            reason: "new, asks without end and is hardly ever served"))
      }
    }
    if found("probes-do-harm") != nil || found("lone-stranger") != nil, let shift = a.requesters {
      let since = a.onset - PopulationDefault.strangersBeforeHarm
      let busiest = survey.population.actors {
        $0.kind == shift.kind && $0.first.time.seconds >= since
      }.sorted { ($0.records, $1.name) > ($1.records, $0.name) }
      for (i, actor) in busiest.prefix(3).enumerated()
      where Double(actor.records) >= ScannerDefault.harmfulShare * (a.impact?.attempts ?? .infinity)
      {
        result.append(
          Findings.Suspect(
            kind: "ip", value: actor.name, score: 90 - Double(i),
            reason: "new, and makes \(Clause.number(Double(actor.records))) of the requests"))
      }
    }
    if found("lone-burst") != nil, let burst = a.loneBurst {
      result.append(
        Findings.Suspect(
          kind: "ip", value: burst.actor.name, score: 90 * burst.share,
          reason: "\(Clause.percent(burst.share)) of all records, within a short time"))
    }
    if found("crash-after-stranger") != nil, let context = a.crashContext {
      for (i, sender) in context.worst.prefix(6).enumerated() where sender.crashes >= 2 {
        result.append(
          Findings.Suspect(
            kind: "ip", value: sender.name, score: 95 - Double(i),
            reason: "\(sender.crashes) traced crashes came right after its unsolicited packets"))
      }
    }
    for (i, sick) in a.sick.prefix(3).enumerated() {
      result.append(
        Findings.Suspect(
          kind: sick.field.rawValue, value: sick.value,
          score: 60 + 30 * sick.attribution * min(1, logarithm(sick.liftLow) / 2.3) - Double(i) * 5,
          reason:
            "\(Clause.percent(sick.rate)) of its records are bad, \(Clause.percent(sick.othersRate)) of its like; it explains \(Clause.percent(sick.attribution))"
        ))
    }
    if let wave = a.joinWaves.first(where: { $0.isConcentrated && !$0.isAnnounced }) {
      // Where the wave is the verdict's reason, those it came from are the first to be looked at.
      let least = verdict.name == "attack" && found("join-wave") != nil ? 90.0 : 0
      for (i, network) in wave.networks.prefix(3).enumerated() {
        result.append(
          Findings.Suspect(
            kind: "prefix", value: network.name,
            score: max(100 * network.share, least - Double(i)),
            reason: "\(Clause.percent(network.share)) of \(wave.count) new nodes joined from it"))
      }
    }
    if found("strangers-without-success") != nil, let shift = a.requesters,
      !shift.topNewNetwork.isEmpty
    {
      result.append(
        Findings.Suspect(
          kind: "prefix", value: shift.topNewNetwork, score: 90 * shift.topNewNetworkShare,
          reason: "most common network of new requesters"))
    }
    if let sick = a.sickVersion {
      result.append(
        Findings.Suspect(
          kind: "version", value: sick.value, score: min(80, 10 + sick.relativeLow),
          reason: "crashes are bound to it"))
    }
    if let incident = a.main {
      // First movers and largest deviations, after BARO's scorer: earliest counts most.
      var byService: [String: (score: Double, run: Run)] = [:]
      for (rank, run) in incident.runs.enumerated() {
        let score = min(60, run.strength.squareRoot() * 3) / Double(rank + 1) + (rank == 0 ? 15 : 0)
        if score > byService[run.signal.service]?.score ?? 0 {
          byService[run.signal.service] = (score, run)
        }
      }
      // Stores are asked and ask nobody: one that changes with the first harm, while no more is asked of
      // the front, is nearer to the cause than those who wait for it.
      if incident.runs.contains(where: { !isStore($0.signal.service) }),
        a.requesters.map({ $0.volumeRatio < 2 }) ?? true
      {
        let top = byService.values.map(\.score).max() ?? 0
        let changed = a.runs.filter {
          isStore($0.signal.service) && $0.direction == .up && $0.ratio >= 3
            && abs($0.onset.at - incident.onset.at) <= 300
        }
        for run in changed where byService[run.signal.service]?.score ?? 0 <= top {
          byService[run.signal.service] = (top + 5, run)
        }
      }
      for (service, entry) in byService.sorted(by: {
        ($0.value.score, $1.key) > ($1.value.score, $0.key)
      }).prefix(6) {
        result.append(
          Findings.Suspect(
            kind: "service", value: service, score: entry.score, reason: describe(entry.run)))
      }
      for host in hostSuspects(incident).prefix(4) { result.append(host) }
    }
    return result.sorted {
      $0.score == $1.score ? $0.value < $1.value : $0.score > $1.score
    }
  }

  /// When what led to the main incident began, where that was before the first harm: who came, or that
  /// more was asked.
  var beginning: Dated? {
    guard let main = analysis.main else { return nil }
    if verdict.name == "attack", found("join-wave") != nil,
      let wave = analysis.joinWaves.first(where: { $0.isConcentrated && !$0.isAnnounced }),
      wave.to <= main.onset.at
    {
      // Nodes that swallow requests do harm once they are in place; failures show it hours later.
      return Dated(at: wave.to, earliest: wave.from, latest: main.onset.at)
    }
    if verdict.name == "attack" || verdict.name == "mixed",
      found("strangers-without-success") != nil
    {
      return strangersCame(before: main.onset)
    }
    guard verdict.name != "attack", found("surge-before-harm") != nil,
      let surge = analysis.surgeBeforeHarm, surge.onset.at < main.onset.earliest
    else { return nil }
    // More who ask is no consequence of harm; the same who ask more may be.
    let isCrowd =
      analysis.requesters.map {
        $0.volumeRatio >= SurgeDefault.crowdRatio && $0.actorRatio > $0.rateRatio
      } ?? false
    let isSure =
      surge.onset.latest <= main.onset.earliest && surge.onset.error <= SurgeDefault.datingError
    return isCrowd || isSure ? surge.onset : nil
  }

  /// When strangers who ask without end came, if that was before the harm was seen.
  private func strangersCame(before harm: Dated) -> Dated? {
    guard let shift = analysis.requesters else { return nil }
    let firsts = survey.population.actors {
      $0.kind == shift.kind
        && $0.isHeavyStranger(since: harm.at - PopulationDefault.strangersBeforeHarm)
    }.map(\.first.time.seconds).sorted()
    // The first of all may be somebody else who was unlucky.
    guard firsts.count >= PopulationDefault.leastStrangers else { return nil }
    let at = firsts[firsts.count / 50]
    guard at < harm.earliest else { return nil }
    return Dated(at: at, earliest: firsts[0] - 1, latest: firsts[firsts.count / 10])
  }

  /// Names of those that ask without end and are hardly ever served, the busiest first.
  private func heavyStrangers() -> [String] {
    guard let shift = analysis.requesters else { return [] }
    let isLikeMachines = !shift.isByHeavyStrangers && shift.machineSigns != nil
    return survey.population.actors {
      $0.kind == shift.kind
        && (isLikeMachines
          ? $0.isPersistentStranger(since: analysis.onset)
          : $0.isHeavyStranger(since: analysis.onset))
    }.sorted { ($0.records, $1.name) > ($1.records, $0.name) }.map(\.name)
  }

  /// Hosts whose share of bad records in the incident exceeds their share of all records.
  private func hostSuspects(_ incident: Correlation.Incident) -> [Findings.Suspect] {
    let f = analysis.frame
    let within = f.indices(from: incident.onset.at, to: incident.end)
    var all: [String: Double] = [:]
    var bad: [String: Double] = [:]
    for series in survey.fine.entries where series.key.dimension == .host {
      let sum = f.dense(series.cells)[within].reduce(0, +)
      if series.key.kind == CohortClass.all.rawValue { all[series.key.label, default: 0] += sum }
      if series.key.kind == CohortClass.bad.rawValue { bad[series.key.label, default: 0] += sum }
    }
    let allTotal = all.values.reduce(0, +)
    let badTotal = bad.values.reduce(0, +)
    guard all.count >= 2, badTotal >= 5, allTotal > 0 else { return [] }
    return bad.compactMap { host, count in
      let share = count / badTotal
      let usual = (all[host] ?? 0) / allTotal
      guard share > 1.3 * usual, share >= 0.15 else { return nil }
      return Findings.Suspect(
        kind: "host", value: host, score: 40 * share,
        reason: "\(Clause.percent(share)) of the bad records, \(Clause.percent(usual)) of all")
    }.sorted { $0.score == $1.score ? $0.value < $1.value : $0.score > $1.score }
  }

  /// The quantity that tells the incident best, in some sixty steps.
  private func pulse() -> (title: String, values: [Double?]) {
    let steps = 60
    func fold(_ values: [Double], mean: Bool) -> [Double?] {
      guard values.count > steps else { return values.map { $0.isNaN ? nil : $0 } }
      return (0..<steps).map { k in
        let part = values[(k * values.count / steps)..<((k + 1) * values.count / steps)].filter {
          !$0.isNaN
        }
        guard !part.isEmpty else { return nil }
        let sum = part.reduce(0, +)
        return mean ? sum / Double(part.count) : sum
      }
    }
    if let served = analysis.served, served.lowestShare < 0.9, served.isGauge {
      return (served.name, fold(served.values, mean: true))
    }
    if let run = analysis.main?.runs.max(by: { $0.strength < $1.strength }) {
      return (describe(run), fold(run.signal.values, mean: run.signal.isMean))
    }
    if !analysis.strongGuessers.isEmpty,
      let signal = analysis.signals.filter({ $0.kind == .rejections }).max(by: {
        $0.total < $1.total
      })
    {
      return ("rejections by \(signal.service)", fold(signal.values, mean: false))
    }
    var volume = [Double](repeating: 0, count: analysis.frame.count)
    for series in survey.fine.entries where series.key.dimension == .role {
      analysis.frame.add(series.cells, to: &volume)
    }
    return ("records", fold(volume, mean: false))
  }
}

func sourceRows(_ survey: Survey) -> [Findings.SourceRow] {
  survey.accounts.values.sorted { $0.label < $1.label }.map { account in
    Findings.SourceRow(
      path: account.label, format: account.format, reason: account.formatReason,
      role: account.role.rawValue, host: account.host, lines: account.lines,
      records: account.records, unparsed: account.unparsed, bytes: account.bytes,
      first: account.first.isKnown ? account.first.rfc3339 : nil,
      last: account.last.isKnown ? account.last.rfc3339 : nil, sha256: account.sha256,
      stamps: account.stampNote,
      damages: account.damages.map {
        Findings.Damage(
          kind: $0.kind, compressedOffset: $0.compressedOffset,
          decompressedOffset: $0.decompressedOffset, detail: $0.detail)
      }, examples: account.examples.map(\.text))
  }
}

/// Findings of a case in which no record with a time could be read.
func nothingReadable(_ survey: Survey, knowledge: CaseKnowledge) -> Findings {
  let sources = sourceRows(survey)
  let sentence = "No record with a time could be read, so nothing can be said."
  return Findings(
    caseName: knowledge.name, from: "", to: "",
    verdict: Findings.Verdict(
      class: "open",
      probabilities: Dictionary(
        uniqueKeysWithValues: Outcome4.allCases.map { ($0.rawValue, JudgeDefault.prior[$0] ?? 0) }),
      sentence: sentence, words: "roughly even chance",
      wouldChange: ["Logs whose lines bear a time that can be read."], hypotheses: []),
    incidents: [], suspects: [],
    coverage: Findings.Coverage(
      records: sources.reduce(0) { $0 + $1.records },
      unparsed: sources.reduce(0) { $0 + $1.unparsed },
      damaged: UInt64(sources.reduce(0) { $0 + $1.damages.count }), gaps: []), signatures: [],
    patterns: [], evidence: [], timeline: [], sources: sources,
    sections: [
      Section(id: "summary", title: "Summary", items: [.paragraph([Statement(Prose(sentence))])])
    ], figures: [], pulse: [], pulseTitle: "", isIncomplete: false)
}
