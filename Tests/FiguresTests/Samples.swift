import Foundation

@testable import Figures

let onset = 1_293_033_600.0  // 2010-12-22 16:00 UTC

/// Text as an attacker would put it into a log.
let hostile =
  "</text><script>alert(1)</script>&\"'\u{1B}[31m\u{0}\u{202E}\u{FFFE}=1+1 "
  + String(repeating: "long ", count: 300)

/// Two days at one-minute resolution, with a collapse and a gap, in every kind of panel.
func overview(text: String = "users") -> TimeChart {
  let minutes = 44 * 60
  func line(_ name: String, _ value: (Int) -> Double?) -> TimeChart.Line {
    TimeChart.Line(
      name: name,
      points: (0..<minutes).map {
        TimeChart.Point(time: onset + Double($0) * 60, value: value($0))
      })
  }
  func noisy(_ i: Int) -> Double { Double((i &* 7919) % 997) / 10 }
  func panel(_ kind: TimeChart.Panel.Kind, log: Bool = false) -> TimeChart.Panel {
    TimeChart.Panel(
      title: text, unit: text,
      series: (0..<3).map { k in
        line("\(text) \(k)") { (800..<900).contains($0) ? nil : noisy($0 + k) }
      }, logScale: log, kind: kind)
  }
  return TimeChart(
    id: text, headline: text, caption: text, start: onset, end: onset + 44 * 3600,
    panels: [
      panel(.line, log: true), panel(.area), panel(.step), panel(.stackedArea), panel(.bars),
    ],
    phases: [TimeChart.Phase(name: text, start: onset + 3600, end: onset + 7200)],
    markers: TimeChart.Marker.Kind.allCases.enumerated().map {
      TimeChart.Marker(time: onset + Double($0.offset) * 100, label: text, kind: $0.element)
    })
}

func figures(text: String) -> [Figure] {
  [
    .time(overview(text: text)),
    .dots(
      DotChart(
        id: text, headline: text, caption: text,
        rows: [
          DotChart.Row(label: text, estimate: 801, low: 50, high: 12800, note: text),
          DotChart.Row(label: text, estimate: 0, low: -.infinity, high: .infinity, note: text),
        ], axisTitle: text, logScale: true, reference: 1)),
    .coverage(
      CoverageStrip(
        id: text, headline: text, caption: text, start: onset, end: onset + 3600,
        rows: [
          CoverageStrip.Row(
            source: text,
            spans: CoverageStrip.Span.Kind.allCases.enumerated().map {
              let from = onset + Double($0.offset) * 900
              return CoverageStrip.Span(from: from, to: from + 900, kind: $0.element)
            })
        ])),
    .flow(
      FlowDiagram(
        id: text, headline: text, caption: text,
        nodes: (0..<8).map { FlowDiagram.Node(id: "\($0)", title: text, detail: text) },
        edges: (0..<7).map { FlowDiagram.Edge(from: "\($0)", to: "\($0 + 1)", label: text) }
          + [
            FlowDiagram.Edge(from: "7", to: "0", label: text, isCertain: false),
            FlowDiagram.Edge(from: "4", to: "3", label: text),
            FlowDiagram.Edge(from: "4", to: "nowhere"), FlowDiagram.Edge(from: "4", to: "4"),
          ])),
  ]
}

func empty() -> [Figure] {
  [
    .time(TimeChart(id: "a", headline: "h", caption: "c", start: 0, end: 0, panels: [])),
    .time(
      TimeChart(
        id: "a", headline: "h", caption: "c", start: 0, end: 60,
        panels: [
          TimeChart.Panel(
            title: "t", unit: "u", series: [TimeChart.Line(name: "n", points: [])], kind: .bars)
        ])),
    .dots(DotChart(id: "b", headline: "h", caption: "c", rows: [], axisTitle: "a")),
    .coverage(
      CoverageStrip(id: "c", headline: "h", caption: "c", start: 0, end: 0, rows: [])),
    .flow(FlowDiagram(id: "d", headline: "h", caption: "c", nodes: [], edges: [])),
  ]
}
