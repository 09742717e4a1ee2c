public import Records
public import Sketches
import Surveys

/// Many nodes of one role that were never seen before, within a short time.
public struct JoinWave: Sendable {
  public var role: Role
  public var from: Int64
  public var to: Int64
  public var count: Int
  /// What the usual rate would have brought.
  public var expected: Double
  public var nodesBefore: Int
  /// Commonest network, and its share among the joined and among those of before.
  public var network: String
  public var networkShare: Double
  public var networkShareBefore: Double
  /// Networks that are far commoner among the joined than before, the commonest first, with their
  /// shares among the joined.
  public var networks: [(name: String, share: Double)]
  /// Commonest beginning of the identities (two characters), and its share.
  public var identityPrefix: String
  public var identityShare: Double
  public var version: String
  public var versionShare: Double
  public var versionShareBefore: Double
  /// Whether a redeployment by the operators accounts for it.
  public var isAnnounced: Bool
  public var citations: [Exemplar]

  /// Identities of honest nodes are spread evenly: 16 per cent of one two-character beginning is
  /// far beyond chance. Networks and versions are compared with those of before.
  public var isConcentrated: Bool {
    let byNetwork = networkShare >= 0.3 && networkShare >= JoinWaveDefault.lift * networkShareBefore
    let byIdentity = identityShare >= 0.16
    return byNetwork || byIdentity
  }
}

public enum JoinWaveDefault {
  public static let windowSeconds: Int64 = 3600
  public static let leastCount = 8
  /// Times the usual rate of joining.
  public static let leastRatio = 5.0
  /// Least share of the nodes of before.
  public static let leastShare = 0.1
  /// Times that a network is commoner among the joined than before, to stand out, and its least share.
  public static let lift = 3.0
  public static let leastNetworkShare = 0.1
  /// First part of the logs, in which every node is new.
  public static let warmUpShare = 0.08
  /// A redeployment within this time before accounts for a wave.
  public static let announcedWithin: Int64 = 7200
}

func joinWaves(_ survey: Survey, frame: CaseFrame, role: Role, steps: [OperatorStep]) -> [JoinWave]
{
  let d = JoinWaveDefault.self
  let warm = frame.start + Int64(Double(frame.span) * d.warmUpShare)
  let nodes = survey.population.actors {
    $0.kind == .node && $0.firstServing.isKnown
  }
  .sorted {
    $0.firstServing == $1.firstServing ? $0.id < $1.id : $0.firstServing < $1.firstServing
  }
  let fresh = nodes.filter { $0.firstServing.seconds >= warm }
  guard fresh.count >= d.leastCount else { return [] }
  let hours = Double(frame.end - warm) / Double(d.windowSeconds)
  // Usual rate: the median over windows, so that a wave does not hide itself.
  var perWindow: [Int: Int] = [:]
  for node in fresh {
    perWindow[Int((node.firstServing.seconds - warm) / d.windowSeconds), default: 0] += 1
  }
  let windows = (0..<max(1, Int(hours.rounded(.up)))).map { perWindow[$0] ?? 0 }.sorted()
  let usual = Double(windows[windows.count / 2])
  var waves: [JoinWave] = []
  var low = 0
  var best: (low: Int, high: Int)?
  func emit(_ range: (low: Int, high: Int)) {
    let members = Array(fresh[range.low...range.high])
    guard let first = members.first, let last = members.last else { return }
    let from = first.firstServing.seconds
    let before = nodes.filter { $0.firstServing.seconds < from }
    guard members.count >= d.leastCount,
      Double(members.count) >= max(1, usual) * d.leastRatio,
      Double(members.count) >= Double(before.count) * d.leastShare
    else { return }
    func share(_ actors: [Actor], _ value: (Actor) -> String) -> (String, Double, [String: Int]) {
      var counts: [String: Int] = [:]
      for actor in actors where !value(actor).isEmpty { counts[value(actor), default: 0] += 1 }
      let total = counts.values.reduce(0, +)
      let top = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
      return (top?.key ?? "", total == 0 ? 0 : Double(top?.value ?? 0) / Double(total), counts)
    }
    func of(_ value: String, _ actors: [Actor], _ read: (Actor) -> String) -> Double {
      actors.isEmpty ? 0 : Double(actors.count { read($0) == value }) / Double(actors.count)
    }
    let net = { (a: Actor) in AddressPrefix(address: a.address.value)?.network.description ?? "" }
    let prefix = { (a: Actor) in a.name.utf8.count >= 6 ? String(a.name.prefix(2)) : "" }
    let version = { (a: Actor) in a.version.value }
    let topNetwork = share(members, net)
    let topPrefix = share(members, prefix)
    let topVersion = share(members, version)
    let announced = steps.contains {
      $0.kind == .redeployment && $0.from <= last.firstServing.seconds
        && $0.to + d.announcedWithin >= from
    }
    waves.append(
      JoinWave(
        role: role, from: from, to: last.firstServing.seconds, count: members.count,
        expected: usual, nodesBefore: before.count, network: topNetwork.0,
        networkShare: topNetwork.1, networkShareBefore: of(topNetwork.0, before, net),
        networks: topNetwork.2.map { ($0.key, Double($0.value) / Double(members.count)) }
          .filter {
            $0.1 >= d.leastNetworkShare && $0.1 >= d.lift * of($0.0, before, net)
          }.sorted { ($1.1, $0.0) < ($0.1, $1.0) },
        identityPrefix: topPrefix.0, identityShare: topPrefix.1, version: topVersion.0,
        versionShare: topVersion.1, versionShareBefore: of(topVersion.0, before, version),
        isAnnounced: announced, citations: Array(members.prefix(3).map(\.first))))
  }
  // Densest windows, one after the other.
  for high in fresh.indices {
    while fresh[high].firstServing.seconds - fresh[low].firstServing.seconds > d.windowSeconds {
      low += 1
    }
    let count = high - low + 1
    if let current = best {
      if low > current.high {
        emit(current)
        best = (low, high)
      } else if count > current.high - current.low + 1 {
        best = (low, high)
      }
    } else {
      best = (low, high)
    }
  }
  if let best { emit(best) }
  return waves
}
