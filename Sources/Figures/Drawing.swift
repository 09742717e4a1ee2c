/// An SVG under construction: headline and caption on top, then what the caller draws.
///
/// Colours are Okabe and Ito's (2008), told apart by all common kinds of colour vision; every use of
/// them is doubled by a dash, a marker, a hatch or a label. Both colour schemes are in the file.
struct Drawing {
  static let width = 960.0
  static let margin = 20.0
  static let text = 14.0
  static let series = 7

  /// The next free y.
  var y = 0.0
  private let id: String
  private let headline: String
  private let caption: String
  private var body = ""
  private var hatches: Set<Int> = []
  private var shapes = 0

  init(id: String, headline: String, caption: String) {
    self.id = Self.identifier(id)
    self.headline = clean(headline, limit: 300)
    self.caption = clean(caption, limit: 600)
    y = 16
    let room = Self.width - 2 * Self.margin
    for line in wrapped(self.headline, width: room, size: 19, lines: 3) {
      y += 24
      text(Self.margin, y - 4, line, "f-h")
    }
    for line in wrapped(self.caption, width: room, size: Self.text, lines: 5) {
      y += 20
      text(Self.margin, y - 3, line, "f-m")
    }
    y += 12
  }

  private static func identifier(_ text: String) -> String {
    let kept = text.unicodeScalars.prefix(60).map { scalar -> Character in
      let isPlain =
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
        || ("0"..."9").contains(scalar) || scalar == "-" || scalar == "_"
      return isPlain ? Character(scalar) : "-"
    }
    return kept.isEmpty ? "figure" : "f-" + String(kept)
  }

  // MARK: Shapes

  enum Anchor: String {
    case start
    case middle
    case end
  }

  mutating func text(
    _ x: Double, _ y: Double, _ content: String, _ style: String = "f-t", anchor: Anchor = .start
  ) {
    let place = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    body +=
      "<text class=\"\(style)\" x=\"\(n(x))\" y=\"\(n(y))\"\(place)>\(escaped(content))</text>\n"
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
    body += "<path class=\"\(style)\" d=\"M\(n(x1)) \(n(y1))L\(n(x2)) \(n(y2))\"/>\n"
  }

  mutating func path(_ data: String, _ style: String) {
    guard !data.isEmpty else { return }
    body += "<path class=\"\(style)\" d=\"\(data)\"/>\n"
  }

  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String, radius: Double = 0
  ) {
    let round = radius > 0 ? " rx=\"\(n(radius))\"" : ""
    body +=
      "<rect class=\"\(style)\" x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(max(0, width)))\" "
      + "height=\"\(n(max(0, height)))\"\(round)/>\n"
  }

  /// A filled path in the colour and the hatch of series `k`.
  mutating func fill(_ data: String, series k: Int) {
    guard !data.isEmpty else { return }
    guard k > 0 else {
      path(data, "f-a0")
      return
    }
    hatches.insert(k)
    shapes += 1
    // Written once and used twice: stacks are most of a file.
    body += "<defs><path id=\"\(id)-u\(shapes)\" d=\"\(data)\"/></defs>"
    body += "<use href=\"#\(id)-u\(shapes)\" class=\"f-a\(k % Self.series)\"/>"
    body += "<use href=\"#\(id)-u\(shapes)\" fill=\"url(#\(id)-p\(k))\"/>\n"
  }

  /// The marker of series `k` about (x, y): disc, square, triangle, diamond, in turn.
  mutating func mark(_ x: Double, _ y: Double, series k: Int, radius r: Double = 4) {
    path(markPath(x, y, k, r), "f-a\(k % Self.series) f-o")
  }

  func markPath(_ x: Double, _ y: Double, _ k: Int, _ r: Double) -> String {
    switch k % 4 {
    case 0:
      return
        "M\(n(x - r)) \(n(y))a\(n(r)) \(n(r)) 0 1 0 \(n(2 * r)) 0a\(n(r)) \(n(r)) 0 1 0 \(n(-2 * r)) 0z"
    case 1: return "M\(n(x - r)) \(n(y - r))h\(n(2 * r))v\(n(2 * r))h\(n(-2 * r))z"
    case 2: return "M\(n(x)) \(n(y - r * 1.2))l\(n(r * 1.2)) \(n(r * 2.1))h\(n(-2.4 * r))z"
    default:
      let d = r * 1.3
      return "M\(n(x)) \(n(y - d))l\(n(d)) \(n(d))l\(n(-d)) \(n(d))l\(n(-d)) \(n(-d))z"
    }
  }

  /// The words that stand for a picture of nothing.
  mutating func noData(_ height: Double = 80) {
    rectangle(Self.margin, y, Self.width - 2 * Self.margin, height, "f-p0")
    text(Self.width / 2, y + height / 2 + 5, "no data", "f-m", anchor: .middle)
    y += height + 12
  }

  /// The ticks of a time axis below `bottom`, with their grid lines from `top`.
  mutating func timeAxis(_ axis: TimeAxis, top: Double, bottom: Double) {
    var grid = ""
    for tick in axis.ticks() { grid += "M\(n(tick.x)) \(n(bottom))v5" }
    path(grid, "f-x")
    line(axis.left, bottom, axis.left + axis.width, bottom, "f-x")
    for tick in axis.ticks() {
      let isDated = tick.date != nil
      text(tick.x, bottom + 20, tick.label, isDated ? "f-t f-b" : "f-t", anchor: .middle)
      if let date = tick.date {
        // Kept inside the picture at the right edge.
        let half = estimatedWidth(date, size: Self.text) / 2
        let x = min(max(tick.x, half + 4), Self.width - half - 4)
        text(x, bottom + 37, date, "f-m", anchor: .middle)
      }
    }
    text(axis.left + axis.width + 24, bottom + 20, "UTC", "f-m")
  }

  // MARK: The file

  func svg() -> String {
    let height = n(y + 10)
    let width = n(Self.width)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" role="img" aria-labelledby="\(id)-t \(id)-d">
      <title id="\(id)-t">\(escaped(headline))</title>
      <desc id="\(id)-d">\(escaped(caption))</desc>
      <style>\(Self.style)</style>
      \(definitions)<rect class="f-g" width="\(width)" height="\(height)"/>
      \(body)</svg>

      """
  }

  private var definitions: String {
    guard !hatches.isEmpty else { return "" }
    let shapes = [
      "M0 8L8 0M-2 2L2 -2M6 10L10 6", "M0 4H8", "M0 0L8 8M-2 6L2 10M6 -2L10 2", "M4 0V8",
      "M0 4H8M4 0V8", "M2 2h2v2h-2zM6 6h2v2h-2z",
    ]
    let patterns = hatches.sorted().map { k in
      "<pattern id=\"\(id)-p\(k)\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
        + "<path class=\"f-k\" d=\"\(shapes[(k - 1) % shapes.count])\"/></pattern>"
    }
    return "<defs>\(patterns.joined())</defs>\n"
  }

  private static let light = [
    "#0072b2", "#d55e00", "#009e73", "#b85a94", "#a87400", "#3d8fc4", "#4d4d4d",
  ]
  private static let dark = [
    "#56b4e9", "#f0752a", "#1fc79a", "#dd94bd", "#e69f00", "#f0e442", "#c8c8c8",
  ]

  private static func scheme(
    ground: String, ink: String, muted: String, grid: String, phase: [String], colours: [String]
  ) -> String {
    var css = ".f-g{fill:\(ground)}.f-t,.f-h{fill:\(ink)}.f-m{fill:\(muted)}"
    css += ".f-l{stroke:\(grid)}.f-x,.f-w{stroke:\(muted)}.f-o{stroke:\(ground)}"
    css += ".f-k{stroke:\(ground)}.f-p0{fill:\(phase[0])}.f-p1{fill:\(phase[1])}"
    css += ".f-box{fill:\(phase[0]);stroke:\(muted)}.f-n{fill:\(ground)}"
    for (k, colour) in colours.enumerated() {
      css += ".f-s\(k){stroke:\(colour)}.f-a\(k){fill:\(colour)}"
    }
    return css
  }

  private static let style: String = {
    var css = "text{font:14px system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',"
    css +=
      "'DejaVu Sans',Arial,sans-serif}.f-h{font-size:19px;font-weight:600}.f-b{font-weight:600}"
    css +=
      ".f-n{font-size:12px;font-weight:700}.f-l,.f-x,.f-w,.f-k{fill:none}.f-w{stroke-dasharray:4 3}"
    css +=
      ".f-k{stroke-width:1.5;stroke-opacity:.75}.f-q{fill:none;stroke-width:2;stroke-linejoin:round}"
    css += ".f-i{opacity:.25}.f-v{opacity:.35}.f-o{stroke-width:1.5;paint-order:stroke}"
    for (k, dash) in ["", "8 4", "2 3", "10 3 2 3", "5 3", "12 5", "4 2 1 2"].enumerated()
    where !dash.isEmpty {
      css += ".f-d\(k){stroke-dasharray:\(dash)}"
    }
    css += scheme(
      ground: "#ffffff", ink: "#1b1f24", muted: "#57606a", grid: "#d8dee4",
      phase: ["#f3f5f8", "#e4e9f0"], colours: light)
    css += "@media (prefers-color-scheme:dark){"
    css += scheme(
      ground: "#0d1117", ink: "#e6edf3", muted: "#9da7b3", grid: "#30363d",
      phase: ["#161b22", "#222a35"], colours: dark)
    return css + "}"
  }()
}

/// A coordinate: one decimal is a tenth of a pixel.
func n(_ value: Double) -> String { fixed(value, 1) }

/// Moves `wanted` positions apart to at least the sum of half their heights, within `range`.
///
/// The order is kept; labels that do not fit overflow the upper end of the range last.
/// - Complexity: O(n log n).
func spreadApart(_ wanted: [(position: Double, height: Double)], within range: ClosedRange<Double>)
  -> [Double]
{
  let order = wanted.indices.sorted { (wanted[$0].position, $0) < (wanted[$1].position, $1) }
  var result = wanted.map(\.position)
  var floor = range.lowerBound
  for i in order {
    result[i] = max(result[i], floor + wanted[i].height / 2)
    floor = result[i] + wanted[i].height / 2
  }
  var ceiling = range.upperBound
  for i in order.reversed() {
    result[i] = min(result[i], ceiling - wanted[i].height / 2)
    ceiling = result[i] - wanted[i].height / 2
  }
  return result
}
