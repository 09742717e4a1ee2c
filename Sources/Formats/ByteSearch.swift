private import Foundation

/// Where a byte first stands at or after `from` and before `to`, by memchr.
@inline(__always)
func find(_ byte: UInt8, in bytes: Span<UInt8>, from: Int, to: Int) -> Int? {
  guard from >= 0, from < to, to <= bytes.count else { return nil }
  return unsafe bytes.withUnsafeBytes { raw in
    guard let base = raw.baseAddress,
      let found = unsafe memchr(base + from, Int32(byte), to - from)
    else { return nil }
    return unsafe UnsafeRawPointer(found) - base
  }
}

@inline(__always)
func find(_ byte: UInt8, in bytes: Span<UInt8>, from: Int) -> Int? {
  find(byte, in: bytes, from: from, to: bytes.count)
}

/// Whether `word` stands at `offset`.
@inline(__always)
func has(_ word: StaticString, in bytes: Span<UInt8>, at offset: Int) -> Bool {
  word.withUTF8Buffer { needle in
    guard offset >= 0, offset + needle.count <= bytes.count else { return false }
    for i in 0..<needle.count where unsafe bytes[offset + i] != needle[i] { return false }
    return true
  }
}

/// As `has`, letters of either case; `word` is lower-case.
@inline(__always)
func hasFolded(_ word: StaticString, in bytes: Span<UInt8>, at offset: Int) -> Bool {
  word.withUTF8Buffer { needle in
    guard offset >= 0, offset + needle.count <= bytes.count else { return false }
    for i in 0..<needle.count {
      var c = bytes[offset + i]
      if c >= 0x41, c <= 0x5a { c |= 0x20 }
      if unsafe c != needle[i] { return false }
    }
    return true
  }
}

/// Where `word` first stands at or after `from`.
func find(_ word: StaticString, in bytes: Span<UInt8>, from: Int, to: Int) -> Int? {
  let length = word.utf8CodeUnitCount
  guard length > 0 else { return nil }
  let first = word.withUTF8Buffer { unsafe $0[0] }
  var i = from
  let last = min(to, bytes.count) - length
  while i <= last {
    guard let next = find(first, in: bytes, from: i, to: last + 1) else { return nil }
    if has(word, in: bytes, at: next) { return next }
    i = next + 1
  }
  return nil
}

@inline(__always) func isDigit(_ c: UInt8) -> Bool { c >= 0x30 && c <= 0x39 }
@inline(__always) func isSpace(_ c: UInt8) -> Bool { c == 0x20 || c == 0x09 }
@inline(__always) func isLetter(_ c: UInt8) -> Bool { (c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a }

/// The whole of a range as an unsigned decimal; `nil` unless all are digits and it fits.
func decimal(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int64? {
  guard !range.isEmpty, range.count <= 18 else { return nil }
  var value: Int64 = 0
  for i in range {
    guard isDigit(bytes[i]) else { return nil }
    value = value &* 10 &+ Int64(bytes[i] &- 0x30)
  }
  return value
}

/// A decimal number with sign, fraction and exponent up to e±9, scaled by `scale` and saturated.
///
/// - Returns: `nil` unless the whole range is a number.
func scaledNumber(_ bytes: Span<UInt8>, _ range: Range<Int>, scale: Double) -> Int64? {
  guard !range.isEmpty, range.count <= 32 else { return nil }
  if let plain = plainNumber(bytes, range, scale: scale) { return plain }
  var i = range.lowerBound
  var negative = false
  if bytes[i] == 0x2d || bytes[i] == 0x2b {
    negative = bytes[i] == 0x2d
    i += 1
  }
  var value = 0.0
  var digits = 0
  while i < range.upperBound, isDigit(bytes[i]) {
    value = value * 10 + Double(bytes[i] &- 0x30)
    digits += 1
    i += 1
  }
  if i < range.upperBound, bytes[i] == 0x2e {
    i += 1
    var place = 0.1
    while i < range.upperBound, isDigit(bytes[i]) {
      value += Double(bytes[i] &- 0x30) * place
      place /= 10
      digits += 1
      i += 1
    }
  }
  guard digits > 0 else { return nil }
  if i < range.upperBound, bytes[i] | 0x20 == 0x65 {
    i += 1
    var down = false
    if i < range.upperBound, bytes[i] == 0x2d || bytes[i] == 0x2b {
      down = bytes[i] == 0x2d
      i += 1
    }
    guard i + 1 == range.upperBound, isDigit(bytes[i]) else { return nil }
    for _ in 0..<(bytes[i] &- 0x30) { value = down ? value / 10 : value * 10 }
    i += 1
  }
  guard i == range.upperBound else { return nil }
  let scaled = (negative ? -value : value) * scale
  if scaled >= 9.2e18 { return .max }
  if scaled <= -9.2e18 { return .min }
  return Int64(scaled.rounded())
}

/// The usual case of `scaledNumber`: digits with at most as many behind the point as the scale
/// (1000 or 1,000,000) has noughts, which integers hold exactly.
@inline(__always)
private func plainNumber(_ bytes: Span<UInt8>, _ range: Range<Int>, scale: Double) -> Int64? {
  guard range.count <= 11, scale == 1000 || scale == 1_000_000 else { return nil }
  var value: Int64 = 0
  var place: Int64 = 0
  for i in range {
    let c = bytes[i]
    if isDigit(c) {
      value = value &* 10 &+ Int64(c &- 0x30)
      place = place &* 10
    } else if c == 0x2e, place == 0, i > range.lowerBound {
      place = 1
    } else {
      return nil
    }
  }
  let noughts: Int64 = scale == 1000 ? 1000 : 1_000_000
  if place == 0 { return value &* noughts }
  return place <= noughts ? value &* (noughts / place) : nil
}
