import Testing

/// Whether `a` and `b` agree to a relative 1e-9 (or an absolute 1e-12 near 0).
func close(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
  guard let a else { return false }
  return a == b || abs(a - b) <= max(1e-12 * min(1, tolerance / 1e-9), tolerance * abs(b))
}
