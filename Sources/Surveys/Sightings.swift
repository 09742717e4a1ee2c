public import Records

/// When the hosts that a request came by wrote of it: what differences of clocks are read off.
///
/// A request is known by its id, a connection by the address and port of who asks; a port that is used
/// again counts by its first use. Where records bear none, what was asked for stands for it: of a
/// target that each host wrote of once it is certain enough that they wrote of the same request.
/// Of the sampled requests; the sample is the same in every file and worker.
public struct Sightings: Sampled, Sendable, Equatable {
  public struct Sighting: Sendable, Hashable {
    /// Fingerprint of the host's name.
    public var host: UInt64
    /// The earliest that this host wrote of the request.
    public var time: Timestamp
    /// Who asked, as this host saw it; 0 for requests with an id.
    public var actor: UInt64 = 0
    /// Whether the host wrote of it more than once.
    public var isRepeated = false

    public init(host: UInt64, time: Timestamp, actor: UInt64 = 0, isRepeated: Bool = false) {
      self.host = host
      self.time = time
      self.actor = actor
      self.isRepeated = isRepeated
    }
  }

  public let id: UInt64
  /// Whether records bear the request's id; else it is known by what was asked for.
  public let hasID: Bool
  /// By host, each once, the smallest fingerprints up to the limit.
  public internal(set) var seen: [Sighting]

  /// Hosts kept of one request.
  static let limit = 6
  /// A request without id that more hosts wrote of was asked more than once.
  static let hostsWithoutID = 3

  init(id: UInt64, hasID: Bool, seen: [Sighting] = []) {
    self.id = id
    self.hasID = hasID
    self.seen = seen
  }

  /// Whether all that is seen is of one request.
  public var isOneRequest: Bool {
    hasID || seen.count <= Sightings.hostsWithoutID && !seen.contains(where: \.isRepeated)
  }

  mutating func note(_ one: Sighting) {
    var i = 0
    while i < seen.count, seen[i].host < one.host { i += 1 }
    if i < seen.count, seen[i].host == one.host {
      seen[i].isRepeated = true
      if (one.time.nanoseconds, one.actor) < (seen[i].time.nanoseconds, seen[i].actor) {
        seen[i].time = one.time
        seen[i].actor = one.actor
      }
      return
    }
    seen.insert(one, at: i)
    if seen.count > Sightings.limit { seen.removeLast() }
  }

  mutating func merge(_ other: Sightings) {
    for one in other.seen { note(one) }
  }
}

/// The name of a host that sightings speak of, or that sent what nobody asked for.
public struct HostName: Sampled, Sendable, Equatable {
  public let id: UInt64
  public let name: String

  mutating func merge(_ other: HostName) {}
}
