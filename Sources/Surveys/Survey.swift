import Records
public import Sketches

/// The mergeable summary of any set of records.
///
/// Laws, for any records in any order and any cut into parts: `merge` is associative and
/// commutative, the empty survey is its identity, the survey of the whole is the merge of the
/// surveys of the parts, and encoding changes nothing. They hold because every member is a sum, an
/// extreme, a set, or a sample whose level depends on the set alone.
public struct Survey: Sendable {
  public let limits: SurveyLimits
  public internal(set) var fineGrid: TimeGrid
  public internal(set) var coarseGrid: TimeGrid
  /// Low-cardinality series at the fine resolution.
  public internal(set) var fine: SampledTable<Series>
  /// Operations and agents at the coarse resolution.
  public internal(set) var coarse: SampledTable<Series>
  public internal(set) var gauges: SampledTable<Gauges>
  public internal(set) var latencies: SampledTable<Latencies>
  public internal(set) var population: Population
  public internal(set) var traces: TraceSample
  /// Crashes of nodes with what may have provoked them (packets that nobody asked for, late answers):
  /// rare events, so that far more actors fit than whole traces of.
  public internal(set) var encounters: TraceSample
  public internal(set) var templates: SampledTable<Template>
  public internal(set) var templateValues: SampledTable<TemplateValues>
  public internal(set) var markers: MarkerList
  public internal(set) var sightings: SampledTable<Sightings>
  public internal(set) var sightedHosts: SampledTable<HostName>
  public internal(set) var boots: SampledTable<Boot>
  /// Names of those who sent what nobody asked for, by the fingerprint that traces give them.
  public internal(set) var senders: SampledTable<HostName>
  public internal(set) var probes = [ProbeTally](repeating: ProbeTally(), count: probeClasses.count)
  public internal(set) var accounts: [UInt64: SourceAccount] = [:]

  /// The empty survey. Only surveys with equal limits may be merged.
  public init(limits: SurveyLimits = .standard) {
    self.limits = limits
    fineGrid = TimeGrid(capacity: limits.fineBuckets)
    coarseGrid = TimeGrid(capacity: limits.coarseBuckets)
    fine = SampledTable(capacity: limits.fineSeries)
    coarse = SampledTable(capacity: limits.coarseSeries)
    gauges = SampledTable(capacity: limits.gauges)
    latencies = SampledTable(capacity: limits.latencies)
    population = Population(
      capacity: limits.actors, activityCapacity: limits.actorsWithActivity)
    traces = TraceSample(capacity: limits.traceEvents, traceLimit: limits.eventsPerTrace)
    encounters = TraceSample(
      capacity: limits.encounterEvents, traceLimit: limits.encountersEach)
    templates = SampledTable(capacity: limits.templates)
    templateValues = SampledTable(capacity: limits.templateValues)
    markers = MarkerList(capacity: limits.markers)
    sightings = SampledTable(capacity: limits.sightings)
    sightedHosts = SampledTable(capacity: limits.sightedHosts)
    boots = SampledTable(capacity: limits.boots)
    senders = SampledTable(capacity: limits.senders)
  }

  /// Adds what the reader knows of a source.
  public mutating func account(_ account: SourceAccount) {
    accounts[account.id, default: SourceAccount(id: account.id, label: account.label)]
      .merge(account)
  }

  /// - Precondition: both have the same limits.
  public mutating func merge(_ other: Survey) {
    assert(limits == other.limits, "surveys with different limits keep different samples")
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
    encounters.merge(theirs.encounters)
    templates.merge(theirs.templates)
    templateValues.merge(theirs.templateValues)
    markers.merge(theirs.markers)
    sightings.merge(theirs.sightings)
    sightedHosts.merge(theirs.sightedHosts)
    boots.merge(theirs.boots)
    senders.merge(theirs.senders)
    for i in probes.indices where i < theirs.probes.count {
      probes[i].merge(theirs.probes[i], limit: limits.probeSources)
    }
    for account in theirs.accounts.values { self.account(account) }
    while !fineGrid.isWithinCapacity { coarsenFine() }
    while !coarseGrid.isWithinCapacity { coarsenCoarse() }
  }

  mutating func coarsenFine() {
    let factor = fineGrid.coarsen()
    fine.mutateEach { $0.cells.coarsen(by: factor) }
    gauges.mutateEach { $0.cells.coarsen(by: factor) }
  }

  /// - Returns: how many old buckets make a new one.
  @discardableResult
  mutating func coarsenCoarse() -> UInt32 {
    let factor = coarseGrid.coarsen()
    coarse.mutateEach { $0.cells.coarsen(by: factor) }
    latencies.mutateEach { $0.cells.coarsen(by: factor) }
    templates.mutateEach { $0.cells.coarsen(by: factor) }
    templateValues.mutateEach { $0.cells.coarsen(by: factor) }
    population.coarsen(by: factor)
    for i in probes.indices { probes[i].cells.coarsen(by: factor) }
    for id in accounts.keys { accounts[id]?.activity.coarsen(by: factor) }
    return factor
  }
}
