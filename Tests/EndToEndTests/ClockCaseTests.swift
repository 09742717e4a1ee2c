import Correlation
import Findings
import Foundation
import InquestKit
import Simulator
import Surveys
import TestSupport
import Testing

/// Clocks of whole cases.
@Suite("Clocks of cases")
struct ClockCaseTests {
  private func analyze(_ folder: URL, _ options: ReadingOptions = ReadingOptions()) throws
    -> Findings
  {
    let reading = try CaseReading(paths: [folder.path], manifestPath: nil, options: options)
    let read = try reading.surveyWithClocks()
    var knowledge = reading.manifest.knowledge
    knowledge.clocks = read.clocks
    return findings(of: read.survey, knowledge: knowledge)
  }

  @Test("a clock that drifts or is set is found and followed without ids of requests")
  func changing() throws {
    for seed in [41, 42] as [UInt64] {
      let place = try TemporaryFolder()
      let scenario = try #require(WebScenario.named("web-changing-clock"))
      _ = try simulate(scenario, seed: seed, into: place.url)
      let found = try scoreCase(place.url.path, jobs: 0)
      #expect(found.clockErrors.count == 1)
      #expect(found.clockErrors.allSatisfy { $0 < 2 })
      #expect(found.wrongClocks == 0)
      #expect(found.verdict == "overload")
    }
  }

  /// Two sites, of which each answers its own; `pages` are asked of both by `asker`, ten minutes apart.
  private func twoSites(_ place: TemporaryFolder, asker: (Int) -> String) throws {
    for (site, later) in [("one", 0), ("two", 600)] {
      let folder = place.url.appending(path: site)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      var text = ""
      for k in 0..<400 {
        let second = later + k * 3
        let clock = [second / 3600, second / 60 % 60, second % 60]
          .map { $0 < 10 ? "0\($0)" : String($0) }.joined(separator: ":")
        text +=
          "\(asker(k)) - - [05/Mar/2024:\(clock) +0000] \"GET /page-\(k) HTTP/1.1\" 200 512 \"-\" \"Mozilla/5.0\"\n"
      }
      try Data(text.utf8).write(to: folder.appending(path: "access.log"))
    }
  }

  @Test("one who goes over two sites in turn makes no clock wrong")
  func crawler() throws {
    let place = try TemporaryFolder()
    defer { withExtendedLifetime(place) {} }
    try twoSites(place) { _ in "203.0.113.9" }
    let found = try analyze(place.url)
    #expect(found.clocks.isEmpty)
  }

  @Test("what many ask of both once tells the difference; what the user says of a clock holds")
  func told() throws {
    let place = try TemporaryFolder()
    defer { withExtendedLifetime(place) {} }
    try twoSites(place) { "198.51.\($0 / 200).\($0 % 200)" }
    let found = try analyze(place.url).clocks
    #expect(found.map { abs($0.ahead) }.max() == 600)
    #expect(found.filter(\.isCorrected).count == 1)
    #expect(found.map(\.isOneOfTwo) == [true, true])

    var options = ReadingOptions()
    options.toldClocks = [("two", 600)]
    let right = try analyze(place.url, options).clocks
    #expect(right.allSatisfy { abs($0.ahead) < 2 })
    options.toldClocks = [("two", 0)]
    let other = try analyze(place.url, options).clocks
    #expect(other.first { $0.host == "one" }?.ahead == -600)
    #expect(other.first { $0.host == "one" }?.isCorrected == true)
  }
}
