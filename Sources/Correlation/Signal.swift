public import Records
public import Sketches
public import Surveys

/// What a change in a signal would mean.
public enum SignalKind: String, Sendable, Codable {
  /// Attempts that ended badly on the serving side.
  case failures
  /// Attempts that were declined.
  case rejections
  /// Records of severity error or worse.
  case errors
  /// Crashes, kills for lack of memory.
  case crashes
  /// Protective exits, limits reached, connections lost.
  case distress
  /// Orderly starts and stops.
  case turnover
  /// Time that operations take.
  case latency
  /// How much is asked for.
  case volume
  /// A number that the system reports of itself.
  case gauge
  /// How many different ones ask.
  case actors
  /// How much is sent.
  case bytes
  /// Packets or connections that nobody asked for.
  case unsolicited
}

public enum SignalDefault {
  /// Share of a service's records that go wrong, over the whole case, from which on the share says
  /// nothing.
  public static let nothingElse = 0.9
  /// Bytes are counted in units of so many: one answer is about one event then.
  public static let bytesUnit = 4096.0
  /// Blocks of time with actors from which on their number is a signal.
  public static let leastBlocks = 8
}

/// One quantity over the frame's buckets.
public struct Signal: Sendable {
  public var id: String
  public var kind: SignalKind
  public var service: String
  /// Event, gauge or operation; may be empty.
  public var name: String
  public var role: Role
  /// Counts, or means for latencies and gauges.
  public var values: [Double]
  /// Attempts of which `values` are the bad ones; empty where that means nothing.
  public var attempts: [Double]
  /// Whether values are means that may be missing (NaN) rather than counts.
  public var isMean: Bool
  /// The series that hold citations for it.
  public var series: [SparseSeries]

  public var total: Double { values.reduce(0) { $1.isNaN ? $0 : $0 + $1 } }
}

/// The signal of the service that is asked most: what stands at the front.
func busiest(_ signals: some Sequence<Signal>) -> Signal? {
  signals.filter { !$0.attempts.isEmpty }.max {
    let (a, b) = ($0.attempts.reduce(0, +), $1.attempts.reduce(0, +))
    return a == b ? $0.service > $1.service : a < b
  }
}

/// What stands at the front of a case: only what has an outcome was asked for, lines of a log are no
/// requests.
func front(of signals: [Signal]) -> Signal? { busiest(signals.filter { $0.kind != .errors }) }

/// Reads the signals off a survey.
public func signals(of survey: Survey, in frame: CaseFrame) -> [Signal] {
  var made: [String: Signal] = [:]

  func add(
    _ kind: SignalKind, _ service: String, _ name: String, _ role: Role, _ cells: SparseSeries
  ) {
    let id = "\(kind.rawValue)/\(service)/\(name)/\(role.rawValue)"
    var signal =
      made[id]
      ?? Signal(
        id: id, kind: kind, service: service, name: name, role: role,
        values: [Double](repeating: 0, count: frame.count), attempts: [], isMean: false, series: [])
    frame.add(cells, to: &signal.values)
    if !cells.exemplars.isEmpty { signal.series.append(cells) }
    made[id] = signal
  }

  var attempts: [String: [Double]] = [:]
  var volume: [String: [Double]] = [:]
  for series in survey.fine.entries.sorted(by: { $0.id < $1.id }) {
    let key = series.key
    switch key.dimension {
    case .outcome:
      guard let outcome = Outcome(rawValue: key.kind) else { continue }
      frame.add(
        series.cells,
        to: &attempts[key.label, default: [Double](repeating: 0, count: frame.count)])
      switch outcome {
      case .failure, .timeout: add(.failures, key.label, "", .unknown, series.cells)
      case .rejected: add(.rejections, key.label, "", .unknown, series.cells)
      default: break
      }
    case .severity:
      frame.add(
        series.cells, to: &volume[key.label, default: [Double](repeating: 0, count: frame.count)])
      if let severity = Severity(rawValue: key.kind), severity >= .error {
        add(.errors, key.label, "", .unknown, series.cells)
      }
    case .event:
      guard let event = EventKind(rawValue: key.kind) else { continue }
      let role = Role(rawValue: key.detail) ?? .unknown
      switch event {
      case .crash, .outOfMemory: add(.crashes, key.label, event.name, role, series.cells)
      case .selfProtection, .exhaustion, .lost, .failover:
        add(.distress, key.label, event.name, role, series.cells)
      case .start, .stop, .restart, .join, .leave:
        add(.turnover, key.label, event.name, role, series.cells)
      case .unsolicited: add(.unsolicited, key.label, event.name, role, series.cells)
      default: break
      }
    default: break
    }
  }
  for (service, values) in attempts {
    for kind in [SignalKind.failures, .rejections] {
      made["\(kind.rawValue)/\(service)//unknown"]?.attempts = values
    }
    let other = volume[service] ?? []
    volume[service] =
      other.isEmpty ? values : zip(values, other).map { max($0, $1) }
  }
  // Errors grow with what is asked: they count as a share of the service's records.
  for (service, values) in volume {
    made["\(SignalKind.errors.rawValue)/\(service)//unknown"]?.attempts = values
  }
  // Who writes of nothing but what went wrong tells no attempts: there the count speaks.
  for (id, signal) in made
  where !signal.attempts.isEmpty
    && signal.total >= SignalDefault.nothingElse * signal.attempts.reduce(0, +)
  {
    made[id]?.attempts = []
  }
  for (service, values) in volume {
    let id = "volume/\(service)//unknown"
    made[id] = Signal(
      id: id, kind: .volume, service: service, name: "", role: .unknown, values: values,
      attempts: [], isMean: false, series: [])
  }
  for gauge in survey.gauges.entries.sorted(by: { $0.id < $1.id }) {
    if gauge.key.name == GaugeKey.bytesSent {
      let id = "bytes/\(gauge.key.service)"
      made[id] = Signal(
        id: id, kind: .bytes, service: gauge.key.service, name: "", role: .unknown,
        values: frame.sums(gauge.cells).map { $0 / SignalDefault.bytesUnit }, attempts: [],
        isMean: false, series: [])
      continue
    }
    let isLatency = gauge.key.name.hasSuffix("latency")
    let values = frame.dense(gauge.cells).map { $0 ?? .nan }
    guard values.count(where: { !$0.isNaN }) >= 4 else { continue }
    let id = "\(isLatency ? "latency" : "gauge")/\(gauge.key.service)/\(gauge.key.name)"
    made[id] = Signal(
      id: id, kind: isLatency ? .latency : .gauge, service: gauge.key.service,
      name: gauge.key.name, role: .unknown, values: values, attempts: [], isMean: true, series: [])
  }
  for signal in distinctActors(survey, in: frame) { made[signal.id] = signal }
  return made.values.sorted { $0.id < $1.id }
}

/// How many different actors asked, by kind, in each block of the coarse grid: a sample where there are
/// very many. In the frame's buckets the first of each block bears the number, the others none.
private func distinctActors(_ survey: Survey, in frame: CaseFrame) -> [Signal] {
  var counts: [ActorKind: [UInt32: Double]] = [:]
  let actors = survey.population.actors.span
  for i in actors.indices where actors[i].isAsker {
    for cell in actors[i].activity {
      counts[actors[i].kind, default: [:]][cell.bucket, default: 0] += 1
    }
  }
  let weight = survey.population.activitySample.weight
  return ActorKind.allCases.compactMap { kind in
    guard let blocks = counts[kind], blocks.count >= SignalDefault.leastBlocks else { return nil }
    var values = [Double](repeating: .nan, count: frame.count)
    for (block, count) in blocks {
      let at = max(frame.start, Int64(block) * frame.coarseWidth)
      if let index = frame.index(ofSecond: at) { values[index] = count * weight }
    }
    return Signal(
      id: "actors/\(kind)", kind: .actors, service: "", name: kind.plural, role: .unknown,
      values: values, attempts: [], isMean: true, series: [])
  }
}

extension ActorKind {
  /// What actors of the kind are called.
  public var plural: String {
    switch self {
    case .node: "node identities"
    case .address: "addresses"
    case .user: "accounts"
    }
  }
}
