import Foundation
import Testing

@testable import Figures

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The elements of an XML text and what they say; `nil` if it is not well-formed.
private final class Reading: NSObject, XMLParserDelegate {
  var elements: [String: Int] = [:]
  var text = ""
  var attributes: [String] = []

  static func of(_ xml: String) -> Reading? {
    let reading = Reading()
    let parser = XMLParser(data: Data(xml.utf8))
    parser.delegate = reading
    return parser.parse() ? reading : nil
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    elements[name, default: 0] += 1
    self.attributes += attributes.values
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}

@Suite("Figures")
struct FigureTests {
  @Test("every figure is well-formed, titled, in both colour schemes and below 60 KB")
  func wellFormed() throws {
    for figure in figures(text: "Users online & more") {
      let svg = figure.svg()
      let reading = try #require(Reading.of(svg), "\(figure.id)")
      #expect(reading.elements["title"] == 1)
      #expect(reading.elements["desc"] == 1)
      #expect(reading.text.contains("Users online & more"))
      #expect(svg.contains("prefers-color-scheme:dark"))
      #expect(svg.utf8.count < 60_000, "\(svg.utf8.count)")
      #expect(!svg.contains("nan") && !svg.contains("inf"))
    }
  }

  @Test("what a log says cannot leave its text")
  func hostileText() throws {
    for figure in figures(text: hostile) {
      let svg = figure.svg()
      let reading = try #require(Reading.of(svg))
      #expect(reading.elements["script"] == nil)
      #expect(!svg.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
      #expect(!svg.unicodeScalars.contains { $0.value == 0x202E || $0.value == 0xFFFE })
      #expect(svg.utf8.count < 70_000, "\(svg.utf8.count)")
    }
  }

  @Test("the same figure gives the same bytes, also after encoding and decoding")
  func deterministic() throws {
    for figure in figures(text: "x") {
      #expect(figure.svg() == figure.svg())
      let copy = try? JSONDecoder().decode(Figure.self, from: JSONEncoder().encode(figure))
      // JSON has no infinities, so a figure with such an interval is not encoded.
      if let copy {
        #expect(copy == figure)
        #expect(copy.svg() == figure.svg())
        #expect(copy.csv() == figure.csv())
      }
    }
  }

  @Test("a figure without data says so")
  func noData() throws {
    for figure in empty() {
      #expect(try #require(Reading.of(figure.svg())).text.contains("no data"))
      #expect(figure.csv().split(separator: "\r\n").count <= 1 + 0)
    }
  }

  @Test(
    "extreme values are drawn",
    arguments: [
      [5], [7, 7, 7], [1e300, -1e300], [-3, -2, -9], [0, 0], [.nan, .infinity, -.infinity],
      [.leastNonzeroMagnitude, .leastNormalMagnitude], [5e15, 5e15 + 1],
    ] as [[Double]])
  func extremes(values: [Double]) throws {
    for kind in [TimeChart.Panel.Kind.line, .area, .step, .stackedArea, .bars] {
      for log in [false, true] {
        let points = values.enumerated().map {
          TimeChart.Point(time: onset + Double($0.offset), value: $0.element)
        }
        let chart = TimeChart(
          id: "x", headline: "h", caption: "c", start: onset, end: onset + 10,
          panels: [
            TimeChart.Panel(
              title: "t", unit: "u", series: [TimeChart.Line(name: "n", points: points)],
              logScale: log, kind: kind)
          ])
        #expect(Reading.of(chart.svg()) != nil)
      }
    }
    for log in [false, true] {
      let rows = values.map { DotChart.Row(label: "r", estimate: $0, low: $0, high: $0) }
      let chart = DotChart(
        id: "x", headline: "h", caption: "c", rows: rows, axisTitle: "a", logScale: log)
      #expect(Reading.of(chart.svg()) != nil)
    }
  }

  @Test(
    "extreme times are drawn",
    arguments: [
      (0, 0), (5, -5), (.nan, .infinity), (-.infinity, 1e300), (onset, onset + 0.01),
      (onset, onset + 3e10), (-9e18, 9e18),
    ] as [(Double, Double)])
  func extremeTimes(start: Double, end: Double) throws {
    let chart = TimeChart(
      id: "x", headline: "h", caption: "c", start: start, end: end,
      panels: [
        TimeChart.Panel(
          title: "t", unit: "u",
          series: [
            TimeChart.Line(
              name: "n", points: [start, end, onset].map { TimeChart.Point(time: $0, value: 1) })
          ])
      ],
      phases: [TimeChart.Phase(name: "p", start: start, end: end)],
      markers: [TimeChart.Marker(time: start, label: "m", kind: .change)])
    #expect(Reading.of(chart.svg()) != nil)
    #expect(!chart.csv().isEmpty)
  }

  @Test("a spike of one minute survives the thinning, and a gap stays a gap")
  func thinning() {
    var points = (0..<5000).map { TimeChart.Point(time: Double($0), value: 1) }
    points[2345].value = 900
    points[3000].value = -50
    for i in 4000..<4200 { points[i].value = nil }
    let runs = thinned(points, start: 0, end: 5000, limit: 600)
    #expect(runs.count == 2)
    let all = runs.flatMap { $0 }
    #expect(all.count <= 620)
    #expect(all.contains { $0.value == 900 })
    #expect(all.contains { $0.value == -50 })
    #expect(zip(all, all.dropFirst()).allSatisfy { $0.time <= $1.time })
  }

  @Test("labels keep their distance and their order")
  func labels() {
    let places = spreadApart([(50, 16), (52, 16), (10, 16), (51, 30)], within: 0...120)
    #expect(places[2] < places[0] && places[0] < places[3] && places[3] < places[1])
    #expect(places[3] - places[0] >= 23 && places[1] - places[3] >= 23)
    #expect(places.allSatisfy { $0 >= 8 && $0 <= 112 })
  }
}

@Suite("Stacks")
struct StackTests {
  private func line(_ times: [Double], _ value: Double) -> TimeChart.Line {
    TimeChart.Line(name: "n", points: times.map { TimeChart.Point(time: $0, value: value) })
  }

  @Test("columns keep the mean and stay at their time, also across a gap")
  func columns() {
    let times = (0..<1000).filter { !(400..<600).contains($0) }.map { Double($0) * 60 }
    let stack = Stack([line(times, 3), line(times, 4)], start: 0, end: 60_000, limit: 100)
    #expect(stack.merged == 10)
    #expect(stack.times.count <= 101)
    #expect(stack.top(1).prefix(39).allSatisfy { $0 == 7 })
    #expect(stack.values[0][50] == 0)
    #expect(stack.top(1)[70] == 7)
  }

  @Test("one bucket, and none")
  func few() {
    #expect(Stack([line([5], 3)], start: 0, end: 60, limit: 100).values == [[3]])
    #expect(Stack([], start: 0, end: 60, limit: 100).isEmpty)
    #expect(Stack([line([5, 1e11], 3)], start: 0, end: 2e11, limit: 10).times.count == 2)
  }
}
