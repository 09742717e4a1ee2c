internal import Foundation

/// A block of addresses: the first bits of an address of either version.
public struct AddressPrefix: Hashable, Comparable, Sendable, CustomStringConvertible {
  let isIPv6: Bool
  /// The address in network order, bits behind the prefix cleared; of version 4 in the first word's
  /// upper half.
  let high: UInt64
  let low: UInt64
  public let length: Int

  /// The block of one address.
  ///
  /// - Returns: `nil` if the text is no address; a zone index is left out.
  public init?(address text: String) {
    let plain = text.split(separator: "%", maxSplits: 1).first.map(String.init) ?? text
    var v4 = in_addr()
    var v6 = in6_addr()
    if unsafe inet_pton(AF_INET, plain, &v4) == 1 {
      self.init(isIPv6: false, high: UInt64(UInt32(bigEndian: v4.s_addr)) << 32, low: 0, length: 32)
    } else if unsafe inet_pton(AF_INET6, plain, &v6) == 1 {
      let words = unsafe withUnsafeBytes(of: &v6) { raw in
        unsafe (
          UInt64(bigEndian: raw.load(as: UInt64.self)),
          UInt64(bigEndian: raw.load(fromByteOffset: 8, as: UInt64.self))
        )
      }
      // An address of version 4 in the clothes of version 6.
      if words.0 == 0, words.1 >> 32 == 0xffff {
        self.init(isIPv6: false, high: words.1 << 32, low: 0, length: 32)
      } else {
        self.init(isIPv6: true, high: words.0, low: words.1, length: 128)
      }
    } else {
      return nil
    }
  }

  private init(isIPv6: Bool, high: UInt64, low: UInt64, length: Int) {
    self.isIPv6 = isIPv6
    self.length = length
    self.high = length >= 64 ? high : length == 0 ? 0 : high & ~(UInt64.max >> UInt64(length))
    self.low = length <= 64 ? 0 : length >= 128 ? low : low & ~(UInt64.max >> UInt64(length - 64))
  }

  /// The block of this length that it lies in.
  func shortened(to length: Int) -> AddressPrefix {
    AddressPrefix(isIPv6: isIPv6, high: high, low: low, length: min(self.length, max(0, length)))
  }

  /// The network that it lies in: /16, of version 6 /32.
  var network: AddressPrefix { shortened(to: isIPv6 ? 32 : 16) }

  /// The block of one customer that it lies in: /24, of version 6 /48.
  var customer: AddressPrefix { shortened(to: isIPv6 ? 48 : 24) }

  func contains(_ other: AddressPrefix) -> Bool {
    other.isIPv6 == isIPv6 && other.length >= length && other.shortened(to: length) == self
  }

  public static func < (a: AddressPrefix, b: AddressPrefix) -> Bool {
    (a.isIPv6 ? 1 : 0, a.high, a.low, a.length) < (b.isIPv6 ? 1 : 0, b.high, b.low, b.length)
  }

  public var description: String {
    let whole = isIPv6 ? 128 : 32
    var text = ""
    if isIPv6 {
      var address = in6_addr()
      unsafe withUnsafeMutableBytes(of: &address) { raw in
        unsafe raw.storeBytes(of: high.bigEndian, as: UInt64.self)
        unsafe raw.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
      }
      var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
      if unsafe inet_ntop(AF_INET6, &address, &buffer, socklen_t(buffer.count)) != nil {
        text = String(
          decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      }
    } else {
      text = (0..<4).map { String(high >> UInt64(56 - 8 * $0) & 0xff) }.joined(separator: ".")
    }
    return length == whole ? text : "\(text)/\(length)"
  }
}

public enum PrefixDefault {
  /// Lengths at which blocks are told apart: what registries and providers hand out.
  static let lengths4 = [8, 12, 16, 20, 22, 24, 28, 32]
  static let lengths6 = [16, 24, 32, 40, 48, 56, 64, 128]
  /// A block of less than this share is not named.
  static let leastShare = 0.05
  /// Smaller blocks stand for a larger one if they hold so much of it, and are so few.
  static let covers = 0.8
  static let mostParts = 2
}

/// The few blocks of addresses that hold most of a weight, each as small as it can be: one address where
/// it is one, a provider's block where it is many.
///
/// Order-free: the result depends on the set of addresses alone.
///
/// - Complexity: addresses × lengths.
///
/// Source: the idea of hierarchical heavy hitters, G. Cormode et al., VLDB 2003.
func heaviestPrefixes(_ weights: [AddressPrefix: Double]) -> [(
  prefix: AddressPrefix, weight: Double
)] {
  let total = weights.values.reduce(0, +)
  guard total > 0 else { return [] }
  let least = total * PrefixDefault.leastShare
  var result: [(prefix: AddressPrefix, weight: Double)] = []
  func weight(_ list: [(AddressPrefix, Double)]) -> Double { list.reduce(0) { $0 + $1.1 } }
  func descend(_ prefix: AddressPrefix?, _ list: [(AddressPrefix, Double)], _ level: Int) {
    let isIPv6 = list.first?.0.isIPv6 ?? false
    let lengths = isIPv6 ? PrefixDefault.lengths6 : PrefixDefault.lengths4
    guard level < lengths.count else {
      if let prefix { result.append((prefix, weight(list))) }
      return
    }
    let heavy = Dictionary(grouping: list) { $0.0.shortened(to: lengths[level]) }.filter {
      weight($0.value) >= least
    }
    let covered = heavy.values.reduce(0) { $0 + weight($1) }
    let isBetter =
      prefix == nil
      || heavy.count <= PrefixDefault.mostParts && covered >= weight(list) * PrefixDefault.covers
    guard isBetter else {
      if let prefix { result.append((prefix, weight(list))) }
      return
    }
    for (part, members) in heavy.sorted(by: { $0.key < $1.key }) {
      descend(part, members, level + 1)
    }
  }
  for isIPv6 in [false, true] {
    let list = weights.filter { $0.key.isIPv6 == isIPv6 }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value) }
    if !list.isEmpty { descend(nil, list, 0) }
  }
  return result.sorted { ($1.weight, $0.prefix) < ($0.weight, $1.prefix) }
}
