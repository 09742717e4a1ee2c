import Findings
import Foundation
import InquestKit
import Records
import TestSupport
import Testing

@Suite("Messages that an incident brings and takes away")
struct MessageTests {
  @Test("new, vanished and steady kinds of message are told apart, with an example")
  func changes() throws {
    let place = try TemporaryFolder()
    defer { withExtendedLifetime(place) {} }
    let start: Int64 = 1_588_291_200
    var text = ""
    for second in stride(from: Int64(0), to: 6 * 3600, by: 2) {
      let isBad = second >= 4 * 3600 && second < 5 * 3600
      let stamp = Timestamp(seconds: start + second).rfc3339
      func line(_ rest: String) { text += "{\"time\":\"\(stamp)\",\"service\":\"api\",\(rest)}\n" }
      line(
        "\"level\":\"info\",\"event\":\"request\",\"path\":\"/x\",\"status\":\(isBad && second % 3 > 0 ? 500 : 200)"
      )
      if second % 20 == 0, !isBad {
        line("\"level\":\"info\",\"msg\":\"flushed \(second) buffers\"")
      }
      if second % 30 == 0 { line("\"level\":\"info\",\"msg\":\"alive since \(second) s\"") }
      // Work that takes longer in the trouble, a counter that grows anyway, and a number that stays.
      if second % 6 == 0 {
        let took = (isBad ? 480 : 20) + second % 7
        line(
          "\"level\":\"info\",\"msg\":\"wrote page in \(took) ms, sequence \(10_000 + second * 9)\""
        )
        line("\"level\":\"info\",\"msg\":\"pool has \(40 + second % 5) free\"")
      }
      if second % 10 == 0, isBad {
        line("\"level\":\"error\",\"msg\":\"no space left on disk\(second % 4), job \(second)\"")
      }
    }
    try Data(text.utf8).write(to: place.url.appending(path: "api.log"))
    let reading = try CaseReading(
      paths: [place.url.path], manifestPath: nil, options: ReadingOptions())
    let found = findings(
      of: try reading.survey().survey, knowledge: reading.manifest.knowledge)
    #expect(!found.incidents.isEmpty)
    let new = try #require(found.messages.first)
    #expect(new.change == "new")
    #expect(new.example.hasPrefix("no space left on disk"))
    #expect(new.before == 0 && new.during > 100)
    #expect(found.messages.contains { $0.change == "vanished" && $0.example.hasPrefix("flushed") })
    #expect(!found.messages.contains { $0.example.hasPrefix("alive") })
    #expect(found.numbers.map(\.place) == [1])
    let moved = try #require(found.numbers.first)
    #expect(moved.example.hasPrefix("wrote page"))
    #expect(abs(moved.before - 23) < 2 && abs(moved.during - 483) < 5)
  }
}
