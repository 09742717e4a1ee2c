import Foundation
import TestSupport
import Testing

@testable import Statistics

/// A Poisson draw, by multiplication for small means and by normal approximation above 30.
private func poisson(_ mean: Double, _ random: inout SplitMix) -> Double {
  guard mean < 30 else {
    let u = Double.random(in: 1e-12..<1, using: &random)
    return max(0, (mean + mean.squareRoot() * normalQuantile(u)).rounded())
  }
  let limit = exp(-mean)
  var product = Double.random(in: 0..<1, using: &random)
  var count = 0.0
  while product > limit {
    product *= Double.random(in: 0..<1, using: &random)
    count += 1
  }
  return count
}

/// A negative binomial draw: a Poisson of a gamma mean, for whole sizes a sum of exponentials.
private func burst(_ mean: Double, size: Int, _ random: inout SplitMix) -> Double {
  var gamma = 0.0
  for _ in 0..<size { gamma -= log(Double.random(in: 1e-12..<1, using: &random)) }
  return poisson(mean * gamma / Double(size), &random)
}

@Suite("Onsets")
struct OnsetTests {
  @Test("the bucket that ends a low level may begin a high one")
  func turn() throws {
    // Low from the start, so that a departure is under way, then a jump.
    let counts = (0..<600).map { Double($0 < 400 ? ($0 % 8 == 0 ? 1 : 0) : 60) }
    let changes = OnsetDetector().changes(
      counts, expected: [Double](repeating: 0.6, count: 600), size: 2.4)
    let up = try #require(changes.first { $0.direction == .up && $0.kind == .departure })
    #expect(up.onset == 400)
  }

  @Test("a step up is dated within its interval, and so is its end", arguments: [0.3, 5, 400])
  func step(mean: Double) {
    var random = SplitMix(state: 7)
    var dated = 0
    var covered = 0
    var ended = 0
    var sized = 0
    let runs = 40
    for _ in 0..<runs {
      let counts = (0..<1000).map { i in
        poisson(mean * ((500..<650).contains(i) ? 6 : 1), &random)
      }
      let changes = OnsetDetector().changes(counts, expected: [mean], size: .infinity)
      // One false alarm in 10,000 buckets is allowed; the step is the change nearest to it.
      guard let step = changes.min(by: { abs($0.onset - 500) < abs($1.onset - 500) }) else {
        continue
      }
      #expect(step.direction == .up)
      #expect(step.earliest <= step.onset && step.onset <= step.latest)
      #expect(step.latest <= step.alarm)
      if abs(step.onset - 500) <= (mean < 1 ? 20 : 3) { dated += 1 }
      if step.earliest <= 500, step.latest >= 500 { covered += 1 }
      if abs((step.end ?? 0) - 650) <= (mean < 1 ? 30 : 4) { ended += 1 }
      if abs(step.ratio - 6) < (mean < 1 ? 2.5 : 1) { sized += 1 }
    }
    #expect(dated >= runs * 9 / 10, "\(dated)")
    #expect(covered >= runs * 8 / 10, "\(covered)")
    // At 0.3 events a bucket twenty quiet ones in a row are still chance: the end is less sharp.
    #expect(ended >= runs * (mean < 1 ? 7 : 9) / 10, "\(ended)")
    #expect(sized >= runs * 9 / 10, "\(sized)")
  }

  @Test("an outage that silences a series is found, and the return")
  func silence() {
    var random = SplitMix(state: 3)
    let counts = (0..<600).map { (300..<400).contains($0) ? 0 : poisson(4, &random) }
    let changes = OnsetDetector().changes(counts)
    #expect(changes.count == 1)
    #expect(changes.first?.direction == .down)
    #expect((297...303).contains(changes.first?.onset ?? 0))
    #expect((397...403).contains(changes.first?.end ?? 0))
  }

  @Test("a second step within the incident is a further change, and both end together")
  func further() {
    var random = SplitMix(state: 5)
    let counts = (0..<900).map { i -> Double in
      poisson(i < 300 || i >= 700 ? 20 : i < 500 ? 60 : 2000, &random)
    }
    let changes = OnsetDetector().changes(counts)
    #expect(changes.map(\.kind) == [.departure, .further])
    #expect(changes.map(\.onset) == [300, 500])
    #expect(changes.map(\.end) == [700, 700])
    #expect(abs((changes.last?.ratio ?? 0) - 33) < 3)
    #expect(abs((changes.last?.before ?? 0) - 60) < 3)
  }

  @Test("a handful of events never seen before gives an alarm")
  func novelty() {
    var counts = [Double](repeating: 0, count: 1000)
    for i in [700, 701, 703, 704, 706] { counts[i] = 1 }
    let changes = OnsetDetector().changes(counts)
    #expect(changes.first?.direction == .up)
    #expect(changes.first?.onset == 700)
  }

  @Test("missing buckets are not silence")
  func missing() {
    var random = SplitMix(state: 11)
    let counts = (0..<600).map { (300..<400).contains($0) ? .nan : poisson(4, &random) }
    #expect(OnsetDetector().changes(counts).isEmpty)
    #expect(OnsetDetector().changes([]).isEmpty)
  }

  @Test("false alarms are as rare as was asked", arguments: [(0.2, 0), (8, 0), (50, 4), (3, 2)])
  func falseAlarms(mean: Double, size: Int) {
    var random = SplitMix(state: 17)
    var detector = OnsetDetector()
    detector.bucketsPerFalseAlarm = 1000
    var alarms = 0
    let series = 60
    for _ in 0..<series {
      let counts = (0..<1000).map { _ in
        size == 0 ? poisson(mean, &random) : burst(mean, size: size, &random)
      }
      let spread = size == 0 ? Double.infinity : Double(size)
      alarms += detector.changes(counts, expected: [mean], size: spread).count
    }
    // 60,000 buckets: at most 60 were asked for.
    #expect(alarms <= series, "\(alarms)")
  }

  @Test("with everything estimated from an over-dispersed series, alarms stay rare")
  func estimated() {
    var random = SplitMix(state: 19)
    var alarms = 0
    var found = 0
    for _ in 0..<30 {
      var counts = (0..<1440).map { _ in burst(40, size: 3, &random) }
      alarms += OnsetDetector().changes(counts).count
      for i in 900..<1100 { counts[i] = burst(400, size: 3, &random) }
      let changes = OnsetDetector().changes(counts)
      if changes.contains(where: { abs($0.onset - 900) < 12 && $0.direction == .up }) { found += 1 }
    }
    #expect(alarms <= 10, "\(alarms)")
    #expect(found >= 28, "\(found)")
  }

  @Test("a daily rhythm is no change when it is expected")
  func seasonal() {
    var random = SplitMix(state: 23)
    let day = 288
    func rhythm(_ i: Int) -> Double { 60 + 50 * sin(2 * .pi * Double(i) / Double(day)) }
    var counts = (0..<(7 * day)).map { poisson(rhythm($0), &random) }
    let expected = counts.indices.map(rhythm)
    #expect(OnsetDetector().changes(counts, expected: expected).isEmpty)
    for i in 1500..<1560 { counts[i] = poisson(rhythm(i) * 3, &random) }
    let changes = OnsetDetector().changes(counts, expected: expected)
    #expect(changes.count == 1)
    #expect((1497...1502).contains(changes.first?.onset ?? 0))
    #expect((1556...1564).contains(changes.first?.end ?? 0))
  }

  @Test("a share of failures that rises is dated, at many and at few attempts")
  func failures() {
    var random = SplitMix(state: 29)
    for attempts in [3.0, 200] {
      let tried = [Double](repeating: attempts, count: 800)
      let failed = (0..<800).map { i -> Double in
        let p = (400..<500).contains(i) ? 0.5 : 0.04
        return (0..<Int(attempts)).reduce(0) { sum, _ in
          sum + (Double.random(in: 0..<1, using: &random) < p ? 1 : 0)
        }
      }
      let quiet = BetaBinomial.fit(
        failures: Array(failed[..<300]), attempts: Array(tried[..<300]))
      guard let quiet else { continue }
      let changes = OnsetDetector().changes(failures: failed, attempts: tried, baseline: quiet)
      #expect(changes.count == 1, "\(changes)")
      #expect(abs((changes.first?.onset ?? 0) - 400) <= 6)
      #expect(abs((changes.first?.end ?? 0) - 500) <= 10)
      #expect(abs((changes.first?.after ?? 0) - 0.5) < 0.1)
    }
  }

  @Test("the spread of a series is found in spite of an incident")
  func dispersion() {
    var random = SplitMix(state: 31)
    var counts = (0..<1440).map { _ in burst(100, size: 5, &random) }
    for i in 600..<900 { counts[i] = 5000 }
    let size = seasonalDispersion(
      counts, expected: [Double](repeating: typicalCount(counts), count: counts.count))
    #expect((3.5...9).contains(size), "\(size)")
  }

  @Test("a service that logs in bursts, mostly silent, is no sequence of incidents")
  func bursts() {
    var random = SplitMix(state: 47)
    var alarms = 0
    var found = 0
    for _ in 0..<20 {
      var counts = [Double](repeating: 0, count: 2880)
      for i in counts.indices where Double.random(in: 0..<1, using: &random) < 0.02 {
        counts[i] = poisson(20, &random)
      }
      alarms += OnsetDetector().changes(counts).count
      for i in 2000..<2100 { counts[i] = poisson(20, &random) }
      let changes = OnsetDetector().changes(counts)
      if changes.contains(where: { abs($0.onset - 2000) < 60 }) { found += 1 }
    }
    #expect(alarms <= 6, "\(alarms)")
    #expect(found == 20, "\(found)")
  }

  @Test("a storm that wavers far more than the quiet before it is one incident, not many")
  func storm() {
    var random = SplitMix(state: 53)
    let counts = (0..<2640).map { i in
      (360..<1100).contains(i) ? burst(400, size: 10, &random) : poisson(5, &random)
    }
    let changes = OnsetDetector().changes(counts)
    #expect(changes.count <= 3, "\(changes)")
    #expect(changes.first?.onset == 360)
    #expect(abs((changes.first?.end ?? 0) - 1100) <= 3)
  }

  @Test("a slide is dated to its course, and a slow recovery eases before it ends")
  func slide() {
    var random = SplitMix(state: 59)
    let counts = (0..<2640).map { i -> Double in
      let down = max(0.06, 1 - Double(max(0, i - 360)) / 120)
      let up = max(0, Double(i - 960)) / 1000
      return poisson(1000 * min(1, down + up), &random)
    }
    let changes = OnsetDetector().changes(counts, expected: [1000])
    #expect(changes.first?.direction == .down)
    #expect((360...385).contains(changes.first?.earliest ?? 0), "\(changes)")
    #expect(changes.first?.kind == .departure)
    #expect(changes.last?.kind == .easing)
    #expect((1300...1960).contains(changes.first?.end ?? 0))
    #expect(changes.count <= 9)
  }

  @Test("rare events have an expectation")
  func rare() {
    var random = SplitMix(state: 37)
    let counts = (0..<(1440 * 4)).map { _ in poisson(0.05, &random) }
    #expect((0.02...0.09).contains(typicalCount(counts)))
    #expect(OnsetDetector().changes(counts).isEmpty)
  }
}

@Suite("Segmentation")
struct SegmentationTests {
  /// The least cost over all segmentations, by plain dynamic programming.
  private func exhaustive(
    _ counts: [Double], _ cost: SegmentCost, _ penalty: Double, _ shortest: Int
  ) -> Double {
    var best = [Double](repeating: .infinity, count: counts.count + 1)
    best[0] = -penalty
    for end in 1...counts.count {
      for start in 0..<end where end - start >= shortest {
        let sum = counts[start..<end].reduce(0, +)
        let total = best[start] + cost.of(sum: sum, length: Double(end - start)) + penalty
        best[end] = min(best[end], total)
      }
    }
    return best[counts.count]
  }

  @Test("pruning loses nothing: the cost is that of an exhaustive search", arguments: 1...6)
  func exact(shortest: Int) {
    var random = SplitMix(state: UInt64(shortest))
    for cost in [SegmentCost.poisson, .negativeBinomial(size: 3)] {
      for _ in 0..<20 {
        var level = 5.0
        let counts = (0..<90).map { i -> Double in
          if i % 15 == 0 { level = Double.random(in: 0..<40, using: &random) }
          return poisson(level, &random)
        }
        let penalty = 6.0
        let segments = pelt(counts, cost: cost, penalty: penalty, minSegment: shortest)
        let total = segments.reduce(-penalty) { total, s in
          let sum = counts[s.start..<s.end].reduce(0, +)
          return total + cost.of(sum: sum, length: Double(s.end - s.start)) + penalty
        }
        #expect(close(total, exhaustive(counts, cost, penalty, shortest)))
        #expect(segments.allSatisfy { $0.end - $0.start >= shortest })
        #expect(segments.first?.start == 0 && segments.last?.end == counts.count)
      }
    }
  }

  @Test("two clear steps give three segments")
  func steps() {
    var random = SplitMix(state: 41)
    let counts = (0..<300).map { poisson($0 < 100 ? 10 : $0 < 180 ? 60 : 12, &random) }
    let segments = pelt(counts)
    #expect(segments.map(\.start) == [0, 100, 180])
    #expect(pelt([]).isEmpty)
    #expect(pelt([3]).map(\.mean) == [3])
  }

  @Test("a long series is not quadratic work")
  func long() {
    var random = SplitMix(state: 43)
    let counts = (0..<10_000).map { poisson($0 / 100 % 2 == 0 ? 10 : 30, &random) }
    let clock = ContinuousClock()
    var segments: [Segment] = []
    let took = clock.measure { segments = pelt(counts, minSegment: 5) }
    #expect((98...104).contains(segments.count), "\(segments.count)")
    #expect(took < .seconds(5), "\(took)")
  }
}
