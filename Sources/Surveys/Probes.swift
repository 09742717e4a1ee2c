public import Records
public import Sketches

/// A class of hostile request, known by its payload.
///
/// Signs of probing, not of an attack that did harm: any public address is probed all day, so their
/// rate is judged against the baseline, and a mechanism is asked for.
public struct ProbeClass: Sendable {
  public var id: String
  public var title: String
  /// ATT&CK technique.
  public var technique: String
  /// Lower-case words of which one must stand in the request target.
  var words: [StaticString]
}

/// The built-in classes. Words from the public rule sets' common ground: OWASP CRS, ATT&CK T1595.
public let probeClasses: [ProbeClass] = [
  ProbeClass(
    id: "traversal", title: "path traversal", technique: "T1190",
    words: ["../", "..%2f", "%2e%2e", "..%5c", "/etc/passwd", "win.ini"]),
  ProbeClass(
    id: "sql-injection", title: "SQL injection", technique: "T1190",
    words: [
      "union+select", "union%20select", "union select", "or+1=1", "or%201=1", "sleep(",
      "benchmark(",
      "information_schema", "xp_cmdshell", "'%20or", "waitfor+delay", "%27%20or",
    ]),
  ProbeClass(
    id: "script-injection", title: "cross-site scripting", technique: "T1190",
    words: ["<script", "%3cscript", "javascript:", "onerror=", "%3csvg"]),
  ProbeClass(
    id: "jndi", title: "JNDI look-up (Log4Shell)", technique: "T1190",
    words: ["${jndi:", "%24%7bjndi", "$%7bjndi"]),
  ProbeClass(
    id: "command-injection", title: "command injection", technique: "T1190",
    words: [
      ";wget", ";curl", "|wget", "%3bwget", "cmd=", "/bin/sh", "allow_url_include", "eval-stdin",
    ]),
  ProbeClass(
    id: "sensitive-file", title: "request for a sensitive file", technique: "T1595.003",
    words: ["/.env", "/.git", "/.aws", "/.ssh", "/wp-config", ".sql", "/.svn", "/id_rsa", ".bak"]),
  ProbeClass(
    id: "admin-probe", title: "probe for an administration page", technique: "T1595.002",
    words: [
      "/wp-login", "/wp-admin", "/xmlrpc.php", "/phpmyadmin", "/pma/", "/manager/html",
      "/setup.php",
      "/administrator", "/boaform", "/hnap1", "/cgi-bin/", "/solr/", "/actuator", "/owa/",
      "/jenkins",
    ]),
]

/// Hits of one class. Merges exactly.
public struct ProbeTally: Sendable, Equatable {
  public var hits: UInt64 = 0
  public var answered: UInt64 = 0
  public var sources = DistinctBitmap()
  public var first: Exemplar?
  public var last: Timestamp = .unknown
  public var cells = SparseSeries()
  /// Fingerprints of the sources' labels in which it was seen: the least ones, up to a limit.
  public var seenIn: Set<UInt64> = []

  mutating func merge(_ other: ProbeTally, limit: Int) {
    hits &+= other.hits
    answered &+= other.answered
    sources.merge(other.sources)
    if let theirs = other.first { first = min(first ?? theirs, theirs) }
    last = max(last, other.last)
    cells.merge(other.cells)
    seenIn.formUnion(other.seenIn)
    if seenIn.count > limit { seenIn = Set(seenIn.sorted().prefix(limit)) }
  }

  /// Keeps the least `limit` of all, not the first ones seen: those do not depend on the order.
  mutating func noteSource(_ source: UInt64, limit: Int) {
    guard !seenIn.contains(source) else { return }
    if seenIn.count >= limit {
      guard let greatest = seenIn.max(), source < greatest else { return }
      seenIn.remove(greatest)
    }
    seenIn.insert(source)
  }
}

/// Finds the classes that a request target belongs to: a bit for each of `probeClasses`.
///
/// Two steps: most targets hold none of the bytes that any word needs and are done in one pass.
struct ProbeScanner {
  /// Bytes of a target that are looked at.
  static let targetLimit = 2048
  private var lowered = [UInt8](repeating: 0, count: targetLimit)
  /// The words of all classes, those with the same first byte side by side.
  private var words: [(bytes: [UInt8], bit: UInt32)] = []
  /// For each first byte, where its words lie.
  private var starts: [Range<Int>]
  /// By byte: 1 where it alone makes a target worth a look, 2 where the next bytes decide.
  private var rare = [UInt8](repeating: 0, count: 256)
  /// By letter: the letters that may follow it behind a slash at the beginning of a word.
  private var pairs = [UInt32](repeating: 0, count: 26)

  init() {
    for byte in [0x25, 0x24, 0x3c, 0x27, 0x3b, 0x7c, 0x28] { rare[byte] = 1 }
    rare[0x2e] = 2
    rare[0x2f] = 2
    for pair in [
      "wp", "xm", "ph", "pm", "ma", "se", "ad", "bo", "hn", "cg", "so", "ac", "ow", "je", "et",
      "id", "bi",
    ] {
      let letters = Array(pair.utf8)
      pairs[Int(letters[0] - 0x61)] |= 1 << UInt32(letters[1] - 0x61)
    }
    for (bit, probe) in probeClasses.enumerated() {
      for word in probe.words {
        words.append((word.withUTF8Buffer { unsafe [UInt8]($0) }, 1 << UInt32(bit)))
      }
    }
    words.sort { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    starts = [Range<Int>](repeating: 0..<0, count: 256)
    for (i, word) in words.enumerated() {
      guard let first = word.bytes.first.map(Int.init) else { continue }
      starts[first] = (starts[first].isEmpty ? i : starts[first].lowerBound)..<(i + 1)
    }
  }

  mutating func scan(_ target: Span<UInt8>) -> UInt32 {
    let count = min(target.count, ProbeScanner.targetLimit)
    guard count > 3 else { return 0 }
    // Pass one: most targets hold nothing that a word needs.
    if !mayHold(target, count) { return 0 }
    var copy = lowered.mutableSpan
    for i in 0..<count {
      let c = target[i]
      copy[i] = c >= 0x41 && c <= 0x5a ? c | 0x20 : c
    }
    var found: UInt32 = 0
    for i in 0..<count {
      let range = starts[Int(lowered[i])]
      if range.isEmpty { continue }
      for w in range where found & words[w].bit == 0 && stands(w, at: i, before: count) {
        found |= words[w].bit
      }
    }
    return found
  }

  private func stands(_ word: Int, at start: Int, before end: Int) -> Bool {
    let n = words[word].bytes.count
    guard n <= end - start else { return false }
    var k = 1
    while k < n, lowered[start + k] == words[word].bytes[k] { k += 1 }
    return k == n
  }

  /// Whether any word could stand in a target: a rare byte, a dot after a slash or another dot, a
  /// slash before two letters that begin a word, or an ending.
  @inline(__always)
  private func mayHold(_ target: Span<UInt8>, _ count: Int) -> Bool {
    let rare = self.rare.span
    let pairs = self.pairs.span
    // All offsets lie below `count`, which is at most the target's; all letters below 26.
    let x = unsafe target[unchecked: count &- 3] | 0x20
    let y = unsafe target[unchecked: count &- 2] | 0x20
    let z = unsafe target[unchecked: count &- 1] | 0x20
    if (x == 0x73 && y == 0x71 && z == 0x6c) || (x == 0x62 && y == 0x61 && z == 0x6b) {
      return true
    }
    var i = 0
    while i < count {
      let c = unsafe target[unchecked: i]
      let kind = unsafe rare[unchecked: Int(c)]
      i &+= 1
      if kind == 0 { continue }
      if kind == 1 { return true }
      guard i < count else { return false }
      let next = unsafe target[unchecked: i]
      if next == 0x2e { return true }
      if c == 0x2f, i &+ 1 < count {
        let first = (next | 0x20) &- 0x61
        let second = unsafe (target[unchecked: i &+ 1] | 0x20) &- 0x61
        if first < 26, second < 26,
          unsafe pairs[unchecked: Int(first)] & (1 &<< UInt32(second)) != 0
        {
          return true
        }
      }
    }
    return false
  }
}

/// The classes of probes that a request target belongs to.
public func probeClassesOf(_ target: String) -> [ProbeClass] {
  var scanner = ProbeScanner()
  let found = scanner.scan(Array(target.utf8).span)
  return probeClasses.indices.filter { found & (1 << UInt32($0)) != 0 }.map { probeClasses[$0] }
}
