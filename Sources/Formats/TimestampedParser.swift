import Records

/// Any line that begins with a recognisable time, then perhaps a level, a thread, a logger, and text.
///
/// Covers log4j and logback patterns, Kafka and ZooKeeper, Python's logging, klog, CRI, JVM garbage
/// collection logs, Apache's and nginx's error logs, and what nobody gave a name.
struct TimestampedParser: RecordParser {
  /// Bytes of decoration before the stamp that are passed over: `[`, `<`, quotes, ANSI colours.
  static let leadLimit = 24

  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let n = trimmedEnd(b)
    guard n > 0 else { return .ignored }
    guard let start = stampStart(b, n), let stamp = Stamps.any(b, start, context) else {
      return .notThisFormat
    }
    record.time = stamp.time
    var i = stamp.end
    // klog: the severity stands before the stamp, glued to it.
    if start == 0, isLetter(b[0]), n > 1, isDigit(b[1]) {
      record.severity = klogSeverity(b[0])
    }
    let end = firstLineEnd(b, i, n)
    skipDecoration(b, &i, end)
    // CRI: "stdout F text".
    if has("stdout ", in: b, at: i) || has("stderr ", in: b, at: i) {
      i += 7
      if i + 1 < end, b[i] == 0x46 || b[i] == 0x50, b[i + 1] == 0x20 { i += 2 }
    }
    // Up to four words or bracketed parts may be level, thread and logger.
    var parts = 0
    var isThread = false
    while i < end, parts < 5 {
      skipDecoration(b, &i, end)
      guard i < end else { break }
      if b[i] == 0x5b {
        guard let close = closingBracket(b, i, min(end, i + 160)) else { break }
        let inner = (i + 1)..<close
        let level = levelWord(b, inner)
        if level != .unknown {
          record.severity = level
        } else if let client = clientAddress(b, inner) {
          record[.address] = client
        } else if record[.service].isEmpty, isLoggerName(b, inner) {
          record[.service] = trimLogger(b, inner)
          isThread = true
        }
        i = close + 1
        parts += 1
        continue
      }
      var k = i
      while k < end, !isSpace(b[k]), b[k] != 0x5b { k += 1 }
      let word = i..<k
      let level = levelWord(b, word)
      if level != .unknown, record.severity == .unknown {
        record.severity = level
        i = k
        parts += 1
        continue
      }
      // `[main] org.example.Class: text`, `[main] INFO Class - text` (logback's default): what stood
      // in brackets was the thread.
      let isBeforeDash = k + 2 < end && b[k + 1] == 0x2d && isSpace(b[k + 2])
      let isClass =
        isThread && k < end
        && (isBeforeDash || b[k - 1] == 0x3a && find(0x2e, in: b, from: i, to: k) != nil)
      if record.severity != .unknown, record[.service].isEmpty || isClass, isLoggerName(b, word),
        k < end,
        isBeforeDash || b[k - 1] == 0x3a || find(0x2e, in: b, from: i, to: k) != nil
          || find(0x23, in: b, from: i, to: k) != nil
      {
        record[.service] = trimLogger(b, word)
        i = k
        parts += 1
        continue
      }
      break
    }
    skipDecoration(b, &i, end)
    // Kafka's pattern ends with the logger: "text (kafka.controller.KafkaController)".
    var messageEnd = n
    if end > i + 3, b[end - 1] == 0x29 {
      var open = end - 2
      while open > i, b[open] != 0x28, b[open] != 0x20 { open -= 1 }
      if b[open] == 0x28, isLoggerName(b, (open + 1)..<(end - 1)),
        find(0x2e, in: b, from: open, to: end) != nil
      {
        if record[.service].isEmpty { record[.service] = trimLogger(b, (open + 1)..<(end - 1)) }
        if end == n { messageEnd = open }
      }
    }
    if i < messageEnd { record[.message] = ByteRange(i, messageEnd) }
    if record.severity == .unknown { record.severity = inlineSeverity(b, i, end) }
    readSender(b, &record)
    return .parsed
  }

  private func klogSeverity(_ c: UInt8) -> Severity {
    switch c {
    case 0x49: .info
    case 0x57: .warning
    case 0x45: .error
    case 0x46: .critical
    case 0x44: .debug
    default: .unknown
    }
  }

  private func firstLineEnd(_ b: Span<UInt8>, _ from: Int, _ n: Int) -> Int {
    var end = find(0x0a, in: b, from: from, to: n) ?? n
    while end > from, b[end - 1] == 0x0d || isSpace(b[end - 1]) { end -= 1 }
    return end
  }

  private func skipDecoration(_ b: Span<UInt8>, _ i: inout Int, _ end: Int) {
    while i < end {
      let c = b[i]
      if isSpace(c) || c == 0x5d || c == 0x3a || c == 0x7c || c == 0x2c || c == 0x3b {
        i += 1
      } else if c == 0x2d, i + 1 < end, isSpace(b[i + 1]) {
        i += 1
      } else if c == 0x1b {
        i = ansiEnd(b, i, end)
      } else {
        break
      }
    }
  }

  private func levelWord(_ b: Span<UInt8>, _ word: Range<Int>) -> Severity {
    var range = word
    // nginx and Apache: "core:error", "pid 35708:tid".
    if let colon = find(0x3a, in: b, from: range.lowerBound, to: range.upperBound) {
      if colon + 1 == range.upperBound {
        range = range.lowerBound..<colon
      } else {
        range = (colon + 1)..<range.upperBound
      }
    }
    guard range.count >= 3 || (range.count == 1 && range == word), range.count <= 9 else {
      return .unknown
    }
    for i in range where !isLetter(b[i]) { return .unknown }
    let found = severity(b, range)
    // "info" within a sentence is no level: levels are alone, all upper or all lower.
    return range.count == 1
      ? (b[range.lowerBound] >= 0x41 && b[range.lowerBound] <= 0x5a ? found : .unknown) : found
  }

  /// Brackets may stand within brackets: `[QuorumPeer[myid=1]/0:0:2181:Election@774]`.
  private func closingBracket(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    var depth = 0
    for i in start..<end {
      if b[i] == 0x5b {
        depth += 1
      } else if b[i] == 0x5d {
        depth -= 1
        if depth == 0 { return i }
      }
    }
    return nil
  }

  private func clientAddress(_ b: Span<UInt8>, _ range: Range<Int>) -> ByteRange? {
    guard has("client ", in: b, at: range.lowerBound) else { return nil }
    return address(b, range.lowerBound + 7, range.upperBound)
  }

  private func isLoggerName(_ b: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count >= 3, range.count <= 80 else { return false }
    var letters = 0
    for i in range {
      let c = b[i]
      if isLetter(c) {
        letters += 1
      } else if !isDigit(c), c != 0x2e, c != 0x5f, c != 0x2d, c != 0x23, c != 0x24, c != 0x2f,
        c != 0x3a
      {
        return false
      }
    }
    return letters * 2 > range.count
  }

  /// A logger's name without a colon at its end and a line number behind `#`.
  private func trimLogger(_ b: Span<UInt8>, _ range: Range<Int>) -> ByteRange {
    var end = range.upperBound
    if let hash = find(0x23, in: b, from: range.lowerBound, to: end) { end = hash }
    while end > range.lowerBound, b[end - 1] == 0x3a { end -= 1 }
    return ByteRange(range.lowerBound, end)
  }

  /// A level that stands early in the text, in capitals.
  private func inlineSeverity(_ b: Span<UInt8>, _ from: Int, _ end: Int) -> Severity {
    let limit = min(end, from + 48)
    for (word, level) in [
      ("ERROR", Severity.error), ("WARN", .warning), ("FATAL", .critical), ("PANIC", .critical),
      ("CRITICAL", .critical), ("Exception", .error),
    ] as [(StaticString, Severity)]
    where find(word, in: b, from: from, to: limit) != nil {
      return level
    }
    return .unknown
  }
}

/// Where a stamp begins: at the beginning, or behind a bracket, a quote or colours.
func stampStart(_ b: Span<UInt8>, _ n: Int) -> Int? {
  var i = 0
  if n >= 3, b[0] == 0xef, b[1] == 0xbb, b[2] == 0xbf { i = 3 }
  while i < min(n, TimestampedParser.leadLimit) {
    let c = b[i]
    if c == 0x1b {
      i = ansiEnd(b, i, n)
    } else if c == 0x5b || c == 0x28 || c == 0x22 || c == 0x27 || c == 0x3c || c == 0x20
      || c == 0x09
    {
      i += 1
    } else {
      break
    }
  }
  return i < n ? i : nil
}

/// Just behind an ANSI escape sequence at `i`.
///
/// Source: ECMA-48 section 5.4.
func ansiEnd(_ b: Span<UInt8>, _ start: Int, _ n: Int) -> Int {
  var i = start + 1
  if i < n, b[i] == 0x5b { i += 1 }
  while i < n, b[i] < 0x40 { i += 1 }
  return min(n, i + 1)
}

/// Whether a line begins with a time: the rule by which multi-line records are told apart.
func beginsWithStamp(_ line: Span<UInt8>) -> Bool {
  guard let start = stampStart(line, line.count), start < 12 else { return false }
  // A line that is indented continues a record, whatever stands in it.
  if let first = line.count > 0 ? line[0] : nil, isSpace(first) { return false }
  return Stamps.any(line, start, StampContext(reference: Timestamp(seconds: 1_700_000_000))) != nil
}

/// Comma-separated values with a header that names the columns.
///
/// Made for one source at detection, from its first line.
///
/// Source: RFC 4180.
struct CSVParser: RecordParser {
  struct Column: Sendable {
    var name: [UInt8]
    var meaning: KeyMeaning?
  }
  let header: [UInt8]
  let columns: [Column]

  /// - Returns: `nil` unless the line is a header with a column of time.
  init?(header line: Span<UInt8>) {
    let n = trimmedEnd(line)
    guard n > 0, n < 4096 else { return nil }
    var columns: [Column] = []
    var i = 0
    while i <= n {
      let end = find(0x2c, in: line, from: i, to: n) ?? n
      var name: [UInt8] = []
      for k in i..<end where line[k] != 0x22 { name.append(line[k]) }
      guard !name.isEmpty, name.count <= 40,
        name.allSatisfy({
          isLetter($0) || isDigit($0) || $0 == 0x5f || $0 == 0x2d || $0 == 0x2e || $0 == 0x20
            || $0 == 0x40
        })
      else { return nil }
      var meaning = KeyNames.meaning(name.span)
      // A column whose values are lines of a program.
      if String(decoding: name, as: UTF8.self).lowercased() == "log" { meaning = .field(.message) }
      columns.append(Column(name: name, meaning: meaning))
      i = end + 1
    }
    let hasTime = columns.contains {
      if case .time = $0.meaning { return true }
      return false
    }
    guard columns.count >= 3, hasTime else { return nil }
    // Beside a pod or a host a "node" is the machine below it, and nobody who acts.
    let hasHost = columns.contains {
      if case .field(.host) = $0.meaning { return true }
      return false
    }
    if hasHost {
      for i in columns.indices {
        if case .field(.node) = columns[i].meaning { columns[i].meaning = .ignored }
      }
    }
    header = (0..<n).map { line[$0] }
    self.columns = columns
  }

  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let n = trimmedEnd(b)
    guard n > 0 else { return .ignored }
    if n == header.count, (0..<n).allSatisfy({ b[$0] == header[$0] }) { return .ignored }
    record.usesDecoded = true
    var i = 0
    var column = 0
    var badTime = false
    while i <= n, column < columns.count {
      let start = record.decoded.count
      if i < n, b[i] == 0x22 {
        i += 1
        while i < n {
          if b[i] == 0x22 {
            if i + 1 < n, b[i + 1] == 0x22 {
              record.decoded.append(0x22)
              i += 2
              continue
            }
            break
          }
          record.decoded.append(b[i])
          i += 1
        }
        i += 1
        while i < n, b[i] != 0x2c { i += 1 }
      } else {
        while i < n, b[i] != 0x2c {
          record.decoded.append(b[i])
          i += 1
        }
      }
      i += 1
      let value = start..<record.decoded.count
      let decoded = record.decoded
      if !assign(
        columns[column].meaning, key: 0..<0, value: value, isNumber: false, in: decoded.span,
        context: context, to: &record)
      {
        badTime = true
      }
      column += 1
    }
    guard column == columns.count else { return .notThisFormat }
    guard record.time.isKnown else { return badTime ? .badTimestamp : .notThisFormat }
    // A cell may hold docker's JSON around the line itself.
    let cell = record[.message]
    if cell.count > 2, record.decoded[Int(cell.lower)] == 0x7b {
      let copy = record.decoded
      var inner: [UInt8] = []
      if let key = find("\"log\":\"", in: copy.span, from: Int(cell.lower), to: Int(cell.upper)) {
        var at = key + 6
        if decodeJSONString(copy.span, &at, Int(cell.upper), into: &inner) {
          while let last = inner.last, last == 0x0a { inner.removeLast() }
          let from = record.decoded.count
          record.decoded.append(contentsOf: inner)
          record[.message] = ByteRange(from, record.decoded.count)
        }
      }
    }
    let decoded = record.decoded
    if record.severity == .unknown { refine(decoded.span, &record) }
    return .parsed
  }
}
