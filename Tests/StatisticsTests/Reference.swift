import Testing

/// Whether `a` and `b` agree to a relative 1e-9 (or an absolute 1e-12 near 0).
func close(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
  guard let a else { return false }
  return a == b || abs(a - b) <= max(1e-12 * min(1, tolerance / 1e-9), tolerance * abs(b))
}

/// A seeded generator (SplitMix64), so that a simulation gives the same figures in every run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
