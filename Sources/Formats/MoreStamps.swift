package import Records

/// The rarer forms of stamps: weekday and month in words, day or month first, day of the year,
/// TAI64N, twelve hours, no date at all.
extension Stamps {
  /// Offset of a zone's abbreviation. Abbreviations that mean several zones in wide use (IST, CST in
  /// China, BST in Bangladesh) are read as their American and European meaning, or left out.
  ///
  /// Source: IANA time zone database.
  static func zoneName(_ b: Span<UInt8>, _ i: Int) -> (offset: Int64, end: Int)? {
    var end = i
    while end < b.count, end - i < 6, b[end] >= 0x41, b[end] <= 0x5a { end += 1 }
    guard end - i >= 2, end - i <= 5, end >= b.count || !isLetter(b[end]) && !isDigit(b[end])
    else { return nil }
    var key: UInt64 = 0
    for k in i..<end { key = key << 8 | UInt64(b[k]) }
    guard let hours = zoneHours[key] else { return nil }
    return (Int64(hours * 3600), end)
  }

  private static let zoneHours: [UInt64: Double] = {
    var result: [UInt64: Double] = [:]
    for (name, hours) in [
      ("UTC", 0), ("GMT", 0), ("WET", 0), ("WEST", 1), ("BST", 1), ("CET", 1), ("CEST", 2),
      ("MEZ", 1), ("MESZ", 2), ("EET", 2), ("EEST", 3), ("MSK", 3), ("EST", -5), ("EDT", -4),
      ("CST", -6), ("CDT", -5), ("MST", -7), ("MDT", -6), ("PST", -8), ("PDT", -7), ("AKST", -9),
      ("AKDT", -8), ("HST", -10), ("JST", 9), ("KST", 9), ("SGT", 8), ("HKT", 8), ("AEST", 10),
      ("AEDT", 11), ("ACST", 9.5), ("AWST", 8), ("NZST", 12), ("NZDT", 13), ("BRT", -3),
      ("SAST", 2), ("UT", 0),
    ] as [(String, Double)] {
      result[name.utf8.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }] = hours
    }
    return result
  }()

  /// `@40000000433225833b6e1a8c`: seconds of TAI since 1970 plus 2^62, nanoseconds.
  ///
  /// Source: D. J. Bernstein, *TAI64, TAI64N, and TAI64NA*. As daemontools does, ten seconds are taken
  /// off, whatever leap seconds came since.
  package static func tai64n(_ b: Span<UInt8>, _ i: Int) -> Stamp? {
    guard i + 24 < b.count, b[i] == 0x40, b[i + 1] == 0x34 else { return nil }
    var seconds: UInt64 = 0
    var nanoseconds: UInt64 = 0
    for k in 1...24 {
      let c = b[i + k]
      let digit: UInt64
      if isDigit(c) {
        digit = UInt64(c &- 0x30)
      } else if c >= 0x61, c <= 0x66 {
        digit = UInt64(c &- 0x57)
      } else {
        return nil
      }
      if k <= 16 { seconds = seconds << 4 | digit } else { nanoseconds = nanoseconds << 4 | digit }
    }
    let base: UInt64 = 1 << 62
    guard seconds > base + 10, seconds - base < 1 << 33, nanoseconds < 1_000_000_000 else {
      return nil
    }
    return Stamp(
      time: Timestamp(seconds: Int64(seconds - base) - 10, nanoseconds: Int64(nanoseconds)),
      end: i + 25, hasZone: true, hasYear: true)
  }

  /// `h:mm:ss`, `hh:mm:ss`, with a fraction and ` AM` or ` PM` behind.
  static func looseClock(_ b: Span<UInt8>, _ i: Int) -> (second: Int64, ns: Int64, end: Int)? {
    var k = i
    var h: Int64 = 0
    while k < b.count, isDigit(b[k]), k - i < 2 {
      h = h * 10 + Int64(b[k] &- 0x30)
      k += 1
    }
    guard k > i, k + 5 < b.count, b[k] == 0x3a else { return nil }
    let m = two(b, k + 1)
    guard m >= 0, m < 60, k + 3 < b.count, b[k + 3] == 0x3a else { return nil }
    let s = two(b, k + 4)
    guard s >= 0, s <= 60 else { return nil }
    let (ns, fractionEnd) = fraction(b, k + 6)
    var end = fractionEnd
    var p = end
    while p < b.count,
      b[p] == 0x20 || b[p] == 0xc2 || b[p] == 0xa0 || b[p] == 0xe2 || b[p] == 0x80
        || b[p] == 0xaf, p - end < 4
    {
      p += 1
    }
    if p + 1 < b.count, b[p + 1] | 0x20 == 0x6d, b[p] | 0x20 == 0x61 || b[p] | 0x20 == 0x70,
      p + 2 >= b.count || !isLetter(b[p + 2])
    {
      guard h >= 1, h <= 12 else { return nil }
      h = h % 12 + (b[p] | 0x20 == 0x70 ? 12 : 0)
      end = p + 2
    }
    guard h < 24 else { return nil }
    return (h * 3600 + Int64(m) * 60 + Int64(s), ns, end)
  }

  /// Month in words, English, German, French, Spanish or Italian, short or long, at `i`.
  static func monthWord(_ b: Span<UInt8>, _ i: Int) -> (month: Int32, end: Int)? {
    var end = i
    while end < b.count, isLetter(b[end]) || b[end] >= 0x80, end - i < 14 { end += 1 }
    guard end - i >= 3 else { return nil }
    guard let found = months[KeyID(b.extracting(i..<end))] else { return nil }
    if end < b.count, b[end] == 0x2e { end += 1 }
    return (found, end)
  }

  private static let months: KeyTable<Int32> = {
    let lists = [
      "jan january januar jänner janvier janv enero ene gennaio gen",
      "feb february februar février févr fév febrero febbraio",
      "mar march märz mär mrz mars marzo",
      "apr april avril avr abril abr aprile",
      "may mai mayo maggio mag",
      "jun june juni juin junio giugno giu",
      "jul july juli juillet juil julio luglio lug",
      "aug august août agosto ago aout",
      "sep sept september septembre septiembre settembre set",
      "oct october okt oktober octobre octubre ottobre ott",
      "nov november novembre noviembre",
      "dec december dez dezember décembre déc diciembre dic dicembre",
    ]
    return KeyTable(
      lists.enumerated().flatMap { i, words in
        words.split(separator: " ").map { (key: String($0), value: Int32(i + 1)) }
      })
  }()

  private static func instant(
    _ y: Int32?, _ m: Int32, _ d: Int32, _ clock: (second: Int64, ns: Int64, end: Int),
    _ b: Span<UInt8>, _ context: StampContext
  ) -> Stamp? {
    let year = y ?? context.year(month: m, day: d, secondOfDay: clock.second)
    guard isDate(year, m, d) else { return nil }
    let local = daysFromCivil(year: year, month: m, day: d) &* 86400 &+ clock.second
    if y != nil, let zone = zone(b, clock.end) {
      return Stamp(
        time: Timestamp(seconds: local - zone.offset, nanoseconds: clock.ns), end: zone.end,
        hasZone: true, hasYear: true)
    }
    let offset = Int64(context.zone.offset(atLocalSeconds: local))
    return Stamp(
      time: Timestamp(seconds: local - offset, nanoseconds: clock.ns), end: clock.end,
      hasZone: false, hasYear: y != nil)
  }

  /// A weekday and comma before the date, as in RFC 2822, and words for months in other languages:
  /// `Wed, 22 Dec 2010 16:03:11 +0000`, `22. Dezember 2010 16:03:11`, `août 19 11:08:37`,
  /// `Mar 03, 2021 7:26:38 PM`, `Wed May 19 12:00:02 UTC 2021`.
  static func words(_ b: Span<UInt8>, _ i: Int, _ context: StampContext) -> Stamp? {
    var k = i
    if k < b.count, isLetter(b[k]), monthWord(b, k) == nil {
      // A weekday.
      var end = k
      while end < b.count, isLetter(b[end]) || b[end] >= 0x80, end - k < 12 { end += 1 }
      guard end - k >= 2, end < b.count else { return nil }
      k = end
      if b[k] == 0x2c || b[k] == 0x2e { k += 1 }
      guard k < b.count, b[k] == 0x20 else { return nil }
      while k < b.count, b[k] == 0x20 { k += 1 }
    }
    guard k < b.count else { return nil }
    if isDigit(b[k]) {
      // Day, month, year.
      guard let day = number(b, k, 2), day.end < b.count else { return nil }
      k = day.end
      if b[k] == 0x2e { k += 1 }
      guard k < b.count, b[k] == 0x20 || b[k] == 0x2d || b[k] == 0x2f else { return nil }
      guard let month = monthWord(b, k + 1) else { return nil }
      k = month.end
      guard k + 5 < b.count else { return nil }
      let y = four(b, k + 1)
      guard y >= 1970 else { return nil }
      k += 5
      while k < b.count, b[k] == 0x20 || b[k] == 0x2c || b[k] == 0x3a || b[k] == 0x2d { k += 1 }
      guard let clock = looseClock(b, k) else { return nil }
      return instant(y, month.month, Int32(day.value), clock, b, context)
    }
    guard let month = monthWord(b, k) else { return nil }
    k = month.end
    while k < b.count, b[k] == 0x20 { k += 1 }
    guard let day = number(b, k, 2) else { return nil }
    k = day.end
    if k < b.count, b[k] == 0x2c { k += 1 }
    guard k < b.count, b[k] == 0x20 else { return nil }
    while k < b.count, b[k] == 0x20 { k += 1 }
    let y = four(b, k)
    if y >= 1970, y < 2200, k + 4 < b.count, b[k + 4] == 0x20 || b[k + 4] == 0x2c {
      k += 4
      while k < b.count, b[k] == 0x20 || b[k] == 0x2c { k += 1 }
      guard let clock = looseClock(b, k) else { return nil }
      return instant(y, month.month, Int32(day.value), clock, b, context)
    }
    guard let clock = looseClock(b, k) else { return nil }
    // The year may follow the clock, perhaps behind a zone.
    var p = clock.end
    var named: (offset: Int64, end: Int)?
    if p < b.count, b[p] == 0x20 {
      named = zoneName(b, p + 1)
      if let named { p = named.end }
    }
    if p < b.count, b[p] == 0x20 {
      let after = four(b, p + 1)
      if after >= 1970, after < 2200, p + 5 >= b.count || !isDigit(b[p + 5]),
        isDate(after, month.month, Int32(day.value))
      {
        let local =
          daysFromCivil(year: after, month: month.month, day: Int32(day.value)) &* 86400
          &+ clock.second
        let offset = named?.offset ?? Int64(context.zone.offset(atLocalSeconds: local))
        return Stamp(
          time: Timestamp(seconds: local - offset, nanoseconds: clock.ns), end: p + 5,
          hasZone: named != nil, hasYear: true)
      }
    }
    return instant(nil, month.month, Int32(day.value), clock, b, context)
  }

  /// A number of one to `limit` digits.
  static func number(_ b: Span<UInt8>, _ i: Int, _ limit: Int) -> (value: Int64, end: Int)? {
    var k = i
    var value: Int64 = 0
    while k < b.count, isDigit(b[k]), k - i < limit {
      value = value * 10 + Int64(b[k] &- 0x30)
      k += 1
    }
    return k > i ? (value, k) : nil
  }

  /// Dates of numbers that are not year, month, day: `08/02/2023, 7:32:47 PM`,
  /// `01/25/22 16:08:02.393`, `03/17/2021-19:26:38`, `25.12.2010 16:03:11`, `17/06/09 20:10:40`,
  /// `03-17 16:13:38.811`, `03-03|19:26:38`, `10.30 16:49:06`, and loose forms of year first:
  /// `2021-11-09  5:13:12`, `2021/1/2 3:04:05`, `20171223-22:15:29:606`, `20120702.102240,672`,
  /// `2012-025T10:22:40`.
  ///
  /// Where day and month could be either, `/` means the month comes first and `.` the day: as the
  /// people do who write them so.
  static func numbers(_ b: Span<UInt8>, _ i: Int, _ context: StampContext) -> Stamp? {
    guard let first = number(b, i, 8), first.end < b.count else { return nil }
    let separator = b[first.end]
    let digits = first.end - i
    if digits == 8 {
      let (y, m, d) = (four(b, i), two(b, i + 4), two(b, i + 6))
      guard isDate(y, m, d) else { return nil }
      var k = first.end
      guard
        separator == 0x2d || separator == 0x20 || separator == 0x5f || separator == 0x2e
          || separator == 0x54
      else { return nil }
      k += 1
      if let hms = number(b, k, 6), hms.end - k == 6 {
        let (h, n, s) = (two(b, k), two(b, k + 2), two(b, k + 4))
        guard h < 24, n < 60, s <= 60 else { return nil }
        let (ns, end) = fraction(b, hms.end)
        return instant(
          y, m, d, (Int64(h) * 3600 + Int64(n) * 60 + Int64(s), ns, end), b, context)
      }
      // Parts without leading noughts, thousandths behind a colon.
      guard let h = number(b, k, 2), h.end < b.count, b[h.end] == 0x3a,
        let n = number(b, h.end + 1, 2), n.end < b.count, b[n.end] == 0x3a,
        let s = number(b, n.end + 1, 2), h.value < 24, n.value < 60, s.value <= 60
      else { return nil }
      var end = s.end
      var ns: Int64 = 0
      if end < b.count, b[end] == 0x3a, let milli = number(b, end + 1, 3) {
        ns = milli.value * 1_000_000
        end = milli.end
      } else {
        (ns, end) = fraction(b, end)
      }
      return instant(y, m, d, (h.value * 3600 + n.value * 60 + s.value, ns, end), b, context)
    }
    guard separator == 0x2d || separator == 0x2f || separator == 0x2e else { return nil }
    if digits == 4 {
      // Year first, loosely.
      if separator == 0x2d, let day = number(b, first.end + 1, 3), day.end - first.end - 1 == 3,
        day.end < b.count, b[day.end] == 0x54 || b[day.end] == 0x20, day.value >= 1,
        day.value <= 366, first.value >= 1970, first.value < 2200,
        let clock = looseClock(b, day.end + 1)
      {
        let year = Int32(first.value)
        guard day.value < 366 || isLeap(year) else { return nil }
        let date = civilFromDays(
          daysFromCivil(year: year, month: 1, day: 1) + day.value - 1)
        return instant(date.year, date.month, date.day, clock, b, context)
      }
      guard let m = number(b, first.end + 1, 2), m.end < b.count, b[m.end] == separator,
        let d = number(b, m.end + 1, 2), d.end < b.count
      else { return nil }
      var k = d.end
      guard b[k] == 0x20 || b[k] == 0x54 || b[k] == 0x2d || b[k] == 0x2c else { return nil }
      while k < b.count, b[k] == 0x20 || b[k] == 0x54 || b[k] == 0x2d || b[k] == 0x2c { k += 1 }
      guard let clock = looseClock(b, k) else { return nil }
      return instant(Int32(first.value), Int32(m.value), Int32(d.value), clock, b, context)
    }
    guard digits <= 2, let second = number(b, first.end + 1, 2), second.end < b.count else {
      return nil
    }
    if b[second.end] == separator, let third = number(b, second.end + 1, 4), third.end < b.count {
      let count = third.end - second.end - 1
      var k = third.end
      guard b[k] == 0x20 || b[k] == 0x2c || b[k] == 0x2d || b[k] == 0x54 else { return nil }
      while k < b.count, b[k] == 0x20 || b[k] == 0x2c || b[k] == 0x2d || b[k] == 0x54 { k += 1 }
      guard let clock = looseClock(b, k) else { return nil }
      if count == 4 {
        let dayFirst =
          first.value > 12 || (second.value <= 12 && separator != 0x2f)
        return instant(
          Int32(third.value), Int32(dayFirst ? second.value : first.value),
          Int32(dayFirst ? first.value : second.value), clock, b, context)
      }
      guard count == 2 else { return nil }
      // Two-digit years: first where it can be no month, else last.
      if first.value > 12, second.value <= 12, third.value <= 31, separator == 0x2f {
        return instant(
          2000 + Int32(first.value), Int32(second.value), Int32(third.value), clock, b, context)
      }
      let dayFirst = first.value > 12 || (second.value <= 12 && separator == 0x2e)
      return instant(
        2000 + Int32(third.value), Int32(dayFirst ? second.value : first.value),
        Int32(dayFirst ? first.value : second.value), clock, b, context)
    }
    // Month and day alone: `-` and `|` as Android and geth write them, `.` as Proxifier.
    guard digits == 2, second.end - first.end - 1 == 2, first.value >= 1, first.value <= 12,
      separator != 0x2f, b[second.end] == 0x20 || b[second.end] == 0x7c
    else { return nil }
    guard let clock = looseClock(b, second.end + 1) else { return nil }
    return instant(nil, Int32(first.value), Int32(second.value), clock, b, context)
  }

  /// A clock without a date: the day of the reference, or the day before if it would be later.
  package static func timeOfDay(_ b: Span<UInt8>, _ i: Int, _ context: StampContext) -> Stamp? {
    guard let clock = looseClock(b, i), context.reference.isKnown else { return nil }
    let reference = context.reference.seconds
    let offset = Int64(context.zone.offset(atLocalSeconds: reference))
    var local = (reference + offset) / 86400 * 86400 + clock.second
    if local - offset > reference { local -= 86400 }
    return Stamp(
      time: Timestamp(seconds: local - offset, nanoseconds: clock.ns), end: clock.end,
      hasZone: false, hasYear: false)
  }
}
