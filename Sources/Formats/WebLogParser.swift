import Records

/// Apache's and nginx's access logs: common, combined, and combined with more behind.
///
/// `address ident user [time] "request" status bytes "referrer" "agent" ...`. A virtual host before
/// the address is understood. Of what follows the agent, a decimal fraction is the request time in
/// seconds, as is the value of `rt=` or `request_time=`.
///
/// Source: Apache HTTP Server, *Log Files*; nginx, *ngx_http_log_module*.
struct WebLogParser: RecordParser {
  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let n = trimmedEnd(b)
    guard n > 20 else { return n == 0 ? .ignored : .notThisFormat }
    guard let open = find(0x5b, in: b, from: 1, to: min(n, 384)) else { return .notThisFormat }
    guard let stamp = Stamps.clf(b, open + 1, context, &record.stampMemo), stamp.end < n,
      b[stamp.end] == 0x5d
    else {
      return b[min(n - 1, open + 3)] == 0x2f ? .badTimestamp : .notThisFormat
    }
    record.time = stamp.time
    // address ident user, or vhost address ident user.
    var starts: [4 of Int] = .init(repeating: 0)
    var ends: [4 of Int] = .init(repeating: 0)
    var words = 0
    var i = 0
    while i < open, words < 4 {
      while i < open, b[i] == 0x20 { i += 1 }
      let from = i
      while i < open, b[i] != 0x20 { i += 1 }
      if i > from {
        starts[words] = from
        ends[words] = i
        words += 1
      }
    }
    guard words >= 3 else { return .notThisFormat }
    let first =
      words == 4 && !isDash(b, starts[2], ends[2]) && isDash(b, starts[2], ends[2]) == false
        && isAddressLike(b, starts[1], ends[1]) ? 1 : 0
    if first == 1 { record[.service] = ByteRange(starts[0], ends[0]) }
    record[.address] = address(b, starts[first], ends[first])
    let user = first + 2 < words ? first + 2 : words - 1
    if !isDash(b, starts[user], ends[user]) {
      record[.user] = ByteRange(starts[user], ends[user])
    }
    guard stamp.end + 3 < n, b[stamp.end + 2] == 0x22 else { return .notThisFormat }
    let requestStart = stamp.end + 3
    guard let requestEnd = requestEnd(b, requestStart, n) else { return .notThisFormat }
    i = requestStart
    if let gap = find(0x20, in: b, from: i, to: requestEnd) {
      record[.operation] = ByteRange(i, gap)
      let end = find(0x20, in: b, from: gap + 1, to: requestEnd) ?? requestEnd
      record[.target] = ByteRange(gap + 1, end)
    } else if requestEnd > requestStart {
      record[.target] = ByteRange(requestStart, requestEnd)
    }
    i = requestEnd + 1
    while i < n, b[i] == 0x20 { i += 1 }
    if i + 2 < n, let status = decimal(b, i..<(i + 3)) {
      record.status = Int32(truncatingIfNeeded: status)
      record.outcome = webOutcome(record.status)
      i += 3
    } else {
      // A connection that went away before there was an answer.
      guard i + 1 < n, b[i] == 0x2d, b[i + 1] == 0x20 else { return .notThisFormat }
      i += 1
    }
    while i < n, b[i] == 0x20 { i += 1 }
    let sizeStart = i
    while i < n, isDigit(b[i]) { i += 1 }
    if let size = decimal(b, sizeStart..<i) { record.bytes = size }
    if i < n, b[i] == 0x2d { i += 1 }
    while i < n, b[i] == 0x20 { i += 1 }
    if i + 2 < n, b[i] == 0x22, b[i + 1] == 0x2d, b[i + 2] == 0x22 {
      i += 3
    } else {
      guard i < n, b[i] == 0x22, let referrerEnd = closingQuote(b, i + 1, n) else {
        trailing(b, i, n, &record)
        return .parsed
      }
      record[.referrer] = ByteRange(i + 1, referrerEnd)
      i = referrerEnd + 1
    }
    while i < n, b[i] == 0x20 { i += 1 }
    if i < n, b[i] == 0x22, let agentEnd = closingQuote(b, i + 1, n) {
      if !isDash(b, i + 1, agentEnd) { record[.agent] = ByteRange(i + 1, agentEnd) }
      i = agentEnd + 1
    }
    trailing(b, i, n, &record)
    return .parsed
  }

  /// The quote that ends the request: a status follows it.
  ///
  /// Not all servers escape quotes, and a request that breaks the line's form must not escape notice.
  private func requestEnd(_ b: Span<UInt8>, _ start: Int, _ n: Int) -> Int? {
    var from = start
    while let end = closingQuote(b, from, n) {
      let i = end + 2
      if i + 1 < n, b[i - 1] == 0x20, isDigit(b[i]) || (b[i] == 0x2d && b[i + 1] == 0x20) {
        return end
      }
      from = end + 1
    }
    return nil
  }

  /// What follows the agent.
  private func trailing(
    _ b: Span<UInt8>, _ start: Int, _ n: Int, _ record: inout LogRecord
  ) {
    var i = start
    var tokens = 0
    while i < n, tokens < 12 {
      while i < n, b[i] == 0x20 { i += 1 }
      guard i < n else { return }
      tokens += 1
      if b[i] == 0x22 {
        guard let end = closingQuote(b, i + 1, n) else { return }
        i = end + 1
        continue
      }
      var end = i
      var equals = -1
      while end < n, b[end] != 0x20 {
        if b[end] == 0x3d, equals < 0 { equals = end }
        end += 1
      }
      let valueStart = equals >= 0 ? equals + 1 : i
      var valueEnd = end
      if valueEnd > valueStart, b[valueEnd - 1] == 0x22 { valueEnd -= 1 }
      let from = valueStart < valueEnd && b[valueStart] == 0x22 ? valueStart + 1 : valueStart
      if equals >= 0 {
        let isTime =
          has("rt", in: b, at: i) && equals == i + 2 || has("request_time", in: b, at: i)
        if isTime, from < valueEnd,
          let micros = scaledNumber(b, from..<valueEnd, scale: 1_000_000)
        {
          record.latencyMicroseconds = max(0, micros)
        }
        if record[.requestID].isEmpty, from < valueEnd,
          has("rid", in: b, at: i) && equals == i + 3 || has("request_id", in: b, at: i)
            || has("req_id", in: b, at: i) || has("trace", in: b, at: i)
        {
          record[.requestID] = ByteRange(from, valueEnd)
        }
        if has("host", in: b, at: i) || has("server", in: b, at: i), from < valueEnd {
          record[.service] = ByteRange(from, valueEnd)
        }
        if has("urt", in: b, at: i) || has("upstream", in: b, at: i), from < valueEnd,
          let value = scaledNumber(b, from..<valueEnd, scale: 1000)
        {
          record.addGauge(ByteRange(i, equals), thousandths: value)
        }
      } else if record.latencyMicroseconds < 0, end - i <= 20, hasPoint(b, i, end),
        let micros = scaledNumber(b, i..<end, scale: 1_000_000), micros >= 0
      {
        record.latencyMicroseconds = micros
      }
      i = end
    }
  }

  /// The quote that ends a quoted field; a backslash escapes.
  private func closingQuote(_ b: Span<UInt8>, _ start: Int, _ n: Int) -> Int? {
    var i = start
    while let quote = find(0x22, in: b, from: i, to: n) {
      var slashes = 0
      while quote - slashes > start, b[quote - slashes - 1] == 0x5c { slashes += 1 }
      if slashes % 2 == 0 { return quote }
      i = quote + 1
    }
    return nil
  }

  private func hasPoint(_ b: Span<UInt8>, _ from: Int, _ to: Int) -> Bool {
    for i in from..<to where b[i] == 0x2e { return true }
    return false
  }

  private func isDash(_ b: Span<UInt8>, _ from: Int, _ to: Int) -> Bool {
    to - from == 1 && b[from] == 0x2d
  }
}

/// Success, failure and so on of an HTTP status.
///
/// Source: RFC 9110 section 15; 499 is nginx's for a client that closed the connection.
func webOutcome(_ status: Int32) -> Outcome {
  switch status {
  case 100..<400: .success
  case 401, 403, 407, 429: .rejected
  case 408, 504, 524: .timeout
  case 499: .aborted
  case 400..<500: .invalid
  case 500..<600: .failure
  default: .unknown
  }
}

/// End of a line without blanks and a carriage return.
@inline(__always)
func trimmedEnd(_ b: Span<UInt8>) -> Int {
  var n = b.count
  while n > 0, b[n - 1] == 0x0a || b[n - 1] == 0x0d || b[n - 1] == 0x20 || b[n - 1] == 0x09 {
    n -= 1
  }
  return n
}

/// An address without its port and brackets.
func address(_ b: Span<UInt8>, _ from: Int, _ to: Int) -> ByteRange {
  guard from < to else { return ByteRange() }
  if b[from] == 0x5b, let close = find(0x5d, in: b, from: from, to: to) {
    return ByteRange(from + 1, close)
  }
  if to - from <= 15, isDigit(b[to - 1]) {
    // Most often a bare IPv4 address: shorter than any search.
    var hasColon = false
    for i in from..<to where b[i] == 0x3a { hasColon = true }
    if !hasColon { return ByteRange(from, to) }
  }
  // One colon is a port, several are IPv6.
  if let colon = find(0x3a, in: b, from: from, to: to),
    find(0x3a, in: b, from: colon + 1, to: to) == nil
  {
    return ByteRange(from, colon)
  }
  return ByteRange(from, to)
}

/// The port that stands behind an address which `address` found; -1 for none.
func port(_ b: Span<UInt8>, after address: ByteRange, _ to: Int) -> Int32 {
  var at = Int(address.upper)
  if at < to, b[at] == 0x5d { at += 1 }
  guard !address.isEmpty, at + 1 < to, b[at] == 0x3a else { return -1 }
  return portNumber(b, at + 1, to)
}

/// The port number that begins here and ends with its digits; -1 for none.
func portNumber(_ b: Span<UInt8>, _ from: Int, _ to: Int) -> Int32 {
  var number: Int32 = 0
  var i = from
  while i < to, isDigit(b[i]), number <= 65_535 {
    number = number &* 10 &+ Int32(b[i] &- 0x30)
    i += 1
  }
  return i > from && number > 0 && number <= 65_535 ? number : -1
}

/// Whether a word could be an IP address: digits and dots, or with colons.
func isAddressLike(_ b: Span<UInt8>, _ from: Int, _ to: Int) -> Bool {
  guard to - from >= 3, to - from <= 45 else { return false }
  var dots = 0
  var colons = 0
  for i in from..<to {
    let c = b[i]
    if c == 0x2e {
      dots += 1
    } else if c == 0x3a {
      colons += 1
    } else if !isDigit(c), !((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66) {
      return false
    }
  }
  return dots == 3 || colons >= 2
}
