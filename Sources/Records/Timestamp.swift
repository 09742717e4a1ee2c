/// Nanoseconds since 1970-01-01T00:00:00Z without leap seconds, or `.unknown`.
///
/// The range is that of `Int64`: 1677 to 2262.
public struct Timestamp: Hashable, Comparable, Sendable, Codable {
  public var nanoseconds: Int64

  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// A record whose time could not be read, or which has none.
  public static let unknown = Timestamp(nanoseconds: .min)

  public var isKnown: Bool { nanoseconds != .min }

  /// Whole seconds since the epoch, rounded down.
  public var seconds: Int64 {
    let quotient = nanoseconds / 1_000_000_000
    return nanoseconds % 1_000_000_000 < 0 ? quotient - 1 : quotient
  }

  /// - Parameter seconds: seconds since the epoch.
  /// - Returns: `.unknown` where the instant does not fit.
  public init(seconds: Int64, nanoseconds: Int64 = 0) {
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carry) = scaled.addingReportingOverflow(nanoseconds)
    self.nanoseconds = overflow || carry ? .min : sum
  }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar.
///
/// Total for every input in range of `Int32`; the caller checks month and day.
///
/// Source: H. Hinnant, *chrono-Compatible Low-Level Date Algorithms*, `days_from_civil`.
@inlinable
public func daysFromCivil(year: Int32, month: Int32, day: Int32) -> Int64 {
  let y = Int64(year) - (month <= 2 ? 1 : 0)
  let era = (y >= 0 ? y : y - 399) / 400
  let yearOfEra = y - era * 400
  let monthIndex = Int64(month) + (month > 2 ? -3 : 9)
  let dayOfYear = (153 * monthIndex + 2) / 5 + Int64(day) - 1
  let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/// The date of a day number since 1970-01-01; the inverse of `daysFromCivil`.
public func civilFromDays(_ days: Int64) -> (year: Int32, month: Int32, day: Int32) {
  let z = days + 719_468
  let era = (z >= 0 ? z : z - 146_096) / 146_097
  let dayOfEra = z - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let monthIndex = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
  let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
  let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return (Int32(truncatingIfNeeded: year), Int32(month), Int32(day))
}

extension Timestamp {
  /// RFC 3339 in UTC with as many fraction digits as are needed: none, three, six or nine.
  ///
  /// Source: RFC 3339 section 5.6.
  public var rfc3339: String {
    guard isKnown else { return "unknown" }
    let total = seconds
    let fraction = nanoseconds - total &* 1_000_000_000
    let text = Timestamp.civilText(total, separator: "T")
    if fraction == 0 { return text + "Z" }
    let digits = fraction % 1_000_000 == 0 ? 3 : fraction % 1000 == 0 ? 6 : 9
    let scaled = digits == 3 ? fraction / 1_000_000 : digits == 6 ? fraction / 1000 : fraction
    let tail = String(scaled)
    return text + "." + String(repeating: "0", count: max(0, digits - tail.count)) + tail + "Z"
  }

  /// `2010-12-22 16:03:11` in UTC, for people.
  public var clock: String {
    isKnown ? Timestamp.civilText(seconds, separator: " ") : "unknown"
  }

  private static func civilText(_ total: Int64, separator: String) -> String {
    var days = total / 86400
    var rest = total % 86400
    if rest < 0 {
      rest += 86400
      days -= 1
    }
    let date = civilFromDays(days)
    func two(_ n: Int64) -> String { n < 10 ? "0\(n)" : "\(n)" }
    let year = String(date.year)
    let padded = String(repeating: "0", count: max(0, 4 - year.count)) + year
    return "\(padded)-\(two(Int64(date.month)))-\(two(Int64(date.day)))\(separator)"
      + "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
  }
}
