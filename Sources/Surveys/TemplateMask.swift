import Records

/// Masks the variable parts of a message, so that messages of one kind become equal.
///
/// A word with a digit in it becomes `*`; so does anything in quotes, and a hexadecimal word of
/// eight characters or more. Lists of variable parts become one `*`, whatever their length. A pure
/// function of the message: unlike a tree that learns (Drain), it groups the same in any order.
///
/// O(n) in the bytes looked at.
struct TemplateMask {
  /// Bytes of the message that are looked at.
  static let inputLimit = 320
  /// Longest template.
  static let outputLimit = 200

  var text: [UInt8] = []
  /// Stands for what varies.
  private let wild: UInt8

  init(wild: UInt8 = 0x2a) {
    self.wild = wild
    text.reserveCapacity(TemplateMask.outputLimit + 8)
  }

  /// Masks `bytes` into `text`.
  mutating func mask(_ bytes: Span<UInt8>) {
    text.removeAll(keepingCapacity: true)
    let count = min(bytes.count, TemplateMask.inputLimit)
    var i = 0
    while i < count, text.count < TemplateMask.outputLimit {
      let byte = bytes[i]
      if TemplateMask.isWordByte(byte) {
        let start = i
        var hasDigit = false
        var isHex = true
        while i < count {
          let c = bytes[i]
          if c == 0x2d, i > start, bytes[i &- 1] == 0x5f, i &+ 1 < count,
            bytes[i &+ 1] >= 0x30, bytes[i &+ 1] <= 0x39
          {
            // The sign of a number that a prefix is glued to: blk_-42.
            i &+= 1
            continue
          }
          guard TemplateMask.isWordByte(c) else { break }
          if c >= 0x30, c <= 0x39 {
            hasDigit = true
          } else if !((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66) {
            isHex = false
          }
          i &+= 1
        }
        if hasDigit || (isHex && i - start >= 8) || i - start > 40 {
          star()
        } else {
          for k in start..<i { text.append(bytes[k]) }
        }
      } else if byte == 0x22 || byte == 0x27 {
        // A quotation ends at the same mark within the limit; a lone mark is punctuation.
        var k = i &+ 1
        while k < count, bytes[k] != byte { k &+= 1 }
        if k < count, k - i < 160, byte == 0x22 || TemplateMask.opensQuotation(bytes, at: i) {
          i = k &+ 1
          star()
        } else {
          text.append(byte)
          i &+= 1
        }
      } else if byte == 0x2d, i &+ 1 < count, bytes[i &+ 1] >= 0x30, bytes[i &+ 1] <= 0x39,
        text.last.map({ $0 == 0x20 || $0 == 0x28 || $0 == 0x3d || $0 == 0x5b }) ?? true
      {
        // The sign of a number.
        i &+= 1
      } else {
        text.append(byte < 0x20 ? 0x20 : byte)
        i &+= 1
      }
    }
    while let last = text.last, last == 0x20 { text.removeLast() }
  }

  /// Appends `*`, and swallows separators between it and a `*` before: lists become one `*`.
  private mutating func star() {
    var k = text.count
    while k > 0 {
      let c = text[k &- 1]
      if c == wild {
        text.removeLast(text.count &- k)
        return
      }
      guard c == 0x20 || c == 0x2c || c == 0x3a || c == 0x2f || c == 0x3b || c == 0x3e || c == 0x2e
      else { break }
      k &-= 1
    }
    text.append(wild)
  }

  private static func opensQuotation(_ bytes: Span<UInt8>, at i: Int) -> Bool {
    i == 0 || !isWordByte(bytes[i &- 1])
  }

  private static func isWordByte(_ c: UInt8) -> Bool {
    (c >= 0x30 && c <= 0x39) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a) || c == 0x5f || c >= 0x80
  }
}

/// Numbers templates as their messages come by: one look-up a message, and text only for new ones.
public struct TemplateIndex: Sendable {
  private var mask = TemplateMask(wild: TemplateJoin.wildByte)
  private var numbers: [UInt64: UInt32] = [:]
  /// Masked templates by number; `TemplateJoin.wild`, which no message holds, stands for what varies.
  public private(set) var names: [String] = []

  public init() {}

  public mutating func number(of message: Span<UInt8>) -> UInt32 {
    mask.mask(message)
    let id = fingerprint(mask.text.span)
    if let known = numbers[id] { return known }
    let number = UInt32(clamping: names.count)
    numbers[id] = number
    names.append(String(decoding: mask.text, as: UTF8.self))
    return number
  }
}
