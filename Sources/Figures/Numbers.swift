/// Numbers as they are drawn: no locale and no C library, so that the bytes are the same anywhere.

/// The decimal logarithm of `x` > 0; minus infinity at and below 0.
///
/// Source: ln s = 2 artanh((s - 1) / (s + 1)) on the significand, Abramowitz and Stegun, 4.1.27.
func log10(_ x: Double) -> Double {
  guard x > 0 else { return -.infinity }
  guard x < .infinity else { return .infinity }
  let z = (x.significand - 1) / (x.significand + 1)
  var term = z
  var sum = 0.0
  for k in 0..<18 {
    sum += term / Double(2 * k + 1)
    term *= z * z
  }
  let natural = 2 * sum + Double(x.exponent) * 0.693_147_180_559_945_3
  return natural / 2.302_585_092_994_045_7
}

func powerOfTen(_ exponent: Int) -> Double {
  var result = 1.0
  for _ in 0..<min(abs(exponent), 400) { result *= 10 }
  return exponent < 0 ? 1 / result : result
}

/// `value` with at most `decimals` (0...9) places, trailing zeros dropped.
func fixed(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite else { return "0" }
  let scale = powerOfTen(decimals)
  let scaled = (abs(value) * scale).rounded()
  guard scaled < 1e18 else { return "\(value)" }
  let whole = Int64(scaled) / Int64(scale)
  var rest = Int64(scaled) % Int64(scale)
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard rest > 0 else { return "\(sign)\(whole)" }
  var width = decimals
  while rest % 10 == 0 {
    rest /= 10
    width -= 1
  }
  let digits = String(rest)
  return "\(sign)\(whole)." + String(repeating: "0", count: width - digits.count) + digits
}

/// `value` to three significant digits with an SI suffix: 1.25M, 30k, 0.004, 5µ.
func short(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return value.isFinite ? "0" : "?" }
  let steps: [(Double, String)] = [
    (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"),
  ]
  let size = abs(value)
  if size >= 1e16 || size < 1e-10 { return scientific(value) }
  if size < 1, size >= 0.001 { return fixed(value, size < 0.01 ? 4 : 3) }
  // 999.9 is written with the next suffix, as rounding would give 1000.
  for (scale, suffix) in steps where size >= scale * 0.9995 {
    let scaled = value / scale
    return fixed(scaled, abs(scaled) >= 99.95 ? 0 : abs(scaled) >= 9.995 ? 1 : 2) + suffix
  }
  return scientific(value)
}

private func scientific(_ value: Double) -> String {
  var exponent = Int((log10(abs(value)) + 1e-12).rounded(.down))
  // Twice, as the inverse of the least numbers is infinite.
  let half = exponent / 2
  var mantissa = value / powerOfTen(half) / powerOfTen(exponent - half)
  if abs(mantissa) >= 9.995 {
    mantissa /= 10
    exponent += 1
  }
  return fixed(mantissa, 2) + "e\(exponent)"
}

/// A scale from data to pixels, with its ticks.
struct Scale {
  var low: Double
  var high: Double
  var isLog: Bool
  var ticks: [Double]

  /// A scale over `values` that starts at 0 (linear) or a decade (logarithmic).
  ///
  /// - Parameter target: about how many steps there should be.
  init(values: [Double], isLog: Bool, target: Int, zero: Bool = true) {
    let usable = values.filter { $0.isFinite && (!isLog || $0 > 0) }
    self.isLog = isLog
    guard var least = usable.min(), var most = usable.max() else {
      (low, high, ticks) = isLog ? (1, 10, [1, 10]) : (0, 1, [0, 1])
      return
    }
    if isLog {
      var from = Int(log10(least * 1.000_001).rounded(.down))
      let to = max(Int(log10(most * 0.999_999).rounded(.up)), from + 1)
      from = max(from, to - 18)
      let every = max(1, (to - from + target - 1) / max(1, target))
      low = powerOfTen(from)
      high = powerOfTen(to)
      ticks = stride(from: from, through: to, by: every).map { powerOfTen($0) }
      // A decade or two leave room for 2 and 5.
      if to - from == 1 { ticks = [low, low * 2, low * 5, high] }
      return
    }
    // Kept far from overflow; nothing a log counts is beyond.
    least = max(min(least, 1e300), -1e300)
    most = max(min(most, 1e300), -1e300)
    if zero {
      least = min(0, least)
      most = max(0, most)
    }
    if most <= least { most = least + max(abs(least) * 0.1, 1) }
    let raw = (most - least) / Double(max(1, target))
    let decade = powerOfTen(Int(max(-300, log10(raw).rounded(.down))))
    let step = [1, 2, 2.5, 5, 10].map { $0 * decade }.first { $0 >= raw * 0.999 } ?? raw
    low = (least / step + 1e-9).rounded(.down) * step
    high = (most / step - 1e-9).rounded(.up) * step
    let count = Int(min(40, max(1, ((high - low) / step).rounded())))
    ticks = []
    for i in 0...count { ticks.append(low + Double(i) * step) }
  }

  /// 0 at the low end, 1 at the high end; clamped.
  func fraction(_ value: Double) -> Double {
    let part =
      isLog
      ? (log10(max(value, low)) - log10(low)) / (log10(high) - log10(low))
      : (value - low) / (high - low)
    return part.isFinite ? min(1, max(0, part)) : 0
  }
}
