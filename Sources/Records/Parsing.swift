/// How to complete stamps that are not whole.
///
/// A pure function of the stamp and of this context, so that a record means the same wherever its
/// source is cut.
public struct StampContext: Sendable {
  /// Offset of local stamps without a zone.
  public var zone: ZoneTable
  /// Stamps without a year resolve to the latest year in which they are not after this.
  public var reference: Timestamp
  /// If set, stamps without a year get this one.
  public var assumedYear: Int32?

  public init(zone: ZoneTable = .utc, reference: Timestamp, assumedYear: Int32? = nil) {
    self.zone = zone
    self.reference = reference
    self.assumedYear = assumedYear
  }

  /// Slack for stamps without a year that are a little after the reference: clocks differ, and the
  /// reference is often the minute of the rotation.
  public static let yearSlackSeconds: Int64 = 86400

  /// The year of a stamp that has none.
  public func year(month: Int32, day: Int32, secondOfDay: Int64) -> Int32 {
    if let assumedYear { return assumedYear }
    let referenceSeconds = reference.isKnown ? reference.seconds : 0
    let year = civilFromDays(referenceSeconds / 86400).year
    let limit = referenceSeconds + StampContext.yearSlackSeconds
    func instant(_ y: Int32) -> Int64 {
      daysFromCivil(year: y, month: month, day: day) * 86400 + secondOfDay
    }
    // 29 February exists only in leap years: go back to the latest one.
    if month == 2, day == 29 {
      for candidate in stride(from: year, through: year - 8, by: -1)
      where isLeap(candidate) && instant(candidate) <= limit {
        return candidate
      }
    }
    return instant(year) <= limit ? year : year - 1
  }
}

@inlinable public func isLeap(_ year: Int32) -> Bool {
  year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Offsets of a time zone from UTC over time, as a sorted table of transitions.
public struct ZoneTable: Sendable, Equatable {
  /// For local seconds at or after `localStart`, `offsetSeconds` is to be subtracted to get UTC.
  public struct Step: Sendable, Equatable {
    public var localStart: Int64
    public var offsetSeconds: Int32
    public init(localStart: Int64, offsetSeconds: Int32) {
      self.localStart = localStart
      self.offsetSeconds = offsetSeconds
    }
  }

  public var name: String
  public var base: Int32
  public var steps: [Step]

  public init(name: String, base: Int32, steps: [Step] = []) {
    self.name = name
    self.base = base
    self.steps = steps
  }

  public static let utc = ZoneTable(name: "UTC", base: 0)

  /// Offset that holds at a local time given in seconds as if it were UTC. O(log n).
  public func offset(atLocalSeconds local: Int64) -> Int32 {
    if steps.isEmpty { return base }
    var low = 0
    var high = steps.count
    while low < high {
      let middle = (low + high) / 2
      if steps[middle].localStart <= local { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? base : steps[low - 1].offsetSeconds
  }
}

/// Turns a frame into a record. Total: hostile input gives an outcome, never a trap.
public protocol RecordParser: Sendable {
  /// - Parameters:
  ///   - frame: one record as cut by the format's framer, without its last line end.
  ///   - record: already reset; filled on `.parsed`.
  func parse(_ frame: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
}

/// Cuts bytes into frames. Stateless: where a record begins follows from the bytes alone, so a
/// source may be cut into blocks at any record boundary.
public protocol Framer: Sendable {
  /// The end of the frame that begins at `start`, just past its last line end.
  ///
  /// - Parameter isLast: no more bytes will follow; then the rest is a frame.
  /// - Returns: `nil` if the frame is not complete within `bytes`.
  func frameEnd(in bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int?

  /// The last offset at which a new frame begins, so that everything before it is whole.
  ///
  /// - Returns: 0 if there is none.
  func lastBoundary(in bytes: Span<UInt8>) -> Int
}

/// Where a frame lies within its source: enough to cite it and to find it again.
public struct FramePosition: Equatable, Sendable {
  /// Offset of its first byte in the decompressed stream.
  public var offset: UInt64
  /// Number of its first line, from 1.
  public var line: UInt64
  public init(offset: UInt64, line: UInt64) {
    self.offset = offset
    self.line = line
  }
}
