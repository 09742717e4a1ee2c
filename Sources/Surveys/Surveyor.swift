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
    hostID = fingerprint(hostBytes.span, seed: 1)
    serviceID = fingerprint(serviceBytes.span, seed: 1)
    self.host = hostBytes
    self.service = serviceBytes
  }
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
  public internal(set) var survey: Survey
  let window: TimeWindow
  private var mask = TemplateMask()
  private var probes = ProbeScanner()
  /// Meaning of event names, by fingerprint. A memo, not part of the survey.
  private var words: [UInt64: (kind: EventKind, outcome: Outcome)] = [:]
  private static let wordsLimit = 4096

  public init(window: TimeWindow = .all, limits: SurveyLimits = .standard) {
    self.window = window
    survey = Survey(limits: limits)
  }

  /// Hands the survey over and begins anew.
  public mutating func finish() -> Survey {
    let result = survey
    survey = Survey(limits: result.limits)
    return result
  }

  /// Adds a source's account as known to its reader.
  public mutating func account(_ account: SourceAccount) { survey.account(account) }

  // MARK: - Frames that are no records

  /// Counts a frame that did not parse.
  public mutating func reject(
    _ outcome: ParseOutcome, _ frame: Span<UInt8>, in source: SourceContext,
    at position: FramePosition
  ) {
    withAccount(of: source) { account in
      switch outcome {
      case .parsed: break
      case .ignored: account.ignored &+= 1
      case .notThisFormat, .badTimestamp:
        account.unparsed &+= 1
        if outcome == .badTimestamp { account.badTimestamps &+= 1 }
        if account.examples.count < SourceAccount.exampleLimit
          || position.offset < (account.examples.last?.position ?? 0)
        {
          account.addExample(
            Unparsed(
              position: position.offset, line: position.line,
              text: Surveyor.excerpt(frame, 0, min(frame.count, Unparsed.textLimit))))
        }
      }
    }
  }

  @inline(__always)
  private mutating func withAccount(
    of source: SourceContext, _ body: (inout SourceAccount) -> Void
  ) {
    body(&survey.accounts[source.id, default: SourceAccount(id: source.id, label: source.label)])
  }

  // MARK: - Records

  /// - Parameters:
  ///   - frame: the record's bytes as they stand in the source.
  ///   - position: of the frame's first byte.
  public mutating func observe(
    _ record: borrowing LogRecord, frame: Span<UInt8>, in source: SourceContext,
    at position: FramePosition
  ) {
    if record.usesDecoded {
      let decoded = record.decoded
      observe(record, text: decoded.span, frame: frame, in: source, at: position)
    } else {
      observe(record, text: frame, frame: frame, in: source, at: position)
    }
  }

  private mutating func observe(
    _ record: borrowing LogRecord, text: Span<UInt8>, frame: Span<UInt8>, in source: SourceContext,
    at position: FramePosition
  ) {
    let time = record.time
    guard window.holds(time) else {
      withAccount(of: source) { $0.outside &+= 1 }
      return
    }
    guard time.isKnown, let fineBucket = survey.fineGrid.bucket(ofSecond: time.seconds),
      let coarseBucket = survey.coarseGrid.bucket(ofSecond: time.seconds)
    else {
      reject(.badTimestamp, frame, in: source, at: position)
      return
    }
    var fine = fineBucket
    var coarse = coarseBucket
    if survey.fineGrid.occupy(fine) {
      while !survey.fineGrid.isWithinCapacity { survey.coarsenFine() }
      fine = survey.fineGrid.bucket(ofSecond: time.seconds) ?? fine
    }
    if survey.coarseGrid.occupy(coarse) {
      while !survey.coarseGrid.isWithinCapacity { survey.coarsenCoarse() }
      coarse = survey.coarseGrid.bucket(ofSecond: time.seconds) ?? coarse
    }
    withAccount(of: source) { account in
      account.records &+= 1
      account.note(time)
      account.activity.add(at: coarse)
    }

    let exemplar = Exemplar(
      time: time, source: source.id, offset: position.offset, line: position.line,
      digest: fingerprint(frame))
    // Closures take the ranges, not the record: a closure would copy it, some 400 bytes.
    let serviceRange = record[.service]
    let hostRange = record[.host]
    let operationRange = record[.operation]
    let named = !serviceRange.isEmpty
    let serviceID =
      named ? hash(text, record[.service]) : source.serviceID
    func serviceName() -> String {
      named
        ? Surveyor.label(text, serviceRange) : String(decoding: source.service, as: UTF8.self)
    }
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
          text, record, serviceID, serviceName, exemplar, coarse, source,
          isPlain: record[.operation].isEmpty)
        if kind == .none { kind = found.kind }
        if implied == .unknown { implied = found.outcome }
      }
      if outcome == .unknown { outcome = implied }
    }
    let isBad =
      outcome == .failure || outcome == .timeout || outcome == .rejected
      || record.severity >= .error

    // Series.
    let roleRaw = UInt64(Surveyor.number(of: source.role))
    add(fine, Dimension.role, roleRaw, 0) {
      SeriesKey(.role, source.role.rawValue)
    }
    if outcome != .unknown {
      let id = key(.outcome, serviceID, UInt64(outcome.rawValue))
      if outcome == .success {
        survey.fine.update(id) {
          Series(
            id: id, key: SeriesKey(.outcome, serviceName(), kind: outcome.rawValue),
            cells: SparseSeries())
        } _: {
          $0.cells.add(at: fine)
        }
      } else {
        addCited(fine, id, exemplar) { SeriesKey(.outcome, serviceName(), kind: outcome.rawValue) }
      }
    }
    if record.severity != .unknown || outcome == .unknown {
      let id = key(.severity, serviceID, UInt64(record.severity.rawValue))
      if record.severity >= .error {
        addCited(fine, id, exemplar) {
          SeriesKey(.severity, serviceName(), kind: record.severity.rawValue)
        }
      } else {
        survey.fine.update(id) {
          Series(
            id: id, key: SeriesKey(.severity, serviceName(), kind: record.severity.rawValue),
            cells: SparseSeries())
        } _: {
          $0.cells.add(at: fine)
        }
      }
    }
    if kind != .none {
      addCited(
        fine, key(.event, serviceID ^ (roleRaw &* 0x9e37_79b9), UInt64(kind.rawValue)), exemplar
      ) {
        SeriesKey(.event, serviceName(), source.role.rawValue, kind: kind.rawValue)
      }
    }
    if record.status >= 0 {
      let family = UInt64(max(0, min(9, record.status / 100)))
      add(fine, .status, serviceID, family) {
        SeriesKey(.status, serviceName(), kind: UInt8(family))
      }
    }
    let isCrash = kind == .crash || kind == .outOfMemory
    let isStart = kind == .start || kind == .restart
    let hasHost = !record[.host].isEmpty
    let hostID =
      hasHost ? hash(text, record[.host]) : source.hostID
    cohort(.host, hostID, fine, isBad, isCrash, isStart) {
      hasHost ? Surveyor.label(text, hostRange) : String(decoding: source.host, as: UTF8.self)
    }
    cohort(text, record[.version], .version, fine, isBad, isCrash, isStart)
    cohort(text, record[.platform], .platform, fine, isBad, isCrash, isStart)
    cohort(text, record[.segment], .segment, fine, isBad, isCrash, isStart)
    cohort(text, record[.region], .region, fine, isBad, isCrash, isStart)

    // Operations, agents, probes.
    var operationID: UInt64 = 0
    if isWeb {
      let name = WebOperation(
        method: text.extracting(Surveyor.clamped(record[.operation], text.count)),
        target: text.extracting(Surveyor.clamped(record[.target], text.count)),
        isInvalid: record.outcome == .invalid)
      operationID = name.identity(seed: serviceID)
      let id = key(.operation, operationID, UInt64(outcome.rawValue))
      survey.coarse.update(id) {
        Series(
          id: id,
          key: SeriesKey(
            .operation, serviceName(), name.description,
            kind: outcome.rawValue),
          cells: SparseSeries())
      } _: {
        $0.cells.add(at: coarse)
      }
      if !record[.agent].isEmpty {
        let agentID = hash(text, record[.agent])
        agent(text, record[.agent], agentID, .all, coarse)
        if isBad { agent(text, record[.agent], agentID, .bad, coarse) }
      }
      probe(text, record, exemplar, coarse, source)
    } else if !record[.operation].isEmpty {
      operationID = foldedMultiply(hash(text, record[.operation]), serviceID | 1)
      let id = key(.operation, operationID, UInt64(outcome.rawValue))
      survey.fine.update(id) {
        Series(
          id: id,
          key: SeriesKey(
            .operation, serviceName(), Surveyor.label(text, operationRange),
            kind: outcome.rawValue),
          cells: SparseSeries())
      } _: {
        $0.cells.add(at: fine)
      }
    }

    // Numbers.
    for g in 0..<record.gaugeCount {
      let gauge = record.gauges[g]
      let id = foldedMultiply(
        hash(text, gauge.name) ^ 0x51ed_270b_9f6c_4b2d,
        operationID == 0 || isWeb ? serviceID | 1 : operationID | 1)
      survey.gauges.update(id) {
        Gauges(
          id: id,
          key: GaugeKey(
            service: serviceName(),
            name: (operationRange.isEmpty || isWeb
              ? "" : Surveyor.label(text, operationRange) + ".")
              + Surveyor.label(text, gauge.name)),
          cells: GaugeSeries())
      } _: {
        $0.cells.add(gauge.thousandths, at: fine)
      }
    }
    // What is refused or fails at once is fast: it says nothing of how long the work takes.
    if record.latencyMicroseconds >= 0, outcome != .rejected, outcome != .failure {
      latency(text, record, serviceID, operationID, isWeb, fine, coarse, serviceName)
    }

    // Who.
    actor(
      text, record, exemplar, coarse, outcome, kind, isBad, isWeb, operationID, source)

    if kind.isOperatorStep || (source.role == .operations && kind != .none) {
      let lower = record[.message].isEmpty ? 0 : Int(record[.message].lower)
      let upper = record[.message].isEmpty ? text.count : Int(record[.message].upper)
      survey.markers.add(
        Marker(
          kind: kind, at: exemplar, service: serviceName(),
          host: hasHost
            ? Surveyor.label(text, hostRange) : String(decoding: source.host, as: UTF8.self),
          target: Surveyor.label(text, record[.target]),
          text: Surveyor.excerpt(text, lower, min(upper, lower + Marker.textLimit))))
    }
  }

  // MARK: - Parts of `observe`

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

  private mutating func template(
    _ text: Span<UInt8>, _ record: borrowing LogRecord, _ serviceID: UInt64,
    _ serviceName: () -> String, _ exemplar: Exemplar, _ coarse: UInt32, _ source: SourceContext,
    isPlain: Bool
  ) -> (kind: EventKind, outcome: Outcome) {
    let message = text.extracting(Surveyor.clamped(record[.message], text.count))
    mask.mask(message)
    // A message beside an event's name means less than one alone: they are two templates, or the
    // first one seen would say what both mean.
    let id = fingerprint(mask.text.span, seed: isPlain ? serviceID : ~serviceID)
    if let known = survey.templates.position(of: id) {
      let entry = survey.templates.entries[known]
      let meaning = (entry.kind, entry.impliedOutcome)
      let severity = record.severity
      let needsExample = exemplar < entry.first
      let example =
        needsExample ? Surveyor.excerpt(message, 0, min(message.count, Template.exampleLimit)) : ""
      survey.templates.update(at: known) {
        $0.count &+= 1
        if needsExample {
          $0.first = exemplar
          $0.example = example
        }
        if exemplar.time > $0.last { $0.last = exemplar.time }
        if severity > $0.severity { $0.severity = severity }
        $0.cells.add(at: coarse)
        $0.writers.insert(source.id)
      }
      return meaning
    }
    let found = EventLexicon.classify(name: Span(), text: mask.text.span, severity: .unknown)
    let kind = isPlain || found.kind.isOperatorStep ? found.kind : .none
    guard survey.templates.sample.keeps(id) else { return (kind, found.outcome) }
    var entry = Template(
      id: id, text: String(decoding: mask.text, as: UTF8.self), service: serviceName(),
      severity: record.severity, kind: kind, impliedOutcome: found.outcome, count: 1,
      first: exemplar, last: exemplar.time,
      example: Surveyor.excerpt(message, 0, min(message.count, Template.exampleLimit)),
      cells: SparseSeries(), writers: DistinctBitmap())
    entry.cells.add(at: coarse)
    entry.writers.insert(source.id)
    let made = entry
    survey.templates.update(id) {
      made
    } _: { _ in
    }
    return (kind, found.outcome)
  }

  @inline(__always)
  private mutating func agent(
    _ text: Span<UInt8>, _ range: ByteRange, _ identity: UInt64, _ cohortClass: CohortClass,
    _ coarse: UInt32
  ) {
    let id = key(.agent, identity, UInt64(cohortClass.rawValue))
    survey.coarse.update(id) {
      Series(
        id: id, key: SeriesKey(.agent, Surveyor.label(text, range), kind: cohortClass.rawValue),
        cells: SparseSeries())
    } _: {
      $0.cells.add(at: coarse)
    }
  }

  private mutating func probe(
    _ text: Span<UInt8>, _ record: borrowing LogRecord, _ exemplar: Exemplar, _ coarse: UInt32,
    _ source: SourceContext
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
      survey.probes[bit].noteSource(source.id, limit: survey.limits.probeSources)
    }
  }

  private mutating func latency(
    _ text: Span<UInt8>, _ record: borrowing LogRecord, _ serviceID: UInt64, _ operationID: UInt64,
    _ isWeb: Bool, _ fine: UInt32, _ coarse: UInt32, _ serviceName: () -> String
  ) {
    let micros = record.latencyMicroseconds
    // Web operations are many; their latency is kept for the service.
    let whole = isWeb || record[.operation].isEmpty
    let id = foldedMultiply(serviceID ^ 0x6c62_272e_07bb_0142, whole ? 1 : operationID | 1)
    let name = whole ? "latency" : Surveyor.label(text, record[.operation]) + ".latency"
    survey.latencies.update(id) {
      Latencies(id: id, key: GaugeKey(service: serviceName(), name: name), cells: [:])
    } _: {
      $0.cells[coarse, default: LatencyHistogram()].add(microseconds: micros)
    }
    survey.gauges.update(id) {
      Gauges(id: id, key: GaugeKey(service: serviceName(), name: name), cells: GaugeSeries())
    } _: {
      $0.cells.add(micros, at: fine)
    }
  }

  private mutating func actor(
    _ text: Span<UInt8>, _ record: borrowing LogRecord, _ exemplar: Exemplar, _ coarse: UInt32,
    _ outcome: Outcome, _ kind: EventKind, _ isBad: Bool, _ isWeb: Bool, _ operationID: UInt64,
    _ source: SourceContext
  ) {
    let actorKind: ActorKind
    let range: ByteRange
    if !record[.node].isEmpty {
      (actorKind, range) = (.node, record[.node])
    } else if !record[.address].isEmpty {
      (actorKind, range) = (.address, record[.address])
    } else if !record[.user].isEmpty {
      (actorKind, range) = (.user, record[.user])
    } else {
      return
    }
    let id = foldedMultiply(
      hash(text, range) ^ 0x2545_f491_4f6c_dd1d, UInt64(actorKind.rawValue) &* 2 &+ 0x9e37_79b9_7f4b
    )
    let peerID = record[.peer].isEmpty ? 0 : hash(text, record[.peer])
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
    let isServing = source.role == .supernode && actorKind == .node
    let roleBit = UInt16(1) << UInt16(Surveyor.number(of: source.role))
    let life =
      kind == .crash || kind == .outOfMemory || kind == .start || kind == .restart || kind == .stop
      || kind == .selfProtection || kind == .unsolicited
    survey.population.update(id) {
      Actor(id: id, kind: actorKind, name: Surveyor.label(text, range), first: exemplar)
    } _: { actor, hasActivity in
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
    if survey.traces.keeps(id) {
      let milliseconds =
        record.latencyMicroseconds < 0
        ? -1 : Int32(clamping: record.latencyMicroseconds / 1000)
      survey.traces.add(
        TraceEvent(
          at: exemplar, operation: operationID, outcome: outcome, kind: kind,
          latency: milliseconds, peer: peerID), of: id)
    }
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
    var end = target.count
    for i in 0..<target.count where target[i] == 0x3f {
      end = i
      break
    }
    guard end >= 4 else { return false }
    let a = target[end - 3] | 0x20
    let b = target[end - 2] | 0x20
    let c = target[end - 1] | 0x20
    switch (a, b, c) {
    case (0x63, 0x73, 0x73), (0x70, 0x6e, 0x67), (0x6a, 0x70, 0x67), (0x67, 0x69, 0x66),
      (0x69, 0x63, 0x6f), (0x73, 0x76, 0x67), (0x66, 0x66, 0x32), (0x70, 0x65, 0x67),
      (0x65, 0x62, 0x70), (0x6f, 0x66, 0x66):
      return target[end - 4] == 0x2e || target[end - 5 < 0 ? 0 : end - 5] == 0x2e
    default:
      return (target[end - 3] == 0x2e && b == 0x6a && c == 0x73)
    }
  }

  private mutating func cohort(
    _ text: Span<UInt8>, _ range: ByteRange, _ dimension: Dimension, _ fine: UInt32, _ bad: Bool,
    _ crash: Bool, _ start: Bool
  ) {
    guard !range.isEmpty else { return }
    cohort(dimension, hash(text, range), fine, bad, crash, start) { Surveyor.label(text, range) }
  }

  private mutating func cohort(
    _ dimension: Dimension, _ identity: UInt64, _ fine: UInt32, _ bad: Bool, _ crash: Bool,
    _ start: Bool, _ name: () -> String
  ) {
    add(fine, dimension, identity, UInt64(CohortClass.all.rawValue)) {
      SeriesKey(dimension, name(), kind: CohortClass.all.rawValue)
    }
    if bad {
      add(fine, dimension, identity, UInt64(CohortClass.bad.rawValue)) {
        SeriesKey(dimension, name(), kind: CohortClass.bad.rawValue)
      }
    }
    if crash {
      add(fine, dimension, identity, UInt64(CohortClass.crash.rawValue)) {
        SeriesKey(dimension, name(), kind: CohortClass.crash.rawValue)
      }
    }
    if start {
      add(fine, dimension, identity, UInt64(CohortClass.start.rawValue)) {
        SeriesKey(dimension, name(), kind: CohortClass.start.rawValue)
      }
    }
  }

  @inline(__always)
  private mutating func add(
    _ bucket: UInt32, _ dimension: Dimension, _ identity: UInt64, _ kind: UInt64,
    _ make: () -> SeriesKey
  ) {
    let id = key(dimension, identity, kind)
    survey.fine.update(id) {
      Series(id: id, key: make(), cells: SparseSeries())
    } _: {
      $0.cells.add(at: bucket)
    }
  }

  @inline(__always)
  private mutating func addCited(
    _ bucket: UInt32, _ id: UInt64, _ exemplar: Exemplar, _ make: () -> SeriesKey
  ) {
    survey.fine.update(id) {
      Series(id: id, key: make(), cells: SparseSeries())
    } _: {
      $0.cells.add(at: bucket, exemplar: exemplar)
    }
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
