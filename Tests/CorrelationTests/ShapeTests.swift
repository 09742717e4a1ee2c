import Records
import Surveys
import TestSupport
import Testing

@testable import Correlation

@Suite("Shapes and courses")
struct ShapeTests {
  private let frame = CaseFrame(start: 1_700_006_400, width: 60, count: 1440)

  /// Poisson counts about a course, and the run of them between two buckets.
  private func run(_ within: Range<Int>, isOpen: Bool = false, _ course: (Int) -> Double) -> Run {
    var numbers = SplitMix(state: 11)
    let values = (0..<frame.count).map { i -> Double in
      var left = course(i)
      var count = -1.0
      while left > 0 {
        left += logarithm(Double.random(in: 1e-12..<1, using: &numbers))
        count += 1
      }
      return max(0, count)
    }
    let signal = Signal(
      id: "failures/web", kind: .failures, service: "web", name: "", role: .unknown,
      values: values, attempts: [], isMean: false, series: [])
    let inside = values[within]
    return Run(
      signal: signal, direction: .up,
      onset: Dated(exactly: frame.second(ofIndex: within.lowerBound)),
      end: frame.second(ofIndex: within.upperBound), isOpenEnded: isOpen, alarm: 0, usual: 5,
      mean: inside.reduce(0, +) / Double(inside.count), peak: inside.max() ?? 0, peakAt: 0,
      excess: 0, share: .nan, usualShare: .nan, strength: 0, citations: [])
  }

  private func shape(_ run: Run) -> Shape { run.shape(among: [run], frame: frame) }

  @Test("a step, a ramp, a burst and a comb are told apart")
  func shapes() {
    #expect(shape(run(600..<800) { (600..<800).contains($0) ? 60 : 5 }) == .step)
    #expect(
      shape(
        run(600..<900) { (600..<900).contains($0) ? 5 + Double(min($0 - 600, 200)) * 0.4 : 5 })
        == .ramp)
    #expect(shape(run(600..<608) { (600..<608).contains($0) ? 60 : 5 }) == .burst)
    let comb = shape(
      run(600..<1000) { (600..<1000).contains($0) && ($0 - 600) % 50 < 8 ? 60 : 5 })
    guard case .comb(let period) = comb else {
      Issue.record("teeth at one distance are \(comb)")
      return
    }
    #expect(abs(period - 3000) < 120)
  }

  @Test("teeth that are runs of their own make a comb, and falls are dips or drops")
  func separate() {
    let teeth = (0..<6).map { k in
      run((100 + k * 200)..<(110 + k * 200)) { ($0 - 100) % 200 < 10 ? 60 : 5 }
    }
    guard case .comb(let period) = teeth[0].shape(among: teeth, frame: frame) else {
      Issue.record("runs at one distance are no comb")
      return
    }
    #expect(period == 12_000)
    var fall = run(600..<700) { (600..<700).contains($0) ? 0.1 : 5 }
    fall.direction = .down
    #expect(shape(fall) == .dip)
    fall.isOpenEnded = true
    #expect(shape(fall) == .drop)
  }

  @Test("an onset falls on the hour only where it is dated well enough to tell")
  func schedule() {
    let hour: Int64 = 1_700_006_400
    #expect(hour % 3600 == 0)
    #expect(Dated(at: hour + 2, earliest: hour - 10, latest: hour + 10).schedule?.period == 3600)
    #expect(
      Dated(at: hour + 1800, earliest: hour + 1795, latest: hour + 1810).schedule?.period == 1800)
    #expect(Dated(at: hour + 900, earliest: hour + 899, latest: hour + 905).schedule?.period == 900)
    #expect(Dated(at: hour + 2, earliest: hour - 600, latest: hour + 600).schedule == nil)
    #expect(Dated(at: hour + 400, earliest: hour + 390, latest: hour + 410).schedule == nil)
  }

  @Test("what comes every week at its hour is usual from three weeks on, and a lone one is not")
  func weeks() throws {
    func course(weeks: Int, recurs: Bool) throws -> (job: Double, other: Double) {
      let frame = CaseFrame(start: 1_699_833_600, width: 900, count: weeks * 7 * 96)
      let daily = try #require(DailyCourse(frame))
      // Sundays from 03:00 to 04:00, or the last of them alone.
      let values = (0..<frame.count).map { i -> Double in
        let (day, slot) = (i / 96, i % 96)
        let isJob = day % 7 == 6 && (12..<16).contains(slot)
        return isJob && (recurs || day == weeks * 7 - 1) ? 500 : 20
      }
      let others = daily.others(values)
      let last = (weeks * 7 - 1) * 96
      return (others[last + 13], others[last - 96 + 13])
    }
    #expect(try course(weeks: 4, recurs: true).job == 500)
    #expect(try course(weeks: 4, recurs: true).other == 20)
    #expect(try course(weeks: 4, recurs: false).job == 20)
    #expect(try course(weeks: 2, recurs: true).job == 20)
  }
}
