/// A picture of a report, with the data behind it.
public enum Figure: Codable, Sendable, Equatable {
  case time(TimeChart)
  case dots(DotChart)
  case coverage(CoverageStrip)
  case flow(FlowDiagram)

  /// The name of the figure, and of its files before the suffix.
  public var id: String {
    switch self {
    case .time(let chart): chart.id
    case .dots(let chart): chart.id
    case .coverage(let strip): strip.id
    case .flow(let diagram): diagram.id
    }
  }

  /// What is to be seen, in words; also the text for those who cannot see it.
  public var headline: String {
    switch self {
    case .time(let chart): chart.headline
    case .dots(let chart): chart.headline
    case .coverage(let strip): strip.headline
    case .flow(let diagram): diagram.headline
    }
  }

  public var caption: String {
    switch self {
    case .time(let chart): chart.caption
    case .dots(let chart): chart.caption
    case .coverage(let strip): strip.caption
    case .flow(let diagram): diagram.caption
    }
  }

  /// A self-contained SVG file, 960 units wide, for light and dark surroundings.
  ///
  /// The same figure gives the same bytes. Texts are cleaned, cut and escaped.
  public func svg() -> String {
    switch self {
    case .time(let chart): chart.svg()
    case .dots(let chart): chart.svg()
    case .coverage(let strip): strip.svg()
    case .flow(let diagram): diagram.svg()
    }
  }

  /// The data as RFC 4180 CSV with a header row; times are RFC 3339 in UTC.
  ///
  /// A text that a spreadsheet would take for a formula gets an apostrophe before it.
  public func csv() -> String {
    switch self {
    case .time(let chart): chart.csv()
    case .dots(let chart): chart.csv()
    case .coverage(let strip): strip.csv()
    case .flow(let diagram): diagram.csv()
    }
  }
}
