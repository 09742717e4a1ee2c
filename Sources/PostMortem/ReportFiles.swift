import Figures
public import Findings
import Foundation
import Records
import Verdicts

/// What is known of the run. Goes into `manifest.json` and nowhere else, so that all other files
/// depend on the input alone.
public struct RunFacts: Sendable {
  public var toolVersion: String
  public var commandLine: [String]
  public var options: [(name: String, value: String)]

  public init(toolVersion: String, commandLine: [String], options: [(name: String, value: String)])
  {
    self.toolVersion = toolVersion
    self.commandLine = commandLine
    self.options = options
  }
}

/// One file of a report.
public struct ReportFile: Sendable {
  /// Relative to the report's folder.
  public var path: String
  public var bytes: [UInt8]
}

/// All files of a report; `SHA256SUMS` is the last and covers the others.
public func reportFiles(_ findings: Findings, facts: RunFacts) throws -> [ReportFile] {
  var files: [ReportFile] = [
    ReportFile(path: "post-mortem.md", bytes: Array(markdown(findings).utf8)),
    ReportFile(path: "findings.json", bytes: try findingsJSON(findings)),
    ReportFile(path: "timeline.csv", bytes: Array(timelineCSV(findings).utf8)),
    ReportFile(path: "timeline.jsonl", bytes: try timelineJSONL(findings)),
    ReportFile(path: "manifest.json", bytes: try manifestJSON(findings, facts)),
  ]
  for figure in findings.figures {
    files.append(ReportFile(path: "figures/\(figure.id).svg", bytes: Array(figure.svg().utf8)))
    files.append(ReportFile(path: "figures/\(figure.id).csv", bytes: Array(figure.csv().utf8)))
  }
  files.sort { $0.path < $1.path }
  let sums = files.map { "\(sha256($0.bytes))  \($0.path)\n" }.joined()
  files.append(ReportFile(path: "SHA256SUMS", bytes: Array(sums.utf8)))
  return files
}

private func encoder() -> JSONEncoder {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
  return encoder
}

/// `findings.json`: the contract's keys and more.
public func findingsJSON(_ findings: Findings) throws -> [UInt8] {
  Array(try encoder().encode(RoundedFindings(findings))) + [0x0a]
}

/// Findings as they are written: numbers with no more digits than they bear, figures by reference.
private struct RoundedFindings: Encodable {
  struct FigureReference: Encodable {
    var id: String
    var headline: String
    var caption: String
    var file: String
  }
  let findings: Findings
  init(_ findings: Findings) { self.findings = findings }

  private enum Key: String, CodingKey {
    case schema
    case caseName = "case"
    case from, to, verdict, incidents, suspects, coverage, impact, mixes, origins, clocks,
      messages, numbers, signatures, patterns, evidence, timeline, sources, sections, figures,
      incomplete
  }

  func encode(to encoder: any Encoder) throws {
    var verdict = findings.verdict
    verdict.probabilities = verdict.probabilities.mapValues { rounded($0, 4) }
    verdict.hypotheses = verdict.hypotheses.map {
      var item = $0
      item.probability = rounded(item.probability, 4)
      return item
    }
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(findings.schema, forKey: .schema)
    try container.encode(findings.caseName, forKey: .caseName)
    try container.encode(findings.from, forKey: .from)
    try container.encode(findings.to, forKey: .to)
    try container.encode(verdict, forKey: .verdict)
    try container.encode(findings.incidents, forKey: .incidents)
    try container.encode(
      findings.suspects.map {
        var item = $0
        item.score = rounded(item.score, 3)
        return item
      }, forKey: .suspects)
    try container.encode(findings.coverage, forKey: .coverage)
    try container.encodeIfPresent(findings.impact, forKey: .impact)
    try container.encode(findings.mixes, forKey: .mixes)
    try container.encode(findings.origins, forKey: .origins)
    try container.encode(findings.clocks, forKey: .clocks)
    try container.encode(findings.messages, forKey: .messages)
    try container.encode(findings.numbers, forKey: .numbers)
    try container.encode(findings.signatures, forKey: .signatures)
    try container.encode(
      findings.patterns.map {
        var item = $0
        item.score = rounded(item.score, 3)
        return item
      }, forKey: .patterns)
    try container.encode(
      findings.evidence.map {
        var item = $0
        item.weight = rounded(item.weight, 3)
        return item
      }, forKey: .evidence)
    try container.encode(findings.timeline, forKey: .timeline)
    try container.encode(findings.sources, forKey: .sources)
    try container.encode(findings.sections, forKey: .sections)
    try container.encode(
      findings.figures.map {
        FigureReference(
          id: $0.id, headline: $0.headline, caption: $0.caption, file: "figures/\($0.id).svg")
      }, forKey: .figures)
    try container.encode(findings.isIncomplete, forKey: .incomplete)
  }
}

func rounded(_ x: Double, _ digits: Int) -> Double {
  guard x.isFinite else { return x > 0 ? 1e12 : x < 0 ? -1e12 : 0 }
  let scale = pow(10, Double(digits))
  return (x * scale).rounded() / scale
}

func timelineCSV(_ findings: Findings) -> String {
  var text = "time,kind,statement,uncertainty_s,citations\r\n"
  for entry in findings.timeline {
    let cited = entry.citations.map { "\($0.source):\($0.line)" }.joined(separator: " ")
    let cells = [
      entry.time, entry.kind, entry.statement.plain,
      entry.uncertainty.map { String(Int($0.rounded())) } ?? "", cited,
    ]
    text += cells.map(Escaping.csv).joined(separator: ",") + "\r\n"
  }
  return text
}

/// Timesketch's fields, and ours.
private struct TimesketchEvent: Encodable {
  var message: String
  var datetime: String
  var timestampDescription: String
  /// Microseconds since the epoch.
  var timestamp: Int64
  var uncertaintySeconds: Double?
  var citations: [Citation]

  private enum CodingKeys: String, CodingKey {
    case message, datetime, timestamp, citations
    case timestampDescription = "timestamp_desc"
    case uncertaintySeconds = "uncertainty_s"
  }
}

func timelineJSONL(_ findings: Findings) throws -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  var bytes: [UInt8] = []
  for entry in findings.timeline {
    let date = try? Date(entry.time, strategy: .iso8601)
    bytes += Array(
      try encoder.encode(
        TimesketchEvent(
          message: entry.statement.plain, datetime: entry.time, timestampDescription: entry.kind,
          timestamp: Int64((date?.timeIntervalSince1970 ?? 0) * 1_000_000),
          uncertaintySeconds: entry.uncertainty, citations: entry.citations)))
    bytes.append(0x0a)
  }
  return bytes
}

private struct Manifest: Encodable {
  struct Input: Encodable {
    var path: String
    var bytes: UInt64
    var sha256: String
    var format: String
    var records: UInt64
  }
  var tool = "inquest"
  var version: String
  var schema: String
  var commandLine: [String]
  var options: [String: String]
  var inputs: [Input]
}

private func manifestJSON(_ findings: Findings, _ facts: RunFacts) throws -> [UInt8] {
  let manifest = Manifest(
    version: facts.toolVersion, schema: findings.schema, commandLine: facts.commandLine,
    options: Dictionary(facts.options.map { ($0.name, $0.value) }) { _, last in last },
    inputs: findings.sources.map {
      Manifest.Input(
        path: $0.path, bytes: $0.bytes, sha256: $0.sha256, format: $0.format, records: $0.records)
    })
  return Array(try encoder().encode(manifest)) + [0x0a]
}
