import Figures
public import Findings
import Verdicts

/// What the terminal shows after an analysis.
public func terminalSummary(
  _ findings: Findings, reportPath: String?, color: Bool, width: Int
) -> String {
  func paint(_ text: String, _ code: String) -> String {
    color ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
  let v = findings.verdict
  let tone =
    switch v.class {
    case "attack": "1;31"
    case "mixed": "1;35"
    case "overload": "1;33"
    case "benign": "1;32"
    default: "1;36"
    }
  let ranked = v.probabilities.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
  var text =
    paint("Verdict: \(v.class)", tone) + "  "
    + ranked.map { "\($0.key) \(Clause.percent($0.value))" }.joined(separator: ", ")
    + (findings.isIncomplete ? "  (incomplete: reading was stopped)" : "") + "\n\n"
  text += wrap(Escaping.visible(v.sentence, limit: 2000), width) + "\n\n"
  if !findings.pulse.isEmpty {
    let line = sparkline(findings.pulse, width: min(60, max(20, width - 4)))
    text +=
      "  \(line)\n  \(Escaping.visible(findings.pulseTitle)), \(short(findings.from)) to \(short(findings.to)) UTC\n\n"
  }
  if let summary = findings.sections.first(where: { $0.id == "summary" }) {
    for case .list(let statements) in summary.items {
      for statement in statements.prefix(6) {
        text += wrap("- " + Escaping.terminal(statement.text), width, indent: "  ") + "\n"
      }
    }
    text += "\n"
  }
  let c = findings.coverage
  text +=
    "\(c.records) records of \(findings.sources.count) sources; \(c.unparsed) not understood; \(c.damaged) places of damage\n"
  if let reportPath { text += "Report: " + paint(reportPath, "1") + "\n" }
  return text
}

private func short(_ time: String) -> String {
  time.replacing("T", with: " ").replacing("Z", with: "")
}

private func wrap(_ text: String, _ width: Int, indent: String = "") -> String {
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ") {
    if !line.isEmpty, line.count + word.count + 1 > max(40, width) {
      lines.append(line)
      line = indent + word
    } else {
      line += (line.isEmpty || line == indent ? "" : " ") + word
    }
  }
  if !line.isEmpty { lines.append(line) }
  return lines.joined(separator: "\n")
}
