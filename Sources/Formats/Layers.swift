import Records

/// What stands inside another record's message: JSON within CRI or syslog, an access log line within
/// docker, a levelled line behind a container's name.
///
/// The outer record keeps its time where the inner one has none or only whole seconds.
enum Layers {
  /// Reads `lower..<upper` of the frame as a record of its own and lays it over the outer one.
  ///
  /// - Parameter needsTime: whether the outer layer has no time, so that the inner one must have one.
  /// - Returns: false if nothing was recognised: then the text is the message.
  static func unwrap(
    _ b: Span<UInt8>, _ from: Int, _ to: Int, _ context: StampContext,
    _ record: inout LogRecord
  ) -> Bool {
    var lower = from
    while lower < to, isSpace(b[lower]) { lower += 1 }
    guard lower < to else { return false }
    let outerTime = record.time
    if b[lower] == 0x7b, b[to - 1] == 0x7d {
      return json(b, lower, to, outerTime, context, &record)
    }
    let inner = b.extracting(lower..<to)
    let saved = record.fields
    let (severity, outcome) = (record.severity, record.outcome)
    record.time = .unknown
    if find(0x5b, in: inner, from: 0, to: min(inner.count, 384)) != nil {
      record.fields = .init(repeating: ByteRange())
      if WebLogParser().parse(inner, context: context, into: &record) == .parsed {
        shift(&record, by: lower)
        keep(saved, .host, &record)
        if record[.service].isEmpty { keep(saved, .service, &record) }
        settle(outerTime, &record)
        return true
      }
      reset(&record, saved, severity, outcome)
    }
    if isPair(inner) {
      record.fields = .init(repeating: ByteRange())
      record.time = outerTime
      if LogfmtParser().parse(inner, context: context, into: &record) == .parsed {
        shift(&record, by: lower)
        for name in [FieldName.host, .service] where record[name].isEmpty {
          keep(saved, name, &record)
        }
        return true
      }
      reset(&record, saved, severity, outcome)
      record.time = .unknown
    }
    record.fields = .init(repeating: ByteRange())
    if TimestampedParser().parse(inner, context: context, into: &record) == .parsed {
      shift(&record, by: lower)
      for name in [FieldName.host, .service] where record[name].isEmpty {
        keep(saved, name, &record)
      }
      settle(outerTime, &record)
      return true
    }
    reset(&record, saved, severity, outcome)
    record.time = outerTime
    return false
  }

  private static func reset(
    _ record: inout LogRecord, _ fields: [18 of ByteRange], _ severity: Severity,
    _ outcome: Outcome
  ) {
    record.fields = fields
    record.severity = severity
    record.outcome = outcome
    record.status = -1
    record.bytes = -1
    record.latencyMicroseconds = -1
    record.gaugeCount = 0
    record.time = .unknown
  }

  private static func keep(
    _ saved: [18 of ByteRange], _ name: FieldName, _ record: inout LogRecord
  ) {
    record[name] = saved[Int(name.rawValue)]
  }

  /// The inner time stands if it is as fine as the outer, which says when the line was passed on.
  private static func settle(_ outer: Timestamp, _ record: inout LogRecord) {
    guard outer.isKnown else { return }
    if !record.time.isKnown || record.time.nanoseconds % 1_000_000_000 == 0 {
      record.time = outer
    }
  }

  private static func shift(_ record: inout LogRecord, by distance: Int) {
    for i in record.fields.indices where !record.fields[i].isEmpty {
      record.fields[i] = ByteRange(
        Int(record.fields[i].lower) + distance, Int(record.fields[i].upper) + distance)
    }
    for i in 0..<record.gaugeCount {
      record.gauges[i].name = ByteRange(
        Int(record.gauges[i].name.lower) + distance, Int(record.gauges[i].name.upper) + distance)
    }
  }

  /// Whether text begins `key=`.
  private static func isPair(_ b: Span<UInt8>) -> Bool {
    var i = 0
    while i < min(b.count, 40), isLetter(b[i]) || isDigit(b[i]) || b[i] == 0x5f || b[i] == 0x2e {
      i += 1
    }
    return i > 0 && i < b.count && b[i] == 0x3d
  }

  private static func json(
    _ b: Span<UInt8>, _ lower: Int, _ to: Int, _ outerTime: Timestamp, _ context: StampContext,
    _ record: inout LogRecord
  ) -> Bool {
    // All ranges of a decoded record refer to the decoded text: what the outer layer found goes
    // there first.
    let saved = record.fields
    let (severity, outcome) = (record.severity, record.outcome)
    record.decoded.removeAll(keepingCapacity: true)
    record.usesDecoded = true
    record.fields = .init(repeating: ByteRange())
    for name in [FieldName.host, .service] {
      let range = saved[Int(name.rawValue)].range
      guard !range.isEmpty, range.upperBound <= b.count else { continue }
      let start = record.decoded.count
      for i in range { record.decoded.append(b[i]) }
      record[name] = ByteRange(start, record.decoded.count)
    }
    let outerService = record[.service]
    record[.service] = ByteRange()
    record.time = .unknown
    record.severity = .unknown
    var scan = JSONScan(context: context)
    var i = lower
    if scan.object(b, &i, to, prefix: 0..<0, depth: 0, &record), i >= to,
      record.time.isKnown || outerTime.isKnown
    {
      if record[.service].isEmpty { record[.service] = outerService }
      settle(outerTime, &record)
      if record.severity == .unknown { record.severity = severity }
      let decoded = record.decoded
      inferOutcome(decoded.span, &record)
      if record.severity == .unknown, !record[.message].isEmpty { refine(decoded.span, &record) }
      return true
    }
    record.usesDecoded = false
    reset(&record, saved, severity, outcome)
    record.time = outerTime
    return false
  }
}

/// Kubernetes' container logs: `time stream tag text`; the text is read as what it is.
///
/// Source: Kubernetes, *CRI: log management for container stdout/stderr streams*.
struct ContainerParser: RecordParser {
  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let n = trimmedEnd(b)
    guard n > 0 else { return .ignored }
    guard let stamp = Stamps.iso(b, 0, context), stamp.end + 8 < n, b[stamp.end] == 0x20,
      has("stdout ", in: b, at: stamp.end + 1) || has("stderr ", in: b, at: stamp.end + 1)
    else { return .notThisFormat }
    var i = stamp.end + 8
    guard b[i] == 0x46 || b[i] == 0x50 else { return .notThisFormat }
    i += 1
    if i < n, b[i] == 0x20 { i += 1 }
    record.time = stamp.time
    if i < n, !Layers.unwrap(b, i, n, context, &record) {
      record[.message] = ByteRange(i, n)
      readLevel(b, &record)
      readLogin(b, &record)
    }
    return .parsed
  }
}

/// Docker's json-file driver: an object with `log`, `stream` and `time`.
struct DockerParser: RecordParser {
  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let outcome = JSONLineParser().parse(b, context: context, into: &record)
    guard outcome == .parsed else { return outcome }
    if !record.usesDecoded {
      record.usesDecoded = true
      record.decoded.removeAll(keepingCapacity: true)
      unsafe b.withUnsafeBufferPointer { unsafe record.decoded.append(contentsOf: $0) }
    }
    // The line itself is JSON or an access log more often than not.
    let message = record[.message].range
    let text = record.decoded
    guard !message.isEmpty, message.upperBound <= text.count else { return outcome }
    var end = message.upperBound
    while end > message.lowerBound, text[end - 1] == 0x0a || text[end - 1] == 0x0d { end -= 1 }
    var inner = LogRecord()
    inner.time = record.time
    guard Layers.unwrap(text.span, message.lowerBound, end, context, &inner) else {
      record[.message] = ByteRange(message.lowerBound, end)
      return outcome
    }
    if !inner.usesDecoded {
      inner.usesDecoded = true
      inner.decoded = text
    }
    if inner[.host].isEmpty || inner[.service].isEmpty {
      for name in [FieldName.host, .service] where inner[name].isEmpty && !record[name].isEmpty {
        let start = inner.decoded.count
        for i in record[name].range { inner.decoded.append(text[i]) }
        inner[name] = ByteRange(start, inner.decoded.count)
      }
    }
    inner.stampMemo = record.stampMemo
    record = inner
    return .parsed
  }
}

/// `docker compose logs`: a container's name, a bar, and the container's line.
struct ComposeParser: RecordParser {
  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let n = trimmedEnd(b)
    guard n > 0 else { return .ignored }
    var i = 0
    // The tool draws over its own lines with escape sequences.
    while i < n, b[i] == 0x1b || b[i] == 0x0d || b[i] == 0x20 {
      i = b[i] == 0x1b ? ansiEnd(b, i, n) : i + 1
    }
    let name = i
    while i < n, isLetter(b[i]) || isDigit(b[i]) || b[i] == 0x2d || b[i] == 0x5f || b[i] == 0x2e {
      i += 1
    }
    let end = i
    guard end > name, end - name <= 64 else { return .notThisFormat }
    while i < n, b[i] == 0x20 || b[i] == 0x1b { i = b[i] == 0x1b ? ansiEnd(b, i, n) : i + 1 }
    guard i < n, b[i] == 0x7c else { return .notThisFormat }
    i += 1
    while i < n, b[i] == 0x20 || b[i] == 0x1b { i = b[i] == 0x1b ? ansiEnd(b, i, n) : i + 1 }
    record[.service] = ByteRange(name, end)
    guard i < n, Layers.unwrap(b, i, n, context, &record), record.time.isKnown else {
      return .notThisFormat
    }
    return .parsed
  }
}

/// CEF and LEEF events, bare or behind a syslog header.
///
/// Sources: Micro Focus, *ArcSight Common Event Format*; IBM, *QRadar Log Event Extended Format*.
struct EventFormatParser: RecordParser {
  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let n = trimmedEnd(b)
    guard n > 0 else { return .ignored }
    let isLEEF: Bool
    let start: Int
    if let at = find("CEF:", in: b, from: 0, to: min(n, 200)) {
      (isLEEF, start) = (false, at + 4)
    } else if let at = find("LEEF:", in: b, from: 0, to: min(n, 200)) {
      (isLEEF, start) = (true, at + 5)
    } else if isDigit(b[0]), n > 2, b[1] == 0x7c {
      (isLEEF, start) = (false, 0)
    } else {
      return .notThisFormat
    }
    if start > 5 {
      var i = 0
      if b[0] == 0x3c, let close = find(0x3e, in: b, from: 0, to: 6) { i = close + 1 }
      if let stamp = Stamps.any(b, i, context) {
        record.time = stamp.time
        i = stamp.end
        while i < start, b[i] == 0x20 { i += 1 }
        var end = i
        while end < start, b[end] != 0x20 { end += 1 }
        if end > i, end < start { record[.host] = ByteRange(i, end) }
      }
    }
    // version | vendor | product | version | id | [name | severity |] extension
    var bars: [8 of Int] = .init(repeating: -1)
    var count = 0
    var i = start
    let wanted = isLEEF ? 5 : 7
    while i < n, count < wanted {
      if b[i] == 0x5c {
        i += 2
        continue
      }
      if b[i] == 0x7c {
        bars[count] = i
        count += 1
      }
      i += 1
    }
    guard count == wanted else { return .notThisFormat }
    record[.service] = ByteRange(bars[1] + 1, bars[2])
    record[.operation] = ByteRange(bars[3] + 1, bars[4])
    if !isLEEF {
      record[.message] = ByteRange(bars[4] + 1, bars[5])
      if let level = decimal(b, (bars[5] + 1)..<bars[6]) {
        record.severity =
          level >= 9 ? .critical : level >= 7 ? .error : level >= 4 ? .warning : .info
      }
    }
    extensions(b, i, n, context, isLEEF, &record)
    return record.time.isKnown ? .parsed : .badTimestamp
  }

  /// `key=value key=value with blanks`: a value ends before the next key.
  private func extensions(
    _ b: Span<UInt8>, _ from: Int, _ n: Int, _ context: StampContext, _ isLEEF: Bool,
    _ record: inout LogRecord
  ) {
    var equals = find(0x3d, in: b, from: from, to: n)
    while let at = equals {
      var key = at
      while key > from, isLetter(b[key - 1]) || isDigit(b[key - 1]) || b[key - 1] == 0x5f {
        key -= 1
      }
      // The next equals sign that follows a word is the next key's.
      var next = find(0x3d, in: b, from: at + 1, to: n)
      var end = n
      while let candidate = next {
        var word = candidate
        while word > at + 1, isLetter(b[word - 1]) || isDigit(b[word - 1]) || b[word - 1] == 0x5f {
          word -= 1
        }
        if word < candidate, word > at + 1, isSpace(b[word - 1]) || b[word - 1] == 0x09 {
          end = word - 1
          break
        }
        next = find(0x3d, in: b, from: candidate + 1, to: n)
      }
      if isLEEF, let tab = find(0x09, in: b, from: at, to: end) { end = tab }
      give(b, key..<at, (at + 1)..<max(at + 1, end), context, &record)
      equals = next
    }
  }

  private func give(
    _ b: Span<UInt8>, _ key: Range<Int>, _ value: Range<Int>, _ context: StampContext,
    _ record: inout LogRecord
  ) {
    guard !key.isEmpty, !value.isEmpty else { return }
    func named(_ word: StaticString) -> Bool {
      key.count == word.utf8CodeUnitCount && hasFolded(word, in: b, at: key.lowerBound)
    }
    if named("rt") || named("start") || named("end") || named("devtime")
      || (key.count > 4 && hasFolded("utctime", in: b, at: key.upperBound - 7))
    {
      if let stamp = Stamps.any(b, value.lowerBound, context), stamp.end <= value.upperBound {
        if stamp.hasZone || !record.time.isKnown { record.time = stamp.time }
      } else if let time = Stamps.epoch(b, value) {
        record.time = time
      }
    } else if named("msg") {
      record[.message] = ByteRange(value.lowerBound, value.upperBound)
    } else if named("src") {
      record[.address] = ByteRange(value.lowerBound, value.upperBound)
    } else if named("dst") {
      record[.peer] = ByteRange(value.lowerBound, value.upperBound)
    } else if named("suser") || named("duser") || named("usrname") {
      record[.user] = ByteRange(value.lowerBound, value.upperBound)
    } else if named("act") || named("outcome") {
      let found = outcomeWord(b, value)
      if found != .unknown { record.outcome = found }
    } else if named("request") {
      record[.target] = ByteRange(value.lowerBound, value.upperBound)
    }
  }
}

/// MySQL's slow query log: a block of `#` lines, then the statement.
///
/// Source: MySQL Reference Manual, *The Slow Query Log*.
struct SlowQueryParser: RecordParser {
  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let n = trimmedEnd(b)
    guard n > 0 else { return .ignored }
    guard has("# Time: ", in: b, at: 0) else { return .ignored }
    guard let stamp = Stamps.any(b, 8, context) else { return .badTimestamp }
    record.time = stamp.time
    record.severity = .warning
    if let at = find("# User@Host: ", in: b, from: 0, to: n) {
      var end = at + 13
      while end < n, b[end] != 0x5b, b[end] != 0x20, b[end] != 0x0a { end += 1 }
      record[.user] = ByteRange(at + 13, end)
      let line = find(0x0a, in: b, from: at, to: n) ?? n
      if let open = find("@ ", in: b, from: end, to: line),
        let bracket = find(0x5b, in: b, from: open, to: line),
        let close = find(0x5d, in: b, from: bracket, to: line), close > bracket + 1
      {
        record[.address] = ByteRange(bracket + 1, close)
      }
    }
    if let at = find("# Query_time: ", in: b, from: 0, to: n) {
      var end = at + 14
      while end < n, isDigit(b[end]) || b[end] == 0x2e { end += 1 }
      if let micros = scaledNumber(b, (at + 14)..<end, scale: 1_000_000) {
        record.latencyMicroseconds = max(0, micros)
      }
    }
    // The statement: the first line that is no comment and no SET timestamp.
    var i = 0
    while i < n {
      let end = find(0x0a, in: b, from: i, to: n) ?? n
      if b[i] != 0x23, !hasFolded("set timestamp", in: b, at: i), !hasFolded("use ", in: b, at: i) {
        record[.message] = ByteRange(i, n)
        var word = i
        while word < end, isLetter(b[word]) { word += 1 }
        if word > i { record[.operation] = ByteRange(i, word) }
        break
      }
      i = end + 1
    }
    return .parsed
  }
}

/// A level that stands as a word at the beginning of a message.
func readLevel(_ b: Span<UInt8>, _ record: inout LogRecord) {
  guard record.severity == .unknown, !record[.message].isEmpty else { return }
  let range = record[.message].range
  guard range.upperBound <= b.count else { return }
  var i = range.lowerBound
  while i < range.upperBound, b[i] == 0x5b || b[i] == 0x3c || isSpace(b[i]) { i += 1 }
  var end = i
  while end < range.upperBound, isLetter(b[end]), end - i < 10 { end += 1 }
  guard end - i >= 4, end < range.upperBound, !isLetter(b[end]) else { return }
  // In capitals, or closed by a bracket or colon: a sentence may begin with "Error".
  let isCapital = b[i] >= 0x41 && b[i] <= 0x5a && b[i + 1] >= 0x41 && b[i + 1] <= 0x5a
  guard isCapital || b[end] == 0x5d || b[end] == 0x3a || b[end] == 0x3e else { return }
  record.severity = severity(b, i..<end)
}
