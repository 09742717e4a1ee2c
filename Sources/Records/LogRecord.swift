/// Half-open offsets into the text of one record.
public struct ByteRange: Hashable, Sendable {
  public var lower: UInt32
  public var upper: UInt32

  @inlinable public init(_ lower: Int, _ upper: Int) {
    self.lower = UInt32(clamping: lower)
    self.upper = UInt32(clamping: max(lower, upper))
  }
  @inlinable public init() { (lower, upper) = (0, 0) }
  @inlinable public var isEmpty: Bool { lower >= upper }
  @inlinable public var count: Int { Int(upper) - Int(lower) }
  @inlinable public var range: Range<Int> { Int(lower)..<Int(max(lower, upper)) }
}

/// The textual parts that a record may have. Each is a range of the record's text, or empty.
public enum FieldName: UInt8, CaseIterable, Sendable {
  /// The machine that wrote the record.
  case host
  /// Program, unit or component: `sshd`, `offline_im`, `kafka.controller.KafkaController`.
  case service
  /// Address of whoever caused the record, without port.
  case address
  /// Account name, as given (possibly invented by an attacker).
  case user
  /// Identity of a peer or device: node id, device id, client id.
  case node
  /// The other end: upstream, supernode, server, with port where there is one.
  case peer
  /// Verb: event name, HTTP method, SQL verb.
  case operation
  /// Object of the verb: request target with query, topic, key.
  case target
  case version
  case platform
  /// Customer segment or plan.
  case segment
  /// User agent or client program, where it is not split into version and platform.
  case agent
  case referrer
  /// Correlates records of one request: request, trace or session id.
  case requestID
  /// Why: error text, exit reason, crash signature.
  case reason
  /// Free text of the record.
  case message
  /// Boot id of the host, in journald records.
  case boot
  /// Region, zone or data centre.
  case region
}

public enum Severity: UInt8, CaseIterable, Comparable, Sendable, Codable {
  case unknown, trace, debug, info, notice, warning, error, critical

  public static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }
}

/// How the attempt that a record tells of ended.
public enum Outcome: UInt8, CaseIterable, Sendable, Codable {
  /// The record tells of no attempt, or not how it ended.
  case unknown
  case success
  /// The serving side failed: 5xx, exception, refused connection.
  case failure
  /// No answer in time.
  case timeout
  /// The serving side declined: 401, 403, 429, wrong password, shed, not admitted.
  case rejected
  /// The request was at fault: 400, 404, malformed.
  case invalid
  /// The asking side went away: 499, reset by peer.
  case aborted
}

/// A number that a record reports under a name: `queue=431`, `"cpu": 0.93`.
public struct Gauge: Sendable {
  public var name: ByteRange
  /// In thousandths of whatever unit the log uses; saturated, never trapped.
  public var thousandths: Int64

  @inlinable public init(name: ByteRange = ByteRange(), thousandths: Int64 = 0) {
    self.name = name
    self.thousandths = thousandths
  }
}

/// One decoded record: numbers, and offsets into its text. A worker reuses a single one.
///
/// The text is the frame itself, or `decoded` where the format escapes characters (JSON strings,
/// quoted CSV): then `usesDecoded` is true and *every* range refers to `decoded`. Consumers look at
/// that once and pass one `Span` on.
public struct LogRecord: Sendable {
  public var time: Timestamp = .unknown
  public var severity: Severity = .unknown
  public var outcome: Outcome = .unknown
  /// HTTP or SIP-like status, or -1.
  public var status: Int32 = -1
  /// Time that the operation took, in microseconds, or -1.
  public var latencyMicroseconds: Int64 = -1
  /// Size of the answer in bytes, or -1.
  public var bytes: Int64 = -1
  /// Port of whoever caused the record: with the address it names a connection; -1 where not told.
  public var port: Int32 = -1
  /// Milliseconds since 1970 at which the host's monotonic clock stood at zero, by its own clock; -1
  /// where that is not told. It changes where the clock is set.
  public var clockBase: Int64 = -1
  /// Milliseconds of the host's monotonic clock; meaningless without `clockBase`.
  public var uptime: Int64 = -1

  public var fields: [18 of ByteRange] = .init(repeating: ByteRange())
  public static let gaugeLimit = 12
  public var gauges: [12 of Gauge] = .init(repeating: Gauge())
  public var gaugeCount: Int = 0

  /// What the parser remembers of the stamp before: neighbours share all but the seconds.
  public var stampMemo = StampMemo()

  public var usesDecoded = false
  public var decoded: [UInt8] = []

  public init() {}

  @inlinable public subscript(name: FieldName) -> ByteRange {
    // Through the span: the array itself would be copied whole for each look at a field.
    @inline(__always) get { fields.span[Int(name.rawValue)] }
    set { fields[Int(name.rawValue)] = newValue }
  }

  /// Empties the record for the next line; keeps the decode buffer's memory.
  @inlinable public mutating func reset() {
    time = .unknown
    severity = .unknown
    outcome = .unknown
    status = -1
    latencyMicroseconds = -1
    bytes = -1
    port = -1
    clockBase = -1
    for i in fields.indices { fields[i] = ByteRange() }
    gaugeCount = 0
    if usesDecoded {
      usesDecoded = false
      decoded.removeAll(keepingCapacity: true)
    }
  }

  /// Adds a gauge; a record's gauges beyond `gaugeLimit` are left out.
  @inlinable public mutating func addGauge(_ name: ByteRange, thousandths: Int64) {
    guard gaugeCount < LogRecord.gaugeLimit else { return }
    gauges[gaugeCount] = Gauge(name: name, thousandths: thousandths)
    gaugeCount += 1
  }
}

/// The bytes of a stamp down to the minute, with its zone, and the instant at which that minute
/// begins. A memo: a parser gives the same with and without it.
public struct StampMemo: Sendable {
  public var first: UInt64 = 0
  public var second: UInt64 = 0
  public var third: UInt64 = 0
  public var minute: Timestamp = .unknown

  @inlinable public init() {}
}

/// What became of a frame.
public enum ParseOutcome: UInt8, CaseIterable, Sendable {
  case parsed
  /// A line of the format that is no record: a header, a comment, an empty line.
  case ignored
  /// The frame has not the shape of the format.
  case notThisFormat
  /// The shape fits, the time does not.
  case badTimestamp
}
