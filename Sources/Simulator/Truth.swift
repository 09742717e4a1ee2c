public import Foundation

/// What really happened, counted while it happens. Never part of the logs.
struct TruthKeeper {
  var smoothed = 0.0
  var onlineAtTrigger = 0
  var supernodesAtTrigger = 0
  var crashedSick: Set<Int> = []
  var crashedOther: Set<Int> = []
  var protections = 0
  var lowest = (online: Int.max, at: 0.0, alive: 0)
  var finalOnline = 0
  var mitigations: [String] = []
  private var began = false
  private var loads: [Int: (requests: Int, nodes: Set<Int>)] = [:]
  private(set) var baseLoad = 0.0
  private(set) var peakLoad = (ratio: 0.0, amplification: 0.0)
  private var aliveAt: [Int: Int] = [:]
  private(set) var onlineCurve: [(Double, Int)] = []

  mutating func begin(online: Int, supernodes: Int) {
    began = true
    onlineAtTrigger = online
    supernodesAtTrigger = supernodes
  }

  mutating func crashed(_ i: Int, _ client: Client, at: Double, isSick: Bool, trigger: Double?) {
    guard let trigger, at >= trigger else { return }
    if isSick { crashedSick.insert(i) } else { crashedOther.insert(i) }
  }

  mutating func protected(at: Double) { if began { protections += 1 } }

  mutating func load(_ at: Double, requests: Int, node: Int) {
    let slot = Int(at / 600)
    loads[slot, default: (0, [])].requests += requests
    loads[slot, default: (0, [])].nodes.insert(node)
  }

  mutating func minute(_ at: Double, online: Int, alive: Int, width: Double) {
    aliveAt[Int(at / 600)] = alive
    finalOnline = online
    if Int(at) % 1800 == 0 { onlineCurve.append((at, online)) }
    if began, online < lowest.online { lowest = (online, at, alive) }
  }

  /// Load a node in ten minutes, against that before the trigger.
  mutating func settleLoads(trigger: Double) {
    let before = loads.filter {
      Double($0.key) * 600 < trigger - 600 && Double($0.key) * 600 > trigger - 10_800
    }
    let base = before.values.map { Double($0.requests) / Double(max(1, $0.nodes.count)) }.sorted()
    baseLoad = base.isEmpty ? 0 : base[base.count / 2]
    guard baseLoad > 0 else { return }
    for (slot, load) in loads
    where Double(slot) * 600 >= trigger && Double(slot) * 600 < trigger + 6 * 3600 {
      let ratio = Double(load.requests) / Double(max(1, load.nodes.count)) / baseLoad
      let left = Double(aliveAt[slot] ?? 1) / Double(max(1, supernodesAtTrigger))
      if ratio > peakLoad.ratio { peakLoad = (ratio, ratio * min(1, left)) }
    }
  }
}

/// What a run came to.
public struct SimulationResult: Sendable {
  public var files: Int
  public var bytes: Int
  public var lines: Int
  /// Named quantities of the run, for checks against the published ratios.
  public var facts: [String: Double]
}

/// Simulates a scenario and writes `logs/` and `truth.json` below a folder.
///
/// - Throws: if the folder cannot be written.
public func simulate(_ scenario: Scenario, seed: UInt64, scale: Scale, into directory: URL) throws
  -> SimulationResult
{
  let engine = Engine(scenario, seed: seed, scale: scale)
  engine.run()
  if scenario.isBlind { engine.logs.keep(blind) }
  let folder = directory.appending(path: "logs")
  let saved = try engine.logs.save(to: folder)
  try Data(manifest(engine).utf8).write(to: folder.appending(path: "inquest.yml"))
  let facts = engine.facts()
  try Data(truthJSON(engine, seed: seed, facts: facts).utf8).write(
    to: directory.appending(path: "truth.json"))
  return SimulationResult(
    files: saved.files, bytes: saved.bytes, lines: engine.logs.lines, facts: facts)
}

/// What is left where the decisive logs are missing: counters, and that a supernode went, not why.
private func blind(_ path: String, _ line: String) -> String? {
  if path.hasPrefix("pres-") { return line }
  guard path.hasPrefix("sn-") else { return nil }
  if line.contains("event=load_report") {
    return bare(line, ["ts", "node", "class", "addr", "event", "clients"])
  }
  for event in ["crash", "self_protect_exit", "demoted"] where line.contains("event=\(event) ") {
    return bare(line, ["ts", "node", "class", "addr"]) + " event=offline"
  }
  return line.contains("event=promoted")
    ? bare(line, ["ts", "node", "class", "addr", "event"]) : nil
}

private func bare(_ line: String, _ keys: [String]) -> String {
  line.split(separator: " ").filter { word in
    keys.contains { word.hasPrefix($0 + "=") }
  }.joined(separator: " ")
}

private func manifest(_ engine: Engine) -> String {
  engine.now = engine.end + 3600
  return """
    case: \(engine.scenario.caseName)
    collected: \(engine.stamp())
    roles:
      "telemetry-*": client
      "sn-*": supernode
      "oim-*": support
      "gv-*": support
      "auth-*": support
      "pres-*": support
      "conn-*": support
      "ops-1": operations
      "edge-1": host
      "web-1": server
    topology:
      - {from: client, to: supernode}
      - {from: supernode, to: auth}
      - {from: client, to: offline_im}
    users:
      expected: 20000000
      segments: {free: 0.7, paygo: 0.2, subscriber: 0.1}
    compensation:
      - {segment: paygo, grant: "thirty minutes of calls to landlines"}
      - {segment: subscriber, grant: "one week more"}

    """
}

extension Engine {
  func facts() -> [String: Double] {
    guard let trigger = scenario.trigger else { return ["online": Double(truth.finalOnline)] }
    truth.settleLoads(trigger: trigger.at)
    let sick = clients.indices.filter { clients[$0].version == Model.sickVersion }.count
    let crashedHosts = supernodes.count {
      $0.host >= 0 && truth.crashedSick.contains($0.host) && $0.upSince < trigger.at
    }
    let base = Double(max(1, truth.onlineAtTrigger))
    return [
      "sickVersionShare": Double(sick) / Double(clients.count),
      "crashShareOfSickVersion": Double(truth.crashedSick.count) / Double(max(1, sick)),
      "crashShareOfOthers": Double(truth.crashedOther.count) / Double(max(1, clients.count - sick)),
      "supernodesLostByCrash": Double(crashedHosts) / Double(max(1, truth.supernodesAtTrigger)),
      "selfProtectiveExits": Double(truth.protections) / Double(max(1, truth.supernodesAtTrigger)),
      "loadRatioPeak": truth.peakLoad.ratio,
      "amplificationPeak": truth.peakLoad.amplification,
      "usersOnlineLowestShare": Double(truth.lowest.online == .max ? 0 : truth.lowest.online)
        / base,
      "usersOnlineFinalShare": Double(truth.finalOnline) / base,
      "supernodesAtLowest": Double(truth.lowest.alive) / Double(max(1, truth.supernodesAtTrigger)),
    ]
  }
}

private func truthJSON(_ engine: Engine, seed: UInt64, facts: [String: Double]) -> String {
  let scenario = engine.scenario
  let start = scenario.trigger.map { scenario.start + Int64($0.at) }
  func instant(_ second: Int64) -> String {
    engine.now = Double(second - scenario.start)
    return engine.stamp()
  }
  var culprits: [String] = []
  if scenario.name.hasPrefix("skype-2010") {
    culprits = [
      "{\"kind\": \"version\", \"value\": \"\(Model.sickVersion)\"}",
      "{\"kind\": \"service\", \"value\": \"offline_im\"}",
    ]
  }
  for sender in engine.hostileAddresses {
    culprits.append("{\"kind\": \"ip\", \"value\": \"\(sender)\"}")
  }
  if scenario.trigger?.sybilShare ?? 0 > 0 {
    culprits += ["91.207.0.0/16", "193.104.0.0/16"].map {
      "{\"kind\": \"prefix\", \"value\": \"\($0)\"}"
    }
  }
  let numbers = facts.sorted { $0.key < $1.key }.map {
    "    \"\($0.key)\": \(String(format: "%.4f", $0.value))"
  }
  let accepted = scenario.accepted.map { "\"\($0)\"" }.joined(separator: ", ")
  return """
    {
      "schema": "inquest.truth/1",
      "scenario": "\(scenario.name)",
      "seed": \(seed),
      "class": "\(scenario.truth)",
      "accept": [\(accepted)],
      "onset": \(start.map { "\"" + instant($0) + "\"" } ?? "null"),
      "culprits": [\(culprits.joined(separator: ", "))],
      "facts": {
    \(numbers.joined(separator: ",\n"))
      }
    }

    """
}
