import Records
public import Sketches

/// What a series counts.
public enum Dimension: UInt8, CaseIterable, Sendable, Codable {
  /// Records of a role. Class: 0.
  case role
  /// Records of a service by severity. Class: `Severity`.
  case severity
  /// Records of a service by outcome. Class: `Outcome`.
  case outcome
  /// Records of a role and service by kind of event. Class: `EventKind`.
  case event
  /// Records of a service by status. Class: status / 100.
  case status
  /// Records of one operation of a service by outcome. Class: `Outcome`.
  case operation
  /// Records of one cohort; the label is the value. Class: `CohortClass`.
  case host, version, platform, segment, region, agent
  /// Messages of one template. Class: 0.
  case template
}

/// How the records of a cohort are told apart.
public enum CohortClass: UInt8, CaseIterable, Sendable, Codable {
  case all, bad, crash, start
}

/// Identity of a series. `label` and `detail` are text of the log: hostile.
public struct SeriesKey: Sendable, Hashable {
  public var dimension: Dimension
  public var label: String
  public var detail: String
  public var kind: UInt8

  public init(_ dimension: Dimension, _ label: String, _ detail: String = "", kind: UInt8 = 0) {
    self.dimension = dimension
    self.label = label
    self.detail = detail
    self.kind = kind
  }
}

public struct Series: Sendable, Equatable, Sampled {
  public var id: UInt64
  public var key: SeriesKey
  public var cells: SparseSeries

  mutating func merge(_ other: Series) { cells.merge(other.cells) }
}

/// Number of a gauge or a latency: what, of whom.
public struct GaugeKey: Sendable, Hashable, Comparable {
  public var service: String
  public var name: String
  /// Name of the gauge that sums what a service sent; no log can name one so.
  public static let bytesSent = "(bytes sent)"
  public static func < (a: GaugeKey, b: GaugeKey) -> Bool {
    (a.service, a.name) < (b.service, b.name)
  }
}

/// Numbers that records report under one name.
public struct Gauges: Sendable, Equatable, Sampled {
  public var id: UInt64
  public var key: GaugeKey
  public var cells: GaugeSeries

  mutating func merge(_ other: Gauges) { cells.merge(other.cells) }
}

/// Durations of one operation of one service, by coarse bucket.
public struct Latencies: Sendable, Equatable, Sampled {
  public var id: UInt64
  public var key: GaugeKey
  public var cells: LatencySeries

  mutating func merge(_ other: Latencies) { cells.merge(other.cells) }
}
