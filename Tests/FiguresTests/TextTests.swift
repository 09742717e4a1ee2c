import Foundation
import Testing

@testable import Figures

/// The rows of an RFC 4180 table.
private func rows(_ csv: String) -> [[String]] {
  var result: [[String]] = []
  var row: [String] = []
  var cell = ""
  var isQuoted = false
  var characters = Array(csv)[...]
  while let c = characters.popFirst() {
    switch c {
    case "\"" where isQuoted && characters.first == "\"":
      cell.append("\"")
      characters.removeFirst()
    case "\"": isQuoted.toggle()
    case "," where !isQuoted:
      row.append(cell)
      cell = ""
    case "\r\n" where !isQuoted:
      result.append(row + [cell])
      row = []
      cell = ""
    default: cell.append(c)
    }
  }
  return result
}

@Suite("Text and numbers of figures")
struct TextTests {
  @Test("CSV gives back what was drawn")
  func roundTrip() {
    let chart = DotChart(
      id: "x", headline: "h", caption: "c",
      rows: [
        DotChart.Row(label: "a, \"b\"", estimate: -1.25, low: -3e-7, high: 1e20, note: "plain"),
        DotChart.Row(label: "=cmd|' /C calc'!A0", estimate: 1, low: .nan, high: 2, note: "-5"),
        DotChart.Row(label: "@x", estimate: 1, low: 1, high: 2, note: "a\nb"),
      ], axisTitle: "a")
    let table = rows(chart.csv())
    #expect(table[0] == ["label", "estimate", "low", "high", "note"])
    #expect(table[1][0] == "a, \"b\"")
    #expect(table[1][1...3].map { Double($0) } == [-1.25, -3e-7, 1e20])
    #expect(table[2][0] == "'=cmd|' /C calc'!A0")
    #expect(table[2][2] == "" && table[2][4] == "'-5")
    #expect(table[3] == ["'@x", "1", "1", "2", "a b"])
  }

  @Test("the data of a chart are not thinned, and gaps are empty cells")
  func complete() {
    let table = rows(overview().csv())
    #expect(table.count == 1 + 5 * 3 * 44 * 60 + 1 + 4)
    #expect(table[1][4] == "2010-12-22T16:00:00Z")
    #expect(table[801][6] == "")
    #expect(Set(table.map(\.count)) == [9])
  }

  @Test("numbers are short, and the same in every locale")
  func numbers() {
    let cases: [(Double, String)] = [
      (0, "0"), (1, "1"), (999.9, "1k"), (1250, "1.25k"), (20_000_000, "20M"), (0.05, "0.05"),
      (0.0012, "0.0012"), (2.5e-6, "2.5µ"), (-1500, "-1.5k"), (1e21, "1e21"), (.nan, "?"),
    ]
    for (value, text) in cases { #expect(short(value) == text) }
    #expect(fixed(-0.04, 1) == "0")
    #expect(fixed(12.345, 2) == "12.35" || fixed(12.345, 2) == "12.34")
    #expect(fixed(1.05, 2) == "1.05")
    #expect(abs(Figures.log10(1000) - 3) < 1e-14)
    #expect(abs(Figures.log10(2e-9) + 8.698970004336019) < 1e-13)
  }

  @Test("ticks are round and cover the values")
  func ticks() {
    #expect(Scale(values: [3, 27], isLog: false, target: 3).ticks == [0, 10, 20, 30])
    #expect(Scale(values: [-4, 4], isLog: false, target: 4).ticks == [-4, -2, 0, 2, 4])
    #expect(Scale(values: [2, 900], isLog: true, target: 5).ticks == [1, 10, 100, 1000])
    #expect(Scale(values: [], isLog: false, target: 5).ticks == [0, 1])
    let axis = TimeAxis(start: onset, end: onset + 44 * 3600, left: 0, width: 700)
    let labels = axis.ticks()
    #expect(labels.map(\.label).prefix(3) == ["18:00", "00:00", "06:00"])
    #expect(labels.compactMap(\.date) == ["22 Dec 2010", "23 Dec 2010", "24 Dec 2010"])
    #expect(stamp(-0.5) == "1969-12-31T23:59:59.500Z")
    #expect(stamp(951_782_400) == "2000-02-29T00:00:00Z")
  }

  @Test("text is cleaned, wrapped and cut")
  func text() {
    #expect(clean("a\u{0}\u{1B}[1m\tb\u{202E}c ") == "a [1m bc")
    #expect(clean(String(repeating: "x", count: 500)).count == 401)
    #expect(clean("e" + String(repeating: "\u{0301}", count: 99)) == "e")
    #expect(escaped("<a b=\"c\">&'") == "&lt;a b=&quot;c&quot;&gt;&amp;&#39;")
    #expect(wrapped("aa bb cc dd", width: 50, size: 14, lines: 2) == ["aa bb", "cc dd"])
    #expect(wrapped("aaaaaaaaaaaa", width: 50, size: 14, lines: 2) == ["aaaa…"])
    #expect(shortened("abcdefghij", width: 60, size: 14, middle: true) == "abc…hij")
  }

  @Test("a sparkline shows the course in as many characters as there are")
  func sparklines() {
    #expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], width: 8) == "▁▂▃▄▅▆▇█")
    #expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], width: 8, ascii: true) == "_.-=+*%#")
    #expect(sparkline([1, nil, 1, .nan], width: 10) == "█·█·")
    #expect(sparkline([0, 0], width: 10) == "▁▁")
    #expect(sparkline([0, 9, 0, 0, 0, 0], width: 3) == "█▁▁")
    #expect(sparkline([-1e308, 1e308], width: 2) == "▁█")
    #expect(sparkline([], width: 5) == "")
    #expect(sparkline([1], width: -1) == "")
  }
}
