public import Records
public import Sketches
import Surveys

/// Why a node left.
public enum ExitReason: String, Sendable, CaseIterable {
  case crash
  case selfProtection = "self-protective exit"
  case orderly = "orderly stop"
  case lost = "lost without a word"
}

public struct NodeExit: Sendable {
  public var node: String
  public var version: String
  public var reason: ExitReason
  public var at: Int64
  public var citation: Exemplar?
}

/// Nodes of one role that were serving before the incident, and how they left.
public struct NodeLosses: Sendable {
  public var role: Role
  /// Nodes serving at the onset.
  public var before: Int
  /// First exit of each node that left during the incident.
  public var exits: [NodeExit]
  /// Least number serving at once among those of before, over the incident.
  public var waves: [Wave]
  /// Nodes first seen during the incident.
  public var joined: Int
  /// By version, for nodes that crashed.
  public var crashByVersion: HazardTable?
  /// By version, for nodes that protected themselves.
  public var protectionByVersion: HazardTable?
  /// Serving nodes over the frame's buckets, from first and last words and exits.
  public var serving: [Double]

  public struct Wave: Sendable {
    public var reason: ExitReason
    public var count: Int
    public var first: Int64
    public var median: Int64
    public var last: Int64
    public var citations: [Exemplar]
  }

  public func share(_ reason: ExitReason) -> Double {
    before == 0 ? 0 : Double(exits.count { $0.reason == reason }) / Double(before)
  }

  /// Share of the nodes of before that left for a reason that was not theirs to choose.
  public var lostShare: Double {
    before == 0 ? 0 : Double(exits.count { $0.reason != .orderly }) / Double(before)
  }
}

public enum NodeDefault {
  /// A node that has been silent this many of its usual gaps is lost.
  public static let silenceGaps = 6.0
  /// Share of the nodes whose loss by crash and self-protection is no everyday.
  public static let graveLoss = 0.25
  /// Roles whose nodes carry others.
  ///
  /// Node identities in the logs of other servers are those who ask, not those who serve.
  public static let roles: [Role] = [.supernode]
}

/// - Parameter incident: seconds, onset to end.
func nodeLosses(
  _ survey: Survey, frame: CaseFrame, role: Role, onset: Int64, end: Int64
) -> NodeLosses? {
  let nodes = survey.population.actors { $0.kind == .node && $0.has(role) }
    .sorted { $0.id < $1.id }
  let silence = max(frame.width * 3, frame.coarseWidth * 2, 900)
  // Serving at the onset: seen before it, not gone before it.
  // Only what a node says as such: the client on the same machine starts and stops by itself.
  func life(_ actor: Actor) -> [LifeEvent] {
    actor.life.filter { survey.accounts[$0.at.source]?.role == role }
  }
  func goneAt(_ actor: Actor, before: Int64) -> LifeEvent? {
    var last: LifeEvent?
    for event in life(actor) where event.at.time.seconds < before {
      switch event.kind {
      case .crash, .outOfMemory, .selfProtection, .stop: last = event
      case .start, .restart: last = nil
      default: break
      }
    }
    return last
  }
  let serving = nodes.filter { actor in
    actor.firstServing.isKnown && actor.firstServing.seconds < onset
      && actor.lastServing.seconds >= onset - silence
      && goneAt(actor, before: onset) == nil
  }
  guard serving.count >= 3 else { return nil }
  var exits: [NodeExit] = []
  for node in serving {
    let event = life(node).first { life in
      let second = life.at.time.seconds
      guard second >= onset, second < end else { return false }
      switch life.kind {
      case .crash, .outOfMemory, .selfProtection, .stop: return true
      default: return false
      }
    }
    if let event {
      let reason: ExitReason =
        event.kind == .selfProtection
        ? .selfProtection : event.kind == .stop ? .orderly : .crash
      exits.append(
        NodeExit(
          node: node.name, version: node.version.value, reason: reason,
          at: event.at.time.seconds, citation: event.at))
    } else if node.lastServing.seconds + silence < min(end, frame.end),
      node.lastServing.seconds >= onset
    {
      exits.append(
        NodeExit(
          node: node.name, version: node.version.value, reason: .lost, at: node.lastServing.seconds,
          citation: nil))
    }
  }
  exits.sort { $0.at == $1.at ? $0.node < $1.node : $0.at < $1.at }
  let waves = ExitReason.allCases.compactMap { reason -> NodeLosses.Wave? in
    let of = exits.filter { $0.reason == reason }
    guard let first = of.first, let last = of.last else { return nil }
    return NodeLosses.Wave(
      reason: reason, count: of.count, first: first.at, median: of[of.count / 2].at, last: last.at,
      citations: Array(of.compactMap(\.citation).prefix(3)))
  }
  let reasonOf = Dictionary(exits.map { ($0.node, $0.reason) }) { first, _ in first }
  let joined = nodes.count {
    $0.firstServing.seconds >= onset && $0.firstServing.seconds < end
  }

  var curve = [Double](repeating: 0, count: frame.count + 1)
  for node in nodes {
    // On from the first word to an exit, and on again from a start.
    guard node.firstServing.isKnown else { continue }
    var from: Int64? = node.firstServing.seconds
    func close(_ at: Int64) {
      guard let begin = from, at >= begin else { return }
      let a = max(0, Int((begin - frame.start) / frame.width))
      let b = Int((at - frame.start) / frame.width)
      if a < frame.count, b >= 0 {
        curve[a] += 1
        curve[min(frame.count, max(a, b) + 1)] -= 1
      }
      from = nil
    }
    for event in life(node) {
      switch event.kind {
      case .crash, .outOfMemory, .selfProtection, .stop: close(event.at.time.seconds)
      case .start, .restart: if from == nil { from = event.at.time.seconds }
      default: break
      }
    }
    // After its last exit a node may have spoken again without a start on record.
    if from != nil { close(node.lastServing.seconds) }
  }
  var running = 0.0
  let servingCurve = (0..<frame.count).map { i -> Double in
    running += curve[i]
    return running
  }
  return NodeLosses(
    role: role, before: serving.count, exits: exits, waves: waves, joined: joined,
    crashByVersion: hazardTable(
      dimension: "version", event: "crash", exposed: serving,
      affected: { reasonOf[$0.name] == .crash }, value: { $0.version.value }),
    protectionByVersion: hazardTable(
      dimension: "version", event: "self-protective exit", exposed: serving,
      affected: { reasonOf[$0.name] == .selfProtection }, value: { $0.version.value }),
    serving: servingCurve)
}
