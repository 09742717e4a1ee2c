package import Records

/// A time stamp read from bytes: the instant and where the stamp ends.
package struct Stamp {
  package var time: Timestamp
  package var end: Int
  package var hasZone: Bool
  package var hasYear: Bool
}

/// Readers of time stamps. Each is total: any bytes give a stamp or `nil`.
package enum Stamps {
  /// Two digits at `i`, or -1.
  @inline(__always)
  static func two(_ b: Span<UInt8>, _ i: Int) -> Int32 {
    guard i + 1 < b.count, isDigit(b[i]), isDigit(b[i + 1]) else { return -1 }
    return Int32(b[i] &- 0x30) &* 10 &+ Int32(b[i + 1] &- 0x30)
  }

  @inline(__always)
  static func four(_ b: Span<UInt8>, _ i: Int) -> Int32 {
    let high = two(b, i)
    let low = two(b, i + 2)
    return high < 0 || low < 0 ? -1 : high &* 100 &+ low
  }

  static func isDate(_ year: Int32, _ month: Int32, _ day: Int32) -> Bool {
    guard year >= 1970, year <= 2200, month >= 1, month <= 12, day >= 1 else { return false }
    let days: Int32 =
      switch month {
      case 2: isLeap(year) ? 29 : 28
      case 4, 6, 9, 11: 30
      default: 31
      }
    return day <= days
  }

  /// Month of three letters at `i`, English or 0.
  @inline(__always)
  static func month(_ b: Span<UInt8>, _ i: Int) -> Int32 {
    guard i + 2 < b.count else { return 0 }
    let key =
      UInt32(b[i] | 0x20) << 16 | UInt32(b[i + 1] | 0x20) << 8 | UInt32(b[i + 2] | 0x20)
    switch key {
    case 0x6a616e: return 1
    case 0x666562: return 2
    case 0x6d6172: return 3
    case 0x617072: return 4
    case 0x6d6179: return 5
    case 0x6a756e: return 6
    case 0x6a756c: return 7
    case 0x617567: return 8
    case 0x736570: return 9
    case 0x6f6374: return 10
    case 0x6e6f76: return 11
    case 0x646563: return 12
    default: return 0
    }
  }

  /// `hh:mm:ss` at `i` as a second of the day, or -1.
  @inline(__always)
  static func clock(_ b: Span<UInt8>, _ i: Int) -> Int64 {
    guard i + 7 < b.count, b[i + 2] == 0x3a, b[i + 5] == 0x3a else { return -1 }
    let h = two(b, i)
    let m = two(b, i + 3)
    let s = two(b, i + 6)
    guard h >= 0, h < 24, m >= 0, m < 60, s >= 0, s <= 60 else { return -1 }
    return Int64(h) &* 3600 &+ Int64(m) &* 60 &+ Int64(s)
  }

  /// A fraction after `.` or `,` at `i`: nanoseconds and end; (0, i) if there is none.
  @inline(__always)
  static func fraction(_ b: Span<UInt8>, _ i: Int) -> (nanoseconds: Int64, end: Int) {
    guard i + 1 < b.count, b[i] == 0x2e || b[i] == 0x2c, isDigit(b[i + 1]) else { return (0, i) }
    var k = i + 1
    var value: Int64 = 0
    var digits = 0
    while k < b.count, isDigit(b[k]) {
      if digits < 9 {
        value = value &* 10 &+ Int64(b[k] &- 0x30)
        digits += 1
      }
      k += 1
    }
    while digits < 9 {
      value &*= 10
      digits += 1
    }
    return (value, k)
  }

  /// A zone at `i`: `Z`, `+hh:mm`, `+hhmm`, `+hh`, ` UTC`, ` GMT`, ` +0000`.
  ///
  /// - Returns: offset in seconds and end, or `nil` if there is none.
  static func zone(_ b: Span<UInt8>, _ start: Int) -> (offset: Int64, end: Int)? {
    var i = start
    if i < b.count, b[i] == 0x20 { i += 1 }
    guard i < b.count else { return nil }
    if b[i] == 0x5a, i + 1 >= b.count || !isLetter(b[i + 1]) { return (0, i + 1) }
    if has("UTC", in: b, at: i) || has("GMT", in: b, at: i) { return (0, i + 3) }
    if i > start, b[i] >= 0x41, b[i] <= 0x5a { return zoneName(b, i) }
    guard b[i] == 0x2b || b[i] == 0x2d else { return nil }
    let h = two(b, i + 1)
    guard h >= 0, h <= 18 else { return nil }
    var k = i + 3
    var m: Int32 = 0
    if k < b.count, b[k] == 0x3a { k += 1 }
    let minutes = two(b, k)
    if minutes >= 0 {
      m = minutes
      k += 2
    } else if i != start {
      return nil
    } else if k > i + 3 {
      k = i + 3
    }
    guard m < 60 else { return nil }
    let seconds = Int64(h) &* 3600 &+ Int64(m) &* 60
    return (b[i] == 0x2d ? -seconds : seconds, k)
  }

  private static func make(
    _ local: Int64, _ nanoseconds: Int64, _ zone: (offset: Int64, end: Int)?, _ end: Int,
    _ context: StampContext
  ) -> Stamp {
    if let zone {
      return Stamp(
        time: Timestamp(seconds: local - zone.offset, nanoseconds: nanoseconds), end: zone.end,
        hasZone: true, hasYear: true)
    }
    let offset = Int64(context.zone.offset(atLocalSeconds: local))
    return Stamp(
      time: Timestamp(seconds: local - offset, nanoseconds: nanoseconds), end: end, hasZone: false,
      hasYear: true)
  }

  /// `2010-12-22T16:03:11.123Z`, with `T`, blank or `_` between, `/` or `-` or `.` in the date, any
  /// fraction, any zone or none.
  static func iso(_ b: Span<UInt8>, _ i: Int, _ context: StampContext) -> Stamp? {
    guard i + 18 < b.count else { return nil }
    let separator = b[i + 4]
    guard separator == 0x2d || separator == 0x2f || separator == 0x2e, b[i + 7] == separator else {
      return nil
    }
    let between = b[i + 10]
    guard between == 0x54 || between == 0x20 || between == 0x5f || between == 0x74 else {
      return nil
    }
    let (y, m, d) = (four(b, i), two(b, i + 5), two(b, i + 8))
    guard isDate(y, m, d) else { return nil }
    let second = clock(b, i + 11)
    guard second >= 0 else { return nil }
    let (nanoseconds, end) = fraction(b, i + 19)
    let local = daysFromCivil(year: y, month: m, day: d) &* 86400 &+ second
    return make(local, nanoseconds, zone(b, end), end, context)
  }

  /// `22/Dec/2010:16:03:11 +0000`, the common log format's.
  @inline(__always)
  static func clf(
    _ b: Span<UInt8>, _ i: Int, _ context: StampContext, _ memo: inout StampMemo
  ) -> Stamp? {
    // Day, month, year, hour, minute and zone of `22/Dec/2010:16:03:11 +0000` as three numbers.
    guard i >= 0, i + 26 <= b.count else { return clf(b, i, context) }
    let (first, second, third) = unsafe b.withUnsafeBytes { raw in
      unsafe (
        raw.loadUnaligned(fromByteOffset: i, as: UInt64.self),
        raw.loadUnaligned(fromByteOffset: i + 8, as: UInt64.self),
        raw.loadUnaligned(fromByteOffset: i + 18, as: UInt64.self)
      )
    }
    let zone =
      (UInt64(littleEndian: third) & ~0xffff) | UInt64(b[i + 16]) | UInt64(b[i + 17]) << 8
    if memo.minute.isKnown, memo.first == first, memo.second == second, memo.third == zone {
      let s = two(b, i + 18)
      if s >= 0, s <= 60 {
        return Stamp(
          time: Timestamp(nanoseconds: memo.minute.nanoseconds &+ Int64(s) &* 1_000_000_000),
          end: i + 26, hasZone: true, hasYear: true)
      }
    }
    guard let stamp = clf(b, i, context) else { return nil }
    let s = two(b, i + 18)
    // Only what is far from the ends of the range, so that adding seconds cannot leave it.
    if stamp.hasZone, stamp.end == i + 26, s >= 0, stamp.time.isKnown,
      abs(stamp.time.seconds) < 4_000_000_000
    {
      memo.first = first
      memo.second = second
      memo.third = zone
      memo.minute = Timestamp(seconds: stamp.time.seconds - Int64(s))
    }
    return stamp
  }

  static func clf(_ b: Span<UInt8>, _ i: Int, _ context: StampContext) -> Stamp? {
    guard i + 19 < b.count, b[i + 2] == 0x2f, b[i + 6] == 0x2f, b[i + 11] == 0x3a else {
      return nil
    }
    let (d, m, y) = (two(b, i), month(b, i + 3), four(b, i + 7))
    guard isDate(y, m, d) else { return nil }
    let second = clock(b, i + 12)
    guard second >= 0 else { return nil }
    let local = daysFromCivil(year: y, month: m, day: d) &* 86400 &+ second
    return make(local, 0, zone(b, i + 20), i + 20, context)
  }

  /// `Dec 22 16:03:11`, with `Dec  2`, `Dec 22 2010 16:03:11`, and a fraction.
  static func syslog(_ b: Span<UInt8>, _ i: Int, _ context: StampContext) -> Stamp? {
    guard i + 14 < b.count, b[i + 3] == 0x20 else { return nil }
    let m = month(b, i)
    guard m > 0 else { return nil }
    var k = i + 4
    if b[k] == 0x20 { k += 1 }
    guard k < b.count, isDigit(b[k]) else { return nil }
    var d = Int32(b[k] &- 0x30)
    k += 1
    if k < b.count, isDigit(b[k]) {
      d = d &* 10 &+ Int32(b[k] &- 0x30)
      k += 1
    }
    guard k < b.count, b[k] == 0x20 || b[k] == 0x2c else { return nil }
    if b[k] == 0x2c { k += 1 }
    k += 1
    var year: Int32 = -1
    let y = four(b, k)
    if y >= 1970, y < 2200, k + 4 < b.count, b[k + 4] == 0x20 {
      year = y
      k += 5
    }
    let second = clock(b, k)
    guard second >= 0 else { return nil }
    let (nanoseconds, end) = fraction(b, k + 8)
    var tail = end
    if year < 0, end + 4 < b.count, b[end] == 0x20 {
      let after = four(b, end + 1)
      if after >= 1970, after < 2200, end + 5 >= b.count || b[end + 5] == 0x20 || b[end + 5] == 0x5d
      {
        year = after
        tail = end + 5
      }
    }
    let hasYear = year > 0
    if !hasYear { year = context.year(month: m, day: d, secondOfDay: second) }
    guard isDate(year, m, d) else { return nil }
    let local = daysFromCivil(year: year, month: m, day: d) &* 86400 &+ second
    let offset = Int64(context.zone.offset(atLocalSeconds: local))
    return Stamp(
      time: Timestamp(seconds: local - offset, nanoseconds: nanoseconds), end: tail, hasZone: false,
      hasYear: hasYear)
  }

  /// `Wed Oct 11 14:32:52.123456 2000`, Apache's error log; weekday and all.
  static func weekday(_ b: Span<UInt8>, _ i: Int, _ context: StampContext) -> Stamp? {
    guard i + 19 < b.count, isLetter(b[i]), isLetter(b[i + 1]), isLetter(b[i + 2]), b[i + 3] == 0x20
    else { return nil }
    return syslog(b, i + 4, context)
  }

  /// `02 Jan 2006 15:04:05`, `02/01/2006 15:04:05` is left out: day and month cannot be told apart.
  static func dayFirst(_ b: Span<UInt8>, _ i: Int, _ context: StampContext) -> Stamp? {
    guard i + 19 < b.count, b[i + 2] == 0x20 || b[i + 2] == 0x2d, b[i + 6] == b[i + 2] else {
      return nil
    }
    let (d, m, y) = (two(b, i), month(b, i + 3), four(b, i + 7))
    guard isDate(y, m, d), b[i + 11] == 0x20 else { return nil }
    let second = clock(b, i + 12)
    guard second >= 0 else { return nil }
    let (nanoseconds, end) = fraction(b, i + 20)
    let local = daysFromCivil(year: y, month: m, day: d) &* 86400 &+ second
    return make(local, nanoseconds, zone(b, end), end, context)
  }

  /// klog: `I0102 15:04:05.678901`; the caller has seen the letter.
  static func klog(_ b: Span<UInt8>, _ i: Int, _ context: StampContext) -> Stamp? {
    guard i + 13 < b.count, b[i + 4] == 0x20 else { return nil }
    let (m, d) = (two(b, i), two(b, i + 2))
    let second = clock(b, i + 5)
    guard m > 0, d > 0, second >= 0 else { return nil }
    let year = context.year(month: m, day: d, secondOfDay: second)
    guard isDate(year, m, d) else { return nil }
    let (nanoseconds, end) = fraction(b, i + 13)
    let local = daysFromCivil(year: year, month: m, day: d) &* 86400 &+ second
    let offset = Int64(context.zone.offset(atLocalSeconds: local))
    return Stamp(
      time: Timestamp(seconds: local - offset, nanoseconds: nanoseconds), end: end, hasZone: false,
      hasYear: false)
  }

  /// Seconds, milliseconds, microseconds or nanoseconds since the epoch, by the number of digits.
  package static func epoch(_ b: Span<UInt8>, _ range: Range<Int>) -> Timestamp? {
    guard !range.isEmpty, range.upperBound <= b.count else { return nil }
    var i = range.lowerBound
    var value: Int64 = 0
    var digits = 0
    while i < range.upperBound, isDigit(b[i]), digits < 19 {
      let (scaled, o1) = value.multipliedReportingOverflow(by: 10)
      let (sum, o2) = scaled.addingReportingOverflow(Int64(b[i] &- 0x30))
      if o1 || o2 { return nil }
      value = sum
      digits += 1
      i += 1
    }
    let (nanoseconds, end) = fraction(b, i)
    guard end == range.upperBound || i == range.upperBound else { return nil }
    switch digits {
    case 9...10:
      return Timestamp(seconds: value, nanoseconds: i == range.upperBound ? 0 : nanoseconds)
    case 12...13:
      return Timestamp(
        seconds: value / 1000, nanoseconds: value % 1000 * 1_000_000 + nanoseconds / 1000)
    case 15...16:
      return Timestamp(seconds: value / 1_000_000, nanoseconds: value % 1_000_000 * 1000)
    case 18...19: return Timestamp(nanoseconds: value)
    default: return nil
    }
  }

  /// Any of the forms at `i`, likely ones first.
  package static func any(_ b: Span<UInt8>, _ i: Int, _ context: StampContext) -> Stamp? {
    guard i < b.count else { return nil }
    let c = b[i]
    if isDigit(c) {
      if let found = iso(b, i, context) { return found }
      if let found = clf(b, i, context) { return found }
      if let found = dayFirst(b, i, context) { return found }
      if let found = compact(b, i, context) { return found }
      if let found = numbers(b, i, context) { return found }
      if let found = words(b, i, context) { return found }
      var k = i
      while k < b.count, isDigit(b[k]) || b[k] == 0x2e { k += 1 }
      if k < b.count || k - i >= 9 {
        var end = k
        if end > i, b[end - 1] == 0x2e { end -= 1 }
        if let time = epoch(b, i..<end), time.seconds > 631_152_000, time.seconds < 4_102_444_800 {
          return Stamp(time: time, end: end, hasZone: true, hasYear: true)
        }
      }
      return nil
    }
    if isLetter(c) {
      if let found = syslog(b, i, context) { return found }
      if let found = weekday(b, i, context) { return found }
      if i + 5 < b.count, isDigit(b[i + 1]), let found = klog(b, i + 1, context) { return found }
      if let found = words(b, i, context) { return found }
    }
    if c == 0x40 { return tai64n(b, i) }
    if c >= 0x80 { return words(b, i, context) }
    return nil
  }

  /// `20101222 16:03:11`, `20101222T160311Z`, `101222 16:03:11`.
  static func compact(_ b: Span<UInt8>, _ i: Int, _ context: StampContext) -> Stamp? {
    guard i + 14 < b.count else { return nil }
    var k = i
    while k < b.count, isDigit(b[k]), k - i < 9 { k += 1 }
    let y: Int32
    let m: Int32
    let d: Int32
    if k - i == 8 {
      (y, m, d) = (four(b, i), two(b, i + 4), two(b, i + 6))
    } else if k - i == 6 {
      (y, m, d) = (2000 &+ two(b, i), two(b, i + 2), two(b, i + 4))
    } else {
      return nil
    }
    guard isDate(y, m, d), k < b.count, b[k] == 0x20 || b[k] == 0x54 || b[k] == 0x2d else {
      return nil
    }
    k += 1
    if k < b.count, b[k] == 0x20 { k += 1 }
    var second = clock(b, k)
    var end = k + 8
    if second < 0 {
      let (h, n, s) = (two(b, k), two(b, k + 2), two(b, k + 4))
      guard h >= 0, h < 24, n >= 0, n < 60, s >= 0, s <= 60 else { return nil }
      second = Int64(h) &* 3600 &+ Int64(n) &* 60 &+ Int64(s)
      end = k + 6
    }
    let (nanoseconds, after) = fraction(b, end)
    let local = daysFromCivil(year: y, month: m, day: d) &* 86400 &+ second
    return make(local, nanoseconds, zone(b, after), after, context)
  }
}
