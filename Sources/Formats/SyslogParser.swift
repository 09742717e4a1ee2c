import Records

/// syslog lines: RFC 3164 with or without priority, ISO stamps as rsyslog and journalctl write them,
/// and RFC 5424.
///
/// Sources: RFC 3164, RFC 5424; journalctl(1), output short and short-iso.
struct SyslogParser: RecordParser {
  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let n = trimmedEnd(b)
    guard n > 0 else { return .ignored }
    var i = 0
    if b[0] == 0x3c, let close = find(0x3e, in: b, from: 1, to: min(n, 6)),
      let priority = decimal(b, 1..<close), priority < 192
    {
      record.severity = syslogSeverity(priority & 7)
      i = close + 1
      if i + 1 < n, b[i] == 0x31, b[i + 1] == 0x20 {
        return parse5424(b, i + 2, n, context, &record)
      }
    } else if has("-- ", in: b, at: 0) {
      // journalctl's own remarks: boots, beginnings, "No entries".
      return .ignored
    }
    while i < n, b[i] == 0x1b { i = ansiEnd(b, i, n) }
    let strict = i < n && isDigit(b[i])
    guard
      let stamp = Stamps.syslog(b, i, context) ?? Stamps.iso(b, i, context)
        ?? (i < n && b[i] >= 0x80 ? Stamps.words(b, i, context) : nil)
    else {
      return i + 15 < n && Stamps.month(b, i) > 0 && Stamps.clock(b, i + 7) >= 0
        ? .badTimestamp : .notThisFormat
    }
    i = stamp.end
    guard i < n, b[i] == 0x20 else { return .notThisFormat }
    record.time = stamp.time
    while i < n, b[i] == 0x20 { i += 1 }
    // host tag[pid]: message. The kernel and some devices leave the host out.
    let hostStart = i
    while i < n, b[i] != 0x20 { i += 1 }
    guard i > hostStart else { return .notThisFormat }
    // Behind a stamp that many programs write, only the whole shape makes it syslog.
    if strict, !isHostAndTag(b, hostStart, i, n) {
      record.reset()
      return .notThisFormat
    }
    if b[i - 1] == 0x3a {
      setTag(b, hostStart, i, &record)
    } else {
      record[.host] = ByteRange(hostStart, i)
      while i < n, b[i] == 0x20 { i += 1 }
      let tagStart = i
      while i < n, b[i] != 0x20, b[i] != 0x3a || (i + 1 < n && b[i + 1] != 0x20) { i += 1 }
      if i < n, b[i] == 0x3a {
        setTag(b, tagStart, i, &record)
        i += 1
      } else if i > tagStart, b[i - 1] == 0x5d {
        setTag(b, tagStart, i, &record)
      } else {
        i = tagStart
      }
    }
    while i < n, b[i] == 0x20 || b[i] == 0x3a { i += 1 }
    if i < n {
      record[.message] = ByteRange(i, n)
      if isLayered(b, i, n, record) {
        let before = record
        if !Layers.unwrap(b, i, n, context, &record) { record = before }
        return .parsed
      }
    }
    readCode(b, i, n, &record)
    readUnit(b, i, n, &record)
    readLogin(b, &record)
    readSender(b, &record)
    return .parsed
  }

  /// `%FACILITY-SEVERITY-MNEMONIC: ...`, as network equipment codes its messages.
  ///
  /// Source: Cisco, *System Message Guide*.
  private func readCode(_ b: Span<UInt8>, _ i: Int, _ n: Int, _ record: inout LogRecord) {
    guard i < n, b[i] == 0x25, let dash = find(0x2d, in: b, from: i, to: min(n, i + 40)),
      dash > i + 1, dash + 2 < n, b[dash + 1] >= 0x30, b[dash + 1] <= 0x37, b[dash + 2] == 0x2d,
      find(0x3a, in: b, from: dash, to: min(n, dash + 60)) != nil
    else { return }
    if record.severity == .unknown { record.severity = syslogSeverity(Int64(b[dash + 1] - 0x30)) }
    if record[.service].isEmpty { record[.service] = ByteRange(i + 1, dash) }
  }

  /// `NAME.service: ...`, where systemd speaks of a unit: it is the unit's record.
  private func readUnit(_ b: Span<UInt8>, _ i: Int, _ n: Int, _ record: inout LogRecord) {
    guard record[.service].count == 7, has("systemd", in: b, at: Int(record[.service].lower)),
      let colon = find(0x3a, in: b, from: i, to: min(n, i + 128)), colon > i + 8,
      has(".service", in: b, at: colon - 8), find(0x20, in: b, from: i, to: colon) == nil
    else { return }
    record[.service] = ByteRange(i, colon - 8)
  }

  /// Whether the message is a record of another format: JSON, or a web server's access line.
  private func isLayered(
    _ b: Span<UInt8>, _ i: Int, _ n: Int, _ record: borrowing LogRecord
  ) -> Bool {
    if b[i] == 0x7b, b[n - 1] == 0x7d { return true }
    guard isDigit(b[i]), let open = find(0x5b, in: b, from: i, to: min(n, i + 120)) else {
      return false
    }
    return open + 21 < n && b[open + 3] == 0x2f && b[open + 7] == 0x2f
  }

  /// `host tag[pid]:` or `host tag:`: neither is a level, the tag ends in a colon or a bracket.
  private func isHostAndTag(_ b: Span<UInt8>, _ from: Int, _ end: Int, _ n: Int) -> Bool {
    guard end < n, end - from <= 255, b[end - 1] != 0x3a,
      severity(b, from..<end) == .unknown || isDigit(b[from])
    else { return false }
    for i in from..<end {
      let c = b[i]
      guard isLetter(c) || isDigit(c) || c == 0x2e || c == 0x2d || c == 0x5f || c == 0x3a else {
        return false
      }
    }
    var i = end
    while i < n, b[i] == 0x20 { i += 1 }
    let tag = i
    while i < n, b[i] != 0x20, i - tag < 128 { i += 1 }
    guard i > tag, isLetter(b[tag]) || b[tag] == 0x2f || b[tag] == 0x28 else { return false }
    return b[i - 1] == 0x3a && (severity(b, tag..<(i - 1)) == .unknown)
      || b[i - 1] == 0x5d && find(0x5b, in: b, from: tag, to: i) != nil
  }

  private func setTag(_ b: Span<UInt8>, _ from: Int, _ to: Int, _ record: inout LogRecord) {
    var end = to
    if end > from, b[end - 1] == 0x3a { end -= 1 }
    if let open = find(0x5b, in: b, from: from, to: end) { end = open }
    // Program paths: /usr/sbin/cron.
    var start = from
    for k in from..<end where b[k] == 0x2f { start = k + 1 }
    // Digits alone number the messages.
    var isNumber = true
    for k in start..<max(start, end) where !isDigit(b[k]) { isNumber = false }
    if start < end, !isNumber { record[.service] = ByteRange(start, end) }
  }

  /// `1 time host app procid msgid [sd] msg`, behind the priority and the version.
  private func parse5424(
    _ b: Span<UInt8>, _ start: Int, _ n: Int, _ context: StampContext, _ record: inout LogRecord
  ) -> ParseOutcome {
    var i = start
    var fields: [5 of ByteRange] = .init(repeating: ByteRange())
    for k in 0..<5 {
      let from = i
      while i < n, b[i] != 0x20 { i += 1 }
      guard i > from else { return .notThisFormat }
      fields[k] = ByteRange(from, i)
      i += 1
    }
    guard let stamp = Stamps.iso(b, Int(fields[0].lower), context) else { return .badTimestamp }
    record.time = stamp.time
    func isNil(_ range: ByteRange) -> Bool { range.count == 1 && b[Int(range.lower)] == 0x2d }
    if !isNil(fields[1]) { record[.host] = fields[1] }
    if !isNil(fields[2]) { record[.service] = fields[2] }
    // Structured data: "-" or [id key="value" ...]...
    if i < n, b[i] == 0x2d {
      i += 1
    } else {
      while i < n, b[i] == 0x5b {
        var quoted = false
        while i < n {
          let c = b[i]
          if c == 0x5c {
            i += 2
            continue
          }
          if c == 0x22 { quoted.toggle() }
          i += 1
          if c == 0x5d, !quoted { break }
        }
      }
    }
    while i < n, b[i] == 0x20 { i += 1 }
    if i + 2 < n, b[i] == 0xef, b[i + 1] == 0xbb, b[i + 2] == 0xbf { i += 3 }
    if i < n { record[.message] = ByteRange(i, n) }
    readLogin(b, &record)
    return .parsed
  }
}

/// Source: RFC 5424 table 2.
func syslogSeverity(_ level: Int64) -> Severity {
  switch level {
  case 0...2: .critical
  case 3: .error
  case 4: .warning
  case 5: .notice
  case 6: .info
  default: .debug
  }
}
