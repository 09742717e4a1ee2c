import Findings
import Foundation
import InquestKit
import Records
import TestSupport
import Testing

@Suite("What is missing is said")
struct CoverageTests {
  /// A line every twenty seconds from one hour of a day to another.
  private func hours(_ from: Int, _ to: Int, _ line: (Int) -> String) -> String {
    stride(from: from * 3600, to: to * 3600, by: 20).map { second in
      "\(Timestamp(seconds: 1_588_291_200 + Int64(second)).rfc3339) \(line(second))\n"
    }.joined()
  }

  private func examine(_ files: [(name: String, text: String)]) throws -> (
    gaps: [String], text: String
  ) {
    let place = try TemporaryFolder()
    let folder = place.url
    defer { withExtendedLifetime(place) {} }
    for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
    let reading = try CaseReading(
      paths: [folder.path], manifestPath: nil, options: ReadingOptions())
    let found = findings(
      of: try reading.survey().survey, knowledge: reading.manifest.knowledge)
    return (
      found.coverage.gaps.map { "\($0.source) \($0.kind) \($0.from) \($0.to)" },
      "\(found.sections.first { $0.id == "data" }.map { "\($0)" } ?? "")"
    )
  }

  @Test("a hole and an overlap between rotated files, and dropped messages")
  func rotations() throws {
    let plain: (Int) -> String = { "web1 app[1]: request \($0) served" }
    let found = try examine([
      ("app.log.2", hours(0, 10, plain)),
      (
        "app.log.1",
        hours(13, 20) {
          $0 % 7200 == 0
            ? "web1 systemd-journald[1]: Suppressed 12 messages from /system.slice/a.service"
            : plain($0)
        }
      ),
      ("app.log", hours(19, 26, plain)),
    ])
    #expect(
      found.gaps == [
        "app.log.1 hole between rotated files 2020-05-01T09:59:40Z 2020-05-01T13:00:00Z",
        "app.log overlap of rotated files 2020-05-01T19:00:00Z 2020-05-01T19:59:40Z",
      ])
    #expect(found.text.contains("3 record(s) that they dropped messages"))
  }

  @Test("a clock that was set back; one record that comes late is none")
  func clock() throws {
    let text = hours(0, 3) { "web1 app[1]: request \($0) served" }
    let again = hours(2, 6) { "web1 app[1]: request \($0) served once more" }
    let late = "2020-05-01T01:00:00Z web1 app[1]: request served late\n"
    let found = try examine([
      ("app.log", text + late + hours(3, 4) { "web1 app[1]: \($0)" } + again)
    ])
    #expect(
      found.gaps == [
        "app.log:722 times go back 2020-05-01T02:00:00Z 2020-05-01T03:59:40Z"
      ])
  }

  @Test("a silence within a source")
  func silence() throws {
    let plain: (Int) -> String = { "web1 app[1]: request \($0) served" }
    let found = try examine([("app.log", hours(0, 6, plain) + hours(9, 14, plain))])
    #expect(found.gaps.count == 1)
    #expect(found.gaps.first?.contains("silence") == true)
  }
}
