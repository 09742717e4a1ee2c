import Correlation
import Figures
import Records
import Sketches
import Surveys
import Verdicts

extension Narrator {
  /// The figures of the case; one without data is left out.
  func makeFigures() -> [Figure] {
    [
      overview(), recoveryFigure(), populationsFigure(), cohortFigure(), exitsFigure(),
      hazardFigure(),
      chainFigure(), coverageFigure(),
    ].compactMap { $0 }
  }

  private var phasesDrawn: [TimeChart.Phase] {
    analysis.phases.map {
      TimeChart.Phase(
        name: $0.name.rawValue, start: Double($0.from.at), end: Double(max($0.to, $0.from.at + 1)))
    }
  }

  private var markersDrawn: [TimeChart.Marker] {
    let a = analysis
    var result: [TimeChart.Marker] = []
    for step in a.steps where a.main == nil || (step.from > a.onset - 43200 && step.from < a.end) {
      let kind: TimeChart.Marker.Kind =
        switch step.kind {
        case .statement: .communication
        case .redeployment, .throttle: .mitigation
        case .deploy, .configuration: .change
        default: .event
        }
      // The kind first: texts of logs are cut by the figure.
      result.append(
        TimeChart.Marker(
          time: Double(step.from), label: "\(step.kind.name): \(step.text.prefix(56))", kind: kind))
    }
    return Array(result.prefix(16))
  }

  private func points(_ values: [Double], zeroIsGap: Bool = false) -> [TimeChart.Point] {
    values.indices.map {
      TimeChart.Point(
        time: Double(analysis.frame.second(ofIndex: $0)) + Double(analysis.frame.width) / 2,
        value: values[$0].isNaN ? nil : values[$0])
    }
  }

  private var perBucket: String { "per \(Clause.duration(Double(analysis.frame.width)))" }

  // MARK: - Overview

  private func overview() -> Figure? {
    let a = analysis
    var panels: [TimeChart.Panel] = []
    if let served = a.served, served.isGauge {
      panels.append(
        TimeChart.Panel(
          title: "Served: \(served.name)", unit: "",
          series: [
            .init(name: "seen", points: points(served.values)),
            .init(name: "expected", points: points(served.expected), style: .reference),
          ]))
    }
    var used: Set<String> = []
    if let incident = a.main {
      let latencies = incident.runs.filter { $0.signal.kind == .latency }
      if let first = latencies.first {
        used.insert(first.signal.id)
        panels.append(
          TimeChart.Panel(
            title: "Slowness: \(describe(first))", unit: "ms",
            series: [
              .init(
                name: first.signal.service, points: points(first.signal.values))
            ], logScale: true))
      }
      for (kind, title) in [
        (SignalKind.crashes, "Crashes"), (.distress, "Distress"), (.failures, "Failed operations"),
        (.errors, "Errors"),
      ] {
        let runs = incident.runs.filter { $0.signal.kind == kind }
          .sorted {
            $0.strength == $1.strength ? $0.signal.id < $1.signal.id : $0.strength > $1.strength
          }
        var lines: [TimeChart.Line] = []
        var names: Set<String> = []
        for run in runs where lines.count < 3 && names.insert(run.signal.id).inserted {
          lines.append(.init(name: describe(run), points: points(run.signal.values)))
        }
        if !lines.isEmpty, panels.count < 5 {
          panels.append(
            TimeChart.Panel(title: title, unit: perBucket, series: lines, logScale: false))
        }
      }
    } else if !a.strongGuessers.isEmpty {
      let signals = a.signals.filter { $0.kind == .rejections }.sorted { $0.total > $1.total }
      panels.append(
        TimeChart.Panel(
          title: "Refused log-ins", unit: perBucket,
          series: signals.prefix(3).map { .init(name: $0.service, points: points($0.values)) }))
    }
    var volume = [Double](repeating: 0, count: a.frame.count)
    for series in survey.fine.entries where series.key.dimension == .role {
      a.frame.add(series.cells, to: &volume)
    }
    panels.append(
      TimeChart.Panel(
        title: "All records", unit: perBucket,
        series: [.init(name: "records", points: points(volume))], kind: .area))
    let headline: String
    if let incident = a.main {
      headline =
        "\(describe(incident.runs.first)) came first, at \(clock(incident.onset.at)); \(incident.runs.count - 1) signals of harm followed"
    } else {
      headline = "No lasting harm to any service"
    }
    return .time(
      TimeChart(
        id: "overview", headline: headline,
        caption: "The incident from above, in UTC. Shaded: phases. Flags: steps of the operators.",
        start: Double(a.frame.start), end: Double(a.frame.end), panels: panels,
        phases: phasesDrawn, markers: markersDrawn))
  }

  // MARK: - Recovery

  private func recoveryFigure() -> Figure? {
    guard let served = analysis.served, analysis.main != nil else { return nil }
    let shares = zip(served.values, served.expected).map { $1 > 0 ? 100 * $0 / $1 : Double.nan }
    return .time(
      TimeChart(
        id: "recovery",
        headline:
          "Served fell to \(Clause.percent(served.lowestShare)) of the expected and ended at \(Clause.percent(served.finalShare))",
        caption:
          "\(served.name) against what was expected. Expectation: \(served.method).",
        start: Double(analysis.frame.start), end: Double(analysis.frame.end),
        panels: [
          TimeChart.Panel(
            title: "Level", unit: served.isGauge ? "" : perBucket,
            series: [
              .init(name: "served", points: points(served.values)),
              .init(name: "expected", points: points(served.expected), style: .reference),
            ]),
          TimeChart.Panel(
            title: "Share of the expected", unit: "%",
            series: [.init(name: "share", points: points(shares))]),
        ], phases: phasesDrawn, markers: markersDrawn))
  }

  // MARK: - Cohorts

  /// What went wrong in all, and what would be left without the cohort that it is bound to.
  private func cohortFigure() -> Figure? {
    let a = analysis
    guard a.main != nil, let sick = a.sick.first(where: { !$0.curve.isEmpty }) else { return nil }
    return .time(
      TimeChart(
        id: "cohort",
        headline:
          "Without \(sick.field.rawValue) \(sick.value) \(Clause.percent(sick.attribution)) of the bad records would be missing",
        caption:
          "Bad records of all of its kind \(perBucket), and of all without it.",
        start: Double(a.frame.start), end: Double(a.frame.end),
        panels: [
          TimeChart.Panel(
            title: "Bad records", unit: perBucket,
            series: [
              .init(name: "all", points: points(sick.curve)),
              .init(name: "without it", points: points(sick.curveWithout)),
            ])
        ], phases: phasesDrawn, markers: markersDrawn))
  }

  // MARK: - Populations

  /// Actors active in each coarse bucket, known before the onset against new.
  private func populationsFigure() -> Figure? {
    let a = analysis
    guard let shift = a.requesters else { return nil }
    var known: [UInt32: Double] = [:]
    var fresh: [UInt32: Double] = [:]
    var bad: [UInt32: Double] = [:]
    var badFresh: [UInt32: Double] = [:]
    let actors = survey.population.actors.span
    for i in actors.indices where actors[i].kind == shift.kind {
      let isKnown = actors[i].first.time.seconds < a.onset
      for cell in actors[i].activity {
        if isKnown {
          known[cell.bucket, default: 0] += 1
          bad[cell.bucket, default: 0] += Double(cell.bad)
        } else {
          fresh[cell.bucket, default: 0] += 1
          badFresh[cell.bucket, default: 0] += Double(cell.bad)
        }
      }
    }
    let width = Double(a.frame.coarseWidth)
    let buckets = Set(known.keys).union(fresh.keys).sorted()
    guard buckets.count >= 4 else { return nil }
    func line(_ name: String, _ values: [UInt32: Double]) -> TimeChart.Line {
      TimeChart.Line(
        name: name,
        points: buckets.map {
          TimeChart.Point(time: Double($0) * width + width / 2, value: values[$0] ?? 0)
        })
    }
    let who =
      shift.kind == .node ? "identities" : shift.kind == .address ? "addresses" : "accounts"
    return .time(
      TimeChart(
        id: "populations",
        headline: a.main == nil
          ? "Who asked: \(who) active over time"
          : "\(Clause.percent(shift.knownBadShare > 0 ? shift.knownBadShare : shift.knownRecordShare)) of the incident's \(shift.knownBadShare > 0 ? "failed " : "")requests come from \(who) known before",
        caption:
          "Active \(who) and their failed requests per \(Clause.duration(width)): first seen before the onset, or after it.",
        start: Double(a.frame.start), end: Double(a.frame.end),
        panels: [
          TimeChart.Panel(
            title: "Active \(who)", unit: "per \(Clause.duration(width))",
            series: [line("known before", known), line("new", fresh)]),
          TimeChart.Panel(
            title: "Failed requests", unit: "per \(Clause.duration(width))",
            series: [line("by known", bad), line("by new", badFresh)]),
        ], phases: phasesDrawn))
  }

  // MARK: - Exits

  private func exitsFigure() -> Figure? {
    let a = analysis
    guard let loss = a.losses.max(by: { $0.exits.count < $1.exits.count }), loss.exits.count >= 3
    else { return nil }
    let width = max(a.frame.width, 600)
    let first = a.onset / width * width
    let last = min(a.frame.end, (loss.exits.last?.at ?? a.onset) + 3600)
    let count = Int(max(1, (last - first) / width + 1))
    let lines = ExitReason.allCases.compactMap { reason -> TimeChart.Line? in
      var values = [Double](repeating: 0, count: count)
      var any = false
      for exit in loss.exits where exit.reason == reason {
        let i = Int((exit.at - first) / width)
        if i >= 0, i < count {
          values[i] += 1
          any = true
        }
      }
      guard any else { return nil }
      return TimeChart.Line(
        name: reason.rawValue,
        points: values.indices.map {
          TimeChart.Point(
            time: Double(first + Int64($0) * width) + Double(width) / 2, value: values[$0])
        })
    }
    let serving = loss.serving.indices.compactMap { i -> TimeChart.Point? in
      let at = a.frame.second(ofIndex: i)
      guard at >= first - 7200, at <= last else { return nil }
      return TimeChart.Point(time: Double(at), value: loss.serving[i])
    }
    let crash = loss.share(.crash)
    let protect = loss.share(.selfProtection)
    return .time(
      TimeChart(
        id: "exits",
        headline:
          "\(Clause.percent(crash)) of the \(loss.role.rawValue) nodes crashed, \(Clause.percent(protect)) shut themselves down\(crash > 0 && protect > 0 ? ": two waves" : "")",
        caption:
          "How \(loss.role.rawValue) nodes that served at the onset left (per \(Clause.duration(Double(width)))), and how many serve.",
        start: Double(first - 7200), end: Double(last),
        panels: [
          TimeChart.Panel(
            title: "First exits", unit: "per \(Clause.duration(Double(width)))", series: lines,
            kind: .bars),
          TimeChart.Panel(
            title: "Serving \(loss.role.rawValue) nodes", unit: "nodes",
            series: [.init(name: "serving", points: serving)]),
        ], phases: phasesDrawn))
  }

  // MARK: - Hazard

  private func hazardFigure() -> Figure? {
    guard let table = analysis.versionHazard else { return nil }
    let top = table.rows.first
    return .dots(
      DotChart(
        id: "hazard",
        headline: analysis.sickVersion.map {
          "\(Clause.percent($0.share)) of version \($0.value) crashed; others hardly at all"
        } ?? "Crashes by version: \(top?.value ?? "") leads, no version stands out",
        caption:
          "Share of actors that crashed in the incident, with 95 % intervals, by version. Only actors seen before it.",
        rows: table.rows.prefix(14).map {
          DotChart.Row(
            label: $0.value, estimate: $0.share * 100, low: $0.low * 100, high: $0.high * 100,
            note: "\($0.affected) of \($0.exposed)")
        }, axisTitle: "crashed, %"))
  }

  // MARK: - Chain

  private func chainFigure() -> Figure? {
    guard let incident = analysis.main else { return nil }
    var nodes: [FlowDiagram.Node] = []
    var edges: [FlowDiagram.Edge] = []
    func add(
      _ id: String, _ title: String, _ at: Int64?, from: String?, _ label: String, certain: Bool
    ) {
      nodes.append(
        FlowDiagram.Node(id: id, title: title, detail: at.map { clock($0) } ?? ""))
      if let from { edges.append(.init(from: from, to: id, label: label, isCertain: certain)) }
    }
    let first = incident.runs[0]
    add("first", describe(first), first.onset.at, from: nil, "", certain: true)
    var last = "first"
    if let sick = analysis.sickVersion,
      let run = incident.runs.first(where: { $0.signal.kind == .crashes })
    {
      let shown = found("crash-after-late-answer") != nil
      if last != "first" || run.onset.at != first.onset.at || run.signal.id != first.signal.id {
        add(
          "crash", "clients on \(sick.value) crash", run.onset.at, from: last,
          shown ? "late answers" : "", certain: shown)
        last = "crash"
      }
    }
    if let loss = analysis.losses.max(by: { $0.exits.count < $1.exits.count }) {
      if let wave = loss.waves.first(where: { $0.reason == .crash }), wave.count >= 3 {
        add(
          "lost", "\(Clause.percent(loss.share(.crash))) of \(loss.role.rawValue) nodes lost",
          wave.first, from: last, "nodes run on clients", certain: true)
        last = "lost"
      }
      if let load = analysis.loads.max(by: { $0.amplification < $1.amplification }), load.ratio >= 2
      {
        add(
          "load", "load \(Clause.factor(load.ratio)) on the rest", load.peakAt, from: last,
          "users come back", certain: found("known-requesters") != nil)
        last = "load"
      }
      if let wave = loss.waves.first(where: { $0.reason == .selfProtection }), wave.count >= 3 {
        add(
          "protect", "\(wave.count) nodes protect themselves", wave.first, from: last,
          "limits exceeded", certain: true)
        if last == "load" {
          edges.append(.init(from: "protect", to: "load", label: "fewer carry it", isCertain: true))
        }
        last = "protect"
      }
    }
    if let failing = incident.runs.first(where: {
      $0.signal.kind == .failures && $0.signal.id != first.signal.id
    }) {
      // An arrow is solid where the one asks the other, the order holds beyond the errors, and the dose
      // or a control group agrees.
      let passage = analysis.passages.first {
        $0.isArrow && $0.link.asked == first.signal.service
          && $0.link.asks == failing.signal.service
      }
      add(
        "fail", describe(failing), failing.onset.at, from: last,
        passage == nil || last != "first" ? "" : "asks it",
        certain: passage != nil && last == "first")
      last = "fail"
    }
    guard nodes.count >= 2 else { return nil }
    return .flow(
      FlowDiagram(
        id: "chain", headline: "How it happened, as far as the logs show",
        caption:
          "Solid arrows: order and mechanism are on record. Dashed: only the order. What came before the first box is not in these logs.",
        nodes: nodes, edges: edges))
  }

  // MARK: - Coverage

  private func coverageFigure() -> Figure? {
    let a = analysis
    let width = Double(a.frame.coarseWidth)
    let accounts = survey.accounts.values.sorted { $0.label < $1.label }
    // Many sources of one role tell the same: the largest of each role, at most.
    var perRole: [Role: Int] = [:]
    var rows: [CoverageStrip.Row] = []
    for account in accounts.sorted(by: { ($0.records, $1.label) > ($1.records, $0.label) }) {
      guard rows.count < 24, perRole[account.role, default: 0] < 6 || accounts.count <= 24 else {
        continue
      }
      perRole[account.role, default: 0] += 1
      var spans: [CoverageStrip.Span] = []
      for bucket in account.activity.cells.lazy.map(\.bucket) {
        let from = Double(bucket) * width
        guard from + width > Double(a.frame.start), from < Double(a.frame.end) else { continue }
        if let last = spans.indices.last, spans[last].to >= from - 2 * width {
          spans[last].to = from + width
        } else {
          spans.append(.init(from: from, to: from + width, kind: .present))
        }
      }
      for gap in a.coverage.gaps
      where gap.source == account.label && (gap.kind == .silence || gap.kind == .rotationHole) {
        spans.append(.init(from: Double(gap.from), to: Double(gap.to), kind: .missing))
      }
      if !account.damages.isEmpty, let end = spans.last?.to {
        spans.append(.init(from: max(Double(a.frame.start), end - width), to: end, kind: .damaged))
      }
      if !spans.isEmpty { rows.append(.init(source: account.label, spans: spans)) }
    }
    guard !rows.isEmpty else { return nil }
    rows.sort { $0.source < $1.source }
    return .coverage(
      CoverageStrip(
        id: "coverage",
        headline:
          "\(accounts.count) sources; \(a.coverage.gaps.count { $0.kind == .silence }) silences, \(a.coverage.damaged) places of damage",
        caption:
          "When each source has records. Where there are many, the largest of each role are shown.",
        start: Double(a.frame.start), end: Double(a.frame.end), rows: rows))
  }
}
