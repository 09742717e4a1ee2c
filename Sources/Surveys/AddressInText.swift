/// The first network address of a text that stands after nothing that calls it one's own.
///
/// Dotted IPv4, and IPv6 with at least three colons, as tokens of their own: version numbers and
/// parts of names are none. Asked only of messages that say somebody was refused and not who.
///
/// - Returns: its range; `nil` where there is none.
/// - Complexity: linear.
func firstAddress(in text: Span<UInt8>) -> Range<Int>? {
  func isPart(_ c: UInt8) -> Bool {
    (c >= 0x30 && c <= 0x39) || (c | 0x20 >= 0x61 && c | 0x20 <= 0x66) || c == 0x2e || c == 0x3a
  }
  func isWord(_ c: UInt8) -> Bool {
    (c >= 0x30 && c <= 0x39) || (c | 0x20 >= 0x61 && c | 0x20 <= 0x7a) || c == 0x5f || c == 0x2d
  }
  func isOwn(_ at: Int) -> Bool {
    let names: [StaticString] = ["lip=", "laddr=", "local ", "server "]
    return names.contains { has($0, in: text, at: at - $0.utf8CodeUnitCount) }
  }
  var i = 0
  while i < text.count {
    guard isPart(text[i]), text[i] != 0x2e, i == 0 || !isWord(text[i - 1]) else {
      i += 1
      continue
    }
    var end = i
    while end < text.count, isPart(text[end]) { end += 1 }
    let next = end
    // A sentence or a list goes on behind it.
    while end > i, text[end - 1] == 0x2e || text[end - 1] == 0x3a { end -= 1 }
    if next == text.count || !isWord(text[next]), !isOwn(i),
      let found = address(text.extracting(i..<end))
    {
      return i..<(i + found)
    }
    i = next + 1
  }
  return nil
}

/// - Returns: bytes of the address that `token` is, a port left out.
private func address(_ token: Span<UInt8>) -> Int? {
  var dots = 0
  var colons = 0
  var firstColon: Int?
  var number = 0
  var digits = 0
  for i in 0..<token.count {
    switch token[i] {
    case 0x2e:
      guard digits > 0, number <= 255, colons == 0 else { return nil }
      dots += 1
      (number, digits) = (0, 0)
    case 0x3a:
      if firstColon == nil { firstColon = i }
      colons += 1
    case let c where c >= 0x30 && c <= 0x39:
      if colons == 0 {
        number = min(1000, number * 10 + Int(c &- 0x30))
        digits += 1
      }
    default:
      if dots > 0 { return nil }
    }
  }
  if dots == 3, colons <= 1, digits > 0, number <= 255 { return firstColon ?? token.count }
  return dots == 0 && colons >= 3 && colons <= 7 && token.count <= 39 ? token.count : nil
}
