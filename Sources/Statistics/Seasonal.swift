internal import Foundation

/// Below this expected count a median is a coarse step, and buckets are pooled before it is taken.
private let resolvableCount = 10.0

/// What each bucket would hold on an ordinary day: the median over the seasons at its phase.
///
/// Where the series has fewer than ten events a bucket, neighbouring phases are pooled until the
/// pool has them: a rare event is not an impossible one.
///
/// - Parameters:
///   - counts: buckets of equal length in time order; missing ones are NaN.
///   - period: buckets in a season (a day, a week). Below 2, or with fewer than two whole seasons,
///     one typical count serves every bucket.
/// - Returns: n expected counts; 0 where nothing was ever seen.
/// - Complexity: O(n log n).
public func seasonalExpectation(_ counts: [Double], period: Int) -> [Double] {
  let overall = typicalCount(counts)
  let flat = [Double](repeating: overall, count: counts.count)
  guard period >= 2, counts.count / 2 >= period, overall > 0 else { return flat }
  let width = Int(min(Double(period), max(1, (resolvableCount / overall).rounded(.up))))
  guard width * 2 <= period else { return flat }
  var pools = [[Double]](repeating: [], count: (period + width - 1) / width)
  var start = 0
  while start < counts.count {
    let phase = start % period
    let end = min(counts.count, start + min(width, period - phase))
    let seen = counts[start..<end].filter { $0 >= 0 && $0.isFinite }
    if !seen.isEmpty { pools[phase / width].append(seen.reduce(0, +) / Double(seen.count)) }
    start = end
  }
  let levels = pools.map { median($0) ?? overall }
  return counts.indices.map { levels[($0 % period) / width] }
}

/// The typical count of a bucket, whatever an incident of less than four ninths of the time did.
///
/// The median; below ten events a bucket the median of the means of nine stretches of time, which
/// does not fall to 0 for rare events. 0 for no usable count.
///
/// Source: the median of means, A. S. Nemirovsky and D. B. Yudin (1983).
public func typicalCount(_ counts: [Double]) -> Double {
  let usable = counts.filter { $0 >= 0 && $0.isFinite }
  guard let middle = median(usable) else { return 0 }
  guard middle < resolvableCount else { return middle }
  let length = (usable.count + 8) / 9
  let means = stride(from: 0, to: usable.count, by: length).map { start in
    let group = usable[start..<min(usable.count, start + length)]
    return group.reduce(0, +) / Double(group.count)
  }
  return median(means) ?? middle
}

/// Buckets in a short block of `seasonalDispersion`: enough for a variance, short against an outage.
private let dispersionBlock = 16

/// The negative-binomial size of `counts` around their expected means, robust to an incident.
///
/// The excess variance sum((x - m)² - m) / sum(m²) is taken block by block and its median over the
/// blocks is inverted: an incident is one stretch of time, so it spoils few blocks. That is done with
/// blocks of 16 buckets and with nine blocks in all, and the more dispersed answer counts: a
/// service that logs twenty lines every hour looks silent, not bursty, in most short blocks.
///
/// - Returns: between `NegativeBinomial.minimumSize` and infinity (no excess: Poisson).
/// - Complexity: O(n log n).
public func seasonalDispersion(_ counts: [Double], expected: [Double]) -> Double {
  let count = min(counts.count, expected.count)
  let lengths = [dispersionBlock, max(dispersionBlock, (count + 8) / 9)]
  let typical = lengths.compactMap { excessVariance(counts, expected, count, block: $0) }.max()
  guard let typical, typical > 0 else { return .infinity }
  return max(NegativeBinomial.minimumSize, 1 / typical)
}

/// The median over blocks of the excess variance, relative to the squared mean.
private func excessVariance(
  _ counts: [Double], _ expected: [Double], _ count: Int, block: Int
) -> Double? {
  var excesses: [Double] = []
  for start in stride(from: 0, to: count, by: block) {
    var excess = 0.0
    var weight = 0.0
    for i in start..<min(count, start + block)
    where counts[i] >= 0 && counts[i].isFinite && expected[i] > 0 && expected[i].isFinite {
      let deviation = counts[i] - expected[i]
      excess += deviation * deviation - expected[i]
      weight += expected[i] * expected[i]
    }
    if weight > 0 { excesses.append(excess / weight) }
  }
  return median(excesses)
}
