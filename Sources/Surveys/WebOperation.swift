import Records

/// Name of a web operation: method and path, with variable segments masked.
///
/// Unknown paths are one operation, so that a scanner cannot fill the table. On the stack: it is
/// made for every record.
struct WebOperation: CustomStringConvertible {
  /// More than the longest name has: method and space, `labelBytes` and one segment.
  private var bytes = InlineArray<128, UInt8>(repeating: 0)
  private var count = 0

  static let methodLimit = 8
  /// Segments of the path that are part of the name.
  static let segmentLimit = 3
  /// A segment longer than this is taken for an identity.
  static let segmentBytes = 24

  init(method: Span<UInt8>, target: Span<UInt8>, isInvalid: Bool) {
    for i in 0..<min(method.count, WebOperation.methodLimit) { append(method[i]) }
    append(0x20)
    if isInvalid {
      for byte in "(not found or malformed)".utf8 { append(byte) }
      return
    }
    var segments = 0
    var i = 0
    let end = target.count
    while i < end, segments < WebOperation.segmentLimit, count < SurveyLimits.labelBytes {
      let c = target[i]
      if c == 0x3f || c == 0x23 { break }
      if c == 0x2f {
        append(c)
        segments &+= 1
        i &+= 1
        continue
      }
      let start = i
      var digits = false
      while i < end {
        let c = target[i]
        if c == 0x2f || c == 0x3f || c == 0x23 { break }
        if c >= 0x30, c <= 0x39 { digits = true }
        i &+= 1
      }
      if digits || i &- start > WebOperation.segmentBytes {
        append(0x2a)
      } else {
        for k in start..<i { append(target[k]) }
      }
    }
  }

  /// NUL becomes U+0001, as SQL text ends at NUL.
  @inline(__always)
  private mutating func append(_ byte: UInt8) {
    guard count < 128 else { return }
    bytes[count] = max(1, byte)
    count &+= 1
  }

  func identity(seed: UInt64) -> UInt64 {
    fingerprint(bytes.span.extracting(0..<count), seed: seed)
  }

  /// As text, repaired to valid UTF-8.
  var description: String {
    String(decoding: (0..<count).map { bytes[$0] }, as: UTF8.self)
  }
}
