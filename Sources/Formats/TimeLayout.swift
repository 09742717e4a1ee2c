import Records

/// How a stamp is written, in the letters of strptime, for formats that users define.
///
/// Known: `%Y %y %m %b %B %h %d %e %j %H %k %I %l %M %S %p %z %Z %a %A %T %F %D %R %n %t %%`, `%f`,
/// `%L`, `%N` (fractions of any length), `%s` (seconds), `%3`, `%i` (milliseconds), `%6` (microseconds)
/// and `%9` (nanoseconds since 1970). A blank stands for any number of blanks.
///
/// Sources: strptime(3); lnav's documentation of `timestamp-format`.
struct TimeLayout: Sendable {
  private let steps: [UInt8]

  init(_ text: String) {
    var expanded = text
    for (short, long) in [
      ("%T", "%H:%M:%S"), ("%F", "%Y-%m-%d"), ("%D", "%m/%d/%y"), ("%R", "%H:%M"),
    ] {
      expanded = expanded.replacing(short, with: long)
    }
    steps = Array(expanded.utf8)
  }

  /// The instant that a range of bytes names; all of it must be read.
  func time(_ b: Span<UInt8>, _ range: Range<Int>, _ context: StampContext) -> Timestamp? {
    var i = range.lowerBound
    let n = min(range.upperBound, b.count)
    var (year, month, day): (Int32?, Int32, Int32) = (nil, 1, 1)
    var dayOfYear: Int32?
    var (hour, minute, second): (Int64, Int64, Int64) = (0, 0, 0)
    var nanoseconds: Int64 = 0
    var isAfternoon: Bool?
    var offset: Int64?
    var epoch: Timestamp?
    func number(_ limit: Int) -> Int64? {
      var value: Int64 = 0
      let start = i
      while i < n, i - start < limit, isDigit(b[i]) {
        value = value &* 10 &+ Int64(b[i] &- 0x30)
        i += 1
      }
      return i > start ? value : nil
    }
    func blanks() { while i < n, isSpace(b[i]) { i += 1 } }
    var s = 0
    while s < steps.count {
      let c = steps[s]
      s += 1
      guard c == 0x25, s < steps.count else {
        if isSpace(c) {
          blanks()
        } else {
          guard i < n, b[i] == c else { return nil }
          i += 1
        }
        continue
      }
      let letter = steps[s]
      s += 1
      switch letter {
      case UInt8(ascii: "Y"):
        guard let value = number(4) else { return nil }
        year = Int32(value)
      case UInt8(ascii: "y"):
        guard let value = number(2) else { return nil }
        year = Int32(value < 69 ? 2000 + value : 1900 + value)
      case UInt8(ascii: "m"):
        guard let value = number(2), (1...12).contains(value) else { return nil }
        month = Int32(value)
      case UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "h"):
        guard let word = Stamps.monthWord(b, i), word.end <= n else { return nil }
        (month, i) = (word.month, word.end)
      case UInt8(ascii: "d"), UInt8(ascii: "e"):
        blanks()
        guard let value = number(2), (1...31).contains(value) else { return nil }
        day = Int32(value)
      case UInt8(ascii: "j"):
        guard let value = number(3), (1...366).contains(value) else { return nil }
        dayOfYear = Int32(value)
      case UInt8(ascii: "H"), UInt8(ascii: "k"), UInt8(ascii: "I"), UInt8(ascii: "l"):
        blanks()
        guard let value = number(2), value < 25 else { return nil }
        hour = value
      case UInt8(ascii: "M"):
        guard let value = number(2), value < 60 else { return nil }
        minute = value
      case UInt8(ascii: "S"):
        guard let value = number(2), value < 61 else { return nil }
        second = value
      case UInt8(ascii: "f"), UInt8(ascii: "L"), UInt8(ascii: "N"):
        let start = i
        guard let value = number(9) else { return nil }
        nanoseconds = value
        for _ in (i - start)..<9 { nanoseconds *= 10 }
        while i < n, isDigit(b[i]) { i += 1 }
      case UInt8(ascii: "p"):
        guard i + 2 <= n, b[i + 1] | 0x20 == 0x6d else { return nil }
        isAfternoon = b[i] | 0x20 == 0x70
        i += 2
      case UInt8(ascii: "z"), UInt8(ascii: "Z"):
        blanks()
        if let found = Stamps.zone(b, i) ?? Stamps.zoneName(b, i), found.end <= n {
          (offset, i) = (found.offset, found.end)
        } else if letter == UInt8(ascii: "Z") {
          while i < n, isLetter(b[i]) { i += 1 }
        } else {
          return nil
        }
      case UInt8(ascii: "a"), UInt8(ascii: "A"):
        while i < n, isLetter(b[i]) { i += 1 }
      case UInt8(ascii: "s"), UInt8(ascii: "3"), UInt8(ascii: "i"), UInt8(ascii: "6"),
        UInt8(ascii: "9"):
        let start = i
        while i < n, isDigit(b[i]) || b[i] == 0x2e { i += 1 }
        let digits: Int =
          switch letter {
          case UInt8(ascii: "s"): 0
          case UInt8(ascii: "6"): 6
          case UInt8(ascii: "9"): 9
          default: 3
          }
        guard let value = decimal(b, start..<i) else {
          // A fraction behind the seconds.
          guard letter == UInt8(ascii: "s"), let found = Stamps.epoch(b, start..<i) else {
            return nil
          }
          epoch = found
          continue
        }
        let unit = power(digits)
        epoch = Timestamp(
          seconds: value / unit, nanoseconds: value % unit * (1_000_000_000 / unit))
      case UInt8(ascii: "n"), UInt8(ascii: "t"): blanks()
      case 0x25:
        guard i < n, b[i] == 0x25 else { return nil }
        i += 1
      default: return nil
      }
    }
    guard i == n else { return nil }
    if let epoch { return epoch }
    if let isAfternoon { hour = hour % 12 + (isAfternoon ? 12 : 0) }
    let secondOfDay = hour * 3600 + minute * 60 + second
    let whole = year ?? context.year(month: month, day: day, secondOfDay: secondOfDay)
    guard (1900...2200).contains(whole), dayOfYear != nil || Stamps.isDate(whole, month, day) else {
      return nil
    }
    let days =
      dayOfYear.map { daysFromCivil(year: whole, month: 1, day: 1) + Int64($0) - 1 }
      ?? daysFromCivil(year: whole, month: month, day: day)
    let local = days * 86400 + secondOfDay
    return Timestamp(
      seconds: local - (offset ?? Int64(context.zone.offset(atLocalSeconds: local))),
      nanoseconds: nanoseconds)
  }

  /// The first of several layouts that reads all of the range.
  static func first(
    of layouts: [TimeLayout], _ b: Span<UInt8>, _ range: Range<Int>, _ context: StampContext
  ) -> Timestamp? {
    for layout in layouts {
      if let time = layout.time(b, range, context) { return time }
    }
    return nil
  }

  private func power(_ digits: Int) -> Int64 {
    (0..<digits).reduce(Int64(1)) { product, _ in product * 10 }
  }
}
