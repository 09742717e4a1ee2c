public import Records

/// Reads the kind of event and the outcome from the words of a record.
///
/// Run once for each distinct event name or message template, never for each record. The words are
/// those in which daemons, run-times and orchestrators commonly speak; order matters: the first row
/// that matches wins, so the special stands before the general.
///
/// Sources of the words: messages of the Linux kernel, systemd, the JVM, Go and Python run-times,
/// Kubernetes, PostgreSQL, nginx, HAProxy, ZooKeeper and Kafka.
public enum EventLexicon {
  struct Row {
    var kind: EventKind
    var words: [StaticString]
    /// Least severity at which free text counts, where the record has one.
    var least: Severity = .unknown
    /// Words beside which these mean something else.
    var unless: [StaticString] = []
  }

  static let rows: [Row] = [
    Row(
      kind: .suppressed,
      words: [
        "messages suppressed", "message suppressed", "callbacks suppressed", "messages lost due to",
        "begin to drop messages", "messages dropped", "suppressed * messages",
        "missed kernel messages",
        "missed journal", "audit_lost", "audit: rate limit", "backlog limit exceeded",
      ]),
    Row(
      kind: .outOfMemory,
      words: [
        "out of memory", "oom-kill", "oom_kill", "oomkill", "outofmemory", "cannot allocate memory",
      ]),
    Row(
      kind: .selfProtection,
      words: [
        "self_protect", "self-protect", "protective shutdown", "protective exit", "to protect host",
        "limits exceeded, exiting", "limit exceeded, exiting", "limit exceeded, shutting down",
      ]),
    Row(
      kind: .crash,
      words: [
        "crash", "segfault", "segmentation fault", "sigsegv", "sigabrt", "core dumped",
        "dumped core",
        "kernel panic", "panic:", "fatal exception", "access violation", "assertion failed",
        "unhandled exception", "uncaught exception", "terminated unexpectedly", "fatal signal",
        "main process exited, code=exited, status=", "main process exited, code=killed, status=",
      ], unless: ["crashlytics", "crashpad", "crash report", "/success", "/term"]),
    Row(
      kind: .exhaustion,
      words: [
        "limit_exceeded", "too many open files", "too many connections", "too many clients",
        "connection limit", "pool exhausted", "pool is exhausted", "queue full", "queue is full",
        "no buffer space", "no space left", "rejectedexecution", "resource temporarily unavailable",
        "worker_connections are not enough", "server reached maxclients", "at capacity",
        "backlog full", "overload", "limit exceeded", "possible syn flooding", "high memory",
      ]),
    Row(kind: .redeployment, words: ["redeploy", "re-deploy", "repurpos", "reassigned to"]),
    Row(
      kind: .throttle,
      words: [
        "throttle", "rate limit", "rate-limit", "admission", "load shedding", "shedding",
      ], unless: ["webhook", "admission plugin", "admission controller"]),
    // A database's statements are others.
    Row(kind: .statement, words: ["public statement", "status page", "press release"]),
    Row(
      kind: .deploy,
      words: [
        "deployed", "deployment", "deploying", "rollout", "rolled out", "rolling update",
        "upgraded to", "rollback",
        "rolled back",
      ], unless: ["transaction", "savepoint", "sql", "statement", "deadlock", "cursor"]),
    Row(
      kind: .configuration,
      words: [
        "config reload", "configuration change", "reloading configuration", "config push",
        "configuration reloaded", "config_change", "config change", "received sighup",
      ]),
    Row(
      kind: .failover,
      words: [
        "failover", "fail-over", "fail over", "elected as", " election", "_election", "-election",
        "leaderelection", "election timed", "election won",
        "resigned as",
        "new leader", "becoming leader", "starting become controller",
      ]),
    Row(
      kind: .lost,
      words: [
        "sn_lost", "connection lost", "lost connection", "session expired", "session has expired",
        "heartbeat timeout", "heartbeat lost", "not responding", "unreachable", "node down",
        "zookeeper state changed (expired)", "zookeeper state changed (disconnected)",
        "link is down",
      ]),
    Row(kind: .restart, words: ["restart"]),
    Row(kind: .unsolicited, words: ["packet_in", "unsolicited", "unexpected packet"]),
    Row(
      kind: .stop,
      words: [
        "shutting down", "shut down", "shutdown", "stopping", "stopped", "sigterm", "going down",
        "demoted", "exiting", "terminating",
      ]),
    Row(
      kind: .start,
      words: [
        "server listening", "started", "starting", "booting", "ready for connections", "promoted",
        "now accepting", "initialized",
      ]),
    Row(kind: .alarm, words: ["paged", "pager", "alert firing", "alarm"]),
  ]

  /// Event names that are whole words of a structured log, where free text would be too vague.
  static let names: [(StaticString, EventKind)] = [
    ("start", .start), ("stop", .stop), ("exit", .stop), ("offline", .lost), ("lost", .lost),
    ("disconnect", .lost), ("boot", .start), ("page", .alarm),
    ("alert", .alarm), ("config", .configuration), ("deploy", .deploy), ("release", .deploy),
    ("join", .join), ("client_join", .join), ("leave", .leave), ("client_leave", .leave),
    ("oom", .outOfMemory), ("panic", .crash), ("scale", .redeployment), ("promote", .start),
    ("reconnect", .restart), ("admission", .throttle), ("tweet", .statement), ("blog", .statement),
    ("statement", .statement), ("public_statement", .statement), ("announcement", .statement),
    ("communication", .statement),
  ]

  static let outcomes: [(Outcome, [StaticString])] = [
    (.timeout, ["timed out", "timeout", "deadline exceeded"]),
    (
      .rejected,
      [
        "permission denied", "access denied", "not authorized", "unauthorized", "forbidden",
        "authentication fail", "failed authentication", "authentication attempt by", "auth fail",
        "login fail", "failed login", "login attempt fail", "failed to login", "failed to log in",
        "invalid credentials", "invalid password", "wrong password", "bad password",
        "incorrect password", "invalid login", "invalid user", "unsuccessful login",
        "password mismatch", "login incorrect", "authentication error",
      ]
    ),
    (
      .failure,
      [
        "connection refused", "no route to host", "host unreachable", "broken pipe",
        "connection reset", "connection aborted", "service unavailable", "bad gateway",
        "servfail",
      ]
    ),
  ]

  /// - Parameters:
  ///   - name: the event's name in a structured record, or empty.
  ///   - text: message or reason, or empty. Only the first `textLimit` bytes are looked at.
  public static func classify(name: Span<UInt8>, text: Span<UInt8>, severity: Severity)
    -> (kind: EventKind, outcome: Outcome)
  {
    let loweredName = lowered(name)
    let loweredText = lowered(text)
    var kind = EventKind.none
    if !loweredName.isEmpty {
      if let exact = names.first(where: { equals(loweredName, $0.0) }) {
        kind = exact.1
      } else {
        kind =
          rows.first { row in
            row.words.contains { contains(loweredName, $0) }
              && !row.unless.contains { contains(loweredName, $0) }
          }?.kind ?? .none
      }
    }
    if kind == .none, loweredName.isEmpty, !loweredText.isEmpty {
      kind =
        rows.first { row in
          (severity == .unknown || severity >= row.least)
            && row.words.contains { contains(loweredText, $0) }
            && !row.unless.contains { contains(loweredText, $0) }
        }?.kind ?? .none
    }
    var outcome = Outcome.unknown
    for (candidate, words) in outcomes
    where words.contains(where: { contains(loweredText, $0) || contains(loweredName, $0) }) {
      outcome = candidate
      break
    }
    return (kind, outcome)
  }

  /// Whether a message is about who somebody is, not about what they may do.
  static func speaksOfLogin(_ text: Span<UInt8>) -> Bool {
    let text = text.extracting(0..<min(text.count, textLimit))
    return loginWords.contains { holds($0, in: text) }
  }

  private static let loginWords: [StaticString] = [
    "authentic", "auth fail", "login", "log in", "logon", "password", "credential",
    "invalid user",
  ]

  static let textLimit = 240

  private static func lowered(_ bytes: Span<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    let count = min(bytes.count, textLimit)
    result.reserveCapacity(count)
    for i in 0..<count {
      let byte = bytes[i]
      result.append(byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte)
    }
    return result
  }

  private static func equals(_ bytes: [UInt8], _ word: StaticString) -> Bool {
    word.withUTF8Buffer { unsafe bytes.elementsEqual($0) }
  }

  private static func contains(_ bytes: [UInt8], _ word: StaticString) -> Bool {
    word.withUTF8Buffer { needle in
      let n = needle.count
      guard n > 0, n <= bytes.count else { return false }
      let first = unsafe needle[0]
      for i in 0...(bytes.count - n) where bytes[i] == first {
        var k = 1
        while k < n, unsafe bytes[i + k] == needle[k] { k += 1 }
        if k == n { return true }
      }
      return false
    }
  }
}
