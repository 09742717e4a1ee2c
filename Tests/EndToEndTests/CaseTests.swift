import Acquisition
import Findings
import Foundation
import InquestKit
import PostMortem
import Records
import Simulator
import Surveys
import TestSupport
import Testing

private func reading(_ paths: [String], jobs: Int = 0, until: Timestamp = .unknown) throws
  -> CaseReading
{
  var options = ReadingOptions()
  options.jobs = jobs
  options.window = TimeWindow(since: .unknown, until: until)
  return try CaseReading(paths: paths, manifestPath: nil, options: options)
}

private func examine(_ paths: [String], jobs: Int = 0, until: Timestamp = .unknown) throws
  -> Findings
{
  let reading = try reading(paths, jobs: jobs, until: until)
  return findings(of: try reading.survey().survey, knowledge: reading.manifest.knowledge)
}

@Suite("Whole cases", .serialized)
struct CaseTests {
  @Test("the bundled case: overload, dated to the minute, its version named first")
  func bundled() throws {
    let logs = Places.fixtures.appending(path: "skype-2010/logs").path
    let result = try examine([logs])
    #expect(result.verdict.class == "overload")
    let onset = try #require(result.incidents.first?.onset)
    #expect(onset.hasPrefix("2010-12-22T16:0") || onset.hasPrefix("2010-12-22T15:5"))
    #expect(
      result.suspects.prefix(4).contains { $0.value == "5.0.0.152" || $0.value == "offline_im" })
    #expect(result.figures.count >= 5)
    #expect(result.coverage.damaged == 0)
    // Every citation of the evidence points into a source of the case.
    let labels = Set(result.sources.map(\.path))
    for evidence in result.evidence {
      for citation in evidence.citations { #expect(labels.contains(citation.source)) }
    }
  }

  @Test("the same bytes for any number of threads")
  func threads() throws {
    let logs = Places.fixtures.appending(path: "skype-2010/logs").path
    let one = try findingsJSON(examine([logs], jobs: 1))
    for jobs in [2, 5] { #expect(try findingsJSON(examine([logs], jobs: jobs)) == one) }
  }

  @Test("surveys of parts, merged in any order, report as the whole does")
  func parts() throws {
    let logs = Places.fixtures.appending(path: "skype-2010/logs")
    let whole = try reading([logs.path])
    let all = try whole.survey().survey
    var parts: [Survey] = []
    for half in [true, false] {
      var options = whole.options
      options.jobs = 1
      let sources = whole.inventory.sources.enumerated().filter { ($0.offset % 2 == 0) == half }
        .map(\.element)
      parts.append(try Investigation(sources, options: options).survey())
    }
    var forth = parts[0]
    forth.merge(parts[1])
    var back = parts[1]
    back.merge(parts[0])
    #expect(forth == all)
    #expect(back == all)
  }

  @Test("cited records are found again, and a changed log is noticed")
  func verification() throws {
    let folder = try TemporaryFolder()
    let lines = (0..<400).map {
      "2010-12-22T16:\($0 / 60 < 10 ? "0" : "")\($0 / 60):\($0 % 60 < 10 ? "0" : "")\($0 % 60)Z host app: \($0 > 200 && $0 % 2 == 0 ? "ERROR connection refused" : "INFO fine") \($0)\n"
    }
    let path = try folder.write("logs/app.log", lines.joined())
    let logs = folder.url.appending(path: "logs").path
    let files = try reportFiles(
      examine([logs]), facts: RunFacts(toolVersion: "t", commandLine: [], options: []))
    let json = try #require(files.first { $0.path == "findings.json" })
    let citations = try writtenCitations(json.bytes)
    let good = try verify(citations, paths: [logs])
    #expect(good.failures.isEmpty)
    if good.checked > 0 {
      try Data(lines.joined().replacing("refused", with: "REFUSED").utf8).write(
        to: URL(filePath: path))
      #expect(try !verify(citations, paths: [logs]).failures.isEmpty)
    }
  }

  @Test("damage is located and named, and what is readable is analysed")
  func damaged() throws {
    let folder = try TemporaryFolder()
    let text = (0..<3000).map {
      "203.0.113.\($0 % 200) - - [22/Dec/2010:16:\(10 + $0 / 60 % 50):\(10 + $0 % 50) +0000] \"GET / HTTP/1.1\" 200 5\n"
    }.joined()
    let packed = gzipped(text)
    _ = try folder.write("logs/a.log.gz", Array(packed.prefix(packed.count * 2 / 3)))
    let result = try examine([folder.url.appending(path: "logs").path])
    #expect(result.coverage.damaged == 1)
    #expect(result.coverage.records > 500)
    #expect(result.sources.first?.damages.first?.kind == "truncated")
  }

  @Test(
    "real logs: no benign one is called an attack or an overload, and no failure an attack",
    .enabled(if: Places.hasRealLogs))
  func real() throws {
    let cases: [(paths: [String], expect: Set<String>)] = [
      (["attack/elastic-auth/auth.log.gz"], ["attack"]),
      (["attack/logparser-demolog/hackers-access.log.gz"], ["attack", "open"]),
      (["benign/elastic-apache/apache_logs.gz"], ["benign", "open"]),
      (["benign/lnav-shop/logfile_shop_access_log.0.gz"], ["benign", "open"]),
      (["benign/nezha-fault-free/08_50_log.csv.gz"], ["benign", "open"]),
      (["failure/elastic-kafka"], ["overload", "open", "benign"]),
      (
        ["09_25", "09_26", "09_27"].map { "failure/nezha-2023-01-29/log/\($0)_log.csv.gz" },
        ["overload", "open", "benign"]
      ),
    ]
    for item in cases {
      let result = try examine(item.paths.map { Places.realLogs.appending(path: $0).path })
      #expect(item.expect.contains(result.verdict.class), "\(item.paths): \(result.verdict.class)")
    }
  }
}

@Suite("Times and globs as users write them")
struct InstantTests {
  @Test("what journalctl takes is taken")
  func forms() {
    let now = Timestamp(seconds: 1_293_033_600)
    #expect(parseInstant("2010-12-22T16:00:00Z", now: now) == now)
    #expect(parseInstant("2010-12-22 16:00", now: now) == now)
    #expect(parseInstant("@1293033600", now: now) == now)
    #expect(parseInstant("-2h", now: now) == Timestamp(seconds: 1_293_026_400))
    #expect(parseInstant("today", now: now) == Timestamp(seconds: 1_292_976_000))
    #expect(parseInstant("2010-12-22T17:00:00+01:00", now: now) == now)
    #expect(parseInstant("2010-13-22", now: now) == nil)
    #expect(parseInstant("soon", now: now) == nil)
  }

  @Test("globs")
  func globs() {
    #expect(globMatches("sn-*", "sn-12"))
    #expect(!globMatches("sn-*", "sn-12/x.log"))
    #expect(globMatches("relay2/**", "relay2/a/b.log"))
    #expect(globMatches("**/x.log", "a/b/x.log"))
    #expect(globMatches("**/x.log", "x.log"))
    #expect(!globMatches("a?c", "abbc"))
  }
}
