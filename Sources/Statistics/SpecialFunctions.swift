internal import Foundation

/// The logarithm of the gamma function for `x` > 0; infinite elsewhere.
///
/// The argument is shifted to 10 or more and Stirling's series applied, which leaves a relative
/// error below 1e-13. The C library's `lgamma` writes a global variable and is not safe to share
/// between threads.
///
/// Source: M. Abramowitz and I. Stegun, *Handbook of Mathematical Functions* (1964), 6.1.41.
public func logGamma(_ x: Double) -> Double {
  guard x > 0 else { return x.isNaN ? .nan : .infinity }
  guard x < .infinity else { return .infinity }
  var z = x
  var shift = 0.0
  if z < 10 {
    var product = 1.0
    while z < 10 {
      product *= z
      z += 1
    }
    shift = log(product)
  }
  let u = 1 / (z * z)
  let series =
    (1.0 / 12 - u * (1.0 / 360 - u * (1.0 / 1260 - u * (1.0 / 1680 - u * (1.0 / 1188))))) / z
  return (z - 0.5) * log(z) - z + 0.918_938_533_204_672_8 + series - shift
}

/// The logarithm of the beta function, ln Γ(a) + ln Γ(b) - ln Γ(a + b).
public func logBeta(_ a: Double, _ b: Double) -> Double {
  logGamma(a) + logGamma(b) - logGamma(a + b)
}

/// The logarithm of the number of ways to choose `k` of `n`; minus infinity where there is none.
public func logChoose(_ n: Double, _ k: Double) -> Double {
  guard k >= 0, n >= k else { return -.infinity }
  if k == 0 || k == n { return 0 }
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1)
}

/// The regularised incomplete beta function I_x(a, b), in 0...1; NaN for parameters that are not
/// positive and finite.
///
/// Source: the continued fraction of Abramowitz and Stegun, 26.5.8, evaluated by Lentz's method
/// (W. J. Lentz, *Applied Optics* 15 (1976), 668-671).
public func regularizedBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  guard a > 0, b > 0, a < .infinity, b < .infinity, !x.isNaN else { return .nan }
  if x <= 0 { return 0 }
  if x >= 1 { return 1 }
  let front = exp(a * log(x) + b * log1p(-x) - logBeta(a, b))
  // The fraction converges fast on the near side of the mean only.
  return x < (a + 1) / (a + b + 2)
    ? min(1, front * betaFraction(x, a, b) / a)
    : max(0, 1 - front * betaFraction(1 - x, b, a) / b)
}

private func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
  let tiny = 1e-300
  var c = 1.0
  var d = 1 - (a + b) * x / (a + 1)
  if abs(d) < tiny { d = tiny }
  d = 1 / d
  var h = d
  for step in 1...20_000 {
    let m = Double(step)
    for numerator in [
      m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
      -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
    ] {
      d = 1 + numerator * d
      if abs(d) < tiny { d = tiny }
      c = 1 + numerator / c
      if abs(c) < tiny { c = tiny }
      d = 1 / d
      h *= d * c
    }
    if abs(d * c - 1) < 1e-15 { break }
  }
  return h
}

/// The upper regularised incomplete gamma function Q(a, x), in 0...1; NaN unless `a` > 0, `x` >= 0.
///
/// Source: Abramowitz and Stegun, 6.5.29 (series) and 6.5.31 (continued fraction).
public func regularizedGammaUpper(_ a: Double, _ x: Double) -> Double {
  guard a > 0, a < .infinity, x >= 0 else { return .nan }
  if x == 0 { return 1 }
  if x == .infinity { return 0 }
  let front = exp(a * log(x) - x - logGamma(a))
  if x < a + 1 {
    var term = 1 / a
    var sum = term
    var n = a
    for _ in 0..<100_000 {
      n += 1
      term *= x / n
      sum += term
      if term < sum * 1e-16 { break }
    }
    return max(0, 1 - front * sum)
  }
  let tiny = 1e-300
  var b = x + 1 - a
  var c = 1 / tiny
  var d = 1 / b
  var h = d
  for step in 1...100_000 {
    let i = Double(step)
    let numerator = -i * (i - a)
    b += 2
    d = numerator * d + b
    if abs(d) < tiny { d = tiny }
    c = b + numerator / c
    if abs(c) < tiny { c = tiny }
    d = 1 / d
    h *= d * c
    if abs(d * c - 1) < 1e-15 { break }
  }
  return min(1, front * h)
}
