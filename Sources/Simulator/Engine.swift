import Foundation

/// What happens next, to whom. Cancelled by a change of the client's epoch.
struct Event {
  enum Kind: UInt8 {
    case wake, sleep, attempt, request, fetch, fetched, restart, call, packet, bot, tick
  }
  var at: Double
  var order: UInt64
  var kind: Kind
  var who: Int
  var epoch: Int
  var value: Double
}

/// Events in order of time; ties in order of planning. A binary heap.
struct EventQueue {
  private var heap: [Event] = []
  private var planned: UInt64 = 0

  var isEmpty: Bool { heap.isEmpty }

  private static func before(_ a: Event, _ b: Event) -> Bool {
    a.at != b.at ? a.at < b.at : a.order < b.order
  }

  mutating func plan(
    _ kind: Event.Kind, _ who: Int, at: Double, epoch: Int = 0, value: Double = 0
  ) {
    planned += 1
    heap.append(
      Event(at: at, order: planned, kind: kind, who: who, epoch: epoch, value: value))
    var i = heap.count - 1
    while i > 0 {
      let parent = (i - 1) / 2
      guard EventQueue.before(heap[i], heap[parent]) else { break }
      heap.swapAt(i, parent)
      i = parent
    }
  }

  mutating func next() -> Event? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if heap.isEmpty { return first }
    heap[0] = last
    var i = 0
    while true {
      var least = i
      for child in [2 * i + 1, 2 * i + 2] where child < heap.count {
        if EventQueue.before(heap[child], heap[least]) { least = child }
      }
      if least == i { return first }
      heap.swapAt(i, least)
      i = least
    }
  }
}

/// Parameters of the model with their sources. "science" is the published record of the outage.
enum Model {
  /// Half of the users ran the sick version (science: about 50 %).
  static let sickVersion = "5.0.0.152"
  static let versions: [(String, Double)] = [
    ("5.0.0.152", 0.50), ("5.0.0.156", 0.14), ("4.2.0.169", 0.14), ("4.1.0.179", 0.05),
    ("2.8.0.866", 0.08), ("2.1.0.81", 0.03), ("3.0.0.611", 0.06),
  ]
  static func platform(of version: String) -> String {
    switch version {
    case "2.8.0.866": "mac"
    case "2.1.0.81": "linux"
    case "3.0.0.611": "iphone"
    default: "windows"
    }
  }
  static let segments: [(String, Double)] = [("free", 0.7), ("paygo", 0.2), ("subscriber", 0.1)]
  static let regions: [(String, Double)] = [("eu", 0.45), ("us", 0.30), ("ap", 0.25)]
  /// Clients for whom offline messages wait: with a late reply they make the sick version crash, so
  /// that about 40 % of it do (science: about 40 %).
  static let waitingShare = 0.5
  /// A reply that takes longer is late, in seconds; an answer is given up after `answerLimit`.
  static let lateAnswer = 6.0
  static let answerLimit = 30.0
  /// Tries of a log-in come in cycles of five, six seconds apart, without back-off (science 1.6).
  static let trySeconds = 6.0
  static let triesInCycle = 5
  /// Cycles after which a user gives up for some minutes.
  static let cycles = 4
  /// Seconds between requests of an online client to its supernode.
  static let requestSeconds = 600.0
  /// Crashes after which a user stops to start the program at once again.
  static let patience = 8
  /// Requests that a log-in makes: contacts are looked up one by one.
  static let loginRequests = 12
  /// Seconds between looks for offline messages.
  static let fetchSeconds = 700.0
  /// Supernodes hold so many times their usual clients; their request limit is so many times the
  /// usual rate (median; machines differ).
  static let spareClients = 1.9
  static let spareRequests = 5.2
  /// A few supernodes stand on machines that nothing hurts.
  static let robustShare = 0.07
  /// Most promotions a minute, as a share of all supernodes.
  static let promotionsPerMinute = 0.0005
  /// Uptime that a client needs before it may serve as supernode, in seconds.
  static let promotionUptime = 5400.0
  /// A client that finds no answer prefers supernodes that others still reach.
  static let leastHit = 0.35
}

/// Runs a scenario and keeps its logs and its truth.
final class Engine {
  let scenario: Scenario
  let scale: Scale
  var chance: Chance
  var queue = EventQueue()
  var logs = LogFolder()
  var clients: [Client] = []
  var supernodes: [Supernode] = []
  var alive: [Int] = []
  var offline: Cluster
  var video: Cluster
  var auth: Cluster
  var presence: Cluster
  var connect: Cluster
  /// Log-ins admitted a minute; nil while nobody is held back.
  var admission: Double?
  var tokens = 0.0
  var online = 0
  var now = 0.0
  var targetSupernodes: Int
  var bots: [(id: String, address: String, gap: Double)] = []
  var hostileAddresses: [String] = []
  var truth = TruthKeeper()
  var stressed = false
  var nextBatch = 0
  /// End of the run in seconds.
  let end: Double

  init(_ scenario: Scenario, seed: UInt64, scale: Scale) {
    self.scenario = scenario
    self.scale = scale
    chance = Chance(seed: seed &* 2_654_435_761 &+ 17)
    end = scenario.hours * 3600
    targetSupernodes = scale.supernodes
    let n = Double(scale.clients)
    let fetches = n * 0.8 / Model.fetchSeconds
    func hosts(_ name: String, _ count: Int) -> [String] { (1...count).map { "\(name)-\($0)" } }
    offline = Cluster(
      name: "offline_im", hosts: hosts("oim", 6), capacity: fetches * 2.0, base: 0.12)
    video = Cluster(name: "group_video", hosts: hosts("gv", 4), capacity: n, base: 0.08)
    auth = Cluster(name: "auth", hosts: hosts("auth", 3), capacity: n / 12, base: 0.05)
    presence = Cluster(name: "presence", hosts: hosts("pres", 2), capacity: n, base: 0.02)
    connect = Cluster(name: "connect", hosts: hosts("conn", 1), capacity: n, base: 0.04)
    makeClients()
    makeSupernodes()
  }

  // MARK: - Making the world

  func address() -> String {
    // Addresses for documentation and tests would not do as a population; these are spread widely.
    "\(chance.below(200) + 11).\(chance.below(256)).\(chance.below(256)).\(chance.below(254) + 1)"
  }

  private func makeClients() {
    for _ in 0..<scale.clients {
      let version = chance.pick(Model.versions)
      let region = chance.pick(Model.regions)
      let phase = region == "eu" ? 15.0 : region == "us" ? 20.0 : 8.0
      clients.append(
        Client(
          id: chance.hex(12), version: version, platform: Model.platform(of: version),
          segment: chance.pick(Model.segments), region: region, address: address(),
          isEligible: Model.platform(of: version) == "windows"
            ? chance.happens(0.35) : chance.happens(0.1),
          isPanel: chance.happens(scale.panelShare),
          waiting: chance.happens(Model.waitingShare) ? chance.below(9) + 1 : 0,
          isSampled: chance.happens(0.3), phase: phase + chance.normal() * 2))
    }
  }

  private func makeSupernodes() {
    var eligible = clients.indices.filter { clients[$0].isEligible }
    for _ in 0..<scale.supernodes where !eligible.isEmpty {
      let pick = chance.below(eligible.count)
      let host = eligible.remove(at: pick)
      promote(host, quietly: true)
      clients[host].state = .online
      clients[host].wantsOnline = true
      online += 1
    }
    for i in clients.indices {
      if clients[i].state == .online { continue }
      if chance.happens(demand(clients[i], at: 0)) {
        // The network has been running for long: no log-in wave at the beginning.
        let node = chance.below(supernodes.count)
        clients[i].state = .online
        clients[i].supernode = node
        clients[i].startedAt = -chance.wait(mean: 10_000)
        supernodes[node].clients += 1
        online += 1
      } else {
        queue.plan(.wake, i, at: chance.wait(mean: 5400), epoch: 0)
      }
    }
    for i in clients.indices where clients[i].state == .online {
      settle(i, nextFetch: chance.wait(mean: Model.fetchSeconds))
    }
  }

  /// Share of the clients of its kind that are online at a time.
  func demand(_ client: Client, at seconds: Double) -> Double {
    let hour =
      (Double(scenario.start % 86400) + seconds).truncatingRemainder(dividingBy: 86400) / 3600
    return 0.72 + 0.18 * cos(2 * .pi * (hour - client.phase) / 24)
  }

  func usualRequests() -> Double {
    // A minute and supernode.
    let perSupernode = Double(scale.clients) * 0.75 / Double(targetSupernodes)
    // Requests of those online, and log-ins: some four a day.
    return perSupernode
      * (60 / Model.requestSeconds + 4.0 / 1440 * Double(Model.loginRequests))
  }

  func promote(_ host: Int, quietly: Bool) {
    let client = clients[host]
    let usualClients = Double(scale.clients) * 0.75 / Double(targetSupernodes)
    let robust = chance.happens(Model.robustShare)
    let node = Supernode(
      id: client.id, version: client.version, address: client.address, host: host,
      isDedicated: false,
      mostClients: Int(usualClients * Model.spareClients * chance.between(0.8, 1.4)),
      limit: usualRequests() * Model.spareRequests
        * (robust ? 400 : chance.logNormal(median: 1, spread: 0.35))
        + 7, upSince: now)
    supernodes.append(node)
    alive.append(supernodes.count - 1)
    if !quietly { logNode(supernodes.count - 1, "promoted", "clients=0") }
  }

  // MARK: - Running

  func run() {
    queue.plan(.tick, 0, at: 10)
    if let trigger = scenario.trigger { planTrigger(trigger) }
    while let event = queue.next(), event.at < end {
      now = event.at
      switch event.kind {
      case .tick: tick(Int(event.at))
      case .bot: bot(event.who)
      case .packet: packet(event.who)
      default:
        guard clients[event.who].epoch == event.epoch else { continue }
        switch event.kind {
        case .wake: wake(event.who)
        case .sleep: sleep(event.who)
        case .attempt: attempt(event.who)
        case .request: request(event.who)
        case .fetch: fetch(event.who)
        case .fetched: fetched(event.who, event.value)
        case .restart: restart(event.who)
        case .call: call(event.who)
        default: break
        }
      }
    }
  }

  private func planTrigger(_ trigger: Trigger) {
    if trigger.hostileSenders > 0 {
      hostileAddresses = (0..<trigger.hostileSenders).map { _ in address() }
      for i in clients.indices where clients[i].version == Model.sickVersion {
        queue.plan(.packet, i, at: trigger.at + chance.wait(mean: 2700))
      }
    }
    if trigger.floodIdentities > 0 {
      // Scaled: a small network takes a small flood.
      let count = trigger.floodIdentities * scale.clients / 1500
      for i in 0..<count {
        bots.append(
          (
            chance.hex(12),
            "\(chance.below(40) + 150).\(chance.below(256)).\(chance.below(256)).\(chance.below(254) + 1)",
            3
          ))
        queue.plan(.bot, i, at: trigger.at + chance.between(0, 600))
      }
    }
    // A little unsolicited traffic reaches clients on every day.
    for i in clients.indices where clients[i].isPanel {
      queue.plan(.packet, i, at: chance.wait(mean: 40_000))
    }
  }

  // MARK: - Everyday life of a client

  private func wake(_ i: Int) {
    guard clients[i].state == .offline else { return }
    clients[i].wantsOnline = true
    start(i)
  }

  func start(_ i: Int) {
    clients[i].epoch += 1
    clients[i].state = .connecting
    clients[i].startedAt = now
    clients[i].tries = 0
    clients[i].cycles = 0
    logClient(i, "start", "", panelOnly: true)
    queue.plan(.attempt, i, at: now + chance.between(0.5, 3), epoch: clients[i].epoch)
  }

  private func sleep(_ i: Int) {
    // Whoever serves as supernode stays on, mostly.
    if hosted(by: i) != nil, chance.happens(0.98) {
      queue.plan(.sleep, i, at: now + chance.wait(mean: 20_000), epoch: clients[i].epoch)
      return
    }
    if let node = hosted(by: i) { takeDown(node, "demoted", "reason=user_exit") }
    leave(i)
    logClient(i, "exit", "", panelOnly: true)
    clients[i].state = .offline
    let share = demand(clients[i], at: now)
    queue.plan(
      .wake, i, at: now + chance.wait(mean: 21_600 * (1 - share) / share), epoch: clients[i].epoch)
  }

  func hosted(by i: Int) -> Int? {
    guard clients[i].isEligible else { return nil }
    return alive.first { supernodes[$0].host == i }
  }

  /// Away from its supernode, whatever comes next.
  func leave(_ i: Int) {
    if clients[i].state == .online { online -= 1 }
    let node = clients[i].supernode
    if node >= 0, node < supernodes.count { supernodes[node].clients -= 1 }
    clients[i].supernode = -1
    clients[i].epoch += 1
  }

  /// Plans what an online client does.
  func settle(_ i: Int, nextFetch: Double = 4) {
    let epoch = clients[i].epoch
    queue.plan(.request, i, at: now + chance.wait(mean: Model.requestSeconds), epoch: epoch)
    queue.plan(.fetch, i, at: now + nextFetch * chance.between(0.5, 1.5), epoch: epoch)
    queue.plan(.sleep, i, at: now + chance.wait(mean: 21_600), epoch: epoch)
    queue.plan(.call, i, at: now + chance.wait(mean: 9000), epoch: epoch)
  }

  // MARK: - Logging in

  private func attempt(_ i: Int) {
    guard clients[i].state == .connecting else { return }
    clients[i].tries += 1
    let reachable = alive.filter { supernodes[$0].isUp }
    let known = max(reachable.count, targetSupernodes)
    let hit = max(Double(reachable.count) / Double(known), Model.leastHit)
    let via = ["udp", "tcp", "tcp80", "tcp443", "udp"][(clients[i].tries - 1) % 5]
    guard !reachable.isEmpty, chance.happens(hit) else {
      let dead = supernodes.isEmpty ? "0.0.0.0" : supernodes[chance.below(supernodes.count)].address
      logClient(
        i, "sn_try",
        "sn=\(dead):33033 attempt=\(clients[i].tries) via=\(via) lat_ms=5000 err=timeout",
        panelOnly: true)
      again(i)
      return
    }
    let s = reachable[chance.below(reachable.count)]
    supernodes[s].minute += 1
    supernodes[s].interval += 1
    let sn = "sn=\(supernodes[s].address):33033 attempt=\(clients[i].tries) via=\(via)"
    if supernodes[s].clients >= supernodes[s].mostClients {
      supernodes[s].rejected += 1
      logClient(
        i, "sn_try", "\(sn) lat_ms=\(ms(chance.logNormal(median: 0.2, spread: 0.5))) err=busy",
        panelOnly: true)
      again(i)
      return
    }
    if supernodes[s].isHostile, chance.happens(0.93) {
      logClient(i, "login_try", "\(sn) lat_ms=5000 err=timeout", panelOnly: true)
      again(i)
      return
    }
    // Through the supernode to the log-in servers.
    auth.requests += 1
    if admission != nil {
      guard tokens >= 1 else {
        auth.shed += 1
        let after = Int(chance.between(60, 240))
        logAuth(i, "shed", 0.02, ",\"retry_after\":\(after)")
        logClient(
          i, "login_try", "\(sn) lat_ms=\(ms(0.3)) err=not_admitted retry_after=\(after)",
          panelOnly: true)
        queue.plan(.attempt, i, at: now + Double(after), epoch: clients[i].epoch)
        return
      }
      tokens -= 1
    }
    auth.work(until: now)
    auth.backlog += 1
    let wait = auth.latency(&chance)
    auth.latencies.append(wait)
    if wait > 10 {
      auth.timeouts += 1
      logAuth(i, "timeout", wait, "")
      logClient(i, "login_try", "\(sn) lat_ms=\(ms(10)) err=timeout", panelOnly: true)
      again(i)
      return
    }
    auth.ok += 1
    logAuth(i, "ok", wait, "")
    clients[i].epoch += 1
    clients[i].state = .online
    clients[i].supernode = s
    clients[i].tries = 0
    clients[i].cycles = 0
    supernodes[s].clients += 1
    online += 1
    logClient(i, "login_ok", "\(sn) lat_ms=\(ms(wait + 0.4))", panelOnly: true)
    // The state of every contact is looked up anew through the supernode.
    supernodes[s].minute += Model.loginRequests
    supernodes[s].interval += Model.loginRequests
    settle(i)
  }

  /// After a try that failed: six seconds later again; after some cycles the user gives up for a while.
  private func again(_ i: Int) {
    let epoch = clients[i].epoch
    if clients[i].tries % Model.triesInCycle != 0 {
      queue.plan(.attempt, i, at: now + Model.trySeconds + chance.between(-0.1, 0.1), epoch: epoch)
      return
    }
    clients[i].cycles += 1
    if clients[i].cycles < Model.cycles {
      queue.plan(.attempt, i, at: now + Model.trySeconds + chance.between(-0.1, 0.1), epoch: epoch)
      return
    }
    clients[i].cycles = 0
    logClient(i, "login_fail", "tries=\(clients[i].tries) err=no_supernode", panelOnly: true)
    queue.plan(.attempt, i, at: now + chance.between(90, 700), epoch: epoch)
  }

  func loseSupernode(_ node: Int) {
    for i in clients.indices where clients[i].supernode == node && clients[i].state == .online {
      logClient(i, "sn_lost", "sn=\(supernodes[node].address):33033", panelOnly: true)
      leave(i)
      clients[i].state = .connecting
      clients[i].tries = 0
      queue.plan(.attempt, i, at: now + chance.between(1, 8), epoch: clients[i].epoch)
    }
  }

  func takeDown(_ node: Int, _ event: String, _ detail: String) {
    guard supernodes[node].isUp else { return }
    logNode(
      node, event,
      "clients=\(supernodes[node].clients) uptime_s=\(Int(now - supernodes[node].upSince)) \(detail)"
    )
    supernodes[node].isUp = false
    alive.removeAll { $0 == node }
    loseSupernode(node)
    supernodes[node].clients = 0
  }

  // MARK: - What a client does online

  private func request(_ i: Int) {
    guard clients[i].state == .online else { return }
    let s = clients[i].supernode
    if s >= 0 {
      supernodes[s].minute += 1
      supernodes[s].interval += 1
      if supernodes[s].isHostile, chance.happens(0.98) {
        logClient(
          i, "search", "sn=\(supernodes[s].address):33033 lat_ms=10000 err=timeout", panelOnly: true
        )
        if chance.happens(0.5) {
          logClient(
            i, "sn_lost", "sn=\(supernodes[s].address):33033 err=no_answer", panelOnly: true)
          leave(i)
          clients[i].state = .connecting
          clients[i].tries = 0
          queue.plan(.attempt, i, at: now + 2, epoch: clients[i].epoch)
          return
        }
      } else if chance.happens(0.3) {
        logClient(
          i, "search_ok",
          "sn=\(supernodes[s].address):33033 lat_ms=\(ms(chance.logNormal(median: 0.3, spread: 0.4)))",
          panelOnly: true)
      }
    }
    if chance.happens(0.15) {
      logClient(
        i, "im_ack", "lat_ms=\(ms(chance.logNormal(median: 0.25, spread: 0.5)))", panelOnly: true)
    }
    queue.plan(
      .request, i, at: now + chance.wait(mean: Model.requestSeconds), epoch: clients[i].epoch)
  }

  /// Looks for messages that came while it was away.
  private func fetch(_ i: Int) {
    guard clients[i].state == .online else { return }
    let epoch = clients[i].epoch
    queue.plan(.fetch, i, at: now + chance.wait(mean: Model.fetchSeconds), epoch: epoch)
    offline.requests += 1
    if offline.isOff {
      offline.shed += 1
      logServer(&offline, i, "error", 0.01, share: 0.05)
      logClient(i, "im_offline_resp", "lat_ms=40 err=unavailable", panelOnly: true)
      return
    }
    offline.work(until: now)
    let queueSeconds = offline.backlog / max(0.01, offline.capacity * offline.health)
    if queueSeconds > Model.answerLimit {
      offline.timeouts += 1
      offline.latencies.append(Model.answerLimit)
      logServer(&offline, i, "timeout", Model.answerLimit, share: 0.05)
      logClient(i, "im_offline_req", "lat_ms=30000 err=timeout", panelOnly: true)
      return
    }
    offline.backlog += 1
    let wait = offline.latency(&chance)
    offline.ok += 1
    offline.latencies.append(wait)
    logServer(&offline, i, "ok", wait, share: 0.05)
    queue.plan(.fetched, i, at: now + wait, epoch: epoch, value: wait)
  }

  private func fetched(_ i: Int, _ wait: Double) {
    logClient(i, "im_offline_resp", "lat_ms=\(ms(wait)) n=\(clients[i].waiting)", panelOnly: true)
    if clients[i].version == Model.sickVersion, clients[i].waiting > 0, wait > Model.lateAnswer {
      crash(i, "last_event=im_offline_resp")
    } else if wait < Model.lateAnswer, chance.happens(0.02) {
      clients[i].waiting = chance.happens(Model.waitingShare) ? chance.below(9) + 1 : 0
    }
  }

  func crash(_ i: Int, _ context: String) {
    let sick = clients[i].version == Model.sickVersion
    let node = hosted(by: i)
    let signature = context.contains("none") ? "0x\(chance.hex(8))" : "0x7c9114c2"
    // Crash reports come from all clients.
    now += 0.05
    logClient(
      i, "crash",
      "module=\(clients[i].platform == "windows" ? "Skype.exe" : "skype") sig=\(signature) uptime_s=\(Int(now - clients[i].startedAt)) \(context)",
      panelOnly: false)
    truth.crashed(i, clients[i], at: now, isSick: sick, trigger: scenario.trigger?.at)
    if let node { takeDown(node, "crash", "sig=\(signature)") }
    leave(i)
    clients[i].state = .down
    clients[i].crashes += 1
    let delay =
      clients[i].crashes > Model.patience
      ? chance.between(3600, 14_400)
      : chance.happens(0.9) ? chance.between(20, 300) : chance.wait(mean: 7200)
    queue.plan(.restart, i, at: now + delay, epoch: clients[i].epoch)
  }

  private func restart(_ i: Int) {
    guard clients[i].state == .down else { return }
    logClient(i, "restart", "", panelOnly: true)
    start(i)
  }

  private func call(_ i: Int) {
    guard clients[i].state == .online else { return }
    queue.plan(.call, i, at: now + chance.wait(mean: 9000), epoch: clients[i].epoch)
    connect.requests += 1
    connect.ok += 1
    // Voice runs between clients; calls to telephones go through the connect servers.
    logServer(&connect, i, "ok", chance.logNormal(median: 0.15, spread: 0.3), share: 0.2)
    logClient(
      i, "call_setup", "lat_ms=\(ms(chance.logNormal(median: 1.2, spread: 0.3)))", panelOnly: true)
    if chance.happens(0.2) {
      video.requests += 1
      if video.isOff {
        video.shed += 1
        logServer(&video, i, "error", 0.01, share: 0.3)
      } else {
        video.ok += 1
        logServer(&video, i, "ok", chance.logNormal(median: 0.3, spread: 0.3), share: 0.3)
      }
    }
  }

  // MARK: - Hostile and unsolicited traffic

  private func packet(_ i: Int) {
    let hostile =
      !hostileAddresses.isEmpty && clients[i].version == Model.sickVersion
      && now >= (scenario.trigger?.at ?? .infinity)
    if hostile {
      let off = now > (scenario.trigger?.at ?? 0) + 5 * 3600
      if !off { queue.plan(.packet, i, at: now + chance.wait(mean: 2700)) }
      guard clients[i].state == .online, !off else { return }
      let sender = hostileAddresses[chance.below(hostileAddresses.count)]
      logClient(
        i, "packet_in",
        "peer=\(sender):\(1024 + chance.below(60_000)) bytes=\(610 + chance.below(8))",
        panelOnly: true)
      now += chance.between(0.02, 0.4)
      if clients[i].waiting > 0 { crash(i, "last_event=packet_in") }
      return
    }
    queue.plan(.packet, i, at: now + chance.wait(mean: 40_000))
    guard clients[i].state == .online else { return }
    logClient(
      i, "packet_in",
      "peer=\(address()):\(1024 + chance.below(60_000)) bytes=\(40 + chance.below(900))",
      panelOnly: true)
    // Now and then any program crashes.
    if chance.happens(0.02) { crash(i, "last_event=none") }
  }

  private func bot(_ b: Int) {
    let start = scenario.trigger?.at ?? 0
    guard now < start + 9 * 3600 else { return }
    queue.plan(.bot, b, at: now + bots[b].gap)
    guard !alive.isEmpty else { return }
    let s = alive[chance.below(alive.count)]
    supernodes[s].minute += 1
    supernodes[s].interval += 1
    supernodes[s].newIdentities += 1
    guard chance.happens(0.08) else { return }
    auth.requests += 1
    auth.shed += 1
    if b % 4 == 0 {
      logs.write(
        "\(auth.hosts[b % auth.hosts.count])/auth.log", at: stampMilliseconds,
        "{\"time\":\"\(stamp())\",\"host\":\"\(auth.hosts[b % auth.hosts.count])\",\"service\":\"auth\",\"event\":\"login\",\"node\":\"\(bots[b].id)\",\"addr\":\"\(bots[b].address)\",\"status\":\"denied\",\"latency_ms\":\(ms(chance.logNormal(median: 0.05, spread: 0.3)))}"
      )
    }
  }

  func ms(_ seconds: Double) -> Int { Int((seconds * 1000).rounded()) }
}
