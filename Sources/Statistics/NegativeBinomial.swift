internal import Foundation

/// The negative binomial distribution by mean m and size r: variance m + m²/r.
///
/// Counts of log records are over-dispersed; small `size` means large bursts, infinite `size` is
/// the Poisson distribution.
public struct NegativeBinomial: Sendable, Hashable, Codable {
  public var mean: Double
  public var size: Double

  /// No fit goes below this size: there the variance is 100 m² and nothing is a surprise any more.
  public static let minimumSize = 0.01
  /// From this size on the distribution is treated as Poisson: the difference is below a count.
  public static let poissonSize = 1e7

  /// A negative or NaN mean becomes 0; a size below `minimumSize` (or NaN) becomes that.
  public init(mean: Double, size: Double) {
    self.mean = mean.isFinite ? max(0, mean) : 0
    self.size = size.isNaN ? Self.minimumSize : max(Self.minimumSize, size)
  }

  public var variance: Double { size == .infinity ? mean : mean + mean * mean / size }

  /// The log probability of `count`; minus infinity for the impossible.
  public func logProbability(_ count: Double) -> Double {
    guard size < Self.poissonSize else { return poissonLogProbability(count, mean: mean) }
    guard count >= 0, count.isFinite else { return -.infinity }
    if mean == 0 { return count == 0 ? 0 : -.infinity }
    return logGamma(count + size) - logGamma(size) - logGamma(count + 1)
      - size * log1p(mean / size) + count * (log(mean) - log(mean + size))
  }

  /// P(X <= `count`).
  public func cdf(_ count: Double) -> Double {
    guard size < Self.poissonSize else { return poissonCDF(count, mean: mean) }
    guard count >= 0 else { return count.isNaN ? .nan : 0 }
    if mean == 0 || count == .infinity { return 1 }
    return regularizedBeta(size / (size + mean), size, count.rounded(.down) + 1)
  }

  /// P(X >= `count`), without the cancellation of 1 - cdf in the far tail.
  public func tail(_ count: Double) -> Double {
    guard count > 0 else { return count.isNaN ? .nan : 1 }
    if mean == 0 || count == .infinity { return 0 }
    let k = count.rounded(.up)
    guard size < Self.poissonSize else {
      // Poisson: P(X >= k) = 1 - Q(k, m), summed directly where it would cancel.
      if mean > k / 2 { return 1 - poissonCDF(k - 1, mean: mean) }
      var term = exp(poissonLogProbability(k, mean: mean))
      var sum = 0.0
      var x = k
      while term > sum * 1e-17 {
        sum += term
        x += 1
        term *= mean / x
      }
      return sum
    }
    return regularizedBeta(mean / (size + mean), k, size)
  }

  /// What one `count` says for the mean `to` against the mean `from`: the log likelihood ratio.
  ///
  /// 0 for a count that is missing (NaN), negative or infinite.
  public static func logLikelihoodRatio(
    _ count: Double, from: Double, to: Double, size: Double
  ) -> Double {
    guard count >= 0, count.isFinite, from > 0, to > 0 else { return 0 }
    if size >= poissonSize { return count * log(to / from) - (to - from) }
    let shift = log((to + size) / (from + size))
    return count * (log(to / from) - shift) - size * shift
  }

  /// The fit by moments; `nil` without a usable count. Missing (NaN) and negative counts are
  /// left out. One count, or a variance not above the mean, gives the Poisson.
  public static func fit(_ counts: [Double]) -> NegativeBinomial? {
    let usable = counts.filter { $0 >= 0 && $0.isFinite }
    guard !usable.isEmpty else { return nil }
    let mean = usable.reduce(0, +) / Double(usable.count)
    guard usable.count >= 2, mean > 0 else { return NegativeBinomial(mean: mean, size: .infinity) }
    let squares = usable.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let excess = squares / Double(usable.count - 1) - mean
    return NegativeBinomial(mean: mean, size: excess > 0 ? mean * mean / excess : .infinity)
  }

  /// The fit to the median and interquartile range of a baseline, which an incident of less than
  /// a quarter of the buckets cannot move far.
  ///
  /// The spread is read as of a normal variable (IQR = 1.349 sd). For counts so low that the
  /// median is 0 it knows nothing of the mean; use `seasonalDispersion` or `fit` there.
  public static func robust(median: Double, interquartileRange: Double) -> NegativeBinomial {
    let deviation = interquartileRange / 1.349
    let excess = deviation * deviation - median
    return NegativeBinomial(
      mean: median, size: excess > 0 && median > 0 ? median * median / excess : .infinity)
  }
}
