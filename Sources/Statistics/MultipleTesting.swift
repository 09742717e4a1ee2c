internal import Foundation

/// Which of many hypotheses to reject so that no more than `rate` of those are false on average.
///
/// - Returns: for each p-value, its adjusted value (the smallest rate at which it is rejected) and
///   whether that is within `rate`. NaN counts as 1.
/// - Complexity: O(n log n).
///
/// Source: Y. Benjamini and Y. Hochberg, J. R. Statist. Soc. B 57 (1995), 289-300.
public func benjaminiHochberg(
  _ pValues: [Double], rate: Double
) -> (adjusted: [Double], rejected: [Bool]) {
  let clean = pValues.map { $0.isNaN ? 1 : min(max($0, 0), 1) }
  let order = clean.indices.sorted { (clean[$0], $0) < (clean[$1], $1) }
  var adjusted = clean
  var best = 1.0
  for rank in order.indices.reversed() {
    best = min(best, clean[order[rank]] * Double(clean.count) / Double(rank + 1))
    adjusted[order[rank]] = best
  }
  return (adjusted, adjusted.map { $0 <= rate })
}

/// The log-likelihood ratio statistic that `a` of `na` and `b` of `nb` have one rate.
///
/// Chi-square with one degree of freedom (3.84 = 5 %, 10.83 = 0.1 %, 15.13 = 0.01 %). It assumes
/// independent events: give it distinct minutes or sources, not lines of a burst.
///
/// - Returns: 0 for empty groups and for unusable numbers.
///
/// Source: P. Rayson and R. Garside, *Comparing Corpora using Frequency Profiling*, 2000.
public func g2(a: Double, na: Double, b: Double, nb: Double) -> Double {
  guard a >= 0, b >= 0, na > 0, nb > 0, a + b > 0, (a + b + na + nb).isFinite else { return 0 }
  func term(_ seen: Double, _ expected: Double) -> Double {
    seen > 0 ? seen * log(seen / expected) : 0
  }
  let share = (a + b) / (na + nb)
  return max(0, 2 * (term(a, na * share) + term(b, nb * share)))
}
