public import Records
public import Sketches

/// One step of one actor.
public struct TraceEvent: Sendable, Hashable, Comparable {
  public var at: Exemplar
  /// Fingerprint of the operation.
  public var operation: UInt64
  public var outcome: Outcome
  public var kind: EventKind
  /// Milliseconds, or -1.
  public var latency: Int32
  /// Fingerprint of the peer, or 0.
  public var peer: UInt64

  public static func < (a: TraceEvent, b: TraceEvent) -> Bool {
    a.at == b.at ? a.operation < b.operation : a.at < b.at
  }
}

/// What one actor did, in order of time.
public struct Trace: Sendable, Equatable {
  public var actor: UInt64
  public var events: [TraceEvent]
}

/// Whole traces of a uniform sample of actors, the same in every file and worker.
///
/// A trace holds the actor's earliest `traceLimit` events; all traces together at most `capacity`.
/// The level is the lowest at which that holds, so it is a function of the set of records.
public struct TraceSample: Sendable {
  public let capacity: Int
  public let traceLimit: Int
  public private(set) var level: Int
  private var traces: [Trace] = []
  private var total = 0
  private var table = IdentityTable()

  public init(capacity: Int, traceLimit: Int) {
    self.capacity = capacity
    self.traceLimit = traceLimit
    level = 0
  }

  init(capacity: Int, traceLimit: Int, level: Int, traces: [Trace]) {
    self.capacity = capacity
    self.traceLimit = traceLimit
    self.level = level
    self.traces = traces
    rebuild()
  }

  @inline(__always)
  func keeps(_ actor: UInt64) -> Bool { level == 0 || actor.leadingZeroBitCount >= level }

  mutating func add(_ event: TraceEvent, of actor: UInt64) {
    let i: Int
    if let found = table.position(of: actor) {
      i = found
    } else {
      i = traces.count
      traces.append(Trace(actor: actor, events: []))
      table.set(actor, position: i)
    }
    traces[i].events.append(event)
    let count = traces[i].events.count
    if count <= traceLimit {
      total += 1
      if total > capacity { thin() }
    } else if count >= 2 * traceLimit {
      TraceSample.trim(&traces[i].events, to: traceLimit)
    }
  }

  private static func trim(_ events: inout [TraceEvent], to traceLimit: Int) {
    events.sort()
    if events.count > traceLimit { events.removeLast(events.count - traceLimit) }
  }

  private mutating func thin() {
    while total > capacity, level < 64 {
      level += 1
      let floor = level
      traces.removeAll { $0.actor.leadingZeroBitCount < floor }
      recount()
    }
    rebuild()
  }

  private mutating func recount() {
    let limit = traceLimit
    total = traces.reduce(0) { $0 + min($1.events.count, limit) }
  }

  private mutating func rebuild() {
    table = IdentityTable(minimumCapacity: traces.count)
    for i in traces.indices { table.set(traces[i].actor, position: i) }
    recount()
  }

  mutating func merge(_ other: TraceSample) {
    level = max(level, other.level)
    let floor = level
    traces.removeAll { $0.actor.leadingZeroBitCount < floor }
    rebuild()
    for theirs in other.traces where keeps(theirs.actor) {
      if let i = table.position(of: theirs.actor) {
        traces[i].events.append(contentsOf: theirs.events)
        TraceSample.trim(&traces[i].events, to: traceLimit)
      } else {
        traces.append(theirs)
        table.set(theirs.actor, position: traces.count - 1)
      }
    }
    recount()
    thin()
  }

  /// All traces, sorted by actor, each sorted by time.
  public var sorted: [Trace] {
    traces.map { trace in
      var events = trace.events
      TraceSample.trim(&events, to: traceLimit)
      return Trace(actor: trace.actor, events: events)
    }.sorted { $0.actor < $1.actor }
  }
}
