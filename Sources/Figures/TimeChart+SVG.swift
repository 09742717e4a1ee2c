extension TimeChart {
  private static let plotLeft = 66.0
  private static let plotRight = 190.0
  /// Points of all lines together: what keeps a file below 60 KB.
  private static let pointBudget = 3000
  private static let pointsPerLine = 600
  private static let columnsPerStack = 140
  private static let mostMarkers = 24
  private static let mostPanels = 8
  private static let mostSeries = 7

  /// The picture; see `Drawing` for what all of them have in common.
  public func svg() -> String {
    var drawing = Drawing(id: id, headline: headline, caption: caption)
    let axis = TimeAxis(
      start: start, end: end, left: Self.plotLeft,
      width: Drawing.width - Self.plotLeft - Self.plotRight)
    let shown = panels.prefix(Self.mostPanels)
    // An area is drawn twice, as a face and as a line; a stack has columns instead of points.
    let lines = shown.reduce(0) { sum, panel in
      switch panel.kind {
      case .line, .step: sum + min(panel.series.count, Self.mostSeries)
      case .area: sum + 2 * min(panel.series.count, Self.mostSeries)
      case .stackedArea, .bars: sum + 3
      }
    }
    let limit = max(80, min(Self.pointsPerLine, Self.pointBudget / max(1, lines)))
    let hasData = shown.contains { panel in
      panel.series.contains { line in
        line.points.contains {
          $0.value?.isFinite == true && $0.time >= axis.start && $0.time <= axis.end
        }
      }
    }
    guard hasData || !phases.isEmpty || !markers.isEmpty else {
      drawing.noData()
      return drawing.svg()
    }

    let flags = Array(
      markers.filter { $0.time >= axis.start && $0.time <= axis.end }
        .enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        .map(\.element).prefix(Self.mostMarkers))
    let rows = flagRows(flags, axis)
    let flagTop = drawing.y
    drawing.y += Double((rows.max() ?? -1) + 1) * 22
    let bands = phases.filter { $0.end > axis.start && $0.start < axis.end && $0.end > $0.start }
      .prefix(12)
    let phaseTop = drawing.y
    if !bands.isEmpty { drawing.y += 24 }

    // The height is known before anything is drawn, so that what lies below is drawn first.
    let height = shown.count == 1 ? 240.0 : shown.count == 2 ? 170 : 130
    let top = drawing.y
    let bottom = top + Double(shown.count) * (height + 34) - 4
    let unlabelled = shade(Array(bands), axis, phaseTop, bottom, &drawing)
    // The lines leave out the names of phases and panels, which they would cross.
    for (flag, row) in zip(flags, rows) {
      let x = axis.x(flag.time)
      drawing.line(x, flagTop + Double(row) * 22 + 16, x, phaseTop, "f-w")
      for k in shown.indices {
        let foot = top + Double(k - shown.startIndex) * (height + 34) + 22
        drawing.line(x, foot, x, foot + height, "f-w")
      }
    }
    for panel in shown {
      drawing.y += 22
      draw(panel, axis, height, limit, &drawing)
      drawing.y += 12
    }
    for (i, (flag, row)) in zip(flags, rows).enumerated() {
      mark(flag, i + 1, axis.x(flag.time), flagTop + Double(row) * 22 + 9, &drawing)
    }
    drawing.y = bottom
    drawing.timeAxis(axis, top: top, bottom: bottom)
    drawing.y += 48
    legend(unlabelled, flags, &drawing)
    return drawing.svg()
  }

  // MARK: Phases and markers

  /// Shades the phases; returns those whose name did not fit above, with the letter put there.
  private func shade(
    _ bands: [Phase], _ axis: TimeAxis, _ top: Double, _ bottom: Double, _ drawing: inout Drawing
  ) -> [(letter: String, phase: Phase)] {
    var rest: [(String, Phase)] = []
    var free = -Double.infinity
    for (i, phase) in bands.enumerated() {
      let left = axis.x(phase.start)
      let right = axis.x(phase.end)
      drawing.rectangle(left, top, right - left, bottom - top, "f-p\(i % 2)")
      var name = clean(phase.name, limit: 60)
      if estimatedWidth(name, size: Drawing.text) + 6 > right - left {
        let letter = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(min(25, rest.count))))
        rest.append((letter, phase))
        name = letter
      }
      let half = estimatedWidth(name, size: Drawing.text) / 2
      // Letters of very short phases would lie on each other; then the legend alone has it.
      let middle = (left + right) / 2
      if middle - half >= free {
        drawing.text(middle, top + 16, name, "f-t f-b", anchor: .middle)
        free = middle + half + 3
      }
    }
    return rest
  }

  /// The row of each flag, so that no two of one row touch.
  private func flagRows(_ flags: [Marker], _ axis: TimeAxis) -> [Int] {
    var ends: [Double] = []
    return flags.map { flag in
      let x = axis.x(flag.time)
      for row in ends.indices where x - ends[row] >= 24 {
        ends[row] = x
        return row
      }
      // More than four rows would push the data off the page; the last takes the rest.
      if ends.count >= 4 { return 3 }
      ends.append(x)
      return ends.count - 1
    }
  }

  private func mark(
    _ flag: Marker, _ number: Int, _ x: Double, _ y: Double, _ drawing: inout Drawing
  ) {
    let k: Int
    switch flag.kind {
    case .change: k = 1
    case .event: k = 0
    case .mitigation: k = 2
    case .communication: k = 3
    }
    // Square, disc and so on by kind; a triangle holds no number, so mitigations are a tag.
    switch flag.kind {
    case .change: drawing.rectangle(x - 10, y - 9, 20, 18, "f-a\(k)")
    case .event: drawing.rectangle(x - 10, y - 9, 20, 18, "f-a\(k)", radius: 9)
    case .mitigation:
      drawing.path("M\(n(x - 11)) \(n(y - 9))h22v12l-11 7l-11 -7z", "f-a\(k)")
    case .communication:
      drawing.path(
        "M\(n(x - 12)) \(n(y))l6 -9h12l6 9l-6 9h-12z", "f-a\(k)")
    }
    drawing.text(x, y + 4.5, "\(number)", "f-n", anchor: .middle)
  }

  private func legend(
    _ letters: [(letter: String, phase: Phase)], _ flags: [Marker], _ drawing: inout Drawing
  ) {
    let left = Drawing.margin
    let room = Drawing.width - 2 * Drawing.margin
    for (letter, phase) in letters {
      drawing.text(left + 8, drawing.y + 14, letter, "f-t f-b")
      let span = "\(clean(phase.name, limit: 60)): \(moment(phase.start)) to \(moment(phase.end))"
      drawing.text(left + 34, drawing.y + 14, shortened(span, width: room - 34, size: 14))
      drawing.y += 21
    }
    for (i, flag) in flags.enumerated() {
      mark(flag, i + 1, left + 12, drawing.y + 9, &drawing)
      drawing.text(left + 34, drawing.y + 14, moment(flag.time), "f-m")
      let words = "\(flag.kind.rawValue): \(clean(flag.label))"
      for (j, line) in wrapped(words, width: room - 200, size: 14, lines: 2).enumerated() {
        drawing.text(left + 200, drawing.y + 14 + Double(j) * 19, line)
        if j > 0 { drawing.y += 19 }
      }
      drawing.y += 23
    }
    let hidden = markers.filter { $0.time >= start && $0.time <= end }.count - flags.count
    if hidden > 0 {
      drawing.text(left + 34, drawing.y + 14, "and \(hidden) more, in the data", "f-m")
      drawing.y += 23
    }
  }

  private func moment(_ time: Double) -> String {
    let whole = stamp(time.rounded(.down))
    return String(whole.prefix(10)) + " "
      + String(whole.dropFirst(11).prefix(end - start > 7200 ? 5 : 8))
  }

  // MARK: Panels

  private func draw(
    _ panel: Panel, _ axis: TimeAxis, _ height: Double, _ limit: Int, _ drawing: inout Drawing
  ) {
    let top = drawing.y
    let bottom = top + height
    let stacked = panel.kind == .stackedArea || panel.kind == .bars
    let series = Array(panel.series.prefix(Self.mostSeries))
    let stack = Stack(
      stacked ? series : [], start: axis.start, end: axis.end,
      limit: max(40, Self.columnsPerStack * 4 / max(4, series.count)))
    let runs = series.map {
      stacked ? [] : thinned($0.points, start: axis.start, end: axis.end, limit: limit)
    }
    let isLog = panel.logScale && (panel.kind == .line || panel.kind == .step)
    var values = runs.flatMap { $0.flatMap { $0.map(\.value) } }
    if stacked, !series.isEmpty { values += stack.top(series.count - 1) }
    for line in series {
      values += line.band.filter { $0.time >= axis.start && $0.time <= axis.end }
        .flatMap { [$0.low, $0.high] }
    }
    let scale = Scale(values: values, isLog: isLog, target: height > 150 ? 5 : 3)
    func y(_ value: Double) -> Double { bottom - scale.fraction(value) * height }

    var heading = clean(panel.title, limit: 90)
    if !panel.unit.isEmpty { heading += " (\(clean(panel.unit, limit: 40)))" }
    if isLog {
      heading += values.contains { $0 <= 0 } ? ", log scale, 0 at the foot" : ", log scale"
    }
    if stacked, stack.merged > 1 { heading += ", mean of \(stack.merged) buckets" }
    if panel.series.count > series.count {
      heading += ", \(panel.series.count - series.count) more in the data"
    }
    drawing.text(
      Self.plotLeft, top - 6,
      shortened(heading, width: Drawing.width - Self.plotLeft - 20, size: 14), "f-t f-b")
    for tick in scale.ticks {
      drawing.line(axis.left, y(tick), axis.left + axis.width, y(tick), "f-l")
      drawing.text(axis.left - 8, y(tick) + 5, short(tick), "f-m", anchor: .end)
    }
    guard !values.isEmpty else {
      drawing.text(
        axis.left + axis.width / 2, (top + bottom) / 2, "no data", "f-m", anchor: .middle)
      drawing.y = bottom
      return
    }

    var labels: [Label] = []
    if stacked {
      labels = draw(stack, series, panel.kind, axis, y, &drawing)
    } else {
      for (k, line) in series.enumerated() {
        band(line, k, axis, y, limit, &drawing)
        draw(runs[k], line, k, panel.kind, axis, y, &drawing)
        if let last = runs[k].last?.last {
          labels.append(
            Label(name: line.name, y: y(last.value), series: line.style == .reference ? nil : k))
        }
      }
    }
    place(labels, at: axis.left + axis.width + 8, top, bottom, stacked, &drawing)
    drawing.y = bottom
  }

  private func band(
    _ line: Line, _ k: Int, _ axis: TimeAxis, _ y: (Double) -> Double, _ limit: Int,
    _ drawing: inout Drawing
  ) {
    let inside = line.band.filter {
      $0.time >= axis.start && $0.time <= axis.end && $0.low.isFinite && $0.high.isFinite
    }
    guard inside.count >= 2 else { return }
    // The envelope of each group, so that a thinned band is never narrower than the data's.
    let group = max(1, inside.count * 4 / max(4, limit))
    let kept = stride(from: 0, to: inside.count, by: group).map { i -> BandPoint in
      let part = inside[i..<min(inside.count, i + group)]
      return BandPoint(
        time: part[part.startIndex].time, low: part.map(\.low).min() ?? 0,
        high: part.map(\.high).max() ?? 0)
    }
    let upper = kept.map { "\(n(axis.x($0.time))) \(n(y($0.high)))" }
    let lower = kept.reversed().map { "\(n(axis.x($0.time))) \(n(y($0.low)))" }
    drawing.path("M" + (upper + lower).joined(separator: "L") + "z", "f-a\(k) f-i")
  }

  private func draw(
    _ runs: [[(time: Double, value: Double)]], _ line: Line, _ k: Int, _ kind: Panel.Kind,
    _ axis: TimeAxis, _ y: (Double) -> Double, _ drawing: inout Drawing
  ) {
    var data = ""
    var areas = ""
    for run in runs {
      var part = ""
      var previous = ""
      for (i, p) in run.enumerated() {
        let (px, py) = (n(axis.x(p.time)), n(y(p.value)))
        if i == 0 {
          part = "M\(px) \(py)"
        } else if kind == .step {
          part += previous == py ? "H\(px)" : "H\(px)V\(py)"
        } else {
          part += "L\(px) \(py)"
        }
        previous = py
      }
      // A point between two gaps would be a line of no length.
      if run.count == 1 { part += "h2" }
      data += part
      if kind == .area, let first = run.first, let last = run.last {
        areas += part + "L\(n(axis.x(last.time))) \(n(y(0)))L\(n(axis.x(first.time))) \(n(y(0)))z"
      }
    }
    guard line.style == .series else {
      drawing.path(data, "f-w")
      return
    }
    drawing.path(areas, "f-a\(k) f-i")
    drawing.path(data, "f-q f-s\(k) f-d\(k)")
    guard panelNeedsMarks(k) else { return }
    // A few markers tell the line where colour and dash do not; at different places by series.
    for part in 0..<6 {
      let wanted = axis.start + (axis.end - axis.start) * (Double(part) + 0.3 + 0.1 * Double(k)) / 6
      let all = runs.flatMap(\.self)
      guard let near = all.min(by: { abs($0.time - wanted) < abs($1.time - wanted) }),
        abs(near.time - wanted) < (axis.end - axis.start) / 12
      else { continue }
      drawing.mark(axis.x(near.time), y(near.value), series: k)
    }
  }

  /// The first line needs no marker: it is the solid one.
  private func panelNeedsMarks(_ k: Int) -> Bool { k > 0 }

  private func draw(
    _ stack: Stack, _ series: [Line], _ kind: Panel.Kind, _ axis: TimeAxis,
    _ y: (Double) -> Double, _ drawing: inout Drawing
  ) -> [Label] {
    guard !stack.isEmpty else { return [] }
    var labels: [Label] = []
    var below = [Double](repeating: 0, count: stack.times.count)
    for k in series.indices {
      let above = stack.top(k)
      var data = ""
      if kind == .bars {
        for i in above.indices where above[i] > below[i] {
          let left = axis.x(stack.times[i])
          let right = max(left + 1.2, axis.x(stack.times[i] + stack.step) - 0.6)
          let (low, high) = (y(below[i]), y(above[i]))
          guard low - high >= 0.05 else { continue }
          data += "M\(n(left)) \(n(low))V\(n(high))h\(n(right - left))V\(n(low))"
        }
      } else {
        let upper = above.indices.map { "\(n(axis.x(stack.times[$0]))) \(n(y(above[$0])))" }
        let lower = below.indices.reversed().map {
          "\(n(axis.x(stack.times[$0]))) \(n(y(below[$0])))"
        }
        data = "M" + (upper + lower).joined(separator: "L") + "z"
      }
      drawing.fill(data, series: k)
      // The label stands at the height of the layer in its last column that is not empty.
      let column = above.indices.last { above[$0] > below[$0] } ?? above.count - 1
      labels.append(
        Label(name: series[k].name, y: (y(above[column]) + y(below[column])) / 2, series: k))
      below = above
    }
    return labels
  }

  // MARK: Labels

  private struct Label {
    var name: String
    var y: Double
    var series: Int?
  }

  private func place(
    _ labels: [Label], at x: Double, _ top: Double, _ bottom: Double, _ filled: Bool,
    _ drawing: inout Drawing
  ) {
    let room = Drawing.width - x - 34
    func texts(lines: Int) -> [[String]] {
      labels.map { wrapped(clean($0.name, limit: 80), width: room, size: 13, lines: lines) }
    }
    func needed(_ texts: [[String]]) -> Double {
      texts.reduce(0) { $0 + Double(max(1, $1.count)) * 17 + 2 }
    }
    let full = texts(lines: 2)
    let texts = needed(full) <= bottom - top ? full : texts(lines: 1)
    let wanted = zip(labels, texts).map { label, lines in
      (position: label.y, height: Double(max(1, lines.count)) * 17 + 2)
    }
    // Stacked layers keep the order of the stack even where their edges coincide.
    let places = spreadApart(
      filled ? wanted.enumerated().map { ($1.position - Double($0) * 1e-6, $1.height) } : wanted,
      within: (top - 2)...max(bottom + 4, top))
    for (i, label) in labels.enumerated() {
      let y = places[i]
      if let k = label.series {
        if filled {
          let (a, b) = (n(x), n(y - 6))
          drawing.fill("M\(a) \(b)h18v12h-18z", series: k)
        } else {
          drawing.line(x, y, x + 22, y, "f-q f-s\(k) f-d\(k)")
          if panelNeedsMarks(k) { drawing.mark(x + 11, y, series: k) }
        }
      } else {
        drawing.line(x, y, x + 22, y, "f-w")
      }
      for (j, line) in texts[i].enumerated() {
        let offset = (Double(j) - Double(texts[i].count - 1) / 2) * 17
        drawing.text(x + 28, y + 5 + offset, line)
      }
    }
  }
}
