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

  @Test("connections that a firewall and two servers wrote of tell whose clock is off")
  func connections() throws {
    let place = try TemporaryFolder()
    defer { withExtendedLifetime(place) {} }
    var numbers = SplitMix(state: 17)
    func clock(_ second: Double) -> String {
      let whole = Int(second)
      return [6 + whole / 3600, whole / 60 % 60, whole % 60]
        .map { $0 < 10 ? "0\($0)" : String($0) }.joined(separator: ":")
    }
    var lines: [String: [(at: Double, line: String)]] = [:]
    for k in 0..<900 {
      let at = Double.random(in: 0..<7200, using: &numbers)
      let address = "198.51.\(k / 200).\(k % 200)"
      let port = Int.random(in: 20_000..<60_000, using: &numbers)
      let server = k % 2
      // The second server is 47 s ahead.
      let there = at + (server == 1 ? 47 : 0)
      lines["fw1/fw.json", default: []].append(
        (
          at,
          "{\"ts\":\"2025-03-11T\(clock(at))Z\",\"event\":\"conn\",\"src_ip\":\"\(address)\",\"src_port\":\(port),\"dst_port\":22,\"host\":\"fw1\"}"
        ))
      lines["ssh\(server)/auth.log", default: []] += [
        (
          there,
          "Mar 11 \(clock(there)) ssh\(server) sshd[\(k)]: Accepted publickey for u\(k % 30) from \(address) port \(port) ssh2"
        ),
        (
          there + 50,
          "Mar 11 \(clock(there + 50)) ssh\(server) sshd[\(k)]: Disconnected from user u\(k % 30) \(address) port \(port)"
        ),
      ]
    }
    for (name, list) in lines {
      let url = place.url.appending(path: name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      let text = list.sorted { $0.at < $1.at }.map { $0.line + "\n" }.joined()
      try Data(text.utf8).write(to: url)
    }
    let found = try analyze(place.url).clocks
    #expect(found.count == 3)
    #expect(found.first?.host == "ssh1")
    #expect(abs((found.first?.ahead ?? 0) - 47) < 1)
    #expect(found.dropFirst().map { abs($0.ahead) < 1 } == [true, true])
  }
}
