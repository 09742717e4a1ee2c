/// A 64-bit digest of bytes: identity of actors, templates, sources and cited lines.
///
/// Sixteen bytes a step in two lanes, the last ones eight a step, by multiply and fold, seeded with fixed constants so that it is the same in
/// every process and on every machine. Not cryptographic: it identifies, it does not authenticate.
///
/// Source of the mixing step: W. Yi, *wyhash* (public domain), in two lanes.
@inlinable
public func fingerprint(_ bytes: Span<UInt8>, seed: UInt64 = 0) -> UInt64 {
  var hash = seed ^ 0xa076_1d64_78bd_642f
  let count = bytes.count
  unsafe bytes.withUnsafeBytes { raw in
    var i = 0
    if count >= 32 {
      var other = hash ^ 0xa0b4_28db_e703_7ed1
      while i &+ 16 <= count {
        let a = unsafe raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)
        let b = unsafe raw.loadUnaligned(fromByteOffset: i &+ 8, as: UInt64.self)
        hash = foldedMultiply(hash ^ UInt64(littleEndian: a), 0xe703_7ed1_a0b4_28db)
        other = foldedMultiply(other ^ UInt64(littleEndian: b), 0x8ebc_6af0_9c88_c6e3)
        i &+= 16
      }
      hash = foldedMultiply(hash ^ 0x5899_65cc_7537_4cc3, other | 1)
    }
    while i &+ 8 <= count {
      let word = unsafe raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)
      hash = foldedMultiply(hash ^ UInt64(littleEndian: word), 0xe703_7ed1_a0b4_28db)
      i &+= 8
    }
    let rest = count &- i
    var tail: UInt64 = 0
    if rest > 0, count >= 8 {
      let last = unsafe raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
      tail = UInt64(littleEndian: last) &>> UInt64(truncatingIfNeeded: 8 &* (8 &- rest))
    } else if rest >= 4 {
      // Two overlapping halves: where they overlap, they are equal.
      let low = unsafe raw.loadUnaligned(fromByteOffset: 0, as: UInt32.self)
      let high = unsafe raw.loadUnaligned(fromByteOffset: rest &- 4, as: UInt32.self)
      tail =
        UInt64(UInt32(littleEndian: low)) | UInt64(UInt32(littleEndian: high))
        &<< UInt64(truncatingIfNeeded: 8 &* (rest &- 4))
    } else if rest > 0 {
      let middle = rest / 2
      let end = rest &- 1
      tail =
        unsafe UInt64(raw[0])
        | UInt64(raw[middle]) &<< UInt64(truncatingIfNeeded: 8 &* middle)
        | UInt64(raw[end]) &<< UInt64(truncatingIfNeeded: 8 &* end)
    }
    hash = foldedMultiply(hash ^ tail, 0x8ebc_6af0_9c88_c6e3)
  }
  return foldedMultiply(hash ^ UInt64(truncatingIfNeeded: count), 0x5899_65cc_7537_4cc3)
}

/// Low xor high half of the 128-bit product.
@inlinable
public func foldedMultiply(_ a: UInt64, _ b: UInt64) -> UInt64 {
  let product = a.multipliedFullWidth(by: b)
  return product.high ^ product.low
}

public func fingerprint(_ text: String, seed: UInt64 = 0) -> UInt64 {
  fingerprint(Array(text.utf8).span, seed: seed)
}
