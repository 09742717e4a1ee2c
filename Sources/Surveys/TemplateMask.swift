import Records

/// Masks the variable parts of a message, so that messages of one kind become equal.
///
/// Variable are: pieces with a digit in them (numbers, addresses, identifiers, versions), paths and
/// URLs, names of domains, quotations, long hexadecimal words, dates in words. A unit glued to its
/// number stays, and so does a name before a colon (`size:12`). Lists of variable parts become one,
/// whatever their length. A pure function of the message: unlike a tree that learns (Drain), it groups
/// the same in any order.
///
/// O(n) in the bytes looked at.
struct TemplateMask {
  /// Bytes of the message that are looked at.
  static let inputLimit = 2048
  /// Longest template. Cut by the length of the result, so that messages of one kind are cut alike.
  static let outputLimit = 200
  /// Longest quotation.
  static let quotationLimit = 160
  /// Longer words are no words.
  static let wordLimit = 40

  var text: [UInt8] = []
  /// Words with a digit or two that stand for a variable part by themselves (`ssh2`, `eth0`): they may
  /// be names after all. By the number of the variable part, with their place in the message.
  private(set) var names: [(part: Int, range: Range<Int>)] = []
  /// The first numbers of the message, in thousandths; identifiers of letters and digits are none.
  private(set) var values: [Int64] = []
  /// Numbers kept of a message.
  static let valueLimit = 2
  /// Longer numbers are names of something.
  private static let digitLimit = 12
  /// Stands for what varies.
  private let wild: UInt8
  private let limit: Int
  private let keepsNames: Bool
  private var parts = 0
  /// Where a list of variable parts ends that has become one.
  private var listEnd = 0

  /// - Parameter keepsNames: whether `names` are collected; they join no list then.
  init(wild: UInt8 = 0x2a, limit: Int = TemplateMask.outputLimit, keepsNames: Bool = false) {
    self.wild = wild
    self.limit = limit
    self.keepsNames = keepsNames
    text.reserveCapacity(limit + TemplateMask.wordLimit)
  }

  /// Masks `bytes` into `text`.
  mutating func mask(_ bytes: Span<UInt8>) {
    text.removeAll(keepingCapacity: true)
    names.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    parts = 0
    listEnd = 0
    let count = min(bytes.count, TemplateMask.inputLimit)
    var i = 0
    while i < count, text.count < limit {
      let byte = bytes[i]
      if TemplateMask.isPiece(byte) {
        i = piece(bytes, i, count)
      } else if byte == 0x22 || byte == 0x27 {
        i = quotation(bytes, i, count)
      } else {
        if byte > 0x20 {
          text.append(byte)
        } else if text.last ?? 0x20 != 0x20 {
          text.append(0x20)
        }
        i &+= 1
      }
    }
    while let last = text.last, last == 0x20 { text.removeLast() }
  }

  // MARK: - Quotations

  /// - Returns: where to go on.
  private mutating func quotation(_ b: Span<UInt8>, _ start: Int, _ count: Int) -> Int {
    let mark = b[start]
    var end = start &+ 1
    while end < count, b[end] != mark, end - start <= TemplateMask.quotationLimit { end &+= 1 }
    // A lone mark is punctuation, and one within a word an apostrophe.
    guard end < count, b[end] == mark,
      mark == 0x22 || start == 0 || !TemplateMask.isPiece(b[start &- 1])
    else {
      text.append(mark)
      return start &+ 1
    }
    text.append(mark)
    if end > start &+ 1 {
      // A request's method says what is asked for.
      var word = start &+ 1
      while word < end, b[word] >= 0x41, b[word] <= 0x5a { word &+= 1 }
      if word - start >= 4, word < end, b[word] == 0x20, b[end &- 1] != 0x20 {
        append(b, (start &+ 1)..<(word &+ 1))
      }
      star()
    }
    text.append(mark)
    return end &+ 1
  }

  // MARK: - Pieces

  /// One run of letters, digits and what joins them.
  private mutating func piece(_ b: Span<UInt8>, _ start: Int, _ count: Int) -> Int {
    var next = start
    var hasDigit = false
    while next < count, TemplateMask.isPiece(b[next]) {
      if isDigit(b[next]) { hasDigit = true }
      next &+= 1
    }
    // Marks at the end belong to the sentence.
    var end = next
    while end > start &+ 1, TemplateMask.isMark(b[end &- 1]) { end &-= 1 }
    if isPlace(b, start, end) {
      // `/10.0.0.1:80`: a host's name that was empty.
      if b[start] == 0x2f, start &+ 1 < end, isDigit(b[start &+ 1]) { text.append(0x2f) }
      star()
    } else if hasDigit {
      variable(b, start, end)
    } else if end - start > TemplateMask.wordLimit || isHex(b, start, end)
      || isDomain(b, start, end)
    {
      star()
    } else {
      append(b, start..<end)
    }
    append(b, end..<next)
    return next
  }

  /// A path, a URL, a path of Windows.
  private func isPlace(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    guard end - start >= 2 else { return false }
    if b[start] == 0x2f { return b[start &+ 1] != 0x2f }
    if end - start >= 3, b[start &+ 1] == 0x3a, b[start &+ 2] == 0x5c { return true }
    var i = start
    while i < end, isLetter(b[i]) { i &+= 1 }
    return i > start && i &+ 2 < end && b[i] == 0x3a && b[i &+ 1] == 0x2f && b[i &+ 2] == 0x2f
  }

  /// A name of the domain name system or an address of mail, in small letters: of a country's domain
  /// with three labels at least, since `main.py` looks the same. Packages of Java begin with the
  /// domain's end.
  private func isDomain(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var labels = 1
    var last = start
    for i in start..<end {
      switch b[i] {
      case 0x2e:
        guard i > last else { return false }
        labels &+= 1
        last = i &+ 1
      case 0x61...0x7a, 0x2d, 0x5f, 0x40: break
      case 0x2f where labels > 1: return i > start &+ 3 && isDomain(b, start, i)
      default: return false
      }
    }
    let length = end - last
    guard labels > 1, length == 2 && labels > 2 || length == 3 else { return false }
    for i in last..<end where !isLetter(b[i]) { return false }
    return length == 3
      ? TemplateMask.domains.contains { has($0, in: b, at: last) }
      : !TemplateMask.endings.contains { has($0, in: b, at: last) }
  }

  private static let domains: [StaticString] = ["com", "net", "org", "edu", "gov", "mil"]
  /// Ends of files' names that are countries, too.
  private static let endings: [StaticString] = [
    "cc", "cs", "db", "gz", "go", "io", "js", "md", "pl", "ps", "py", "rb", "rs", "sh", "so", "ts",
  ]

  private mutating func variable(_ b: Span<UInt8>, _ start: Int, _ end: Int) {
    var from = start
    // A name before a colon (or @, #) says what follows; a host before its port does not.
    var i = start
    var dots = 0
    while i < end, !isDigit(b[i]) {
      if b[i] == 0x2e { dots &+= 1 }
      if b[i] == 0x3a || b[i] == 0x40 || b[i] == 0x23, i > start, dots < 2 {
        var letter = start
        while letter < i, !isLetter(b[letter]) { letter &+= 1 }
        // Not so in `ff:0e:...`: parts of an address have letters of hexadecimal numbers alone.
        if letter < i, !isHexadecimal(b, start, i) { from = i &+ 1 }
      }
      i &+= 1
    }
    // `core.2275`
    if from == start, i < end, i >= start &+ 3, b[i &- 1] == 0x2e, dots == 1 {
      var k = i
      while k < end, isDigit(b[k]) { k &+= 1 }
      if k == end { from = i }
    }
    append(b, start..<from)
    guard from < end else { return }
    // A number keeps its unit.
    i = from
    if b[i] == 0x2d || b[i] == 0x2b { i &+= 1 }
    let digits = i
    while i < end, isDigit(b[i]) || b[i] == 0x2e || b[i] == 0x2c { i &+= 1 }
    let hasUnit = i > digits && i < end && end - i <= 3 && isUnit(b, i, end)
    if hasUnit || i == end, values.count < TemplateMask.valueLimit, let value = number(b, from, i) {
      values.append(value)
    }
    if hasUnit {
      star()
      append(b, i..<end)
      return
    }
    guard keepsNames, from == start, mayBeName(b, from, end) else {
      star()
      return
    }
    swallowDate()
    parts &+= 1
    text.append(wild)
    names.append((parts, from..<end))
  }

  /// A decimal number, in thousandths; `nil` for addresses, dates, and what has too many digits.
  private func number(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Int64? {
    let isNegative = b[start] == 0x2d
    var i = isNegative || b[start] == 0x2b ? start &+ 1 : start
    var value: Int64 = 0
    var digits = 0
    var decimals = -1
    while i < end {
      if isDigit(b[i]) {
        if decimals < 3 {
          value = value &* 10 &+ Int64(b[i] &- 0x30)
          if decimals >= 0 { decimals &+= 1 }
        }
        digits &+= 1
      } else if b[i] == 0x2e, decimals < 0 {
        decimals = 0
      } else {
        return nil
      }
      i &+= 1
    }
    guard digits > 0, digits <= TemplateMask.digitLimit else { return nil }
    for _ in max(0, decimals)..<3 { value = value &* 10 }
    return isNegative ? -value : value
  }

  private func isUnit(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    if end - start == 1 { return b[start] == 0x25 || b[start] == 0x73 || b[start] == 0x42 }
    let last = b[end &- 1]
    let first = b[start] | 0x20
    if end - start == 2 {
      return last == 0x73 && (first == 0x6d || first == 0x75 || first == 0x6e)
        || last == 0x42 && (first == 0x6b || first == 0x6d || first == 0x67 || first == 0x74)
    }
    return last == 0x42 && b[start &+ 1] == 0x69
  }

  /// `ssh2`, `eth0`, `wl0`, `L3`: letters first, two digits at most. `task_7` is numbered.
  private func mayBeName(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    guard end - start <= 24, isLetter(b[start]) else { return false }
    var digits = 0
    for i in start..<end {
      if isDigit(b[i]) {
        digits &+= 1
      } else if !isLetter(b[i]), b[i] != 0x5f || (i &+ 1 < end && isDigit(b[i &+ 1])) {
        return false
      }
    }
    return digits <= 2
  }

  private func isHex(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    end - start >= 8 && isHexadecimal(b, start, end)
  }

  private func isHexadecimal(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    for i in start..<end {
      guard (b[i] | 0x20) >= 0x61 && (b[i] | 0x20) <= 0x66 || isDigit(b[i]) || b[i] == 0x3a else {
        return false
      }
    }
    return true
  }

  // MARK: - Output

  private mutating func append(_ b: Span<UInt8>, _ range: Range<Int>) {
    for i in range { text.append(b[i]) }
  }

  /// Appends the mark of what varies, and swallows separators between it and one before: lists become
  /// one. Names of months and days before a number are part of a date.
  private mutating func star() {
    swallowDate()
    var k = text.count
    while k > 0 {
      let c = text[k &- 1]
      if c == wild, names.last?.part != parts {
        let isPair = text.count &- k == 1 && text[k] == 0x2c
        if isPair, listEnd != k {
          // `a,b` has two parts; with a third it is a list.
          guard k >= 3, text[k &- 2] == 0x2c, text[k &- 3] == wild else { break }
          text.removeLast(text.count &- k &+ 2)
          parts &-= 1
        } else {
          text.removeLast(text.count &- k)
        }
        listEnd = text.count
        return
      }
      guard c == 0x20 || c == 0x2c || c == 0x3a || c == 0x2f || c == 0x3b || c == 0x2e else {
        break
      }
      k &-= 1
    }
    parts &+= 1
    text.append(wild)
  }

  /// `Sun Jun ` before a number.
  private mutating func swallowDate() {
    guard endsWith(TemplateMask.months) else { return }
    text.removeLast(4)
    if endsWith(TemplateMask.days) { text.removeLast(4) }
  }

  private static let months: [StaticString] = [
    "Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ", "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec ",
  ]
  private static let days: [StaticString] = [
    "Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun ",
  ]

  private func endsWith(_ words: [StaticString]) -> Bool {
    let n = text.count
    guard n >= 4, text[n &- 1] == 0x20, text[n &- 4] >= 0x41, text[n &- 4] <= 0x5a,
      n == 4 || text[n &- 5] == 0x20 || text[n &- 5] == 0x28 || text[n &- 5] == 0x5b
    else { return false }
    for word in words {
      if has(word, in: text.span, at: n &- 4) { return true }
    }
    return false
  }

  // MARK: - Bytes

  @inline(__always) private func isDigit(_ c: UInt8) -> Bool { c >= 0x30 && c <= 0x39 }
  @inline(__always) private func isLetter(_ c: UInt8) -> Bool {
    (c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a
  }

  /// Everything but blanks, brackets, quotes and `, ; | =`, as bits.
  @inline(__always) private static func isPiece(_ c: UInt8) -> Bool {
    if c >= 0x80 { return true }
    let bits: UInt64 = c < 64 ? 0x87ff_ec7a_0000_0000 : 0x47ff_fffe_d7ff_ffff
    return bits &>> UInt64(c & 63) & 1 != 0
  }

  private static func isMark(_ c: UInt8) -> Bool {
    c == 0x2e || c == 0x3a || c == 0x21 || c == 0x3f || c == 0x2d
  }
}
