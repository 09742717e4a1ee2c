/// Text of a report in which the words of the log are kept apart from ours.
///
/// Logs are written by attackers too: whoever renders prose escapes the log's part for the medium
/// at hand. Written as an interpolated string: `"\(log: name) left \(count) times"`.
public struct Prose: Sendable, Hashable, ExpressibleByStringInterpolation, Encodable {
  public struct Fragment: Sendable, Hashable {
    public var text: String
    /// Whether the text comes from a log.
    public var isLog: Bool
    public init(text: String, isLog: Bool) {
      self.text = text
      self.isLog = isLog
    }
  }

  public var fragments: [Fragment]

  public init(fragments: [Fragment]) { self.fragments = fragments }

  public init(_ text: String) { fragments = [Fragment(text: text, isLog: false)] }

  public init(log text: String) { fragments = [Fragment(text: text, isLog: true)] }

  public init(stringLiteral value: String) { self.init(value) }

  public init(stringInterpolation: StringInterpolation) {
    fragments = stringInterpolation.fragments
  }

  public struct StringInterpolation: StringInterpolationProtocol, Sendable {
    var fragments: [Fragment] = []

    public init(literalCapacity: Int, interpolationCount: Int) {}

    private mutating func append(_ text: String) {
      guard !text.isEmpty else { return }
      if let last = fragments.indices.last, !fragments[last].isLog {
        fragments[last].text += text
      } else {
        fragments.append(Fragment(text: text, isLog: false))
      }
    }

    public mutating func appendLiteral(_ literal: String) { append(literal) }

    /// Our own words or numbers.
    public mutating func appendInterpolation(_ text: String) { append(text) }
    public mutating func appendInterpolation(_ number: Int) { append(String(number)) }
    public mutating func appendInterpolation(_ number: UInt64) { append(String(number)) }

    /// A word of the log.
    public mutating func appendInterpolation(log text: String) {
      fragments.append(Fragment(text: text, isLog: true))
    }

    public mutating func appendInterpolation(_ prose: Prose) {
      for fragment in prose.fragments {
        if fragment.isLog { fragments.append(fragment) } else { append(fragment.text) }
      }
    }
  }

  public static func + (a: Prose, b: Prose) -> Prose {
    Prose(fragments: a.fragments + b.fragments)
  }

  public static func += (a: inout Prose, b: Prose) { a = a + b }

  /// The whole as one string; only for media that need no escaping, such as JSON values.
  public var plain: String { fragments.map(\.text).joined() }

  public var isEmpty: Bool { fragments.allSatisfy(\.text.isEmpty) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(plain)
  }
}

extension Prose {
  /// `a, b and c`; `last` stands before the last.
  public static func list(_ items: [Prose], last: String = " and ") -> Prose {
    var result: Prose = ""
    for (i, item) in items.enumerated() {
      if i > 0 { result += Prose(i == items.count - 1 ? last : ", ") }
      result += item
    }
    return result
  }
}
