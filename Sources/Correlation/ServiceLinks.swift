import Records
import Statistics
import Surveys

/// Two services that wrote of the same requests, and which of them asks the other.
public struct ServiceLink: Sendable {
  public var asks: String
  public var asked: String
  /// Requests of the sample that both wrote of; 0 where the manifest alone tells.
  public var requests: Int
}

/// Harm on its way from a service to one that asks it.
public struct Passage: Sendable {
  public var link: ServiceLink
  /// First harm of the one that is asked, and of the one that asks.
  public var from: Dated
  public var to: Dated
  /// How the harm of the one that asks follows that of the one that is asked within the incident.
  public var dose: Dose?
  /// Services that do not ask it, were used at the time, and came to no harm.
  public var controls: [String]

  /// Rank correlation of two signals over stretches of the incident.
  public struct Dose: Sendable {
    public var rho: Double
    public var p: Double
    public var stretches: Int
    public var isClear: Bool { rho >= LinkDefault.leastDose && p <= LinkDefault.doseError }
  }

  /// Whether the order holds beyond the errors of both.
  public var isSettled: Bool { from.latest <= to.earliest }
  /// Whether the harm went that way as far as logs can show: one asks the other, the order holds, and
  /// the dose or a control group agrees.
  public var isArrow: Bool { isSettled && (dose?.isClear == true || !controls.isEmpty) }
}

public enum LinkDefault {
  /// Requests that two services must share.
  public static let leastRequests = 20
  /// Rank correlation from which on harm follows harm, its error, and the stretches of the incident
  /// that are compared: few, so that neighbours are not counted as witnesses of one another.
  public static let leastDose = 0.4
  public static let doseError = 0.01
  static let stretches = 30
  static let leastStretches = 10
  /// Words in the names of stores and queues: they are asked and ask nobody.
  static let storeWords = [
    "postgres", "mysql", "maria", "redis", "mongo", "elastic", "cassandra", "kafka", "zookeeper",
    "etcd", "rabbit", "clickhouse", "memcache", "influx", "database", "sqlserver", "oracle", "ldap",
  ]
}

/// Whether a service's name is that of a store or a queue, which others ask.
public func isStore(_ service: String) -> Bool {
  let name = service.lowercased()
  return name == "db" || LinkDefault.storeWords.contains(where: name.contains)
}

/// What each host serves: the account of most of its records.
func mainAccounts(_ survey: Survey) -> [String: SourceAccount] {
  var result: [String: SourceAccount] = [:]
  for account in survey.accounts.values.sorted(by: { $0.label < $1.label })
  where !account.host.isEmpty && account.records > result[account.host]?.records ?? 0 {
    result[account.host] = account
  }
  return result
}

/// Which services ask which, read off the requests that hosts of both wrote of.
///
/// The order in which records are written does not tell who asked: some write when a request comes,
/// others when it is answered. So the direction is that of the roles: what stands at the edge asks,
/// stores and support are asked. Links whose direction roles do not tell are left out.
///
/// - Parameter told: what the manifest says, of roles, services or hosts.
/// - Complexity: linear in the sightings, times the square of the hosts of one request.
func serviceLinks(_ survey: Survey, told: [(from: String, to: String)]) -> [ServiceLink] {
  struct Part {
    var service: String
    var rank: Int
  }
  func rank(_ role: Role, _ service: String) -> Int {
    if isStore(service) { return 3 }
    return switch role {
    case .client: -1
    case .proxy: 0
    case .support: 2
    default: 1
    }
  }
  let parts = mainAccounts(survey).mapValues {
    Part(service: $0.service, rank: rank($0.role, $0.service))
  }
  var byID: [UInt64: Part] = [:]
  for host in survey.sightedHosts.entries { byID[host.id] = parts[host.name] }
  struct Pair: Hashable {
    var asks: String
    var asked: String
  }
  var counts: [Pair: Int] = [:]
  var isTold: Set<Pair> = []
  // One who goes over two sites in the same order joins them no more than once.
  var heard: [Pair: Set<UInt64>] = [:]
  for request in survey.sightings.entries.sorted(by: { $0.id < $1.id })
  where request.isOneRequest {
    var pairs: Set<Pair> = []
    for a in request.seen {
      for b in request.seen {
        guard let first = byID[a.host], let second = byID[b.host], first.rank < second.rank,
          first.service != second.service
        else { continue }
        let pair = Pair(asks: first.service, asked: second.service)
        // The side that is asked may see the one that asks alone.
        if request.hasID || heard[pair, default: []].insert(a.actor).inserted { pairs.insert(pair) }
      }
    }
    for pair in pairs { counts[pair, default: 0] += 1 }
  }
  // A name may be that of a service, a role, or a host.
  func services(_ name: String) -> Set<String> {
    var result: Set<String> = []
    for account in survey.accounts.values
    where account.service == name || account.role.rawValue == name || account.host == name {
      result.insert(account.service)
    }
    return result
  }
  for link in told {
    for from in services(link.from) {
      for to in services(link.to) where to != from {
        counts[Pair(asks: from, asked: to), default: 0] += 0
        isTold.insert(Pair(asks: from, asked: to))
      }
    }
  }
  return counts.filter { $0.value >= LinkDefault.leastRequests || isTold.contains($0.key) }
    .map { ServiceLink(asks: $0.key.asks, asked: $0.key.asked, requests: $0.value) }
    .sorted { ($1.requests, $0.asks, $0.asked) < ($0.requests, $1.asks, $1.asked) }
}

/// For each link of which both ends came to harm: when, whether the dose agrees, and who was spared.
func passages(_ links: [ServiceLink], _ incident: Incident?, healthy: [String], frame: CaseFrame)
  -> [Passage]
{
  guard let incident else { return [] }
  func first(_ service: String) -> Run? {
    incident.runs.first { $0.signal.service == service }
  }
  return links.compactMap { link in
    guard let from = first(link.asked), let to = first(link.asks) else { return nil }
    // Failures follow most closely, where the one that asks has any.
    let answer =
      incident.runs.first { $0.signal.service == link.asks && $0.signal.kind == .failures } ?? to
    return Passage(
      link: link, from: from.onset, to: to.onset, dose: dose(from, answer, frame: frame),
      controls: healthy.filter { service in
        service != link.asked && !links.contains { $0.asks == service && $0.asked == link.asked }
      })
  }
}

/// Levels of two signals against one another, over stretches of the time in which both are in trouble.
private func dose(_ cause: Run, _ effect: Run, frame: CaseFrame) -> Passage.Dose? {
  let within = frame.indices(
    from: max(cause.onset.at, effect.onset.at), to: min(cause.end, effect.end))
  let count = min(LinkDefault.stretches, within.count)
  guard count >= LinkDefault.leastStretches else { return nil }
  func level(_ signal: Signal, _ range: Range<Int>) -> Double {
    if signal.isMean {
      let seen = range.map { signal.values[$0] }.filter { !$0.isNaN }
      return seen.isEmpty ? .nan : seen.reduce(0, +) / Double(seen.count)
    }
    let sum = range.reduce(0.0) { $0 + signal.values[$1] }
    guard !signal.attempts.isEmpty else { return sum }
    let attempts = range.reduce(0.0) { $0 + signal.attempts[$1] }
    return attempts > 0 ? sum / attempts : .nan
  }
  let parts = (0..<count).map { k in
    (within.lowerBound + k * within.count / count)..<(within.lowerBound + (k + 1) * within.count
      / count)
  }
  let pairs = parts.map { (level(cause.signal, $0), level(effect.signal, $0)) }
    .filter { !$0.0.isNaN && !$0.1.isNaN }
  guard pairs.count >= LinkDefault.leastStretches,
    let found = spearman(pairs.map(\.0), pairs.map(\.1))
  else { return nil }
  return Passage.Dose(rho: found.rho, p: found.p, stretches: pairs.count)
}

extension Incident {
  /// Puts the harm of the service that is asked before that of those who ask it, where their onsets'
  /// intervals overlap and the order is not settled by time: who waits is slow because of it.
  ///
  /// - Complexity: the runs that begin together times the links.
  mutating func putAskedFirst(_ links: [ServiceLink]) {
    guard let first = runs.first else { return }
    let together = runs.filter {
      $0.signal.kind == first.signal.kind && $0.onset.earliest <= first.onset.latest
    }
    let services = Set(together.map(\.signal.service))
    // Along the links, each service once: a circle ends where it began.
    var deepest = first.signal.service
    var seen: Set<String> = [deepest]
    while let next = links.filter({ $0.asks == deepest && services.contains($0.asked) })
      .map(\.asked).sorted().first(where: { seen.insert($0).inserted })
    {
      deepest = next
    }
    guard
      let place = runs.firstIndex(where: {
        $0.signal.service == deepest && $0.signal.kind == first.signal.kind
      }), place > 0
    else { return }
    runs.insert(runs.remove(at: place), at: 0)
  }
}
