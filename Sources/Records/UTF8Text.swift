/// Appends a code point in UTF-8.
///
/// - Parameter scalar: at most U+10FFFF and no surrogate.
///
/// Source: RFC 3629 section 3.
package func appendUTF8(_ scalar: UInt32, to out: inout [UInt8]) {
  switch scalar {
  case ..<0x80: out.append(UInt8(truncatingIfNeeded: scalar))
  case ..<0x800:
    out.append(UInt8(truncatingIfNeeded: 0xc0 | scalar >> 6))
    out.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3f))
  case ..<0x10000:
    out.append(UInt8(truncatingIfNeeded: 0xe0 | scalar >> 12))
    out.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3f))
    out.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3f))
  default:
    out.append(UInt8(truncatingIfNeeded: 0xf0 | scalar >> 18 & 7))
    out.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3f))
    out.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3f))
    out.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3f))
  }
}
