internal import Foundation

/// The typical count of a bucket, whatever an incident of less than a third of the time did.
///
/// The median of the means of fifteen stretches of time: counts are skewed, so their median lies
/// well below the mean that a test must expect (by a third at size 1), and is 0 for rare events.
/// Where the two are more than fourfold apart although the median is no coarse step, an incident
/// fills the stretches and the plain median is the better witness. 0 for no usable count.
///
/// Source: the median of means, A. S. Nemirovsky and D. B. Yudin (1983).
public func typicalCount(_ counts: [Double]) -> Double {
  let usable = counts.filter { $0 >= 0 && $0.isFinite }
  guard let middle = median(usable) else { return 0 }
  let length = (usable.count + stretches - 1) / stretches
  let means = stride(from: 0, to: usable.count, by: length).map { start in
    let group = usable[start..<min(usable.count, start + length)]
    return group.reduce(0, +) / Double(group.count)
  }
  guard let typical = median(means) else { return middle }
  let isApart = typical > 4 * middle || typical < middle / 4
  return isApart && middle >= 3 ? middle : typical
}

private let stretches = 15

/// Buckets in a block of `seasonalDispersion`: enough for a variance, short against an outage.
private let shortestBlock = 16

/// The negative-binomial size of `counts` around their expected means, robust to an incident.
///
/// The excess variance sum((x - m)² - m) / sum(m²) is taken block by block and its median over the
/// blocks is inverted: an incident is one stretch of time, so it spoils few blocks. Blocks are made
/// longer, up to a ninth of the series, until no more than a quarter of them look silent: a
/// service that logs twenty lines every hour is bursty, but in most short blocks it logs nothing.
///
/// - Returns: between `NegativeBinomial.minimumSize` and infinity (no excess: Poisson).
/// - Complexity: O(n log n).
public func seasonalDispersion(_ counts: [Double], expected: [Double]) -> Double {
  let count = min(counts.count, expected.count)
  let longest = max(shortestBlock, (count + 8) / 9)
  var block = shortestBlock
  while true {
    let (excesses, silent) = excessVariances(counts, expected, count, block: block)
    if block < longest, silent * 4 > excesses.count {
      block = min(longest, block * 4)
      continue
    }
    guard let typical = median(excesses), typical > 0 else { return .infinity }
    return max(NegativeBinomial.minimumSize, 1 / typical)
  }
}

/// The excess variance of each block relative to its squared mean, and how many blocks hold less
/// than a quarter of what was expected.
private func excessVariances(
  _ counts: [Double], _ expected: [Double], _ count: Int, block: Int
) -> (excesses: [Double], silent: Int) {
  var excesses: [Double] = []
  var silent = 0
  for start in stride(from: 0, to: count, by: block) {
    var excess = 0.0
    var weight = 0.0
    var seen = 0.0
    var due = 0.0
    for i in start..<min(count, start + block)
    where counts[i] >= 0 && counts[i].isFinite && expected[i] > 0 && expected[i].isFinite {
      let deviation = counts[i] - expected[i]
      excess += deviation * deviation - expected[i]
      weight += expected[i] * expected[i]
      seen += counts[i]
      due += expected[i]
    }
    guard weight > 0 else { continue }
    excesses.append(excess / weight)
    if seen < due / 4 { silent += 1 }
  }
  return (excesses, silent)
}
