import Records

/// Instants as loggers write them. All UTC.
enum Stamp {
  static func pad(_ n: Int64, _ width: Int) -> String {
    let text = String(n)
    return text.count >= width ? text : String(repeating: "0", count: width - text.count) + text
  }

  static func civil(_ seconds: Int64) -> (year: Int64, month: Int64, day: Int64, clock: String) {
    let date = civilFromDays(seconds / 86400)
    let rest = seconds % 86400
    return (
      Int64(date.year), Int64(date.month), Int64(date.day),
      "\(pad(rest / 3600, 2)):\(pad(rest / 60 % 60, 2)):\(pad(rest % 60, 2))"
    )
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func month(_ number: Int64) -> String { months[Int(number) - 1] }

  /// RFC 3339 with milliseconds.
  static func rfc3339(_ milliseconds: Int64) -> String {
    let c = civil(milliseconds / 1000)
    return
      "\(c.year)-\(pad(c.month, 2))-\(pad(c.day, 2))T\(c.clock).\(pad(milliseconds % 1000, 3))Z"
  }

  /// As PostgreSQL writes it: `2024-03-05 14:00:01.123 UTC`.
  static func postgres(_ milliseconds: Int64) -> String {
    let c = civil(milliseconds / 1000)
    return
      "\(c.year)-\(pad(c.month, 2))-\(pad(c.day, 2)) \(c.clock).\(pad(milliseconds % 1000, 3)) UTC"
  }

  static func syslog(_ seconds: Int64) -> String {
    let c = civil(seconds)
    return "\(month(c.month)) \(c.day < 10 ? " " : "")\(c.day) \(c.clock)"
  }

  static func clf(_ seconds: Int64) -> String {
    let c = civil(seconds)
    return "\(pad(c.day, 2))/\(month(c.month))/\(c.year):\(c.clock) +0000"
  }
}
