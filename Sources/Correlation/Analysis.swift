import Records
import Sketches
import Statistics
public import Surveys

/// Everything that the merged survey tells, before anyone judges it. A pure function of the survey
/// and of what the people of the case said.
public struct Analysis: Sendable {
  public var frame: CaseFrame
  public var signals: [Signal]
  /// All runs away from the usual, harm or not, by onset.
  public var runs: [Run]
  /// Heaviest first.
  public var incidents: [Incident]
  /// The window that populations, hazards and losses are taken over: the main incident, or, where
  /// there is none, the second half of the frame.
  public var onset: Int64
  public var end: Int64
  public var phases: [Phase]
  public var hazards: [HazardTable]
  /// Crash by role, platform, region and segment within the commonest crashed version.
  public var withinVersion: [HazardTable]
  public var roleWithinVersion: HazardTable? { withinVersion.first { $0.dimension == "role" } }
  public var losses: [NodeLosses]
  public var loads: [SurvivorLoad]
  public var populations: [PopulationShift]
  /// What requests are made up of.
  public var mixes: [MixShift]
  public var joinWaves: [JoinWave]
  public var retry: RetryBehaviour?
  /// How those who ask keep time.
  public var rhythms: Rhythms?
  /// One address that outdid all others for a while.
  public var loneBurst: LoneBurst?
  /// How answers are made up.
  public var outcomes: OutcomeMix?
  /// How long operations took.
  public var latencyShifts: [LatencyShift]
  /// Services that had far more in progress.
  public var inProgress: [InProgress]
  /// Numbers that stood at a height when the harm began.
  public var ceilings: [Ceiling]
  public var crashLoop: CrashLoop?
  /// Services that crash and start over and over.
  public var serviceLoops: [ServiceLoop]
  /// What could be borne when the harm ended.
  public var comeback: Comeback?
  public var crashContext: CrashContext?
  public var guessing: Guessing?
  /// What the main incident did to those who asked.
  public var impact: Impact?
  /// Notices of floods that come with the main incident.
  public var floodNotices: [FloodNotice]
  /// Stretches in which far more was asked, with harm or without.
  public var surges: [Surge]
  /// Parts of what is alike, by their share of the main incident's bad records.
  public var cohorts: [Cohort]
  /// Those that explain most of them.
  public var sick: [Cohort] { cohorts.filter(\.isSick) }
  public var steps: [OperatorStep]
  public var served: ServedLevel?
  /// How it came back.
  public var returning: ReturnCourse?
  public var coverage: CoverageReport
  public var web: WebBehaviour?
  /// Services that were used during the incident and show no harm.
  public var healthy: [HealthyService]
  public var segments: [SegmentImpact]
  /// Earlier runs like the main incident's first, which no other harm followed: the trigger alone
  /// does not do it.
  public var recurrences: [Run] {
    guard let main, let first = main.runs.first else { return [] }
    let earlier = runs.filter {
      $0.signal.id == first.signal.id && $0.direction == first.direction
        && $0.end <= main.onset.at - AnalysisDefault.recurrenceGap
        && $0.ratio >= AnalysisDefault.recurrenceRatio * first.ratio
    }
    return earlier.filter { run in
      !runs.contains {
        $0.isHarm && $0.signal.id != run.signal.id && $0.onset.at >= run.onset.at
          && $0.onset.at <= run.end + AnalysisDefault.precursorSeconds
      }
    }
  }
  /// Which services ask which.
  public var links: [ServiceLink]
  /// What the main incident cost of what objectives allow.
  public var burns: [ObjectiveBurn]
  /// Where both ends of a link came to harm.
  public var passages: [Passage] {
    Correlation.passages(links, main, healthy: healthy.map(\.service), frame: frame)
  }
  /// Kinds of message before and during the main incident.
  public var templates: TemplateComparison?
  /// Numbers in messages that the main incident moved.
  public var valueShifts: [ValueShift]
  /// Steps that came shortly before the onset, and whether their like did no harm earlier.
  public var precursors: [Precursor]

  public var main: Incident? { incidents.first }
  public var hoursBefore: Double { Double(onset - frame.start) / 3600 }
  public var hasBaseline: Bool {
    Double(onset - frame.start) >= Double(frame.span) * PopulationDefault.leastBaselineShare
      && onset - frame.start >= 5 * frame.width
  }

  /// The surge in which the main incident's harm began; one that came after it is its consequence:
  /// who fails tries again. Where a part of what is alike has all the trouble, load is not what did it.
  public var surgeBeforeHarm: Surge? {
    guard let main, sick.isEmpty else { return nil }
    return surges.first { $0.perMinuteAtHarm != nil && $0.onset.at <= main.onset.latest }
  }

  /// Whether the harm is that services fell silent and nothing failed: what did not arrive wrote no
  /// record, so those who did arrive tell nothing of who was kept out, or by what.
  public var isSilenceAlone: Bool {
    guard let main else { return false }
    let told: Set<SignalKind> = [.failures, .errors, .latency, .crashes]
    return main.runs.contains { $0.signal.kind == .volume && $0.direction == .down }
      && !main.runs.contains { told.contains($0.signal.kind) }
  }

  /// The surge of rejections that guessing by many sources makes, if there is one.
  public var guessingSurge: Run? {
    guard let spread = guessing?.spread else { return nil }
    return runs.filter {
      $0.signal.kind == .rejections && $0.direction == .up && $0.ratio >= IncidentDefault.leastRatio
        && $0.strength >= 2 * IncidentDefault.leastStrength
        && $0.onset.at <= spread.to && $0.end >= spread.from
    }.max { $0.strength < $1.strength }
  }

  public func firstRun(_ kind: SignalKind, where test: (Run) -> Bool = { _ in true }) -> Run? {
    main?.runs.first { $0.signal.kind == kind && test($0) }
  }
}

/// A service that worked on.
public struct HealthyService: Sendable {
  public var service: String
  public var attempts: Double
  public var successShare: Double
  public var successShareBefore: Double
}

/// How a customer segment fared.
public struct SegmentImpact: Sendable {
  public var segment: String
  /// Actors of the segment under observation.
  public var observed: Int
  /// Those with a crash or a bad outcome during the incident.
  public var affected: Int
  public var crashed: Int
  /// Minutes of trouble of all affected whose activity is kept over time, and how many these are.
  public var exposureMinutes: Double
  public var exposed: Int
  public var low: Double
  public var high: Double
  public var share: Double
}

/// A change shortly before the onset.
public struct Precursor: Sendable {
  public var step: OperatorStep
  /// Seconds from the step to the onset.
  public var lead: Int64
  /// Steps of the same kind earlier in the logs without an incident within the hour.
  public var harmlessBefore: Int
}

public enum AnalysisDefault {
  /// A change this long before the onset is a candidate for its cause.
  public static let precursorSeconds: Int64 = 3600
  /// An earlier run counts as the same trigger if it ended so long before the onset and reached so
  /// much of its ratio to the usual.
  public static let recurrenceGap: Int64 = 1800
  public static let recurrenceRatio = 0.6
  /// Actors that crash within this time before the dated onset belong to the incident.
  public static let marginSeconds: Int64 = 120
}

/// - Returns: `nil` for a survey without timed records.
/// - Complexity: linear in the size of the survey, times the number of analyses.
public func analyse(_ survey: Survey, knowledge: CaseKnowledge) -> Analysis? {
  guard let frame = CaseFrame(survey) else { return nil }
  let all = signals(of: survey, in: frame)
  var volume = [Double](repeating: 0, count: frame.count)
  for series in survey.fine.entries where series.key.dimension == .role {
    frame.add(series.cells, to: &volume)
  }
  var baseline: Range<Int>?
  if let asked = knowledge.baseline {
    let from = frame.index(ofSecond: asked.from.seconds) ?? 0
    let to = frame.index(ofSecond: asked.to.seconds) ?? frame.count
    if from < to { baseline = from..<to }
  }
  let finder = RunFinder(frame: frame, volume: volume, baseline: baseline)
  var runs: [Run] = []
  for signal in all {
    switch signal.kind {
    case .latency, .actors: runs += finder.meanRuns(signal)
    case .gauge:
      // Users and sessions that are served: a fall of theirs is harm by itself.
      let last = signal.name.split(separator: ".").last.map(String.init) ?? ""
      if RecoveryDefault.levels.contains(last.lowercased()) { runs += finder.falls(signal) }
    case .volume:
      runs += finder.countRuns(signal)
      runs += finder.silences(signal)
    default: runs += finder.countRuns(signal)
    }
  }
  runs.sort {
    $0.onset.at == $1.onset.at ? $0.signal.id < $1.signal.id : $0.onset.at < $1.onset.at
  }
  var steps = operatorSteps(survey, knowledge: knowledge)
  let links = serviceLinks(survey, told: knowledge.topology)
  var found = incidents(from: runs, frame: frame, steps: steps)
  for i in found.indices { found[i].putAskedFirst(links) }
  let onset = found.first?.onset.at ?? frame.start + frame.span / 2
  let end = found.first.map { max($0.end, $0.onset.at + frame.width) } ?? frame.end
  let from = onset - AnalysisDefault.marginSeconds

  let served = servedLevel(survey, frame: frame, knowledge: knowledge, onset: onset, end: end)

  // Hazards: actors under observation before the onset, whether a crash or a failure befell them.
  let watched = survey.population.actors {
    $0.kind == .node && $0.firstVersioned.isKnown && $0.firstVersioned.seconds < from
  }.sorted { $0.id < $1.id }
  var hazards: [HazardTable] = []
  let crashed = { (actor: Actor) in actor.crashed(from: from, to: end) }
  for (dimension, value) in [
    ("version", { (a: Actor) in a.version.value }), ("platform", { $0.platform.value }),
    ("segment", { $0.segment.value }), ("region", { $0.region.value }),
  ] {
    if let table = hazardTable(
      dimension: dimension, event: "crash", exposed: watched, affected: crashed, value: value)
    {
      hazards.append(table)
    }
  }
  let sick = hazards.first { $0.dimension == "version" }?.rows.first?.value ?? ""
  let within = watched.filter { $0.version.value == sick }
  let withinVersion: [HazardTable] = [
    ("role", { (a: Actor) in a.has(.supernode) ? "supernode" : "ordinary" }),
    ("platform", { $0.platform.value }), ("region", { $0.region.value }),
    ("segment", { $0.segment.value }),
  ].compactMap { dimension, value in
    hazardTable(
      dimension: dimension, event: "crash", exposed: within, affected: crashed, value: value)
  }

  var losses: [NodeLosses] = []
  var loads: [SurvivorLoad] = []
  for role in NodeDefault.roles {
    if let loss = nodeLosses(survey, frame: frame, role: role, onset: from, end: end) {
      losses.append(loss)
    }
    let services = servicesOfRole(survey, role)
    if let load = survivorLoad(
      survey, frame: frame, role: role, services: services,
      serving: losses.last { $0.role == role }?.serving ?? [], onset: onset, end: end)
    {
      loads.append(load)
    }
  }
  var populations: [PopulationShift] = []
  for (kind, role) in [
    (ActorKind.node, Role?.some(.client)), (.node, .some(.supernode)), (.node, nil),
    (.address, nil), (.user, nil),
  ] {
    if let shift = populationShift(
      survey, frame: frame, kind: kind, role: role, onset: from, end: end, place: knowledge.place),
      shift.before + shift.during >= PopulationDefault.leastActors
    {
      populations.append(shift)
    }
  }
  var operationNames: [UInt64: String] = [:]
  for series in survey.fine.entries where series.key.dimension == .operation {
    operationNames[
      foldedMultiply(
        fingerprint(series.key.detail, seed: 1), fingerprint(series.key.label, seed: 1) | 1)] =
      series.key.detail
  }
  let context = crashContext(
    survey, operations: operationNames, from: from,
    to: min(end, onset + CrashContextDefault.firstSeconds),
    watched: Set(watched.filter { !$0.firstServing.isKnown }.map(\.id)),
    baselineHours: Double(onset - frame.start) / 3600,
    incidentHours: Double(end - onset) / 3600)

  // Steps and what they did.
  var quantities: [(quantity: String, isHarm: Bool, signal: Signal)] = []
  for signal in all {
    switch signal.kind {
    case .failures where signal.total >= 50:
      quantities.append(("failed operations of \(signal.service)", true, signal))
    case .rejections where signal.total >= 50:
      quantities.append(("rejections by \(signal.service)", true, signal))
    case .distress where signal.total >= 20:
      quantities.append(("\(signal.name) records of \(signal.service)", true, signal))
    case .volume where signal.total >= 500:
      quantities.append(("records of \(signal.service)", false, signal))
    default: break
    }
  }
  for series in successSignals(survey, frame: frame) {
    quantities.append(("successful operations of \(series.service)", false, series))
  }
  if let served, served.isGauge,
    let gauge = all.first(where: { $0.kind == .gauge && $0.name == served.name })
  {
    quantities.append(("users online by \(served.name)", false, gauge))
  }
  for i in steps.indices where steps[i].kind != .statement && steps[i].kind != .alarm {
    steps[i].effects = Array(stepEffects(of: steps[i], on: quantities, frame: frame).prefix(8))
  }
  let precursors = steps.compactMap { step -> Precursor? in
    guard !found.isEmpty, [.deploy, .configuration, .redeployment, .failover].contains(step.kind)
    else { return nil }
    let lead = onset - step.from
    guard lead >= 0, lead <= AnalysisDefault.precursorSeconds else { return nil }
    let harmless = steps.count {
      $0.kind == step.kind && $0.from < onset - AnalysisDefault.precursorSeconds
    }
    return Precursor(step: step, lead: lead, harmlessBefore: harmless)
  }

  // The time before, as told or from the beginning.
  let before = baseline.map { frame.second(ofIndex: $0.lowerBound) } ?? frame.start
  let retry = retryBehaviour(survey, onset: onset, end: end)
  return Analysis(
    frame: frame, signals: all, runs: runs, incidents: found, onset: onset, end: end,
    phases: found.first.map { phases(of: $0, frame: frame, served: served, steps: steps) } ?? [],
    hazards: hazards, withinVersion: withinVersion, losses: losses, loads: loads,
    populations: populations,
    mixes: found.isEmpty
      ? []
      : trafficMix(survey, frame: frame, from: before, onset: onset, end: end),
    joinWaves: NodeDefault.roles.flatMap {
      joinWaves(survey, frame: frame, role: $0, steps: steps)
    }, retry: retry,
    rhythms: found.isEmpty
      ? nil
      : rhythms(
        survey, onset: onset, end: end, timer: retry.flatMap { $0.hasTimer ? $0.modalGap : nil }),
    loneBurst: loneBurst(survey, frame: frame),
    outcomes: found.isEmpty
      ? nil : outcomeMix(survey, all, frame: frame, from: before, onset: onset, end: end),
    latencyShifts: found.isEmpty
      ? [] : latencyShifts(survey, frame: frame, from: before, onset: onset, end: end),
    inProgress: found.first.map { incident in
      inProgress(
        survey, frame: frame, from: before, onset: onset, end: end,
        harmed: Set(incident.runs.map(\.signal.service)))
    } ?? [],
    ceilings: found.first.map {
      ceilings(all, frame: frame, from: before, onset: $0.onset, end: end)
    } ?? [],
    crashLoop: found.isEmpty ? nil : crashLoop(survey, onset: from, end: end),
    serviceLoops: found.isEmpty ? [] : serviceLoops(survey, frame: frame, onset: from, end: end),
    comeback: comeback(all, steps, found.first, frame: frame),
    crashContext: context, guessing: guessing(survey, services: []),
    impact: found.isEmpty
      ? nil : impact(survey, all, frame: frame, onset: onset, end: end),
    floodNotices: found.isEmpty
      ? [] : floodNotices(survey, frame: frame, onset: onset, end: end),
    surges: surges(all, frame: frame, harm: found.isEmpty ? nil : onset),
    cohorts: found.isEmpty ? [] : Correlation.cohorts(survey, frame: frame, onset: onset, end: end),
    steps: steps, served: served,
    returning: served.flatMap { served in
      found.isEmpty
        ? nil
        : returnCourse(
          served, all,
          hasLimits: steps.contains {
            $0.kind == .throttle && $0.from >= onset && $0.from <= end
          }, frame: frame)
    },
    coverage: coverage(survey, frame: frame, onset: found.isEmpty ? nil : onset),
    web: webBehaviour(survey, frame: frame, onset: from, end: end),
    healthy: healthyServices(
      all, successSignals(survey, frame: frame), found.first, frame: frame),
    segments: segmentImpacts(watched, frame: frame, from: from, to: end),
    links: links,
    burns: found.isEmpty
      ? []
      : objectiveBurns(knowledge.objectives, all, frame: frame, onset: onset, end: end),
    templates: found.isEmpty
      ? nil : templateChanges(survey, frame: frame, onset: onset, end: end),
    valueShifts: found.isEmpty
      ? [] : valueShifts(survey, frame: frame, onset: onset, end: end),
    precursors: precursors)
}

/// Services whose records come from sources of a role.
func servicesOfRole(_ survey: Survey, _ role: Role) -> Set<String> {
  var result: Set<String> = []
  for account in survey.accounts.values where account.role == role {
    result.insert(account.service)
  }
  for series in survey.fine.entries
  where series.key.dimension == .event && series.key.detail == role.rawValue {
    result.insert(series.key.label)
  }
  return result
}

/// Successful operations by service.
func successSignals(_ survey: Survey, frame: CaseFrame) -> [Signal] {
  survey.fine.entries.filter {
    $0.key.dimension == .outcome && $0.key.kind == Outcome.success.rawValue
      && $0.cells.total >= 50
  }.sorted { $0.key.label < $1.key.label }.map { series in
    Signal(
      id: "success/\(series.key.label)", kind: .volume, service: series.key.label, name: "success",
      role: .unknown, values: frame.dense(series.cells), attempts: [], isMean: false, series: [])
  }
}

func healthyServices(
  _ signals: [Signal], _ successes: [Signal], _ incident: Incident?, frame: CaseFrame
) -> [HealthyService] {
  guard let incident else { return [] }
  let harmed = Set(incident.runs.map(\.signal.service))
  let within = frame.indices(from: incident.onset.at, to: incident.end)
  var attempts: [String: [Double]] = [:]
  var bad: [String: [Double]] = [:]
  // Only services with outcomes say whether they worked; errors are a share of mere records.
  for signal in signals where !signal.attempts.isEmpty && signal.kind != .errors {
    attempts[signal.service] = signal.attempts
    let old = bad[signal.service] ?? [Double](repeating: 0, count: frame.count)
    bad[signal.service] = zip(old, signal.values).map(+)
  }
  // Where nothing ever failed, there is no signal of it.
  for success in successes where attempts[success.service] == nil {
    attempts[success.service] = success.values
    bad[success.service] = [Double](repeating: 0, count: frame.count)
  }
  return attempts.keys.sorted().compactMap { service in
    guard !harmed.contains(service), let tries = attempts[service], let failed = bad[service],
      !within.isEmpty
    else { return nil }
    let during = tries[within].reduce(0, +)
    let before = tries[..<within.lowerBound].reduce(0, +)
    guard during >= 30 else { return nil }
    let share = 1 - failed[within].reduce(0, +) / during
    guard share >= 0.9 else { return nil }
    return HealthyService(
      service: service, attempts: during, successShare: share,
      successShareBefore: before > 0 ? 1 - failed[..<within.lowerBound].reduce(0, +) / before : .nan
    )
  }
}

func segmentImpacts(
  _ watched: [Actor], frame: CaseFrame, from: Int64, to: Int64
) -> [SegmentImpact] {
  let blocks = frame.blocks(from: from, to: to)
  var exposures: [String: (minutes: Double, actors: Int)] = [:]
  var counts: [String: (n: Int, affected: Int, crashed: Int)] = [:]
  for actor in watched where !actor.segment.value.isEmpty {
    let crashed = actor.crashed(from: from, to: to)
    let bad =
      actor.activity.contains {
        $0.bad > 0
      } && actor.last.seconds >= from && actor.failures > 0
    counts[actor.segment.value, default: (0, 0, 0)].n += 1
    if crashed || bad { counts[actor.segment.value, default: (0, 0, 0)].affected += 1 }
    if crashed { counts[actor.segment.value, default: (0, 0, 0)].crashed += 1 }
    let minutes = actor.exposureMinutes(blocks, width: frame.coarseWidth)
    if minutes > 0 {
      exposures[actor.segment.value, default: (0, 0)].minutes += minutes
      exposures[actor.segment.value]?.actors += 1
    }
  }
  return counts.keys.sorted().map { key in
    let n = counts[key] ?? (0, 0, 0)
    let interval = wilson(
      successes: Double(n.affected), trials: Double(n.n), confidence: HazardDefault.confidence)
    return SegmentImpact(
      segment: key, observed: n.n, affected: n.affected, crashed: n.crashed,
      exposureMinutes: exposures[key]?.minutes ?? 0, exposed: exposures[key]?.actors ?? 0,
      low: interval.low, high: interval.high, share: n.n == 0 ? 0 : Double(n.affected) / Double(n.n)
    )
  }
}
