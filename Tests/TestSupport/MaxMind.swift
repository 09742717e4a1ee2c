import Foundation

/// Writes files in MaxMind's DB format, small ones.
///
/// Source: *MaxMind DB File Format Specification* 2.0; records of 24 bits.
public enum MaxMindWriter {
  public indirect enum Value {
    case text(String)
    case number(UInt64, kind: UInt8)
    case map([(String, Value)])
    case list([Value])
  }

  /// - Parameter networks: bits of the network in version 6's space, first bit first, and its value.
  public static func file(_ networks: [(bits: [Bool], value: Value)], kind: String) -> Data {
    enum Record {
      case nothing
      case node(Int)
      case data(Int)
    }
    var nodes: [[Record]] = [[.nothing, .nothing]]
    var data: [UInt8] = []
    for network in networks {
      let offset = data.count
      data += encoded(network.value)
      var at = 0
      for (i, bit) in network.bits.enumerated() {
        let side = bit ? 1 : 0
        if i == network.bits.count - 1 {
          nodes[at][side] = .data(offset)
        } else if case .node(let next) = nodes[at][side] {
          at = next
        } else {
          nodes.append([.nothing, .nothing])
          nodes[at][side] = .node(nodes.count - 1)
          at = nodes.count - 1
        }
      }
    }
    var bytes: [UInt8] = []
    for record in nodes.flatMap({ $0 }) {
      let number =
        switch record {
        case .nothing: nodes.count
        case .node(let next): next
        case .data(let offset): nodes.count + 16 + offset
        }
      bytes += [UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
    }
    bytes +=
      [UInt8](repeating: 0, count: 16) + data + [0xab, 0xcd, 0xef] + Array("MaxMind.com".utf8)
    bytes += encoded(
      .map([
        ("binary_format_major_version", .number(2, kind: 5)),
        ("binary_format_minor_version", .number(0, kind: 5)),
        ("build_epoch", .number(1_700_000_000, kind: 9)), ("database_type", .text(kind)),
        ("description", .map([("en", .text("made for a test"))])),
        ("ip_version", .number(6, kind: 5)), ("languages", .list([.text("en")])),
        ("node_count", .number(UInt64(nodes.count), kind: 6)),
        ("record_size", .number(24, kind: 5)),
      ]))
    return Data(bytes)
  }

  /// The first bits of an address of version 4, in version 6's space.
  public static func bits(_ a: UInt8, _ b: UInt8, length: Int) -> [Bool] {
    let word = UInt16(a) << 8 | UInt16(b)
    return [Bool](repeating: false, count: 96) + (0..<length).map { word >> (15 - $0) & 1 == 1 }
  }

  private static func encoded(_ value: Value) -> [UInt8] {
    func head(_ kind: UInt8, _ size: Int) -> [UInt8] {
      let first = kind > 7 ? 0 : kind << 5
      let tail: [UInt8] = kind > 7 ? [kind - 7] : []
      return size < 29 ? [first | UInt8(size)] + tail : [first | 29] + tail + [UInt8(size - 29)]
    }
    switch value {
    case .text(let text): return head(2, text.utf8.count) + Array(text.utf8)
    case .number(let number, let kind):
      let bytes = withUnsafeBytes(of: number.bigEndian) { Array($0) }.drop { $0 == 0 }
      return head(kind, bytes.count) + bytes
    case .map(let pairs):
      return head(7, pairs.count) + pairs.flatMap { encoded(.text($0.0)) + encoded($0.1) }
    case .list(let values): return head(11, values.count) + values.flatMap(encoded)
    }
  }
}
