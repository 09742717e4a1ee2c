import Correlation
import Foundation
import Records
import Sketches
import Surveys
import Verdicts

extension Narrator {
  // MARK: - Nodes

  func nodesSection() -> Section {
    let losses = analysis.losses.filter { $0.exits.count >= 3 }
    guard !losses.isEmpty, analysis.main != nil else {
      return Section(id: "nodes", title: "Nodes", items: [])
    }
    var items: [Section.Item] = [.figure("exits")]
    for loss in losses {
      items.append(
        .table(
          Table(
            id: "exits-\(loss.role.rawValue)",
            title: "How \(loss.before) \(loss.role.rawValue) nodes left",
            columns: [
              .init("reason"), .init("nodes", numeric: true), .init("share", numeric: true),
              .init("first"), .init("half of them by"), .init("last"),
            ],
            rows: loss.waves.map { wave in
              Table.Row(
                [
                  Prose(wave.reason.rawValue), Prose(String(wave.count)),
                  Prose(Clause.percent(Double(wave.count) / Double(max(1, loss.before)))),
                  Prose(clock(wave.first)), Prose(clock(wave.median)), Prose(clock(wave.last)),
                ], citations: cite(wave.citations))
            },
            note:
              "Nodes serving at the onset, by the first exit of each during the incident. \(loss.joined) nodes of this role were first seen during the incident."
          )))
      if let table = loss.crashByVersion {
        items.append(
          .paragraph([
            say(
              "Of the nodes that crashed, \(Prose.list(table.rows.prefix(3).map { (row: HazardRow) -> Prose in "\(row.affected) of \(row.exposed) ran \(log: row.value)" }))."
            )
          ]))
      }
    }
    for load in analysis.loads where load.ratio >= 1.5 {
      items.append(
        .table(
          Table(
            id: "load-\(load.role.rawValue)",
            title: "Load on the \(load.role.rawValue) nodes that were left",
            columns: [.init("quantity"), .init("value", numeric: true)],
            rows: [
              Table.Row([
                "load a node before (\(log: load.measure), a second)",
                Prose(Clause.number(load.before)),
              ]),
              Table.Row([
                "load a node at the peak, \(clock(load.peakAt))", Prose(Clause.number(load.peak)),
              ]),
              Table.Row(["ratio", Prose(Clause.factor(load.ratio))]),
              Table.Row([
                "nodes reporting before and at the peak",
                Prose(
                  "\(Clause.number(load.nodesBefore)) and \(Clause.number(load.nodesAtPeak))"),
              ]),
              Table.Row(["share lost", Prose(Clause.percent(load.lostShare))]),
              Table.Row([
                "explained by redistribution, 1/(1-d)", Prose(Clause.factor(load.redistribution)),
              ]),
              Table.Row([
                "amplification A = ratio × (1-d)", Prose(Clause.factor(load.amplification)),
              ]),
              Table.Row(["load on all nodes together", Prose(Clause.factor(load.totalRatio))]),
            ],
            note:
              "Equal nodes that share the work of lost ones would carry 1/(1-d) of their load. What goes beyond was created anew."
          )))
    }
    return Section(id: "nodes", title: "Nodes: losses and load", items: items)
  }

  // MARK: - Populations

  func populationSection() -> Section {
    guard !analysis.populations.isEmpty else {
      return Section(id: "population", title: "Who asked", items: [])
    }
    var items: [Section.Item] = []
    for feature in [
      "known-requesters", "strangers-without-success", "flash-crowd", "mixed-requesters",
      "no-surge",
    ] {
      if let evidence = argument.evidence.first(where: { $0.feature == feature }) {
        items.append(.paragraph([state(evidence)]))
        break
      }
    }
    var seen: Set<String> = []
    let rows = analysis.populations.compactMap { shift -> Table.Row? in
      let name = shift.kind.plural
      let id = "\(name)\(shift.before)\(shift.during)"
      guard seen.insert(id).inserted else { return nil }
      return Table.Row([
        Prose(name), Prose(Clause.number(shift.before)), Prose(Clause.number(shift.during)),
        Prose(Clause.percent(shift.knownShare)), Prose(Clause.percent(shift.knownRecordShare)),
        Prose(Clause.percent(shift.knownBadShare)), Prose(Clause.number(shift.newCount)),
        Prose(Clause.number(shift.newWithoutSuccess)), Prose(Clause.factor(shift.volumeRatio)),
        Prose(Clause.factor(shift.rateRatio)),
      ])
    }
    items.append(.figure("populations"))
    items.append(
      .table(
        Table(
          id: "populations", title: "Populations before and during",
          columns: [
            .init("population"), .init("before", numeric: true), .init("during", numeric: true),
            .init("known of these", numeric: true), .init("records by known", numeric: true),
            .init("failed by known", numeric: true), .init("new", numeric: true),
            .init("new, never succeeded", numeric: true), .init("volume", numeric: true),
            .init("each asks", numeric: true),
          ], rows: rows,
          note:
            "Known: first seen before the onset. Volume: records an hour, during against before. The logs' own span limits what can be known of the past."
        )))
    if let shift = analysis.requesters, !shift.newPrefixes.isEmpty, analysis.main != nil {
      items.append(
        .table(
          Table(
            id: "prefixes", title: "Where those who are new come from",
            columns: [
              .init("addresses"), .init("new", numeric: true), .init("of all new", numeric: true),
              .init("of their records", numeric: true), .init("of those before", numeric: true),
            ],
            rows: shift.newPrefixes.map {
              Table.Row([
                Prose(log: $0.prefix.description), Prose(Clause.number($0.actors)),
                Prose(Clause.percent($0.share)), Prose(Clause.percent($0.recordShare)),
                Prose(Clause.percent($0.shareBefore)),
              ])
            },
            note:
              "The smallest blocks that hold a twentieth or more of the new requesters each; they come from \(shift.newNetworks) networks (/16, of version 6 /32) in all."
          )))
    }
    if let shift = analysis.requesters, !shift.origins.isEmpty, analysis.main != nil {
      items.append(
        .table(
          Table(
            id: "origins", title: "Operators and countries of those who are new",
            columns: [
              .init("operator or country"), .init("new", numeric: true),
              .init("of all new", numeric: true), .init("of their records", numeric: true),
              .init("of those before", numeric: true),
            ],
            rows: shift.origins.map {
              Table.Row([
                Prose(log: $0.name), Prose(Clause.number($0.actors)),
                Prose(Clause.percent($0.share)), Prose(Clause.percent($0.recordShare)),
                Prose(Clause.percent($0.shareBefore)),
              ])
            },
            note: "An address tells where a machine is registered, not who uses it.")))
      items.append(
        .paragraph([
          say(
            "Operators and countries were looked up in \(log: knowledge.placeSources.joined(separator: "; "))."
          )
        ]))
    }
    items += outcomeItems() + mixItems() + mannerItems()
    if let retry = analysis.retry {
      items.append(
        .table(
          Table(
            id: "retries", title: "How actors try again",
            columns: [.init("quantity"), .init("value", numeric: true)],
            rows: [
              Table.Row(["median gap after a failure", Prose(Clause.duration(retry.medianGap))]),
              Table.Row([
                "most frequent gap, and its share",
                Prose("\(Clause.duration(retry.modalGap)), \(Clause.percent(retry.modalShare))"),
              ]),
              Table.Row([
                "growth of successive gaps (2 is exponential back-off)",
                Prose(Clause.factor(retry.backoffRatio)),
              ]),
              Table.Row([
                "attempts for each success, before and during",
                Prose(
                  "\(Clause.number(retry.attemptsPerSuccessBefore)) and \(Clause.number(retry.attemptsPerSuccessDuring))"
                ),
              ]),
              Table.Row([
                "tries again within a minute after 1, 2, 3 failures",
                Prose(retry.persistence.prefix(3).map(Clause.percent).joined(separator: ", ")),
              ]),
            ],
            note:
              "From \(Clause.number(Double(retry.gaps))) gaps of \(Clause.number(Double(retry.actors))) traced actors."
          )))
    }
    return Section(id: "population", title: "Who asked, and how", items: items)
  }

  // MARK: - Alternatives

  func alternatives() -> Section {
    var lines: [Statement] = []
    for item in assessments where item.standing != .supported {
      lines.append(
        Statement(
          "**\(item.hypothesis.title): \(item.standing.rawValue).** \(item.because)",
          evidence: item.evidenceAgainst + item.absent + item.unobtainable))
    }
    return Section(id: "alternatives", title: "Why not the alternatives", items: [.list(lines)])
  }

  // MARK: - Mitigation, recovery, what held

  func mitigation() -> Section {
    guard let incident = analysis.main else {
      return Section(id: "mitigation", title: "Mitigation", items: [])
    }
    let steps = analysis.steps.filter {
      [.redeployment, .throttle, .configuration, .deploy].contains($0.kind)
        && $0.from >= incident.onset.at && $0.from <= incident.end + 7200
    }
    guard !steps.isEmpty else { return Section(id: "mitigation", title: "Mitigation", items: []) }
    var rows: [Table.Row] = []
    for step in steps.prefix(16) {
      let gains = step.effects.filter { $0.isHarm ? $0.size < 0 : $0.size > 0 }
      let costs = step.effects.filter { $0.isHarm ? $0.size > 0 : $0.size < 0 }
      func say(_ effects: [StepEffect]) -> Prose {
        effects.isEmpty
          ? "none measured"
          : Prose.list(
            effects.prefix(2).map {
              "\(log: $0.quantity) \(Clause.number($0.before)) → \(Clause.number($0.after))"
            }, last: "; ")
      }
      let targets: Prose =
        step.targets.isEmpty
        ? ""
        : Prose.list(step.targets.prefix(4).map { Prose(log: $0) }, last: ", ")
          + Prose(step.targets.count > 4 ? " and \(step.targets.count - 4) more" : "")
      rows.append(
        Table.Row(
          [
            Prose(clock(step.from)), Prose(step.kind.name), Prose(String(step.count)),
            Prose(log: step.text), targets, say(gains), say(costs),
          ], citations: cite(step.citations.prefix(2))))
    }
    return Section(
      id: "mitigation", title: "Mitigation: what was done, what it gave, what it cost",
      items: [
        .table(
          Table(
            id: "mitigation", title: "Steps of the operators",
            columns: [
              .init("time"), .init("kind"), .init("records", numeric: true), .init("what"),
              .init("on"), .init("gain within the hour"), .init("cost within the hour"),
            ], rows: rows,
            note:
              "Medians of an hour before and after each step, per bucket of \(Clause.duration(Double(analysis.frame.width))); only changes beyond three times the scatter. Steps close together share effects."
          )), .prompt("What was intended with each step, and what was expected of it?"),
      ])
  }

  func recovery() -> Section {
    guard let served = analysis.served, analysis.main != nil, served.lowestShare < 0.9 else {
      return Section(id: "recovery", title: "Recovery", items: [])
    }
    var lines: [Statement] = []
    for milestone in served.reached {
      lines.append(
        say(
          "\(Clause.percent(milestone.share)) of the expected level from \(clock(milestone.at)), \(milestone.at > served.lowestAt ? "\(Clause.duration(Double(milestone.at - served.lowestAt))) after" : "at") the lowest point."
        ))
    }
    lines.append(
      say(
        served.dips == 0
          ? "The rise was steady: no second dip of more than a tenth."
          : "\(served.dips) dip(s) of more than a tenth interrupted the rise."))
    let throttled = analysis.steps.filter {
      $0.kind == .throttle && $0.from >= analysis.onset && $0.from <= analysis.end + 7200
    }
    if let first = throttled.first {
      lines.append(
        say(
          "The return was controlled: \(throttled.reduce(0) { $0 + $1.count }) record(s) of admission limits, the first at \(clock(first.from)). A ramp that follows a limit says how many were let in, not how many wanted to come.",
          first.citations))
    }
    if let way = analysis.returning {
      let course: Prose =
        switch way.kind {
        case .throttled: "It was let in by measure"
        case .organic: "It came back as those who wanted to came"
        case .stalled(let from, let until, let share):
          "It stood still at \(Clause.percent(share)) from \(clock(from)) to \(clock(until))"
        }
      lines.append(
        say(
          "\(course): \(Clause.percent(way.slope)) of the expected level an hour on the way\(way.told.map { way.isStraight ? ", along a line rather than by doubling" : ", doubling in \(Clause.duration($0))" } ?? "")\(way.admitted.map { "; of what was asked \(Clause.percent($0)) was served" } ?? "")."
        ))
    }
    lines.append(
      say(
        "At the end of the logs the level is \(Clause.percent(served.finalShare)) of the expected.")
    )
    return Section(id: "recovery", title: "Recovery", items: [.list(lines)])
  }

  func healthySection() -> Section {
    guard !analysis.healthy.isEmpty else {
      return Section(id: "healthy", title: "What worked on", items: [])
    }
    return Section(
      id: "healthy", title: "What worked on",
      items: [
        .table(
          Table(
            id: "healthy", title: "Functions that stayed healthy",
            columns: [
              .init("service"), .init("attempts in the incident", numeric: true),
              .init("success during", numeric: true), .init("success before", numeric: true),
            ],
            rows: analysis.healthy.prefix(16).map {
              Table.Row([
                Prose(log: $0.service), Prose(Clause.number($0.attempts)),
                Prose(Clause.percent($0.successShare)),
                Prose(Clause.percent($0.successShareBefore)),
              ])
            },
            note: "A function that shared the network and did not suffer narrows the cause down."))
      ])
  }

  // MARK: - Security

  func security() -> Section {
    let lookedFor = assessments.filter(\.hypothesis.isAttack)
    var items: [Section.Item] = [
      .list(
        lookedFor.map {
          Statement(
            "\($0.hypothesis.title): **\($0.standing.rawValue)**. \($0.because)",
            evidence: $0.evidenceFor + $0.evidenceAgainst + $0.absent)
        })
    ]
    if let guessing = analysis.guessing {
      items.append(
        .table(
          Table(
            id: "guessers", title: "Sources of refused log-ins",
            columns: [
              .init("source"), .init("refused", numeric: true),
              .init("most in ten minutes", numeric: true), .init("accounts tried", numeric: true),
              .init("from"), .init("let in afterwards"),
            ],
            rows: guessing.guessers.prefix(10).map {
              Table.Row(
                [
                  Prose(log: $0.name), Prose(String($0.rejections)), Prose(String($0.burst)),
                  Prose(Clause.number($0.accounts)), Prose(clock($0.burstStart)),
                  Prose($0.succeeded.map { $0.time.clock } ?? "no"),
                ], citations: cite([$0.first]))
            },
            note:
              "\(guessing.sources) addresses were refused at least once; \(guessing.hopeless) of them were never let in."
          )))
    }
    if let web = analysis.web, !web.probes.isEmpty {
      items.append(
        .table(
          Table(
            id: "probes", title: "Requests that probe for weaknesses",
            columns: [
              .init("class"), .init("ATT&CK"), .init("requests", numeric: true),
              .init("sources", numeric: true), .init("answered 2xx or 3xx", numeric: true),
              .init("in the incident", numeric: true), .init("fair share", numeric: true),
            ],
            rows: web.probes.map {
              Table.Row(
                [
                  Prose($0.probe.title), Prose($0.probe.technique), Prose(String($0.tally.hits)),
                  Prose(Clause.number($0.tally.sources.estimate)), Prose(String($0.tally.answered)),
                  Prose(Clause.number($0.during)), Prose(Clause.number($0.expected)),
                ], citations: cite($0.tally.first.map { [$0] } ?? []))
            }, note: "Probes are the background noise of any public address until they do harm.")))
    }
    items.append(
      .prompt(
        "Security: confirm, and say whether confidentiality or integrity were at risk; logs of availability do not show that."
      ))
    return Section(id: "security", title: "Security statement (draft)", items: items)
  }

  // MARK: - Weak spots, remedy, lessons

  func weakSpots() -> Section {
    guard analysis.main != nil || verdict.name == "attack" else {
      return Section(id: "weak-spots", title: "Weak spots", items: [])
    }
    var lines: [Statement] = []
    if let loss = analysis.losses.max(by: { $0.lostShare < $1.lostShare }), loss.lostShare > 0.1 {
      lines.append(
        say(
          "The \(loss.role.rawValue == "supernode" ? "directory (the supernodes)" : loss.role.rawValue + " tier") is the weak spot: losing \(Clause.percent(loss.lostShare)) of it took everything down that needs it, while functions that do not pass through it worked on. It has no reserve for the load of its own users' return.",
          evidence: ["two-waves", "amplification", "healthy-services"]))
      lines.append(
        say(
          "Action: keep dedicated \(loss.role.rawValue) capacity in reserve, and let nodes shed load before they leave; an exit that protects one node moves its load to the next.",
          evidence: ["two-waves"]))
    }
    if let retry = analysis.retry, !retry.hasBackoff, retry.attemptsPerSuccessDuring > 2 {
      lines.append(
        say(
          "Action: exponential back-off with jitter and a retry budget in clients; they try again every \(Clause.duration(retry.modalGap)) without growing gaps.",
          evidence: ["retry-spacing"]))
    }
    if let sick = analysis.sickVersion {
      lines.append(
        say(
          "Action: withdraw or update version \(log: sick.value), and review why a fix had not reached its users.",
          evidence: ["version-hazard"]))
    }
    if let first = analysis.main?.runs.first, first.signal.kind == .latency {
      lines.append(
        say(
          "Action: alarm on the latency of \(log: first.signal.service), the first sign, and find out why it slowed down.",
          first.citations, evidence: ["slow-first"]))
    }
    if !analysis.strongGuessers.isEmpty || analysis.guessingSurge != nil {
      lines.append(
        say(
          "Action: reset the credentials that were let in, limit attempts by source and by account, and ask for a second factor.",
          evidence: ["guessing-burst", "guessing-succeeded"]))
    }
    if found("form-abuse") != nil {
      lines.append(
        say(
          "Action: put a challenge and a rate limit before the forms named.",
          evidence: ["form-abuse"])
      )
    }
    if lines.isEmpty { return Section(id: "weak-spots", title: "Weak spots", items: []) }
    return Section(
      id: "weak-spots", title: "Weak spots and suggested actions",
      items: [.list(lines), .prompt("Owner, date and priority of each action.")])
  }

  func remedy() -> Section {
    guard !analysis.segments.isEmpty, analysis.main != nil else {
      return Section(id: "remedy", title: "Customer remedy", items: [])
    }
    var lines = analysis.segments.map { segment in
      say(
        "\(log: segment.segment): \(Clause.percent(segment.share)) of the observed accounts affected (95 % interval \(Clause.percent(segment.low)) to \(Clause.percent(segment.high)))."
      )
    }
    for item in knowledge.compensation {
      lines.append(say("Planned for \(log: item.segment): \(log: item.grant)."))
    }
    return Section(
      id: "remedy", title: "Customer remedy: who qualifies",
      items: [
        .list(lines),
        .prompt("Decide the remedy for each segment, and the rule by which accounts qualify."),
      ])
  }

  func lessons() -> Section {
    guard analysis.main != nil else {
      return Section(id: "lessons", title: "What went well, what did not, and luck", items: [])
    }
    return Section(
      id: "lessons", title: "What went well, what did not, and luck",
      items: [
        .prompt("What went well?"), .prompt("What went wrong?"), .prompt("Where were we lucky?"),
      ])
  }

  // MARK: - Data and method

  func dataQuality() -> Section {
    let accounts = survey.accounts.values.sorted { $0.label < $1.label }
    var items: [Section.Item] = []
    let c = analysis.coverage
    items.append(
      .paragraph([
        say(
          "\(c.records) records of \(accounts.count) sources were understood, \(c.unparsed) frames were not (\(Clause.percent(1 - c.parsedShare))). \(c.damaged == 0 ? "No damage was found." : "Damage was found in \(c.damaged) place(s).")"
        )
      ]))
    if c.suppressions > 0 {
      items.append(
        .paragraph([
          say(
            "Loggers say in \(c.suppressions) record(s) that they dropped messages: counts of records are lower bounds there."
          )
        ]))
    }
    items.append(.figure("coverage"))
    let shown = accounts.count > 60 ? Array(accounts.prefix(60)) : accounts
    items.append(
      .table(
        Table(
          id: "sources", title: "Sources",
          columns: [
            .init("source"), .init("format"), .init("role"), .init("records", numeric: true),
            .init("not understood", numeric: true), .init("first"), .init("last"),
            .init("zone and year"),
          ],
          rows: shown.map { account in
            Table.Row([
              Prose(log: account.label), Prose(account.format), Prose(account.role.rawValue),
              Prose(String(account.records)), Prose(String(account.unparsed)),
              Prose(account.first.isKnown ? account.first.clock : ""),
              Prose(account.last.isKnown ? account.last.clock : ""), Prose(account.stampNote),
            ])
          },
          note: accounts.count > shown.count
            ? "\(accounts.count - shown.count) more sources are listed in findings.json." : "")))
    let clocks = clocks().filter { abs($0.ahead) >= ClockDefault.leastSeconds }
    if !clocks.isEmpty {
      items.append(
        .table(
          Table(
            id: "clocks", title: "Clocks that are off",
            columns: [
              .init("host"), .init("ahead at most, seconds", numeric: true),
              .init("standard error", numeric: true), .init("course"),
              .init("read off"), .init("set right"),
            ],
            rows: clocks.prefix(20).map {
              Table.Row([
                Prose(log: $0.host), Prose(String($0.ahead)), Prose(String($0.error)),
                courseOfClock($0),
                Prose($0.isByBursts ? "common bursts" : "\(String($0.pairs)) requests"),
                Prose($0.isCorrected ? "yes" : "no"),
              ])
            },
            note:
              "Read off the requests that several hosts wrote of, known by their ids or, where there are none, by targets that each host wrote of once. Times in this report are as set right; cited lines bear the clock of their host."
              + (clocks.contains(where: \.isOneOfTwo)
                ? " Where two hosts alone could be compared, which of them is right is not known: the other was taken for it. Say with --clock HOST=SECONDS where that is wrong."
                : ""))))
    }
    let boots = survey.bootsByHost
    if !boots.isEmpty {
      var text: Prose = "The journal tells of \(boots.count) host(s)"
      let restarted = boots.filter { $0.boots.count > 1 }
      for (i, entry) in restarted.prefix(6).enumerated() {
        text +=
          "\(i == 0 ? "; restarted: " : ", ")\(log: entry.host) (\(entry.boots.count - 1) times)"
      }
      text += restarted.isEmpty ? ", none of which was restarted." : "."
      items.append(.paragraph([say(text)]))
    }
    let damaged = accounts.filter { !$0.damages.isEmpty }
    if !damaged.isEmpty {
      items.append(
        .table(
          Table(
            id: "damage", title: "Damaged input",
            columns: [
              .init("source"), .init("kind"), .init("compressed offset", numeric: true),
              .init("decompressed offset", numeric: true), .init("detail"),
            ],
            rows: damaged.flatMap { account in
              account.damages.prefix(8).map { damage in
                Table.Row([
                  Prose(log: account.label), Prose(damage.kind),
                  Prose(String(damage.compressedOffset)), Prose(String(damage.decompressedOffset)),
                  Prose(damage.detail),
                ])
              }
            }, note: "What stands before and after the damage was analysed.")))
    }
    if !c.gaps.isEmpty {
      items.append(
        .table(
          Table(
            id: "gaps", title: "Silences, holes, overlaps and clocks that were set",
            columns: [.init("source"), .init("from"), .init("to"), .init("kind")],
            rows: c.gaps.prefix(20).map {
              Table.Row([
                Prose(log: $0.source), Prose(clock($0.from)), Prose(clock($0.to)),
                Prose($0.kind.rawValue),
              ])
            },
            note:
              "Silent is a source that used to speak and does not for six of its usual steps or more. Times go back where a clock was set, a local hour came twice, or files were joined out of order; the number behind the source is the line. Set is a clock, or asleep was a host, whose wall clock and monotonic clock part in its journal."
          )))
    }
    let examples = accounts.filter { !$0.examples.isEmpty }.prefix(8)
    if !examples.isEmpty {
      items.append(
        .table(
          Table(
            id: "unparsed", title: "Frames that were not understood, by example",
            columns: [.init("source"), .init("line", numeric: true), .init("text")],
            rows: examples.flatMap { account in
              account.examples.prefix(2).map {
                Table.Row([Prose(log: account.label), Prose(String($0.line)), Prose(log: $0.text)])
              }
            }, note: "Counted, never dropped in silence.")))
    }
    return Section(id: "data", title: "Data and its limits", items: items)
  }

  /// What is taken for usual, and how that can fail.
  private var baselineSentence: Prose {
    let f = analysis.frame
    if let asked = knowledge.baseline {
      return
        "Usual level: from \(clock(asked.from.seconds)) to \(clock(asked.to.seconds)), as was asked for. What differs by the hour of the day counts as a change."
    }
    let days = Int(f.span / 86_400)
    if comparesDays(f) {
      return
        "Usual level: the quietest quarter of the span, and what the other days hold at the same hour, of \(days) days the lower middle\(comparesWeeks(f) ? ", or those of the same weekday where that explains more" : ""). What recurs at its hour is no departure: an incident that came at the same hour of most days would pass for usual. A day that is lower from its first hour on is taken for another kind of day."
    }
    return
      "Usual level: the quietest quarter of the span. It comes from the same archive: an incident that fills most of it would hide in its own baseline, and with less than \(DailyCourseDefault.leastDays) days nothing tells a day's course from a change. Name a baseline with --baseline FROM..TO where that matters."
  }

  private func courseOfClock(_ clock: Findings.Clock) -> Prose {
    if let step = clock.step, let at = clock.stepAt {
      return "set \(step > 0 ? "forward" : "back") by \(String(abs(step))) s at \(at)"
    }
    return clock.drift == 0 ? "constant" : "gains \(String(clock.drift)) s a day"
  }

  func method() -> Section {
    let f = analysis.frame
    return Section(
      id: "method", title: "Method and reproduction",
      items: [
        .list([
          say(
            "Looked at in buckets of \(Clause.duration(Double(f.width))) from \(clock(f.start)) to \(clock(f.end)); the survey keeps \(Clause.duration(Double(f.fineWidth))) for few things and \(Clause.duration(Double(f.coarseWidth))) for many."
          ),
          say(baselineSentence),
          say(
            "Onsets by negative-binomial CUSUM, one false alarm in \(Clause.number(RunDefault.bucketsPerFalseAlarm)) buckets at most; harm also needs a ratio of \(Clause.number(IncidentDefault.leastRatio)) and the least sizes named in the code."
          ),
          say(
            "Actors: all are kept\(survey.population.sample.level == 0 ? "" : " up to a limit; here a uniform sample of one in \(Clause.number(survey.population.sample.weight))"). Traces: \(survey.traces.sorted.count) actors."
          ),
          say(
            "The same input gives the same bytes of this report; manifest.json names inputs and options, and `inquest verify` re-reads every cited line."
          ),
        ])
      ])
  }

  func evidenceSection() -> Section {
    let rows = argument.evidence.map { item in
      Table.Row(
        [
          Prose(item.id), Prose(item.hypothesis.title), Prose(item.direction.rawValue),
          Prose(item.direction == .unobtainable ? "" : String(format: "%+.2f", item.weight)),
          Prose(item.family.rawValue), item.statement,
        ], citations: cite(item.citations.prefix(4)))
    }
    return Section(
      id: "evidence", title: "Evidence",
      items: [
        .table(
          Table(
            id: "evidence", title: "All evidence, in the order of the argument",
            columns: [
              .init("id"), .init("bears on"), .init("direction"), .init("weight", numeric: true),
              .init("family"), .init("finding"),
            ], rows: rows,
            note:
              "Weight: log10 towards the hypothesis it bears on, before the caps. Absent: looked for and not found. Unobtainable: these logs cannot show it."
          ))
      ])
  }
}
