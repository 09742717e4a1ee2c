import Findings
import PostMortem
import Testing
import Verdicts

private func findings(_ hostile: String) -> Findings {
  Findings(
    caseName: hostile, from: "2010-12-22T00:00:00Z", to: "2010-12-23T00:00:00Z",
    verdict: Findings.Verdict(
      class: "open",
      probabilities: ["attack": 0.25, "overload": 0.25, "mixed": 0.25, "benign": 0.25],
      sentence: "Nothing is ruled out.", words: "unlikely", wouldChange: [], hypotheses: []),
    incidents: [], suspects: [],
    coverage: Findings.Coverage(records: 1, unparsed: 0, damaged: 0, gaps: []), signatures: [],
    patterns: [], evidence: [],
    timeline: [
      Findings.TimelineEntry(
        time: "2010-12-22T00:00:00Z", kind: "step", statement: Prose(log: hostile),
        uncertainty: nil, citations: [])
    ], sources: [],
    sections: [
      Section(
        id: "summary", title: "Summary",
        items: [
          .paragraph([
            Statement(
              "Said \(log: hostile).",
              citations: [
                Citation(
                  source: hostile, line: 7, offset: 99, digest: "00ff",
                  time: "2010-12-22T00:00:00Z")
              ])
          ]),
          .table(
            Table(
              id: "t", title: "T", columns: [.init("a"), .init("b", numeric: true)],
              rows: [Table.Row([Prose(log: hostile), "1"])])),
          .prompt("Why?"),
        ])
    ], figures: [], pulse: [1, 2, nil], pulseTitle: hostile, isIncomplete: false)
}

@Suite("Hostile log content")
struct EscapingTests {
  static let hostile = [
    "<script>alert(1)</script>", "`code` ``two``", "a | b | c", "[x](javascript:alert(1))",
    "\u{1b}[2J\u{1b}]0;owned\u{7}", "=cmd|' /C calc'!A0", "line\nbreak\r\n# heading",
    "\u{202e}evil\u{200b}", "![i](http://x/y.png)", "</code></td>",
  ]

  @Test("stays inside code in Markdown and moves nothing on a terminal", arguments: hostile)
  func everywhere(text: String) {
    let findings = findings(text)
    let markdown = markdown(findings)
    #expect(!markdown.contains("\u{1b}"))
    #expect(!markdown.contains("\u{202e}"))
    #expect(!markdown.contains("\n# heading"))
    // Every row of the table has its two cells and no more.
    for line in markdown.split(separator: "\n") where line.hasSuffix("| 1 |") {
      let bars = line.replacing("\\|", with: "").filter { $0 == "|" }.count
      #expect(bars == 3)
    }
    let terminal = terminalSummary(findings, reportPath: nil, color: false, width: 80)
    #expect(!terminal.unicodeScalars.contains { $0.value < 0x20 && $0.value != 0x0a })
  }

  @Test("the contract's keys are in findings.json, and citations can be read back")
  func contract() throws {
    let files = try reportFiles(
      findings("x"), facts: RunFacts(toolVersion: "t", commandLine: ["inquest"], options: []))
    let json = try #require(files.first { $0.path == "findings.json" })
    let text = String(decoding: json.bytes, as: UTF8.self)
    for key in [
      "schema", "verdict", "incidents", "suspects", "coverage", "signatures", "patterns",
      "evidence", "timeline", "sources",
    ] {
      #expect(text.contains("\"\(key)\" :"))
    }
    #expect(try writtenCitations(json.bytes).contains { $0.citation.offset == 99 })
    let timeline = try #require(files.first { $0.path == "timeline.csv" })
    #expect(String(decoding: timeline.bytes, as: UTF8.self).hasPrefix("time,kind,statement"))
    #expect(files.last?.path == "SHA256SUMS")
  }
}
