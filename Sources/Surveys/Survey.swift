import Records
public import Sketches

/// Limits of a survey. Each bounds memory; together some 150 MB in the worst case, a few MB in the
/// usual one.
public enum SurveyLimit {
  /// Occupied buckets of the fine grid: 4,096 minutes are nearly three days.
  public static let fineBuckets = 4096
  /// Occupied buckets of the coarse grid, for things of which there are many.
  public static let coarseBuckets = 384
  public static let fineSeries = 1536
  public static let coarseSeries = 3072
  public static let gauges = 256
  public static let latencies = 512
  public static let templates = 3072
  public static let actors = 65_536
  public static let actorsWithActivity = 8192
  public static let traceEvents = 98_304
  public static let markers = 1024
  /// Bytes kept of a label from a log.
  public static let labelBytes = 64
}

/// The mergeable summary of any set of records.
///
/// Laws, for any records in any order and any cut into parts: `merge` is associative and
/// commutative, the empty survey is its identity, the survey of the whole is the merge of the
/// surveys of the parts, and encoding changes nothing. They hold because every member is a sum, an
/// extreme, a set, or a sample whose level depends on the set alone.
public struct Survey: Sendable {
  public internal(set) var fineGrid = TimeGrid(capacity: SurveyLimit.fineBuckets)
  public internal(set) var coarseGrid = TimeGrid(capacity: SurveyLimit.coarseBuckets)
  /// Low-cardinality series at the fine resolution.
  public internal(set) var fine = SampledTable<Series>(capacity: SurveyLimit.fineSeries)
  /// Operations and agents at the coarse resolution.
  public internal(set) var coarse = SampledTable<Series>(capacity: SurveyLimit.coarseSeries)
  public internal(set) var gauges = SampledTable<Gauges>(capacity: SurveyLimit.gauges)
  public internal(set) var latencies = SampledTable<Latencies>(capacity: SurveyLimit.latencies)
  public internal(set) var population = Population(
    capacity: SurveyLimit.actors, activityCapacity: SurveyLimit.actorsWithActivity)
  public internal(set) var traces = TraceSample(capacity: SurveyLimit.traceEvents)
  public internal(set) var templates = SampledTable<Template>(capacity: SurveyLimit.templates)
  public internal(set) var markers = MarkerList(capacity: SurveyLimit.markers)
  public internal(set) var probes = [ProbeTally](repeating: ProbeTally(), count: probeClasses.count)
  public internal(set) var accounts: [UInt64: SourceAccount] = [:]

  public init() {}

  /// Adds what the reader knows of a source.
  public mutating func account(_ account: SourceAccount) {
    if accounts[account.id] == nil {
      accounts[account.id] = account
    } else {
      accounts[account.id]?.merge(account)
    }
  }

  public mutating func merge(_ other: Survey) {
    var theirs = other
    // Both sides to the same width first, then add, then see whether the union is within bounds.
    while fineGrid.rung < theirs.fineGrid.rung { coarsenFine() }
    while theirs.fineGrid.rung < fineGrid.rung { theirs.coarsenFine() }
    while coarseGrid.rung < theirs.coarseGrid.rung { coarsenCoarse() }
    while theirs.coarseGrid.rung < coarseGrid.rung { theirs.coarsenCoarse() }
    fineGrid.formUnion(theirs.fineGrid)
    coarseGrid.formUnion(theirs.coarseGrid)
    fine.merge(theirs.fine)
    coarse.merge(theirs.coarse)
    gauges.merge(theirs.gauges)
    latencies.merge(theirs.latencies)
    population.merge(theirs.population)
    traces.merge(theirs.traces)
    templates.merge(theirs.templates)
    markers.merge(theirs.markers)
    for i in probes.indices where i < theirs.probes.count { probes[i].merge(theirs.probes[i]) }
    for account in theirs.accounts.values { self.account(account) }
    while !fineGrid.isWithinCapacity { coarsenFine() }
    while !coarseGrid.isWithinCapacity { coarsenCoarse() }
  }

  mutating func coarsenFine() {
    let factor = fineGrid.coarsen()
    fine.mutateEach { $0.cells.coarsen(by: factor) }
    gauges.mutateEach { $0.cells.coarsen(by: factor) }
  }

  mutating func coarsenCoarse() {
    let factor = coarseGrid.coarsen()
    coarse.mutateEach { $0.cells.coarsen(by: factor) }
    latencies.mutateEach { $0.coarsen(by: factor) }
    templates.mutateEach { $0.cells.coarsen(by: factor) }
    population.coarsen(by: factor)
    for i in probes.indices { probes[i].cells.coarsen(by: factor) }
    for id in accounts.keys { accounts[id]?.activity.coarsen(by: factor) }
  }
}
