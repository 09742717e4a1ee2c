internal import Foundation

/// A closed interval of the reals.
public struct Interval: Sendable, Hashable, Codable {
  public var low: Double
  public var high: Double

  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  public func contains(_ value: Double) -> Bool { low <= value && value <= high }
}

/// The confidence used wherever the caller names none.
public let defaultConfidence = 0.95

private func deviate(_ confidence: Double) -> Double {
  let usable = confidence > 0 && confidence < 1 ? confidence : defaultConfidence
  return normalQuantile(1 - (1 - usable) / 2)
}

/// Wilson's interval of a proportion: holds for few trials and for 0 or all successes.
///
/// - Returns: within 0...1; 0...1 itself when there are no trials. Successes are clamped to the
///   trials.
///
/// Source: E. B. Wilson, JASA 22 (1927), 209-212.
public func wilson(
  successes: Double, trials: Double, confidence: Double = defaultConfidence
) -> Interval {
  guard trials > 0, trials.isFinite, !successes.isNaN else { return Interval(low: 0, high: 1) }
  let z = deviate(confidence)
  let p = min(max(successes / trials, 0), 1)
  let scale = 1 + z * z / trials
  let centre = (p + z * z / (2 * trials)) / scale
  let half = z / scale * (p * (1 - p) / trials + z * z / (4 * trials * trials)).squareRoot()
  return Interval(
    low: p == 0 ? 0 : max(0, centre - half), high: p == 1 ? 1 : min(1, centre + half))
}

/// How much more likely an outcome is in one group than in another.
public struct RelativeRisk: Sendable, Hashable, Codable {
  public var estimate: Double
  public var low: Double
  public var high: Double
}

/// The risk `a` of `n1` relative to `c` of `n2`, with its interval on the log scale.
///
/// Half an event is added to each count, and one to each total, so that an empty cell gives a
/// wide interval and not an infinite ratio.
///
/// - Returns: `nil` when a group is empty or a count is negative, not finite or above its total.
///
/// Source: D. Katz et al., *Biometrics* 34 (1978), 469-474; the half: S. D. Walter, *Biometrika*
/// 62 (1975), 371-374.
public func relativeRisk(
  a: Double, n1: Double, c: Double, n2: Double, confidence: Double = defaultConfidence
) -> RelativeRisk? {
  guard a >= 0, c >= 0, n1 > 0, n2 > 0, a <= n1, c <= n2, n1.isFinite, n2.isFinite else {
    return nil
  }
  let ratio = log((a + 0.5) / (n1 + 1)) - log((c + 0.5) / (n2 + 1))
  let variance = 1 / (a + 0.5) - 1 / (n1 + 1) + 1 / (c + 0.5) - 1 / (n2 + 1)
  let half = deviate(confidence) * max(0, variance).squareRoot()
  return RelativeRisk(estimate: exp(ratio), low: exp(ratio - half), high: exp(ratio + half))
}
