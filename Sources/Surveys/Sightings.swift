public import Records

/// When the hosts that a request came by wrote of it: what differences of clocks are read off.
///
/// Of the sampled requests; the sample is the same in every file and worker.
public struct Sightings: Sampled, Sendable, Equatable {
  public struct Sighting: Sendable, Hashable {
    /// Fingerprint of the host's name.
    public var host: UInt64
    /// The earliest that this host wrote of the request.
    public var time: Timestamp
  }

  public let id: UInt64
  /// By host, each once, the smallest fingerprints up to the limit.
  public internal(set) var seen: [Sighting]

  /// Hosts kept of one request.
  static let limit = 6

  init(id: UInt64, seen: [Sighting] = []) {
    self.id = id
    self.seen = seen
  }

  mutating func note(_ host: UInt64, _ time: Timestamp) {
    var i = 0
    while i < seen.count, seen[i].host < host { i += 1 }
    if i < seen.count, seen[i].host == host {
      if time < seen[i].time { seen[i].time = time }
      return
    }
    seen.insert(Sighting(host: host, time: time), at: i)
    if seen.count > Sightings.limit { seen.removeLast() }
  }

  mutating func merge(_ other: Sightings) {
    for one in other.seen { note(one.host, one.time) }
  }
}

/// The name of a host that sightings speak of, or that sent what nobody asked for.
public struct HostName: Sampled, Sendable, Equatable {
  public let id: UInt64
  public let name: String

  mutating func merge(_ other: HostName) {}
}
