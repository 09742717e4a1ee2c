import Records

/// Name of a web operation: method and path, with variable segments masked.
///
/// Unknown paths are one operation, so that a scanner cannot fill the table. The identity is made
/// for every record and touches no memory but the target's; the name is made once an operation.
enum WebOperation {
  static let methodLimit = 8
  /// Segments of the path that are part of the name.
  static let segmentLimit = 3
  /// A segment longer than this is taken for an identity.
  static let segmentBytes = 24
  static let invalidName = "(not found or malformed)"

  /// Fingerprint of what `name` spells.
  static func identity(
    method: Span<UInt8>, target: Span<UInt8>, isInvalid: Bool, seed: UInt64
  ) -> UInt64 {
    var hash = fingerprint(
      method.extracting(0..<min(method.count, methodLimit)), seed: seed ^ (isInvalid ? 1 : 0))
    if isInvalid { return hash }
    forEachPart(of: target) { part in
      switch part {
      case .slash: hash = foldedMultiply(hash ^ 0x2f, 0xe703_7ed1_a0b4_28db)
      case .mask: hash = foldedMultiply(hash ^ 0x2a, 0x8ebc_6af0_9c88_c6e3)
      case .text(let lower, let upper):
        hash = fingerprint(target.extracting(lower..<upper), seed: hash)
      }
    }
    return hash
  }

  /// As text, repaired to valid UTF-8. NUL becomes U+0001, as SQL text ends at NUL.
  static func name(method: Span<UInt8>, target: Span<UInt8>, isInvalid: Bool) -> String {
    var bytes: [UInt8] = []
    for i in 0..<min(method.count, methodLimit) { bytes.append(max(1, method[i])) }
    bytes.append(0x20)
    if isInvalid { return String(decoding: bytes, as: UTF8.self) + invalidName }
    forEachPart(of: target) { part in
      switch part {
      case .slash: bytes.append(0x2f)
      case .mask: bytes.append(0x2a)
      case .text(let lower, let upper):
        for i in lower..<upper { bytes.append(max(1, target[i])) }
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private enum Part {
    case slash
    case mask
    case text(Int, Int)
  }

  @inline(__always)
  private static func forEachPart(of target: Span<UInt8>, _ body: (Part) -> Void) {
    var segments = 0
    var length = 0
    var i = 0
    let end = target.count
    while i < end, segments < segmentLimit, length < SurveyLimits.labelBytes {
      let c = target[i]
      if c == 0x3f || c == 0x23 { break }
      if c == 0x2f {
        body(.slash)
        length &+= 1
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
      if digits || i &- start > segmentBytes {
        body(.mask)
        length &+= 1
      } else {
        body(.text(start, i))
        length &+= i &- start
      }
    }
  }
}
