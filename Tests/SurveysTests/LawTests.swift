import Records
import Surveys
import Testing

/// Names of the tables in which two surveys differ.
func differences(_ a: Survey, _ b: Survey) -> [String] {
  zip(a.tables(), b.tables()).compactMap { $0 == $1 ? nil : $0.name }
}

func travelled(_ survey: Survey) throws -> Survey { try Survey(tables: survey.tables()) }

func merged(_ parts: [Survey], _ limits: SurveyLimits) -> Survey {
  var result = Survey(limits: limits)
  for part in parts { result.merge(part) }
  return result
}

/// Merges neighbours pair by pair, as a tree of reducers does.
func mergedAsTree(_ parts: [Survey], _ limits: SurveyLimits) -> Survey {
  guard parts.count > 1 else { return parts.first ?? Survey(limits: limits) }
  var left = mergedAsTree(Array(parts[..<(parts.count / 2)]), limits)
  left.merge(mergedAsTree(Array(parts[(parts.count / 2)...]), limits))
  return left
}

/// The laws of a mergeable summary, for one stream under one set of limits.
func checkLaws(_ stream: Stream, _ limits: SurveyLimits, seed: UInt64) throws {
  var chance = Chance(seed)
  let entries = stream.entries
  let whole = survey(entries, limits)

  var left = Survey(limits: limits)
  left.merge(whole)
  #expect(differences(left, whole) == [], "the empty survey is the left identity")
  var right = whole
  right.merge(Survey(limits: limits))
  #expect(differences(right, whole) == [], "the empty survey is the right identity")
  #expect(differences(try travelled(whole), whole) == [], "encoding changes nothing")

  var shuffled = entries
  chance.shuffle(&shuffled)
  #expect(differences(survey(shuffled, limits), whole) == [], "records in any order")
  #expect(differences(survey(entries.reversed(), limits), whole) == [], "records backwards")

  for pieces in [2, 3, 9] {
    let cuts = (0..<(pieces - 1)).map { _ in chance.below(entries.count + 1) }.sorted()
    let ends = cuts + [entries.count]
    var parts = zip([0] + cuts, ends).map { survey(entries[$0..<$1], limits) }
    #expect(differences(merged(parts, limits), whole) == [], "cut anywhere into \(pieces)")
    #expect(differences(mergedAsTree(parts, limits), whole) == [], "merged as a tree")
    chance.shuffle(&parts)
    #expect(differences(merged(parts, limits), whole) == [], "parts in any order")
    #expect(
      differences(merged(try parts.map(travelled), limits), whole) == [], "parts that travelled")
  }

  // As threads share work: every record to any one of them.
  var dealt = [Surveyor](repeating: Surveyor(limits: limits), count: 4)
  for entry in entries { observe(entry, &dealt[chance.below(4)]) }
  let parts = dealt.indices.map { dealt[$0].finish() }
  #expect(differences(merged(parts, limits), whole) == [], "records dealt to workers")
}

@Suite struct LawTests {
  @Test(
    "A survey of the whole is the merge of its parts, though every table overflows",
    arguments: [1, 2, 3, 4] as [UInt64])
  func tinyLimits(seed: UInt64) throws {
    let stream = Stream(seed: seed, count: 1500, variety: 400)
    try checkLaws(stream, .tiny, seed: seed)
    let meta = Dictionary(
      uniqueKeysWithValues: survey(stream.entries, .tiny).tables()[0].rows.map { ($0[0], $0[1]) })
    for level in [
      "fine_rung", "coarse_rung", "fine_level", "coarse_level", "gauge_level", "latency_level",
      "template_level", "actor_level", "activity_level", "trace_level", "encounter_level",
      "marker_level",
    ] {
      #expect(meta[.text(level)] != .text("0"), "\(level) did not overflow: the test is too weak")
    }
  }

  @Test(
    "A survey of the whole is the merge of its parts, where some tables overflow",
    arguments: [11, 12] as [UInt64])
  func smallLimits(seed: UInt64) throws {
    try checkLaws(Stream(seed: seed, count: 3000, variety: 150), .small, seed: seed)
  }

  @Test("A survey of the whole is the merge of its parts, within the standard limits")
  func standardLimits() throws {
    try checkLaws(Stream(seed: 21, count: 2500, variety: 900), .standard, seed: 21)
  }

  @Test(
    "Limits of one and streams of a few records obey the laws too", arguments: 100..<140)
  func degenerate(seed: Int) throws {
    var limits = SurveyLimits.tiny
    limits.actors = 1 + seed % 3
    limits.actorsWithActivity = 1
    limits.traceEvents = 1 + seed % 5
    limits.eventsPerTrace = 1 + seed % 2
    limits.encounterEvents = 1 + seed % 4
    limits.encountersEach = 1
    limits.markers = 1
    limits.templates = 1
    limits.gauges = 1
    limits.latencies = 1
    limits.fineSeries = 2
    limits.coarseSeries = 1
    limits.fineBuckets = 1
    limits.coarseBuckets = 1
    let stream = Stream(seed: UInt64(seed), count: 12 + seed, variety: 3 + seed % 40)
    try checkLaws(stream, limits, seed: UInt64(seed))
  }

  @Test("Accounts of the reader merge in any order and travel")
  func accounts() throws {
    let stream = Stream(seed: 5, count: 400, variety: 20)
    var whole = survey(stream.entries, .tiny)
    for account in stream.accounts { whole.account(account) }
    var other = Survey(limits: .tiny)
    for account in stream.accounts.reversed() { other.account(account) }
    for entry in stream.entries.reversed() { other.merge(survey([entry], .tiny)) }
    #expect(differences(whole, other) == [])
    #expect(differences(try travelled(whole), whole) == [])
  }
}
