import Records

/// One JSON object a line, with the key names in common use; objects within it give dotted keys.
///
/// Values are decoded into the record's own buffer, since strings may hold escapes.
///
/// Source: RFC 8259. Depth is limited, numbers are not evaluated beyond what a record needs.
struct JSONLineParser: RecordParser {
  static let depthLimit = 12
  /// Bytes decoded of one record.
  static let decodeLimit = 1 << 20

  /// What keys of a dialect mean, by fingerprint of the lower-case path; before the general names.
  private let keys: [UInt64: KeyMeaning]
  private let layouts: [TimeLayout]
  private let levels: [LevelWord]

  init(keys: [String: KeyMeaning] = [:]) {
    var table: [UInt64: KeyMeaning] = [:]
    for (name, meaning) in keys { table[fingerprint(name)] = meaning }
    self.init(keys: table, layouts: [], levels: [])
  }

  init(keys: [UInt64: KeyMeaning], layouts: [TimeLayout], levels: [LevelWord]) {
    self.keys = keys
    self.layouts = layouts
    self.levels = levels
  }

  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let n = trimmedEnd(b)
    guard n > 0 else { return .ignored }
    var i = 0
    // RFC 7464 and server-sent events put a mark before each object.
    if b[0] == 0x1e { i = 1 }
    if has("data: ", in: b, at: i) { i += 6 }
    guard i < n, b[i] == 0x7b, b[n - 1] == 0x7d else { return .notThisFormat }
    record.usesDecoded = true
    var scan = JSONScan(context: context, keys: keys, layouts: layouts, levels: levels)
    guard scan.object(b, &i, n, prefix: 0..<0, depth: 0, &record), i >= n else {
      return .notThisFormat
    }
    if !record.time.isKnown { return scan.badTime ? .badTimestamp : .notThisFormat }
    let decoded = record.decoded
    inferOutcome(decoded.span, &record)
    // docker: {"log":"...","stream":"...","time":"..."}: the text within may say more.
    if !record[.message].isEmpty, record.severity == .unknown {
      refine(decoded.span, &record)
    }
    return .parsed
  }
}

/// Severity and outcome of a message that is itself a line of a program.
func refine(_ b: Span<UInt8>, _ record: inout LogRecord) {
  let message = record[.message].range
  guard message.upperBound <= b.count else { return }
  var i = message.lowerBound
  let n = message.upperBound
  // Past a stamp or a clock.
  if Stamps.clock(b, i) >= 0 {
    i = Stamps.fraction(b, i + 8).end
  } else if let stamp = Stamps.any(b, i, StampContext(reference: .unknown)) {
    i = stamp.end
  }
  while i < n, isSpace(b[i]) || b[i] == 0x5b { i += 1 }
  var end = i
  while end < n, isLetter(b[end]) { end += 1 }
  let found = severity(b, i..<end)
  if end - i >= 4, found != .unknown {
    record.severity = found
    while end < n, isSpace(b[end]) || b[end] == 0x5d || b[end] == 0x3a { end += 1 }
    if end < n { record[.message] = ByteRange(end, n) }
  }
}

struct JSONScan {
  let context: StampContext
  let keys: [UInt64: KeyMeaning]
  let layouts: [TimeLayout]
  let levels: [LevelWord]
  var badTime = false

  init(
    context: StampContext, keys: [UInt64: KeyMeaning] = [:], layouts: [TimeLayout] = [],
    levels: [LevelWord] = []
  ) {
    self.context = context
    self.keys = keys
    self.layouts = layouts
    self.levels = levels
  }

  private func skipSpace(_ b: Span<UInt8>, _ i: inout Int, _ n: Int) {
    while i < n, b[i] == 0x20 || b[i] == 0x09 || b[i] == 0x0a || b[i] == 0x0d { i += 1 }
  }

  /// - Parameter prefix: range in `record.decoded` of the path so far, with its dot.
  mutating func object(
    _ b: Span<UInt8>, _ i: inout Int, _ n: Int, prefix: Range<Int>, depth: Int,
    _ record: inout LogRecord
  ) -> Bool {
    guard depth < JSONLineParser.depthLimit else { return skipValue(b, &i, n, depth: depth) }
    i += 1
    skipSpace(b, &i, n)
    if i < n, b[i] == 0x7d {
      i += 1
      return true
    }
    while i < n {
      skipSpace(b, &i, n)
      guard i < n, b[i] == 0x22 else { return false }
      let keyStart = record.decoded.count
      for k in prefix { record.decoded.append(record.decoded[k]) }
      guard decodeJSONString(b, &i, n, into: &record.decoded) else { return false }
      let key = keyStart..<record.decoded.count
      skipSpace(b, &i, n)
      guard i < n, b[i] == 0x3a else { return false }
      i += 1
      skipSpace(b, &i, n)
      guard i < n, value(b, &i, n, key: key, depth: depth, &record) else { return false }
      skipSpace(b, &i, n)
      guard i < n else { return false }
      if b[i] == 0x2c {
        i += 1
        continue
      }
      if b[i] == 0x7d {
        i += 1
        return true
      }
      return false
    }
    return false
  }

  private mutating func value(
    _ b: Span<UInt8>, _ i: inout Int, _ n: Int, key: Range<Int>, depth: Int,
    _ record: inout LogRecord
  ) -> Bool {
    switch b[i] {
    case 0x22:
      let start = record.decoded.count
      guard decodeJSONString(b, &i, n, into: &record.decoded) else { return false }
      give(key, start..<record.decoded.count, isNumber: false, &record)
      return true
    case 0x7b:
      record.decoded.append(0x2e)
      return object(
        b, &i, n, prefix: key.lowerBound..<record.decoded.count, depth: depth + 1, &record)
    case 0x5b: return array(b, &i, n, key: key, depth: depth, &record)
    default:
      let start = i
      while i < n, b[i] != 0x2c, b[i] != 0x7d, b[i] != 0x5d, b[i] > 0x20 { i += 1 }
      guard i > start else { return false }
      // null and booleans carry nothing that a record has a place for.
      if isDigit(b[start]) || b[start] == 0x2d {
        let from = record.decoded.count
        unsafe b.extracting(start..<i).withUnsafeBufferPointer {
          unsafe record.decoded.append(contentsOf: $0)
        }
        give(key, from..<record.decoded.count, isNumber: true, &record)
      }
      return true
    }
  }

  /// An array of bytes (journald's way to write binary) is a string; of strings, the first counts.
  private mutating func array(
    _ b: Span<UInt8>, _ i: inout Int, _ n: Int, key: Range<Int>, depth: Int,
    _ record: inout LogRecord
  ) -> Bool {
    i += 1
    skipSpace(b, &i, n)
    let start = record.decoded.count
    if i < n, isDigit(b[i]) {
      var isBytes = true
      while i < n, b[i] != 0x5d {
        var value = 0
        let from = i
        while i < n, isDigit(b[i]), value <= 255 {
          value = value * 10 + Int(b[i] &- 0x30)
          i += 1
        }
        if i == from || value > 255 { isBytes = false }
        if isBytes { record.decoded.append(UInt8(truncatingIfNeeded: value)) }
        while i < n, b[i] != 0x2c, b[i] != 0x5d { i += 1 }
        if i < n, b[i] == 0x2c { i += 1 }
        skipSpace(b, &i, n)
      }
      guard i < n else { return false }
      i += 1
      if isBytes { give(key, start..<record.decoded.count, isNumber: false, &record) }
      return true
    }
    var first = true
    while i < n, b[i] != 0x5d {
      let before = i
      if first, b[i] == 0x22 || b[i] == 0x5b || b[i] == 0x7b {
        guard value(b, &i, n, key: key, depth: depth + 1, &record) else { return false }
      } else {
        guard skipValue(b, &i, n, depth: depth + 1) else { return false }
      }
      first = false
      skipSpace(b, &i, n)
      if i < n, b[i] == 0x2c {
        i += 1
        skipSpace(b, &i, n)
      }
      // A closing brace where a value should stand: no array.
      guard i > before else { return false }
    }
    guard i < n else { return false }
    i += 1
    return true
  }

  private mutating func give(
    _ key: Range<Int>, _ value: Range<Int>, isNumber: Bool, _ record: inout LogRecord
  ) {
    let decoded = record.decoded
    let meaning = KeyNames.meaning(decoded.span.extracting(key), before: keys)
    if case .time? = meaning, !layouts.isEmpty,
      let time = TimeLayout.first(of: layouts, decoded.span, value, context)
    {
      if !record.time.isKnown { record.time = time }
      return
    }
    if case .level? = meaning, !levels.isEmpty {
      if let level = LevelWord.level(of: decoded.span.extracting(value), levels) {
        record.severity = level
        return
      }
    }
    if !assign(
      meaning, key: key, value: value, isNumber: isNumber, in: decoded.span, context: context,
      to: &record)
    {
      badTime = true
    }
  }

  /// Passes over any value without keeping it.
  private func skipValue(_ b: Span<UInt8>, _ i: inout Int, _ n: Int, depth: Int) -> Bool {
    var level = 0
    while i < n {
      switch b[i] {
      case 0x22:
        i += 1
        while i < n, b[i] != 0x22 { i += b[i] == 0x5c ? 2 : 1 }
        guard i < n else { return false }
        i += 1
      case 0x7b, 0x5b:
        level += 1
        i += 1
      case 0x7d, 0x5d:
        if level == 0 { return true }
        level -= 1
        i += 1
      case 0x2c:
        if level == 0 { return true }
        i += 1
      default: i += 1
      }
      if level == 0, i < n, b[i] == 0x2c || b[i] == 0x7d || b[i] == 0x5d { return true }
    }
    return false
  }
}

/// Decodes a string literal at `i`, past its closing quote.
func decodeJSONString(
  _ b: Span<UInt8>, _ i: inout Int, _ n: Int, into out: inout [UInt8]
) -> Bool {
  i += 1
  while i < n {
    // As far as nothing is escaped, all at once.
    let start = i
    while i < n, b[i] != 0x22, b[i] != 0x5c { i += 1 }
    if i > start, out.count < JSONLineParser.decodeLimit {
      let piece = b.extracting(start..<min(i, start + JSONLineParser.decodeLimit - out.count))
      unsafe piece.withUnsafeBufferPointer { unsafe out.append(contentsOf: $0) }
    }
    guard i < n else { return false }
    if b[i] == 0x22 {
      i += 1
      return true
    }
    guard i + 1 < n else { return false }
    switch b[i + 1] {
    case 0x6e: out.append(0x0a)
    case 0x74: out.append(0x09)
    case 0x72: out.append(0x0d)
    case 0x62: out.append(0x08)
    case 0x66: out.append(0x0c)
    case 0x75:
      guard var scalar = hex4(b, i + 2, n) else { return false }
      i += 4
      if scalar >= 0xd800, scalar < 0xdc00, i + 7 < n, b[i + 2] == 0x5c, b[i + 3] == 0x75,
        let low = hex4(b, i + 4, n), low >= 0xdc00, low < 0xe000
      {
        scalar = 0x10000 + ((scalar - 0xd800) << 10) + (low - 0xdc00)
        i += 6
      }
      appendUTF8(scalar >= 0xd800 && scalar < 0xe000 ? 0xfffd : scalar, to: &out)
    default: out.append(b[i + 1])
    }
    i += 2
  }
  return false
}

private func hex4(_ b: Span<UInt8>, _ at: Int, _ n: Int) -> UInt32? {
  guard at + 4 <= n else { return nil }
  var value: UInt32 = 0
  for k in at..<(at + 4) {
    let c = b[k]
    let digit: UInt32
    if isDigit(c) {
      digit = UInt32(c &- 0x30)
    } else if (c | 0x20) >= 0x61, (c | 0x20) <= 0x66 {
      digit = UInt32((c | 0x20) &- 0x57)
    } else {
      return nil
    }
    value = value << 4 | digit
  }
  return value
}
