import Correlation
import Records
import Sketches
import Surveys

extension Argument {
  // MARK: - Mechanics of overload and of change

  mutating func weighMechanics() {
    guard let incident = analysis.main else { return }
    if let precursor = analysis.precursors.max(by: { $0.lead > $1.lead }) {
      let routine = precursor.harmlessBefore >= 3
      add(
        "change-before-onset", .timing, .changeFault, .for,
        routine
          ? Weights(overload: 0.1) : Weights(attack: -0.4, overload: 0.5, mixed: -0.1, benign: 0),
        "A \(precursor.step.kind.name) is on record \(Clause.duration(Double(precursor.lead))) before the first harm: \(log: precursor.step.text). \(precursor.harmlessBefore == 0 ? "No earlier one of its kind is in these logs." : "\(precursor.harmlessBefore) earlier one(s) of its kind did no harm, so it is a candidate and no explanation.")",
        precursor.step.citations)
    }
    let kinds = incident.runs
    if let memory = kinds.first(where: { $0.signal.name == EventKind.outOfMemory.name }) {
      add(
        "out-of-memory", .mechanics, .ownOverload, .for,
        Weights(attack: -0.1, overload: 0.3, mixed: 0.1),
        "Programs were killed for lack of memory from \(Clause.instant(memory.onset)).",
        memory.citations)
    }
    if let limit = kinds.first(where: { $0.signal.name == EventKind.exhaustion.name }) {
      add(
        "limit-reached", .mechanics, .ownOverload, .for,
        Weights(overload: 0.25, mixed: 0.2),
        "Limits were reached at \(log: limit.signal.service) from \(Clause.instant(limit.onset)) (\(Clause.number(limit.excess)) records beyond the usual).",
        limit.citations)
    }
    if let notice = analysis.floodNotices.first {
      let service = notice.template.service.isEmpty ? "a host" : notice.template.service
      add(
        "flood-notice", .signature, .floodAttack, .for,
        notice.isTableFull
          ? Weights(attack: 0.15, overload: 0.15, mixed: 0.15)
          : Weights(attack: 0.45, overload: -0.1, mixed: 0.4),
        "\(log: service) says so itself, \(String(notice.during)) times in the incident: \"\(log: String(notice.template.example.prefix(160)))\". \(notice.isTableFull ? "A full table says that very many connections are open, not whose they are." : "A backlog that honest clients overrun is reported in the same words, so this alone settles nothing.")",
        [notice.template.first])
    }
    // Orderly stops or lost sessions just before the harm: capacity went away.
    let stops = analysis.runs.filter {
      $0.signal.kind == .turnover && $0.signal.name == EventKind.stop.name && $0.ratio > 3
        && $0.onset.at <= incident.onset.at + 60 && $0.onset.at > incident.onset.at - 900
    }
    if let stop = stops.first {
      add(
        "orderly-stop", .mechanics, .componentFault, .for,
        Weights(attack: -0.3, overload: 0.4, mixed: -0.1),
        "Programs were stopped in an orderly way at \(Clause.instant(stop.onset)), just before: capacity was taken away by hand or by a supervisor.",
        stop.citations)
    }
    if let lost = kinds.first(where: {
      $0.signal.name == EventKind.lost.name || $0.signal.name == EventKind.failover.name
    }) {
      add(
        "session-lost", .mechanics, .componentFault, .for,
        Weights(attack: -0.1, overload: 0.2, mixed: 0),
        "Components lost each other or changed leadership: \(log: describe(lost)) from \(Clause.instant(lost.onset)).",
        lost.citations)
    }
    let starts = analysis.runs.filter {
      $0.signal.kind == .turnover
        && ($0.signal.name == EventKind.start.name || $0.signal.name == EventKind.restart.name)
        && $0.direction == .up && $0.ratio > 4 && $0.excess >= 20
        && $0.onset.at <= incident.onset.at + 300 && $0.onset.at > incident.onset.at - 7200
        && $0.onset.error <= MechanicsDefault.waveError
    }
    if let wave = starts.first, !(kinds.first?.signal.kind == .crashes) {
      add(
        "restart-wave", .timing, .ownOverload, .for,
        Weights(attack: -0.3, overload: 0.6, mixed: 0),
        "A wave of starts preceded the harm: \(Clause.number(wave.excess)) starts of \(log: wave.signal.service) beyond the usual from \(Clause.instant(wave.onset)). Everyone who starts asks for service at once.",
        wave.citations)
    }
    if !analysis.healthy.isEmpty {
      let names = analysis.healthy.prefix(3).map(\.service)
      var list: Prose = ""
      for (i, name) in names.enumerated() {
        list += i == 0 ? "" : ", "
        list += Prose(log: name)
      }
      add(
        "healthy-services", .mechanics, .floodAttack, .against,
        Weights(attack: -0.1, overload: 0.15),
        "\(analysis.healthy.count) service(s) worked on unharmed (\(list)): a control group on the same network."
      )
    }
    weighProgress(incident)
    // Trigger gone, still down.
    if let first = kinds.first, !first.isOpenEnded,
      incident.end - first.end > max(600, 3 * (first.end - first.onset.at)),
      kinds.count >= 2
    {
      add(
        "trigger-gone", .timing, .ownOverload, .for,
        Weights(overload: 0.2, mixed: 0.25),
        "The first signal was back at its usual level by \(Timestamp(seconds: first.end).clock), but harm went on for \(Clause.duration(Double(incident.end - first.end))): something kept it going that was not the trigger."
      )
      weighMetastability()
    }
  }

  /// Whether what outlasted its trigger has the two other marks of metastability: work that feeds
  /// itself, and a push that ended it.
  ///
  /// Source: N. Bronson et al., *Metastable Failures in Distributed Systems*, HotOS 2021.
  private mutating func weighMetastability() {
    var loops: [String] = []
    if let retry = analysis.retry, retry.attemptsPerSuccessDuring > MechanicsDefault.retries,
      retry.attemptsPerSuccessDuring > MechanicsDefault.retries * retry.attemptsPerSuccessBefore
    {
      loops.append(
        "\(Clause.number(retry.attemptsPerSuccessDuring)) attempts for each success, \(Clause.number(retry.attemptsPerSuccessBefore)) before"
      )
    }
    if let load = analysis.loads.map(\.amplification).max(), load > LoadDefault.notable {
      loops.append("an amplification of \(Clause.factor(load))")
    }
    if let loop = analysis.crashLoop, loop.isLoop { loops.append("crashes after starting again") }
    guard !loops.isEmpty, let cure = analysis.comeback?.cure else { return }
    add(
      "metastable", .mechanics, .ownOverload, .for, Weights(overload: 0.15, mixed: 0.2),
      "It fed itself (\(loops.joined(separator: ", "))), and it ended after a \(cure.kind.name) at \(Timestamp(seconds: cure.from).clock): \(log: cure.text). A state that outlasts its trigger, feeds itself and needs a push to leave is metastable.",
      cure.citations)
  }

  /// How the system fared under what was asked of it.
  private mutating func weighProgress(_ incident: Incident) {
    if let full = analysis.inProgress.first(where: { $0.isBySlowness || $0.isByLoad }) {
      let slow = full.isBySlowness
      let counted = evidence.contains { $0.feature == "slow-first" }
      add(
        "in-progress", .mechanics, slow ? .componentFault : .flashCrowd, .for,
        slow && !counted ? Weights(attack: -0.2, overload: 0.2) : Weights(),
        "Requests in progress at \(log: full.service) rose \(Clause.factor(full.growth)) by \(Timestamp(seconds: full.at).clock), while arrivals were \(Clause.factor(full.arrivals)) and the time of one \(Clause.factor(full.duration)) the usual: \(slow ? "it filled up because it was slow, not because more was asked" : "it filled up because more was asked").",
        [])
    }
    if let full = analysis.ceilings.first {
      add(
        "ceiling", .mechanics, .ownOverload, .for, Weights(overload: 0.15, mixed: 0.15),
        "\(log: full.name) of \(log: full.service) rose from \(Clause.number(full.usual)) to \(Clause.number(full.height)) and stood there from \(Timestamp(seconds: full.from).clock) for \(Clause.duration(Double(full.until - full.from))): a flat top, as of something that is full."
      )
    }
    if let loop = analysis.crashLoop, loop.isLoop {
      add(
        "crash-loop", .mechanics, .ownOverload, .for, Weights(overload: 0.15, mixed: 0.1),
        "Starting again did not help: of \(loop.starts) starts \(loop.crashes) ended in a crash within \(Clause.duration(Double(CrashLoopDefault.young))), of \(loop.actors) actors. Those who had just started crashed \(Clause.number(loop.hazardYoung)) times an hour, those who ran on \(Clause.number(loop.hazardLater)) times."
      )
    }
    if let loop = analysis.serviceLoops.first, analysis.crashLoop == nil {
      add(
        "crash-loop", .mechanics, .componentFault, .for,
        Weights(attack: -0.25, overload: 0.3, mixed: -0.25),
        "\(log: loop.service) crashed and was started by turns: \(Clause.number(loop.crashes)) crashes and \(Clause.number(loop.starts)) starts between them, a crash every \(Clause.duration(loop.interval)) from \(Timestamp(seconds: loop.from).clock). Starting again does not help.",
        loop.citations)
    }
    if let back = analysis.comeback, back.hasHysteresis {
      add(
        "hysteresis", .mechanics, .ownOverload, .for, Weights(overload: 0.1, mixed: 0.1),
        "\(log: back.service) was asked \(Clause.number(back.askedAtOnset)) times a minute when the harm began and \(Clause.number(back.askedAtEnd)) times when it was over: it came back only under \(Clause.percent(back.ratio)) of the load that it had borne before."
      )
    }
    if let outcomes = analysis.outcomes, outcomes.isCollapse {
      let (best, most) = (outcomes.best, outcomes.busiest)
      add(
        "congestive-collapse", .mechanics, .ownOverload, .for, Weights(overload: 0.15, mixed: 0.15),
        "The more \(log: outcomes.service) was asked, the less it served: at most \(Clause.number(best.served)) a minute, of \(Clause.number(best.asked)) asked; when \(Clause.number(most.asked)) were asked, \(Clause.number(most.served))."
      )
    }
    if let outcomes = analysis.outcomes, let excess = outcomes.excess {
      let wrong = excess.invalid >= MechanicsDefault.wrong
      add(
        "what-grew", .behaviour, .floodAttack, wrong ? .for : .against,
        wrong && !hasKnownRequesters ? Weights(attack: 0.15, mixed: 0.1) : Weights(),
        "Of what \(log: outcomes.service) was asked beyond the usual, \(Clause.percent(excess.invalid)) was wrongly asked (malformed, or for what does not exist) and \(Clause.percent(excess.refused)) refused or shed\(wrong ? ": it is not demand that was left unmet" : "")."
      )
    }
    if let schedule = incident.onset.schedule {
      add(
        "on-the-clock", .timing, .changeFault, .for, Weights(),
        "The harm began on the \(schedule.period == 3600 ? "hour" : schedule.period == 1800 ? "half hour" : "quarter of an hour"), which by chance \(Clause.percent(schedule.chance)) of onsets dated as well do: a schedule may have set it off, the operators' or another's."
      )
    }
  }

  // MARK: - Signatures

  mutating func weighSignatures() {
    guard let web = analysis.web else { return }
    let loud = web.probes.filter {
      $0.during >= 50 && $0.during > 5 * max(1, $0.expected) && analysis.main != nil
    }
    let total = web.probes.reduce(UInt64(0)) { $0 &+ $1.tally.hits }
    // What asks with payloads, makes much of all requests and came with the harm is its mechanism.
    let asked = analysis.impact?.attempts ?? 0
    if let worst = loud.max(by: { $0.during < $1.during }),
      worst.during >= ScannerDefault.harmfulShare * asked, asked > 0,
      let first = worst.tally.first?.time.seconds, let main = analysis.main,
      first >= main.onset.earliest - ScannerDefault.before || worst.during >= 20 * worst.expected
    {
      add(
        "probes-do-harm", .signature, .accessAttack, .for,
        Weights(attack: 0.9, overload: -0.8, mixed: 0.5, benign: -0.5),
        "\(worst.probe.title): \(Clause.number(worst.during)) of the \(Clause.number(asked)) requests of the incident bear such payloads, from \(worst.tally.sources.estimate < 1.5 ? "one source" : "some \(Clause.number(worst.tally.sources.estimate)) sources"); they came with the harm and make much of what failed.",
        worst.tally.first.map { [$0] } ?? [])
    } else if let worst = loud.max(by: { $0.during < $1.during }) {
      add(
        "probes-rise", .signature, .accessAttack, .for,
        // One scanner comes and goes as it likes; many at once are a sign.
        worst.tally.sources.estimate >= ScannerDefault.many
          ? Weights(attack: 0.4, overload: -0.1, mixed: 0.3) : Weights(attack: 0.05),
        "\(worst.probe.title): \(Clause.number(worst.during)) requests during the incident where \(Clause.number(worst.expected)) would be its fair share. \(worst.tally.answered) were answered with success.",
        worst.tally.first.map { [$0] } ?? [])
    } else if total > 0 {
      add(
        "probes-background", .signature, .accessAttack, .absent,
        Weights(attack: -0.1, overload: 0.05, benign: 0.1),
        "\(total) requests probe for known weaknesses, as on any public address; they do not rise with the harm, and nothing ties them to what failed.",
        web.probes.compactMap(\.tally.first).prefix(3).map { $0 })
    }
    let hostile = web.scanners.filter { $0.targets.estimate >= 40 }
    if let worst = hostile.first {
      add(
        "scanners", .signature, .accessAttack, .for, Weights(attack: 0.15, benign: 0.05),
        "\(hostile.count) client(s) asked for dozens of things that do not exist; the busiest is \(log: worst.name) with \(Int(clamping: worst.records)) requests. Scans are background unless they do harm.",
        [worst.first])
    }
  }

  // MARK: - Coverage

  mutating func weighCoverage() {
    let coverage = analysis.coverage
    if analysis.main != nil, !analysis.hasBaseline {
      cannotKnow(
        "baseline", .timing, .loggingFault,
        "The logs hold little or nothing from before the onset: what is usual can only be guessed.")
    }
    let wanted: [(Role, HypothesisID, String)] = [
      (
        .client, .crashAttack,
        "client logs (crash reports with versions, and what was received before)"
      ),
      (
        .support, .firstServiceAttack,
        "logs of the supporting services (queues, latency, who asked)"
      ),
    ]
    let peers =
      coverage.rolesPresent.contains(.supernode) || coverage.rolesPresent.contains(.client)
    for (role, hypothesis, what) in wanted
    where peers && analysis.main != nil && !coverage.rolesPresent.contains(role) {
      cannotKnow(
        "missing-\(role.rawValue)", .population, hypothesis, "There are no \(what).")
    }
    if analysis.main != nil, coverage.isBlindAtOnset {
      for hypothesis in [HypothesisID.floodAttack, .accessAttack] {
        cannotKnow(
          "blind-at-onset", .population, hypothesis,
          "All \(coverage.witnesses) source(s) that tell who asked fall silent at the onset: nobody saw the requests of the time that matters."
        )
      }
    }
    if coverage.damaged > 0 {
      cannotKnow(
        "damaged-input", .harm, .loggingFault,
        "Input is damaged in \(coverage.damaged) place(s); what stood there is unknown.")
    }
    if let first = analysis.main?.runs.first, first.signal.kind == .latency {
      cannotKnow(
        "first-cause", .mechanics, .firstServiceAttack,
        "Why \(log: first.signal.service) slowed down is not settled by these logs: nothing in them tells a change, a fault or hostile load of that service apart. Its own cause stays open."
      )
    }
  }
}

public enum ScannerDefault {
  /// Sources of one kind of probe from which their rise is more than one scanner's whim.
  public static let many = 5.0
  /// Share of the incident's requests from which probes are no background but what does the harm, and
  /// how long before it, seconds, they may begin.
  public static let harmfulShare = 0.2
  public static let before: Int64 = 900
}

public enum MechanicsDefault {
  /// A wave of starts came before the harm only if it is dated this well, seconds.
  public static let waveError = 900.0
  /// Attempts for each success from which retries feed a failure.
  public static let retries = 1.5
  /// Share of the excess that is wrongly asked, from which it is no unmet demand.
  public static let wrong = 0.5
}
