import Acquisition
import ArgumentParser
import Formats
import Foundation
import InquestKit
import Records

import enum Verdicts.Clause

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Why this format, this time, this meaning: PATH:LINE. Why this verdict: FINDING.",
    discussion: """
      EXAMPLES
        inquest explain access.log.gz:120          which format and why, what was read
        inquest explain verdict                    what speaks for each outcome, and how much
        inquest explain E4                         one piece of evidence, with the lines it cites
        inquest explain attack-flood --report Reports/shop

      For a line that was not understood: which formats come nearest, where the first difference lies, and what to do. A finding is verdict, the id of a piece of evidence, or that of a hypothesis.
      """)

  @Argument(help: "PATH:LINE, or a finding of a report.")
  var place: String

  @Option(help: "The report's folder (default: the newest below Reports).", completion: .directory)
  var report: String?

  @OptionGroup var own: OwnFormats

  func run() throws {
    if let finding = try ReportedFinding(place, report: report) {
      try Output.write(finding.text)
      return
    }
    guard let colon = place.lastIndex(of: ":"),
      let number = UInt64(place[place.index(after: colon)...]), number > 0
    else {
      throw Status.usage(
        "explain wants PATH:LINE, such as access.log.gz:120, or a finding: verdict, E4, attack-flood."
      )
    }
    let path = String(place[..<colon])
    let sources = try inventory(of: [path]).sources
    guard let source = sources.first else { throw Status.usage("\(path) holds nothing to read.") }
    var options = ReadingOptions()
    options.formats = own.usable()
    let prepared = try prepare(source, options)
    try Output.write(
      "format: \(prepared.format.name) (\(prepared.format.title))\n  because \(prepared.reason)\n  \(prepared.stampNote)\n"
    )
    for candidate in prepared.candidates where candidate.name != prepared.format.name {
      try Output.write(
        "  not \(candidate.name): \(Int(candidate.share * 100)) % of the sample read\n")
    }
    var last: RecordLine?
    var isPast = false
    try forEachRecord(of: sources, options: options, skipped: reportSkipped) { line in
      isPast = line.line > number
      if !isPast { last = line }
      return !isPast
    }
    guard let line = last, isPast || number < line.line + UInt64(line.lineCount) else {
      throw Status(code: 2, message: "inquest: \(path) has no line \(number) that is a record.")
    }
    try Output.write("record at line \(line.line):\n  \(printable(line.message))\n")
    guard line.isParsed else {
      try Output.write("not understood: it has not the shape of \(prepared.format.name).\n")
      try nearest(line.message, options.formats)
      return
    }
    try Output.write("time: \(line.time.rfc3339)\nseverity: \(line.severity)\n")
    for (name, value) in [("host", line.host), ("address", line.sourceIP), ("user", line.user)]
      + line.fields where !value.isEmpty
    {
      try Output.write("\(name): \(printable(value))\n")
    }
  }

  /// The formats that a line fits longest, with the place where it leaves them.
  private func nearest(_ text: String, _ own: [LogFormat]) throws {
    let bytes = Array(text.utf8)
    let reaches = (own + FormatRegistry.all).compactMap { format in
      reach(of: format, in: bytes.span).map { (format, $0) }
    }.filter { $0.1 > 0 }.sorted { $0.1 > $1.1 }
    for (format, reach) in reaches.prefix(3) {
      try Output.write(
        "  nearest: \(format.name) "
          + (reach >= bytes.count
            ? "fits to the end of the line, where more is wanted (or its time cannot be read)"
            : departure(of: bytes, at: reach)) + "\n")
    }
    try Output.write(
      "  to do: if it is a line of another program, nothing; else name the format with --format, or write it down in \(DefinedFormats.userFolder) and try it with inquest formats check.\n"
    )
  }
}

/// What a report says of one of its findings, in words.
struct ReportedFinding {
  var text: String

  private struct Report: Decodable {
    struct Citation: Decodable {
      var source: String
      var line: UInt64
      var time: String
    }
    struct Evidence: Decodable {
      var id: String
      var hypothesis: String
      var direction: String
      var weight: Double
      var family: String
      var statement: String
      var citations: [Citation]
    }
    struct Hypothesis: Decodable {
      var id: String
      var title: String
      var probability: Double
      var words: String
      var standing: String
      var evidenceFor: [String]
      var evidenceAgainst: [String]
      var absent: [String]
      var unobtainable: [String]
    }
    struct Verdict: Decodable {
      var `class`: String
      var probabilities: [String: Double]
      var sentence: String
      var wouldChange: [String]
      var hypotheses: [Hypothesis]
    }
    var `case`: String
    var verdict: Verdict
    var evidence: [Evidence]
  }

  /// - Returns: `nil` if the name is none of a finding.
  /// - Throws: if there is no report, or the report has no such finding.
  init?(_ name: String, report: String?) throws {
    let isEvidence = name.first == "E" && name.count > 1 && name.dropFirst().allSatisfy(\.isNumber)
    // A hypothesis is words with dashes; a file is more.
    let isWord = name.allSatisfy { $0.isLowercase && $0.isASCII || $0 == "-" }
    guard isEvidence || isWord, !FileManager.default.fileExists(atPath: name) else { return nil }
    let folder = try report ?? ReportedFinding.newest()
    let file = URL(filePath: folder).appending(path: "findings.json")
    guard let data = try? Data(contentsOf: file) else {
      throw Status(
        code: 2, message: "inquest: \(file.path) cannot be read. Name a report with --report.")
    }
    let found: Report
    do {
      found = try JSONDecoder().decode(Report.self, from: data)
    } catch {
      throw Status(code: 2, message: "inquest: \(file.path) is no findings.json of this version.")
    }
    text = "\(printable(found.case)) (\(folder))\n\n"
    if name == "verdict" {
      text += ReportedFinding.verdict(found)
    } else if let evidence = found.evidence.first(where: { $0.id == name }) {
      text += ReportedFinding.evidence(evidence, found)
    } else if let hypothesis = found.verdict.hypotheses.first(where: { $0.id == name }) {
      text += ReportedFinding.hypothesis(hypothesis, found)
    } else {
      throw Status(
        code: 2,
        message:
          "inquest: \(folder) has no finding called \(name). It has verdict, \(found.evidence.map(\.id).joined(separator: ", ")), \(found.verdict.hypotheses.map(\.id).joined(separator: ", "))."
      )
    }
  }

  private static func newest() throws -> String {
    let root = URL(filePath: "Reports")
    let folders =
      (try? FileManager.default.contentsOfDirectory(
        at: root, includingPropertiesForKeys: nil)) ?? []
    func written(_ folder: URL) -> Date? {
      try? folder.appending(path: "findings.json").resourceValues(
        forKeys: [.contentModificationDateKey]
      ).contentModificationDate
    }
    let dated = folders.compactMap { folder in written(folder).map { (folder, $0) } }
    guard let newest = dated.max(by: { ($0.1, $1.0.path) < ($1.1, $0.0.path) }) else {
      throw Status.usage("there is no report below Reports; name one with --report.")
    }
    return "Reports/\(newest.0.lastPathComponent)"
  }

  private static func signed(_ weight: Double) -> String { String(format: "%+.2f", weight) }

  private static func row(_ evidence: Report.Evidence) -> String {
    let weight = evidence.direction == "unobtainable" ? "" : ", \(signed(evidence.weight))"
    return
      "  \(evidence.id) (\(evidence.direction) \(evidence.hypothesis)\(weight))\n     \(printable(evidence.statement))\n"
  }

  private static func verdict(_ report: Report) -> String {
    var text = "\(printable(report.verdict.sentence))\n\n"
    for (name, p) in report.verdict.probabilities.sorted(by: {
      ($1.value, $0.key) < ($0.value, $1.key)
    }) {
      text += "  \(name.padding(toLength: 10, withPad: " ", startingAt: 0))\(Clause.percent(p))\n"
    }
    text +=
      "\nWhat it rests on, the heaviest first (weights are log10 towards what they bear on):\n"
    let order = report.evidence.filter { $0.direction != "unobtainable" }.sorted {
      (-abs($0.weight), $0.id) < (-abs($1.weight), $1.id)
    }
    for evidence in order { text += row(evidence) }
    let missing = report.evidence.filter { $0.direction == "unobtainable" }
    if !missing.isEmpty {
      text += "\nWhat these logs cannot show:\n"
      for evidence in missing { text += row(evidence) }
    }
    if !report.verdict.wouldChange.isEmpty {
      text += "\nWhat would change it:\n"
      for one in report.verdict.wouldChange { text += "  \(printable(one))\n" }
    }
    return text
  }

  private static func evidence(_ evidence: Report.Evidence, _ report: Report) -> String {
    var text = row(evidence)
    text +=
      "  family: \(evidence.family); several pieces of one family count as little more than one\n"
    let users = report.verdict.hypotheses.filter {
      ($0.evidenceFor + $0.evidenceAgainst + $0.absent + $0.unobtainable).contains(evidence.id)
    }
    for user in users {
      text +=
        "  bears on \(user.id) (\(printable(user.title))): \(user.standing), \(Clause.percent(user.probability))\n"
    }
    text +=
      evidence.citations.isEmpty
      ? "  It counts many records and cites none by itself.\n" : "  It cites:\n"
    for citation in evidence.citations {
      text += "    \(printable(citation.source)):\(citation.line)  \(citation.time)\n"
    }
    return text
  }

  private static func hypothesis(_ hypothesis: Report.Hypothesis, _ report: Report) -> String {
    var text =
      "\(printable(hypothesis.title)): \(hypothesis.standing), \(hypothesis.words) (\(Clause.percent(hypothesis.probability)))\n"
    for (title, ids) in [
      ("For it", hypothesis.evidenceFor), ("Against it", hypothesis.evidenceAgainst),
      ("Looked for and not found", hypothesis.absent),
      ("Not to be had from these logs", hypothesis.unobtainable),
    ] where !ids.isEmpty {
      text += "\n\(title):\n"
      for evidence in report.evidence where ids.contains(evidence.id) { text += row(evidence) }
    }
    return text
  }
}
