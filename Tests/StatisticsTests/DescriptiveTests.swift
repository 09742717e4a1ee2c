import Foundation
import Testing

@testable import Statistics

/// The expected values are those of SciPy 1.17 and NumPy, or worked out beside them.
@Suite("Descriptive statistics")
struct DescriptiveTests {
  let digits: [Double] = [3, 1, 4, 1, 5, 9, 2, 6]

  @Test("quantiles are of type 7")
  func quantiles() {
    #expect(close(quantile(digits, 0.3), 2.1))
    #expect(median(digits) == 3.5)
    #expect(iqr(digits) == 3.5)
    #expect(mad(digits) == 2)
    #expect(median([]) == nil)
    #expect(median([.nan, 7]) == 7)
    #expect(iqr([7]) == 0)
    #expect(robustDeviation(17.5, baseline: digits) == 4)
    #expect(robustDeviation(9, baseline: [2, 2, 2]) == 7)
  }

  @Test("populations: even and concentrated")
  func populations() {
    #expect(close(entropy([5, 1, 1, 1, 2]), 1.9609640474436811))
    #expect(close(normalizedEntropy([5, 1, 1, 1, 2]), 0.8445412464587145))
    #expect(normalizedEntropy([9, 0, 0]) == 0)
    #expect(entropy([]) == nil)
    #expect(close(jensenShannon([10, 20, 30], [30, 20, 10, 5]), 0.14043697920401274))
    #expect(jensenShannon([1, 2], [1, 2]) == 0)
    #expect(jensenShannon([0], [1]) == nil)
    #expect(
      close(divergenceParts([10, 20, 30], [30, 20, 10, 5])?.reduce(0, +), 0.14043697920401274))
    #expect(hhi([1, 1, 1, 1]) == 0.25)
    #expect(collisionEntropy([1, 1, 1, 1]) == 2)
    #expect(collisionEntropy([7]) == 0)
    // Shares 3/4 and 1/4 against 1/4 and 3/4, half an event added: 5.5 and 1.5 of 7.
    #expect(
      close(
        collisionDivergence([5, 1], from: [1, 5]),
        log2(Double(5.5 * 5.5 / 1.5 + 1.5 * 1.5 / 5.5) / 7)))
    #expect(close(collisionDivergence([5, 1], from: [5, 1]), 0))
    #expect(collisionDivergence([], from: [1]) == nil)
    #expect(topShare([5, 1, 1, 1, 2], k: 2) == 0.7)
    #expect(gini([4, 4, 4]) == 0)
    // (1, 3): mean absolute difference 1 over twice the mean 2.
    #expect(gini([3, 1]) == 0.25)
  }

  @Test("gaps: a timer, and bursts")
  func gaps() {
    #expect(coefficientOfVariation([6, 6, 6, 6]) == 0)
    #expect(close(coefficientOfVariation([1, 3]), 2.0.squareRoot() / 2))
  }

  @Test("events at one phase of the period are told from events at any phase")
  func phases() {
    let timer = rayleigh((0..<30).map { Double($0) + 0.25 })
    #expect(close(timer?.resultant, 1))
    #expect((timer?.p ?? 1) < 1e-9)
    #expect(close(meanPhase([0.9, 0.1, 1.0]), 0) || close(meanPhase([0.9, 0.1, 1.0]), 1))
    #expect(close(meanPhase([3.25, 7.25]), 0.25))
    #expect(meanPhase([0, 0.5]) == nil)
    let even = rayleigh((0..<30).map { Double($0) / 30 })
    #expect((even?.resultant ?? 1) < 1e-9)
    #expect((even?.p ?? 0) > 0.9)
  }

  @Test("rank sums agree with SciPy's, ties and all")
  func ranks() {
    // scipy.stats.mannwhitneyu(a, b, method="asymptotic").pvalue
    #expect(abs(rankSum([1, 2, 3, 4, 5.5, 6], [4, 7, 8, 9]) - 0.054273463090973875) < 1e-12)
    #expect(abs(rankSum([1, 1, 2, 2, 3], [2, 3, 3, 4, 4, 9]) - 0.031633423039876964) < 1e-12)
    #expect(rankSum([], [1]) == 1)
    #expect(rankSum([2, 2], [2, 2, 2]) == 1)
  }

  @Test("ranks and slopes agree with SciPy")
  func ranked() {
    let x: [Double] = [1, 2, 3, 4, 5, 6, 7, 8]
    let y: [Double] = [2, 1, 4, 3, 7, 5, 5, 9]
    let rank = spearman(x, y)
    #expect(close(rank?.rho, 0.8742671711966791))
    #expect(close(rank?.p, 0.004512385603651025))
    #expect(spearman(x, [1, 1, 1, 1, 1, 1, 1, 1]) == nil)
    let line = theilSen(x: x, y: y)
    #expect(line?.slope == 1)
    #expect(line?.intercept == 0)
    #expect(theilSen(x: [1, 1], y: [2, 3]) == nil)
  }
}
