/// Limits of a survey. Each bounds memory; together some 150 MB in the worst case, a few MB in the
/// usual one.
///
/// Part of a survey's identity: surveys with different limits keep different samples and are not
/// merged.
public struct SurveyLimits: Sendable, Hashable {
  /// Occupied buckets of the fine grid: 4,096 minutes are nearly three days.
  public var fineBuckets = 4096
  /// Occupied buckets of the coarse grid, for things of which there are many.
  public var coarseBuckets = 384
  public var fineSeries = 1536
  public var coarseSeries = 3072
  public var gauges = 256
  public var latencies = 512
  public var templates = 3072
  /// Numbers of messages that are followed.
  public var templateValues = 1024
  public var actors = 65_536
  /// Actors that have their activity over time; at most `actors`.
  public var actorsWithActivity = 8192
  /// Events of all traces together.
  public var traceEvents = 98_304
  /// Events of one trace.
  public var eventsPerTrace = 1024
  /// Events of crashes and of what may provoke them, together and of one actor.
  public var encounterEvents = 32_768
  public var encountersEach = 256
  public var markers = 1024
  /// Requests whose way through hosts is kept.
  public var sightings = 16_384
  /// Hosts that requests came by.
  public var sightedHosts = 4096
  /// Hosts that sent what nobody asked for.
  public var senders = 4096
  /// Boots of hosts.
  public var boots = 4096
  /// Sources named for a class of probes.
  public var probeSources = 256

  public static let standard = SurveyLimits()

  /// Bytes kept of a label from a log.
  public static let labelBytes = 64

  public init() {}

  /// The limits by the names that tables give them, in a fixed order.
  static var named: [(name: String, path: WritableKeyPath<SurveyLimits, Int>)] {
    [
      ("fine_buckets", \.fineBuckets), ("coarse_buckets", \.coarseBuckets),
      ("fine_series", \.fineSeries), ("coarse_series", \.coarseSeries), ("gauges", \.gauges),
      ("latencies", \.latencies), ("template_values", \.templateValues), ("templates", \.templates),
      ("actors", \.actors),
      ("actors_with_activity", \.actorsWithActivity), ("trace_events", \.traceEvents),
      ("events_per_trace", \.eventsPerTrace), ("encounter_events", \.encounterEvents),
      ("encounters_each", \.encountersEach), ("markers", \.markers),
      ("probe_sources", \.probeSources), ("sightings", \.sightings),
      ("sighted_hosts", \.sightedHosts), ("boots", \.boots),
      ("senders", \.senders),
    ]
  }
}
