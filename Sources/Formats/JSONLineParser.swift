import Records

/// One JSON object a line, with the key names in common use; objects within it give dotted keys.
///
/// Where nothing is escaped, which is most lines, ranges refer to the line itself; else values are
/// decoded into the record's own buffer.
///
/// Source: RFC 8259. Depth is limited, numbers are not evaluated beyond what a record needs.
struct JSONLineParser: RecordParser {
  static let depthLimit = 12
  /// Bytes decoded of one record.
  static let decodeLimit = 1 << 20

  /// What keys mean, how times are written and what levels are called in a dialect.
  struct Dialect: Sendable {
    /// Before the general names.
    var keys = KeyTable<KeyMeaning>()
    var layouts: [TimeLayout] = []
    var levels: [LevelWord] = []
  }

  private let dialect: Dialect

  init(
    keys: KeyTable<KeyMeaning> = KeyTable(), layouts: [TimeLayout] = [], levels: [LevelWord] = []
  ) {
    dialect = Dialect(keys: keys, layouts: layouts, levels: levels)
  }

  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let n = trimmedEnd(b)
    guard n > 0 else { return .ignored }
    var start = 0
    // RFC 7464 and server-sent events put a mark before each object.
    if b[0] == 0x1e { start = 1 }
    if has("data: ", in: b, at: start) { start += 6 }
    guard start < n, b[start] == 0x7b, b[n - 1] == 0x7d else { return .notThisFormat }
    if find(0x5c, in: b, from: start, to: n) == nil {
      var scan = PlainJSONScan(context: context, dialect: dialect)
      var i = start
      switch scan.object(b, &i, n, path: KeyID(), depth: 0, &record) {
      case .read:
        guard i >= n else { return .notThisFormat }
        return finish(b, badTime: scan.badTime, &record)
      case .broken: return .notThisFormat
      case .needsCopy: record.reset()
      }
    }
    record.usesDecoded = true
    var scan = JSONScan(context: context, dialect: dialect)
    var i = start
    guard scan.object(b, &i, n, prefix: 0..<0, depth: 0, &record), i >= n else {
      return .notThisFormat
    }
    let decoded = record.decoded
    return finish(decoded.span, badTime: scan.badTime, &record)
  }

  private func finish(_ text: Span<UInt8>, badTime: Bool, _ record: inout LogRecord)
    -> ParseOutcome
  {
    if !record.time.isKnown { return badTime ? .badTimestamp : .notThisFormat }
    inferOutcome(text, &record)
    // docker: {"log":"...","stream":"...","time":"..."}: the text within may say more.
    if !record[.message].isEmpty, record.severity == .unknown { refine(text, &record) }
    return .parsed
  }
}

extension JSONLineParser.Dialect {
  /// Gives a record the value of a key.
  ///
  /// - Returns: false if the value is a time that cannot be read.
  @inline(__always)
  func give(
    _ meaning: KeyMeaning?, key: Range<Int>, value: Range<Int>, isNumber: Bool,
    in text: Span<UInt8>, context: StampContext, to record: inout LogRecord
  ) -> Bool {
    if case .time? = meaning, !layouts.isEmpty,
      let time = TimeLayout.first(of: layouts, text, value, context)
    {
      if !record.time.isKnown { record.time = time }
      return true
    }
    if case .level? = meaning, !levels.isEmpty,
      let level = LevelWord.level(of: text.extracting(value), levels)
    {
      record.severity = level
      return true
    }
    return assign(
      meaning, key: key, value: value, isNumber: isNumber, in: text, context: context, to: &record)
  }
}

/// Reads an object in which nothing is escaped where it stands, without copying.
struct PlainJSONScan {
  let context: StampContext
  let dialect: JSONLineParser.Dialect
  var badTime = false

  init(context: StampContext, dialect: JSONLineParser.Dialect) {
    self.context = context
    self.dialect = dialect
  }

  enum Result {
    case read
    /// This is no JSON.
    case broken
    /// A name or value that stands nowhere as it is: the dotted name of a gauge, an array of bytes.
    case needsCopy
  }

  @inline(__always)
  private func skipSpace(_ b: Span<UInt8>, _ i: inout Int, _ n: Int) {
    while i < n, isJSONSpace(b[i]) { i &+= 1 }
  }

  /// - Parameter path: of the keys so far, with the dot behind them.
  mutating func object(
    _ b: Span<UInt8>, _ i: inout Int, _ n: Int, path: KeyID, depth: Int, _ record: inout LogRecord
  ) -> Result {
    guard depth < JSONLineParser.depthLimit else {
      return skipJSONValue(b, &i, n) ? .read : .broken
    }
    i &+= 1
    skipSpace(b, &i, n)
    if i < n, b[i] == 0x7d {
      i &+= 1
      return .read
    }
    while i < n {
      guard b[i] == 0x22 else { return .broken }
      i &+= 1
      var id = path
      let keyStart = i
      while i < n, b[i] != 0x22 {
        id.add(b[i])
        i &+= 1
      }
      let key = keyStart..<i
      i &+= 1
      skipSpace(b, &i, n)
      guard i < n, b[i] == 0x3a else { return .broken }
      i &+= 1
      skipSpace(b, &i, n)
      guard i < n else { return .broken }
      let result = value(b, &i, n, key: key, id: id, depth: depth, &record)
      guard case .read = result else { return result }
      skipSpace(b, &i, n)
      guard i < n else { return .broken }
      if b[i] == 0x7d {
        i &+= 1
        return .read
      }
      guard b[i] == 0x2c else { return .broken }
      i &+= 1
      skipSpace(b, &i, n)
    }
    return .broken
  }

  @inline(__always)
  private mutating func value(
    _ b: Span<UInt8>, _ i: inout Int, _ n: Int, key: Range<Int>, id: KeyID, depth: Int,
    _ record: inout LogRecord
  ) -> Result {
    let start = i
    switch b[i] {
    case 0x22:
      guard let close = find(0x22, in: b, from: i &+ 1, to: n) else { return .broken }
      i = close &+ 1
      if let meaning = meaning(id) {
        give(meaning, key, (start &+ 1)..<close, isNumber: false, b, &record)
      }
      return .read
    case 0x7b:
      var path = id
      path.add(0x2e)
      return object(b, &i, n, path: path, depth: depth + 1, &record)
    case 0x5b:
      // Of an array the first counts.
      var first = i &+ 1
      skipSpace(b, &first, n)
      guard first < n else { return .broken }
      if b[first] != 0x5d {
        if isDigit(b[first]) { return .needsCopy }
        if b[first] == 0x22 || b[first] == 0x7b || b[first] == 0x5b,
          depth < JSONLineParser.depthLimit
        {
          let result = value(b, &first, n, key: key, id: id, depth: depth + 1, &record)
          guard case .read = result else { return result }
        }
      }
      return skipJSONValue(b, &i, n) ? .read : .broken
    default:
      while i < n, b[i] != 0x2c, b[i] != 0x7d, b[i] != 0x5d, b[i] > 0x20 { i &+= 1 }
      guard i > start else { return .broken }
      // null and booleans carry nothing that a record has a place for.
      guard isDigit(b[start]) || b[start] == 0x2d else { return .read }
      let meaning = meaning(id)
      if meaning == nil, depth > 0 {
        return scaledNumber(b, start..<i, scale: 1000) == nil ? .read : .needsCopy
      }
      give(meaning, key, start..<i, isNumber: true, b, &record)
      return .read
    }
  }

  @inline(__always)
  private func meaning(_ id: KeyID) -> KeyMeaning? { dialect.keys[id] ?? KeyNames.table[id] }

  private mutating func give(
    _ meaning: KeyMeaning?, _ key: Range<Int>, _ value: Range<Int>, isNumber: Bool,
    _ b: Span<UInt8>, _ record: inout LogRecord
  ) {
    if !dialect.give(
      meaning, key: key, value: value, isNumber: isNumber, in: b, context: context, to: &record)
    {
      badTime = true
    }
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

/// Reads an object with escapes, decoding as it goes.
struct JSONScan {
  let context: StampContext
  let dialect: JSONLineParser.Dialect
  var badTime = false

  init(context: StampContext, dialect: JSONLineParser.Dialect = JSONLineParser.Dialect()) {
    self.context = context
    self.dialect = dialect
  }

  private func skipSpace(_ b: Span<UInt8>, _ i: inout Int, _ n: Int) {
    while i < n, isJSONSpace(b[i]) { i += 1 }
  }

  /// - Parameter prefix: range in `record.decoded` of the path so far, with its dot.
  mutating func object(
    _ b: Span<UInt8>, _ i: inout Int, _ n: Int, prefix: Range<Int>, depth: Int,
    _ record: inout LogRecord
  ) -> Bool {
    guard depth < JSONLineParser.depthLimit else { return skipJSONValue(b, &i, n) }
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
    var first = i + 1
    skipSpace(b, &first, n)
    guard first < n else { return false }
    guard isDigit(b[first]) else {
      if b[first] == 0x22 || b[first] == 0x7b || b[first] == 0x5b, depth < JSONLineParser.depthLimit
      {
        guard value(b, &first, n, key: key, depth: depth + 1, &record) else { return false }
      }
      return skipJSONValue(b, &i, n)
    }
    i = first
    let start = record.decoded.count
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

  private mutating func give(
    _ key: Range<Int>, _ value: Range<Int>, isNumber: Bool, _ record: inout LogRecord
  ) {
    let decoded = record.decoded
    let meaning = KeyNames.meaning(decoded.span.extracting(key), before: dialect.keys)
    if !dialect.give(
      meaning, key: key, value: value, isNumber: isNumber, in: decoded.span, context: context,
      to: &record)
    {
      badTime = true
    }
  }
}

@inline(__always)
private func isJSONSpace(_ c: UInt8) -> Bool {
  c == 0x20 || c == 0x09 || c == 0x0a || c == 0x0d
}

/// Passes over any value without keeping it.
private func skipJSONValue(_ b: Span<UInt8>, _ i: inout Int, _ n: Int) -> Bool {
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
