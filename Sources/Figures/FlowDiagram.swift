/// A causal chain: boxes from left to right, row after row, with labelled arrows.
public struct FlowDiagram: Codable, Sendable, Equatable {
  public struct Node: Codable, Sendable, Equatable {
    public var id: String
    public var title: String
    /// A second, smaller text, as the time of the onset.
    public var detail: String

    public init(id: String, title: String, detail: String = "") {
      self.id = id
      self.title = title
      self.detail = detail
    }
  }

  public struct Edge: Codable, Sendable, Equatable {
    public var from: String
    public var to: String
    public var label: String
    /// A supposed link is dashed.
    public var isCertain: Bool

    public init(from: String, to: String, label: String = "", isCertain: Bool = true) {
      self.from = from
      self.to = to
      self.label = label
      self.isCertain = isCertain
    }
  }

  public var id: String
  public var headline: String
  public var caption: String
  /// In the order in which they are drawn.
  public var nodes: [Node]
  public var edges: [Edge]

  public init(
    id: String, headline: String, caption: String, nodes: [Node], edges: [Edge]
  ) {
    self.id = id
    self.headline = headline
    self.caption = caption
    self.nodes = nodes
    self.edges = edges
  }

  public func csv() -> String {
    var table = Table(header: ["kind", "id", "to", "text", "detail"])
    for node in nodes {
      table.add([.text("node"), .text(node.id), .text(""), .text(node.title), .text(node.detail)])
    }
    for edge in edges {
      table.add([
        .text("edge"), .text(edge.from), .text(edge.to), .text(edge.label),
        .text(edge.isCertain ? "shown" : "supposed"),
      ])
    }
    return table.csv
  }

  private static let columns = 3
  private static let mostNodes = 18
  private static let mostEdges = 40
  private static let boxWidth = 200.0
  private static let boxHeight = 84.0
  private static let laneHeight = 36.0

  /// Where an arrow runs that does not go from a box to the next of its row: along the lane
  /// `lane` under row `row`.
  private struct Route {
    var edge: Edge
    var from: Int
    var to: Int
    /// The lane under the row of the source, and the one from which the target is entered.
    var lanes: [(row: Int, lane: Int)]
  }

  public func svg() -> String {
    var drawing = Drawing(id: id, headline: headline, caption: caption)
    let shown = Array(nodes.prefix(Self.mostNodes))
    guard !shown.isEmpty else {
      drawing.noData()
      return drawing.svg()
    }
    var index: [String: Int] = [:]
    for (i, node) in shown.enumerated() where index[node.id] == nil { index[node.id] = i }
    let columns = Self.columns
    let rows = (shown.count + columns - 1) / columns
    var lanes = [Int](repeating: 0, count: rows)
    var straight: [(Edge, Int)] = []
    var routes: [Route] = []
    for edge in edges.prefix(Self.mostEdges) {
      guard let from = index[edge.from], let to = index[edge.to], from != to else { continue }
      if to == from + 1, to % columns != 0 {
        straight.append((edge, from))
        continue
      }
      let source = from / columns
      let target = to / columns
      // A lower row is entered from above, the same or a higher one from below.
      let entry = target > source ? target - 1 : target
      var used = [(source, lanes[source])]
      lanes[source] += 1
      if entry != source {
        used.append((entry, lanes[entry]))
        lanes[entry] += 1
      }
      routes.append(Route(edge: edge, from: from, to: to, lanes: used))
    }

    let gap =
      (Drawing.width - 2 * Drawing.margin - 24 - Self.boxWidth * Double(columns))
      / Double(columns - 1)
    func left(_ i: Int) -> Double {
      Drawing.margin + Double(i % columns) * (Self.boxWidth + gap)
    }
    var tops: [Double] = []
    for row in 0..<rows {
      tops.append(drawing.y)
      drawing.y += Self.boxHeight + 20 + Double(lanes[row]) * Self.laneHeight
    }
    func laneY(_ row: Int, _ lane: Int) -> Double {
      tops[row] + Self.boxHeight + 16 + Double(lane) * Self.laneHeight
    }

    for (edge, from) in straight {
      let y = tops[from / columns] + Self.boxHeight / 2
      let x = left(from) + Self.boxWidth
      arrow("M\(n(x + 2)) \(n(y))H\(n(x + gap - 9))", edge, &drawing)
      head(x + gap - 1, y, "l-10 -5v10z", &drawing)
      let lines = wrapped(clean(edge.label, limit: 120), width: gap - 12, size: 14, lines: 2)
      for (j, line) in lines.enumerated() {
        let up = Double(lines.count - 1 - j) * 18
        drawing.text(x + gap / 2 - 3, y - 8 - up, line, anchor: .middle)
      }
    }
    for (k, route) in routes.enumerated() {
      draw(route, k, left, tops, laneY, &drawing)
    }
    for (i, node) in shown.enumerated() {
      let x = left(i)
      let y = tops[i / columns]
      drawing.rectangle(x, y, Self.boxWidth, Self.boxHeight, "f-box", radius: 6)
      let detail = clean(node.detail, limit: 120)
      let lines = wrapped(
        clean(node.title, limit: 120), width: Self.boxWidth - 16, size: 14,
        lines: detail.isEmpty ? 4 : 3)
      let total = Double(lines.count + (detail.isEmpty ? 0 : 1)) * 19
      var line = y + (Self.boxHeight - total) / 2 + 14
      for text in lines {
        drawing.text(x + Self.boxWidth / 2, line, text, "f-t f-b", anchor: .middle)
        line += 19
      }
      if !detail.isEmpty {
        let cut = shortened(detail, width: Self.boxWidth - 12, size: 14)
        drawing.text(x + Self.boxWidth / 2, line, cut, "f-m", anchor: .middle)
      }
    }
    if edges.contains(where: { !$0.isCertain }) {
      drawing.text(
        Drawing.margin, drawing.y + 14, "solid: shown by the logs; dashed: supposed", "f-m")
      drawing.y += 22
    }
    if nodes.count > shown.count {
      drawing.text(
        Drawing.margin, drawing.y + 14, "and \(nodes.count - shown.count) more, in the data", "f-m")
      drawing.y += 22
    }
    return drawing.svg()
  }

  private func draw(
    _ route: Route, _ k: Int, _ left: (Int) -> Double, _ tops: [Double],
    _ laneY: (Int, Int) -> Double, _ drawing: inout Drawing
  ) {
    // Each route leaves and enters at its own place on the edge of a box.
    let offset = Double(k % 5) * 18 - 36
    let out = left(route.from) + Self.boxWidth / 2 + offset + 7
    let into = left(route.to) + Self.boxWidth / 2 + offset - 7
    let sourceRow = route.from / Self.columns
    let targetRow = route.to / Self.columns
    let first = laneY(route.lanes[0].row, route.lanes[0].lane)
    var data = "M\(n(out)) \(n(tops[sourceRow] + Self.boxHeight))V\(n(first))"
    if route.lanes.count > 1 {
      let second = laneY(route.lanes[1].row, route.lanes[1].lane)
      let margin = Drawing.width - Drawing.margin - 18 + Double(k % 4) * 7
      data += "H\(n(margin))V\(n(second))"
    }
    let entersFromAbove = targetRow > sourceRow
    let end = entersFromAbove ? tops[targetRow] : tops[targetRow] + Self.boxHeight
    data += "H\(n(into))V\(n(entersFromAbove ? end - 9 : end + 9))"
    arrow(data, route.edge, &drawing)
    head(into, end, entersFromAbove ? "l-5 -10h10z" : "l-5 10h10z", &drawing)
    let label = clean(route.edge.label, limit: 120)
    guard !label.isEmpty else { return }
    let stop = route.lanes.count > 1 ? Drawing.width - Drawing.margin - 18 : into
    let room = max(420, abs(stop - out) - 70)
    let text = shortened(label, width: room, size: 14)
    let half = estimatedWidth(text, size: 14) / 2
    let middle = min(max((out + stop) / 2, Drawing.margin + half), Drawing.width - 20 - half)
    // A text that would hide its own arrow stands below it.
    guard 2 * half + 60 <= abs(stop - out) else {
      drawing.text(middle, first + 17, text, anchor: .middle)
      return
    }
    drawing.rectangle(middle - half, first - 9, 2 * half, 18, "f-g")
    drawing.text(middle, first + 5, text, anchor: .middle)
  }

  private func arrow(_ data: String, _ edge: Edge, _ drawing: inout Drawing) {
    drawing.path(data, edge.isCertain ? "f-q f-s6" : "f-q f-s6 f-d1")
  }

  private func head(_ x: Double, _ y: Double, _ shape: String, _ drawing: inout Drawing) {
    drawing.path("M\(n(x)) \(n(y))\(shape)", "f-a6")
  }
}
