import Records

/// journald's fields that a record has a place for. Others are left out.
///
/// Source: systemd.journal-fields(7).
private struct JournalFields {
  /// Names of what wrote the record, used where nothing better comes.
  private var command = ByteRange()
  private var unit = ByteRange()
  private var group = ByteRange()
  /// Both clocks of the host when the journal took the record, microseconds.
  private var realtime: Int64 = -1
  private var monotonic: Int64 = -1

  mutating func take(
    _ name: Span<UInt8>, _ value: Range<Int>, _ b: Span<UInt8>, _ record: inout LogRecord
  ) {
    let range = ByteRange(value.lowerBound, value.upperBound)
    switch name.count {
    case 4 where has("UNIT", in: name, at: 0):
      // What systemd itself speaks of: the unit that it starts, stops or finds failed.
      record[.target] = range
    case 5 where has("_COMM", in: name, at: 0): command = range
    case 7 where has("MESSAGE", in: name, at: 0):
      if record[.message].isEmpty { record[.message] = range }
    case 8:
      if has("PRIORITY", in: name, at: 0), let level = decimal(b, value) {
        record.severity = syslogSeverity(level)
      } else if has("_BOOT_ID", in: name, at: 0) {
        record[.boot] = range
      }
    case 9 where has("_HOSTNAME", in: name, at: 0): record[.host] = range
    case 13 where has("_SYSTEMD_UNIT", in: name, at: 0): unit = range
    case 15 where has("_SYSTEMD_CGROUP", in: name, at: 0): group = range
    case 17 where has("SYSLOG_IDENTIFIER", in: name, at: 0): record[.service] = range
    case 20 where has("__REALTIME_TIMESTAMP", in: name, at: 0):
      // The source's own stamp is nearer to the event, if there is one.
      if !record.time.isKnown { record.time = microseconds(b, value) }
      realtime = decimal(b, value) ?? -1
    case 21 where has("__MONOTONIC_TIMESTAMP", in: name, at: 0):
      monotonic = decimal(b, value) ?? -1
    case 26 where has("_SOURCE_REALTIME_TIMESTAMP", in: name, at: 0):
      let time = microseconds(b, value)
      if time.isKnown { record.time = time }
    default: break
    }
  }

  /// Names the service by command, unit or control group where it did not name itself.
  func settle(_ b: Span<UInt8>, _ record: inout LogRecord) {
    trimMessage(b, &record)
    if monotonic >= 0, realtime > monotonic {
      record.clockBase = (realtime - monotonic) / 1000
      record.uptime = monotonic / 1000
    }
    guard record[.service].isEmpty else { return }
    record[.service] = [command, unit, leaf(of: group, b)].first { !$0.isEmpty } ?? ByteRange()
  }

  /// `/system.slice/docker-1f2e.scope` is called by its last part.
  private func leaf(of path: ByteRange, _ b: Span<UInt8>) -> ByteRange {
    guard Int(path.upper) <= b.count else { return ByteRange() }
    var start = Int(path.upper)
    while start > Int(path.lower), b[start - 1] != 0x2f { start -= 1 }
    return ByteRange(start, Int(path.upper))
  }
}

private func microseconds(_ b: Span<UInt8>, _ range: Range<Int>) -> Timestamp {
  guard let value = decimal(b, range) else { return .unknown }
  return Timestamp(seconds: value / 1_000_000, nanoseconds: value % 1_000_000 * 1000)
}

/// The end of a message without trailing line feeds: what is written differs, what is meant does not.
private func trimMessage(_ b: Span<UInt8>, _ record: inout LogRecord) {
  var range = record[.message]
  while !range.isEmpty, Int(range.upper) <= b.count, b[Int(range.upper) - 1] == 0x0a {
    range.upper -= 1
  }
  record[.message] = range
}

/// journald's export format, as `journalctl -o export` prints it.
///
/// Source: systemd, *Journal Export Formats*.
struct JournalExportParser: RecordParser {
  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    var i = 0
    var fields = 0
    var known = JournalFields()
    let n = b.count
    while i < n {
      guard let newline = find(0x0a, in: b, from: i) ?? (i < n ? n : nil) else { break }
      if newline == i {
        i += 1
        continue
      }
      if let equals = find(0x3d, in: b, from: i, to: newline) {
        known.take(b.extracting(i..<equals), (equals + 1)..<newline, b, &record)
        fields += 1
        i = newline + 1
      } else if newline + 9 <= n {
        let length = littleEndian(b, newline + 1)
        guard length <= UInt64(n - newline - 9) else { return .notThisFormat }
        let start = newline + 9
        known.take(b.extracting(i..<newline), start..<(start + Int(length)), b, &record)
        fields += 1
        i = start + Int(length) + 1
      } else {
        return .notThisFormat
      }
    }
    if fields == 0 { return .ignored }
    guard record.time.isKnown else { return fields >= 3 ? .badTimestamp : .notThisFormat }
    known.settle(b, &record)
    readLogin(b, &record)
    return .parsed
  }
}

/// journald's JSON, as `journalctl -o json` prints it.
///
/// Every value is a string; an array of numbers is bytes; an array of strings is a field that came
/// several times, of which the first counts, as in the export format; `null` is a value that was
/// too long.
struct JournalJSONParser: RecordParser {
  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let n = trimmedEnd(b)
    guard n > 0 else { return .ignored }
    var start = 0
    if b[0] == 0x1e { start = 1 }
    if has("data: ", in: b, at: start) { start += 6 }
    guard start < n, b[start] == 0x7b, b[n - 1] == 0x7d,
      find("\"__REALTIME_TIMESTAMP\"", in: b, from: start, to: n) != nil
    else { return .notThisFormat }
    record.usesDecoded = true
    var scan = PairScan()
    guard scan.object(b, start, n, &record.decoded) else { return .notThisFormat }
    let decoded = record.decoded
    let text = decoded.span
    var known = JournalFields()
    for pair in scan.pairs { known.take(text.extracting(pair.key), pair.value, text, &record) }
    // Export names the journal's own stamp first; so the source's stamp wins in either order.
    guard record.time.isKnown else { return .badTimestamp }
    known.settle(text, &record)
    readLogin(text, &record)
    return .parsed
  }
}

/// Reads `{"key": value, ...}` with values that are strings, byte arrays, arrays of those, or null.
private struct PairScan {
  static let pairLimit = 256
  var pairs: [(key: Range<Int>, value: Range<Int>)] = []

  mutating func object(_ b: Span<UInt8>, _ start: Int, _ n: Int, _ out: inout [UInt8]) -> Bool {
    var i = start + 1
    func skip() {
      while i < n, b[i] <= 0x20 || b[i] == 0x2c || b[i] == 0x3a { i += 1 }
    }
    while i < n {
      skip()
      if i < n, b[i] == 0x7d { return true }
      guard i < n, b[i] == 0x22 else { return false }
      let keyStart = out.count
      guard decodeJSONString(b, &i, n, into: &out) else { return false }
      let key = keyStart..<out.count
      skip()
      guard i < n else { return false }
      let valueStart = out.count
      switch b[i] {
      case 0x22:
        guard decodeJSONString(b, &i, n, into: &out) else { return false }
      case 0x5b:
        guard list(b, &i, n, &out, depth: 0) else { return false }
      default:
        let from = i
        while i < n, b[i] != 0x2c, b[i] != 0x7d { i += 1 }
        if isDigit(b[from]) { for k in from..<i { out.append(b[k]) } } else { continue }
      }
      if pairs.count < PairScan.pairLimit { pairs.append((key, valueStart..<out.count)) }
    }
    return false
  }

  /// The first string of a list, or the bytes that it lists.
  private func list(
    _ b: Span<UInt8>, _ i: inout Int, _ n: Int, _ out: inout [UInt8], depth: Int
  ) -> Bool {
    i += 1
    var first = true
    while i < n {
      let c = b[i]
      if c == 0x5d {
        i += 1
        return true
      }
      if c == 0x22 {
        var rest: [UInt8] = []
        let good =
          first ? decodeJSONString(b, &i, n, into: &out) : decodeJSONString(b, &i, n, into: &rest)
        if !good { return false }
        first = false
      } else if c == 0x5b, depth < 2 {
        var rest: [UInt8] = []
        let good =
          first
          ? list(b, &i, n, &out, depth: depth + 1) : list(b, &i, n, &rest, depth: depth + 1)
        if !good { return false }
        first = false
      } else if isDigit(c) {
        var value = 0
        while i < n, isDigit(b[i]), value < 1000 {
          value = value * 10 + Int(b[i] &- 0x30)
          i += 1
        }
        out.append(UInt8(truncatingIfNeeded: value))
      } else {
        i += 1
      }
    }
    return false
  }

}
