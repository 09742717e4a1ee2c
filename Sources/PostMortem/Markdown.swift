import Figures
public import Findings
import Verdicts

/// Renders findings as GitHub-flavoured Markdown.
public func markdown(_ findings: Findings) -> String {
  var writer = MarkdownWriter(findings)
  return writer.write()
}

struct MarkdownWriter {
  /// Footnotes shown at one statement; further records are counted.
  static let marksLimit = 4

  let findings: Findings
  private var notes: [Citation: Int] = [:]
  private var ordered: [Citation] = []
  private var prompts = 0
  private let figures: [String: Figure]
  private let evidenceIDs: Set<String>

  init(_ findings: Findings) {
    self.findings = findings
    figures = Dictionary(findings.figures.map { ($0.id, $0) }) { first, _ in first }
    evidenceIDs = Set(findings.evidence.map(\.id))
  }

  mutating func write() -> String {
    var body = ""
    for section in findings.sections { body += sectionText(section) }
    var text = "# Post-mortem: \(Escaping.markdown(Prose(log: findings.caseName)))\n\n"
    let v = findings.verdict
    let p = v.probabilities.values.max() ?? 0
    text += "| verdict | probability | period of the logs (UTC) |\n| --- | --- | --- |\n"
    text +=
      "| **\(v.class)** | \(leading()) \(percent(p)) (\(v.words)) | \(clock(findings.from)) to \(clock(findings.to)) |\n\n"
    if findings.isIncomplete {
      text +=
        "> **Incomplete:** reading was stopped by a signal. This report covers what had been read by then.\n\n"
    }
    text +=
      "Written by a program from logs alone. Sentences carry footnotes to the records that bear them out; words in `code` are the logs' own. \(prompts) places marked *For people* need what logs cannot know.\n\n"
    text += body
    if !ordered.isEmpty {
      text += "## Citations\n\n"
      text +=
        "Source, line, byte offset in the decompressed stream, time, digest of the record.\n\n"
      for (i, citation) in ordered.enumerated() {
        text +=
          "[^\(i + 1)]: \(Escaping.code(citation.source, inTable: false)), line \(citation.line), byte \(citation.offset), \(citation.time), digest `\(citation.digest)`\n"
      }
    }
    return text
  }

  private func leading() -> String {
    findings.verdict.probabilities.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
  }

  private func percent(_ p: Double) -> String { Clause.percent(p) }

  private func clock(_ text: String) -> String {
    text.replacing("T", with: " ").replacing("Z", with: "")
  }

  private mutating func sectionText(_ section: Section) -> String {
    var text = "## \(section.title)\n\n"
    for item in section.items {
      switch item {
      case .paragraph(let statements):
        text += statements.map { statement($0) }.joined(separator: " ") + "\n\n"
      case .list(let statements):
        text += statements.map { "- " + statement($0) }.joined(separator: "\n") + "\n\n"
      case .quotation(let quoted): text += "> " + statement(quoted) + "\n\n"
      case .subheading(let title): text += "### \(title)\n\n"
      case .prompt(let question):
        prompts += 1
        text += "> **For people:** \(question)\n\n"
      case .figure(let id): text += figure(id)
      case .table(let table): text += self.table(table)
      }
    }
    return text
  }

  private mutating func statement(_ statement: Statement, inTable: Bool = false) -> String {
    var text = Escaping.markdown(statement.text, inTable: inTable)
    let known = statement.evidence.filter { evidenceIDs.contains($0) }
    if !known.isEmpty {
      text += " (" + known.map { "[\($0)](#\($0.lowercased()))" }.joined(separator: ", ") + ")"
    }
    return text + marks(statement.citations)
  }

  private mutating func marks(_ citations: [Citation]) -> String {
    var text = ""
    for citation in citations.prefix(MarkdownWriter.marksLimit) {
      let number: Int
      if let seen = notes[citation] {
        number = seen
      } else {
        number = ordered.count + 1
        notes[citation] = number
        ordered.append(citation)
      }
      text += "[^\(number)]"
    }
    if citations.count > MarkdownWriter.marksLimit {
      text += " and \(citations.count - MarkdownWriter.marksLimit) further records"
    }
    return text
  }

  private func figure(_ id: String) -> String {
    guard let figure = figures[id] else { return "" }
    let headline = Escaping.own(Escaping.visible(figure.headline), inTable: false)
      .replacing("[", with: "(").replacing("]", with: ")")
    let caption = Escaping.own(Escaping.visible(figure.caption, limit: 400), inTable: false)
    return
      "![\(headline)](figures/\(id).svg)\n\n*Figure: \(caption)* ([data](figures/\(id).csv))\n\n"
  }

  private mutating func table(_ table: Table) -> String {
    guard !table.rows.isEmpty else { return "" }
    var text = "**\(table.title)**\n\n"
    text += "| " + table.columns.map(\.title).joined(separator: " | ") + " |\n"
    text +=
      "| " + table.columns.map { $0.isNumeric ? "---:" : "---" }.joined(separator: " | ") + " |\n"
    for row in table.rows {
      var cells = row.cells.enumerated().map { i, cell -> String in
        let shown = Escaping.markdown(cell, inTable: true)
        if table.id == "evidence", i == 0 {
          return "<a id=\"\(shown.lowercased())\"></a>\(shown)"
        }
        return linked(shown, cell)
      }
      if let last = cells.indices.last { cells[last] += marks(row.citations) }
      text += "| " + cells.joined(separator: " | ") + " |\n"
    }
    text += "\n"
    if !table.note.isEmpty { text += "*\(Escaping.own(table.note, inTable: false))*\n\n" }
    return text
  }

  /// Cells that hold nothing but evidence ids link to them.
  private func linked(_ shown: String, _ cell: Prose) -> String {
    let words = cell.plain.split(separator: " ").map(String.init)
    guard !words.isEmpty, words.allSatisfy({ evidenceIDs.contains($0) }) else { return shown }
    return words.map { "[\($0)](#\($0.lowercased()))" }.joined(separator: " ")
  }
}
