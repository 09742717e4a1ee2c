public import Records

/// One record, cited: enough to find the very line again and to see whether it is still the same.
///
/// Ordered by time, then source, then offset, so that "the first" means the same in any order of
/// reading.
public struct Exemplar: Sendable, Hashable, Comparable {
  public var time: Timestamp
  /// Fingerprint of the source's label.
  public var source: UInt64
  public var offset: UInt64
  public var line: UInt64
  /// Fingerprint of the frame's bytes.
  public var digest: UInt64

  public init(time: Timestamp, source: UInt64, offset: UInt64, line: UInt64, digest: UInt64) {
    self.time = time
    self.source = source
    self.offset = offset
    self.line = line
    self.digest = digest
  }

  @inlinable
  public static func < (a: Exemplar, b: Exemplar) -> Bool {
    if a.time != b.time { return a.time < b.time }
    if a.source != b.source { return a.source < b.source }
    return a.offset < b.offset
  }
}
