internal import Foundation

private func usable(_ counts: [Double]) -> (counts: [Double], total: Double)? {
  let kept = counts.filter { $0 > 0 && $0.isFinite }
  let total = kept.reduce(0, +)
  return total > 0 && total.isFinite ? (kept, total) : nil
}

/// Shannon's entropy of a population in bits; `nil` for an empty one.
public func entropy(_ counts: [Double]) -> Double? {
  guard let (kept, total) = usable(counts) else { return nil }
  return max(0, -kept.reduce(0) { $0 + $1 / total * log2($1 / total) })
}

/// Entropy over its maximum, log2 of the number of members seen: 1 is even, 0 is one member alone.
///
/// `nil` for an empty population. Zero and unusable counts are not members.
public func normalizedEntropy(_ counts: [Double]) -> Double? {
  guard let bits = entropy(counts) else { return nil }
  let members = counts.filter { $0 > 0 && $0.isFinite }.count
  return members > 1 ? min(1, bits / log2(Double(members))) : 0
}

/// Rényi's entropy of order 2 in bits: -log2 of the chance that two events are of one member.
///
/// Heavy members weigh more than in Shannon's. `nil` for an empty population.
///
/// Source: A. Rényi, Proc. 4th Berkeley Symposium 1 (1961), 547-561.
public func collisionEntropy(_ counts: [Double]) -> Double? {
  hhi(counts).map { max(0, -log2($0)) }
}

/// Shares of two populations with half an event added to every member, which keeps small samples
/// from looking disjoint; `nil` when either is empty. The shorter array is filled with 0.
private func smoothed(_ a: [Double], _ b: [Double]) -> (a: [Double], b: [Double])? {
  guard usable(a) != nil, usable(b) != nil else { return nil }
  let count = max(a.count, b.count)
  func shares(_ x: [Double]) -> [Double] {
    let raised = (0..<count).map { i in
      0.5 + (i < x.count && x[i] > 0 && x[i].isFinite ? x[i] : 0)
    }
    let total = raised.reduce(0, +)
    return raised.map { $0 / total }
  }
  return (shares(a), shares(b))
}

/// The Jensen-Shannon divergence of two populations in bits: 0 is the same, 1 is disjoint.
///
/// Half an event is added to every member. Shape: the same member at the same index.
///
/// - Returns: `nil` when either population is empty.
///
/// Source: J. Lin, IEEE Trans. Inf. Theory 37 (1991), 145-151.
public func jensenShannon(_ a: [Double], _ b: [Double]) -> Double? {
  divergenceParts(a, b).map { min(1, max(0, $0.reduce(0, +))) }
}

/// What each member adds to the Jensen-Shannon divergence, bits.
public func divergenceParts(_ a: [Double], _ b: [Double]) -> [Double]? {
  smoothed(a, b).map { shares in
    zip(shares.a, shares.b).map { p, q in
      let mixture = (p + q) / 2
      return (p * log2(p / mixture) + q * log2(q / mixture)) / 2
    }
  }
}

/// Rényi's divergence of order 2 of `a` from `b` in bits: 0 is the same, without an upper bound.
///
/// Members that are common in `a` and rare in `b` weigh most. Half an event is added to every member.
///
/// - Returns: `nil` when either population is empty.
///
/// Source: A. Rényi, Proc. 4th Berkeley Symposium 1 (1961), 547-561.
public func collisionDivergence(_ a: [Double], from b: [Double]) -> Double? {
  smoothed(a, b).map { shares in
    max(0, log2(zip(shares.a, shares.b).reduce(0) { $0 + $1.0 * $1.0 / $1.1 }))
  }
}

/// The Herfindahl-Hirschman index, the sum of the squared shares: 1/n when even, 1 when one has all.
public func hhi(_ counts: [Double]) -> Double? {
  guard let (kept, total) = usable(counts) else { return nil }
  return kept.reduce(0) { $0 + ($1 / total) * ($1 / total) }
}

/// The share of the `k` largest members; `nil` for an empty population.
public func topShare(_ counts: [Double], k: Int) -> Double? {
  guard let (kept, total) = usable(counts) else { return nil }
  return kept.sorted(by: >).prefix(max(0, k)).reduce(0, +) / total
}

/// Gini's coefficient over the members seen: 0 is even, towards 1 is concentrated.
public func gini(_ counts: [Double]) -> Double? {
  guard let (kept, total) = usable(counts) else { return nil }
  let n = Double(kept.count)
  var weighted = 0.0
  for (rank, count) in kept.sorted().enumerated() { weighted += Double(rank + 1) * count }
  return max(0, 2 * weighted / (n * total) - (n + 1) / n)
}
