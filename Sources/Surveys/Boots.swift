public import Records
public import Sketches

/// How long a host's clock ran without being set: the time at which its monotonic clock began, by its
/// own clock, stays the same as long (slewing moves both clocks).
public struct ClockLevel: Sendable, Equatable {
  /// Seconds since 1970.
  public let base: Int64
  /// Milliseconds of the monotonic clock of the first and the last record of it.
  public internal(set) var from: Int64
  public internal(set) var to: Int64

  public init(base: Int64, from: Int64, to: Int64) {
    self.base = base
    self.from = from
    self.to = to
  }
}

/// A stretch in which one host ran without a restart, as journald's boot identities tell.
public struct Boot: Sampled, Sendable, Equatable {
  /// Of host and boot together.
  public let id: UInt64
  public let host: String
  public let boot: String
  public internal(set) var first: Exemplar
  public internal(set) var last: Timestamp
  /// By `base`, those of the smallest hashes up to the limit.
  public internal(set) var levels: [ClockLevel] = []

  /// Levels kept of one boot: a clock that is set more often is set by something that is broken.
  static let levelLimit = 24
  /// Seconds that a base moves by rounding and by stamps taken one after the other.
  static let leastSetting: Int64 = 2

  mutating func note(_ at: Exemplar, _ level: ClockLevel?) {
    if at < first { first = at }
    if at.time > last { last = at.time }
    if let level { note(level) }
  }

  mutating func note(_ level: ClockLevel) {
    if let i = levels.firstIndex(where: { $0.base == level.base }) {
      levels[i].from = min(levels[i].from, level.from)
      levels[i].to = max(levels[i].to, level.to)
      return
    }
    levels.insert(level, at: levels.firstIndex { $0.base > level.base } ?? levels.count)
    guard levels.count > Boot.levelLimit else { return }
    func rank(_ level: ClockLevel) -> UInt64 {
      foldedMultiply(UInt64(bitPattern: level.base), id | 1)
    }
    if let worst = levels.indices.max(by: { rank(levels[$0]) < rank(levels[$1]) }) {
      levels.remove(at: worst)
    }
  }

  mutating func merge(_ other: Boot) {
    if other.first < first { first = other.first }
    if other.last > last { last = other.last }
    for level in other.levels { note(level) }
  }

  /// Where the host's clock was set while it ran, or where the host slept: its two clocks part.
  ///
  /// - Returns: the first record after it by the clock as set, seconds since 1970, and by how many
  ///   seconds the clock went forward; nothing where the clocks part all the time.
  public var clockSettings: [(at: Int64, forward: Int64)] {
    guard levels.count < Boot.levelLimit else { return [] }
    let inOrder = levels.sorted { ($0.from, $0.base) < ($1.from, $1.base) }
    return zip(inOrder, inOrder.dropFirst()).compactMap { before, after in
      let forward = after.base.subtractingReportingOverflow(before.base).partialValue
      guard abs(forward) >= Boot.leastSetting else { return nil }
      return (after.base.addingReportingOverflow(after.from / 1000).partialValue, forward)
    }
  }
}

extension Survey {
  /// Boots of each host in order of time, by the host's name.
  public var bootsByHost: [(host: String, boots: [Boot])] {
    Dictionary(grouping: boots.entries) { $0.host }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value.sorted { $0.first < $1.first }) }
  }
}
