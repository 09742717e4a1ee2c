public import Records
public import Sketches

/// One kind of message.
public struct Template: Sendable, Equatable, Sampled {
  public var id: UInt64
  /// The message with its variable parts masked. Hostile text.
  public var text: String
  public var service: String
  public var severity: Severity
  public var kind: EventKind
  public var impliedOutcome: Outcome
  public var count: UInt64
  public var first: Exemplar
  public var last: Timestamp
  /// The earliest message itself, cut to `exampleLimit` bytes.
  public var example: String
  /// Records by coarse bucket.
  public var cells: SparseSeries
  /// Sources (or hosts) that wrote it.
  public var writers: DistinctBitmap

  public static let exampleLimit = 300

  public mutating func merge(_ other: Template) {
    count &+= other.count
    if other.first < first {
      first = other.first
      example = other.example
    }
    last = max(last, other.last)
    severity = max(severity, other.severity)
    cells.merge(other.cells)
    writers.merge(other.writers)
  }
}

/// A number that messages of one kind bear, over time.
public struct TemplateValues: Sendable, Equatable, Sampled {
  /// Of the template and the number's place.
  public let id: UInt64
  public let template: UInt64
  /// Which number of the message, from 1.
  public let place: Int
  /// By coarse bucket.
  public internal(set) var cells: GaugeSeries

  static func identity(_ template: UInt64, _ place: Int) -> UInt64 {
    foldedMultiply(template ^ 0x3c79_ac49_2ba7_b653, UInt64(place) &* 2 &+ 0x1d8e_4e27_c47d_124f)
  }

  mutating func merge(_ other: TemplateValues) { cells.merge(other.cells) }
}
