import Foundation
public import Records

/// Reads an instant as journalctl does: RFC 3339, `2010-12-22 16:00[:00]`, `@1293033600`,
/// `-2h`, `today`, `yesterday`, `now`. Times without a zone are UTC.
///
/// - Parameter now: what relative times count from; with `.unknown` they cannot be read.
/// - Returns: `nil` if the text is no time.
public func parseInstant(_ text: String, now: Timestamp) -> Timestamp? {
  let trimmed = text.trimmingCharacters(in: .whitespaces)
  if trimmed.hasPrefix("@"), let seconds = Double(trimmed.dropFirst()), seconds.isFinite,
    abs(seconds) < 9e9
  {
    return Timestamp(
      seconds: Int64(seconds.rounded(.down)),
      nanoseconds: Int64(((seconds - seconds.rounded(.down)) * 1e9).rounded()))
  }
  switch trimmed {
  case "now": return now.isKnown ? now : nil
  case "today", "yesterday", "tomorrow":
    guard now.isKnown else { return nil }
    let day = now.seconds / 86400 + (trimmed == "today" ? 0 : trimmed == "yesterday" ? -1 : 1)
    return Timestamp(seconds: day * 86400)
  default: break
  }
  if let first = trimmed.first, first == "-" || first == "+" {
    guard now.isKnown, let span = parseSpan(String(trimmed.dropFirst())) else { return nil }
    return Timestamp(seconds: now.seconds + (first == "-" ? -span : span))
  }
  return parseCivil(trimmed)
}

/// Seconds of a span such as `2h`, `90min`, `1d 4h`.
func parseSpan(_ text: String) -> Int64? {
  var total: Int64 = 0
  var digits = ""
  var unit = ""
  var seen = false
  func flush() -> Bool {
    guard !digits.isEmpty else { return unit.isEmpty }
    guard let n = Int64(digits), n < 1_000_000_000 else { return false }
    let factor: Int64
    switch unit.trimmingCharacters(in: .whitespaces) {
    case "s", "sec", "second", "seconds", "": factor = 1
    case "m", "min", "minute", "minutes": factor = 60
    case "h", "hr", "hour", "hours": factor = 3600
    case "d", "day", "days": factor = 86400
    case "w", "week", "weeks": factor = 604_800
    default: return false
    }
    total += n * factor
    seen = true
    digits = ""
    unit = ""
    return true
  }
  for character in text {
    if character.isASCII, character.isNumber {
      if !unit.isEmpty, !flush() { return nil }
      digits.append(character)
    } else {
      unit.append(character)
    }
  }
  return flush() && seen ? total : nil
}

private func parseCivil(_ text: String) -> Timestamp? {
  let bytes = Array(text.utf8)
  var i = 0
  func number(_ least: Int, _ most: Int) -> Int64? {
    var value: Int64 = 0
    var count = 0
    while i < bytes.count, count < most, bytes[i] >= 0x30, bytes[i] <= 0x39 {
      value = value * 10 + Int64(bytes[i] - 0x30)
      i += 1
      count += 1
    }
    return count >= least ? value : nil
  }
  func take(_ options: String) -> Bool {
    guard i < bytes.count, options.utf8.contains(bytes[i]) else { return false }
    i += 1
    return true
  }
  guard let year = number(4, 4), take("-"), let month = number(1, 2), take("-"),
    let day = number(1, 2), (1...12).contains(month),
    (1...daysIn(month: month, year: year)).contains(day)
  else { return nil }
  var seconds = daysFromCivil(year: Int32(year), month: Int32(month), day: Int32(day)) * 86400
  var nanoseconds: Int64 = 0
  if i < bytes.count {
    guard take("T t"), let hour = number(1, 2), hour < 24, take(":"), let minute = number(1, 2),
      minute < 60
    else { return nil }
    seconds += hour * 3600 + minute * 60
    if take(":") {
      guard let second = number(1, 2), second <= 60 else { return nil }
      seconds += second
      if take(".,") {
        let from = i
        guard let fraction = number(1, 9) else { return nil }
        var scaled = fraction
        for _ in 0..<(9 - (i - from)) { scaled *= 10 }
        nanoseconds = scaled
      }
    }
    while take(" ") {}
    if i < bytes.count {
      if take("Zz") {
        // UTC.
      } else if text.hasSuffix("UTC") || text.hasSuffix("GMT") {
        i = bytes.count
      } else {
        let negative = bytes[i] == 0x2d
        guard take("+-"), let hours = number(2, 2), hours < 24 else { return nil }
        _ = take(":")
        let minutes = i < bytes.count ? number(2, 2) : 0
        guard let minutes, minutes < 60 else { return nil }
        seconds += (negative ? 1 : -1) * (hours * 3600 + minutes * 60)
      }
    }
  }
  return i == bytes.count ? Timestamp(seconds: seconds, nanoseconds: nanoseconds) : nil
}

private func daysIn(month: Int64, year: Int64) -> Int64 {
  switch month {
  case 2: isLeap(Int32(year)) ? 29 : 28
  case 4, 6, 9, 11: 30
  default: 31
  }
}

/// The table of a named time zone, from 1990 to 2040.
///
/// - Returns: `nil` if the system knows no zone of that name and it is no offset like `+03:30`.
public func zoneTable(named name: String) -> ZoneTable? {
  if name == "UTC" || name == "Z" || name == "GMT" { return .utc }
  if let first = name.first, first == "+" || first == "-" {
    let digits = name.dropFirst().filter { $0 != ":" }
    guard digits.count == 4, let value = Int32(digits), value / 100 < 24, value % 100 < 60 else {
      return nil
    }
    let seconds = (value / 100) * 3600 + (value % 100) * 60
    return ZoneTable(name: name, base: first == "-" ? -seconds : seconds)
  }
  guard let zone = TimeZone(identifier: name) else { return nil }
  var date = Date(timeIntervalSince1970: 631_152_000)
  let end = Date(timeIntervalSince1970: 2_208_988_800)
  let base = Int32(clamping: zone.secondsFromGMT(for: date))
  var steps: [ZoneTable.Step] = []
  while let next = zone.nextDaylightSavingTimeTransition(after: date), next < end, next > date {
    let offset = Int32(clamping: zone.secondsFromGMT(for: next.addingTimeInterval(1)))
    // Where clocks go back an hour comes twice; the second reading is taken.
    steps.append(
      ZoneTable.Step(
        localStart: Int64(next.timeIntervalSince1970) + Int64(offset), offsetSeconds: offset))
    date = next
  }
  return ZoneTable(name: name, base: base, steps: steps)
}
