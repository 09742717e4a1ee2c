import Records
import Surveys
import Testing

@Suite struct TableTests {
  static let good: [SurveyTable] = {
    let stream = Stream(seed: 31, count: 500, variety: 40)
    var result = survey(stream.entries, .tiny)
    for account in stream.accounts { result.account(account) }
    return result.tables()
  }()

  static let extremes: [SurveyTable.Value] = [
    .null, .text(""), .text("x"), .blob([]), .blob([UInt8](repeating: 255, count: 33)),
    .integer(-1), .integer(0), .integer(1), .integer(.min), .integer(.max), .integer(255),
    .integer(4_294_967_296),
  ]

  @Test("Damaged cells are refused or read, never trapped on; what is read obeys the laws")
  func damagedCells() throws {
    var chance = Chance(5)
    for _ in 0..<1500 {
      var tables = TableTests.good
      let t = chance.below(tables.count)
      guard !tables[t].rows.isEmpty else { continue }
      let r = chance.below(tables[t].rows.count)
      tables[t].rows[r][chance.below(tables[t].rows[r].count)] = chance.pick(TableTests.extremes)
      guard let read = try? Survey(tables: tables) else { continue }
      var twice = read
      twice.merge(read)
      #expect(try travelled(twice) == twice)
    }
  }

  @Test("Missing tables, short rows and repeated rows are refused")
  func damagedShape() {
    for t in TableTests.good.indices {
      var tables = TableTests.good
      tables.remove(at: t)
      #expect(throws: SurveyTableError.self) { try Survey(tables: tables) }
      guard let row = TableTests.good[t].rows.first else { continue }
      tables = TableTests.good
      tables[t].rows[0] = []
      #expect(throws: SurveyTableError.self) { try Survey(tables: tables) }
      let identified = ["source", "series", "gauge", "latency", "actor", "template"]
      guard identified.contains(TableTests.good[t].name) else { continue }
      tables = TableTests.good
      tables[t].rows.append(row)
      #expect(throws: SurveyTableError.self) { try Survey(tables: tables) }
    }
  }

  @Test(
    "Settings out of range are refused, and so are other schemas and lexicons",
    arguments: [
      ("schema", "inquest.survey/2"), ("configuration", "0"), ("fine_rung", "99"),
      ("coarse_rung", "-1"), ("actor_level", "65"), ("limit_actors", "1000000000"),
      ("limit_fine_series", "0"), ("limit_markers", "many"),
    ])
  func settings(key: String, value: String) throws {
    var tables = TableTests.good
    let row = try #require(tables[0].rows.firstIndex { $0[0] == .text(key) })
    tables[0].rows[row][1] = .text(value)
    #expect(throws: SurveyTableError.self) { try Survey(tables: tables) }
  }

  @Test("More rows than the limits allow are refused")
  func tooMany() throws {
    var tables = TableTests.good
    for name in ["actor", "gauge", "template", "marker", "trace_event"] {
      let row = try #require(
        tables[0].rows.firstIndex {
          $0[0]
            == .text(
              "limit_"
                + (["actor", "template", "gauge", "marker"].contains(name)
                  ? name + "s" : "trace_events"))
        })
      tables = TableTests.good
      tables[0].rows[row][1] = .text("1")
      #expect(throws: SurveyTableError.self) { try Survey(tables: tables) }
    }
  }
}
