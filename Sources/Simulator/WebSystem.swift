public import Foundation

/// A web shop, second by second: users ask, an edge passes on to API hosts, these to a database;
/// what waits longer than a limit times out and may be tried again; a queue sends mail.
final class WebSystem {
  /// Parameters of the model.
  enum Model {
    /// Mean arrivals a second at the mean of the day.
    static let arrivals = 2.0
    /// Work units a second that four API hosts with a healthy database do. A request is worth 1 to 4.
    static let capacity = 13.0
    /// Seconds after which the edge gives a request up.
    static let limit = 5.0
    /// Requests that may wait; beyond that the edge refuses.
    static let waiting = 260
    static let tries = 3
    static let retryShare = 0.65
    static let users = 9000
    static let hosts = 4
  }

  struct Route {
    var name: String
    var method: String
    var work: Double
    /// Usual time without waiting, seconds.
    var time: Double
    var weight: Double
  }

  static let routes: [Route] = [
    Route(name: "/", method: "GET", work: 1, time: 0.03, weight: 22),
    Route(name: "/item/", method: "GET", work: 1, time: 0.04, weight: 34),
    Route(name: "/search?q=", method: "GET", work: 3, time: 0.12, weight: 14),
    Route(name: "/cart", method: "POST", work: 2, time: 0.07, weight: 9),
    Route(name: "/checkout", method: "POST", work: 3, time: 0.15, weight: 4),
    Route(name: "/login", method: "POST", work: 1, time: 0.09, weight: 5),
    Route(name: "/static/app.js", method: "GET", work: 0, time: 0.002, weight: 12),
  ]

  struct Request {
    var user: Int
    var route: Int
    var detail: String
    var id: String
    var at: Double
    var attempt: Int
    var isHostile: Bool
  }

  struct User {
    var address: String
    var agent: String
    var isLoggedIn: Bool
  }

  let scenario: WebScenario
  var chance: Chance
  var logs = LogFolder()
  let start: Int64
  var now = 0.0
  /// Second of the trouble's beginning, and of its end.
  let from: Double
  let until: Double
  private let rate: Double
  private let phase: Double
  private var users: [User] = []
  /// Those of them that are customers.
  private var honest: [Int] = []
  /// Of the running second, in no order yet.
  private var arriving: [Request] = []
  private var waiting: [Request] = []
  private var head = 0
  private var retries: [(at: Double, request: Request)] = []
  private var noise = 0.0
  /// Seconds that each host's clock is ahead at the start.
  private var clocks: [String: Double] = [:]
  /// The clock that gains so many seconds a second, or is set right at some second.
  private var changing: (host: String, gain: Double, setAt: Double)?
  private var versions = [String](repeating: "1.8.2", count: Model.hosts)
  private var restarting: [Int: Double] = [:]
  private var deployments: [(at: Double, host: Int, version: String)] = []
  private var scanners: [(address: String, from: Double, perSecond: Double, left: Int)] = []
  private var backlog = 0
  private var asideUntil = 0.0
  private(set) var hostile: [String] = []
  private(set) var affected: Set<Int> = []
  private(set) var failed = 0
  private(set) var asked = 0

  init(_ scenario: WebScenario, seed: UInt64) {
    self.scenario = scenario
    chance = Chance(
      seed: scenario.name.utf8.reduce(seed &* 7919) { $0 &* 31 &+ UInt64($1) })
    // A day of March 2024, at midnight or in the morning.
    let isDay = scenario.hours >= 20
    start = 1_709_596_800 + Int64(chance.below(20)) * 86400 + (isDay ? 0 : 7 * 3600)
    rate = Model.arrivals * chance.between(0.75, 1.25)
    phase = chance.between(-1.5, 1.5)
    let length = scenario.hours * 3600
    from = (length * chance.between(0.4, 0.6)).rounded()
    let minutes: Double =
      switch scenario.trouble {
      case .none, .curve: 0
      case .slowDatabase(_, let m), .badVersion(_, let m), .sickHost(_, let m), .crowd(_, let m),
        .flood(_, _, let m), .guessing(_, _, let m), .stuckQueue(let m):
        m
      }
    until = min(length, from + minutes * 60 * chance.between(0.8, 1.2))
    for _ in 0..<Model.users {
      honest.append(users.count)
      users.append(makeUser(loggedIn: 0.3))
    }
    plan()
  }

  private func makeUser(loggedIn: Double) -> User {
    let agents = [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/122.0.0.0 Safari/537.36",
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.3 Safari/605.1.15",
      "Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0",
    ]
    return User(
      address:
        "\(20 + chance.below(180)).\(chance.below(256)).\(chance.below(256)).\(1 + chance.below(254))",
      agent: agents[chance.below(agents.count)], isLoggedIn: chance.happens(loggedIn))
  }

  private func plan() {
    let length = scenario.hours * 3600
    // Ordinary deployments keep away from the trouble: who deploys in it is another case.
    let count = scenario.hours >= 20 ? chance.below(4) : chance.below(2)
    for k in 0..<count {
      var at = chance.between(0.05, 0.35) * length
      if scenario.hours >= 20 { at = chance.between(0.1, 0.95) * length }
      for host in 0..<Model.hosts {
        deployments.append((at + Double(host) * 90, host, "1.8.\(3 + k)"))
      }
    }
    if case .badVersion = scenario.trouble {
      for host in 0..<(Model.hosts / 2) {
        deployments.append((from + Double(host) * 20, host, "1.9.0"))
        deployments.append((until + Double(host) * 20, host, "1.9.1"))
      }
    }
    deployments.sort { $0.at < $1.at }
    for _ in 0..<chance.below(4) {
      scanners.append(
        (
          makeUser(loggedIn: 0).address, chance.between(0, 0.95) * length,
          chance.between(0.2, 5), 40 + chance.below(500)
        ))
    }
    // Most clocks are right to some hundredths of a second; some are not.
    for host in ["api-1", "api-2", "api-3", "api-4", "db-1", "worker-1"] {
      clocks[host] = 0.02 * chance.normal()
    }
    if case .none = scenario.trouble {
    } else {
      let size = chance.between(5, 600) * (chance.happens(0.5) ? 1 : -1)
      let host = chance.happens(0.5) ? "api-2" : "api-4"
      clocks[host] = (size * 10).rounded() / 10
      if scenario.hasChangingClock {
        changing =
          chance.happens(0.5)
          ? (host, chance.between(5, 60) / length * (chance.happens(0.5) ? 1 : -1), .infinity)
          : (host, 0, chance.between(0.2, 0.8) * length)
      }
    }
    switch scenario.trouble {
    case .flood(_, let senders, _), .guessing(let senders, _, _):
      for _ in 0..<senders { hostile.append(makeUser(loggedIn: 0).address) }
    default: break
    }
  }

  // MARK: - The course of events

  func run() {
    let length = Int(scenario.hours * 3600)
    for second in 0..<length {
      now = Double(second)
      if second % 30 == 0 { background(second) }
      while let next = deployments.first, next.at <= now {
        deployments.removeFirst()
        deploy(next.host, next.version)
      }
      arrive()
      serve()
      scan()
      mail(second)
    }
  }

  private var isTroubled: Bool { now >= from && now < until }

  /// Arrivals a second: daily shape, weather, trouble.
  private func arrivals() -> Double {
    if case .curve(let rates, let load) = scenario.trouble {
      let least = max(1, rates.min() ?? 1)
      let minute = min(rates.count - 1, Int(now / 60))
      return load * rate * 0.5 * rates[max(0, minute)] / least
    }
    if Int(now) % 60 == 0 { noise = 0.9 * noise + 0.06 * chance.normal() }
    let hour = (Double(start) + now) / 3600
    let shape =
      1 + 0.55 * sin(2 * .pi * (hour.truncatingRemainder(dividingBy: 24) - 9 + phase) / 24)
    return rate * shape * exp(noise)
  }

  private func arrive() {
    let usual = arrivals()
    for _ in 0..<chance.poisson(usual) {
      ask(honest[chance.below(honest.count)], nil, isHostile: false)
    }
    switch scenario.trouble {
    case .crowd(let times, let minutes) where isTroubled:
      // Up within five minutes, down over the rest.
      let age = (now - from) / 60
      let shape = age < 5 ? age / 5 : exp(-(age - 5) / (minutes * 0.45))
      for _ in 0..<chance.poisson(usual * times * shape) {
        honest.append(users.count)
        users.append(makeUser(loggedIn: 0.02))
        ask(users.count - 1, nil, isHostile: false)
      }
    case .curve:
      // Who comes in a crowd is new.
      if usual > rate * 1.2, chance.happens(min(1, usual * 0.1)) {
        honest.append(users.count)
        users.append(makeUser(loggedIn: 0.02))
      }
    case .flood(let times, _, _) where isTroubled:
      for _ in 0..<chance.poisson(rate * times) {
        let sender = hostile[chance.below(hostile.count)]
        users.append(
          User(address: sender, agent: "Mozilla/5.0 (compatible)", isLoggedIn: false))
        ask(users.count - 1, 2, isHostile: true)
      }
    case .guessing(_, let perMinute, _) where isTroubled:
      for _ in 0..<chance.poisson(perMinute / 60) {
        let sender = hostile[chance.below(hostile.count)]
        edge(
          User(address: sender, agent: "python-requests/2.31.0", isLoggedIn: false), "POST",
          "/login", chance.happens(0.003) ? 200 : 401, 0.09, chance.hex(12))
      }
    default: break
    }
    let due = retries.filter { $0.at <= now }
    if !due.isEmpty {
      retries.removeAll { $0.at <= now }
      arriving += due.map(\.request)
    }
    // Whoever comes first is served first, friend or foe.
    arriving.sort { $0.at == $1.at ? $0.id < $1.id : $0.at < $1.at }
    for request in arriving { enqueue(request) }
    arriving.removeAll(keepingCapacity: true)
  }

  private func ask(_ user: Int, _ route: Int?, isHostile: Bool) {
    let index =
      route ?? chance.pick(WebSystem.routes.enumerated().map { ($0.offset, $0.element.weight) })
    let detail =
      switch index {
      case 1:
        !scenario.hasRequestIDs && chance.happens(0.2)
          ? chance.hex(8) : String(1 + chance.below(900))
      case 2:
        ["lamp", "chair", "red+table", "gift", "book", "shoe"][chance.below(6)]
          + (isHostile ? chance.hex(6) : "")
      default: ""
      }
    asked += isHostile ? 0 : 1
    arriving.append(
      Request(
        user: user, route: index, detail: detail, id: chance.hex(12), at: now + chance.share(),
        attempt: 1,
        isHostile: isHostile))
  }

  private func enqueue(_ request: Request) {
    var request = request
    request.at = max(request.at, now)
    let route = WebSystem.routes[request.route]
    let user = users[request.user]
    if route.work == 0 {
      edge(user, route.method, route.name, 200, route.time, request.id)
      return
    }
    if route.name == "/login", !request.isHostile, chance.happens(0.06) {
      // People mistype.
      edge(user, route.method, route.name, 401, route.time, request.id)
      return
    }
    guard waiting.count - head < Model.waiting else {
      finish(request, 503, 0.001, host: nil)
      return
    }
    waiting.append(request)
  }

  private func serve() {
    var budget = Model.capacity
    if case .slowDatabase(let left, _) = scenario.trouble, isTroubled { budget *= left }
    // The hourly batch job takes some of the database.
    let isBatch = Int(now) % 3600 < 100
    if isBatch { budget *= 0.8 }
    budget *= Double(Model.hosts - restarting.count) / Double(Model.hosts)
    for (host, end) in restarting where end <= now { restarting[host] = nil }
    while head < waiting.count {
      let request = waiting[head]
      if now - request.at > Model.limit {
        head += 1
        finish(request, 504, Model.limit, host: nil)
        continue
      }
      let route = WebSystem.routes[request.route]
      guard budget > 0 else { break }
      budget -= route.work
      head += 1
      let load = 1 - max(0, budget) / Model.capacity
      var time = chance.logNormal(median: route.time, spread: 0.35) * (1 + load)
      if isBatch { time *= 1.4 }
      if case .slowDatabase(let left, _) = scenario.trouble, isTroubled { time /= left }
      let host = pickHost()
      let wait = max(0, now - request.at)
      var status = 200
      if request.isHostile { status = chance.happens(0.02) ? 200 : 429 }
      if chance.happens(0.0004) { status = 500 }
      if case .badVersion(let failing, _) = scenario.trouble, versions[host] == "1.9.0",
        route.name == "/cart" || route.name == "/checkout" || route.name == "/search?q=",
        chance.happens(failing)
      {
        status = 500
      }
      if case .sickHost(let failing, _) = scenario.trouble, host == 2, isTroubled,
        chance.happens(failing)
      {
        status = 500
      }
      finish(request, status, wait + time, host: host)
    }
    if head > 4096 {
      waiting.removeFirst(head)
      head = 0
    }
  }

  private func pickHost() -> Int {
    var host = chance.below(Model.hosts)
    while restarting[host] != nil { host = (host + 1) % Model.hosts }
    return host
  }

  /// A request ends: the edge and the host that had it write a line, the database one if it was slow.
  private func finish(_ request: Request, _ status: Int, _ time: Double, host: Int?) {
    let route = WebSystem.routes[request.route]
    let user = users[request.user]
    let end = request.at + time
    edge(user, route.method, route.name + request.detail, status, time, request.id, at: end)
    if let host { api(host, request, status, time, end) }
    let isFailure = status >= 500
    if isFailure, !request.isHostile {
      failed += 1
      affected.insert(request.user)
    }
    if isFailure, request.attempt < Model.tries,
      request.isHostile || chance.happens(Model.retryShare)
    {
      var again = request
      again.attempt += 1
      again.id = chance.hex(12)
      let pause = request.isHostile ? 0.5 : chance.between(1, 4) * Double(request.attempt)
      again.at = end + pause
      retries.append((end + pause, again))
    }
    if status < 400, host != nil, time - max(0, now - request.at) > 0.5 {
      write(
        "db-1", "postgresql.log", end - 0.005
      ) { at in
        "\(Stamp.postgres(at)) [\(2000 + self.chance.below(40))] LOG:  duration: \(Int(time * 1000)).\(self.chance.below(1000)) ms  statement: SELECT * FROM \(route.name.hasPrefix("/search") ? "items WHERE name LIKE" : "carts WHERE id =") $1"
      }
    }
    if case .slowDatabase = scenario.trouble, isTroubled, status == 504, chance.happens(0.3) {
      write("db-1", "postgresql.log", end - 0.02) { at in
        "\(Stamp.postgres(at)) [\(2000 + self.chance.below(40))] ERROR:  canceling statement due to lock timeout"
      }
    }
    if route.name == "/checkout", status == 200 { backlog += 1 }
  }

  // MARK: - Lines

  private func ahead(_ host: String, _ at: Double) -> Double {
    guard let changing, changing.host == host else { return clocks[host] ?? 0 }
    return at < changing.setAt ? (clocks[host] ?? 0) + changing.gain * at : 0
  }

  /// Seconds that each host's clock is ahead where it is farthest off.
  var clocksAtWorst: [String: Double] {
    Dictionary(
      uniqueKeysWithValues: clocks.keys.map { host in
        let ends = [ahead(host, 0), ahead(host, scenario.hours * 3600)]
        return (host, abs(ends[0]) >= abs(ends[1]) ? ends[0] : ends[1])
      })
  }

  private func write(_ host: String, _ file: String, _ at: Double, _ line: (Int64) -> String) {
    let shown = at + ahead(host, at)
    let milliseconds = start * 1000 + Int64((shown * 1000).rounded())
    logs.write("\(host)/\(file)", at: milliseconds, line(milliseconds))
  }

  private func edge(
    _ user: User, _ method: String, _ target: String, _ status: Int, _ time: Double, _ id: String,
    at: Double? = nil
  ) {
    let host = user.address.utf8.reduce(0) { $0 &+ Int($1) } % 2 == 0 ? "edge-1" : "edge-2"
    let size = status == 200 ? 400 + chance.below(9000) : 162
    let text = String(format: "%.3f", time)
    write(host, "access.log", at ?? now + time) { at in
      "\(user.address) - - [\(Stamp.clf(at / 1000))] \"\(method) \(target) HTTP/1.1\" \(status) \(size) \"\(target.hasPrefix("/static") ? "https://shop.example/" : "-")\" \"\(user.agent)\" rt=\(text)\(self.scenario.hasRequestIDs ? " rid=\(id)" : "")"
    }
  }

  private func api(_ host: Int, _ request: Request, _ status: Int, _ time: Double, _ end: Double) {
    let route = WebSystem.routes[request.route]
    let name = "api-\(host + 1)"
    var more = ""
    if status >= 500 {
      let reason =
        switch scenario.trouble {
        case .sickHost where isTroubled && host == 2:
          "write /var/lib/shop/session: no space left on device"
        case .badVersion where versions[host] == "1.9.0": "TypeError: cart.items is undefined"
        default: "upstream connection reset"
        }
      more = ",\"error\":\"\(reason)\""
    }
    let path =
      route.name.hasSuffix("=")
      ? "/search" : route.name + (request.route == 1 ? request.detail : "")
    let requestID = scenario.hasRequestIDs ? "\"request_id\":\"\(request.id)\"," : ""
    write(name, "api.log", end - 0.002) { at in
      "{\"time\":\"\(Stamp.rfc3339(at))\",\"level\":\"\(status >= 500 ? "error" : "info")\",\"host\":\"\(name)\",\"service\":\"api\",\"version\":\"\(self.versions[host])\",\"event\":\"request\",\(requestID)\"method\":\"\(route.method)\",\"path\":\"\(path)\",\"status\":\(status),\"duration_ms\":\(Int(time * 1000))\(more)}"
    }
  }

  private func deploy(_ host: Int, _ version: String) {
    write("ops-1", "operations.log", now) { at in
      "{\"time\":\"\(Stamp.rfc3339(at))\",\"host\":\"ops-1\",\"service\":\"operations\",\"event\":\"deploy\",\"target\":\"api-\(host + 1)\",\"message\":\"version \(version)\"}"
    }
    versions[host] = version
    restarting[host] = now + chance.between(3, 8)
    write("api-\(host + 1)", "api.log", now + 4) { at in
      "{\"time\":\"\(Stamp.rfc3339(at))\",\"level\":\"info\",\"host\":\"api-\(host + 1)\",\"service\":\"api\",\"version\":\"\(version)\",\"event\":\"start\",\"message\":\"listening on :8080\"}"
    }
    // What was under way on it is lost.
    for _ in 0..<chance.below(3) {
      edge(
        users[chance.below(users.count)], "GET", "/item/\(1 + chance.below(900))", 502, 0.004,
        chance.hex(12))
    }
  }

  private func scan() {
    let paths = [
      "/.env", "/wp-login.php", "/admin.php", "/.git/config", "/phpmyadmin/index.php",
      "/cgi-bin/test.sh", "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "/backup.zip",
    ]
    for i in scanners.indices where now >= scanners[i].from && scanners[i].left > 0 {
      for _ in 0..<chance.poisson(scanners[i].perSecond) where scanners[i].left > 0 {
        scanners[i].left -= 1
        edge(
          User(address: scanners[i].address, agent: "curl/8.4.0", isLoggedIn: false), "GET",
          paths[chance.below(paths.count)] + (chance.happens(0.5) ? "?x=\(chance.below(99))" : ""),
          404, 0.002, chance.hex(12))
      }
    }
  }

  private func mail(_ second: Int) {
    let isStuck: Bool =
      if case .stuckQueue = scenario.trouble { isTroubled } else { false }
    if second % 2 == 0, backlog > 0 {
      if isStuck {
        if second % 20 == 0 {
          write("worker-1", "worker.log", now) { at in
            "time=\(Stamp.rfc3339(at)) level=error service=mail-worker event=crash msg=\"panic: runtime error: invalid memory address\" job=4711"
          }
          write("worker-1", "worker.log", now + 3) { at in
            "time=\(Stamp.rfc3339(at)) level=info service=mail-worker event=start msg=\"worker started\""
          }
        }
      } else {
        for _ in 0..<min(backlog, 3) {
          backlog -= 1
          write("worker-1", "worker.log", now + chance.share()) { at in
            "time=\(Stamp.rfc3339(at)) level=info service=mail-worker event=job status=ok duration_ms=\(40 + self.chance.below(90)) msg=\"mail sent\""
          }
        }
      }
    }
    if second % 30 == 0 {
      write("worker-1", "worker.log", now) { at in
        "time=\(Stamp.rfc3339(at)) level=info service=mail-worker event=stats queue=\(self.backlog)"
      }
    }
  }

  private func background(_ second: Int) {
    for host in 0..<Model.hosts where restarting[host] == nil {
      write("api-\(host + 1)", "api.log", now) { at in
        "{\"time\":\"\(Stamp.rfc3339(at))\",\"level\":\"info\",\"host\":\"api-\(host + 1)\",\"service\":\"api\",\"version\":\"\(self.versions[host])\",\"event\":\"stats\",\"inflight\":\((self.waiting.count - self.head) / Model.hosts),\"heap_mb\":\(180 + self.chance.below(90))}"
      }
    }
    if second % 300 == 0 {
      write("db-1", "postgresql.log", now) { at in
        "\(Stamp.postgres(at)) [1201] LOG:  checkpoint starting: time"
      }
      write("db-1", "postgresql.log", now + 20) { at in
        "\(Stamp.postgres(at)) [1201] LOG:  checkpoint complete: wrote \(100 + self.chance.below(900)) buffers (0.\(self.chance.below(9))%); write=19.8\(self.chance.below(9)) s"
      }
    }
    if second % 3600 == 0 {
      write("worker-1", "syslog", now + 1) { at in
        "\(Stamp.syslog(at / 1000)) worker-1 CRON[\(3000 + self.chance.below(9000))]: (shop) CMD (/usr/bin/rebuild-index)"
      }
    }
    if chance.happens(0.08) {
      let from = makeUser(loggedIn: 0).address
      write("edge-1", "auth.log", now + chance.share() * 20) { at in
        "\(Stamp.syslog(at / 1000)) edge-1 sshd[\(3000 + self.chance.below(9000))]: Failed password for invalid user \(["admin", "test", "oracle", "pi"][self.chance.below(4)]) from \(from) port \(1024 + self.chance.below(60000)) ssh2"
      }
    }
  }
}

/// Simulates a web shop and writes `logs/` and `truth.json` below a folder.
///
/// - Throws: if the folder cannot be written.
public func simulate(_ scenario: WebScenario, seed: UInt64, into directory: URL) throws
  -> SimulationResult
{
  let system = WebSystem(scenario, seed: seed)
  system.run()
  let folder = directory.appending(path: "logs")
  let saved = try system.logs.save(to: folder)
  let manifest = """
    case: shop-\(seed)
    collected: \(Stamp.rfc3339((system.start + Int64(scenario.hours * 3600) + 3600) * 1000))

    """
  try Data(manifest.utf8).write(to: folder.appending(path: "inquest.yml"))
  var culprits: [(kind: String, value: String)] = []
  switch scenario.trouble {
  case .slowDatabase: culprits = [("host", "db-1"), ("service", "postgresql")]
  case .badVersion: culprits = [("version", "1.9.0")]
  case .sickHost: culprits = [("host", "api-3")]
  case .flood, .guessing: culprits = system.hostile.map { ("ip", $0) }
  case .stuckQueue: culprits = [("service", "mail-worker"), ("host", "worker-1")]
  case .none, .crowd, .curve: break
  }
  let isQuiet: Bool =
    switch scenario.trouble {
    case .none, .curve: true
    default: false
    }
  let accepted = scenario.accepted.map { "\"\($0)\"" }.joined(separator: ", ")
  let listed = culprits.map { "{\"kind\": \"\($0.kind)\", \"value\": \"\($0.value)\"}" }
    .joined(separator: ", ")
  let clocks = system.clocksAtWorst.filter { abs($0.value) >= 1 }.sorted { $0.key < $1.key }
    .map { "\"\($0.key)\": \(String(format: "%.1f", $0.value))" }.joined(separator: ", ")
  let truth = """
    {
      "schema": "inquest.truth/1",
      "scenario": "\(scenario.name)",
      "seed": \(seed),
      "class": "\(scenario.truth)",
      "accept": [\(accepted)],
      "onset": \(isQuiet ? "null" : "\"" + Stamp.rfc3339((system.start + Int64(system.from)) * 1000) + "\""),
      "end": \(isQuiet ? "null" : "\"" + Stamp.rfc3339((system.start + Int64(system.until)) * 1000) + "\""),
      "culprits": [\(listed)],
      "clocks": {\(clocks)},
      "facts": {"failed": \(system.failed), "affected": \(system.affected.count), "asked": \(system.asked)}
    }

    """
  try Data(truth.utf8).write(to: directory.appending(path: "truth.json"))
  return SimulationResult(
    files: saved.files, bytes: saved.bytes, lines: system.logs.lines,
    facts: [
      "failed": Double(system.failed), "affected": Double(system.affected.count),
      "asked": Double(system.asked),
    ])
}
