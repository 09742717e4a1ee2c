import Correlation
import FoundationEssentials
import Records
import Sketches
import Statistics
import Surveys
import Verdicts

extension Narrator {
  func sections() -> [Section] {
    [
      summary(), verdictSection(), impact(), timelineSection(), detection(), chain(),
      messages(),
      nodesSection(),
      populationSection(), alternatives(), mitigation(), recovery(), healthySection(), security(),
      weakSpots(), remedy(), lessons(), dataQuality(), method(), evidenceSection(),
    ].compactMap { $0.items.isEmpty ? nil : $0 }
  }

  // MARK: - Summary

  private func summary() -> Section {
    var lines: [Statement] = []
    let a = analysis
    if let incident = a.main {
      let first = incident.runs[0]
      lines.append(
        say(
          "**What:** from \(Clause.instant(incident.onset)) UTC \(log: describe(first)) went wrong first; \(incident.runs.count - 1) more signals of harm followed. \(incident.isOpenEnded ? "The logs end before all of them are back to usual." : "All were back to usual by \(clock(incident.end)).")",
          first.citations))
    } else {
      lines.append(say("**What:** no lasting harm to any service is on record."))
    }
    if let impact = a.impact, impact.failedOperations >= 20, a.served?.isGauge != true {
      lines.append(
        say(
          "**Impact:** \(Clause.number(impact.failedOperations)) operations of \(log: impact.service) failed beyond the usual, of \(Clause.number(impact.attempts)) in that time; some \(Clause.number(impact.affected)) of \(Clause.number(impact.requesters)) requesters had a failure.\(a.coverage.damaged > 0 || a.coverage.isBlindAtOnset ? " Lower bounds: the logs are incomplete." : "")"
        ))
    } else if let served = a.served, served.lowestShare < 0.9, a.main != nil {
      lines.append(
        say(
          "**Impact:** \(log: served.name) fell to \(Clause.number(served.lowest)) (\(Clause.percent(served.lowestShare)) of the expected) at \(clock(served.lowestAt)); \(Clause.number(served.missing)) \(served.isGauge ? "user-hours" : "operation-hours") are missing against expectation."
        ))
    }
    if let sick = a.sick.first, found("sick-cohort") != nil {
      lines.append(
        say(
          "**Where:** \(sick.field.rawValue) \(log: sick.value): \(Clause.percent(sick.rate)) of its records are bad, of its like \(Clause.percent(sick.othersRate)); it explains \(Clause.percent(sick.attribution)) of the bad records.",
          evidence: ["sick-cohort"]))
    }
    if let sick = a.sickVersion {
      lines.append(
        say(
          "**Who:** actors on version \(log: sick.value) crashed at \(Clause.percent(sick.share)); on other versions hardly any did.",
          evidence: ["version-hazard"]))
    }
    if let load = a.loads.max(by: { $0.amplification < $1.amplification }), load.ratio >= 3 {
      lines.append(
        say(
          "**Why it spread:** each surviving \(load.role.rawValue) carried \(Clause.factor(load.ratio)) its usual load; redistribution explains \(Clause.factor(load.redistribution)) of it.",
          evidence: ["amplification"]))
    }
    if let served = a.served, a.main != nil, served.lowestShare < 0.9 {
      let text: Prose =
        served.reached.last.map {
          "**Recovery:** \(Clause.percent($0.share)) of the expected level were held again from \(clock($0.at)); at the end of the logs it is \(Clause.percent(served.finalShare))."
        }
        ?? "**Recovery:** not complete within these logs (\(Clause.percent(served.finalShare)) of the expected at their end)."
      lines.append(say(text))
    }
    for guesser in a.strongGuessers.prefix(2) {
      lines.append(
        say(
          "**Access:** \(log: guesser.name) was refused \(guesser.rejections) times and \(guesser.succeeded == nil ? "was not let in" : "was then let in").",
          [guesser.first], evidence: ["guessing-burst"]))
    }
    lines.append(
      say(
        "**Verdict:** \(verdict.name), \(words(for: verdict.probability(verdict.leading))) (\(verdict.leading.rawValue) \(Clause.percent(verdict.probability(verdict.leading))))."
      ))
    return Section(id: "summary", title: "Summary", items: [.list(lines)])
  }

  // MARK: - Verdict

  private func verdictSection() -> Section {
    var items: [Section.Item] = [.quotation(say(sentence()))]
    let rows = Outcome4.allCases.map { outcome in
      Table.Row([
        Prose(outcome.rawValue), Prose(Clause.percent(verdict.probability(outcome))),
        Prose(words(for: verdict.probability(outcome))),
        Prose(Clause.percent(JudgeDefault.prior[outcome] ?? 0)),
      ])
    }
    items.append(
      .table(
        Table(
          id: "probabilities", title: "What it was",
          columns: [
            .init("outcome"), .init("probability", numeric: true), .init("in words"),
            .init("prior", numeric: true),
          ], rows: rows,
          note:
            "Weights of evidence add up in log10, at most \(Clause.number(JudgeDefault.featureCap)) a feature and \(Clause.number(JudgeDefault.familyCap)) a family. Words after ICD 203. Open is a decision, not an outcome."
        )))
    let hypotheses = assessments.sorted {
      $0.probability == $1.probability
        ? $0.hypothesis.rawValue < $1.hypothesis.rawValue : $0.probability > $1.probability
    }
    items.append(
      .table(
        Table(
          id: "hypotheses", title: "Hypotheses",
          columns: [
            .init("hypothesis"), .init("standing"), .init("probability", numeric: true),
            .init("in words"), .init("for"), .init("against or absent"), .init("because"),
          ],
          rows: hypotheses.map { item in
            Table.Row([
              Prose(item.hypothesis.title), Prose(item.standing.rawValue),
              Prose(Clause.percent(item.probability)), Prose(words(for: item.probability)),
              Prose(item.evidenceFor.joined(separator: " ")),
              Prose((item.evidenceAgainst + item.absent).joined(separator: " ")), item.because,
            ])
          },
          note:
            "Ruled out: a necessary consequence was observable here and was absent. No sign: looked for and not found, which is weaker. Not observable: these logs cannot tell."
        )))
    let change = wouldChange()
    if !change.isEmpty {
      items.append(.subheading("What would change this verdict"))
      items.append(.list(change.map { Statement(Prose($0)) }))
    }
    items.append(.prompt("Accept this verdict, or override it with reason and name."))
    return Section(id: "verdict", title: "Verdict", items: items)
  }

  func wouldChange() -> [String] {
    var result: [String] = []
    func has(_ feature: String) -> Bool {
      argument.evidence.contains { $0.feature == feature && $0.direction == .unobtainable }
    }
    if has("first-cause") {
      result.append(
        "Request logs of the service that gave way first, with the origin of each request: a surge from strangers would move the first link towards attack, a change or a leak towards fault."
      )
    }
    if has("crash-context") {
      result.append("Crash reports that name the last messages before the crash and their senders.")
    }
    if has("requesters") {
      result.append(
        "Logs of who asked (identities or addresses) from before and during the incident.")
    }
    if has("missing-client") {
      result.append(
        "Client logs with versions: a crash bound to one version would speak for overload.")
    }
    if has("missing-support") {
      result.append(
        "Logs of the supporting services: which of them was slow first, and who asked it.")
    }
    if has("exit-reasons") {
      result.append("Reasons for which nodes left: crash, self-protection or loss of contact.")
    }
    if has("baseline") { result.append("Logs from the hours or days before the onset.") }
    if verdict.name == "overload" {
      result.append(
        "Packet captures or edge counters that show traffic which never reached these logs.")
    }
    if verdict.name == "attack" {
      result.append(
        "An innocent explanation of the sources named: a test, a monitor, a partner's new client.")
    }
    return result
  }

  // MARK: - Impact

  private func impact() -> Section {
    let a = analysis
    guard let incident = a.main else {
      return Section(id: "impact", title: "Impact", items: [])
    }
    var items: [Section.Item] = []
    if let impact = a.impact, impact.failedOperations >= 20 {
      items.append(
        .paragraph([
          say(
            "By \(log: impact.service), \(Clause.number(impact.failedOperations)) operations failed or timed out beyond the usual share, of \(Clause.number(impact.attempts)) from the onset to the end of the incident; in \(Clause.number(impact.errorMinutes)) minutes a twentieth of them or more."
          ),
          say(
            "Some \(Clause.number(impact.affected)) of \(Clause.number(impact.requesters)) \(impact.kind == .node ? "clients" : impact.kind == .address ? "addresses" : "accounts") had a failure or a time-out in that time, \(Clause.number(impact.exposureMinutes / max(1, impact.affected))) minutes from the first to the last of them in the mean.\(impact.kind == .address ? " Several people may share an address." : "")"
          ),
        ]))
    }
    if let served = a.served {
      var text: [Statement] = [
        say(
          "By \(log: served.name), \(Clause.number(served.lowest)) were served at the lowest point (\(clock(served.lowestAt))), \(Clause.percent(served.lowestShare)) of the \(Clause.number(served.lowest / max(served.lowestShare, 1e-9))) expected for that hour\(served.usualShares.map { ", give or take: nine of ten levels before the onset lay between \(Clause.percent($0.low)) and \(Clause.percent($0.high)) of one expected in this way" } ?? ""). Expectation: \(served.method)."
        ),
        say(
          "Against that expectation \(Clause.number(served.missing)) \(served.isGauge ? "user-hours" : "operation-hours") are missing between the onset and the end of the logs."
        ),
      ]
      if let expected = knowledge.expectedUsers {
        text.append(
          say(
            "The case's manifest expects \(Clause.number(expected)) users at the busiest hour; the logs may show a sample of them."
          ))
      }
      if let other = served.otherCounter, let factor = served.disagreement, factor > 1.15 {
        text.append(
          say(
            "A second counter, \(log: other), disagrees by up to \(Clause.factor(factor)): neither is exact, and the share of the expected is surer than the count."
          ))
      }
      items.append(.paragraph(text))
      items.append(.figure("recovery"))
    }
    var functions: [Table.Row] = []
    for run in incident.runs.prefix(24) {
      functions.append(
        Table.Row(
          [
            Prose(log: run.signal.service), Prose(log: describe(run)),
            Prose(Clause.instant(run.onset)),
            Prose(run.isOpenEnded ? "not within the logs" : clock(run.end)),
            Prose(run.shape(among: a.runs, frame: a.frame).words),
            Prose(
              run.share.isNaN
                ? Clause.number(run.excess) + " beyond usual"
                : Clause.percent(run.share) + " of attempts"),
          ], citations: cite(run.citations.prefix(1))))
    }
    items.append(
      .table(
        Table(
          id: "functions", title: "What failed, by function",
          columns: [
            .init("service"), .init("harm"), .init("from"), .init("until"), .init("course"),
            .init("size", numeric: true),
          ], rows: functions,
          note:
            "Onsets with their error; size against the usual level of the same signal. Course: by the levels of an optimal segmentation (PELT)."
        )))
    items += cohortItems()
    if !a.segments.isEmpty {
      items.append(.table(segmentTable()))
    }
    if !a.burns.isEmpty {
      items.append(
        .table(
          Table(
            id: "objectives", title: "What it cost of the objectives",
            columns: [
              .init("service"), .init("objective", numeric: true), .init("asked", numeric: true),
              .init("failed", numeric: true), .init("burn rate", numeric: true),
              .init("of \(Int(ObjectiveDefault.days)) days' allowance", numeric: true),
            ],
            rows: a.burns.map {
              Table.Row([
                Prose(log: $0.service), Prose("\(Clause.number($0.objective * 100)) %"),
                Prose(Clause.number($0.attempts)), Prose(Clause.number($0.failed)),
                Prose(Clause.factor($0.rate)), Prose(Clause.percent($0.used)),
              ])
            },
            note:
              "Burn rate: failures against those that the objective allows, during the incident. The allowance is what the objective lets fail in \(Int(ObjectiveDefault.days)) days at the rate of operations outside of the incident.\(a.coverage.damaged > 0 || a.coverage.isBlindAtOnset ? " Lower bounds: the logs are incomplete." : "")"
          )))
    }
    items.append(
      .prompt("Revenue, contracts, regulators, press: what did it cost, and who must be told?"))
    return Section(id: "impact", title: "Impact", items: items)
  }

  private func segmentTable() -> Table {
    Table(
      id: "segments", title: "Affected accounts by segment",
      columns: [
        .init("segment"), .init("observed", numeric: true), .init("affected", numeric: true),
        .init("share", numeric: true), .init("95 % interval", numeric: true),
        .init("crashed", numeric: true), .init("minutes of trouble each", numeric: true),
      ],
      rows: analysis.segments.map { segment in
        Table.Row([
          Prose(log: segment.segment), Prose(Clause.number(Double(segment.observed))),
          Prose(Clause.number(Double(segment.affected))), Prose(Clause.percent(segment.share)),
          Prose("\(Clause.percent(segment.low)) to \(Clause.percent(segment.high))"),
          Prose(Clause.number(Double(segment.crashed))),
          Prose(
            segment.exposed == 0
              ? "not known" : Clause.number(segment.exposureMinutes / Double(segment.exposed))),
        ])
      },
      note:
        "Rule: an account counts as affected if it was seen before the onset and had a crash or a failed operation in the incident. Only accounts whose clients sent logs are observed: the shares carry over to all accounts, the counts do not."
    )
  }

  // MARK: - Timeline

  private func timelineSection() -> Section {
    let entries = timeline()
    guard !entries.isEmpty else {
      return Section(id: "timeline", title: "Timeline", items: [])
    }
    var items: [Section.Item] = [.figure("overview")]
    items.append(
      .table(
        Table(
          id: "timeline", title: "Timeline (UTC)",
          columns: [.init("time"), .init("±", numeric: true), .init("what"), .init("event")],
          rows: entries.prefix(90).map { entry in
            Table.Row(
              [
                Prose(entry.time.replacing("T", with: " ").replacing("Z", with: "")),
                Prose(entry.uncertainty.map { $0 < 2 ? "" : Clause.duration($0) } ?? ""),
                Prose(entry.kind), entry.statement,
              ], citations: entry.citations)
          },
          note: "Times of onsets are estimates with 90 % intervals; others are the records' own.")))
    items.append(
      .prompt("Conversations, decisions and who knew what when are not in logs: add them here."))
    return Section(id: "timeline", title: "Timeline", items: items)
  }

  private func detection() -> Section {
    guard let incident = analysis.main else {
      return Section(id: "detection", title: "Detection", items: [])
    }
    var lines: [Statement] = []
    let first = incident.runs[0]
    lines.append(
      say(
        "First harm: \(Clause.instant(first.onset)). Counting up to the alarm of this analysis takes \(Clause.duration(Double(first.alarm - first.onset.at))) more.",
        first.citations))
    let operators = analysis.steps.filter { $0.from >= incident.onset.at }
    if let alarm = operators.first(where: { $0.kind == .alarm }) {
      lines.append(
        say(
          "First alarm on record: \(clock(alarm.from)), \(Clause.duration(Double(alarm.from - incident.onset.at))) after the onset: \(log: alarm.text)",
          alarm.citations))
    }
    if let act = operators.first(where: {
      [.redeployment, .throttle, .configuration, .deploy].contains($0.kind)
    }) {
      lines.append(
        say(
          "First step of the operators on record: \(clock(act.from)), \(Clause.duration(Double(act.from - incident.onset.at))) after the onset (\(act.kind.name)).",
          act.citations))
    }
    if let word = operators.first(where: { $0.kind == .statement }) {
      lines.append(
        say(
          "First public statement on record: \(clock(word.from)), \(Clause.duration(Double(word.from - incident.onset.at))) after the onset.",
          word.citations))
    }
    return Section(
      id: "detection", title: "Detection and delay",
      items: [.list(lines), .prompt("Why did the alarm come when it did, and not earlier?")])
  }

  // MARK: - Trigger, mechanism, sustaining effect, cure

  private func chain() -> Section {
    guard let incident = analysis.main else {
      return Section(id: "chain", title: "How it happened", items: [])
    }
    var items: [Section.Item] = [.figure("chain")]
    let first = incident.runs[0]
    // Trigger.
    items.append(.subheading("Trigger"))
    var trigger: [Statement] = [
      say("\(log: describe(first)), from \(Clause.instant(first.onset)).", first.citations)
    ]
    for feature in [
      "slow-first", "failure-without-volume", "change-before-onset", "orderly-stop",
      "restart-wave", "crash-after-stranger", "stranger-rate", "join-wave", "join-wave-before-harm",
      "strangers-without-success",
    ] {
      if let evidence = found(feature) { trigger.append(state(evidence)) }
    }
    if first.signal.kind == .latency {
      trigger.append(
        say(
          "Its own cause is **open**: these logs show that \(log: first.signal.service) slowed down, not why. It is the first link on record, not a root cause.",
          evidence: ["first-cause"]))
    }
    let again = analysis.recurrences
    if let latest = again.last {
      trigger.append(
        say(
          "The like had come \(again.count == 1 ? "once" : "\(again.count) times") before, last from \(Clause.instant(latest.onset)), and no other harm followed: it takes more than this trigger.",
          latest.citations))
    } else if analysis.hoursBefore >= 2 {
      trigger.append(
        say(
          "In the \(Clause.number(analysis.hoursBefore)) hours of logs before it nothing like it is on record."
        ))
    }
    items.append(.paragraph(trigger))
    // Mechanism.
    items.append(.subheading("Mechanism"))
    var mechanism: [Statement] = []
    for feature in [
      "version-hazard", "crash-after-late-answer", "role-within-version", "two-waves",
      "self-protection", "out-of-memory", "limit-reached", "ceiling", "in-progress", "session-lost",
      "crash-loop",
    ] {
      if let evidence = found(feature) { mechanism.append(state(evidence)) }
    }
    if mechanism.isEmpty {
      mechanism.append(say("Not shown by these logs beyond the signals above."))
    }
    items.append(.paragraph(mechanism))
    if let table = analysis.versionHazard {
      items.append(.table(hazard(table)))
      items.append(.figure("hazard"))
      if let within = withinVersion() { items.append(.table(within)) }
    }
    items.append(.subheading("Order of onsets"))
    items.append(.table(orderTable(incident)))
    items += passageItems()
    // Sustaining effect.
    items.append(.subheading("What kept it going"))
    var sustaining: [Statement] = []
    for feature in [
      "amplification", "redistribution", "retry-spacing", "volume-decomposition", "trigger-gone",
      "metastable", "hysteresis", "congestive-collapse",
    ] {
      if let evidence = found(feature) { sustaining.append(state(evidence)) }
    }
    if sustaining.isEmpty {
      sustaining.append(say("No loop that sustained it is shown by these logs."))
    }
    items.append(.paragraph(sustaining))
    // Cure.
    items.append(.subheading("Cure"))
    items.append(.paragraph(cure(incident)))
    items.append(
      .prompt("Why was this possible? Organisation, tests, roll-out and review are not in logs."))
    return Section(id: "chain", title: "How it happened", items: items)
  }

  // MARK: - Messages

  private static let messageLimit = 12

  private func messages() -> Section {
    var items: [Section.Item] = []
    if let comparison = analysis.templates, !comparison.changes.isEmpty {
      let changes = comparison.changes
      func count(_ kind: TemplateChange.Kind) -> Int { changes.count { $0.kind == kind } }
      items.append(
        .paragraph([
          say(
            "Of \(comparison.compared) kinds of message \(changes.count) changed with the incident: \(count(.new)) are new, \(count(.vanished)) vanished, \(count(.moreOften)) came more often, \(count(.lessOften)) less often (false discoveries held at \(Clause.percent(TemplateDefault.falseDiscoveries)))."
          )
        ]))
      items.append(
        .table(
          Table(
            id: "messages", title: "Kinds of message that changed, the most telling first",
            columns: [
              .init("change"), .init("service"), .init("an hour before", numeric: true),
              .init("an hour during", numeric: true), .init("first of its kind"), .init("example"),
            ],
            rows: changes.prefix(Narrator.messageLimit).map { change in
              Table.Row(
                [
                  Prose(change.kind.rawValue), Prose(log: change.service),
                  Prose(Clause.number(change.before)), Prose(Clause.number(change.during)),
                  Prose(clock(change.first.time.seconds)), Prose(log: change.example),
                ], citations: cite([change.first]))
            },
            note:
              "A kind is new if none of it stands in the logs before the onset. Bursts count as \(Int(TemplateDefault.mostPerBucket)) records a bucket in the test.\(changes.count > Narrator.messageLimit ? " \(changes.count - Narrator.messageLimit) more are in findings.json." : "")"
          )))
    }
    let shifts = analysis.valueShifts
    if !shifts.isEmpty {
      items.append(
        .table(
          Table(
            id: "numbers", title: "Numbers in messages that the incident moved",
            columns: [
              .init("service"), .init("number", numeric: true), .init("before", numeric: true),
              .init("during", numeric: true), .init("message"),
            ],
            rows: shifts.prefix(Narrator.messageLimit).map { shift in
              Table.Row(
                [
                  Prose(log: shift.template.service), Prose(String(shift.place)),
                  Prose(Clause.number(shift.before)), Prose(Clause.number(shift.during)),
                  Prose(log: shift.template.example),
                ], citations: cite([shift.template.first]))
            },
            note:
              "Medians of the buckets' means; which number of the message, from 1. Told are those that at least doubled or halved and did not drift before, by rank sums with false discoveries held at \(Clause.percent(ValueShiftDefault.falseDiscoveries))."
          )))
    }
    return Section(id: "messages", title: "What the logs said differently", items: items)
  }

  func numberRows() -> [Findings.MessageNumber] {
    analysis.valueShifts.prefix(Narrator.messageRowLimit).map {
      Findings.MessageNumber(
        service: $0.template.service, template: $0.template.text, example: $0.template.example,
        place: $0.place, before: $0.before, during: $0.during, adjustedP: $0.adjusted,
        first: cite($0.template.first))
    }
  }

  /// As many as findings.json holds.
  private static let messageRowLimit = 200

  func messageRows() -> [Findings.Message] {
    (analysis.templates?.changes ?? []).prefix(Narrator.messageRowLimit).map {
      Findings.Message(
        change: $0.kind.rawValue, service: $0.service, template: $0.text, example: $0.example,
        before: ($0.before * 100).rounded() / 100, during: ($0.during * 100).rounded() / 100,
        adjustedP: $0.adjusted,
        first: cite($0.first))
    }
  }

  private func cure(_ incident: Correlation.Incident) -> [Statement] {
    let steps = analysis.steps.filter {
      [.redeployment, .throttle, .configuration, .deploy, .failover].contains($0.kind)
        && $0.from > incident.onset.at && !$0.effects.isEmpty && $0.from < incident.end
    }
    guard !steps.isEmpty else {
      return [
        say(
          incident.isOpenEnded
            ? "None is shown: harm goes on at the end of these logs."
            : "No step of operators with a measurable effect is on record; the harm ended at \(clock(incident.end))."
        )
      ]
    }
    return steps.prefix(4).map { step in
      let good = step.effects.first { $0.isHarm ? $0.size < 0 : $0.size > 0 }
      let text: Prose =
        good.map {
          "After \(step.kind.name) at \(clock(step.from)) \(log: $0.quantity) went from \(Clause.number($0.before)) to \(Clause.number($0.after)) (medians of the hour before and after). It coincides; whether it cured, a second removal would show."
        } ?? "\(step.kind.name) at \(clock(step.from)): no improvement within the hour."
      return say(text, step.citations)
    }
  }

  private func hazard(_ table: HazardTable) -> Table {
    Table(
      id: "hazard-\(table.dimension)", title: "\(table.event.capitalized) by \(table.dimension)",
      columns: [
        .init(table.dimension), .init("observed", numeric: true), .init("crashed", numeric: true),
        .init("share", numeric: true), .init("95 % interval", numeric: true),
        .init("relative risk", numeric: true), .init("at least", numeric: true),
      ],
      rows: table.rows.prefix(16).map { row in
        Table.Row([
          Prose(log: row.value), Prose(Clause.number(Double(row.exposed))),
          Prose(Clause.number(Double(row.affected))), Prose(Clause.percent(row.share)),
          Prose("\(Clause.percent(row.low)) to \(Clause.percent(row.high))"),
          Prose(Clause.number(row.relativeRisk)), Prose(Clause.number(row.relativeLow)),
        ])
      },
      note:
        "Only actors seen before the onset, so that there is a denominator. Wilson intervals; relative risk against all other rows."
    )
  }

  private func source(of link: ServiceLink) -> Prose {
    link.requests == 0
      ? "by the manifest" : "\(link.requests) requests of the sample are on record at both"
  }

  /// How harm went from service to service, as far as links and errors allow to say.
  private func passageItems() -> [Section.Item] {
    guard !analysis.links.isEmpty else { return [] }
    let passages = analysis.passages
    var lines: [Statement] = passages.prefix(8).map { passage in
      let who: Prose =
        "\(log: passage.link.asks) asks \(log: passage.link.asked) (\(source(of: passage.link)))"
      if passage.isSettled {
        return say(
          "\(who): \(log: passage.link.asked) came to harm \(Clause.duration(Double(passage.to.at - passage.from.at))) before it, beyond the errors of both. \(witnesses(of: passage))"
        )
      }
      if passage.to.latest <= passage.from.earliest {
        return say(
          "\(who), but came to harm \(Clause.duration(Double(passage.from.at - passage.to.at))) before: its harm did not come from there."
        )
      }
      return say("\(who): both came to harm at one time, as far as the errors tell.")
    }
    let quiet = analysis.links.filter { link in
      !passages.contains { $0.link.asks == link.asks && $0.link.asked == link.asked }
    }
    for link in quiet.prefix(6) {
      lines.append(
        say(
          "\(log: link.asks) asks \(log: link.asked) (\(source(of: link))), and not both came to harm."
        ))
    }
    return [.subheading("From service to service"), .list(lines)]
  }

  /// What agrees with harm having gone along a link, beside the order.
  private func witnesses(of passage: Passage) -> Prose {
    var found: [Prose] = []
    if let dose = passage.dose, dose.isClear {
      found.append(
        "the worse the one, the worse the other within the incident (rank correlation \(Clause.number(dose.rho)) over \(dose.stretches) stretches)"
      )
    }
    if !passage.controls.isEmpty {
      let names = Prose.list(passage.controls.prefix(3).map { Prose(log: $0) })
      found.append(
        "\(names)\(passage.controls.count > 3 ? " and others" : ""), which as far as is known \(passage.controls.count == 1 ? "does" : "do") not ask it, came to no harm"
      )
    }
    return found.isEmpty
      ? "Neither a dose nor a control group is on record, so that the harm went that way is likely and not shown."
      : "The harm went that way: \(Prose.list(found))."
  }

  private func orderTable(_ incident: Correlation.Incident) -> Table {
    Table(
      id: "order", title: "Which signal moved first",
      columns: [
        .init("rank", numeric: true), .init("signal"), .init("onset (UTC)"), .init("earliest"),
        .init("latest"), .init("usual", numeric: true), .init("during", numeric: true),
        .init("peak from usual, in its quartile ranges", numeric: true),
      ],
      rows: incident.runs.prefix(16).enumerated().map { i, run in
        let before = run.signal.values[..<(analysis.frame.index(ofSecond: run.onset.earliest) ?? 0)]
        let deviation = robustDeviation(run.peak, baseline: before.filter { !$0.isNaN })
        return Table.Row(
          [
            Prose(String(i + 1)), Prose(log: describe(run)), Prose(clock(run.onset.at)),
            Prose(clock(run.onset.earliest)), Prose(clock(run.onset.latest)),
            Prose(Clause.number(run.usual)), Prose(Clause.number(run.mean)),
            Prose(deviation.map(Clause.number) ?? "not known"),
          ], citations: cite(run.citations.prefix(1)))
      },
      note:
        "Onset: last zero of a CUSUM (negative-binomial for counts, beta-binomial for what fails of what was tried), interval by likelihood; latencies by median and MAD. Per bucket of \(Clause.duration(Double(analysis.frame.width))). Where intervals overlap, the order is not settled; there the service that is asked stands before one that asks it."
    )
  }
}
