import Findings
import Foundation
import InquestKit
import TestSupport
import Testing

/// Small cases of systems that the simulator does not know, in formats of theirs.
///
/// Each is six hours long with trouble from three hours on; the world around is a shop's.
@Suite("Other systems")
struct OtherSystemsTests {
  private final class World {
    var numbers: SplitMix
    private var files: [String: [(at: Double, line: String)]] = [:]
    let residents: [String]
    static let start = 1_741_672_800.0  // 2025-03-11 06:00:00 UTC
    static let trouble = 10_800.0..<13_500.0

    init(seed: UInt64) {
      numbers = SplitMix(state: seed)
      var made: [String] = []
      for _ in 0..<600 { made.append(World.address(&numbers)) }
      residents = made
    }

    static func address(_ numbers: inout SplitMix) -> String {
      (0..<4).map { _ in String(Int.random(in: 1...223, using: &numbers)) }.joined(separator: ".")
    }
    func below(_ n: Int) -> Int { Int.random(in: 0..<n, using: &numbers) }
    func happens(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &numbers) < share }

    /// Poisson arrivals, seconds since the start.
    func arrivals(_ perSecond: Double, in span: Range<Double> = 0..<21_600) -> [Double] {
      var result: [Double] = []
      var at = span.lowerBound
      while true {
        at -= log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &numbers)) / perSecond
        guard at < span.upperBound else { return result }
        result.append(at)
      }
    }

    func write(_ file: String, _ at: Double, _ line: String) {
      files[file, default: []].append((at, line))
    }

    func save(to folder: URL) throws {
      for (name, lines) in files {
        let url = folder.appending(path: name)
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        let text = lines.sorted { $0.at < $1.at }.map(\.line).joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: url)
      }
    }

    private func formatted(_ at: Double, _ format: String) -> String {
      var time = tm()
      var seconds = time_t(World.start + at)
      gmtime_r(&seconds, &time)
      var buffer = [CChar](repeating: 0, count: 64)
      let count = strftime(&buffer, buffer.count, format, &time)
      return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    func syslog(_ at: Double) -> String { formatted(at, "%b %e %H:%M:%S") }
    func clf(_ at: Double) -> String { formatted(at, "%d/%b/%Y:%H:%M:%S +0000") }
    func plain(_ at: Double) -> String { formatted(at, "%Y-%m-%d %H:%M:%S") }
    func bind(_ at: Double) -> String { formatted(at, "%d-%b-%Y %H:%M:%S.") + "120" }

    func page() -> String {
      switch below(6) {
      case 0: "/"
      case 1: "/static/app.js"
      case 2: "/static/style.css"
      case 3: "/search?q=\(below(900))"
      default: "/products/\(below(4000))"
      }
    }
    func resident() -> String { residents[below(residents.count)] }

    func combined(_ at: Double, _ who: String, _ request: String, _ status: Int) -> String {
      "\(who) - - [\(clf(at))] \"\(request) HTTP/1.1\" \(status) \(200 + below(9000)) \"-\" \"Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0\""
    }
  }

  private func verdict(_ world: World) throws -> Findings {
    let place = try TemporaryFolder()
    defer { withExtendedLifetime(place) {} }
    try world.save(to: place.url)
    let reading = try CaseReading(
      paths: [place.url.path], manifestPath: nil, options: ReadingOptions())
    return findings(of: try reading.survey().survey, knowledge: reading.manifest.knowledge)
  }

  @Test("a flood of many at HAProxy who are served now and then is no flash crowd")
  func balancer() throws {
    let world = World(seed: 3)
    func line(_ at: Double, _ who: String, _ page: String, _ status: Int, _ wait: Int) -> String {
      "\(world.syslog(at)) lb1 haproxy[2147]: \(who):\(20_000 + world.below(40_000)) [\(world.clf(at).prefix(20)).120] https-in web/web\(1 + world.below(3)) 0/0/1/\(wait)/\(wait + 1) \(status) 1640 - - ---- 120/110/8/4/0 0/0 \"GET \(page) HTTP/1.1\""
    }
    for at in world.arrivals(2) {
      let isHot = World.trouble.contains(at)
      world.write(
        "lb1/haproxy.log", at,
        line(
          at, world.resident(), world.page(), isHot && world.happens(0.6) ? 503 : 200,
          isHot ? 900 + world.below(4000) : 10 + world.below(80)))
    }
    let bots = (0..<700).map { _ in World.address(&world.numbers) }
    for at in world.arrivals(18, in: World.trouble) {
      world.write(
        "lb1/haproxy.log", at,
        line(
          at, bots[world.below(bots.count)], "/search?q=\(world.below(1 << 30))",
          world.happens(0.85) ? 503 : 200, 2000 + world.below(5000)))
    }
    let found = try verdict(world)
    #expect(["attack", "mixed"].contains(found.verdict.class))
    #expect(bots.contains(found.suspects.first?.value ?? ""))
  }

  @Test("a crowd that comes for one page and fetches its parts is one, though most are turned away")
  func crowd() throws {
    let world = World(seed: 4)
    for at in world.arrivals(2) {
      let isHot = World.trouble.contains(at)
      world.write(
        "web/access.log", at,
        world.combined(
          at, world.resident(), "GET " + world.page(), isHot && world.happens(0.5) ? 503 : 200))
    }
    for at in world.arrivals(18, in: World.trouble) {
      let who = World.address(&world.numbers)
      // Who gets the page fetches its parts; who does not tries again, twice at most.
      for k in 0...2 {
        let then = at + Double(k) * 7
        if world.happens(0.6) {
          world.write("web/access.log", then, world.combined(then, who, "GET /article/1", 503))
          continue
        }
        for page in ["/article/1", "/static/app.js", "/static/style.css"] {
          world.write("web/access.log", then, world.combined(then, who, "GET " + page, 200))
        }
        break
      }
    }
    #expect(try verdict(world).verdict.class == "overload")
  }

  @Test("log-ins refused by WordPress, dovecot and postfix are guesses, though no status says so")
  func guessing() throws {
    let blog = World(seed: 5)
    for at in blog.arrivals(1) {
      blog.write(
        "www/access.log", at, blog.combined(at, blog.resident(), "GET " + blog.page(), 200))
    }
    let bots = (0..<40).map { _ in World.address(&blog.numbers) }
    for at in blog.arrivals(2, in: World.trouble) {
      blog.write(
        "www/access.log", at,
        blog.combined(at, bots[blog.below(bots.count)], "POST /wp-login.php", 200))
    }
    #expect(try verdict(blog).verdict.class == "attack")

    let mail = World(seed: 6)
    for at in mail.arrivals(0.3) {
      mail.write(
        "mx1/mail.log", at,
        "\(mail.syslog(at)) mx1 dovecot: imap-login: Login: user=<u\(mail.below(200))@example.org>, method=PLAIN, rip=\(mail.resident()), lip=192.0.2.25, TLS, session=<\(mail.below(1 << 40))>"
      )
    }
    let guessers = (0..<60).map { _ in World.address(&mail.numbers) }
    for at in mail.arrivals(1, in: World.trouble) {
      let who = guessers[mail.below(guessers.count)]
      mail.write(
        "mx1/mail.log", at,
        "\(mail.syslog(at)) mx1 dovecot: imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<u\(mail.below(200))@example.org>, method=PLAIN, rip=\(who), lip=192.0.2.25, TLS"
      )
      mail.write(
        "mx1/mail.log", at,
        "\(mail.syslog(at)) mx1 postfix/smtpd[812]: warning: unknown[\(who)]: SASL LOGIN authentication failed: UGFzc3dvcmQ6"
      )
    }
    let found = try verdict(mail)
    #expect(found.verdict.class == "attack")
    #expect(guessers.contains(found.suspects.first?.value ?? ""))
  }

  @Test(
    "a full disk of a database behind an interface that is written to is a fault, no abused form")
  func disk() throws {
    let world = World(seed: 7)
    for at in world.arrivals(2) {
      let isWrite = world.happens(0.35)
      let fails = isWrite && World.trouble.contains(at)
      world.write(
        "web/access.log", at,
        world.combined(
          at, world.resident(), isWrite ? "POST /orders" : "GET " + world.page(), fails ? 500 : 200)
      )
      if fails {
        world.write(
          "db1/postgresql.log", at,
          "\(world.plain(at)).120 UTC [\(world.below(900))] app@shop ERROR:  could not extend file \"base/16384/\(world.below(900))\": No space left on device"
        )
      } else if world.happens(0.02) {
        world.write(
          "db1/postgresql.log", at,
          "\(world.plain(at)).120 UTC [88] LOG:  checkpoint complete: wrote \(world.below(900)) buffers"
        )
      }
    }
    let found = try verdict(world)
    #expect(found.verdict.class == "overload")
    #expect(found.suspects.first?.value == "postgresql")
  }

  @Test("a web server that falls silent may be cut off or flooded: that stays open")
  func silence() throws {
    for isFlood in [false, true] {
      let world = World(seed: 8)
      for at in world.arrivals(3) where !World.trouble.contains(at) || world.happens(0.08) {
        world.write(
          "web/access.log", at, world.combined(at, world.resident(), "GET " + world.page(), 200))
      }
      for at in stride(from: 0.0, to: 21_600, by: 60) {
        world.write(
          "web/kern.log", at, "\(world.syslog(at)) web kernel: [\(5000 + at)] usb 1-1: reset")
        if isFlood, World.trouble.contains(at) {
          world.write(
            "web/kern.log", at,
            "\(world.syslog(at)) web kernel: [\(5000 + at)] TCP: request_sock_TCP: Possible SYN flooding on port 443. Sending cookies.  Check SNMP counters."
          )
        }
      }
      let found = try verdict(world)
      #expect(["open", "attack", "mixed"].contains(found.verdict.class), "\(isFlood)")
      #expect((found.verdict.probabilities["attack"] ?? 0) >= 0.05)
    }
  }

  @Test("questions for names at random that a name server cannot answer are a flood by strangers")
  func names() throws {
    let world = World(seed: 9)
    func query(_ at: Double, _ who: String, _ name: String) -> String {
      "\(world.bind(at)) queries: info: client @0x7f0f80f53790 \(who)#\(1024 + world.below(60_000)) (\(name)): query: \(name) IN A +E(0)K (192.0.2.53)"
    }
    for at in world.arrivals(2) {
      world.write(
        "ns1/queries.log", at,
        query(at, world.resident(), ["www", "mail", "api"][world.below(3)] + ".example.com"))
    }
    for at in world.arrivals(30, in: World.trouble) {
      let name = String(UInt64.random(in: 0 ... .max, using: &world.numbers), radix: 36)
      let who = World.address(&world.numbers)
      world.write("ns1/queries.log", at, query(at, who, name + ".victim.example.com"))
      if world.happens(0.3) {
        world.write(
          "ns1/errors.log", at,
          "\(world.bind(at)) query-errors: info: client @0x7f0f80f53790 \(who)#5353 (\(name).victim.example.com): query failed (SERVFAIL) for \(name).victim.example.com/IN/A at query.c:7094"
        )
      }
    }
    #expect(["attack", "mixed"].contains(try verdict(world).verdict.class))
  }

  @Test("where those who used to be let in are refused, a door is broken and nobody guesses")
  func door() throws {
    let world = World(seed: 14)
    for at in world.arrivals(0.5) {
      let who = "10.1.0.\(1 + world.below(200))"
      let user = "user\(world.below(200))"
      let word = World.trouble.contains(at) ? "Failed" : "Accepted"
      world.write(
        "gw/auth.log", at,
        "\(world.syslog(at)) gw sshd[\(world.below(9000))]: \(word) password for \(user) from \(who) port 40022 ssh2"
      )
    }
    let found = try verdict(world)
    #expect(["overload", "open"].contains(found.verdict.class))
    // The year is the file's.
    #expect(found.incidents.first?.onset.contains("-03-11T09:00") == true)

    // A server that another refuses for its token is no guesser.
    let calls = World(seed: 15)
    for at in calls.arrivals(2) {
      let isBad = World.trouble.contains(at)
      let text =
        isBad
        ? "call to payments at 10.0.3.\(2 + calls.below(3)):8443 failed: 403 forbidden, token expired"
        : "order paid"
      calls.write(
        "orders/app.log", at,
        "{\"ts\":\"\(calls.plain(at).replacingOccurrences(of: " ", with: "T")).120Z\",\"level\":\"\(isBad ? "error" : "info")\",\"service\":\"orders\",\"msg\":\"\(text)\"}"
      )
    }
    #expect(["overload", "open"].contains(try verdict(calls).verdict.class))
  }

  @Test("a rule that refuses most of what was served is harm, though parts of pages still come")
  func pushedRule() throws {
    let world = World(seed: 21)
    for at in world.arrivals(1.2) {
      let page = world.page()
      let isShut =
        World.trouble.contains(at) && !page.hasPrefix("/static") && world.happens(0.85)
      world.write(
        "web/access.log", at,
        world.combined(at, world.resident(), "GET " + page, isShut ? 403 : 200))
    }
    let found = try verdict(world)
    #expect(found.verdict.class == "overload")
    #expect(found.incidents.first?.onset.hasPrefix("2025-03-11T09:00") == true)
  }

  @Test("a unit that systemd starts over and over is a loop of its own")
  func unitLoop() throws {
    let world = World(seed: 22)
    for at in world.arrivals(0.2) {
      world.write(
        "host/messages", at,
        "\(world.syslog(at)) db1 postgres[\(300 + world.below(600))]: [3-1] LOG:  checkpoint complete: wrote \(world.below(900)) buffers"
      )
    }
    var at = World.trouble.lowerBound
    while at < World.trouble.upperBound {
      let unit = "db1 systemd[1]: payments.service:"
      world.write(
        "host/messages", at,
        "\(world.syslog(at)) \(unit) Main process exited, code=exited, status=1/FAILURE")
      world.write(
        "host/messages", at + 10,
        "\(world.syslog(at + 10)) \(unit) Scheduled restart job, restart counter is at \(world.below(99))."
      )
      at += 12 + Double(world.below(3))
    }
    let found = try verdict(world)
    #expect(found.verdict.class == "overload")
    #expect(found.patterns.contains { $0.id == "crash-loop" })
    #expect(found.suspects.contains { $0.value == "payments" })
  }

  @Test("payloads from one address that make most of the requests do the harm")
  func injection() throws {
    let world = World(seed: 23)
    for at in world.arrivals(1.2) {
      let page = world.page()
      let isSlow =
        World.trouble.contains(at) && page.hasPrefix("/search") && world.happens(0.7)
      world.write(
        "web/access.log", at,
        world.combined(at, world.resident(), "GET " + page, isSlow ? 500 : 200))
    }
    for at in world.arrivals(6, in: World.trouble) {
      world.write(
        "web/access.log", at,
        world.combined(
          at, "203.0.113.66",
          "GET /search?q=1%27%20UNION%20SELECT%20\(world.below(99_999)),pg_sleep(5)--",
          world.happens(0.8) ? 500 : 200))
    }
    let found = try verdict(world)
    #expect(
      ["attack", "mixed"].contains(found.verdict.class), "\(found.evidence.map(\.statement))")
    #expect(found.suspects.first?.value == "203.0.113.66")
  }

  @Test("Windows log-ons as comma-separated values: a spray over many names is an attack")
  func spray() throws {
    let world = World(seed: 24)
    func stamp(_ at: Double) -> String {
      world.plain(at).replacingOccurrences(of: " ", with: "T") + ".120Z"
    }
    world.write("dc/security.csv", -1, "TimeCreated,EventID,Account,IpAddress,Status")
    for at in world.arrivals(0.3) {
      world.write(
        "dc/security.csv", at,
        "\(stamp(at)),4624,u\(world.below(80)),10.3.0.\(2 + world.below(200)),0x0")
    }
    for at in world.arrivals(3, in: World.trouble) {
      world.write(
        "dc/security.csv", at,
        "\(stamp(at)),4625,admin\(world.below(40)),203.0.113.\(1 + world.below(25)),0xC000006D")
    }
    let found = try verdict(world)
    #expect(found.verdict.class == "attack")
    #expect(found.sources.first?.format == "csv")
  }

  @Test("one address whose queries outdo all others leaves peace open")
  func queries() throws {
    let world = World(seed: 25)
    func query(_ at: Double, _ who: String, _ name: String, _ type: String) -> String {
      "\(world.bind(at)) queries: info: client @0x7f0f80f53790 \(who)#\(1024 + world.below(60_000)) (\(name)): query: \(name) IN \(type) +E(0)K (192.0.2.53)"
    }
    for at in world.arrivals(1) {
      world.write("ns1/queries.log", at, query(at, world.resident(), "www.example.com", "A"))
    }
    for at in world.arrivals(30, in: World.trouble) {
      world.write("ns1/queries.log", at, query(at, "198.51.100.77", "example.gov", "ANY"))
    }
    let found = try verdict(world)
    #expect(found.verdict.class == "open")
    #expect(found.suspects.first?.value == "198.51.100.77")
  }

  @Test("of two that become slow together the one that is asked stands first")
  func askedFirst() throws {
    let world = World(seed: 26)
    world.write("inquest.yml", 0, "topology:\n  - {from: front, to: pay}")
    for at in world.arrivals(1) {
      let isBad = World.trouble.contains(at) && world.happens(0.5)
      let took = isBad ? 4980 + world.below(20) : 5 + world.below(60)
      for (service, more) in [("front", 10), ("pay", 0)] {
        world.write(
          "\(service)/\(service).jsonl", at,
          "{\"time\":\"\(world.plain(at).replacingOccurrences(of: " ", with: "T")).120Z\",\"level\":\"info\",\"service\":\"\(service)\",\"event\":\"request\",\"status\":200,\"duration_ms\":\(took + more)}"
        )
      }
    }
    let found = try verdict(world)
    #expect(found.suspects.first?.value == "pay")
  }

  @Test("an arrow needs the link, the order, and a dose or services that were spared")
  func arrow() throws {
    let world = World(seed: 13)
    world.write("inquest.yml", 0, "topology:\n  - {from: shop, to: store}")
    func line(_ service: String, _ at: Double, _ status: Int, _ took: Int) -> String {
      let rest = "\"service\":\"\(service)\",\"event\":\"request\",\"status\":\(status)"
      return
        "{\"time\":\"\(world.plain(at).replacingOccurrences(of: " ", with: "T")).120Z\",\(rest),\"duration_ms\":\(took)}"
    }
    for at in world.arrivals(3) {
      // The store is sick in waves; the shop, which tries again at first, fails after it.
      let isSick = World.trouble.contains(at)
      let wave = isSick ? 0.15 + 0.6 * abs(sin((at - 10_800) / 400)) : 0
      world.write(
        "store/store.log", at,
        line("store", at, world.happens(wave) ? 500 : 200, 3 + world.below(9)))
      let isHit = isSick && at > World.trouble.lowerBound + 240
      world.write(
        "shop/shop.log", at,
        line("shop", at, isHit && world.happens(wave * 0.7) ? 502 : 200, 20 + world.below(40)))
      world.write("mail/mail.log", at, line("mail", at, 200, 8 + world.below(9)))
    }
    let found = try verdict(world)
    let text = found.sections.flatMap { section in section.items.map { "\($0)" } }.joined()
    #expect(text.contains("The harm went that way"))
    #expect(text.contains("rank correlation"))
    #expect(text.contains("came to no harm"))
  }

  /// A site's week: nights, a weekend that is slower all day, a batch that is heavy and fails now and
  /// then each night.
  private func week(_ world: World, keeps: (Double) -> Bool, fails: (Double) -> Bool) {
    let day = 86_400.0
    for at in world.arrivals(0.5, in: 0..<(7 * day)) {
      let hour = (at / 3600 + 6).truncatingRemainder(dividingBy: 24)
      let isWeekend = (4...5).contains(Int((at + 6 * 3600) / day))
      let course: Double = max(0, sin((hour - 7) / 24 * 2 * Double.pi))
      let height = (isWeekend ? 0.6 : 1.0) * (0.3 + 0.7 * course)
      guard world.happens(height), keeps(at) else { continue }
      world.write(
        "web/access.log", at,
        world.combined(
          at, world.resident(), "GET " + world.page(), fails(at) || world.happens(0.003) ? 502 : 200
        ))
    }
    for night in 0..<7 {
      let from = Double(night) * day + 20 * 3600 + Double(world.below(240))
      for at in world.arrivals(3, in: from..<(from + 1800)) {
        world.write(
          "web/access.log", at,
          world.combined(
            at, "10.0.0.8", "GET /export/\(world.below(900))", world.happens(0.2) ? 503 : 200))
      }
    }
  }

  @Test(
    "in archives of days, what recurs at its hour is usual, and what is missing at its hour is not")
  func days() throws {
    let quiet = World(seed: 10)
    week(quiet, keeps: { _ in true }, fails: { _ in false })
    #expect(try verdict(quiet).verdict.class == "benign")

    // Thursday from ten to one half of the requests do not arrive.
    let trouble = 187_200.0..<198_000.0
    let halved = World(seed: 11)
    week(
      halved, keeps: { [halved] in !trouble.contains($0) || halved.happens(0.45) },
      fails: { _ in false })
    let found = try verdict(halved)
    #expect(found.verdict.class == "open")
    #expect(found.incidents.first?.onset == "2025-03-13T10:00:00Z")

    let failing = World(seed: 12)
    week(
      failing, keeps: { _ in true },
      fails: { [failing] in trouble.contains($0) && failing.happens(0.4) })
    let failure = try verdict(failing)
    #expect(failure.verdict.class == "overload")
    #expect(failure.incidents.first?.onset.hasPrefix("2025-03-13T10:0") == true)
  }
}
