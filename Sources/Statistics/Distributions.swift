internal import Foundation

/// The standard normal distribution function.
public func normalCDF(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

/// The inverse of `normalCDF`: minus infinity at 0, infinity at 1, NaN outside 0...1.
///
/// Source: the start is Abramowitz and Stegun, 26.2.23 (error below 4.5e-4); three of Halley's
/// steps bring it to machine precision.
public func normalQuantile(_ p: Double) -> Double {
  guard p >= 0, p <= 1 else { return .nan }
  if p == 0 { return -.infinity }
  if p == 1 { return .infinity }
  if p == 0.5 { return 0 }
  if p > 0.5 { return -normalQuantile(1 - p) }
  let t = (-2 * log(p)).squareRoot()
  let numerator = 2.515517 + t * (0.802853 + t * 0.010328)
  let denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
  var x = numerator / denominator - t
  for _ in 0..<3 {
    let density = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    guard density > 0 else { break }
    let step = (normalCDF(x) - p) / density
    x -= step / (1 + x * step / 2)
  }
  return x
}

/// The probability that a chi-square variable exceeds `statistic`; 1 for what is not positive.
public func chiSquareTail(_ statistic: Double, degreesOfFreedom: Double) -> Double {
  guard statistic > 0, degreesOfFreedom > 0 else { return 1 }
  return regularizedGammaUpper(degreesOfFreedom / 2, statistic / 2)
}

/// P(X >= `k`) for a binomial variable of `n` trials; parameters out of range are clamped.
public func binomialTail(_ k: Double, n: Double, p: Double) -> Double {
  guard k.isFinite, n.isFinite, p.isFinite else { return .nan }
  let k = k.rounded(.up)
  if k <= 0 { return 1 }
  if k > n { return 0 }
  if p <= 0 { return 0 }
  if p >= 1 { return 1 }
  return regularizedBeta(p, k, n - k + 1)
}

/// The Poisson log probability of `count` events where `mean` are expected.
///
/// A `count` that is negative or not finite has probability 0; mean 0 allows the count 0 only.
public func poissonLogProbability(_ count: Double, mean: Double) -> Double {
  guard count >= 0, count.isFinite, mean >= 0, mean.isFinite else { return -.infinity }
  if mean == 0 { return count == 0 ? 0 : -.infinity }
  return count * log(mean) - mean - logGamma(count + 1)
}

/// P(X <= `count`) for a Poisson variable; 0 below zero.
public func poissonCDF(_ count: Double, mean: Double) -> Double {
  guard count >= 0, mean >= 0 else { return count.isNaN || mean.isNaN ? .nan : 0 }
  if mean == 0 || count == .infinity { return 1 }
  return regularizedGammaUpper(count.rounded(.down) + 1, mean)
}

/// The beta-binomial distribution: failures out of attempts where the rate itself varies.
///
/// The rate has mean `mean` and is as certain as `concentration` observed attempts would make it
/// (alpha = mean x concentration); an infinite concentration is the binomial.
///
/// Source: the model fitted to legitimate login failures by M. Javed and V. Paxson, *Detecting
/// Stealthy, Distributed SSH Brute-Forcing*, CCS 2013.
public struct BetaBinomial: Sendable, Hashable, Codable {
  public var mean: Double
  public var concentration: Double

  /// Values out of range are clamped: the mean to 1e-9...1 - 1e-9, the concentration to
  /// 0.01...1e9; NaN becomes 0.5 and 1e9.
  public init(mean: Double, concentration: Double) {
    self.mean = mean.isNaN ? 0.5 : min(max(mean, 1e-9), 1 - 1e-9)
    self.concentration = concentration.isNaN ? 1e9 : min(max(concentration, 0.01), 1e9)
  }

  /// The log probability of `failures` in `attempts`; minus infinity for the impossible.
  public func logProbability(_ failures: Double, of attempts: Double) -> Double {
    guard failures >= 0, attempts >= failures, attempts.isFinite else { return -.infinity }
    let choose = logChoose(attempts, failures)
    // Above this the difference of the log betas loses its digits to cancellation.
    if concentration >= 1e7 {
      return choose + failures * log(mean) + (attempts - failures) * log1p(-mean)
    }
    let alpha = mean * concentration
    let beta = (1 - mean) * concentration
    return choose + logBeta(failures + alpha, attempts - failures + beta) - logBeta(alpha, beta)
  }

  /// P(X >= `failures`) in `attempts`.
  ///
  /// - Complexity: O(attempts) up to a million attempts, where the normal approximation takes over.
  public func tail(_ failures: Double, of attempts: Double) -> Double {
    guard failures.isFinite, attempts.isFinite, attempts >= 0 else { return .nan }
    let k = failures.rounded(.up)
    if k <= 0 { return 1 }
    if k > attempts { return 0 }
    if concentration >= 1e7 { return binomialTail(k, n: attempts, p: mean) }
    if attempts > 1_000_000 {
      let inflation = 1 + (attempts - 1) / (concentration + 1)
      let deviation = (attempts * mean * (1 - mean) * inflation).squareRoot()
      return 1 - normalCDF((k - 0.5 - attempts * mean) / deviation)
    }
    let alpha = mean * concentration
    let beta = (1 - mean) * concentration
    var term = exp(logProbability(k, of: attempts))
    var sum = 0.0
    var x = k
    while x <= attempts {
      sum += term
      guard x < attempts else { break }
      term *= (attempts - x) * (x + alpha) / ((x + 1) * (attempts - x - 1 + beta))
      x += 1
    }
    return min(1, sum)
  }

  /// The fit by moments to pairs of failures and attempts; `nil` when nothing was attempted.
  ///
  /// Source: J. C. Kleinman, *Proportions with extraneous variance*, JASA 68 (1973), 46-54.
  public static func fit(failures: [Double], attempts: [Double]) -> BetaBinomial? {
    var pairs: [(Double, Double)] = []
    for (k, n) in zip(failures, attempts) where k >= 0 && n > 0 && k <= n && n.isFinite {
      pairs.append((k, n))
    }
    let total = pairs.reduce(0) { $0 + $1.1 }
    guard total > 0 else { return nil }
    // Half a failure keeps a spotless baseline from calling the first failure impossible.
    let mean = (pairs.reduce(0) { $0 + $1.0 } + 0.5) / (total + 1)
    guard pairs.count >= 2 else { return BetaBinomial(mean: mean, concentration: .infinity) }
    let variance = mean * (1 - mean)
    var excess = 0.0
    var weight = 0.0
    for (k, n) in pairs {
      let deviation = k - n * mean
      excess += deviation * deviation - n * variance
      weight += n * (n - 1) * variance
    }
    // excess / weight estimates the correlation within a bucket, 1 / (concentration + 1).
    guard weight > 0, excess > 0 else { return BetaBinomial(mean: mean, concentration: .infinity) }
    return BetaBinomial(mean: mean, concentration: weight / excess - 1)
  }
}
