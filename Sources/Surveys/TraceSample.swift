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

public enum EncounterDefault {
  /// An answer slower than this was late: interactive software gives up at some five seconds.
  public static let lateMilliseconds: Int32 = 4000
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
///
/// Events are only appended, and put in order at the end: what an actor did lies scattered until
/// then, but adding to it costs no look-up.
public struct TraceSample: Sendable {
  private struct Entry: Sendable, Comparable {
    var actor: UInt64
    var event: TraceEvent

    static func < (a: Entry, b: Entry) -> Bool {
      a.actor == b.actor ? a.event < b.event : a.actor < b.actor
    }
  }

  public let capacity: Int
  public let traceLimit: Int
  public private(set) var level: Int
  private var log: [Entry] = []
  /// Entries that were left when the level was last looked at.
  private var settled = 0

  public init(capacity: Int, traceLimit: Int) {
    self.capacity = capacity
    self.traceLimit = traceLimit
    level = 0
  }

  init(capacity: Int, traceLimit: Int, level: Int, traces: [Trace]) {
    self.capacity = capacity
    self.traceLimit = traceLimit
    self.level = level
    log = traces.flatMap { trace in
      trace.events.map { Entry(actor: trace.actor, event: $0) }
    }
    settle()
  }

  /// Whether the actor is within the sample.
  @inline(__always)
  public func keeps(_ actor: UInt64) -> Bool { level == 0 || actor.leadingZeroBitCount >= level }

  mutating func add(_ event: TraceEvent, of actor: UInt64) {
    if log.isEmpty { log.reserveCapacity(capacity + capacity / 2 + 2) }
    log.append(Entry(actor: actor, event: event))
    if log.count &- settled > capacity / 2 { thin() }
  }

  /// Raises the level as far as needed, without putting the log in order. O(n).
  private mutating func thin() {
    // Events that a level keeps, by the number of leading zeros of their actor.
    var events = [Int](repeating: 0, count: 65)
    // Actors share a counter: where none is above the limit, no actor is.
    var shared = [Int](repeating: 0, count: 1024)
    var mayBeLong = false
    for entry in log where keeps(entry.actor) {
      events[entry.actor.leadingZeroBitCount] += 1
      let counter = Int(truncatingIfNeeded: entry.actor & 1023)
      shared[counter] += 1
      if shared[counter] > traceLimit { mayBeLong = true }
    }
    if mayBeLong {
      settle()
    } else {
      raise(events)
      settled = log.count
    }
  }

  /// - Parameter events: that are kept, by the number of leading zeros of their actor.
  private mutating func raise(_ events: [Int]) {
    var total = events[min(level, 64)...].reduce(0, +)
    while total > capacity, level < 64 {
      total -= events[level]
      level += 1
    }
    let floor = level
    log.removeAll { $0.actor.leadingZeroBitCount < floor }
  }

  /// Sorts, trims each trace to its earliest events and raises the level as far as needed.
  mutating func settle() {
    let floor = level
    log.removeAll { $0.actor.leadingZeroBitCount < floor }
    log.sort()
    var kept = 0
    var run = 0
    var events = [Int](repeating: 0, count: 65)
    var previous: UInt64?
    for i in log.indices {
      run = log[i].actor == previous ? run + 1 : 0
      previous = log[i].actor
      guard run < traceLimit else { continue }
      events[log[i].actor.leadingZeroBitCount] += 1
      if kept != i { log[kept] = log[i] }
      kept += 1
    }
    log.removeLast(log.count - kept)
    raise(events)
    settled = log.count
  }

  mutating func merge(_ other: TraceSample) {
    level = max(level, other.level)
    log.append(contentsOf: other.log)
    settle()
  }

  /// All traces, sorted by actor, each sorted by time; once `settle` was called.
  public var sorted: [Trace] {
    var result: [Trace] = []
    for entry in log {
      if let last = result.indices.last, result[last].actor == entry.actor {
        result[last].events.append(entry.event)
      } else {
        result.append(Trace(actor: entry.actor, events: [entry.event]))
      }
    }
    return result
  }
}
