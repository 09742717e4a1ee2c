/// One client of the simulated network.
struct Client {
  enum State { case offline, connecting, online, down }
  var id: String
  var version: String
  var platform: String
  var segment: String
  var region: String
  var address: String
  /// Public address and a good machine: may serve as supernode.
  var isEligible: Bool
  var isPanel: Bool
  /// Messages wait for it at the offline-IM servers: the reply that the sick version cannot take
  /// when it comes late.
  var waiting: Int
  /// Log-ins of it are in the sample that the auth servers log.
  var isSampled: Bool
  var state = State.offline
  var supernode = -1
  /// Raised whenever what was planned for it no longer holds.
  var epoch = 0
  var tries = 0
  var cycles = 0
  var startedAt = 0.0
  var crashes = 0
  /// Hour of the day around which it is online most, in UTC, by region.
  var phase: Double
  var wantsOnline = true
}

struct Supernode {
  var id: String
  var version: String
  var address: String
  /// Client that hosts it, or -1 for a dedicated one.
  var host: Int
  var isDedicated: Bool
  var isHostile = false
  var isUp = true
  var clients = 0
  var mostClients: Int
  /// Requests a minute beyond which it protects its host.
  var limit: Double
  /// Of the running minute and of the reporting interval.
  var minute = 0
  var interval = 0
  var rejected = 0
  var newIdentities = 0
  /// Requests a minute, smoothed over some three minutes.
  var rate = 0.0
  var minutesOver = 0
  var upSince = 0.0
  /// When it may be promoted again after an exit.
  var lastReport = 0.0
}

/// A cluster of support servers as one queue: work that waits, work done a second.
struct Cluster {
  var name: String
  var hosts: [String]
  /// Requests that it can answer a second when healthy.
  var capacity: Double
  /// Share of the capacity that is left.
  var health = 1.0
  var backlog = 0.0
  var isOff = false
  // Since the last line of statistics.
  var requests = 0
  var ok = 0
  var timeouts = 0
  var shed = 0
  var latencies: [Double] = []
  let base: Double
  private var workedUntil = 0.0

  init(name: String, hosts: [String], capacity: Double, base: Double) {
    self.name = name
    self.hosts = hosts
    self.capacity = capacity
    self.base = base
  }

  /// Seconds until a request that comes now is answered.
  func latency(_ chance: inout Chance) -> Double {
    let queue = backlog / max(0.01, capacity * health)
    return chance.logNormal(median: base, spread: 0.35) + queue * chance.between(0.8, 1.2)
  }

  /// Works until an instant.
  mutating func work(until now: Double) {
    guard now > workedUntil else { return }
    backlog = max(0, backlog - capacity * health * (now - workedUntil))
    workedUntil = now
  }
}
