public import Records
public import Sketches

/// A stretch in which one host ran without a restart, as journald's boot identities tell.
public struct Boot: Sampled, Sendable, Equatable {
  /// Of host and boot together.
  public let id: UInt64
  public let host: String
  public let boot: String
  public internal(set) var first: Exemplar
  public internal(set) var last: Timestamp

  mutating func note(_ at: Exemplar) {
    if at < first { first = at }
    if at.time > last { last = at.time }
  }

  mutating func merge(_ other: Boot) {
    if other.first < first { first = other.first }
    if other.last > last { last = other.last }
  }
}

extension Survey {
  /// Boots of each host in order of time, by the host's name.
  public var bootsByHost: [(host: String, boots: [Boot])] {
    Dictionary(grouping: boots.entries) { $0.host }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value.sorted { $0.first < $1.first }) }
  }
}
