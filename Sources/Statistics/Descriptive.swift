internal import Foundation

/// The value below which the share `q` of `values` lies, interpolated linearly (type 7).
///
/// Values that are not finite are left out; `nil` when none is left. `q` is clamped to 0...1.
///
/// Source: R. J. Hyndman and Y. Fan, *The American Statistician* 50 (1996), 361-365.
public func quantile(_ values: [Double], _ q: Double) -> Double? {
  sortedQuantile(values.filter(\.isFinite).sorted(), q)
}

func sortedQuantile(_ sorted: [Double], _ q: Double) -> Double? {
  guard let last = sorted.last, !q.isNaN else { return nil }
  let position = min(max(q, 0), 1) * Double(sorted.count - 1)
  let below = Int(position)
  guard below + 1 < sorted.count else { return last }
  let fraction = position - Double(below)
  return sorted[below] * (1 - fraction) + sorted[below + 1] * fraction
}

/// The median; `nil` when no value is finite.
public func median(_ values: [Double]) -> Double? { quantile(values, 0.5) }

/// The interquartile range; 0 for a single value, `nil` for none.
public func iqr(_ values: [Double]) -> Double? {
  let sorted = values.filter(\.isFinite).sorted()
  guard let high = sortedQuantile(sorted, 0.75), let low = sortedQuantile(sorted, 0.25) else {
    return nil
  }
  return high - low
}

/// The median absolute deviation from the median, not scaled; `nil` for no value.
public func mad(_ values: [Double]) -> Double? {
  guard let centre = median(values) else { return nil }
  return median(values.filter(\.isFinite).map { abs($0 - centre) })
}

/// How far `value` lies from a baseline, in its interquartile ranges.
///
/// A flat baseline has no spread; `spreadFloor` (for counts 1: one event) keeps the score finite.
/// `nil` without a baseline.
///
/// Source: the root-cause score of L. Pham et al., *BARO*, FSE 2024.
public func robustDeviation(
  _ value: Double, baseline: [Double], spreadFloor: Double = 1
) -> Double? {
  guard value.isFinite, let centre = median(baseline), let spread = iqr(baseline) else {
    return nil
  }
  return abs(value - centre) / max(spread, spreadFloor, .leastNormalMagnitude)
}

/// Mean and unbiased variance in one pass; `nil` for fewer than two finite values.
///
/// Source: B. P. Welford, *Technometrics* 4 (1962), 419-420.
public func meanAndVariance(_ values: [Double]) -> (mean: Double, variance: Double)? {
  var n = 0.0
  var mean = 0.0
  var squares = 0.0
  for value in values where value.isFinite {
    n += 1
    let delta = value - mean
    mean += delta / n
    squares += delta * (value - mean)
  }
  guard n >= 2, mean.isFinite, squares.isFinite else { return nil }
  return (mean, squares / (n - 1))
}

/// Standard deviation over mean of the gaps: 0 for a fixed timer, about 1 for random arrivals.
public func coefficientOfVariation(_ gaps: [Double]) -> Double? {
  guard let (mean, variance) = meanAndVariance(gaps), mean > 0 else { return nil }
  return variance.squareRoot() / mean
}

/// Whether events keep to one phase of a period: Rayleigh's test.
///
/// - Parameter phases: in turns, as time divided by the period; whole turns do not matter.
/// - Returns: the mean resultant length R in 0...1 and the probability of one as long from uniform
///   phases; `nil` for no finite phase.
///
/// Source: J. H. Zar, *Biostatistical Analysis*, 4th ed. (1999), 27.1, for p.
public func rayleigh(_ phases: [Double]) -> (resultant: Double, p: Double)? {
  let sum = phaseSum(phases)
  guard sum.n > 0 else { return nil }
  let length = min(sum.n, (sum.cosines * sum.cosines + sum.sines * sum.sines).squareRoot())
  let n = sum.n
  let p = exp((1 + 4 * n + 4 * (n * n - length * length)).squareRoot() - (1 + 2 * n))
  return (length / n, min(1, p))
}

/// The direction of the sum of phases, in turns from 0 to 1; `nil` where they have none.
public func meanPhase(_ phases: [Double]) -> Double? {
  let sum = phaseSum(phases)
  guard sum.cosines * sum.cosines + sum.sines * sum.sines > 1e-12 else { return nil }
  let turns = atan2(sum.sines, sum.cosines) / (2 * Double.pi)
  return turns < 0 ? turns + 1 : turns
}

private func phaseSum(_ phases: [Double]) -> (cosines: Double, sines: Double, n: Double) {
  var sum = (cosines: 0.0, sines: 0.0, n: 0.0)
  for phase in phases where phase.isFinite {
    let angle = 2 * Double.pi * (phase - phase.rounded(.down))
    sum.cosines += cos(angle)
    sum.sines += sin(angle)
    sum.n += 1
  }
  return sum
}

/// The line through (x, y) by the median of all pairwise slopes, which bends to no outlier.
///
/// Above `theilSenPoints` points every k-th is taken. `nil` for fewer than two distinct x.
///
/// - Complexity: O(n²) in the points taken.
///
/// Source: P. K. Sen, JASA 63 (1968), 1379-1389.
public func theilSen(x: [Double], y: [Double]) -> (slope: Double, intercept: Double)? {
  let all = zip(x, y).filter { $0.isFinite && $1.isFinite }
  let stride = (all.count + theilSenPoints - 1) / theilSenPoints
  let points =
    stride <= 1 ? all : all.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
  var slopes: [Double] = []
  for i in points.indices {
    for j in points.indices[(i + 1)...] where points[j].0 != points[i].0 {
      slopes.append((points[j].1 - points[i].1) / (points[j].0 - points[i].0))
    }
  }
  guard let slope = median(slopes), let offset = median(points.map { $0.1 - slope * $0.0 }) else {
    return nil
  }
  return (slope, offset)
}

/// A thousand points make half a million slopes, a few megabytes.
private let theilSenPoints = 1000

/// Spearman's rank correlation with its two-sided p-value; ties get their mean rank.
///
/// `nil` for fewer than three pairs or a constant side. p is from Student's t with n - 2 degrees of
/// freedom, rough below ten pairs.
public func spearman(_ x: [Double], _ y: [Double]) -> (rho: Double, p: Double)? {
  let pairs = zip(x, y).filter { $0.isFinite && $1.isFinite }
  guard pairs.count >= 3 else { return nil }
  let a = ranks(pairs.map(\.0))
  let b = ranks(pairs.map(\.1))
  let centre = Double(pairs.count + 1) / 2
  var ab = 0.0
  var aa = 0.0
  var bb = 0.0
  for (u, v) in zip(a, b) {
    ab += (u - centre) * (v - centre)
    aa += (u - centre) * (u - centre)
    bb += (v - centre) * (v - centre)
  }
  guard aa > 0, bb > 0 else { return nil }
  let rho = min(1, max(-1, ab / (aa * bb).squareRoot()))
  return (rho, regularizedBeta(1 - rho * rho, Double(pairs.count - 2) / 2, 0.5))
}

func ranks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  var result = [Double](repeating: 0, count: values.count)
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
    for i in start..<end { result[order[i]] = Double(start + end + 1) / 2 }
    start = end
  }
  return result
}

/// Two-sided p of equal distributions by the rank sum of two samples, ties sharing their ranks.
///
/// By the normal law, corrected for continuity and for ties; exact enough from three on either side
/// for p that a handful of tests can use. 1 where a side is empty or all values are equal.
///
/// Source: H. B. Mann and D. R. Whitney (1947).
public func rankSum(_ a: [Double], _ b: [Double]) -> Double {
  guard !a.isEmpty, !b.isEmpty else { return 1 }
  let (na, nb, n) = (Double(a.count), Double(b.count), Double(a.count + b.count))
  let all = ranks(a + b)
  let sum = all[..<a.count].reduce(0, +)
  // Who shares a rank is tied.
  let ties = Dictionary(grouping: all) { $0 }.values.reduce(0.0) {
    let t = Double($1.count)
    return $0 + t * t * t - t
  }
  let mean = na * (n + 1) / 2
  let variance = na * nb / 12 * (n + 1 - ties / (n * max(1, n - 1)))
  guard variance > 0 else { return 1 }
  let z = max(0, abs(sum - mean) - 0.5) / variance.squareRoot()
  return min(1, 2 * (1 - normalCDF(z)))
}
