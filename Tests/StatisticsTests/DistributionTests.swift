import Testing

@testable import Statistics

/// The expected values are those of SciPy 1.17.
@Suite("Distributions")
struct DistributionTests {
  @Test("special functions agree with SciPy")
  func special() {
    #expect(close(logGamma(0.1), 2.252712651734206))
    #expect(close(logGamma(3.7), 1.428072326665388))
    #expect(close(logGamma(1234.5), 7550.550901077894))
    #expect(close(regularizedBeta(0.1, 2.5, 40), 0.8731641854879005))
    #expect(close(regularizedBeta(0.62, 500, 300), 0.383003521826823))
    #expect(close(regularizedGammaUpper(3, 2.2), 0.6227137499963162))
    #expect(close(regularizedGammaUpper(10.5, 40), 8.074810132634846e-09))
  }

  @Test("the normal distribution and its inverse agree with SciPy far into the tail")
  func normal() {
    #expect(close(normalCDF(-7), 1.279812543885835e-12, 1e-7))
    #expect(close(normalQuantile(0.975), 1.959963984540054))
    #expect(close(normalQuantile(0.02), -2.053748910631823))
    #expect(close(normalQuantile(1e-12), -7.034483825301131))
    #expect(normalQuantile(0) == -.infinity)
    #expect(normalQuantile(1) == .infinity)
    #expect(normalQuantile(1.5).isNaN)
  }

  @Test("counts agree with SciPy")
  func counts() {
    #expect(close(chiSquareTail(10.83, degreesOfFreedom: 1), 0.0009986863791802592))
    #expect(close(chiSquareTail(20, degreesOfFreedom: 7), 0.005569683072945574))
    #expect(close(binomialTail(8, n: 20, p: 0.2), 0.03214266308087516))
    #expect(close(poissonLogProbability(12, mean: 7.5), -3.3083782491547105))
    #expect(close(poissonCDF(12, mean: 7.5), 0.9573341324607251))
    let negative = NegativeBinomial(mean: 12, size: 2.5)
    #expect(close(negative.logProbability(30), -5.193638588725505))
    #expect(close(negative.cdf(30), 0.9653460505835927))
    #expect(close(negative.tail(100), 3.5579999558383464e-07))
    #expect(close(NegativeBinomial(mean: 7.5, size: .infinity).tail(30), 4.897114455785889e-10))
    let share = BetaBinomial(mean: 0.05, concentration: 40)
    #expect(close(share.logProbability(9, of: 50), -4.683892082164854))
    #expect(close(share.tail(9, of: 50), 0.021235753362632614))
  }

  @Test("proportions agree with SciPy")
  func proportions() {
    let few = wilson(successes: 3, trials: 40)
    #expect(close(few.low, 0.025836025774588198))
    #expect(close(few.high, 0.19864233524310543))
    let none = wilson(successes: 0, trials: 25, confidence: 0.9)
    #expect(none.low == 0)
    #expect(close(none.high, 0.09765350600605098))
    #expect(wilson(successes: 1, trials: 0) == Interval(low: 0, high: 1))
    let risk = relativeRisk(a: 40, n1: 100, c: 3, n2: 100)
    #expect(close(risk?.estimate, 11.571428571428571))
    #expect(close(risk?.low, 4.022759597073989))
    #expect(close(risk?.high, 33.2851009245161))
    // Crashes of one version only: the ratio stays finite and its interval is away from 1.
    let only = relativeRisk(a: 400, n1: 1000, c: 0, n2: 1000)
    #expect(close(only?.estimate, 801))
    #expect((only?.low ?? 0) > 40)
    #expect(relativeRisk(a: 5, n1: 4, c: 0, n2: 1) == nil)
  }

  @Test("fits return what was put in")
  func fits() {
    let counts: [Double] = [0, 4, 8, 2, 30, 1, 0, 11]
    let fit = NegativeBinomial.fit(counts)
    #expect(fit?.mean == 7)
    #expect(close(fit?.variance, meanAndVariance(counts)?.variance ?? 0))
    #expect(NegativeBinomial.fit([5, 5, 5])?.size == .infinity)
    #expect(NegativeBinomial.fit([.nan, -1]) == nil)
    let robust = NegativeBinomial.robust(median: 100, interquartileRange: 40)
    #expect(robust.mean == 100)
    #expect(close(robust.size, 10_000 / (40 / 1.349 * (40 / 1.349) - 100)))
    let share = BetaBinomial.fit(
      failures: [1, 9, 0, 12, 3, 5], attempts: [50, 50, 50, 50, 50, 50])
    #expect(close(share?.mean, 30.5 / 301))
    #expect((3...200).contains(share?.concentration ?? 0))
    #expect(BetaBinomial.fit(failures: [], attempts: []) == nil)
  }

  @Test("tests of many and of two rates agree with SciPy")
  func multiple() {
    let (adjusted, rejected) = benjaminiHochberg([0.01, 0.04, 0.03, 0.005, 0.8], rate: 0.03)
    for (a, b) in zip(adjusted, [0.025, 0.05, 0.05, 0.025, 0.8]) { #expect(close(a, b)) }
    #expect(rejected == [true, false, false, true, false])
    #expect(benjaminiHochberg([], rate: 0.1).adjusted.isEmpty)
    #expect(close(g2(a: 12, na: 200, b: 5, nb: 1000), 24.228327850754532))
    #expect(g2(a: 0, na: 0, b: 5, nb: 10) == 0)
  }

  @Test("no number traps or escapes its range")
  func hostile() {
    let odd: [Double] = [
      .nan, .infinity, -.infinity, -1, 0, 0.5, 1, 1e300, Double.leastNonzeroMagnitude,
    ]
    for a in odd {
      for b in odd {
        let p = [
          binomialTail(a, n: b, p: 0.5), poissonCDF(a, mean: b),
          NegativeBinomial(mean: a, size: b).cdf(3), NegativeBinomial(mean: a, size: b).tail(3),
          BetaBinomial(mean: a, concentration: b).tail(2, of: 5),
        ]
        #expect(p.allSatisfy { $0.isNaN || (0...1).contains($0) }, "\(a) \(b) \(p)")
        _ = wilson(successes: a, trials: b)
        _ = relativeRisk(a: a, n1: b, c: a, n2: b)
        _ = g2(a: a, na: b, b: a, nb: b)
        _ = robustDeviation(a, baseline: [b])
        _ = regularizedBeta(a, b, 3)
        _ = regularizedGammaUpper(a, b)
      }
    }
    #expect(median(odd) != nil)
    #expect(rayleigh(odd) != nil)
    #expect(spearman(odd, odd.reversed()) != nil)
    #expect(gini(odd) != nil)
    #expect(!pelt(odd).isEmpty)
    _ = OnsetDetector().changes(odd, expected: odd.reversed(), size: .nan)
    _ = OnsetDetector().changes(odd)
    _ = theilSen(x: odd, y: odd)
  }
}
