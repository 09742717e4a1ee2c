import Records

/// Files that name their columns in comment lines: W3C extended logs (IIS, CloudFront, Windows
/// Firewall, Exchange tracking) and Zeek's tab-separated logs.
///
/// Made for one source from the headers in its sample. Several headers may stand in one file: a line
/// is read by the header that has as many columns.
///
/// Sources: W3C, *Extended Log File Format* (WD-logfile-960323); Zeek manual, *Log formats*.
struct HeaderedParser: RecordParser {
  private struct Header: Sendable {
    var meanings: [KeyMeaning?]
    var date: Int?
    var time: Int?
    /// Day of `#Date`, for rows that give a time alone.
    var day: (year: Int32, month: Int32, day: Int32)?
  }

  let name: String
  private var headers: [Header] = []
  private let separator: UInt8
  private var offsetSeconds: Int64 = 0
  /// W3C times are UTC by definition, except where a header says that they are local.
  private var isLocal = false

  private static let w3c: [String: KeyMeaning] = [
    "c-ip": .field(.address), "cs-username": .field(.user), "cs-method": .field(.operation),
    "cs-uri-stem": .field(.target), "cs-uri": .field(.target), "sc-status": .httpStatus,
    "sc-bytes": .bytes, "cs(user-agent)": .field(.agent), "cs(referer)": .field(.referrer),
    "time-taken": .latency(1000), "s-computername": .field(.host), "s-sitename": .field(.service),
    "cs-host": .field(.service), "x-edge-location": .field(.region), "s-ip": .field(.peer),
    "src-ip": .field(.address), "dst-ip": .field(.peer), "action": .outcome,
    "x-edge-result-type": .ignored, "x-edge-request-id": .field(.requestID),
    "client-ip": .field(.address), "server-hostname": .field(.host),
    "s-port": .ignored, "c-port": .port, "sc-substatus": .ignored, "sc-win32-status": .ignored,
  ]
  private static let zeek: [String: KeyMeaning] = [
    "ts": .time, "id.orig_h": .field(.address), "id.resp_h": .field(.peer),
    "uid": .field(.requestID), "method": .field(.operation), "uri": .field(.target),
    "status_code": .httpStatus, "user_agent": .field(.agent), "service": .field(.service),
    "duration": .latency(1_000_000), "query": .field(.target), "host": .field(.peer),
    "resp_bytes": .bytes, "username": .field(.user), "orig_bytes": .ignored,
    "id.orig_p": .port, "id.resp_p": .ignored, "msg": .field(.message),
  ]

  /// - Returns: `nil` unless the sample has a line of column names.
  init?(sample: Span<UInt8>) {
    let limit = min(sample.count, 64 << 10)
    var start = 0
    var isZeek = false
    var day: (Int32, Int32, Int32)?
    var found: [Header] = []
    var local = false
    var offset: Int64 = 0
    while start < limit {
      let end = find(0x0a, in: sample, from: start, to: limit) ?? limit
      defer { start = end + 1 }
      guard sample[start] == 0x23 else { continue }
      let line = sample.extracting(start..<end)
      let n = trimmedEnd(line)
      if hasFolded("#date: ", in: line, at: 0) {
        if let stamp = Stamps.any(line, 7, StampContext(reference: .unknown)) {
          let date = civilFromDays(stamp.time.seconds / 86400)
          day = (date.year, date.month, date.day)
        }
      } else if hasFolded("#time format: local", in: line, at: 0) {
        local = true
      } else if hasFolded("#gmt-offset: ", in: line, at: 0) {
        let h = Stamps.two(line, 14)
        let m = Stamps.two(line, 16)
        if h >= 0, m >= 0 {
          offset = Int64(h) * 3600 + Int64(m) * 60
          if line[13] == 0x2d { offset = -offset }
        }
      } else if hasFolded("#fields", in: line, at: 0) {
        isZeek = n > 7 && line[7] == 0x09
        var names: [String] = []
        var i = 7
        while i < n, line[i] == 0x3a || line[i] == 0x20 || line[i] == 0x09 { i += 1 }
        while i < n {
          var stop = i
          while stop < n, line[stop] != 0x20, line[stop] != 0x09 { stop += 1 }
          if stop > i {
            names.append(
              String(decoding: (i..<stop).map { line[$0] }, as: UTF8.self).lowercased())
          }
          i = stop + 1
        }
        guard names.count >= 2, names.count <= 256 else { continue }
        let table = isZeek ? HeaderedParser.zeek : HeaderedParser.w3c
        let special = names.map { table[$0] ?? KeyNames.meaning(Array($0.utf8).span) }
        found.append(
          Header(
            meanings: zip(names, special).map {
              ["date", "time", "date-local", "time-local"].contains($0) ? nil : $1
            },
            date: names.firstIndex { $0 == "date" || $0 == "date-local" },
            time: names.firstIndex { $0 == "time" || $0 == "time-local" }, day: day))
        if names.contains("time-local") { local = true }
      }
    }
    guard let first = found.first,
      isZeek || first.time != nil
        || first.meanings.contains(where: {
          if case .time? = $0 { return true }
          return false
        })
    else { return nil }
    headers = found
    name = isZeek ? "zeek" : "w3c"
    separator = isZeek ? 0x09 : 0x20
    offsetSeconds = offset
    isLocal = local
  }

  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let n = trimmedEnd(b)
    guard n > 0, b[0] != 0x23 else { return .ignored }
    let count = columns(b, n)
    guard let header = headers.first(where: { $0.meanings.count == count }) ?? headers.first,
      count >= min(header.meanings.count, 2)
    else { return .notThisFormat }
    var column = 0
    var i = 0
    var date: Range<Int>?
    var clock: Range<Int>?
    while i <= n, column < header.meanings.count {
      while separator == 0x20, i < n, b[i] == 0x20 || b[i] == 0x09 { i += 1 }
      var end = i
      var value: Range<Int>
      if separator == 0x20, i < n, b[i] == 0x22 {
        end = find(0x22, in: b, from: i + 1, to: n) ?? n
        value = (i + 1)..<end
        end = min(n, end + 1)
        while end < n, b[end] != 0x20, b[end] != 0x09 { end += 1 }
      } else {
        while end < n, b[end] != separator, separator != 0x20 || b[end] != 0x09 { end += 1 }
        value = i..<end
      }
      if column == header.date {
        date = value
      } else if column == header.time {
        clock = value
      } else if let meaning = header.meanings[column], !value.isEmpty,
        !(value.count == 1 && b[value.lowerBound] == 0x2d)
      {
        _ = assign(
          meaning, key: 0..<0, value: value,
          isNumber: isDigit(b[value.lowerBound]), in: b, context: context, to: &record)
      }
      i = end + 1
      column += 1
    }
    if let clock {
      guard let time = stamp(b, date, clock, header, context) else { return .badTimestamp }
      record.time = time
    }
    return record.time.isKnown ? .parsed : .badTimestamp
  }

  private func columns(_ b: Span<UInt8>, _ n: Int) -> Int {
    var count = 1
    var i = 0
    while i < n {
      if b[i] == 0x22, separator == 0x20 {
        i = find(0x22, in: b, from: i + 1, to: n) ?? n
      } else if b[i] == separator || (separator == 0x20 && b[i] == 0x09) {
        count += 1
        while separator == 0x20, i + 1 < n, b[i + 1] == 0x20 || b[i + 1] == 0x09 { i += 1 }
      }
      i += 1
    }
    return count
  }

  private func stamp(
    _ b: Span<UInt8>, _ date: Range<Int>?, _ clock: Range<Int>, _ header: Header,
    _ context: StampContext
  ) -> Timestamp? {
    guard let time = Stamps.looseClock(b, clock.lowerBound) else { return nil }
    var year: Int32 = 0
    var month: Int32 = 0
    var day: Int32 = 0
    if let date, date.count >= 8, Stamps.four(b, date.lowerBound) > 0 {
      year = Stamps.four(b, date.lowerBound)
      month = Stamps.two(b, date.lowerBound + 5)
      day = Stamps.two(b, date.lowerBound + 8)
    } else if let known = header.day {
      (year, month, day) = known
    } else {
      return nil
    }
    guard Stamps.isDate(year, month, day) else { return nil }
    let local = daysFromCivil(year: year, month: month, day: day) &* 86400 &+ time.second
    let offset =
      isLocal ? Int64(context.zone.offset(atLocalSeconds: local)) : offsetSeconds
    return Timestamp(seconds: local - offset, nanoseconds: time.ns)
  }
}

/// Lines with a full stamp somewhere in their first part, which no other format reads.
struct EmbeddedTimeParser: RecordParser {
  /// Bytes in which the stamp is looked for.
  static let reach = 200

  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let n = trimmedEnd(b)
    guard n > 0 else { return .ignored }
    let end = find(0x0a, in: b, from: 0, to: n) ?? n
    var i = 0
    var isBoundary = true
    while i < min(end, EmbeddedTimeParser.reach) {
      let c = b[i]
      if isBoundary, isDigit(c) || isLetter(c),
        let stamp = Stamps.any(b, i, context), stamp.end <= end, stamp.hasYear,
        stamp.end - i >= 17
      {
        record.time = stamp.time
        record[.message] = ByteRange(0, n)
        var k = stamp.end
        while k < end, !isLetter(b[k]), k - stamp.end < 4 { k += 1 }
        var word = k
        while word < end, isLetter(b[word]) { word += 1 }
        if word > k { record.severity = severity(b, k..<word) }
        if record.severity == .unknown {
          // A level in brackets before the stamp, as CouchDB writes it.
          var w = 0
          while w < i, !isLetter(b[w]) { w += 1 }
          var stop = w
          while stop < i, isLetter(b[stop]) { stop += 1 }
          if stop > w, stop - w >= 4 { record.severity = severity(b, w..<stop) }
        }
        readSender(b, &record)
        return .parsed
      }
      isBoundary = !(isDigit(c) || isLetter(c))
      i += 1
    }
    return .notThisFormat
  }
}

/// Lines that begin with a clock but no date.
struct ClockTextParser: RecordParser {
  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let n = trimmedEnd(b)
    guard n > 0 else { return .ignored }
    guard let start = stampStart(b, n), isDigit(b[start]),
      let stamp = Stamps.timeOfDay(b, start, context)
    else { return .notThisFormat }
    record.time = stamp.time
    var i = stamp.end
    while i < n, isSpace(b[i]) || b[i] == 0x5d || b[i] == 0x3a { i += 1 }
    if i < n { record[.message] = ByteRange(i, n) }
    readLevel(b, &record)
    return .parsed
  }
}

/// The address that a message names as the other side: `from 203.0.113.7`, `client: 203.0.113.7`,
/// `rhost=203.0.113.7`, `ip 203.0.113.7`, `[client 203.0.113.7`.
func readSender(_ b: Span<UInt8>, _ record: inout LogRecord) {
  guard record[.address].isEmpty, !record[.message].isEmpty else { return }
  let range = record[.message].range
  guard range.upperBound <= b.count else { return }
  let n = min(range.upperBound, range.lowerBound + 512)
  var i = range.lowerBound
  while let dot = find(0x2e, in: b, from: i, to: n) {
    // Walk back over the digits of the first part.
    var start = dot
    while start > range.lowerBound, isDigit(b[start - 1]), dot - start < 3 { start -= 1 }
    if start < dot, start == range.lowerBound || !isDigit(b[start - 1]) && b[start - 1] != 0x2e,
      let end = dottedEnd(b, start, n), introduces(b, start, range.lowerBound)
    {
      record[.address] = ByteRange(start, end)
      return
    }
    i = dot + 1
  }
}

/// Just behind four numbers with dots between, or `nil`.
private func dottedEnd(_ b: Span<UInt8>, _ start: Int, _ n: Int) -> Int? {
  var i = start
  for part in 0..<4 {
    guard let value = Stamps.number(b, i, 3), value.value <= 255 else { return nil }
    i = value.end
    if part < 3 {
      guard i < n, b[i] == 0x2e else { return nil }
      i += 1
    }
  }
  guard
    i >= n || !isDigit(b[i]) && !isLetter(b[i]) && !(b[i] == 0x2e && i + 1 < n && isDigit(b[i + 1]))
  else { return nil }
  return i
}

/// Whether the words before an address say that it is the sender's.
private func introduces(_ b: Span<UInt8>, _ at: Int, _ from: Int) -> Bool {
  var end = at
  while end > from,
    b[end - 1] == 0x20 || b[end - 1] == 0x3a || b[end - 1] == 0x3d || b[end - 1] == 0x5b
      || b[end - 1] == 0x22 || b[end - 1] == 0x27 || b[end - 1] == 0x28 || b[end - 1] == 0x2f
  {
    end -= 1
  }
  for word in ["from", "client", "rhost", "ip", "src", "address", "host", "by", "peer", "@"]
    as [StaticString]
  {
    let length = word.utf8CodeUnitCount
    if end - length >= from, hasFolded(word, in: b, at: end - length),
      end - length == from || !isLetter(b[end - length - 1]) || length == 1
    {
      return true
    }
  }
  // An address that opens the message, or stands in brackets after a host's name.
  return at == from
}
