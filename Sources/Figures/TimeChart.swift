/// Several panels over one time axis: the overview of an incident.
///
/// All times are seconds since the epoch, UTC.
public struct TimeChart: Codable, Sendable, Equatable {
  public struct Point: Codable, Sendable, Equatable {
    public var time: Double
    /// `nil` is a gap: not measured, which is not 0.
    public var value: Double?

    public init(time: Double, value: Double?) {
      self.time = time
      self.value = value
    }
  }

  /// The low and the high end of an interval at a time.
  public struct BandPoint: Codable, Sendable, Equatable {
    public var time: Double
    public var low: Double
    public var high: Double

    public init(time: Double, low: Double, high: Double) {
      self.time = time
      self.low = low
      self.high = high
    }
  }

  public struct Line: Codable, Sendable, Equatable {
    public enum Style: String, Codable, Sendable, Equatable {
      /// Colour, dash and marker of its place among the series.
      case series
      /// Thin, grey and dashed: what to compare with, as a baseline or a limit.
      case reference
    }

    public var name: String
    public var points: [Point]
    public var style: Style
    public var band: [BandPoint]

    public init(
      name: String, points: [Point], style: Style = .series, band: [BandPoint] = []
    ) {
      self.name = name
      self.points = points
      self.style = style
      self.band = band
    }
  }

  public struct Panel: Codable, Sendable, Equatable {
    public enum Kind: String, Codable, Sendable, Equatable {
      case line
      case area
      case step
      case stackedArea
      /// Stacked where there are several series.
      case bars
    }

    public var title: String
    /// Of the values, as `users` or `exits per minute`.
    public var unit: String
    public var series: [Line]
    /// For kinds `line` and `step`; ignored where areas start at 0.
    public var logScale: Bool
    public var kind: Kind

    public init(
      title: String, unit: String, series: [Line], logScale: Bool = false, kind: Kind = .line
    ) {
      self.title = title
      self.unit = unit
      self.series = series
      self.logScale = logScale
      self.kind = kind
    }
  }

  public struct Phase: Codable, Sendable, Equatable {
    public var name: String
    public var start: Double
    public var end: Double

    public init(name: String, start: Double, end: Double) {
      self.name = name
      self.start = start
      self.end = end
    }
  }

  public struct Marker: Codable, Sendable, Equatable {
    /// Each kind has its shape and colour; the legend names it.
    public enum Kind: String, Codable, Sendable, Equatable, CaseIterable {
      case change
      case event
      case mitigation
      case communication
    }

    public var time: Double
    public var label: String
    public var kind: Kind

    public init(time: Double, label: String, kind: Kind) {
      self.time = time
      self.label = label
      self.kind = kind
    }
  }

  public var id: String
  /// What is to be seen, in words.
  public var headline: String
  public var caption: String
  public var start: Double
  public var end: Double
  public var panels: [Panel]
  public var phases: [Phase]
  public var markers: [Marker]

  public init(
    id: String, headline: String, caption: String, start: Double, end: Double, panels: [Panel],
    phases: [Phase] = [], markers: [Marker] = []
  ) {
    self.id = id
    self.headline = headline
    self.caption = caption
    self.start = start
    self.end = end
    self.panels = panels
    self.phases = phases
    self.markers = markers
  }

  /// The data behind the picture, not thinned: a row for each point, band, phase and marker.
  public func csv() -> String {
    var table = Table(header: [
      "kind", "panel", "unit", "name", "time", "end", "value", "low", "high",
    ])
    for panel in panels {
      for line in panel.series {
        let head: [Table.Cell] = [.text(panel.title), .text(panel.unit), .text(line.name)]
        for p in line.points {
          table.add(
            [.text("point")] + head
              + [.time(p.time), .time(nil), .number(p.value), .number(nil), .number(nil)])
        }
        for b in line.band {
          table.add(
            [.text("band")] + head
              + [.time(b.time), .time(nil), .number(nil), .number(b.low), .number(b.high)])
        }
      }
    }
    let blank: [Table.Cell] = [.number(nil), .number(nil), .number(nil)]
    for phase in phases {
      table.add(
        [.text("phase"), .text(""), .text(""), .text(phase.name), .time(phase.start)]
          + [.time(phase.end)] + blank)
    }
    for marker in markers {
      table.add(
        [.text(marker.kind.rawValue), .text(""), .text(""), .text(marker.label)]
          + [.time(marker.time), .time(nil)] + blank)
    }
    return table.csv
  }
}
