/// What was read of each source, and what was not: one strip a source.
public struct CoverageStrip: Codable, Sendable, Equatable {
  public struct Span: Codable, Sendable, Equatable {
    public enum Kind: String, Codable, Sendable, Equatable, CaseIterable {
      case present
      case missing
      case damaged
      case unparsed
    }

    public var from: Double
    public var to: Double
    public var kind: Kind

    public init(from: Double, to: Double, kind: Kind) {
      self.from = from
      self.to = to
      self.kind = kind
    }
  }

  public struct Row: Codable, Sendable, Equatable {
    public var source: String
    public var spans: [Span]

    public init(source: String, spans: [Span]) {
      self.source = source
      self.spans = spans
    }
  }

  public var id: String
  public var headline: String
  public var caption: String
  public var start: Double
  public var end: Double
  public var rows: [Row]

  public init(
    id: String, headline: String, caption: String, start: Double, end: Double, rows: [Row]
  ) {
    self.id = id
    self.headline = headline
    self.caption = caption
    self.start = start
    self.end = end
    self.rows = rows
  }

  public func csv() -> String {
    var table = Table(header: ["source", "from", "to", "kind"])
    for row in rows {
      for span in row.spans {
        table.add([
          .text(row.source), .time(span.from), .time(span.to), .text(span.kind.rawValue),
        ])
      }
    }
    return table.csv
  }

  private static let mostRows = 40
  private static let mostSpans = 1200

  public func svg() -> String {
    var drawing = Drawing(id: id, headline: headline, caption: caption)
    guard rows.contains(where: { !$0.spans.isEmpty }) else {
      drawing.noData()
      return drawing.svg()
    }
    let shown = rows.prefix(Self.mostRows)
    let longest = shown.map { estimatedWidth(clean($0.source), size: 14) }.max() ?? 0
    let left = Drawing.margin + min(280, max(80, longest)) + 12
    let axis = TimeAxis(start: start, end: end, left: left, width: Drawing.width - left - 66)
    let top = drawing.y
    let bottom = top + Double(shown.count) * 26
    let perRow = max(10, Self.mostSpans / max(1, shown.count))
    for (i, row) in shown.enumerated() {
      let y = top + Double(i) * 26
      let name = shortened(clean(row.source), width: left - 32, size: 14, middle: true)
      drawing.text(left - 12, y + 18, name, anchor: .end)
      drawing.rectangle(left, y + 4, axis.width, 18, "f-p0")
      // What is wrong is drawn last and at least two pixels wide, so that it is not hidden.
      for kind in Span.Kind.allCases {
        var data = ""
        for span in row.spans.prefix(perRow) where span.kind == kind && span.to >= span.from {
          guard span.to >= axis.start, span.from <= axis.end else { continue }
          let from = axis.x(span.from)
          let to = max(axis.x(span.to), from + 2)
          data += bar(from, to, y, kind)
        }
        draw(data, kind, &drawing)
      }
    }
    drawing.timeAxis(axis, top: top, bottom: bottom + 4)
    drawing.y = bottom + 56
    var x = Drawing.margin
    for kind in Span.Kind.allCases
    where rows.contains(where: { $0.spans.contains { $0.kind == kind } }) {
      draw(bar(x, x + 30, drawing.y - 4, kind), kind, &drawing)
      let words = Self.words(kind)
      drawing.text(x + 38, drawing.y + 14, words, "f-t")
      x += 62 + estimatedWidth(words, size: 14)
    }
    drawing.y += 24
    if rows.count > shown.count {
      drawing.text(
        Drawing.margin, drawing.y + 14, "and \(rows.count - shown.count) more sources, in the data",
        "f-m")
      drawing.y += 22
    }
    return drawing.svg()
  }

  /// Each kind has its own height as well: full, a line at the middle, full, half.
  private func bar(_ from: Double, _ to: Double, _ y: Double, _ kind: Span.Kind) -> String {
    switch kind {
    case .present, .damaged: "M\(n(from)) \(n(y + 4))H\(n(to))v18H\(n(from))z"
    case .missing: "M\(n(from)) \(n(y + 4))H\(n(to))v18H\(n(from))z"
    case .unparsed: "M\(n(from)) \(n(y + 13))H\(n(to))v9H\(n(from))z"
    }
  }

  private func draw(_ data: String, _ kind: Span.Kind, _ drawing: inout Drawing) {
    switch kind {
    case .present: drawing.fill(data, series: 0)
    case .missing:
      drawing.path(data, "f-g")
      drawing.path(data, "f-w f-s1")
    case .damaged: drawing.fill(data, series: 1)
    case .unparsed: drawing.fill(data, series: 4)
    }
  }

  private static func words(_ kind: Span.Kind) -> String {
    switch kind {
    case .present: "read"
    case .missing: "missing"
    case .damaged: "damaged"
    case .unparsed: "not understood"
    }
  }
}
