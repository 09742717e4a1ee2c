import Records

/// Numbers templates as their messages come by: one look-up a message, and text only for new ones.
///
/// Words that may be names (`ssh2`) are shown as they are where no other stands in their place.
public struct TemplateIndex: Sendable {
  /// Bytes of a template: nothing is kept but one of each.
  static let templateLimit = 1024

  private struct Entry: Sendable {
    var text: String
    /// Words that stood for a variable part so far, by its number; those of which a second came are
    /// out.
    var words: [Int: [UInt8]]
  }

  private var mask = TemplateMask(
    wild: TemplateJoin.wildByte, limit: templateLimit, keepsNames: true)
  private var numbers: [UInt64: UInt32] = [:]
  private var entries: [Entry] = []

  public init() {}

  public mutating func number(of message: Span<UInt8>) -> UInt32 {
    mask.mask(message)
    let id = fingerprint(mask.text.span)
    if let known = numbers[id] {
      if !entries[Int(known)].words.isEmpty { compare(message, Int(known)) }
      return known
    }
    let number = UInt32(clamping: entries.count)
    numbers[id] = number
    var words: [Int: [UInt8]] = [:]
    for name in mask.names { words[name.part] = name.range.map { message[$0] } }
    entries.append(Entry(text: String(decoding: mask.text, as: UTF8.self), words: words))
    return number
  }

  private mutating func compare(_ message: Span<UInt8>, _ number: Int) {
    for name in mask.names {
      guard let word = entries[number].words[name.part] else { continue }
      let isSame =
        word.count == name.range.count
        && word.indices.allSatisfy { word[$0] == message[name.range.lowerBound + $0] }
      if !isSame { entries[number].words[name.part] = nil }
    }
  }

  /// Masked templates by number; `TemplateJoin.wild`, which no message holds, stands for what varies.
  public var names: [String] {
    entries.map { entry in
      var result: [UInt8] = []
      var part = 0
      for c in entry.text.utf8 {
        guard c == TemplateJoin.wildByte else {
          result.append(c)
          continue
        }
        part += 1
        if let word = entry.words[part] {
          result += word
        } else {
          // What turned out to vary joins the list that it stands in.
          var k = result.count
          while k > 0, " ,:/;.".utf8.contains(result[k - 1]) { k -= 1 }
          let isPair = result.count - k == 1 && result[k] == 0x2c
          if k > 0, result[k - 1] == c, !isPair {
            result.removeLast(result.count - k)
          } else {
            result.append(c)
          }
        }
      }
      return String(decoding: result, as: UTF8.self)
    }
  }
}
