internal import CPlatform
public import Records
public import Sketches

public enum ActorKind: UInt8, Sendable, Codable, CaseIterable { case node, address, user }

/// Something that happened to an actor: it started, crashed, left.
public struct LifeEvent: Sendable, Hashable, Comparable {
  public var kind: EventKind
  public var at: Exemplar
  public static func < (a: LifeEvent, b: LifeEvent) -> Bool {
    a.at == b.at ? a.kind.rawValue < b.kind.rawValue : a.at < b.at
  }
}

/// A fact of an actor that is read off its latest record: version, platform, segment.
public struct Attribute: Sendable, Equatable {
  public var value: String
  public var id: UInt64
  public var asOf: Timestamp
  public static let none = Attribute(value: "", id: 0, asOf: .unknown)

  /// The later wins; at the same time the greater identity, so that order does not matter.
  @inline(__always)
  func isOlder(than time: Timestamp, _ other: UInt64) -> Bool {
    asOf < time || (asOf == time && id < other)
  }
}

public struct ActivityCell: Sendable, Equatable, BucketCell {
  public var bucket: UInt32
  public var records: UInt32
  /// Records with a bad outcome.
  public var bad: UInt32
}

/// Everything kept of one actor. All of it is sums, extremes or bit sets, so parts merge exactly.
public struct Actor: Sendable, Equatable {
  // What every record changes stands first, side by side: `hotBytes` of memory are touched then.
  public var id: UInt64
  public var records: UInt64 = 0
  public var successes: UInt64 = 0
  public var bytes: UInt64 = 0
  /// Requests for parts of pages: style sheets, scripts, pictures.
  public var assets: UInt64 = 0
  public var withReferrer: UInt64 = 0
  public var writes: UInt64 = 0
  public var last: Timestamp
  public var firstSuccess: Timestamp = .unknown
  /// By coarse bucket; only while the actor is within the activity sample.
  public var activity: [ActivityCell] = []
  public var targets = DistinctBitmap()
  /// Bit set of the roles whose sources name it.
  public var roles: UInt16 = 0
  public var kind: ActorKind
  public var first: Exemplar
  static let hotBytes = 128

  public var name: String
  /// Failure, timeout, rejection, invalid request.
  public var failures: UInt64 = 0
  public var timeouts: UInt64 = 0
  public var rejections: UInt64 = 0
  public var invalids: UInt64 = 0
  public var firstRejection: Exemplar?
  public var users = DistinctBitmap()
  public var peers = DistinctBitmap()
  /// Earliest record that names its version: from then on it is under observation by version.
  public var firstVersioned: Timestamp = .unknown
  /// First and last record that it wrote as a node that serves others.
  public var firstServing: Timestamp = .unknown
  public var lastServing: Timestamp = .unknown
  public var version = Attribute.none
  public var platform = Attribute.none
  public var segment = Attribute.none
  public var region = Attribute.none
  /// Address that goes with a node.
  public var address = Attribute.none
  /// The earliest `lifeLimit` events.
  public var life: [LifeEvent] = []
  public var crashes: UInt32 = 0
  public var starts: UInt32 = 0

  public static let lifeLimit = 12

  init(id: UInt64, kind: ActorKind, name: String, first: Exemplar) {
    self.id = id
    self.kind = kind
    self.name = name
    self.first = first
    last = first.time
  }

  mutating func note(_ event: LifeEvent) {
    if event.kind == .crash || event.kind == .outOfMemory { crashes &+= 1 }
    if event.kind == .start || event.kind == .restart { starts &+= 1 }
    insertLife(event)
  }

  private mutating func insertLife(_ event: LifeEvent) {
    if life.count >= Actor.lifeLimit, let latest = life.last, !(event < latest) { return }
    let place = life.firstIndex { event < $0 } ?? life.count
    life.insert(event, at: place)
    if life.count > Actor.lifeLimit { life.removeLast() }
  }

  mutating func noteActivity(_ bucket: UInt32, bad: Bool) {
    let last = activity.count &- 1
    if last >= 0 {
      var span = activity.mutableSpan
      if unsafe span[unchecked: last].bucket == bucket {
        unsafe span[unchecked: last].records &+= 1
        if bad { unsafe span[unchecked: last].bad &+= 1 }
        return
      }
    }
    addActivity(ActivityCell(bucket: bucket, records: 1, bad: bad ? 1 : 0))
  }

  private mutating func addActivity(_ cell: ActivityCell) {
    let at = activity.place(of: cell.bucket)
    if at < activity.count, activity[at].bucket == cell.bucket {
      activity[at].records &+= cell.records
      activity[at].bad &+= cell.bad
    } else {
      activity.insert(cell, at: at)
    }
  }

  mutating func coarsen(by factor: UInt32) {
    let old = activity
    activity.removeAll(keepingCapacity: true)
    for var cell in old {
      cell.bucket /= factor
      addActivity(cell)
    }
  }

  mutating func merge(_ other: Actor) {
    if other.first < first { first = other.first }
    last = max(last, other.last)
    records &+= other.records
    successes &+= other.successes
    failures &+= other.failures
    timeouts &+= other.timeouts
    rejections &+= other.rejections
    invalids &+= other.invalids
    bytes &+= other.bytes
    if other.firstSuccess.isKnown, !firstSuccess.isKnown || other.firstSuccess < firstSuccess {
      firstSuccess = other.firstSuccess
    }
    if let theirs = other.firstRejection {
      firstRejection = min(firstRejection ?? theirs, theirs)
    }
    assets &+= other.assets
    withReferrer &+= other.withReferrer
    writes &+= other.writes
    users.merge(other.users)
    targets.merge(other.targets)
    peers.merge(other.peers)
    roles |= other.roles
    if other.firstServing.isKnown {
      firstServing =
        firstServing.isKnown ? min(firstServing, other.firstServing) : other.firstServing
      lastServing = max(lastServing, other.lastServing)
    }
    if other.firstVersioned.isKnown {
      firstVersioned =
        firstVersioned.isKnown ? min(firstVersioned, other.firstVersioned) : other.firstVersioned
    }
    Actor.take(&version, other.version)
    Actor.take(&platform, other.platform)
    Actor.take(&segment, other.segment)
    Actor.take(&region, other.region)
    Actor.take(&address, other.address)
    crashes &+= other.crashes
    starts &+= other.starts
    for event in other.life { insertLife(event) }
    for cell in other.activity { addActivity(cell) }
  }

  private static func take(_ mine: inout Attribute, _ theirs: Attribute) {
    if theirs.id != 0, mine.isOlder(than: theirs.asOf, theirs.id) { mine = theirs }
  }
}

/// The actors of a case: all of them up to `capacity`, beyond that a uniform sample.
public struct Population: Sendable {
  public private(set) var actors: [Actor] = []
  public private(set) var sample: SampleLevel
  /// Which of the kept actors also have their activity over time.
  public private(set) var activitySample: SampleLevel
  private var activityCount = 0
  private var table = IdentityTable()

  public init(capacity: Int, activityCapacity: Int) {
    sample = SampleLevel(capacity: capacity)
    activitySample = SampleLevel(capacity: activityCapacity)
  }

  init(capacity: Int, level: Int, activityCapacity: Int, activityLevel: Int, actors: [Actor]) {
    sample = SampleLevel(capacity: capacity, level: level)
    activitySample = SampleLevel(capacity: activityCapacity, level: activityLevel)
    self.actors = actors
    rebuild()
    activityCount = actors.count { activitySample.keeps($0.id) }
  }

  /// Has the table's memory fetched for a coming `update`.
  @inline(__always)
  func prefetchEntry(_ id: UInt64) { table.prefetch(id) }

  /// Has the actor's memory fetched for a coming `update`.
  @inline(__always)
  func prefetchActor(_ id: UInt64) {
    guard let i = table.position(of: id) else { return }
    unsafe actors.withUnsafeBytes { raw in
      guard let base = raw.baseAddress else { return }
      let start = unsafe base + i &* MemoryLayout<Actor>.stride
      var line = 0
      while line <= Actor.hotBytes {
        unsafe inquest_prefetch(start + line)
        line &+= 64
      }
    }
  }

  /// Hands the actor with this identity to `body`.
  ///
  /// - Returns: false if there is none: then ask `sample` and `insert`.
  @inline(__always)
  mutating func revise(_ id: UInt64, _ body: (inout Actor, _ hasActivity: Bool) -> Void) -> Bool {
    guard let i = table.position(of: id) else { return false }
    let hasActivity = activitySample.keeps(id)
    // The table holds positions of actors only.
    var span = actors.mutableSpan
    unsafe body(&span[unchecked: i], hasActivity)
    return true
  }

  /// Adds an actor that is not there yet, unless it is outside the sample.
  @inline(never)
  mutating func insert(_ actor: Actor) {
    guard sample.keeps(actor.id) else { return }
    // At once for all that there may be: memory costs nothing before it is touched, growing would
    // copy every actor several times.
    if actors.isEmpty { actors.reserveCapacity(sample.capacity + 1) }
    table.set(actor.id, position: actors.count)
    actors.append(actor)
    if activitySample.keeps(actor.id) {
      activityCount += 1
      if activityCount > activitySample.capacity { thinActivity() }
    }
    if actors.count > sample.capacity { thin() }
  }

  /// The actors that pass a test, without a copy of the others.
  public func actors(where test: (Actor) -> Bool) -> [Actor] {
    let all = actors.span
    var result: [Actor] = []
    for i in all.indices where test(all[i]) { result.append(all[i]) }
    return result
  }

  private mutating func thinActivity() {
    while activityCount > activitySample.capacity, activitySample.level < 64 {
      activitySample.level += 1
      activityCount = actors.count { activitySample.keeps($0.id) }
    }
    for i in actors.indices where !activitySample.keeps(actors[i].id) { actors[i].activity = [] }
  }

  private mutating func thin() {
    while actors.count > sample.capacity, sample.level < 64 {
      sample.level += 1
      let kept = sample
      actors.removeAll { !kept.keeps($0.id) }
    }
    rebuild()
  }

  private mutating func rebuild() {
    table = IdentityTable(minimumCapacity: actors.count)
    for i in actors.indices { table.set(actors[i].id, position: i) }
  }

  mutating func coarsen(by factor: UInt32) {
    for i in actors.indices where !actors[i].activity.isEmpty { actors[i].coarsen(by: factor) }
  }

  mutating func merge(_ other: Population) {
    activitySample.level = max(activitySample.level, other.activitySample.level)
    if other.sample.level > sample.level {
      sample.level = other.sample.level
      let kept = sample
      actors.removeAll { !kept.keeps($0.id) }
      rebuild()
    }
    let theirs = other.actors.span
    for j in theirs.indices where sample.keeps(theirs[j].id) {
      if let i = table.position(of: theirs[j].id) {
        actors[i].merge(theirs[j])
      } else {
        actors.append(theirs[j])
        table.set(theirs[j].id, position: actors.count - 1)
      }
    }
    // Activity first, as in `update`: its level counts all actors of the level before.
    activityCount = actors.count { activitySample.keeps($0.id) }
    thinActivity()
    if actors.count > sample.capacity { thin() }
  }
}
