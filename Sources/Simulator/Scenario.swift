/// How large a run is.
public enum Scale: String, CaseIterable, Sendable {
  case small, medium, large

  /// Clients; the real network of 2010 had some twenty million at once.
  var clients: Int {
    switch self {
    case .small: 1500
    case .medium: 6000
    case .large: 40_000
    }
  }
  /// Clients that serve as directory. Real: one in some hundred to eight hundred (science: 25 here,
  /// so that small runs have enough of them).
  var supernodes: Int { clients / 25 }
  /// Share of clients that upload all their diagnostics; crash reports come from all.
  var panelShare: Double {
    switch self {
    case .small: 0.1
    case .medium: 0.06
    case .large: 0.02
    }
  }
  /// Users that one simulated client stands for in the public counters.
  var usersEach: Double { 20_000_000 / (Double(clients) * 0.8) }
}

/// What sets a run going, besides the everyday.
struct Trigger: Sendable {
  /// Seconds after the start of the run.
  var at: Double
  /// The offline-IM cluster loses this share of its capacity.
  var offlineSlowdown = 0.0
  /// Hostile packets that crash the sick version, from so many senders.
  var hostileSenders = 0
  /// New identities that ask supernodes for log-ins which they never get.
  var floodIdentities = 0
  /// Hostile supernodes, as a share of the honest ones, that join before `at`.
  var sybilShare = 0.0
  /// Share of online clients that reboot within half an hour.
  var rebootShare = 0.0
}

/// A named course of events with known truth.
public struct Scenario: Sendable {
  public let name: String
  public let title: String
  public let summary: String
  /// The outcome that happened, and those that a verdict may be.
  public let truth: String
  public let accepted: [String]
  /// First instant of the logs, in seconds since the epoch, and their length.
  let start: Int64
  let hours: Double
  let caseName: String
  let trigger: Trigger?
  /// Only counters and bare exits of supernodes are left in the logs.
  var isBlind = false
  /// Hours after the trigger until operators begin to act.
  var reactionHours = 3.2
  /// Hours after the trigger by which the share of users that is let in has grown to 90 %.
  var recoveryHours = 28.0

  /// 22 December 2010, 04:00 UTC.
  private static let december: Int64 = 1_292_990_400
  /// 16 August 2007, 00:00 UTC.
  private static let august: Int64 = 1_187_222_400
  private static let sixteen = 12 * 3600.0

  public static let all: [Scenario] = [
    Scenario(
      name: "skype-2010", title: "The outage of 22 December 2010",
      summary:
        "Slow offline-IM servers crash one client version; supernodes go; restarts overload the rest.",
      truth: "overload", accepted: ["overload"], start: december, hours: 44,
      caseName: "outage-2010-12-22",
      trigger: Trigger(at: sixteen, offlineSlowdown: 0.55)),
    Scenario(
      name: "skype-2007", title: "The outage of August 2007",
      summary:
        "A mass reboot after patches, a flood of log-ins, slow allocation of new supernodes.",
      truth: "overload", accepted: ["overload"], start: august, hours: 48,
      caseName: "outage-2007-08-16", trigger: Trigger(at: 10 * 3600, rebootShare: 0.6),
      reactionHours: 9, recoveryHours: 36),
    Scenario(
      name: "crash-packet", title: "Counterfactual: the same crash by hostile packets",
      summary: "A few senders send clients of the sick version a packet that crashes them.",
      truth: "attack", accepted: ["attack"], start: december, hours: 44,
      caseName: "outage-2010-12-22", trigger: Trigger(at: sixteen, hostileSenders: 4)),
    Scenario(
      name: "supernode-flood", title: "Counterfactual: supernodes flooded from outside",
      summary: "New identities flood supernodes with log-ins that never succeed.",
      truth: "attack", accepted: ["attack", "mixed"], start: december, hours: 44,
      caseName: "outage-2010-12-22", trigger: Trigger(at: sixteen, floodIdentities: 600)),
    Scenario(
      name: "sybil-wave", title: "Counterfactual: a wave of hostile supernodes",
      summary:
        "Hostile supernodes join from few networks, attract clients and swallow their requests.",
      truth: "attack", accepted: ["attack"], start: december, hours: 44,
      caseName: "outage-2010-12-22", trigger: Trigger(at: sixteen, sybilShare: 0.7)),
    Scenario(
      name: "skype-2010-blind", title: "2010 with the decisive logs missing",
      summary:
        "User counters and bare exits of supernodes; nothing of clients, servers and reasons.",
      truth: "overload", accepted: ["open"], start: december, hours: 44,
      caseName: "outage-2010-12-22",
      trigger: Trigger(at: sixteen, offlineSlowdown: 0.55), isBlind: true),
    Scenario(
      name: "quiet-day", title: "A day on which nothing happens",
      summary: "Daily shape, an ordinary deployment, background noise.", truth: "benign",
      accepted: ["benign", "open"], start: december, hours: 24, caseName: "day-2010-12-22",
      trigger: nil),
  ]

  public static func named(_ name: String) -> Scenario? { all.first { $0.name == name } }
}
