/// Network of an address: /16 for IPv4, /32 for IPv6.
public struct Network: Hashable, Comparable, Sendable, CustomStringConvertible {
  var isIPv6: Bool
  /// The first bits of the address.
  var prefix: UInt32

  /// - Returns: `nil` if the text is no address.
  public init?(ofAddress text: String) {
    var groups: (UInt32, UInt32) = (0, 0)
    var value: UInt32 = 0
    var digits = 0
    var dots = 0
    var colons = 0
    var isDecimal = true
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39: value = (value &<< 4) | UInt32(byte &- 0x30)
      case 0x61...0x66, 0x41...0x46:
        value = (value &<< 4) | UInt32((byte | 0x20) &- 0x57)
        isDecimal = false
      case 0x2e, 0x3a:
        if byte == 0x2e {
          guard digits > 0, colons == 0, isDecimal, Network.decimal(value) <= 255 else {
            // An IPv4 address at the end of an IPv6 one: its prefix is known by then.
            guard colons >= 2 else { return nil }
            self.init(isIPv6: true, prefix: groups.0 &<< 16 | groups.1)
            return
          }
          if dots == 0 { groups.0 = Network.decimal(value) }
          if dots == 1 { groups.1 = Network.decimal(value) }
          dots += 1
        } else {
          guard dots == 0 else { return nil }
          if colons == 0 { groups.0 = value }
          if colons == 1 { groups.1 = value }
          colons += 1
        }
        value = 0
        digits = 0
        continue
      case 0x25 where colons >= 2:
        // A zone index follows.
        self.init(isIPv6: true, prefix: groups.0 &<< 16 | groups.1)
        return
      default: return nil
      }
      digits += 1
      guard digits <= 4 else { return nil }
    }
    if dots == 3, digits > 0, isDecimal, Network.decimal(value) <= 255 {
      self.init(isIPv6: false, prefix: groups.0 &<< 8 | groups.1)
    } else if colons >= 2 {
      self.init(isIPv6: true, prefix: groups.0 &<< 16 | groups.1)
    } else {
      return nil
    }
  }

  private init(isIPv6: Bool, prefix: UInt32) {
    self.isIPv6 = isIPv6
    self.prefix = prefix
  }

  /// The number whose decimal digits are the nibbles of `value`.
  private static func decimal(_ value: UInt32) -> UInt32 {
    (value >> 12 & 15) * 1000 + (value >> 8 & 15) * 100 + (value >> 4 & 15) * 10 + (value & 15)
  }

  public static func < (a: Network, b: Network) -> Bool {
    a.isIPv6 == b.isIPv6 ? a.prefix < b.prefix : !a.isIPv6
  }

  public var description: String {
    isIPv6
      ? "\(String(prefix >> 16, radix: 16)):\(String(prefix & 0xffff, radix: 16))::/32"
      : "\(prefix >> 8).\(prefix & 0xff).0.0/16"
  }
}
