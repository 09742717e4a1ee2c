import Verdicts

/// Makes hostile text harmless. Logs are written by attackers too.
enum Escaping {
  /// Characters of a log's text that a report shows in one place.
  static let logLimit = 160

  /// Control characters, direction marks and invisible characters made visible, line ends flattened.
  static func visible(_ text: String, limit: Int = logLimit) -> String {
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
      if count >= limit {
        result += "…"
        break
      }
      count += 1
      switch scalar.value {
      case 0x09, 0x0a, 0x0d: result += " "
      case 0..<0x20, 0x7f..<0xa0:
        result += "\\x" + hex(scalar.value, 2)
      case 0x200b...0x200f, 0x202a...0x202e, 0x2060...0x206f, 0xfeff, 0xfff9...0xfffb, 0x2028,
        0x2029,
        0xe0000...0xe007f:
        result += "\\u{" + hex(scalar.value, 4) + "}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func hex(_ value: UInt32, _ width: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }

  /// A log's text as inline code. In code nothing is markup; the fence is longer than any run of
  /// backticks within.
  ///
  /// Source: CommonMark 0.31 section 6.1; GitHub tables need `|` escaped even in code.
  static func code(_ text: String, inTable: Bool, limit: Int = logLimit) -> String {
    var shown = visible(text, limit: limit)
    if inTable { shown = shown.replacing("|", with: "\\|") }
    if shown.isEmpty { return "(empty)" }
    var longest = 0
    var run = 0
    for character in shown {
      run = character == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: longest + 1)
    let pad = shown.hasPrefix("`") || shown.hasSuffix("`") || shown.hasPrefix(" ") ? " " : ""
    return fence + pad + shown + pad + fence
  }

  /// Our own words: only what would be taken for markup by accident.
  static func own(_ text: String, inTable: Bool) -> String {
    var result = text.replacing("<", with: "&lt;")
    if inTable { result = result.replacing("|", with: "\\|").replacing("\n", with: " ") }
    return result
  }

  static func markdown(_ prose: Prose, inTable: Bool = false) -> String {
    prose.fragments.map {
      $0.isLog ? code($0.text, inTable: inTable) : own($0.text, inTable: inTable)
    }.joined()
  }

  /// For a terminal: nothing that moves the cursor or hides text.
  static func terminal(_ prose: Prose) -> String {
    prose.fragments.map { $0.isLog ? visible($0.text) : $0.text.replacing("**", with: "") }.joined()
  }

  /// A cell of a CSV file. What a spreadsheet would take for a formula gets an apostrophe.
  ///
  /// Source: RFC 4180; OWASP, *CSV Injection*.
  static func csv(_ text: String) -> String {
    var cell = visible(text, limit: 4096)
    if let first = cell.first, "=+-@".contains(first), Double(cell) == nil { cell = "'" + cell }
    guard cell.contains(where: { $0 == "," || $0 == "\"" }) else { return cell }
    return "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }
}
