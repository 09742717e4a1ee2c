import Records

/// Reads who tried to log in, from where and with what result, from messages of sshd, PAM, sudo and
/// their like.
///
/// Sources: messages of OpenSSH's auth.c and sshd.c, Linux-PAM's pam_unix, Dropbear, and sudo.
func readLogin(_ b: Span<UInt8>, _ record: inout LogRecord) {
  let range = record[.message].range
  guard !range.isEmpty, range.upperBound <= b.count, range.count > 12 else { return }
  let at = range.lowerBound
  let n = range.upperBound
  switch b[at] {
  case 0x46:  // Failed password for [invalid user] NAME from ADDRESS port N
    guard has("Failed ", in: b, at: at),
      let word = find(" for ", in: b, from: at, to: min(n, at + 60))
    else { return }
    login(.rejected, &record)
    var from = word + 5
    if has("invalid user ", in: b, at: from) { from += 13 }
    userAndAddress(b, from, n, &record)
  case 0x41:  // Accepted publickey for NAME from ADDRESS port N
    guard has("Accepted ", in: b, at: at),
      let word = find(" for ", in: b, from: at, to: min(n, at + 60))
    else { return }
    login(.success, &record)
    userAndAddress(b, word + 5, n, &record)
  case 0x49:  // Invalid user NAME from ADDRESS; it names, "Failed" counts.
    guard has("Invalid user ", in: b, at: at) || has("Illegal user ", in: b, at: at) else { return }
    userAndAddress(b, at + 13, n, &record)
  case 0x43:  // Connection closed by [authenticating|invalid user NAME] ADDRESS port N [preauth]
    if has("Connection closed by ", in: b, at: at) || has("Connection reset by ", in: b, at: at) {
      connection(b, at + 20, n, &record)
    }
  case 0x44:  // Disconnected from / Did not receive identification string from
    if let word = find(" from ", in: b, from: at, to: min(n, at + 60)),
      has("Disconnect", in: b, at: at) || has("Did not receive", in: b, at: at)
    {
      connection(b, word + 6, n, &record)
    }
  case 0x52:  // Received disconnect from ADDRESS
    if has("Received disconnect from ", in: b, at: at) { connection(b, at + 25, n, &record) }
  case 0x4d, 0x6d:  // maximum authentication attempts exceeded for NAME from ADDRESS
    if let word = find(" exceeded for ", in: b, from: at, to: min(n, at + 80)) {
      var from = word + 14
      if has("invalid user ", in: b, at: from) { from += 13 }
      userAndAddress(b, from, n, &record)
    }
  case 0x65:  // error: maximum authentication attempts exceeded for NAME from ADDRESS
    if let word = find(" exceeded for ", in: b, from: at, to: min(n, at + 80)) {
      var from = word + 14
      if has("invalid user ", in: b, at: from) { from += 13 }
      userAndAddress(b, from, n, &record)
    }
  case 0x70:  // pam_unix(sshd:auth): authentication failure; ... rhost=ADDRESS user=NAME
    guard has("pam_", in: b, at: at), find("authentication failure", in: b, from: at, to: n) != nil
    else { return }
    if let host = find("rhost=", in: b, from: at, to: n) {
      let end = find(0x20, in: b, from: host + 6, to: n) ?? n
      if end > host + 6 { record[.address] = ByteRange(host + 6, end) }
    }
    if let user = find(" user=", in: b, from: at, to: n) {
      let end = find(0x20, in: b, from: user + 6, to: n) ?? n
      if end > user + 6 { record[.user] = ByteRange(user + 6, end) }
    }
    // sshd says "Failed password" beside it: one of the two counts.
    if has("pam_unix(sshd", in: b, at: at) == false { login(.rejected, &record) }
  case 0x55:  // User NAME from ADDRESS not allowed because ...
    if has("User ", in: b, at: at), find("not allowed", in: b, from: at, to: n) != nil {
      userAndAddress(b, at + 5, n, &record)
    }
  case 0x42, 0x4c, 0x6c:  // Dropbear: Bad password attempt for 'NAME' from ADDRESS:port
    if has("Bad password attempt for '", in: b, at: at) {
      login(.rejected, &record)
      if let close = find(0x27, in: b, from: at + 26, to: n) {
        record[.user] = ByteRange(at + 26, close)
        addressAfterFrom(b, close, n, &record)
      }
    }
  default: break
  }
}

private func login(_ outcome: Outcome, _ record: inout LogRecord) { record.outcome = outcome }

/// `NAME from ADDRESS port N`; a name may hold blanks, so the last " from " counts.
private func userAndAddress(_ b: Span<UInt8>, _ from: Int, _ n: Int, _ record: inout LogRecord) {
  var word: Int?
  var search = from - 1
  while let next = find(" from ", in: b, from: max(0, search), to: n) {
    word = next
    search = next + 1
  }
  guard let word else { return }
  if word > from { record[.user] = ByteRange(from, word) }
  addressAfterFrom(b, word, n, &record)
}

private func addressAfterFrom(_ b: Span<UInt8>, _ start: Int, _ n: Int, _ record: inout LogRecord) {
  guard let word = find(" from ", in: b, from: start, to: n) else { return }
  let from = word + 6
  let end = find(0x20, in: b, from: from, to: n) ?? n
  guard end > from else { return }
  record[.address] = address(b, from, end)
  record.port =
    has(" port ", in: b, at: end)
    ? portNumber(b, end + 6, n) : port(b, after: record[.address], end)
}

/// `[authenticating user NAME|invalid user NAME|user NAME] ADDRESS port N`.
private func connection(_ b: Span<UInt8>, _ start: Int, _ n: Int, _ record: inout LogRecord) {
  var i = start
  while i < n, b[i] == 0x20 { i += 1 }
  for prefix in ["authenticating user ", "invalid user ", "user "] as [StaticString]
  where has(prefix, in: b, at: i) {
    i += prefix.utf8CodeUnitCount
    let end = find(0x20, in: b, from: i, to: n) ?? n
    record[.user] = ByteRange(i, end)
    i = end
    while i < n, b[i] == 0x20 { i += 1 }
    break
  }
  var end = i
  while end < n, b[end] != 0x20, b[end] != 0x3b { end += 1 }
  guard isAddressLike(b, i, end) else { return }
  record[.address] = ByteRange(i, end)
  if has(" port ", in: b, at: end) { record.port = portNumber(b, end + 6, n) }
}
