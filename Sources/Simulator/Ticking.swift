import Foundation

extension Engine {
  /// Every ten seconds: clusters work; every minute more.
  func tick(_ second: Int) {
    queue.plan(.tick, 0, at: Double(second + 10))
    for cluster in [
      \Engine.offline, \Engine.video, \Engine.auth, \Engine.presence, \Engine.connect,
    ] {
      self[keyPath: cluster].work(until: now)
    }
    if let admission { tokens = min(admission, tokens + admission / 6) }
    guard second % 60 == 0 else { return }
    trigger(second)
    minuteOfSupernodes()
    statistics(second)
    counters()
    promotions()
    operators(second)
    background(second)
  }

  private func trigger(_ second: Int) {
    guard let trigger = scenario.trigger else { return }
    if Double(second) == trigger.at {
      offline.health = 1 - trigger.offlineSlowdown
      truth.begin(online: online, supernodes: alive.count)
      if trigger.rebootShare > 0 { reboots(trigger.rebootShare) }
    }
    // Hostile supernodes come in the hour before.
    if trigger.sybilShare > 0, Double(second) >= trigger.at - 4500, Double(second) < trigger.at {
      let due = Double(targetSupernodes) * trigger.sybilShare / 75
      let count = chance.poisson(due)
      for _ in 0..<count { joinHostile() }
    }
  }

  /// Machines restart after patches: within half an hour, wherever they are.
  private func reboots(_ share: Double) {
    for i in clients.indices where clients[i].platform == "windows" && chance.happens(share) {
      guard clients[i].state == .online || clients[i].state == .connecting else { continue }
      let node = hosted(by: i)
      let delay = abs(chance.normal()) * 700
      reboot(i, node, after: delay)
    }
  }

  private func reboot(_ i: Int, _ node: Int?, after delay: Double) {
    let begun = now
    now = begun + delay
    if let node { takeDown(node, "demoted", "reason=system_shutdown") }
    leave(i)
    logClient(i, "exit", "reason=system_shutdown", panelOnly: true)
    clients[i].state = .down
    queue.plan(.restart, i, at: now + chance.between(90, 420), epoch: clients[i].epoch)
    now = begun
  }

  private func joinHostile() {
    let second = chance.below(2)
    let usual = Double(scale.clients) * 0.75 / Double(targetSupernodes)
    supernodes.append(
      Supernode(
        id: "a7" + chance.hex(10), version: "4.2.0.169",
        address:
          "\(second == 0 ? "91.207" : "193.104").\(chance.below(8)).\(chance.below(254) + 1)",
        host: -1, isDedicated: false, isHostile: true, mostClients: Int(usual * 4),
        limit: 1e9, upSince: now))
    alive.append(supernodes.count - 1)
    logNode(supernodes.count - 1, "promoted", "clients=0")
  }

  // MARK: - Supernodes

  private func minuteOfSupernodes() {
    for s in alive {
      supernodes[s].rate += 0.3 * (Double(supernodes[s].minute) - supernodes[s].rate)
      let rate = supernodes[s].rate
      let limit = supernodes[s].limit
      if rate > limit {
        supernodes[s].minutesOver += 1
        if supernodes[s].minutesOver == 1 {
          logNode(s, "limit_exceeded", "reqs=\(Int(rate)) limit=\(Int(limit))")
        } else {
          truth.protected(at: now)
          takeDown(
            s, "self_protect_exit",
            "reason=\"request rate \(Int(rate)) > \(Int(limit)) a minute\"")
          continue
        }
      } else {
        supernodes[s].minutesOver = 0
      }
      supernodes[s].minute = 0
      let every = rate > 2 * usualRequests() + 4 ? 60.0 : 300.0
      if now - supernodes[s].lastReport >= every - 1 {
        supernodes[s].lastReport = now
        let load = min(0.99, 0.05 + 0.5 * rate / max(1, min(limit, 1e6)))
        logNode(
          s, "load_report",
          "clients=\(supernodes[s].clients) reqs=\(supernodes[s].interval) rej=\(supernodes[s].rejected) cpu=\(two(supernodes[s].isHostile ? 0.04 : load)) mem=\(two(0.2 + 0.01 * Double(supernodes[s].clients % 20))) bw=\(two(rate / 60)) newids=\(supernodes[s].newIdentities)"
        )
        truth.load(now, requests: supernodes[s].interval, node: s)
        supernodes[s].interval = 0
        supernodes[s].rejected = 0
        supernodes[s].newIdentities = 0
      }
    }
    truth.minute(now, online: online, alive: alive.count, width: end)
  }

  func two(_ x: Double) -> String { String(format: "%.2f", x) }

  /// New supernodes among clients that have been up for long; and a little churn.
  private func promotions() {
    let organic = alive.count { !supernodes[$0].isDedicated && !supernodes[$0].isHostile }
    let missing = targetSupernodes - organic
    if missing > 0 {
      // Uptime has to be proven first: everyday losses heal, a mass loss does not.
      let count = chance.poisson(
        min(Double(missing) * 0.01, Double(targetSupernodes) * Model.promotionsPerMinute))
      for _ in 0..<count {
        for _ in 0..<12 {
          let i = chance.below(clients.count)
          if clients[i].isEligible, clients[i].state == .online,
            now - clients[i].startedAt > Model.promotionUptime, hosted(by: i) == nil
          {
            promote(i, quietly: false)
            break
          }
        }
      }
    }
    if chance.happens(0.002 * Double(targetSupernodes) / 60),
      let s = alive.first(where: {
        supernodes[$0].host >= 0 && now - supernodes[$0].upSince > 7200
      })
    {
      takeDown(s, "demoted", "reason=host_busy")
    }
  }

  // MARK: - Servers

  private func statistics(_ second: Int) {
    write(&offline, second)
    write(&video, second)
    write(&auth, second)
    write(&connect, second)
  }

  private func write(_ cluster: inout Cluster, _ second: Int) {
    let sorted = cluster.latencies.sorted()
    func quantile(_ q: Double) -> Int {
      sorted.isEmpty ? ms(cluster.base) : ms(sorted[Int(q * Double(sorted.count - 1))])
    }
    let host = cluster.hosts[0]
    var text =
      "{\"time\":\"\(stamp())\",\"host\":\"\(host)\",\"service\":\"\(cluster.name)\",\"event\":\"stats\",\"requests\":\(cluster.requests),\"ok_count\":\(cluster.ok),\"timeouts\":\(cluster.timeouts),\"shed_count\":\(cluster.shed),\"queue\":\(Int(cluster.backlog)),\"p50_ms\":\(quantile(0.5)),\"p99_ms\":\(quantile(0.99))"
    if cluster.name == "auth" {
      text += ",\"asked\":\(cluster.requests),\"admitted\":\(cluster.ok)"
      if let admission { text += ",\"admit_per_min\":\(Int(admission))" }
    }
    logs.write("\(host)/\(cluster.name).log", at: stampMilliseconds, text + "}")
    cluster.requests = 0
    cluster.ok = 0
    cluster.timeouts = 0
    cluster.shed = 0
    cluster.latencies = []
  }

  /// Two public counters that do not agree, as in 2010.
  private func counters() {
    let users = Double(online) * scale.usersEach
    let first = Int(users * (1 + 0.01 * chance.normal()))
    let slow = 0.85 * (truth.smoothed) + 0.15 * users
    truth.smoothed = slow
    logs.write(
      "pres-1/presence.log", at: stampMilliseconds,
      "{\"time\":\"\(stamp())\",\"host\":\"pres-1\",\"service\":\"presence\",\"event\":\"count\",\"users_online\":\(max(0, first))}"
    )
    logs.write(
      "pres-2/presence.log", at: stampMilliseconds,
      "{\"time\":\"\(stamp())\",\"host\":\"pres-2\",\"service\":\"presence\",\"event\":\"count\",\"users_online_public\":\(Int(slow))}"
    )
  }

  // MARK: - Operators

  private func say(_ event: String, _ target: String, _ message: String) {
    logs.write(
      "ops-1/operations.log", at: stampMilliseconds,
      "{\"time\":\"\(stamp())\",\"host\":\"ops-1\",\"service\":\"operations\",\"event\":\"\(event)\",\"target\":\"\(target)\",\"message\":\"\(message)\"}"
    )
  }

  private func operators(_ second: Int) {
    // An ordinary deployment each morning.
    if second % 86_400 == 5 * 3600 { say("deploy", "web", "web site release, routine") }
    guard let trigger = scenario.trigger else { return }
    let hours = (Double(second) - trigger.at) / 3600
    if abs(hours - 0.6) < 0.009 { say("page", "presence", "users online below the expected level") }
    if abs(hours - 1.0) < 0.009 {
      say("statement", "public", "some users may have problems signing in, we are investigating")
    }
    let reaction = scenario.reactionHours
    if abs(hours - reaction - 0.3) < 0.009 {
      say(
        "statement", "public",
        "more dedicated supernodes are being set up; service will return gradually")
    }
    // Batches of dedicated supernodes, on servers of group video and offline IM first.
    let plan: [(hours: Double, share: Double, from: String)] = [
      (0, 0.15, "gv"), (1.3, 0.15, "oim"), (3, 0.2, "pool"), (6, 0.3, "pool"), (9, 0.4, "pool"),
      (13, 0.4, "pool"), (17, 0.4, "pool"),
    ]
    if nextBatch < plan.count, hours >= reaction + plan[nextBatch].hours {
      let batch = plan[nextBatch]
      nextBatch += 1
      let count = max(2, Int(Double(targetSupernodes) * batch.share))
      say(
        "redeploy", batch.from == "pool" ? "spare-pool" : batch.from,
        "batch \(nextBatch): \(count) dedicated supernodes on \(batch.from == "gv" ? "group video servers, group video switched off" : batch.from == "oim" ? "offline IM servers, offline IM switched off" : "spare servers")"
      )
      if batch.from == "gv" { video.isOff = true }
      if batch.from == "oim" {
        offline.isOff = true
        offline.backlog = 0
      }
      for k in 0..<count { addDedicated(nextBatch, k, batch.from) }
      truth.mitigations.append("batch \(nextBatch) at \(stamp())")
    }
    // Controlled return: the share of the demand that is let in grows.
    if hours > reaction + 0.5, second % 600 == 0 {
      let part = min(1, max(0, (hours - reaction) / (scenario.recoveryHours - reaction)))
      let share = 0.08 + 0.86 * pow(part, 1.3)
      let wanted = Double(clients.count) * 0.8 * share
      let level = max(2, (wanted - Double(online)) / 10 + Double(online) / 360)
      let old = admission ?? -1
      admission = level
      if abs(level - old) > 0.35 * max(old, 1), second % 3600 == 0 {
        say("throttle", "auth", "admission set to \(Int(level)) log-ins a minute")
      }
    }
    if abs(hours - (scenario.recoveryHours - 4)) < 0.009 {
      say("statement", "public", "most users can sign in again")
    }
  }

  private func addDedicated(_ batch: Int, _ k: Int, _ from: String) {
    let usual = Double(scale.clients) * 0.75 / Double(targetSupernodes)
    supernodes.append(
      Supernode(
        id: chance.hex(12), version: "5.0.0.160",
        address: "204.9.163.\(1 + (batch * 40 + k) % 250)",
        host: -1, isDedicated: true, mostClients: Int(usual * 4),
        limit: usualRequests() * 900 + 500,
        upSince: now))
    alive.append(supernodes.count - 1)
    logNode(
      supernodes.count - 1, "redeployed",
      "from=\(from == "gv" ? "group_video" : from == "oim" ? "offline_im" : "spare") clients=0")
  }

  // MARK: - Background noise, the same in every scenario

  private func background(_ second: Int) {
    let milliseconds = stampMilliseconds
    let clock = syslogStamp()
    for _ in 0..<chance.poisson(0.12) {
      let user = ["root", "admin", "test", "oracle", "guest"][chance.below(5)]
      logs.write(
        "edge-1/auth.log", at: milliseconds,
        "\(clock) edge-1 sshd[\(2000 + chance.below(20_000))]: Failed password for invalid user \(user) from \(address()) port \(1024 + chance.below(60_000)) ssh2"
      )
    }
    if second % 3600 == 1800 {
      logs.write(
        "edge-1/auth.log", at: milliseconds,
        "\(clock) edge-1 sshd[\(2000 + chance.below(20_000))]: Accepted publickey for deploy from 10.20.0.5 port \(1024 + chance.below(60_000)) ssh2"
      )
    }
    for _ in 0..<chance.poisson(1.2) {
      let path = ["/", "/download", "/intl/en/home", "/css/site.css", "/img/logo.png", "/help"][
        chance.below(6)]
      logs.write(
        "web-1/access.log", at: milliseconds,
        "\(address()) - - [\(clfStamp())] \"GET \(path) HTTP/1.1\" 200 \(500 + chance.below(20_000)) \"-\" \"Mozilla/5.0 (Windows NT 6.1)\""
      )
    }
    for _ in 0..<chance.poisson(0.05) {
      let path = ["/wp-login.php", "/phpmyadmin/", "/.env", "/setup.php", "/cgi-bin/test"][
        chance.below(5)]
      logs.write(
        "web-1/access.log", at: milliseconds,
        "\(address()) - - [\(clfStamp())] \"GET \(path) HTTP/1.1\" 404 312 \"-\" \"-\"")
    }
  }
}
