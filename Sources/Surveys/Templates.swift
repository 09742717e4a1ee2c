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
