import Records

/// Turns UTF-16 into UTF-8 piece by piece; Windows writes logs like that.
///
/// A half of a surrogate pair that has no other half becomes U+FFFD.
///
/// Source: RFC 2781.
package struct UTF16Decoder {
  package let isBigEndian: Bool
  /// A byte that waits for its other half.
  private var half: UInt8?
  /// A leading surrogate that waits for its trailing one.
  private var lead: UInt32?

  var name: String { isBigEndian ? "UTF-16BE" : "UTF-16LE" }

  /// - Returns: `nil` if the first bytes are not UTF-16: neither a byte order mark nor letters with a
  ///   zero beside each.
  package init?(first bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 4 else { return nil }
    if unsafe bytes[0] == 0xff && bytes[1] == 0xfe && (bytes[2] != 0 || bytes[3] != 0) {
      isBigEndian = false
      return
    }
    if unsafe bytes[0] == 0xfe && bytes[1] == 0xff {
      isBigEndian = true
      return
    }
    let pairs = min(32, bytes.count / 2)
    guard pairs >= 8 else { return nil }
    func zeros(_ side: Int) -> Int { (0..<pairs).count { unsafe bytes[$0 * 2 + side] == 0 } }
    let (even, odd) = (zeros(0), zeros(1))
    // Letters beyond Latin have no zero beside them.
    let enough = pairs * 4 / 5
    guard (even == 0 && odd >= enough) || (odd == 0 && even >= enough) else { return nil }
    isBigEndian = odd == 0
  }

  /// Decodes all of a piece but a last half character.
  package mutating func decode(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8]) {
    var i = 0
    while true {
      let first: UInt8
      if let half {
        first = half
      } else {
        guard i < bytes.count else { return }
        first = unsafe bytes[i]
        i += 1
      }
      guard i < bytes.count else {
        half = first
        return
      }
      half = nil
      let second = unsafe bytes[i]
      i += 1
      let unit =
        isBigEndian ? UInt32(first) << 8 | UInt32(second) : UInt32(second) << 8 | UInt32(first)
      take(unit, &out)
    }
  }

  private mutating func take(_ unit: UInt32, _ out: inout [UInt8]) {
    if let high = lead {
      lead = nil
      if unit >= 0xdc00, unit < 0xe000 {
        appendUTF8(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00), to: &out)
        return
      }
      appendUTF8(0xfffd, to: &out)
    }
    switch unit {
    case 0xd800..<0xdc00: lead = unit
    case 0xdc00..<0xe000: appendUTF8(0xfffd, to: &out)
    case 0xfeff: break
    default: appendUTF8(unit, to: &out)
    }
  }
}
