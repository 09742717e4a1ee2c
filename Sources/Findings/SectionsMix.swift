import Correlation
import Surveys
import Verdicts

extension MixAspect {
  /// What members of it are called.
  var plural: String {
    switch self {
    case .node: ActorKind.node.plural
    case .address: ActorKind.address.plural
    case .user: ActorKind.user.plural
    case .network: "networks (/24, of version 6 /48)"
    case .operation: "operations"
    case .agent: "client programs"
    case .version: "versions"
    case .platform: "platforms"
    case .region: "regions"
    }
  }
}

extension Shape {
  /// The course in words.
  var words: String {
    switch self {
    case .step: "at once, and lasts"
    case .ramp: "grows"
    case .burst: "short"
    case .comb(let period): "every \(Clause.duration(period))"
    case .dip: "falls and comes back"
    case .drop: "falls and stays"
    }
  }
}

extension Narrator {
  /// What requests were made up of, by every aspect that the logs tell.
  func mixItems() -> [Section.Item] {
    let mixes = analysis.mixes
    guard !mixes.isEmpty else { return [] }
    func pair(_ before: Double, _ during: Double, _ text: (Double) -> String) -> Prose {
      Prose("\(text(before)) → \(text(during))")
    }
    func share(_ x: Double) -> String { Clause.percent(x) }
    let rows = mixes.map { mix in
      Table.Row([
        Prose(mix.aspect.plural),
        pair(Double(mix.membersBefore), Double(mix.members), Clause.number),
        pair(mix.before.normalized, mix.during.normalized, share),
        mix.members > MixDefault.top || mix.membersBefore > MixDefault.top
          ? pair(mix.before.topShare, mix.during.topShare, share) : "",
        Prose(
          "\(share(mix.newShare))\(mix.usualNewShare.map { " (up to \(share($0)))" } ?? "")"),
        Prose(share(mix.divergence)), Prose(mix.usualDivergence.map(share) ?? "not known"),
        mix.isNotable
          ? Prose.list(
            mix.moved.prefix(2).map {
              "\(log: $0.name) \(share($0.shareBefore)) → \(share($0.share))"
            }, last: "; ") : "",
      ])
    }
    return [
      .table(
        Table(
          id: "mix", title: "What requests were made up of, before and during",
          columns: [
            .init("by"), .init("how many", numeric: true), .init("evenness", numeric: true),
            .init("of the largest \(MixDefault.top)", numeric: true),
            .init("by newcomers (before)", numeric: true), .init("change", numeric: true),
            .init("usual change", numeric: true), .init("moved most"),
          ], rows: rows,
          note:
            "Evenness: entropy over its maximum. Change: Jensen-Shannon divergence, 0 % is the same and 100 % nothing in common; the usual one is the greatest that a part of the time before shows against the rest of it. What moved is named where the change goes beyond that by half. Actors are a sample where there are very many."
        ))
    ]
  }

  /// Whom the trouble hit: by each field that records tell, the cohorts with most of it.
  func cohortItems() -> [Section.Item] {
    let told = CohortField.allCases.flatMap { field in
      analysis.cohorts.filter { $0.field == field && $0.share >= CohortDefault.toldShare }
        .sorted { ($1.share, $0.value) < ($0.share, $1.value) }.prefix(CohortDefault.toldEach)
    }
    guard !told.isEmpty else { return [] }
    let rows = told.map { cohort in
      Table.Row([
        Prose(cohort.field.rawValue), Prose(log: cohort.value),
        Prose(Clause.number(cohort.bad)), Prose(Clause.percent(cohort.share)),
        Prose(Clause.percent(cohort.rate)), Prose(Clause.percent(cohort.othersRate)),
        Prose("\(Clause.factor(cohort.liftLow)) to \(Clause.factor(cohort.liftHigh))"),
      ])
    }
    var items: [Section.Item] = [
      .table(
        Table(
          id: "cohorts", title: "Whom it hit",
          columns: [
            .init("by"), .init("cohort"), .init("bad", numeric: true),
            .init("of all bad", numeric: true), .init("of its own", numeric: true),
            .init("of the others'", numeric: true), .init("as often (95 %)", numeric: true),
          ], rows: rows,
          note:
            "Bad records from the onset to the end, of each field the cohorts with most of them. Hosts are compared with hosts of like names, operations within their service. A large share with others hit as often says no more than that the cohort is large."
        ))
    ]
    if analysis.sick.contains(where: { !$0.curve.isEmpty }) { items.append(.figure("cohort")) }
    return items
  }

  /// Crashes within the version that crashes, by what else its clients differ in.
  func withinVersion() -> Table? {
    guard analysis.sickVersion != nil else { return nil }
    let rows = analysis.withinVersion.filter { $0.rows.count >= 2 }.flatMap { table in
      table.rows.map { row in
        Table.Row([
          Prose(table.dimension), Prose(log: row.value), Prose(Clause.number(Double(row.exposed))),
          Prose(Clause.number(Double(row.affected))), Prose(Clause.percent(row.share)),
          Prose("\(Clause.percent(row.low)) to \(Clause.percent(row.high))"),
          Prose("\(Clause.number(row.relativeLow)) to \(Clause.number(row.relativeHigh))"),
        ])
      }
    }
    guard !rows.isEmpty else { return nil }
    return Table(
      id: "within-version", title: "Crashes within the version that crashes most",
      columns: [
        .init("by"), .init("clients"), .init("exposed", numeric: true),
        .init("crashed", numeric: true), .init("share", numeric: true),
        .init("95 % interval", numeric: true), .init("relative risk (95 %)", numeric: true),
      ], rows: rows,
      note:
        "Where a role or a platform seems to be hit more, it may only have more of the version: within the version that is ruled out."
    )
  }

  /// How answers are made up, and who the requesters are beside their number.
  func outcomeItems() -> [Section.Item] {
    guard analysis.main != nil else { return [] }
    var items: [Section.Item] = []
    if let outcomes = analysis.outcomes {
      items.append(
        .table(
          Table(
            id: "outcomes", title: "How requests ended",
            columns: [
              .init("outcome"), .init("an hour before", numeric: true),
              .init("during", numeric: true), .init("share before", numeric: true),
              .init("share during", numeric: true),
            ],
            rows: outcomes.parts.map {
              Table.Row([
                Prose(String(describing: $0.outcome)), Prose(Clause.number($0.before)),
                Prose(Clause.number($0.during)),
                Prose(Clause.percent($0.before / max(1e-9, outcomes.before))),
                Prose(Clause.percent($0.during / max(1e-9, outcomes.during))),
              ])
            },
            note:
              "Clients that ask no more than twice what is accepted would have kept back \(Clause.percent(outcomes.withheldByThrottle)) of the incident's requests."
          )))
    }
    if !analysis.latencyShifts.isEmpty {
      func cell(_ quantiles: LatencyShift.Quantiles) -> Prose {
        Prose(
          [quantiles.median, quantiles.p95, quantiles.p99].map(Clause.number).joined(
            separator: ", "))
      }
      items.append(
        .table(
          Table(
            id: "latencies", title: "How long it took, ms",
            columns: [
              .init("service"), .init("of"),
              .init("before: half, 95 %, 99 % within", numeric: true),
              .init("during", numeric: true), .init("requests", numeric: true),
            ],
            rows: analysis.latencyShifts.map {
              Table.Row([
                Prose(log: $0.key.service), Prose(log: $0.key.name), cell($0.before),
                cell($0.during), Prose(Clause.number(Double($0.during.requests))),
              ])
            },
            note:
              "From histograms whose bins are a quarter of an octave wide. What fails at once or is refused does not count."
          )))
    }
    if let shift = analysis.requesters {
      var rows = [
        Table.Row([
          "records of one in an hour, median, before and during",
          Prose(
            "\(Clause.number(shift.medianRateBefore)) and \(Clause.number(shift.medianRateDuring))"),
        ]),
        Table.Row([
          "records of the incident by those who had been served before it",
          Prose(Clause.percent(shift.provenRecordShare)),
        ]),
      ]
      if shift.clusters > 0 {
        rows += [
          Table.Row([
            "blocks of addresses of one customer (/24, of version 6 /48)",
            Prose(Clause.number(Double(shift.clusters))),
          ]),
          Table.Row([
            "of these, seen before", Prose(Clause.percent(shift.knownClusterShare)),
          ]),
          Table.Row([
            "new addresses that lie in blocks seen before",
            Prose(Clause.percent(shift.newInKnownClusters)),
          ]),
          Table.Row(["addresses in each", Prose(Clause.number(shift.addressesPerCluster))]),
        ]
      }
      items.append(
        .table(
          Table(
            id: "requesters", title: "Those who asked during the incident",
            columns: [.init("what"), .init("value", numeric: true)], rows: rows,
            note:
              "Of crowds known to the literature 43 and 83 % of the blocks had been seen before, of floods few (Jung, Krishnamurthy, Rabinovich 2002)."
          )))
    }
    return items
  }

  /// What those known and those new do beside asking, and how they keep time.
  func mannerItems() -> [Section.Item] {
    var rows: [Table.Row] = []
    if let shift = analysis.requesters, analysis.main != nil {
      let (old, new) = (shift.residents, shift.newcomers)
      func row(_ what: String, _ a: Double, _ b: Double, _ text: (Double) -> String) {
        guard a > 0 || b > 0 else { return }
        rows.append(
          Table.Row([Prose(what), Prose(text(a)), shift.newCount > 0 ? Prose(text(b)) : ""]))
      }
      row("failures of one, median", old.failuresEach, new.failuresEach, Clause.number)
      row("parts of pages for each request served", old.partsPerSuccess, new.partsPerSuccess) {
        Clause.number($0)
      }
      row("of those served, fetch parts of pages", old.fetchers, new.fetchers, Clause.percent)
      row("of these, go on to write", old.writers, new.writers, Clause.percent)
      row("name the page they come from", old.referrerShare, new.referrerShare, Clause.percent)
      row("bytes sent for a request", old.bytesEach, new.bytesEach, Clause.number)
    }
    if let rhythms = analysis.rhythms {
      func cell(_ rhythm: Rhythm?, _ text: (Rhythm) -> String) -> Prose {
        Prose(rhythm.map(text) ?? "")
      }
      func row(_ what: String, _ text: (Rhythm) -> String) {
        guard rhythms.known != nil || rhythms.new != nil else { return }
        rows.append(
          Table.Row([Prose(what), cell(rhythms.known, text), cell(rhythms.new, text)]))
      }
      row("variation of the gaps of one (timer 0, chance 1)") { Clause.number($0.gapVariation) }
      row("likeness of two over time, and by chance") {
        "\(Clause.percent($0.likeness)), \(Clause.percent($0.likenessByChance))"
      }
      row("period in which they keep step") {
        $0.beat.map { "\(Clause.duration($0.period)) (\(Clause.percent($0.resultant)))" } ?? "none"
      }
      row("sources traced") { String($0.sources) }
    }
    guard rows.count >= 2 else { return [] }
    return [
      .table(
        Table(
          id: "manner", title: "How those known and those new behave during the incident",
          columns: [.init("what"), .init("known", numeric: true), .init("new", numeric: true)],
          rows: rows,
          note:
            "The upper rows count all that an actor did in these logs, known ones' time before included. Likeness is the median over pairs of sources of the correlation of their counts at the best of a few lags; by chance: one of each pair turned by half the time."
        ))
    ]
  }

  func mixRows() -> [Findings.Mix] {
    analysis.mixes.map { mix in
      Findings.Mix(
        aspect: mix.aspect.rawValue, membersBefore: mix.membersBefore, members: mix.members,
        evennessBefore: rounded(mix.before.normalized), evenness: rounded(mix.during.normalized),
        collisionBitsBefore: rounded(mix.before.collisionBits),
        collisionBits: rounded(mix.during.collisionBits),
        topShareBefore: rounded(mix.before.topShare), topShare: rounded(mix.during.topShare),
        giniBefore: rounded(mix.before.gini), gini: rounded(mix.during.gini),
        divergence: rounded(mix.divergence), usualDivergence: mix.usualDivergence.map(rounded),
        collisionDivergence: rounded(mix.collisionDivergence), newShare: rounded(mix.newShare),
        isNotable: mix.isNotable,
        moved: mix.moved.map {
          Findings.Mix.Member(
            name: $0.name, shareBefore: rounded($0.shareBefore), share: rounded($0.share),
            isNew: $0.isNew)
        })
    }
  }
}
