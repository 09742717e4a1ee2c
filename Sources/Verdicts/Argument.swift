public import Correlation
import Records
import Sketches
import Statistics
import Surveys

/// Argues a case: collects evidence in order, family by family.
public struct Argument: Sendable {
  public let analysis: Analysis
  public private(set) var evidence: [Evidence] = []
  /// What cannot be known from these logs, for people.
  public private(set) var missing: [(hypothesis: HypothesisID, what: String)] = []

  init(_ analysis: Analysis) { self.analysis = analysis }

  mutating func add(
    _ feature: String, _ family: EvidenceFamily, _ hypothesis: HypothesisID, _ direction: Direction,
    _ weights: Weights, _ statement: Prose, _ citations: [Exemplar] = []
  ) {
    evidence.append(
      Evidence(
        id: "E\(evidence.count + 1)", feature: feature, family: family, hypothesis: hypothesis,
        direction: direction, weights: weights, statement: statement,
        citations: Array(citations.prefix(6))))
  }

  /// Where a specific attack is on record (a flood of strangers, packets that crash, hostile nodes),
  /// one's own crashes, exits and retries are its consequences: they show that an overload followed,
  /// and no longer that it came by itself.
  mutating func settle() {
    let attacks: Set<String> = [
      "strangers-without-success", "crash-after-stranger", "join-wave", "probes-do-harm",
    ]
    guard evidence.contains(where: { attacks.contains($0.feature) && $0.direction == .for }) else {
      return
    }
    let consequences: Set<String> = [
      "version-hazard", "control-versions", "crash-after-late-answer", "role-within-version",
      "two-waves", "self-protection", "protection-by-version", "limit-reached",
      "volume-decomposition", "slow-first", "amplification", "redistribution", "retry-spacing",
      "session-lost", "trigger-gone", "healthy-services", "metastable", "crash-loop", "hysteresis",
      "ceiling", "in-progress", "surge-before-harm", "congestive-collapse",
    ]
    for i in evidence.indices where consequences.contains(evidence[i].feature) {
      let old = evidence[i].weights
      evidence[i].weights = Weights(
        attack: max(0, old.attack), mixed: min(max(0, old.mixed), 0.03), benign: old.benign)
    }
    // Packets that do not crash are no acquittal where a flood is on record.
    for i in evidence.indices
    where evidence[i].feature == "crash-after-stranger" && evidence[i].direction == .absent {
      evidence[i].weights = Weights()
    }
  }

  mutating func cannotKnow(
    _ feature: String, _ family: EvidenceFamily, _ hypothesis: HypothesisID, _ what: Prose
  ) {
    missing.append((hypothesis, what.plain))
    add(feature, family, hypothesis, .unobtainable, Weights(), what)
  }
}

/// Gathers all evidence of a case.
public func argue(_ analysis: Analysis) -> Argument {
  var argument = Argument(analysis)
  argument.weighAccess()
  argument.weighCrashes()
  argument.weighNodes()
  argument.weighHarm()
  argument.weighPopulations()
  argument.weighMix()
  argument.weighLoad()
  argument.weighMechanics()
  argument.weighSignatures()
  argument.weighCoverage()
  argument.settle()
  return argument
}

extension Analysis {
  /// Guessers that are beyond everyday: a long burst from one source.
  public var strongGuessers: [Guesser] {
    (guessing?.guessers ?? []).filter { $0.burst >= GuessingDefault.strong }
  }

  /// Whether clients abuse a form: many sources that call themselves browsers, writes dominate, no
  /// parts of pages. A form is a page that is fetched and then written to; what programs call is only
  /// written to, or says in its path that it is for programs.
  public var formAbuse: WebBehaviour? {
    guard let web, web.writeShare >= 0.2, web.assetShare < 0.15, web.writers >= 30,
      web.topFormShare >= 0.3, web.topFormFetched >= 0.2, web.bareClients >= 0.8,
      web.browserShare >= 0.5
    else { return nil }
    let path = web.topForm.lowercased()
    return ["api", "graphql", "rpc", ".json"].contains(where: path.contains) ? nil : web
  }

  /// Requesters: the population that asks for service, best kind first.
  public var requesters: PopulationShift? {
    populations.filter { $0.kind == .node && $0.askers >= 30 }.max { $0.during < $1.during }
      ?? populations.first { $0.kind == .address && $0.askers >= 12 }
      ?? populations.first { $0.kind == .user && $0.askers >= 12 }
  }

  public var versionHazard: HazardTable? { hazards.first { $0.dimension == "version" } }
  public var sickVersion: HazardRow? { versionHazard?.sick(above: HazardDefault.notableRisk) }
}

// MARK: - Access

extension Argument {
  mutating func weighAccess() {
    let strong = analysis.strongGuessers
    if let worst = strong.first, let all = analysis.guessing {
      var text: Prose =
        "\(worst.kind == .address ? "Address" : "Account") \(log: worst.name) was refused \(worst.burst) times within \(Clause.duration(Double(worst.burstEnd - worst.burstStart))) from \(Records.Timestamp(seconds: worst.burstStart).clock)"
      if worst.accounts >= 3 {
        text += " while trying some \(Clause.number(worst.accounts)) accounts"
      }
      text +=
        ". \(strong.count) source(s) guessed like that; \(all.sources) sources were refused at all."
      add(
        "guessing-burst", .signature, .accessAttack, .for,
        Weights(attack: 0.9, overload: -0.9, mixed: -0.3, benign: -0.9), text,
        strong.prefix(3).map(\.first))
      if let entry = strong.first(where: { $0.succeeded != nil }), let at = entry.succeeded {
        add(
          "guessing-succeeded", .behaviour, .accessAttack, .for,
          Weights(attack: 0.9, overload: -0.4, mixed: 0, benign: -0.9),
          "\(log: entry.name) was let in at \(at.time.clock), after its failures\(entry.successesBefore > 0 ? "; it had been let in \(entry.successesBefore) times before them, so it may be a known machine in other hands" : "").",
          [at])
      }
    }
    if let spread = analysis.guessing?.spread, let surge = analysis.guessingSurge {
      add(
        "guessing-spread", .signature, .accessAttack, .for,
        Weights(attack: 0.9, overload: -0.9, mixed: -0.3, benign: -0.9),
        "\(spread.sources) addresses were refused \(spread.rejections) times and let in \(spread.successes) times, all at the same few doors, most of it from \(Clause.instant(surge.onset)) on: guessing that many share so that none stands out.",
        [spread.first] + surge.citations.prefix(2))
      add(
        "guessing-spread-breadth", .population, .accessAttack, .for,
        Weights(attack: 0.6, overload: -0.4, mixed: -0.1, benign: -0.5),
        "Refusals rose to \(Clause.factor(surge.ratio)) their usual level. People who mistype get in at the second or third try; of these attempts \(Clause.percent(Double(spread.successes) / Double(max(1, spread.rejections + spread.successes)))) succeeded."
      )
    } else if strong.isEmpty, let all = analysis.guessing, !all.guessers.isEmpty {
      add(
        "guessing-background", .signature, .accessAttack, .absent,
        Weights(attack: -0.1, overload: 0.05, mixed: 0, benign: 0.1),
        "Passwords were guessed at the level of everyday background: \(all.guessers.count) sources with \(GuessingDefault.notable) refusals or more, none with \(GuessingDefault.strong) within ten minutes.",
        all.guessers.prefix(2).map(\.first))
    }
    if let web = analysis.formAbuse {
      add(
        "form-abuse", .behaviour, .accessAttack, .for,
        Weights(attack: 0.9, overload: -0.7, mixed: -0.3, benign: -0.7),
        "\(web.writers) of \(web.clients) clients wrote to forms; \(Clause.percent(web.writeShare)) of all requests write and only \(Clause.percent(web.assetShare)) fetch parts of a page, as browsers do. \(log: web.topForm) alone takes \(Clause.percent(web.topFormShare)) of all requests."
      )
      add(
        "form-abuse-breadth", .population, .accessAttack, .for,
        Weights(attack: 0.4, overload: -0.2, mixed: 0, benign: -0.3),
        "The writing is spread over \(web.writers) addresses, and \(Clause.percent(web.bareClients)) of the busier clients never fetched a part of a page: many sources with one behaviour."
      )
    }
  }

  // MARK: - Harm

  mutating func weighHarm() {
    guard let incident = analysis.main else {
      let hostile =
        !analysis.strongGuessers.isEmpty || analysis.formAbuse != nil
        || analysis.guessingSurge != nil
      add(
        "no-harm", .harm, .noIncident, hostile ? .absent : .for,
        hostile
          ? Weights(overload: -0.8, mixed: -0.8)
          : Weights(attack: -0.5, overload: -0.9, mixed: -0.9, benign: 0.9),
        "No service shows a lasting rise of failures, errors, crashes or latency, and none falls silent."
      )
      if let burst = analysis.loneBurst {
        add(
          "lone-burst", .behaviour, .floodAttack, .for,
          Weights(attack: 0.5, mixed: 0.2, benign: -1),
          "One address, \(log: burst.actor.name), made \(Clause.percent(burst.share)) of all addresses' records, from \(burst.actor.first.time.clock) to \(burst.actor.last.clock): \(Clause.factor(burst.rateRatio)) as many in an hour as all others together. Whether that did harm, or was done for harm elsewhere, these logs do not show.",
          [burst.actor.first])
      }
      return
    }
    let kinds = Set(incident.runs.map(\.signal.kind))
    let serious = incident.runs.filter {
      $0.signal.kind == .crashes || $0.signal.kind == .distress || $0.signal.kind == .failures
    }
    let strength = incident.runs.map(\.strength).max() ?? 0
    let heavy = strength >= 60 && (kinds.count >= 2 || !serious.isEmpty)
    let first = incident.runs[0]
    add(
      "harm", .harm, .noIncident, .against,
      heavy
        ? Weights(overload: 0.2, mixed: 0.2, benign: -1)
        : Weights(overload: 0.1, mixed: 0, benign: -0.45),
      "From \(Clause.instant(incident.onset)) \(incident.runs.count) signals of harm rise together: \(Prose.list(incident.runs.prefix(4).map { Prose(log: describe($0)) })).",
      incident.runs.prefix(3).flatMap(\.citations))
    if let sick = analysis.sick.first {
      add(
        "sick-cohort", .mechanics, .componentFault, .for,
        hasSpecificAttack
          ? Weights() : Weights(attack: -0.5, overload: 0.6, mixed: -0.2, benign: -0.2),
        "Trouble is bound to \(sick.field.rawValue) \(log: sick.value): \(Clause.number(sick.bad)) of \(Clause.number(sick.all)) of its records are bad (\(Clause.percent(sick.rate))) against \(Clause.number(sick.othersBad)) of \(Clause.number(sick.othersAll)) of \(sick.siblings == 1 ? "the other" : "the \(sick.siblings) others") (\(Clause.percent(sick.othersRate))); at least \(Clause.factor(sick.liftLow)) as often. Without it \(Clause.percent(sick.attribution)) of the bad records would be missing. Load from outside does not choose like that."
      )
    }
    if let surge = analysis.surgeBeforeHarm, let knee = surge.perMinuteAtHarm {
      add(
        "surge-before-harm", .mechanics, .flashCrowd, .for,
        Weights(overload: 0.3, mixed: 0.1),
        "\(log: surge.service) was asked for more and more from \(Clause.instant(surge.onset)), up to \(Clause.factor(surge.ratio)) what the hours around hold; harm began when \(Clause.number(knee)) a minute were asked, so about that many can be served."
      )
    }
    // Which came first.
    let service = first.signal.service
    if first.signal.kind == .latency {
      add(
        "slow-first", .mechanics, .ownOverload, .for,
        Weights(attack: -0.25, overload: 0.45, mixed: 0.1),
        "The first thing to go wrong was slowness: \(log: describe(first)) rose from \(Clause.number(first.usual)) to \(Clause.number(first.mean)) ms on average (peak \(Clause.number(first.peak)) ms) from \(Clause.instant(first.onset)), before anything failed. A service of one's own that slows down is a trigger which needs no attacker; why it slowed is a question of its own."
      )
    } else if first.signal.kind == .errors || first.signal.kind == .failures {
      let volume = analysis.runs.contains {
        $0.signal.kind == .volume && $0.signal.service == service && $0.direction == .up
          && $0.ratio > 2 && abs($0.onset.at - first.onset.at) < 600
      }
      if !volume {
        add(
          "failure-without-volume", .mechanics, .componentFault, .for,
          hasSpecificAttack ? Weights() : Weights(attack: -0.4, overload: 0.4, mixed: -0.1),
          "\(log: describe(first)) rose without more being asked of it: no surge of requests came before. That is how a fault looks, not a flood.",
          first.citations)
      }
    }
  }

  // MARK: - Crashes

  mutating func weighCrashes() {
    guard let incident = analysis.main else { return }
    let crashing = incident.runs.contains { $0.signal.kind == .crashes }
    let foreignShare =
      analysis.crashContext.map { Double($0.afterUnsolicited) / Double(max(1, $0.crashes)) } ?? 0
    if let table = analysis.versionHazard, let sick = analysis.sickVersion {
      let others = table.rows.filter { $0.value != sick.value }
      let rest = others.reduce((0, 0)) { ($0.0 + $1.exposed, $0.1 + $1.affected) }
      add(
        "version-hazard", .mechanics, .ownOverload, .for,
        foreignShare >= 0.4
          ? Weights(benign: -0.3)
          : Weights(attack: -0.35, overload: 0.8, mixed: 0.5, benign: -0.3),
        "Crashes are bound to one version: \(sick.affected) of \(sick.exposed) actors on \(log: sick.value) crashed (\(Clause.percent(sick.share)), 95 % interval \(Clause.percent(sick.low)) to \(Clause.percent(sick.high))) against \(rest.1) of \(rest.0) on all others (relative risk \(Clause.number(sick.relativeRisk)), at least \(Clause.number(sick.relativeLow))). A flood on the servers would not choose by version.",
        incident.runs.first { $0.signal.kind == .crashes }?.citations ?? [])
      if let roles = analysis.roleWithinVersion, roles.rows.count >= 2 {
        let a = roles.rows[0]
        let b = roles.rows[1]
        let overlap = a.low <= b.high && b.low <= a.high
        add(
          "role-within-version", .mechanics, .floodAttack, overlap ? .against : .for,
          overlap
            ? Weights(attack: -0.2, overload: 0.2) : Weights(attack: 0.1),
          "Within that version \(a.value) nodes crashed at \(Clause.percent(a.share)) and \(b.value) nodes at \(Clause.percent(b.share)): \(overlap ? "no sign that one role was aimed at" : "the rates differ by role")."
        )
      }
      let spared = others.filter {
        $0.exposed >= HazardDefault.leastExposed && $0.high < sick.low / 3
      }
      if !spared.isEmpty {
        add(
          "control-versions", .mechanics, .ownOverload, .for,
          Weights(attack: -0.1, overload: 0.3, mixed: 0.2),
          "\(spared.count) other versions lived through the same hours on the same network and did not crash (\(Prose.list(spared.prefix(4).map { Prose(log: $0.value) }))): a control group."
        )
      }
    } else if crashing, analysis.hazards.isEmpty {
      cannotKnow(
        "version-hazard", .mechanics, .ownOverload,
        "Programs crashed, but the records do not name versions of actors seen before, so crashes cannot be tied to a version."
      )
    }
    guard let context = analysis.crashContext,
      context.crashes >= CrashContextDefault.leastCrashes
        || context.chance <= CrashContextDefault.chance
    else {
      if crashing {
        cannotKnow(
          "crash-context", .mechanics, .crashAttack,
          "What the crashed programs received just before they crashed is \(analysis.crashContext == nil ? "not in these logs" : "on record of too few of them to tell")."
        )
      }
      return
    }
    let foreign = Double(context.afterUnsolicited) / Double(context.crashes)
    let late = Double(context.afterLateAnswer) / Double(context.crashes)
    if foreign >= CrashContextDefault.provoked, context.crashes >= CrashContextDefault.leastCrashes
    {
      add(
        "crash-after-stranger", .behaviour, .crashAttack, .for,
        Weights(attack: 1, overload: -1, mixed: 0.2, benign: -0.5),
        "\(context.afterUnsolicited) of \(context.crashes) traced crashes of the first hour came within \(Clause.number(CrashContextDefault.window)) s of an unsolicited packet, from only \(context.senders) sender(s); \(Clause.percent(context.unsolicitedFollowed)) of such packets during the incident were followed by a crash.",
        context.citations)
      if context.unsolicitedDuring > 3 * max(0.01, context.unsolicitedBefore) {
        add(
          "stranger-rate", .signature, .crashAttack, .for,
          Weights(attack: 0.8, overload: -0.6, mixed: 0.2),
          "Unsolicited packets rose from \(Clause.number(context.unsolicitedBefore)) to \(Clause.number(context.unsolicitedDuring)) an hour and traced actor."
        )
      }
    } else if context.chance <= CrashContextDefault.chance {
      // Few, and far more than chance brings: with one's own faults on record beside it, a sign that
      // leaves the trigger open rather than settling it.
      add(
        "crash-after-stranger", .behaviour, .crashAttack, .for,
        Weights(attack: 0.4, overload: -0.4, mixed: 0.1),
        "\(context.afterUnsolicited) of \(context.crashes) traced crashes of the first hour came within \(Clause.number(CrashContextDefault.window)) s of an unsolicited packet; by chance \(Clause.number(context.afterUnsolicitedByChance)) would. Few crashes are traced, so how many were provoked is not known.",
        context.citations)
    } else if wilson(
      successes: Double(context.afterUnsolicited), trials: Double(context.crashes),
      confidence: HazardDefault.confidence
    ).high >= CrashContextDefault.provoked {
      cannotKnow(
        "crash-after-stranger", .behaviour, .crashAttack,
        "\(context.afterUnsolicited) of \(context.crashes) traced crashes of the first hour came within \(Clause.number(CrashContextDefault.window)) s of an unsolicited packet: too few crashes are traced to say whether packets provoke them."
      )
    } else if context.unsolicitedBefore + context.unsolicitedDuring > 0 || late >= 0.4 {
      add(
        "crash-after-stranger", .behaviour, .crashAttack, .absent,
        Weights(attack: -0.6, overload: 0.3, mixed: -0.2),
        "Only \(context.afterUnsolicited) of \(context.crashes) traced crashes of the first hour came within \(Clause.number(CrashContextDefault.window)) s of an unsolicited packet. Crashes provoked by strangers would need a stranger's packet before each.",
        context.citations)
    }
    if late >= 0.4, context.crashes >= StandingDefault.tracedCrashes {
      add(
        "crash-after-late-answer", .mechanics, .ownOverload, .for,
        Weights(attack: -0.6, overload: 0.9, mixed: 0.2, benign: -0.4),
        "\(context.afterLateAnswer) of \(context.crashes) traced crashes of the first hour came within \(Clause.number(CrashContextDefault.window)) s of a late answer (\(log: context.lateOperation), median \(Clause.number(context.lateMedian / 1000)) s) from the operator's own service.",
        context.citations)
    }
  }
}
