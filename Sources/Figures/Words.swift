/// Text as it is drawn: whoever wrote the log chose it, so it is cleaned, cut and escaped here.

/// Without control characters, direction overrides and characters that XML forbids; runs of white
/// space become one space, and at most `limit` characters are left.
func clean(_ text: String, limit: Int = 400) -> String {
  var result = ""
  var count = 0
  var wasSpace = true
  for scalar in text.unicodeScalars {
    if count >= limit {
      result.append("…")
      break
    }
    let code = scalar.value
    // A grapheme may carry any number of combining marks; they would climb out of the line.
    if scalar.properties.canonicalCombiningClass != .notReordered, code >= 0x300 { continue }
    if scalar.properties.isWhitespace || code < 0x20 || (0x7F...0x9F).contains(code) {
      if !wasSpace {
        result.append(" ")
        count += 1
      }
      wasSpace = true
      continue
    }
    switch code {
    case 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFF, 0xE0000...:
      continue
    default:
      if code & 0xFFFE == 0xFFFE { continue }
    }
    result.unicodeScalars.append(scalar)
    count += 1
    wasSpace = false
  }
  if result.last == " " { result.removeLast() }
  return result
}

/// For element content and for attributes in double quotes.
func escaped(_ text: String) -> String {
  var result = ""
  for character in text.unicodeScalars {
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    default: result.unicodeScalars.append(character)
    }
  }
  return result
}

/// An estimate of the width of `text`: 0.6 em a character, 1 em for those of East Asian scripts.
func estimatedWidth(_ text: String, size: Double) -> Double {
  text.unicodeScalars.reduce(0) {
    $0 + size * ($1.value >= 0x1100 && $1.value < 0x1F_000 ? widthOfWide($1) : 0.6)
  }
}

private func widthOfWide(_ scalar: Unicode.Scalar) -> Double {
  (0x2000..<0x2E80).contains(scalar.value) ? 0.6 : 1
}

/// `text` cut to `width` pixels, in the middle if both ends matter (as of a path).
func shortened(_ text: String, width: Double, size: Double, middle: Bool = false) -> String {
  guard estimatedWidth(text, size: size) > width else { return text }
  let room = max(1, Int(width / (0.6 * size)) - 1)
  var kept = Array(text)
  if middle {
    let tail = room / 2
    kept = Array(kept.prefix(room - tail)) + ["…"] + Array(kept.suffix(tail))
  } else {
    kept = Array(kept.prefix(room)) + ["…"]
  }
  // Wide characters need another cut.
  while kept.count > 2, estimatedWidth(String(kept), size: size) > width {
    kept.remove(at: middle ? kept.count / 2 + 1 : kept.count - 2)
  }
  return String(kept)
}

/// `text` in at most `lines` lines of `width` pixels; the last is cut if there is more.
func wrapped(_ text: String, width: Double, size: Double, lines: Int) -> [String] {
  var result: [String] = []
  var line = ""
  var words = text.split(separator: " ").map(String.init)[...]
  while let word = words.first {
    let longer = line.isEmpty ? word : line + " " + word
    if estimatedWidth(longer, size: size) <= width {
      line = longer
      words.removeFirst()
    } else if result.count == lines - 1 {
      let rest = ([line] + words).filter { !$0.isEmpty }.joined(separator: " ")
      return result + [shortened(rest, width: width, size: size)]
    } else if line.isEmpty {
      result.append(shortened(word, width: width, size: size))
      words.removeFirst()
    } else {
      result.append(line)
      line = ""
    }
  }
  return line.isEmpty ? result : result + [line]
}

/// A table as RFC 4180 has it, whose text cells no spreadsheet takes for a formula.
struct Table {
  enum Cell {
    case text(String)
    case number(Double?)
    case time(Double?)
  }

  private(set) var csv = ""

  init(header: [String]) { csv = header.joined(separator: ",") + "\r\n" }

  mutating func add(_ cells: [Cell]) {
    csv += cells.map(Self.written).joined(separator: ",") + "\r\n"
  }

  private static func written(_ cell: Cell) -> String {
    switch cell {
    case .number(let value): return value.map { $0.isFinite ? number($0) : "" } ?? ""
    case .time(let value): return value.map { $0.isFinite ? stamp($0) : "" } ?? ""
    case .text(let text):
      var plain = clean(text, limit: 4000)
      if let first = plain.first, "=+-@".contains(first) { plain = "'" + plain }
      guard plain.contains(where: { ",\"".contains($0) }) else { return plain }
      return "\""
        + plain.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        + "\""
    }
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }
}
