public import Records
import Sketches

/// What holds for every record of a source unless the record says otherwise.
///
/// A class: every record is handed one, and it is copied into closures; that costs one count then.
public final class SourceContext: Sendable {
  public let id: UInt64
  public let label: String
  public let role: Role
  public let host: [UInt8]
  public let service: [UInt8]
  /// Identities of host and service, as a record that names them would give.
  let hostID: UInt64
  let serviceID: UInt64

  public init(label: String, role: Role, host: String, service: String) {
    id = fingerprint(label)
    self.label = label
    self.role = role
    let (hostBytes, serviceBytes) = (Array(host.utf8), Array(service.utf8))
    hostID = hostIdentity(host)
    serviceID = fingerprint(serviceBytes.span, seed: 1)
    self.host = hostBytes
    self.service = serviceBytes
  }
}

/// The identity that sightings and clocks know a host by.
public func hostIdentity(_ name: String) -> UInt64 {
  let bytes = Array(name.utf8.prefix(SurveyLimits.labelBytes))
  return fingerprint(bytes.span, seed: 1)
}

/// The part of time that is asked for. Either end may be open.
public struct TimeWindow: Sendable, Equatable {
  public var since: Timestamp
  public var until: Timestamp
  public static let all = TimeWindow(since: .unknown, until: .unknown)

  public init(since: Timestamp, until: Timestamp) {
    self.since = since
    self.until = until
  }

  /// Since is part of the window, until is not.
  @inlinable public func holds(_ time: Timestamp) -> Bool {
    (!since.isKnown || time >= since) && (!until.isKnown || time < until)
  }
}

/// Folds records into a survey: one for each worker.
///
/// Holds the scratch memory that a worker needs, so that a record costs no allocation once its
/// actors, series and templates are known.
public struct Surveyor: Sendable {
  private var survey: Survey
  private let window: TimeWindow
  /// How far the clocks of hosts are ahead by the times that they show, by fingerprint of the name.
  private let clocks: [UInt64: ClockCourse]
  private var scope = Scope()
  private var mask = TemplateMask()
  private var probes = ProbeScanner()
  /// Meaning of event names, by fingerprint. A memo, not part of the survey.
  private var words: [UInt64: (kind: EventKind, outcome: Outcome)] = [:]
  /// Meaning of masked messages, by fingerprint. Likewise.
  private var wordings: [UInt64: (kind: EventKind, outcome: Outcome)] = [:]
  private static let wordsLimit = 4096

  private var clock = ClockWatch()
  private var isInBlock = false

  /// What is the same for all records of the source being read, and that source's account.
  ///
  /// A worker's own copies: were the names those of the shared context, each record of each worker
  /// would count references to the same objects, and the cores would wait for each other.
  private struct Scope {
    var id: UInt64 = 0
    var role = Role.unknown
    var roleRaw: UInt64 = 0
    var hostID: UInt64 = 0
    var serviceID: UInt64 = 0
    var host = ""
    var service = ""
    var account = SourceAccount(id: 0, label: "")
    var hasAccount = false
  }

  /// - Parameter clocks: how far hosts' clocks are ahead, by the identity that sightings give them
  ///   and by the times that they show; their records are set back by it.
  public init(
    window: TimeWindow = .all, limits: SurveyLimits = .standard,
    clocks: [UInt64: ClockCourse] = [:]
  ) {
    self.window = window
    self.clocks = clocks
    survey = Survey(limits: limits)
  }

  /// Hands the survey over and begins anew.
  public mutating func finish() -> Survey {
    leave()
    survey.traces.settle()
    survey.encounters.settle()
    let result = survey
    survey = Survey(limits: result.limits)
    return result
  }

  /// Adds a source's account as known to its reader.
  public mutating func account(_ account: SourceAccount) { survey.account(account) }

  // MARK: - Sources

  /// Says that the records that follow come in the order of their source, up to the next call.
  public mutating func beginBlock() {
    clock = ClockWatch()
    isInBlock = true
  }

  @inline(__always)
  private mutating func enter(_ source: SourceContext) {
    if scope.hasAccount, scope.id == source.id { return }
    change(to: source)
  }

  @inline(never)
  private mutating func change(to source: SourceContext) {
    leave()
    scope.id = source.id
    scope.role = source.role
    scope.roleRaw = UInt64(Surveyor.number(of: source.role))
    scope.hostID = source.hostID
    scope.serviceID = source.serviceID
    scope.host = String(decoding: source.host, as: UTF8.self)
    scope.service = String(decoding: source.service, as: UTF8.self)
    scope.account = SourceAccount(id: source.id, label: source.label)
    scope.hasAccount = true
  }

  private mutating func leave() {
    guard scope.hasAccount else { return }
    survey.account(scope.account)
    scope.account = SourceAccount(id: 0, label: "")
    scope.hasAccount = false
  }

  // MARK: - Frames that are no records

  /// Counts a frame that did not parse.
  public mutating func reject(
    _ outcome: ParseOutcome, _ frame: Span<UInt8>, in source: SourceContext,
    at position: FramePosition
  ) {
    enter(source)
    switch outcome {
    case .parsed: break
    case .ignored: scope.account.ignored &+= 1
    case .notThisFormat, .badTimestamp:
      countUnparsed(frame, at: position, hasBadTime: outcome == .badTimestamp)
    }
  }

  private mutating func countUnparsed(
    _ frame: Span<UInt8>, at position: FramePosition, hasBadTime: Bool
  ) {
    scope.account.unparsed &+= 1
    if hasBadTime { scope.account.badTimestamps &+= 1 }
    if scope.account.examples.count < SourceAccount.exampleLimit
      || position.offset < (scope.account.examples.last?.position ?? 0)
    {
      scope.account.addExample(
        Unparsed(
          position: position.offset, line: position.line,
          text: Surveyor.excerpt(frame, 0, min(frame.count, Unparsed.textLimit))))
    }
  }

  // MARK: - Records

  /// - Parameters:
  ///   - frame: the record's bytes as they stand in the source.
  ///   - position: of the frame's first byte.
  public mutating func observe(
    _ record: borrowing LogRecord, frame: Span<UInt8>, in source: SourceContext,
    at position: FramePosition
  ) {
    enter(source)
    if record.usesDecoded {
      let decoded = record.decoded
      observe(record, text: decoded.span, frame: frame, at: position)
    } else {
      observe(record, text: frame, frame: frame, at: position)
    }
  }

  private mutating func observe(
    _ record: borrowing LogRecord, text: Span<UInt8>, frame: Span<UInt8>,
    at position: FramePosition
  ) {
    var time = record.time
    if !clocks.isEmpty, time.isKnown,
      let course = clocks[record[.host].isEmpty ? scope.hostID : hash(text, record[.host])]
    {
      time = course.corrected(time)
    }
    guard window.holds(time) else {
      scope.account.outside &+= 1
      return
    }
    guard time.isKnown, let fineBucket = survey.fineGrid.bucket(ofSecond: time.seconds),
      let coarseBucket = survey.coarseGrid.bucket(ofSecond: time.seconds)
    else {
      countUnparsed(frame, at: position, hasBadTime: true)
      return
    }
    // Actors are many and lie anywhere: their memory is asked for here and used at the end.
    var who = who(text, record)
    if who.id != 0 { survey.population.prefetchEntry(who.id) }
    var fine = fineBucket
    var coarse = coarseBucket
    if survey.fineGrid.occupy(fine) {
      while !survey.fineGrid.isWithinCapacity { survey.coarsenFine() }
      fine = survey.fineGrid.bucket(ofSecond: time.seconds) ?? fine
    }
    if survey.coarseGrid.occupy(coarse) {
      while !survey.coarseGrid.isWithinCapacity {
        let factor = survey.coarsenCoarse()
        scope.account.activity.coarsen(by: factor)
      }
      coarse = survey.coarseGrid.bucket(ofSecond: time.seconds) ?? coarse
    }
    scope.account.records &+= 1
    scope.account.note(time)
    if isInBlock, let step = clock.see(record.time, line: position.line) {
      scope.account.note(step)
    }
    scope.account.activity.add(at: coarse)

    let exemplar = Exemplar(
      time: time, source: scope.id, offset: position.offset, line: position.line,
      digest: fingerprint(frame))
    let hasService = !record[.service].isEmpty
    let serviceID = hasService ? hash(text, record[.service]) : scope.serviceID
    let isWeb = record.status >= 0 && !record[.target].isEmpty

    // What the words mean.
    var kind = EventKind.none
    var outcome = record.outcome
    if !isWeb {
      var implied = Outcome.unknown
      if !record[.operation].isEmpty {
        (kind, implied) = meaning(text, record)
      }
      if !record[.message].isEmpty {
        let found = template(
          text, record, serviceID, exemplar, coarse, isPlain: record[.operation].isEmpty)
        if kind == .none { kind = found.kind }
        if implied == .unknown { implied = found.outcome }
      }
      if outcome == .unknown { outcome = implied }
    }
    if isWeb, record.status == 200, record[.operation].count == 4,
      Surveyor.isRefusedLogin(text.extracting(Surveyor.clamped(record[.target], text.count)))
    {
      outcome = .rejected
    }
    if outcome == .rejected, who.id == 0 || who.kind == .user, !record[.message].isEmpty {
      who = refused(text, record) ?? who
    }
    let isBad =
      outcome == .failure || outcome == .timeout || outcome == .rejected
      || record.severity >= .error

    // Series.
    // Few, and what tells the case's extent: small identities are within every sample.
    let role = key(.role, scope.roleRaw, 0) >> 40
    if !counted(role, fine), survey.fine.keeps(role) {
      begin(role, SeriesKey(.role, scope.role.rawValue), fine)
    }
    if outcome != .unknown {
      let id = key(.outcome, serviceID, UInt64(outcome.rawValue))
      if outcome == .success {
        if !counted(id, fine), survey.fine.keeps(id) {
          begin(
            id, SeriesKey(.outcome, serviceName(text, record), kind: outcome.rawValue), fine)
        }
      } else if !counted(id, fine, exemplar), survey.fine.keeps(id) {
        begin(
          id, SeriesKey(.outcome, serviceName(text, record), kind: outcome.rawValue), fine,
          exemplar)
      }
    }
    if record.severity != .unknown || outcome == .unknown {
      let id = key(.severity, serviceID, UInt64(record.severity.rawValue))
      if record.severity >= .error {
        if !counted(id, fine, exemplar), survey.fine.keeps(id) {
          begin(
            id, SeriesKey(.severity, serviceName(text, record), kind: record.severity.rawValue),
            fine, exemplar)
        }
      } else if !counted(id, fine), survey.fine.keeps(id) {
        begin(
          id, SeriesKey(.severity, serviceName(text, record), kind: record.severity.rawValue),
          fine)
      }
    }
    if kind != .none {
      let id = key(
        .event, serviceID ^ (scope.roleRaw &* 0x9e37_79b9), UInt64(kind.rawValue))
      if !counted(id, fine, exemplar), survey.fine.keeps(id) {
        begin(
          id,
          SeriesKey(
            .event, serviceName(text, record), scope.role.rawValue, kind: kind.rawValue),
          fine, exemplar)
      }
    }
    if record.status >= 0 {
      let family = UInt64(max(0, min(9, record.status / 100)))
      let id = key(.status, serviceID, family)
      if !counted(id, fine), survey.fine.keeps(id) {
        begin(id, SeriesKey(.status, serviceName(text, record), kind: UInt8(family)), fine)
      }
    }
    let flags = CohortFlags(
      bad: isBad, crash: kind == .crash || kind == .outOfMemory,
      start: kind == .start || kind == .restart)
    if record[.host].isEmpty {
      cohort(.host, scope.hostID, ByteRange(), text, fine, flags)
    } else {
      cohort(.host, hash(text, record[.host]), record[.host], text, fine, flags)
    }
    cohort(text, record[.version], .version, fine, flags)
    cohort(text, record[.platform], .platform, fine, flags)
    cohort(text, record[.segment], .segment, fine, flags)
    cohort(text, record[.region], .region, fine, flags)

    if who.id != 0 { survey.population.prefetchActor(who.id) }

    // Operations, agents, probes.
    var operationID: UInt64 = 0
    if isWeb {
      let method = text.extracting(Surveyor.clamped(record[.operation], text.count))
      let target = text.extracting(Surveyor.clamped(record[.target], text.count))
      let isInvalid = record.outcome == .invalid
      operationID = WebOperation.identity(
        method: method, target: target, isInvalid: isInvalid, seed: serviceID)
      let id = key(.operation, operationID, UInt64(outcome.rawValue))
      if !countedCoarse(id, coarse), survey.coarse.keeps(id) {
        let name = WebOperation.name(method: method, target: target, isInvalid: isInvalid)
        beginCoarse(
          id,
          SeriesKey(.operation, serviceName(text, record), name, kind: outcome.rawValue), coarse)
      }
      if !record[.agent].isEmpty {
        let agentID = hash(text, record[.agent])
        agent(text, record[.agent], agentID, .all, coarse)
        if isBad { agent(text, record[.agent], agentID, .bad, coarse) }
      }
      probe(text, record, exemplar, coarse)
    } else if !record[.operation].isEmpty {
      operationID = foldedMultiply(hash(text, record[.operation]), serviceID | 1)
      let id = key(.operation, operationID, UInt64(outcome.rawValue))
      if !counted(id, fine), survey.fine.keeps(id) {
        begin(
          id,
          SeriesKey(
            .operation, serviceName(text, record), Surveyor.label(text, record[.operation]),
            kind: outcome.rawValue), fine)
      }
    }

    // Numbers.
    if record.gaugeCount > 0 {
      gauges(text, record, operationID == 0 || isWeb ? serviceID : operationID, isWeb, fine)
    }
    if record.bytes > 0, outcome != .unknown { sent(record.bytes, text, record, serviceID, fine) }
    // What is refused or fails at once is fast: it says nothing of how long the work takes.
    if record.latencyMicroseconds >= 0, outcome != .rejected, outcome != .failure {
      latency(text, record, serviceID, operationID, isWeb, fine, coarse)
    }

    if record.port > 0, !record[.address].isEmpty {
      // Both ends of a connection, and what stands between, know it by the asking side's port.
      let connection = foldedMultiply(
        hash(text, record[.address]) ^ Surveyor.connectionSeed,
        UInt64(truncatingIfNeeded: record.port) &* 2 &+ 1)
      sight(connection, hasID: true, by: 0, text, record, time)
    }
    if !record[.requestID].isEmpty {
      sight(hash(text, record[.requestID]), hasID: true, by: 0, text, record, time)
    } else if isWeb {
      let target = hash(text, record[.target]) ^ Surveyor.requestSeed
      sight(target, hasID: false, by: who.id, text, record, time)
    }
    if !record[.boot].isEmpty { boot(text, record, exemplar) }

    // Who.
    actor(who, text, record, exemplar, coarse, outcome, kind, isBad, isWeb, operationID)

    if kind.isOperatorStep || (scope.role == .operations && kind != .none) {
      let lower = record[.message].isEmpty ? 0 : Int(record[.message].lower)
      let upper = record[.message].isEmpty ? text.count : Int(record[.message].upper)
      survey.markers.add(
        Marker(
          kind: kind, at: exemplar, service: serviceName(text, record),
          host: record[.host].isEmpty ? scope.host : Surveyor.label(text, record[.host]),
          target: Surveyor.label(text, record[.target]),
          text: Surveyor.excerpt(text, lower, min(upper, lower + Marker.textLimit))))
    }
  }

  // MARK: - Parts of `observe`

  /// Keeps when this host wrote of a request that others may have written of, too.
  @inline(__always)
  private mutating func sight(
    _ id: UInt64, hasID: Bool, by actor: UInt64, _ text: Span<UInt8>,
    _ record: borrowing LogRecord, _ time: Timestamp
  ) {
    if survey.sightings.keeps(id) { keepSighting(id, hasID, actor, text, record, time) }
  }

  /// Keep what was asked for, and connections, apart from ids that read the same.
  private static let requestSeed: UInt64 = 0x7a5d_3c11_90e8_b42f
  private static let connectionSeed: UInt64 = 0x4c6e_08b5_d13f_7a91

  @inline(never)
  private mutating func keepSighting(
    _ id: UInt64, _ hasID: Bool, _ actor: UInt64, _ text: Span<UInt8>,
    _ record: borrowing LogRecord, _ time: Timestamp
  ) {
    let hasHost = !record[.host].isEmpty
    let host = hasHost ? hash(text, record[.host]) : scope.hostID
    let name = hasHost ? Surveyor.label(text, record[.host]) : scope.host
    guard !name.isEmpty else { return }
    let sighting = Sightings.Sighting(host: host, time: time, actor: actor)
    if !survey.sightings.revise(id, { $0.note(sighting) }) {
      survey.sightings.insert(Sightings(id: id, hasID: hasID, seen: [sighting]))
    }
    if !survey.sightedHosts.revise(host, { _ in }) {
      survey.sightedHosts.insert(HostName(id: host, name: name))
    }
  }

  private mutating func meaning(_ text: Span<UInt8>, _ record: borrowing LogRecord) -> (
    EventKind, Outcome
  ) {
    let id = hash(text, record[.operation])
    if let known = words[id] { return known }
    // The same bytes as the key's, or what a long name means would depend on which came first.
    let name = text.extracting(Surveyor.clamped(record[.operation], text.count))
    let found = EventLexicon.classify(
      name: name.extracting(0..<min(name.count, SurveyLimits.labelBytes)), text: Span(),
      severity: .unknown)
    if words.count < Surveyor.wordsLimit { words[id] = found }
    return found
  }

  /// Keeps from when to when a host ran without a restart.
  private mutating func boot(
    _ text: Span<UInt8>, _ record: borrowing LogRecord, _ exemplar: Exemplar
  ) {
    let hasHost = !record[.host].isEmpty
    let host = hasHost ? hash(text, record[.host]) : scope.hostID
    let id = foldedMultiply(hash(text, record[.boot]) ^ 0x1d8e_4e27_c47d_124f, host | 1)
    var level: ClockLevel?
    if record.clockBase > 0 {
      level = ClockLevel(
        base: record.clockBase / 1000, from: record.uptime, to: record.uptime)
    }
    if survey.boots.revise(id, { $0.note(exemplar, level) }) { return }
    survey.boots.insert(
      Boot(
        id: id, host: hasHost ? Surveyor.label(text, record[.host]) : scope.host,
        boot: Surveyor.label(text, record[.boot]), first: exemplar, last: exemplar.time,
        levels: level.map { [$0] } ?? []))
  }

  private mutating func template(
    _ text: Span<UInt8>, _ record: borrowing LogRecord, _ serviceID: UInt64,
    _ exemplar: Exemplar, _ coarse: UInt32, isPlain: Bool
  ) -> (kind: EventKind, outcome: Outcome) {
    let message = text.extracting(Surveyor.clamped(record[.message], text.count))
    mask.mask(message)
    // A message beside an event's name means less than one alone: they are two templates, or the
    // first one seen would say what both mean.
    let id = fingerprint(mask.text.span, seed: isPlain ? serviceID : ~serviceID)
    for (i, value) in mask.values.enumerated() { note(value, at: i + 1, of: id, coarse) }
    var meaning = (kind: EventKind.none, outcome: Outcome.unknown)
    var isEarliest = false
    let severity = record.severity
    let writer = scope.id
    let isKnown = survey.templates.revise(id) {
      meaning = ($0.kind, $0.impliedOutcome)
      $0.count &+= 1
      isEarliest = exemplar < $0.first
      if isEarliest { $0.first = exemplar }
      if exemplar.time > $0.last { $0.last = exemplar.time }
      if severity > $0.severity { $0.severity = severity }
      $0.cells.add(at: coarse)
      $0.writers.insert(writer)
    }
    if isKnown {
      if isEarliest {
        let example = Surveyor.excerpt(message, 0, min(message.count, Template.exampleLimit))
        _ = survey.templates.revise(id) { $0.example = example }
      }
      return meaning
    }
    // Templates outside the sample are met again and again: what they mean is remembered.
    let wording = fingerprint(mask.text.span)
    let found: (kind: EventKind, outcome: Outcome)
    if let known = wordings[wording] {
      found = known
    } else {
      found = EventLexicon.classify(name: Span(), text: mask.text.span, severity: .unknown)
      if wordings.count < Surveyor.wordsLimit { wordings[wording] = found }
    }
    let kind = isPlain || found.kind.isOperatorStep ? found.kind : .none
    guard survey.templates.keeps(id) else { return (kind, found.outcome) }
    var entry = Template(
      id: id, text: String(decoding: mask.text, as: UTF8.self), service: serviceName(text, record),
      severity: record.severity, kind: kind, impliedOutcome: found.outcome, count: 1,
      first: exemplar, last: exemplar.time,
      example: Surveyor.excerpt(message, 0, min(message.count, Template.exampleLimit)),
      cells: SparseSeries(), writers: DistinctBitmap())
    entry.cells.add(at: coarse)
    entry.writers.insert(scope.id)
    survey.templates.insert(entry)
    return (kind, found.outcome)
  }

  private mutating func note(
    _ value: Int64, at place: Int, of template: UInt64, _ coarse: UInt32
  ) {
    let id = TemplateValues.identity(template, place)
    if survey.templateValues.revise(id, { $0.cells.add(value, at: coarse) }) { return }
    guard survey.templateValues.keeps(id) else { return }
    var cells = GaugeSeries()
    cells.add(value, at: coarse)
    survey.templateValues.insert(
      TemplateValues(id: id, template: template, place: place, cells: cells))
  }

  private mutating func agent(
    _ text: Span<UInt8>, _ range: ByteRange, _ identity: UInt64, _ cohortClass: CohortClass,
    _ coarse: UInt32
  ) {
    let id = key(.agent, identity, UInt64(cohortClass.rawValue))
    if !countedCoarse(id, coarse), survey.coarse.keeps(id) {
      beginCoarse(
        id, SeriesKey(.agent, Surveyor.label(text, range), kind: cohortClass.rawValue), coarse)
    }
  }

  private mutating func probe(
    _ text: Span<UInt8>, _ record: borrowing LogRecord, _ exemplar: Exemplar, _ coarse: UInt32
  ) {
    let found = probes.scan(text.extracting(Surveyor.clamped(record[.target], text.count)))
    guard found != 0 else { return }
    let who = record[.address].isEmpty ? 0 : hash(text, record[.address])
    let answered = record.outcome == .success
    for bit in survey.probes.indices where found & (1 << UInt32(bit)) != 0 {
      survey.probes[bit].hits &+= 1
      if answered { survey.probes[bit].answered &+= 1 }
      survey.probes[bit].sources.insert(who)
      survey.probes[bit].first = min(survey.probes[bit].first ?? exemplar, exemplar)
      survey.probes[bit].last = max(survey.probes[bit].last, exemplar.time)
      survey.probes[bit].cells.add(at: coarse)
      survey.probes[bit].noteSource(scope.id, limit: survey.limits.probeSources)
    }
  }

  private mutating func latency(
    _ text: Span<UInt8>, _ record: borrowing LogRecord, _ serviceID: UInt64, _ operationID: UInt64,
    _ isWeb: Bool, _ fine: UInt32, _ coarse: UInt32
  ) {
    let micros = record.latencyMicroseconds
    // Web operations are many; their latency is kept for the service.
    let whole = isWeb || record[.operation].isEmpty
    let id = foldedMultiply(serviceID ^ 0x6c62_272e_07bb_0142, whole ? 1 : operationID | 1)
    let hasBins = survey.latencies.revise(id) { $0.cells.add(microseconds: micros, at: coarse) }
    let hasMean = survey.gauges.revise(id) { $0.cells.add(micros, at: fine) }
    if hasBins, hasMean { return }
    let key = GaugeKey(
      service: serviceName(text, record),
      name: whole ? "latency" : Surveyor.label(text, record[.operation]) + ".latency")
    if !hasBins, survey.latencies.keeps(id) {
      var cells = LatencySeries()
      cells.add(microseconds: micros, at: coarse)
      survey.latencies.insert(Latencies(id: id, key: key, cells: cells))
    }
    if !hasMean, survey.gauges.keeps(id) {
      var cells = GaugeSeries()
      cells.add(micros, at: fine)
      survey.gauges.insert(Gauges(id: id, key: key, cells: cells))
    }
  }

  /// Keeps how many bytes a service sent.
  private mutating func sent(
    _ bytes: Int64, _ text: Span<UInt8>, _ record: borrowing LogRecord, _ serviceID: UInt64,
    _ fine: UInt32
  ) {
    let id = foldedMultiply(serviceID ^ 0x3b19_77d5_c2a8_e61f, 0x9e6c_63d0_876a_68d3)
    let (thousandths, overflow) = bytes.multipliedReportingOverflow(by: 1000)
    let amount = overflow ? Int64.max : thousandths
    if survey.gauges.revise(id, { $0.cells.add(amount, at: fine) }) { return }
    guard survey.gauges.keeps(id) else { return }
    var cells = GaugeSeries()
    cells.add(amount, at: fine)
    survey.gauges.insert(
      Gauges(
        id: id, key: GaugeKey(service: serviceName(text, record), name: GaugeKey.bytesSent),
        cells: cells))
  }

  /// - Parameter owner: identity of the operation or service that the numbers are about.
  private mutating func gauges(
    _ text: Span<UInt8>, _ record: borrowing LogRecord, _ owner: UInt64, _ isWeb: Bool,
    _ fine: UInt32
  ) {
    for g in 0..<record.gaugeCount {
      let gauge = record.gauges.span[g]
      let id = foldedMultiply(hash(text, gauge.name) ^ 0x51ed_270b_9f6c_4b2d, owner | 1)
      if survey.gauges.revise(id, { $0.cells.add(gauge.thousandths, at: fine) }) { continue }
      guard survey.gauges.keeps(id) else { continue }
      var cells = GaugeSeries()
      cells.add(gauge.thousandths, at: fine)
      let prefix =
        record[.operation].isEmpty || isWeb ? "" : Surveyor.label(text, record[.operation]) + "."
      survey.gauges.insert(
        Gauges(
          id: id,
          key: GaugeKey(
            service: serviceName(text, record), name: prefix + Surveyor.label(text, gauge.name)),
          cells: cells))
    }
  }

  /// Who a record is about. `id` is 0 where it names nobody.
  private struct Who {
    var id: UInt64
    var kind: ActorKind
    var range: ByteRange
  }

  /// Whether writing to a target and getting a page back means that the log-in was refused: WordPress
  /// shows its form again with status 200, and sends those whom it lets in on with 302.
  private static func isRefusedLogin(_ target: Span<UInt8>) -> Bool {
    let name: StaticString = "wp-login.php"
    var end = 0
    while end < target.count, target[end] != 0x3f { end += 1 }
    return has(name, in: target, at: end - name.utf8CodeUnitCount)
  }

  private func who(_ text: Span<UInt8>, _ record: borrowing LogRecord) -> Who {
    let kind: ActorKind
    let range: ByteRange
    if !record[.node].isEmpty {
      (kind, range) = (.node, record[.node])
    } else if !record[.address].isEmpty {
      (kind, range) = (.address, record[.address])
    } else if !record[.user].isEmpty {
      (kind, range) = (.user, record[.user])
    } else {
      return Who(id: 0, kind: .node, range: ByteRange())
    }
    return Who(id: identity(text, range, kind), kind: kind, range: range)
  }

  private func identity(_ text: Span<UInt8>, _ range: ByteRange, _ kind: ActorKind) -> UInt64 {
    foldedMultiply(
      hash(text, range) ^ 0x2545_f491_4f6c_dd1d, UInt64(kind.rawValue) &* 2 &+ 0x9e37_79b9_7f4b)
  }

  /// Who was refused, where the message alone says it.
  @inline(never)
  private func refused(_ text: Span<UInt8>, _ record: borrowing LogRecord) -> Who? {
    let message = Surveyor.clamped(record[.message], text.count)
    // Only a log-in: what a server answers to another ("403 forbidden from 10.0.0.5") is no guess.
    guard EventLexicon.speaksOfLogin(text.extracting(message)),
      let found = firstAddress(in: text.extracting(message))
    else { return nil }
    let range = ByteRange(
      message.lowerBound + found.lowerBound, message.lowerBound + found.upperBound)
    return Who(id: identity(text, range, .address), kind: .address, range: range)
  }

  private mutating func actor(
    _ who: Who, _ text: Span<UInt8>, _ record: borrowing LogRecord, _ exemplar: Exemplar,
    _ coarse: UInt32, _ outcome: Outcome, _ kind: EventKind, _ isBad: Bool, _ isWeb: Bool,
    _ operationID: UInt64
  ) {
    let (id, actorKind, range) = (who.id, who.kind, who.range)
    guard id != 0 else { return }
    var peer = record[.peer]
    // Who sends unasked does so from any port.
    if kind == .unsolicited { peer = Surveyor.withoutPort(text, peer) }
    let peerID = peer.isEmpty ? 0 : hash(text, peer)
    let userID = record[.user].isEmpty ? 0 : hash(text, record[.user])
    let targetID = record[.target].isEmpty ? 0 : hash(text, record[.target])
    let isAsset =
      isWeb && Surveyor.isAsset(text.extracting(Surveyor.clamped(record[.target], text.count)))
    let isWrite = isWeb && record[.operation].count == 4  // POST
    let versionID = record[.version].isEmpty ? 0 : hash(text, record[.version])
    let platformID = record[.platform].isEmpty ? 0 : hash(text, record[.platform])
    let segmentID = record[.segment].isEmpty ? 0 : hash(text, record[.segment])
    let regionID = record[.region].isEmpty ? 0 : hash(text, record[.region])
    let addressID =
      actorKind == .address || record[.address].isEmpty ? 0 : hash(text, record[.address])
    let bytes = record.bytes
    let hasReferrer = record[.referrer].count > 1
    let versionRange = record[.version]
    let platformRange = record[.platform]
    let segmentRange = record[.segment]
    let regionRange = record[.region]
    let addressRange = record[.address]
    let isServing = scope.role == .supernode && actorKind == .node
    let roleBit = UInt16(1) << UInt16(truncatingIfNeeded: scope.roleRaw)
    let life =
      kind == .crash || kind == .outOfMemory || kind == .start || kind == .restart || kind == .stop
      || kind == .selfProtection || kind == .unsolicited
    func note(_ actor: inout Actor, _ hasActivity: Bool) {
      actor.records &+= 1
      if exemplar < actor.first { actor.first = exemplar }
      if exemplar.time > actor.last { actor.last = exemplar.time }
      switch outcome {
      case .success:
        actor.successes &+= 1
        if !actor.firstSuccess.isKnown || exemplar.time < actor.firstSuccess {
          actor.firstSuccess = exemplar.time
        }
      case .failure: actor.failures &+= 1
      case .timeout:
        actor.failures &+= 1
        actor.timeouts &+= 1
      case .rejected:
        actor.failures &+= 1
        actor.rejections &+= 1
        actor.firstRejection = min(actor.firstRejection ?? exemplar, exemplar)
      case .invalid:
        actor.failures &+= 1
        actor.invalids &+= 1
      case .aborted, .unknown: break
      }
      if bytes > 0 { actor.bytes &+= UInt64(bytes) }
      if isAsset { actor.assets &+= 1 }
      if isWrite { actor.writes &+= 1 }
      if hasReferrer { actor.withReferrer &+= 1 }
      if userID != 0 { actor.users.insert(userID) }
      if targetID != 0 { actor.targets.insert(targetID) }
      if peerID != 0 { actor.peers.insert(peerID) }
      actor.roles |= roleBit
      if isServing {
        if !actor.firstServing.isKnown || exemplar.time < actor.firstServing {
          actor.firstServing = exemplar.time
        }
        actor.lastServing = max(actor.lastServing, exemplar.time)
      }
      if versionID != 0, !actor.firstVersioned.isKnown || exemplar.time < actor.firstVersioned {
        actor.firstVersioned = exemplar.time
      }
      Surveyor.take(&actor.version, versionID, exemplar.time, text, versionRange)
      Surveyor.take(&actor.platform, platformID, exemplar.time, text, platformRange)
      Surveyor.take(&actor.segment, segmentID, exemplar.time, text, segmentRange)
      Surveyor.take(&actor.region, regionID, exemplar.time, text, regionRange)
      Surveyor.take(&actor.address, addressID, exemplar.time, text, addressRange)
      if life { actor.note(LifeEvent(kind: kind, at: exemplar)) }
      if hasActivity { actor.noteActivity(coarse, bad: isBad) }
    }
    if !survey.population.revise(id, note), survey.population.sample.keeps(id) {
      survey.population.insert(
        Actor(id: id, kind: actorKind, name: Surveyor.label(text, range), first: exemplar))
      _ = survey.population.revise(id, note)
    }
    if kind == .unsolicited, peerID != 0, survey.senders.keeps(peerID),
      !survey.senders.revise(peerID, { _ in })
    {
      survey.senders.insert(HostName(id: peerID, name: Surveyor.label(text, peer)))
    }
    let isEncounter =
      actorKind == .node
      && (kind == .crash || kind == .outOfMemory || kind == .unsolicited
        || record.latencyMicroseconds >= Int64(EncounterDefault.lateMilliseconds) &* 1000)
    guard survey.traces.keeps(id) || isEncounter else { return }
    let event = TraceEvent(
      at: exemplar, operation: operationID, outcome: outcome, kind: kind,
      latency: record.latencyMicroseconds < 0
        ? -1 : Int32(clamping: record.latencyMicroseconds / 1000), peer: peerID)
    if survey.traces.keeps(id) { survey.traces.add(event, of: id) }
    if isEncounter, survey.encounters.keeps(id) { survey.encounters.add(event, of: id) }
  }

  /// `192.0.2.7:4711` and `[2001:db8::7]:4711` without their ports.
  private static func withoutPort(_ text: Span<UInt8>, _ range: ByteRange) -> ByteRange {
    let whole = clamped(range, text.count)
    var end = whole.upperBound
    while end > whole.lowerBound, text[end - 1] >= 0x30, text[end - 1] <= 0x39 { end -= 1 }
    guard end > whole.lowerBound + 1, end < whole.upperBound, text[end - 1] == 0x3a else {
      return range
    }
    if text[end - 2] == 0x5d {
      return text[whole.lowerBound] == 0x5b ? ByteRange(whole.lowerBound + 1, end - 2) : range
    }
    // An address of version 6 without brackets has no port.
    for i in whole.lowerBound..<(end - 1) where text[i] == 0x3a { return range }
    return ByteRange(whole.lowerBound, end - 1)
  }

  @inline(__always)
  private static func take(
    _ attribute: inout Attribute, _ id: UInt64, _ time: Timestamp, _ text: Span<UInt8>,
    _ range: ByteRange
  ) {
    guard id != 0 else { return }
    if attribute.id == id {
      if time > attribute.asOf { attribute.asOf = time }
    } else if attribute.isOlder(than: time, id) {
      attribute = Attribute(value: Surveyor.label(text, range), id: id, asOf: time)
    }
  }

  /// Whether a target names a part of a page.
  private static func isAsset(_ target: Span<UInt8>) -> Bool {
    if isAsset(target, target.count) { return true }
    for i in target.indices where target[i] == 0x3f { return isAsset(target, i) }
    return false
  }

  @inline(__always)
  private static func isAsset(_ target: Span<UInt8>, _ end: Int) -> Bool {
    guard end >= 5 else { return false }
    let c = target[end - 1] | 0x20
    // The last letters of css js png jpg jpeg gif ico svg webp woff woff2 avif.
    guard c == 0x73 || c == 0x67 || c == 0x66 || c == 0x6f || c == 0x32 || c == 0x70 else {
      return false
    }
    let a = target[end - 3] | 0x20
    let b = target[end - 2] | 0x20
    switch (a, b, c) {
    case (0x63, 0x73, 0x73), (0x70, 0x6e, 0x67), (0x6a, 0x70, 0x67), (0x67, 0x69, 0x66),
      (0x69, 0x63, 0x6f), (0x73, 0x76, 0x67), (0x66, 0x66, 0x32), (0x70, 0x65, 0x67),
      (0x65, 0x62, 0x70), (0x6f, 0x66, 0x66):
      return target[end - 4] == 0x2e || target[end - 5] == 0x2e
    default:
      return target[end - 3] == 0x2e && b == 0x6a && c == 0x73
    }
  }

  private struct CohortFlags {
    var bad: Bool
    var crash: Bool
    var start: Bool
  }

  @inline(__always)
  private mutating func cohort(
    _ text: Span<UInt8>, _ range: ByteRange, _ dimension: Dimension, _ fine: UInt32,
    _ flags: CohortFlags
  ) {
    if range.isEmpty { return }
    cohort(dimension, hash(text, range), range, text, fine, flags)
  }

  /// - Parameter range: the cohort's name; empty for the source's host.
  private mutating func cohort(
    _ dimension: Dimension, _ identity: UInt64, _ range: ByteRange, _ text: Span<UInt8>,
    _ fine: UInt32, _ flags: CohortFlags
  ) {
    member(.all, dimension, identity, range, text, fine)
    if flags.bad { member(.bad, dimension, identity, range, text, fine) }
    if flags.crash { member(.crash, dimension, identity, range, text, fine) }
    if flags.start { member(.start, dimension, identity, range, text, fine) }
  }

  @inline(__always)
  private mutating func member(
    _ kind: CohortClass, _ dimension: Dimension, _ identity: UInt64, _ range: ByteRange,
    _ text: Span<UInt8>, _ fine: UInt32
  ) {
    let id = key(dimension, identity, UInt64(kind.rawValue))
    if !counted(id, fine), survey.fine.keeps(id) {
      begin(
        id,
        SeriesKey(
          dimension, range.isEmpty ? scope.host : Surveyor.label(text, range), kind: kind.rawValue),
        fine)
    }
  }

  // Series that exist are counted in place; the names of new ones are made at the side.

  @inline(__always)
  private mutating func counted(_ id: UInt64, _ fine: UInt32) -> Bool {
    survey.fine.revise(id) { $0.cells.add(at: fine) }
  }

  @inline(__always)
  private mutating func counted(_ id: UInt64, _ fine: UInt32, _ exemplar: Exemplar) -> Bool {
    survey.fine.revise(id) { $0.cells.add(at: fine, exemplar: exemplar) }
  }

  @inline(__always)
  private mutating func countedCoarse(_ id: UInt64, _ coarse: UInt32) -> Bool {
    survey.coarse.revise(id) { $0.cells.add(at: coarse) }
  }

  @inline(never)
  private mutating func begin(
    _ id: UInt64, _ key: SeriesKey, _ fine: UInt32, _ exemplar: Exemplar? = nil
  ) {
    var cells = SparseSeries()
    if let exemplar {
      cells.add(at: fine, exemplar: exemplar)
    } else {
      cells.add(at: fine)
    }
    survey.fine.insert(Series(id: id, key: key, cells: cells))
  }

  @inline(never)
  private mutating func beginCoarse(_ id: UInt64, _ key: SeriesKey, _ coarse: UInt32) {
    var cells = SparseSeries()
    cells.add(at: coarse)
    survey.coarse.insert(Series(id: id, key: key, cells: cells))
  }

  @inline(never)
  private func serviceName(_ text: Span<UInt8>, _ record: borrowing LogRecord) -> String {
    record[.service].isEmpty ? scope.service : Surveyor.label(text, record[.service])
  }

  @inline(__always)
  private func key(_ dimension: Dimension, _ identity: UInt64, _ kind: UInt64) -> UInt64 {
    foldedMultiply(
      identity ^ (UInt64(dimension.rawValue) &* 0x9e37_79b9_7f4a_7c15 &+ 0x85eb_ca6b),
      kind &* 2 &+ 0xff51_afd7_ed55_8ccd)
  }

  private static func clamped(_ range: ByteRange, _ count: Int) -> Range<Int> {
    let lower = min(Int(range.lower), count)
    return lower..<max(lower, min(Int(range.upper), count))
  }

  @inline(__always)
  private func hash(_ text: Span<UInt8>, _ range: ByteRange) -> UInt64 {
    let bytes = text.extracting(Surveyor.clamped(range, text.count))
    return fingerprint(
      bytes.count > SurveyLimits.labelBytes
        ? bytes.extracting(0..<SurveyLimits.labelBytes) : bytes, seed: 1)
  }

  private static func label(_ text: Span<UInt8>, _ range: ByteRange) -> String {
    let r = Surveyor.clamped(range, text.count)
    return excerpt(text, r.lowerBound, min(r.upperBound, r.lowerBound + SurveyLimits.labelBytes))
  }

  /// A copy as text, repaired to valid UTF-8; NUL becomes SUBSTITUTE (U+001A).
  private static func excerpt(_ bytes: Span<UInt8>, _ lower: Int, _ upper: Int) -> String {
    let top = min(upper, bytes.count)
    guard lower >= 0, lower < top else { return "" }
    let piece = bytes.extracting(lower..<top)
    for i in piece.indices where piece[i] == 0 {
      // SQL text ends at NUL: without this, a file would not hold what the survey holds.
      let shown = (0..<piece.count).map { piece[$0] == 0 ? 0x1a : piece[$0] }
      return String(decoding: shown, as: UTF8.self)
    }
    return unsafe piece.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }

  static func number(of role: Role) -> Int {
    switch role {
    case .client: 0
    case .supernode: 1
    case .server: 2
    case .proxy: 3
    case .support: 4
    case .host: 5
    case .operations: 6
    case .unknown: 7
    }
  }
}
