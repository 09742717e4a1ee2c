import Records
import Surveys

/// SplitMix64: the same stream on every machine.
struct Chance {
  var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
  mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }
  mutating func happens(oneIn n: Int) -> Bool { below(n) == 0 }
  mutating func pick<T>(_ list: [T]) -> T { list[below(list.count)] }
  mutating func shuffle<T>(_ list: inout [T]) {
    for i in stride(from: list.count - 1, to: 0, by: -1) { list.swapAt(i, below(i + 1)) }
  }
}

/// A frame as a worker meets it: parsed or not.
struct Entry {
  var record = LogRecord()
  var frame: [UInt8] = []
  var source = 0
  var position = FramePosition(offset: 0, line: 1)
  var outcome = ParseOutcome.parsed

  mutating func put(_ text: String) { frame += Array(text.utf8) }
  mutating func put(_ name: FieldName, _ bytes: [UInt8]) {
    let lower = frame.count
    frame += bytes
    record[name] = ByteRange(lower, frame.count)
    frame.append(0x20)
  }
  mutating func put(_ name: FieldName, _ text: String) { put(name, Array(text.utf8)) }
}

/// Records such as logs of an outage have them, with what an attacker would add.
struct Stream {
  static let sources = [
    SourceContext(label: "web1/access.log", role: .proxy, host: "web1", service: "nginx"),
    SourceContext(label: "web2/access.log", role: .proxy, host: "web2", service: "nginx"),
    SourceContext(label: "clients/events.jsonl", role: .client, host: "", service: "client"),
    SourceContext(label: "sn/supernode.log", role: .supernode, host: "sn1", service: "sn"),
    SourceContext(label: "host/syslog", role: .host, host: "host1", service: ""),
    SourceContext(label: "ops/deploy.log", role: .operations, host: "bastion", service: "ops"),
  ]
  /// 2010-12-22T16:00:00Z.
  static let start: Int64 = 1_293_033_600
  static let longName = String(repeating: "supernode_directory_look_up_", count: 3)

  var chance: Chance
  /// Number of distinct addresses, nodes, versions and so on.
  var variety: Int
  var entries: [Entry] = []
  var offsets = [UInt64](repeating: 0, count: sources.count)
  var lines = [UInt64](repeating: 0, count: sources.count)

  init(seed: UInt64, count: Int, variety: Int) {
    chance = Chance(seed)
    self.variety = variety
    for i in 0..<count { add(time(i)) }
  }

  mutating func time(_ i: Int) -> Timestamp {
    let usual = Stream.start + Int64(i) * 7
    switch chance.below(60) {
    case 0: return Timestamp(seconds: 31_536_000 + Int64(chance.below(9_000_000)))  // 1971
    case 1: return Timestamp(seconds: 4_102_444_800 + Int64(chance.below(1000)))  // 2100
    case 2: return Timestamp(seconds: -5)  // 1969: no bucket
    case 3: return Timestamp(seconds: 7_258_118_400)  // 2200: no bucket
    case 4: return .unknown
    case 5...12: return Timestamp(seconds: usual - Int64(chance.below(40_000)))  // late
    default: return Timestamp(seconds: usual, nanoseconds: Int64(chance.below(1_000_000_000)))
    }
  }

  mutating func add(_ time: Timestamp) {
    var entry = Entry()
    entry.record.time = time
    switch chance.below(12) {
    case 0...4: web(&entry)
    case 5...7: client(&entry)
    case 8...9: syslog(&entry)
    case 10: operations(&entry)
    default: unparsed(&entry)
    }
    entry.position = FramePosition(
      offset: offsets[entry.source], line: lines[entry.source] + 1)
    offsets[entry.source] += UInt64(entry.frame.count + 1)
    lines[entry.source] += 1
    entries.append(entry)
  }

  private mutating func web(_ entry: inout Entry) {
    entry.source = chance.below(2)
    let who = chance.below(variety)
    entry.put(.address, "10.\(who >> 16).\((who >> 8) & 255).\(who & 255)")
    entry.put(.operation, chance.pick(["GET", "GET", "GET", "POST", "HEAD"]))
    if chance.happens(oneIn: 12) {
      // Raw bytes of an attacker: NUL, broken UTF-8, much text.
      entry.put(.target, [0x2f, 0x78, 0, 0xff, 0xc3] + Array("/..%2f..%2fetc/passwd".utf8))
    } else {
      entry.put(
        .target,
        chance.pick([
          "/", "/index.html", "/site.css", "/user/17/profile", "/search?q=1%20or%201=1",
          "/wp-login.php", "/.env", "/page\(chance.below(variety))/x", "/${jndi:ldap://a}",
        ]))
    }
    entry.put(.referrer, chance.pick(["-", "http://example.com/"]))
    entry.put(.agent, "Agent/\(chance.below(max(1, variety / 8)))")
    let status = chance.pick([200, 200, 200, 304, 404, 401, 500, 504])
    entry.record.status = Int32(status)
    entry.record.outcome =
      switch status {
      case 404: .invalid
      case 401: .rejected
      case 500: .failure
      case 504: .timeout
      default: .success
      }
    entry.record.bytes = Int64(chance.below(90_000))
    if chance.happens(oneIn: 2) { entry.put(.requestID, "request-\(chance.below(variety * 2))") }
    if chance.happens(oneIn: 3) {
      entry.record.latencyMicroseconds = Int64(chance.below(9_000_000))
    }
  }

  private mutating func client(_ entry: inout Entry) {
    entry.source = 2 + chance.below(2)
    entry.put(.node, "node-\(chance.below(variety))")
    if chance.happens(oneIn: 3) {
      entry.put(.requestID, "request-\(chance.below(variety * 2))")
      entry.put(.host, "host-\(chance.below(9))")
    }
    if chance.happens(oneIn: 2) { entry.put(.address, "192.0.2.\(chance.below(250))") }
    // Some say in words alone what others put beside an event.
    let isPlain = chance.happens(oneIn: 5)
    if !isPlain {
      entry.put(
        .operation,
        chance.pick([
          "crash", "start", "login_try", "sn_lost", "restart", "packet_in", "exit",
          Stream.longName + "crash", Stream.longName + "started", "op\(chance.below(variety))",
        ]))
    }
    entry.put(
      .version, chance.pick(["5.0.0.156", "5.0.0.152", "4.2", "v\(chance.below(variety))"]))
    if chance.happens(oneIn: 2) { entry.put(.platform, chance.pick(["windows", "mac", "linux"])) }
    if chance.happens(oneIn: 3) { entry.put(.segment, chance.pick(["consumer", "business"])) }
    if chance.happens(oneIn: 4) { entry.put(.region, chance.pick(["eu", "us", "asia"])) }
    if chance.happens(oneIn: 2) { entry.put(.peer, "sn\(chance.below(20)):33033") }
    if chance.happens(oneIn: 5) { entry.put(.user, "user\(chance.below(variety))") }
    if isPlain || chance.happens(oneIn: 4) { message(&entry) }
    entry.record.outcome = chance.pick([.unknown, .success, .failure, .timeout])
    if chance.happens(oneIn: 3) {
      entry.record.latencyMicroseconds = Int64(chance.below(5_000_000))
    }
    if chance.happens(oneIn: 3) {
      let lower = entry.frame.count
      let which = chance.happens(oneIn: 2) ? "" : "\(chance.below(max(1, variety / 4)))"
      entry.put("queue" + which)
      entry.record.addGauge(
        ByteRange(lower, entry.frame.count),
        thousandths: chance.pick([
          Int64(chance.below(500_000)), -7, .max, .min, .max, 431_000, .max - 3,
        ]))
    }
  }

  private mutating func syslog(_ entry: inout Entry) {
    entry.source = 4
    if chance.happens(oneIn: 3) {
      entry.put(.boot, "boot-\(chance.below(5))")
      // More levels than are kept, now and then.
      entry.record.clockBase = chance.pick([
        -1, 1_764_000_000_000, 1_764_000_000_000 + Int64(chance.below(variety)) * 3000, .max,
      ])
      entry.record.uptime = Int64(chance.below(9_000_000))
    }
    entry.put(.host, "host\(chance.below(4))")
    if chance.happens(oneIn: 2) { entry.put(.service, chance.pick(["kernel", "sshd", "mysqld"])) }
    entry.record.severity = chance.pick(Severity.allCases)
    if chance.happens(oneIn: 3) { entry.put(.address, "198.51.100.\(chance.below(variety) & 255)") }
    message(&entry)
  }

  private mutating func message(_ entry: inout Entry) {
    entry.put(
      .message,
      chance.pick([
        "Out of memory: Kill process 812 (mysqld) score 431", "connection timed out after 30 s",
        "Failed password for root from 203.0.113.9 port 22", "server listening on 0.0.0.0:80",
        "shutting down", "word\(String(UnicodeScalar(UInt8(97 + chance.below(26))))) happened",
        "too many open files", "config reload requested\u{0}with NUL", "rolled back to 4.2",
      ]))
  }

  private mutating func operations(_ entry: inout Entry) {
    entry.source = 5
    entry.put(.service, chance.pick(["deployer", "pager"]))
    entry.put(.operation, chance.pick(["deploy", "page", "config", "failover", "scale", "note"]))
    entry.put(.target, "sn\(chance.below(9))")
    if chance.happens(oneIn: 2) { message(&entry) }
  }

  private mutating func unparsed(_ entry: inout Entry) {
    entry.source = chance.below(Stream.sources.count)
    entry.put("what is this \(chance.below(1000)) \u{0}")
    entry.outcome = chance.pick([.ignored, .notThisFormat, .badTimestamp])
  }

  /// What the reader knows at the end of each source.
  var accounts: [SourceAccount] {
    Stream.sources.indices.map { i in
      var account = SourceAccount(id: Stream.sources[i].id, label: Stream.sources[i].label)
      account.role = Stream.sources[i].role
      account.format = "test"
      account.bytes = offsets[i]
      account.lines = lines[i]
      account.isComplete = true
      account.sha256 = "digest of \(offsets[i]) bytes"
      account.damages = (0..<3).map {
        DamageNote(
          kind: "truncated", compressedOffset: UInt64(90 - $0), decompressedOffset: UInt64(i),
          detail: "rest is missing")
      }
      return account
    }
  }
}

func observe(_ entry: Entry, _ surveyor: inout Surveyor) {
  let span = entry.frame.span
  let source = Stream.sources[entry.source]
  if entry.outcome == .parsed {
    surveyor.observe(entry.record, frame: span, in: source, at: entry.position)
  } else {
    surveyor.reject(entry.outcome, span, in: source, at: entry.position)
  }
}

func survey(_ entries: some Sequence<Entry>, _ limits: SurveyLimits) -> Survey {
  var surveyor = Surveyor(limits: limits)
  for entry in entries { observe(entry, &surveyor) }
  return surveyor.finish()
}

extension SurveyLimits {
  /// So small that every table overflows with a few thousand records.
  static var tiny: SurveyLimits {
    var limits = SurveyLimits()
    limits.fineBuckets = 24
    limits.coarseBuckets = 7
    limits.fineSeries = 40
    limits.coarseSeries = 20
    limits.gauges = 4
    limits.latencies = 4
    limits.templates = 6
    limits.templateValues = 5
    limits.actors = 32
    limits.actorsWithActivity = 9
    limits.traceEvents = 60
    limits.eventsPerTrace = 8
    limits.encounterEvents = 12
    limits.encountersEach = 3
    limits.markers = 10
    limits.probeSources = 1
    return limits
  }

  static var small: SurveyLimits {
    var limits = SurveyLimits()
    limits.fineBuckets = 300
    limits.coarseBuckets = 60
    limits.fineSeries = 150
    limits.coarseSeries = 80
    limits.gauges = 30
    limits.latencies = 12
    limits.templates = 20
    limits.actors = 200
    limits.actorsWithActivity = 60
    limits.traceEvents = 900
    limits.eventsPerTrace = 50
    limits.encounterEvents = 100
    limits.encountersEach = 20
    limits.markers = 70
    limits.probeSources = 2
    return limits
  }
}
