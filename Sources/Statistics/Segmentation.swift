internal import Foundation

/// A stretch of buckets with one mean.
public struct Segment: Sendable, Hashable, Codable {
  /// Buckets start..<end.
  public var start: Int
  public var end: Int
  /// Events per bucket.
  public var mean: Double
}

/// What a segment with one fitted mean costs: twice its negative log likelihood.
public enum SegmentCost: Sendable, Hashable, Codable {
  case poisson
  /// Negative binomial of this size, the same in every segment.
  case negativeBinomial(size: Double)

  /// Terms that no segmentation changes are left out.
  func of(sum: Double, length: Double) -> Double {
    guard sum > 0 else { return 0 }
    let mean = sum / length
    switch self {
    case .negativeBinomial(let size) where size < NegativeBinomial.poissonSize:
      let r = max(size, NegativeBinomial.minimumSize)
      return -2 * (sum * log(mean / (mean + r)) - length * r * log1p(mean / r))
    case .poisson, .negativeBinomial:
      return 2 * (sum - sum * log(mean))
    }
  }
}

/// The segmentation of least total cost: exact, and about linear in n where changes are frequent.
///
/// - Parameters:
///   - counts: events per bucket; NaN, negative and infinite values count as 0.
///   - penalty: what each further segment must gain; `nil` is 2 ln n, the BIC for a mean and a
///     position.
///   - minSegment: the shortest segment, at least 1; a series shorter than two of them is one.
/// - Returns: segments that tile 0..<n; none for an empty series.
/// - Complexity: O(n) where changes keep coming, O(n²) where there is none: 1,000 buckets without a
///   change take 7 ms, 2,640 take 20 ms, so coarsen long series first.
///
/// Source: R. Killick, P. Fearnhead, I. A. Eckley, JASA 107 (2012), 1590-1598. With a shortest
/// segment a candidate may still win until the pruning bucket is that far behind, so it is dropped
/// only then.
public func pelt(
  _ counts: [Double], cost: SegmentCost = .poisson, penalty: Double? = nil, minSegment: Int = 2
) -> [Segment] {
  let n = counts.count
  guard n > 0 else { return [] }
  let shortest = max(1, min(minSegment, n))
  let price = penalty.map { $0.isFinite ? max(0, $0) : 0 } ?? 2 * log(Double(n))
  var sums = [0.0]
  sums.reserveCapacity(n + 1)
  for count in counts {
    sums.append(sums[sums.count - 1] + (count >= 0 && count.isFinite ? count : 0))
  }
  func segment(_ start: Int, _ end: Int) -> Double {
    cost.of(sum: sums[end] - sums[start], length: Double(end - start))
  }

  var best = [Double](repeating: .infinity, count: n + 1)
  var previous = [Int](repeating: 0, count: n + 1)
  best[0] = -price
  var candidates: [(start: Int, dropFrom: Int)] = [(0, .max)]
  for end in stride(from: shortest, through: n, by: 1) {
    if end - shortest >= shortest { candidates.append((end - shortest, .max)) }
    candidates.removeAll { $0.dropFrom <= end }
    var totals: [Double] = []
    totals.reserveCapacity(candidates.count)
    for candidate in candidates {
      let total = best[candidate.start] + segment(candidate.start, end)
      totals.append(total)
      if total + price < best[end] {
        best[end] = total + price
        previous[end] = candidate.start
      }
    }
    // The slack keeps rounding from dropping a candidate that is as good as the best.
    let limit = best[end] + 1e-9 * (1 + abs(best[end]))
    for i in candidates.indices where totals[i] > limit && candidates[i].dropFrom == .max {
      candidates[i].dropFrom = end + shortest
    }
  }

  var segments: [Segment] = []
  var end = n
  while end > 0 {
    let start = previous[end]
    let mean = (sums[end] - sums[start]) / Double(end - start)
    segments.append(Segment(start: start, end: end, mean: mean))
    end = start
  }
  return segments.reversed()
}
