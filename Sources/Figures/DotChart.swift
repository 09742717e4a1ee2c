/// Estimates with their intervals, one a row: as the hazard of each version.
public struct DotChart: Codable, Sendable, Equatable {
  public struct Row: Codable, Sendable, Equatable {
    public var label: String
    public var estimate: Double
    public var low: Double
    public var high: Double
    /// What stands behind the estimate, as `412 of 1,030 nodes`.
    public var note: String

    public init(label: String, estimate: Double, low: Double, high: Double, note: String = "") {
      self.label = label
      self.estimate = estimate
      self.low = low
      self.high = high
      self.note = note
    }
  }

  public var id: String
  public var headline: String
  public var caption: String
  public var rows: [Row]
  /// What is estimated, with its unit.
  public var axisTitle: String
  public var logScale: Bool
  /// The value of no effect, drawn as a dashed line.
  public var reference: Double?

  public init(
    id: String, headline: String, caption: String, rows: [Row], axisTitle: String,
    logScale: Bool = false, reference: Double? = nil
  ) {
    self.id = id
    self.headline = headline
    self.caption = caption
    self.rows = rows
    self.axisTitle = axisTitle
    self.logScale = logScale
    self.reference = reference
  }

  public func csv() -> String {
    var table = Table(header: ["label", "estimate", "low", "high", "note"])
    for row in rows {
      table.add([
        .text(row.label), .number(row.estimate), .number(row.low), .number(row.high),
        .text(row.note),
      ])
    }
    return table.csv
  }

  private static let mostRows = 40

  public func svg() -> String {
    var drawing = Drawing(id: id, headline: headline, caption: caption)
    let usable = rows.filter(\.estimate.isFinite)
    guard !usable.isEmpty else {
      drawing.noData()
      return drawing.svg()
    }
    let shown = usable.prefix(Self.mostRows)
    let longest = shown.map { estimatedWidth(clean($0.label, limit: 60), size: 14) }.max() ?? 0
    let left = Drawing.margin + min(260, max(60, longest)) + 16
    let right = Drawing.width - 290
    var values = shown.flatMap { [$0.estimate, $0.low, $0.high] }
    if let reference { values.append(reference) }
    let scale = Scale(values: values, isLog: logScale, target: 5)
    func x(_ value: Double) -> Double { left + scale.fraction(value) * (right - left) }

    let rowHeight = shown.contains { !$0.note.isEmpty } ? 44.0 : 30
    var top = drawing.y
    if reference != nil { top += 20 }
    let bottom = top + Double(shown.count) * rowHeight
    for tick in scale.ticks {
      drawing.line(x(tick), top, x(tick), bottom + 5, "f-l")
      drawing.text(x(tick), bottom + 21, short(tick), "f-t", anchor: .middle)
    }
    drawing.line(left, bottom, right, bottom, "f-x")
    if let reference, reference.isFinite {
      drawing.line(x(reference), top, x(reference), bottom, "f-w")
      drawing.text(x(reference), top - 6, "reference \(short(reference))", "f-m", anchor: .middle)
    }
    for (i, row) in shown.enumerated() {
      let y = top + (Double(i) + 0.5) * rowHeight
      let name = shortened(clean(row.label, limit: 200), width: left - 36, size: 14, middle: true)
      drawing.text(left - 16, y + 5, name, anchor: .end)
      // An interval that does not exclude the reference has another marker: nothing was shown.
      let isClear = reference.map { row.low > $0 || row.high < $0 } ?? true
      let k = isClear ? 1 : 0
      let low =
        row.low.isFinite ? min(row.low, row.estimate) : (row.low < 0 ? scale.low : row.estimate)
      let high =
        row.high.isFinite ? max(row.high, row.estimate) : (row.high > 0 ? scale.high : row.estimate)
      drawing.path(
        "M\(n(x(low))) \(n(y - 5))v10m0 -5H\(n(x(high)))m0 -5v10", "f-q f-s\(k)")
      drawing.mark(x(row.estimate), y, series: k, radius: 5)
      let figures = "\(short(row.estimate)) [\(short(row.low)), \(short(row.high))]"
      drawing.text(right + 16, y + (row.note.isEmpty ? 5 : -2), figures, "f-t f-b")
      let note = shortened(clean(row.note), width: Drawing.width - right - 24, size: 14)
      drawing.text(right + 16, y + 16, note, "f-m")
    }
    drawing.y = bottom + 30
    let title = shortened(clean(axisTitle), width: 600, size: 14)
    drawing.text(
      (left + right) / 2, drawing.y + 12, title + (logScale ? " (log scale)" : ""), "f-t f-b",
      anchor: .middle)
    drawing.y += 22
    if reference != nil {
      drawing.mark(Drawing.margin + 8, drawing.y + 12, series: 1, radius: 5)
      drawing.text(Drawing.margin + 22, drawing.y + 17, "interval excludes the reference", "f-m")
      drawing.mark(Drawing.margin + 300, drawing.y + 12, series: 0, radius: 5)
      drawing.text(Drawing.margin + 314, drawing.y + 17, "interval includes it", "f-m")
      drawing.y += 24
    }
    if usable.count > shown.count {
      drawing.text(
        Drawing.margin, drawing.y + 14, "and \(usable.count - shown.count) more, in the data", "f-m"
      )
      drawing.y += 22
    }
    return drawing.svg()
  }
}
