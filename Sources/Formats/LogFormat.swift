public import Records

/// A log format: its name, how to cut it, how to read it.
public struct LogFormat: Sendable {
  /// `nginx-combined`, `syslog`; what `--format` takes.
  public var name: String
  public var title: String
  /// General shape.
  public var family: String
  public var role: Role
  /// Service of records that name none.
  public var service: String
  public var framer: any Framer
  public var parser: any RecordParser
  /// Lines that the format must accept and must not.
  public var accepts: [String]
  public var refuses: [String]
  /// All of these words must stand in a sample for the format to be considered.
  var marks: [String]
  /// Special formats win over general ones that read as much.
  var rank: Int
  /// Whether its lines are joined until the next that begins with a stamp.
  var joinsByStamp = false

  init(
    _ name: String, _ title: String, family: String, role: Role = .unknown, service: String = "",
    framer: any Framer = LineFramer(), parser: any RecordParser, marks: [String] = [],
    rank: Int, accepts: [String] = [], refuses: [String] = []
  ) {
    self.name = name
    self.title = title
    self.family = family
    self.role = role
    self.service = service
    self.framer = framer
    self.parser = parser
    self.marks = marks
    self.rank = rank
    self.accepts = accepts
    self.refuses = refuses
  }
}

public enum FormatRegistry {
  /// All built-in formats; special before general.
  public static let all: [LogFormat] = special + commonest + general

  /// The commonest first: where one of them reads all, only more special ones are tried after it.
  static let inOrderOfTrial: [LogFormat] = commonest + special + general

  private static let special: [LogFormat] =
    webCatalogue + hostCatalogue + storeCatalogue + languageCatalogue + networkCatalogue
    + ownNetwork

  private static let ownNetwork: [LogFormat] = [
    LogFormat(
      "p2p-client", "client telemetry of a peer-to-peer network", family: "logfmt", role: .client,
      service: "client", parser: LogfmtParser(), marks: ["node=", "ver=", "event=", "os="], rank: 9,
      accepts: [
        "ts=2010-12-22T16:03:11.123Z node=1f3a9c2e77b0 ver=5.0.0.152 os=windows seg=paygo region=eu event=login_try sn=198.51.100.7:33033 attempt=2 via=udp lat_ms=5000 err=timeout"
      ], refuses: ["2010-12-22 16:03:11 INFO started"]),
    LogFormat(
      "p2p-supernode", "supernode of a peer-to-peer network", family: "logfmt", role: .supernode,
      service: "supernode", parser: LogfmtParser(), marks: ["node=", "class=", "event="], rank: 9,
      accepts: [
        "ts=2010-12-22T16:05:00Z node=9ab01c ver=5.0.0.152 class=user addr=203.0.113.7 event=load_report clients=12 reqs=34 cpu=0.31 mem=0.22 bw=0.1 queue=0"
      ], refuses: ["node started"]),
    LogFormat(
      "p2p-support", "support server of a peer-to-peer network", family: "json", role: .support,
      parser: JSONLineParser(), marks: ["\"service\":", "\"event\":", "\"host\":", "\"node\":"],
      rank: 9,
      accepts: [
        "{\"time\":\"2010-12-22T16:03:11.123Z\",\"host\":\"oim-3\",\"service\":\"offline_im\",\"event\":\"request\",\"node\":\"1f3a\",\"status\":\"ok\",\"latency_ms\":812,\"queue\":431}"
      ], refuses: ["{\"a\":1}"]),
    LogFormat(
      "p2p-operations", "operations log", family: "json", role: .operations, service: "operations",
      parser: JSONLineParser(), marks: ["\"service\":\"operations\"", "\"event\":"], rank: 10,
      accepts: [
        "{\"time\":\"2010-12-22T19:03:11Z\",\"host\":\"ops-1\",\"service\":\"operations\",\"event\":\"redeploy\",\"target\":\"gv-2\",\"message\":\"batch 1\"}"
      ]),
    LogFormat(
      "journald-export", "journald, journalctl -o export", family: "journald", role: .host,
      framer: JournalExportFramer(), parser: JournalExportParser(),
      marks: ["__REALTIME_TIMESTAMP="], rank: 9),
    LogFormat(
      "journald-json", "journald, journalctl -o json", family: "journald", role: .host,
      parser: JournalJSONParser(), marks: ["\"__REALTIME_TIMESTAMP\""], rank: 9,
      accepts: [
        "{\"__REALTIME_TIMESTAMP\":\"1764000000000000\",\"MESSAGE\":\"hello\",\"_HOSTNAME\":\"web1\",\"PRIORITY\":\"6\"}"
      ], refuses: ["{\"MESSAGE\":\"hello\"}"]),
  ]

  static let commonest: [LogFormat] = [
    LogFormat(
      "combined", "Apache/nginx access log, combined (NCSA), with or without more fields behind",
      family: "access log, combined, common log (clf)", role: .server, service: "web",
      parser: WebLogParser(), rank: 8,
      accepts: [
        "203.0.113.7 - - [22/Dec/2010:16:03:11 +0000] \"GET /a?b=c HTTP/1.1\" 200 1234 \"-\" \"Mozilla/5.0\"",
        "203.0.113.7 - bob [22/Dec/2010:16:03:11 +0000] \"GET / HTTP/1.0\" 304 -",
        "2001:db8::7 - - [22/Dec/2010:16:03:11 +0100] \"POST /x HTTP/2.0\" 502 0 \"-\" \"curl/7\" 0.123 0.120",
      ],
      refuses: [
        "Dec 22 16:03:11 web1 nginx: hello",
        "203.0.113.7 - - [99/Dec/2010:16:03:11 +0000] \"GET / HTTP/1.0\" 200 1",
      ]),
    LogFormat(
      "syslog", "syslog, RFC 3164 or RFC 5424 (bsd syslog, auth log, sshd)",
      family: "syslog, rfc3164, rfc5424", role: .host,
      framer: StartLineFramer(begins: isNotIndented), parser: SyslogParser(), rank: 7,
      accepts: [
        "Dec 22 16:03:11 web1 sshd[700]: Failed password for root from 203.0.113.9 port 51514 ssh2",
        "<34>1 2010-12-22T16:03:11.003Z web1 su - ID47 - 'su root' failed",
        "2010-12-22T16:03:11+0000 web1 cron[7]: (root) CMD (true)",
        "Dec 22 16:03:11 edge-r1 1786: %LINK-3-UPDOWN: Interface Gi0/1, changed state to down",
      ],
      refuses: [
        "Dec 45 16:03:11 web1 sshd[700]: x", "hello world",
        "2010-12-22T16:03:11 INFO something: happened",
      ]),
  ]

  private static let general: [LogFormat] = [
    LogFormat(
      "logfmt", "logfmt, key=value", family: "logfmt, key=value", parser: LogfmtParser(), rank: 6,
      accepts: ["time=2010-12-22T16:03:11Z level=info msg=\"started\" port=80"],
      refuses: ["time flies like an arrow"]),
    LogFormat(
      "json-lines", "JSON Lines (JSON objects, one a line)", family: "json, jsonl, ndjson, docker",
      parser: JSONLineParser(), rank: 6,
      accepts: [
        "{\"level\":30,\"time\":1293033791123,\"msg\":\"listening\"}",
        "{\"@timestamp\":\"2010-12-22T16:03:11.123Z\",\"log.level\":\"INFO\",\"message\":\"x\"}",
        "{\"log\":\"hello\\n\",\"stream\":\"stdout\",\"time\":\"2010-12-22T16:03:11.123456789Z\"}",
      ], refuses: ["{\"a\":1}", "[1,2]"]),
    LogFormat(
      "log4j", "log4j, logback, Kafka, Python logging and kin: time, level, logger, text",
      family: "timestamped, log4j, java, kafka", role: .server,
      framer: StartLineFramer(begins: beginsWithStamp), parser: LevelledParser(), rank: 5,
      accepts: [
        "[2016-12-19 16:31:46,143] INFO [Controller 0]: starting (kafka.controller.KafkaController)",
        "2015-07-29 17:41:41,536 - INFO  [main:QuorumPeerConfig@101] - Reading configuration",
        "I0102 15:04:05.678901    1234 main.go:42] started",
      ], refuses: ["2016-12-19 16:31:46 something happened"]),
    LogFormat(
      "timestamped-text", "text whose lines begin with a time", family: "timestamped, generic",
      framer: StartLineFramer(begins: beginsWithStamp), parser: TimestampedParser(), rank: 2,
      accepts: ["2016-12-19 16:31:46 something happened"], refuses: ["nothing here"]),
    LogFormat(
      "embedded-time", "text whose lines hold a time", family: "timestamped, generic, text",
      parser: EmbeddedTimeParser(), rank: 1,
      accepts: ["[notice] app <0.1> 2016-12-19T16:31:46Z something happened"],
      refuses: ["nothing here", "at 12:00"]),
    LogFormat(
      "clock-text", "text whose lines begin with a time of day",
      family: "timestamped, generic, text",
      parser: ClockTextParser(), rank: 1, accepts: ["16:31:46.123 something happened"],
      refuses: ["nothing here"]),
  ]

  public static func named(_ name: String) -> LogFormat? { all.first { $0.name == name } }
}

/// Timestamped lines of which each names a level: a stronger claim than a time alone.
struct LevelledParser: RecordParser {
  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let outcome = TimestampedParser().parse(b, context: context, into: &record)
    return outcome == .parsed && record.severity == .unknown ? .notThisFormat : outcome
  }
}

/// Several formats in one file: the first that reads a line has it.
struct CascadeParser: RecordParser {
  let parsers: [any RecordParser]

  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    var first: ParseOutcome?
    for parser in parsers {
      let outcome = parser.parse(b, context: context, into: &record)
      if outcome == .parsed || outcome == .ignored { return outcome }
      if first == nil { first = outcome }
      record.reset()
    }
    return first ?? .notThisFormat
  }
}

/// Lines with colour codes in them: read as if those were not there.
///
/// Source: ECMA-48 section 5.4.
struct ColouredParser: RecordParser {
  let inner: any RecordParser

  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    guard find(0x1b, in: b, from: 0) != nil else {
      return inner.parse(b, context: context, into: &record)
    }
    let plain = withoutColours(b)
    let outcome = inner.parse(plain.span, context: context, into: &record)
    if outcome == .parsed, !record.usesDecoded {
      record.usesDecoded = true
      record.decoded = plain
    }
    return outcome
  }
}

/// A copy without ANSI escape sequences.
func withoutColours(_ b: Span<UInt8>) -> [UInt8] {
  var plain: [UInt8] = []
  plain.reserveCapacity(b.count)
  var i = 0
  while i < b.count {
    if b[i] == 0x1b {
      i = ansiEnd(b, i, b.count)
    } else {
      plain.append(b[i])
      i += 1
    }
  }
  return plain
}

/// Reads nothing: for sources without any recognisable time. Every line counts as not understood.
struct NoParser: RecordParser {
  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    trimmedEnd(b) == 0 ? .ignored : .notThisFormat
  }
}
