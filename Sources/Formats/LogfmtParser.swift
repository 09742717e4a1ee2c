import Records

/// `key=value key="quoted value"` lines: logfmt, and what looks like it.
///
/// Source: the logfmt form of Heroku's loggers; B. Kjellson, *logfmt* (2013).
struct LogfmtParser: RecordParser {
  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let n = trimmedEnd(b)
    guard n > 0 else { return .ignored }
    var i = 0
    var pairs = 0
    var words = 0
    var badTime = false
    // A bare stamp may come first.
    if isDigit(b[0]), let stamp = Stamps.any(b, 0, context) {
      record.time = stamp.time
      i = stamp.end
    }
    while i < n {
      while i < n, isSpace(b[i]) { i += 1 }
      let keyStart = i
      while i < n, b[i] != 0x3d, !isSpace(b[i]), b[i] != 0x22 { i += 1 }
      guard i < n, b[i] == 0x3d, i > keyStart else {
        // A bare word: a level, or part of nothing.
        let level = i > keyStart ? severity(b, keyStart..<i) : .unknown
        if record.severity == .unknown { record.severity = level }
        if level == .unknown { words += 1 }
        if i < n, b[i] == 0x22 {
          i = (find(0x22, in: b, from: i + 1, to: n) ?? n - 1) + 1
        } else if i == keyStart {
          i += 1
        }
        continue
      }
      let key = keyStart..<i
      i += 1
      var value = i..<i
      var isNumber = false
      if i < n, b[i] == 0x22 {
        var close = i + 1
        while let quote = find(0x22, in: b, from: close, to: n) {
          close = quote
          if b[quote - 1] != 0x5c || quote - 1 == i { break }
          close = quote + 1
        }
        let end = close < n && b[close] == 0x22 ? close : n
        value = (i + 1)..<max(i + 1, end)
        i = min(n, end + 1)
      } else {
        let from = i
        while i < n, !isSpace(b[i]) { i += 1 }
        value = from..<i
        isNumber = from < i && (isDigit(b[from]) || b[from] == 0x2d)
      }
      pairs += 1
      if !assign(
        KeyNames.meaning(b.extracting(key)), key: key, value: value, isNumber: isNumber, in: b,
        context: context, to: &record)
      {
        badTime = true
      }
    }
    // More words than pairs: a sentence with a pair in it.
    guard pairs >= 2, words < pairs else { return .notThisFormat }
    if !record.time.isKnown { return badTime ? .badTimestamp : .notThisFormat }
    inferOutcome(b, &record)
    return .parsed
  }
}

/// An event's own name may say how it ended: `login_ok`, `sn_try` with `err=`, `login_fail`.
func inferOutcome(_ b: Span<UInt8>, _ record: inout LogRecord) {
  guard record.outcome == .unknown, !record[.operation].isEmpty, record.status < 0 else { return }
  let name = record[.operation].range
  guard name.upperBound <= b.count else { return }
  // The last word after an underscore, dash, dot or blank.
  var start = name.upperBound
  while start > name.lowerBound {
    let c = b[start - 1]
    if c == 0x5f || c == 0x2d || c == 0x2e || c == 0x20 { break }
    start -= 1
  }
  guard start > name.lowerBound else { return }
  if hasFolded("ok", in: b, at: start) || hasFolded("ack", in: b, at: start)
    || hasFolded("success", in: b, at: start) || hasFolded("resp", in: b, at: start)
    || hasFolded("done", in: b, at: start)
  {
    record.outcome = .success
  } else if hasFolded("fail", in: b, at: start) || hasFolded("error", in: b, at: start)
    || hasFolded("lost", in: b, at: start) || hasFolded("miss", in: b, at: start)
  {
    record.outcome = .failure
  } else if hasFolded("timeout", in: b, at: start) {
    record.outcome = .timeout
  }
}
