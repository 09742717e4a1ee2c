import Records

/// What the value under a key of a structured record means.
enum KeyMeaning: Sendable {
  case time, level, outcome, httpStatus, bytes
  /// The port of whoever asks.
  case port
  /// Number of a Windows security event.
  case windowsEvent
  /// Nanoseconds to be added to a time that was given in whole seconds.
  case nanoseconds
  case field(FieldName)
  /// A duration; the number is worth so many microseconds where it carries no unit.
  case latency(Double)
  /// Known and of no use, or harmful as a gauge (ids, ports, process numbers).
  case ignored
}

/// The names that loggers give their keys, lower-case.
///
/// Sources: field lists of logrus, zap, zerolog, pino, bunyan, winston, Serilog (CLEF), Elastic
/// Common Schema, OpenTelemetry logs, GELF, Caddy, Traefik, Docker, Kubernetes and systemd.
enum KeyNames {
  private static let list: [(String, KeyMeaning)] = [
    (
      "time timestamp ts @timestamp t date datetime @t asctime timeunixnano time_local time_iso8601 "
        + "eventtime event_time created_at logged_at __realtime_timestamp startutc started_at "
        + "start_time starttime instant.epochsecond time_unix_nano observedtimeunixnano datetime_utc "
        + "received_at happened_at _time timecreated time_created systemtime timegenerated", .time
    ),
    (
      "level lvl severity loglevel log.level @l levelname severity_text severitytext priority sev "
        + "log_level levelno", .level
    ),
    ("msg message @m log short_message body text event_message log.message @mt", .field(.message)),
    (
      "host hostname host.name _hostname node_name machine server.name nodename hostip kubernetes.host "
        + "kubernetes.pod_name podname pod pod_name kubernetes.pod.name", .field(.host)
    ),
    (
      "service service.name app application logger logger_name loggername component program container "
        + "container_name syslog_identifier unit source name kubernetes.container_name "
        + "appname process.name sourcecontext resource.service.name facility_name", .field(.service)
    ),
    (
      "ip src_ip source_ip client_ip clientip downstream_remote_address sourceip remote_addr remote_ip source.ip client.ip "
        + "remoteaddress client.address remote_host clienthost src srcip source.address peer_ip "
        + "request.remote_ip request.client_ip remote addr ip_address http.client_ip client_addr "
        + "ipaddress sourceaddress source_address sourcenetworkaddress",
      .field(.address)
    ),
    (
      "user username user.name account login uid_name usr user_name userid user_id principal actor "
        + "targetusername accountname account_name",
      .field(.user)
    ),
    ("node node_id nodeid peer_id client_id device device_id deviceid client", .field(.node)),
    (
      "sn peer upstream upstream_addr dst dest dest_ip dst_ip destination destination.ip server "
        + "last_peer backend target_host remote_peer serviceaddr", .field(.peer)
    ),
    (
      "event op operation action verb method http.request.method request.method http_method "
        + "request_method event.action event_name requestmethod cmd command kind",
      .field(.operation)
    ),
    (
      "path uri url target http.target url.path x-envoy-origin-path request.uri request_uri url.original resource topic "
        + "requestpath route endpoint", .field(.target)
    ),
    ("ver version client_version app_version service.version build release", .field(.version)),
    ("os platform os.name os_name", .field(.platform)),
    ("seg segment plan tier customer_segment", .field(.segment)),
    (
      "user_agent user-agent useragent agent http_user_agent user_agent.original http.user_agent "
        + "request.headers.user-agent", .field(.agent)
    ),
    ("referer referrer http_referer http.request.referrer", .field(.referrer)),
    (
      "request_id requestid req_id trace_id traceid trace.id correlation_id x_request_id sid "
        + "session session_id span_id spanid transaction.id", .field(.requestID)
    ),
    (
      "err error reason sig cause exception error.message err.message error_message exit_reason "
        + "@x exception.message", .field(.reason)
    ),
    ("region zone az datacenter dc cloud.region", .field(.region)),
    ("boot _boot_id", .field(.boot)),
    ("status outcome result event.outcome", .outcome),
    (
      "status_code statuscode http.response.status_code http_status response.status code "
        + "downstreamstatus response_code http.status_code res.statuscode", .httpStatus
    ),
    (
      "bytes body_bytes_sent bytes_sent size response_size http.response.body.bytes "
        + "downstreamcontentsize bytes_written length content_length", .bytes
    ),
    (
      "latency_ms lat_ms duration_ms elapsed_ms elapsed took response_time_ms responsetime rtt_ms "
        + "latency lat duration_in_ms time_ms elapsedmilliseconds", .latency(1000)
    ),
    (
      "duration request_time duration_s latency_s elapsed_s response_time time_taken_s "
        + "upstream_response_time_s", .latency(1_000_000)
    ),
    ("eventid event_id winlog.event_id event.code", .windowsEvent),
    ("instant.nanoofsecond", .nanoseconds),
    ("latency_us duration_us elapsed_us", .latency(1)),
    ("event.duration duration_ns latency_ns originduration", .latency(0.001)),
    (
      "sport spt src_port srcport source_port source.port client_port clientport client.port "
        + "remote_port remoteport peer_port c-port id.orig_p", .port
    ),
    (
      "pid ppid tid thread uid gid port _pid _uid _gid dport dst_port line lineno "
        + "caller module file func facility v hex id seq seqnum log.offset thread_id process.pid "
        + "__monotonic_timestamp _source_realtime_timestamp _source_monotonic_timestamp __cursor "
        + "syslog_pid syslog_facility __seqnum timestamp_ns stream attempt tries via", .ignored
    ),
  ]

  static let table = KeyTable(
    list.flatMap { names, meaning in
      names.split(separator: " ").map { (key: String($0), value: meaning) }
    })

  /// Meaning of a key, letters of either case.
  static func meaning(_ key: Span<UInt8>, before special: KeyTable<KeyMeaning> = KeyTable())
    -> KeyMeaning?
  {
    let id = KeyID(key)
    return special[id] ?? table[id]
  }
}

/// Tells keys apart whatever the case of their letters, and can be had piece by piece: as `a`, `.`,
/// `b` where objects stand within each other.
///
/// Source: G. Fowler, L. C. Noll, K.-P. Vo, *FNV-1a* (draft-eastlake-fnv), 64 bits.
struct KeyID: Hashable, Sendable {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  init() {}

  init(_ name: Span<UInt8>) {
    for i in name.indices { add(name[i]) }
  }

  @inline(__always) mutating func add(_ c: UInt8) {
    let folded = c >= 0x41 && c <= 0x5a ? c | 0x20 : c
    value = (value ^ UInt64(folded)) &* 0x0000_0100_0000_01b3
  }
}

/// What a name stands for: in the slot that the key's high bits name, or the next free one. Ids need no
/// hashing once more, which a dictionary would do.
struct KeyTable<Value: Sendable>: Sendable {
  private var slots: [(id: KeyID, value: Value)?]
  private var shift: UInt64

  init() { self.init([]) }

  /// Of equal names the first counts.
  init(_ list: some Collection<(key: String, value: Value)>) {
    var bits = 3
    while list.count * 4 > 1 << bits { bits += 1 }
    slots = .init(repeating: nil, count: list.isEmpty ? 0 : 1 << bits)
    shift = UInt64(64 - bits)
    for (name, value) in list {
      let id = KeyID(Array(name.utf8).span)
      var slot = first(id)
      while let taken = slots[slot], taken.id != id { slot = (slot + 1) & (slots.count - 1) }
      if slots[slot] == nil { slots[slot] = (id, value) }
    }
  }

  private func first(_ id: KeyID) -> Int { Int(truncatingIfNeeded: id.value &>> shift) }

  @inline(__always) subscript(_ id: KeyID) -> Value? {
    guard !slots.isEmpty else { return nil }
    let slots = slots.span
    var slot = first(id)
    while let entry = slots[slot] {
      if entry.id == id { return entry.value }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }
}

/// Severity of a word or number that stands for a level.
func severity(_ b: Span<UInt8>, _ range: Range<Int>) -> Severity {
  let n = range.count
  guard n > 0, n <= 16 else { return .unknown }
  let at = range.lowerBound
  if isDigit(b[at]) {
    guard let value = decimal(b, range) else { return .unknown }
    switch value {
    // pino and bunyan: tens.
    case 60...: return .critical
    case 50..<60: return .error
    case 40..<50: return .warning
    case 30..<40: return .info
    case 20..<30: return .debug
    case 10..<20: return .trace
    // syslog: 0 to 7 (RFC 5424, table 2).
    case 0...2: return .critical
    case 3: return .error
    case 4: return .warning
    case 5: return .notice
    case 6: return .info
    case 7: return .debug
    default: return .unknown
    }
  }
  switch b[at] | 0x20 {
  case 0x65:  // e
    if hasFolded("err", in: b, at: at) || n == 1 { return .error }
    if hasFolded("emerg", in: b, at: at) { return .critical }
  case 0x77: if hasFolded("warn", in: b, at: at) || n == 1 { return .warning }
  case 0x69: if hasFolded("inf", in: b, at: at) || n == 1 { return .info }
  case 0x64:
    if hasFolded("debug", in: b, at: at) || hasFolded("dbg", in: b, at: at) || n == 1 {
      return .debug
    }
  case 0x74: if hasFolded("trace", in: b, at: at) || n == 1 { return .trace }
  case 0x66:
    if hasFolded("fatal", in: b, at: at) || n == 1 { return .critical }
    if hasFolded("fine", in: b, at: at) { return .debug }
  case 0x63: if hasFolded("crit", in: b, at: at) { return .critical }
  case 0x61: if hasFolded("alert", in: b, at: at) { return .critical }
  case 0x70: if hasFolded("panic", in: b, at: at) { return .critical }
  case 0x6e: if hasFolded("notice", in: b, at: at) { return .notice }
  case 0x73: if hasFolded("severe", in: b, at: at) { return .error }
  case 0x76: if hasFolded("verbose", in: b, at: at) { return .trace }
  default: break
  }
  return .unknown
}

/// Outcome of a word such as `ok`, `timeout`, `shed`.
func outcomeWord(_ b: Span<UInt8>, _ range: Range<Int>) -> Outcome {
  let at = range.lowerBound
  let n = range.count
  guard n > 0, n <= 40 else { return .unknown }
  if hasFolded("ok", in: b, at: at), n == 2 { return .success }
  for word in ["success", "succeeded", "accepted", "completed", "pass", "true", "allow"]
    as [StaticString]
  where hasFolded(word, in: b, at: at) {
    return .success
  }
  for word in ["timeout", "timed", "deadline", "expired"] as [StaticString]
  where hasFolded(word, in: b, at: at) {
    return .timeout
  }
  for word in [
    "shed", "reject", "denied", "deny", "throttl", "refused_by", "forbidden", "unauthor",
    "block", "limit", "busy", "not_admitted",
  ] as [StaticString]
  where hasFolded(word, in: b, at: at) {
    return .rejected
  }
  for word in ["invalid", "malformed", "bad_request", "not_found"] as [StaticString]
  where hasFolded(word, in: b, at: at) {
    return .invalid
  }
  for word in ["abort", "cancel", "client_closed"] as [StaticString]
  where hasFolded(word, in: b, at: at) {
    return .aborted
  }
  for word in [
    "err", "fail", "unreachable", "refused", "reset", "down", "lost", "exception",
    "unavailable", "no_route", "no_answer", "crash", "dead",
  ] as [StaticString]
  where hasFolded(word, in: b, at: at) {
    return .failure
  }
  return .unknown
}

/// Gives a record the value of a key. `b` is the text that the record's ranges will refer to.
///
/// - Parameters:
///   - value: the value in `b`.
///   - isNumber: whether it was written as a number.
/// - Returns: false if the value is a time that cannot be read.
@inline(__always)
func assign(
  _ meaning: KeyMeaning?, key: Range<Int>, value: Range<Int>, isNumber: Bool, in b: Span<UInt8>,
  context: StampContext, to record: inout LogRecord
) -> Bool {
  guard let meaning else {
    if isNumber, let number = scaledNumber(b, value, scale: 1000) {
      record.addGauge(ByteRange(key.lowerBound, key.upperBound), thousandths: number)
    }
    return true
  }
  switch meaning {
  case .time:
    guard !value.isEmpty else { return true }
    if record.time.isKnown {
      // A second time of the same moment counts if it is finer.
      if record.time.nanoseconds % 1_000_000 == 0,
        let stamp = Stamps.any(b, value.lowerBound, context), stamp.end <= value.upperBound,
        stamp.time.nanoseconds % 1_000_000 != 0,
        stamp.time.nanoseconds / 1_000_000 == record.time.nanoseconds / 1_000_000
      {
        record.time = stamp.time
      }
      return true
    }
    if isNumber, value.count >= 10, b[value.lowerBound] == 0x31, let time = Stamps.epoch(b, value) {
      record.time = time
    } else if let stamp = Stamps.any(b, value.lowerBound, context), stamp.end <= value.upperBound {
      record.time = stamp.time
    } else if let time = Stamps.epoch(b, value) {
      record.time = time
    } else if let stamp = Stamps.klog(b, value.lowerBound, context), stamp.end <= value.upperBound {
      record.time = stamp.time
    } else if let number = scaledNumber(b, value, scale: 1_000_000), number > 631_152_000_000_000 {
      // Floating seconds with an exponent, as some encoders print them.
      record.time = Timestamp(seconds: number / 1_000_000, nanoseconds: number % 1_000_000 * 1000)
    } else {
      return false
    }
  case .nanoseconds:
    if record.time.isKnown, let extra = decimal(b, value), extra < 1_000_000_000,
      record.time.nanoseconds % 1_000_000_000 == 0
    {
      record.time.nanoseconds = record.time.nanoseconds.addingReportingOverflow(extra).partialValue
    }
  case .level:
    if record.severity == .unknown { record.severity = severity(b, value) }
  case .field(let name):
    if record[name].isEmpty {
      if name == .address {
        record[name] = address(b, value.lowerBound, value.upperBound)
        if record.port < 0 { record.port = port(b, after: record[name], value.upperBound) }
      } else {
        record[name] = ByteRange(value.lowerBound, value.upperBound)
      }
    }
    if name == .reason, record.outcome == .unknown, !value.isEmpty {
      record.outcome = outcomeWord(b, value)
    }
  case .outcome:
    if value.count == 3, let code = decimal(b, value), code >= 100, code < 600 {
      record.status = Int32(truncatingIfNeeded: code)
      record.outcome = webOutcome(record.status)
    } else {
      let found = outcomeWord(b, value)
      if found != .unknown { record.outcome = found }
    }
  case .httpStatus:
    if let code = decimal(b, value), code >= 100, code < 1000 {
      record.status = Int32(truncatingIfNeeded: code)
      let found = webOutcome(record.status)
      if found != .unknown { record.outcome = found }
    }
  case .bytes:
    if let size = decimal(b, value) { record.bytes = size }
  case .windowsEvent:
    // Logged on; failed to; Kerberos pre-authentication failed. Source: Microsoft, *Audit Logon*.
    guard record.outcome == .unknown, value.count == 4 else { break }
    switch decimal(b, value) {
    case 4624: record.outcome = .success
    case 4625, 4771: record.outcome = .rejected
    default: break
    }
  case .port:
    if let port = decimal(b, value), port > 0, port <= 65_535 { record.port = Int32(port) }
  case .latency(let unit):
    if let micros = duration(b, value, unit: unit), micros >= 0 {
      record.latencyMicroseconds = micros
    }
  case .ignored: break
  }
  return true
}

/// A duration with or without unit: `12ms`, `1.5s`, `350µs`, `0.004`.
///
/// - Parameter unit: microseconds that a bare number counts.
func duration(_ b: Span<UInt8>, _ range: Range<Int>, unit: Double) -> Int64? {
  var end = range.upperBound
  var scale = unit
  if end - range.lowerBound >= 3, hasFolded("ms", in: b, at: end - 2) {
    scale = 1000
    end -= 2
  } else if end - range.lowerBound >= 3, hasFolded("us", in: b, at: end - 2) {
    scale = 1
    end -= 2
  } else if end - range.lowerBound >= 3, hasFolded("ns", in: b, at: end - 2) {
    scale = 0.001
    end -= 2
  } else if end - range.lowerBound >= 4, b[end - 1] == 0x73, b[end - 2] == 0xb5 {
    scale = 1
    end -= 3
  } else if end - range.lowerBound >= 2, b[end - 1] == 0x73 {
    scale = 1_000_000
    end -= 1
  }
  return scaledNumber(b, range.lowerBound..<end, scale: scale)
}
