import Records
import Sketches
import Surveys
import Testing

@Suite struct LimitTests {
  /// Records in which every name is new.
  static func hostile(_ count: Int) -> Survey {
    var surveyor = Surveyor(limits: .small)
    var chance = Chance(99)
    for i in 0..<count {
      var entry = Entry()
      entry.record.time = Timestamp(seconds: Int64(chance.below(4_294_967_295)))
      entry.put(.address, "a\(i)")
      entry.put(.service, "service\(i)")
      entry.put(.operation, i % 2 == 0 ? "deploy\(i)" : "GET")
      if i % 2 == 1 {
        entry.put(.target, "/p\(String(i, radix: 36))/wp-login")
        entry.record.status = 200
        entry.record.outcome = .success
      }
      entry.put(.agent, "agent\(i)")
      entry.put(.version, "version\(i)")
      // Letters only, so that masking does not make the messages equal.
      let word = String(
        String(i).map { Character(UnicodeScalar(UInt8(103 + $0.wholeNumberValue!))) })
      entry.put(.message, "message \(word) of its own")
      let lower = entry.frame.count
      entry.put("gauge\(i)")
      entry.record.addGauge(ByteRange(lower, entry.frame.count), thousandths: .max)
      entry.record.latencyMicroseconds = Int64(i)
      entry.position = FramePosition(offset: UInt64(i) * 500, line: UInt64(i) + 1)
      observe(entry, &surveyor)
    }
    return surveyor.finish()
  }

  @Test("Hostile cardinality cannot make a survey larger than its limits")
  func bounded() {
    let survey = LimitTests.hostile(20_000)
    let limits = survey.limits
    #expect(survey.fineGrid.occupied.count <= limits.fineBuckets)
    #expect(survey.coarseGrid.occupied.count <= max(limits.coarseBuckets, 137))
    #expect(survey.fine.entries.count <= limits.fineSeries)
    #expect(survey.coarse.entries.count <= limits.coarseSeries)
    #expect(survey.gauges.entries.count <= limits.gauges)
    #expect(survey.latencies.entries.count <= limits.latencies)
    #expect(survey.templates.entries.count <= limits.templates)
    #expect(survey.population.actors.count <= limits.actors)
    #expect(
      survey.population.actors.count { !$0.activity.isEmpty } <= limits.actorsWithActivity)
    #expect(survey.traces.sorted.reduce(0) { $0 + $1.events.count } <= limits.traceEvents)
    #expect(
      survey.encounters.sorted.reduce(0) { $0 + $1.events.count } <= limits.encounterEvents)
    #expect(survey.markers.markers.count <= limits.markers)
    // What the case's extent is read off is within every sample.
    let counted = survey.fine.entries.filter { $0.key.dimension == .role }
    #expect(counted.reduce(0) { $0 + $1.cells.total } == 20_000)
    for series in survey.fine.entries {
      #expect(series.key.label.utf8.count <= 3 * SurveyLimits.labelBytes)
      #expect(series.cells.cells.count <= limits.fineBuckets)
    }
  }

  @Test("A uniform sample stands for the whole: counts scale by the weight")
  func weight() {
    let population = LimitTests.hostile(20_000).population
    let estimate = Double(population.actors.count) * population.sample.weight
    // 100 to 200 kept of 20,000: three standard deviations are 30 % at most.
    #expect(abs(estimate - 20_000) < 6000)
  }

  @Test("One actor with many events keeps the earliest ones")
  func longTrace() throws {
    var entries: [Entry] = []
    for i in 0..<300 {
      var entry = Entry()
      entry.record.time = Timestamp(seconds: Stream.start + Int64(i))
      entry.put(.node, "node-1")
      entry.put(.operation, "login_try")
      entry.position = FramePosition(offset: UInt64(i) * 30, line: UInt64(i) + 1)
      entries.append(entry)
    }
    let trace = try #require(survey(entries.reversed(), .small).traces.sorted.first)
    #expect(trace.events.map(\.at.time.seconds) == (0..<50).map { Stream.start + Int64($0) })
  }

  @Test("Sums of gauges are exact beyond 64 bits and do not depend on the order")
  func gaugeSums() {
    let values: [Int64] = [.max, .max, .min, 5, .max, -1, .min, .min, .min]
    var forwards = GaugeSeries()
    for value in values { forwards.add(value, at: 1) }
    var backwards = GaugeSeries()
    for value in values.reversed() { backwards.add(value, at: 1) }
    #expect(forwards == backwards)
    #expect(forwards.cells[0].sum == values.reduce(Int128(0)) { $0 + Int128($1) })
  }

  @Test("The top of the ladder holds all times, so wild times cannot outgrow the grid")
  func ladder() {
    for (narrow, wide) in zip(TimeGrid.ladder, TimeGrid.ladder.dropFirst()) {
      #expect(wide % narrow == 0)
    }
    var grid = TimeGrid(capacity: 384)
    for second in stride(from: Int64(0), through: Int64(UInt32.max), by: 86_400) {
      guard let bucket = grid.bucket(ofSecond: second) else { continue }
      if grid.occupy(bucket) { while !grid.isWithinCapacity { _ = grid.coarsen() } }
    }
    #expect(grid.occupied.count <= 384)
  }
}
