import Statistics
import TestSupport
import Testing

@testable import Correlation

@Suite("Mixtures")
struct MixtureTests {
  /// Twelve parts before and one during, of so many records each, drawn by shares.
  private func table(
    seed: UInt64, shares: [Double], during: [Double]? = nil, each: Int = 400, parts: Int = 12
  ) -> MixTable {
    var numbers = SplitMix(state: seed)
    var table = MixTable(windows: parts + 1)
    for window in 0...parts {
      let weights = window == parts ? during ?? shares : shares
      let total = weights.reduce(0, +)
      for _ in 0..<each {
        var left = Double.random(in: 0..<total, using: &numbers)
        var member = 0
        while member < weights.count - 1, left >= weights[member] {
          left -= weights[member]
          member += 1
        }
        table.add("member \(member)", window, 1)
      }
    }
    return table
  }

  private let programs = [40.0, 30, 20, 8, 2]
  private let paths = (1...200).map { 100 / Double($0) }

  @Test("what stays as it is does not count as changed")
  func steady() throws {
    var alarms = 0
    for seed in 0..<100 {
      for shares in [programs, paths] {
        let shift = try #require(
          mixShift(.agent, table(seed: UInt64(seed), shares: shares)))
        if shift.isNotable { alarms += 1 }
      }
    }
    #expect(alarms <= 2, "\(alarms) of 200 mixtures that stayed as they were")
  }

  @Test("a newcomer that takes half of all is named first")
  func newcomer() throws {
    for shares in [programs, paths] {
      let during = shares + [shares.reduce(0, +)]
      let shift = try #require(
        mixShift(.agent, table(seed: 3, shares: shares, during: during)))
      let first = try #require(shift.moved.first)
      #expect(shift.isNotable)
      #expect(first.name == "member \(shares.count)")
      #expect(first.isNew)
      #expect(abs(first.share - 0.5) < 0.1)
      #expect(abs(shift.newShare - 0.5) < 0.1)
      #expect(shift.during.topShare > 0.4)
    }
  }

  @Test("records that spread evenly over as many as before are seen to spread, and to gather")
  func spreading() throws {
    let even = [Double](repeating: 1, count: paths.count)
    let spread = try #require(mixShift(.address, table(seed: 4, shares: paths, during: even)))
    #expect(spread.spreading == 1)
    #expect(spread.during.gini < spread.before.gini)
    let gathered = try #require(mixShift(.address, table(seed: 5, shares: even, during: paths)))
    #expect(gathered.spreading == -1)
    #expect(gathered.during.collisionBits < gathered.before.collisionBits)
  }

  @Test("without parts enough before, nothing is called a change")
  func short() throws {
    let shift = try #require(
      mixShift(.agent, table(seed: 6, shares: programs, during: [1, 1, 1, 1, 96], parts: 3)))
    #expect(shift.usualDivergence == nil)
    #expect(!shift.isNotable)
    #expect(shift.divergence > 0.3)
    #expect(mixShift(.agent, table(seed: 6, shares: programs, each: 3)) == nil)
  }

  @Test("the order in which records come does not matter")
  func order() throws {
    let one = table(seed: 7, shares: paths)
    var other = MixTable(windows: one.windows)
    for place in one.names.indices.reversed() {
      for window in 0..<one.windows {
        let count = one.window(window, of: [place])[0]
        if count > 0 { other.add(one.names[place], window, count) }
      }
    }
    let a = try #require(mixShift(.operation, one))
    let b = try #require(mixShift(.operation, other))
    #expect(a.divergence == b.divergence)
    #expect(a.usualDivergence == b.usualDivergence)
    #expect(a.moved.map(\.name) == b.moved.map(\.name))
  }
}

@Suite("Rhythms")
struct RhythmTests {
  private func arrivals(_ numbers: inout SplitMix, perHour: Double) -> [Double] {
    var result: [Double] = []
    var at = 0.0
    while true {
      at += -logarithm(Double.random(in: 1e-12..<1, using: &numbers)) * 3600 / perHour
      guard at < 3600 else { return result }
      result.append(at)
    }
  }

  @Test("sources that come by chance are neither steady nor in step, and keep no beat")
  func chance() throws {
    for seed in 1...20 {
      var numbers = SplitMix(state: UInt64(seed))
      let sources = (0..<30).map { _ in arrivals(&numbers, perHour: 60) }
      let found = try #require(rhythm(sources, from: 0, length: 3600, timer: 6))
      #expect(!found.isSteady)
      #expect(!found.isInStep)
      #expect(found.beat == nil)
      #expect(abs(found.gapVariation - 1) < 0.25)
    }
  }

  @Test("timers are steady; those that start at one time keep step")
  func timers() throws {
    var numbers = SplitMix(state: 5)
    let apart = (0..<30).map { _ in
      let phase = Double.random(in: 0..<60, using: &numbers)
      return (0..<60).map { Double($0) * 60 + phase }
    }
    let steady = try #require(rhythm(apart, from: 0, length: 3600, timer: nil))
    #expect(steady.isSteady)
    #expect(steady.beat == nil)
    let together = (0..<30).map { _ in
      (0..<60).map { Double($0) * 60 + 12 + Double.random(in: 0..<4, using: &numbers) }
    }
    let beaten = try #require(rhythm(together, from: 0, length: 3600, timer: nil))
    #expect(beaten.beat?.period == 60)
    #expect((beaten.beat?.resultant ?? 0) > 0.9)
  }

  @Test("sources that pulse together are in step")
  func pulses() throws {
    var numbers = SplitMix(state: 9)
    let sources = (0..<20).map { _ in
      [300.0, 900, 1100, 2500, 3100].flatMap { start in
        (0..<20).map { _ in start + Double.random(in: 0..<40, using: &numbers) }
      }.sorted()
    }
    let found = try #require(rhythm(sources, from: 0, length: 3600, timer: nil))
    #expect(found.isInStep)
    #expect(found.likeness > 0.7)
    #expect(found.likenessByChance < 0.3)
  }
}
