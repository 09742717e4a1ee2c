import Records
import Sketches

/// Reads the rows of one table by position; says what is wrong with them.
private struct Rows {
  let table: SurveyTable

  init(_ tables: [String: SurveyTable], _ name: String) throws(SurveyTableError) {
    guard let table = tables[name] else {
      throw SurveyTableError(
        table: name,
        reason: "is missing: the file is no survey, or was cut off while it was copied.")
    }
    self.table = table
  }

  func fail(_ reason: String) -> SurveyTableError {
    SurveyTableError(table: table.name, reason: reason)
  }

  func int(_ row: [SurveyTable.Value], _ i: Int) throws(SurveyTableError) -> Int64 {
    guard i < row.count, case .integer(let value) = row[i] else {
      throw fail("a number is missing in column \(i + 1).")
    }
    return value
  }

  func bits(_ row: [SurveyTable.Value], _ i: Int) throws(SurveyTableError) -> UInt64 {
    UInt64(bitPattern: try int(row, i))
  }

  func number<T: FixedWidthInteger>(_ row: [SurveyTable.Value], _ i: Int, _: T.Type)
    throws(SurveyTableError) -> T
  {
    guard let value = T(exactly: try int(row, i)) else {
      throw fail("a number in column \(i + 1) is out of range.")
    }
    return value
  }

  func text(_ row: [SurveyTable.Value], _ i: Int) throws(SurveyTableError) -> String {
    guard i < row.count, case .text(let value) = row[i] else {
      throw fail("a text is missing in column \(i + 1).")
    }
    return value
  }

  func time(_ row: [SurveyTable.Value], _ i: Int) throws(SurveyTableError) -> Timestamp {
    guard i < row.count else { throw fail("a time is missing in column \(i + 1).") }
    if case .null = row[i] { return .unknown }
    return Timestamp(nanoseconds: try int(row, i))
  }

  func raw<T: RawRepresentable>(_ row: [SurveyTable.Value], _ i: Int, _: T.Type)
    throws(SurveyTableError) -> T where T.RawValue == UInt8
  {
    guard let value = T(rawValue: try number(row, i, UInt8.self)) else {
      throw fail("column \(i + 1) has a class that this version does not know.")
    }
    return value
  }

  func exemplar(_ row: [SurveyTable.Value], _ i: Int) throws(SurveyTableError) -> Exemplar? {
    guard i + 4 < row.count else { throw fail("a citation is missing.") }
    if case .null = row[i + 1] { return nil }
    return Exemplar(
      time: try time(row, i), source: try bits(row, i + 1), offset: try bits(row, i + 2),
      line: try number(row, i + 3, UInt64.self), digest: try bits(row, i + 4))
  }

  func cited(_ row: [SurveyTable.Value], _ i: Int) throws(SurveyTableError) -> Exemplar {
    guard let value = try exemplar(row, i) else { throw fail("a citation is missing.") }
    return value
  }

  func bitmap(_ row: [SurveyTable.Value], _ i: Int) throws(SurveyTableError) -> DistinctBitmap {
    guard i < row.count, case .blob(let bytes) = row[i], bytes.count == 32 else {
      throw fail("column \(i + 1) is no bitmap of 32 bytes.")
    }
    func word(_ k: Int) -> UInt64 {
      (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[k * 8 + $1]) << UInt64(8 * $1) }
    }
    return DistinctBitmap(word(0), word(1), word(2), word(3))
  }

  func bucket(_ row: [SurveyTable.Value], _ i: Int, _ width: UInt32) throws(SurveyTableError)
    -> UInt32
  {
    let start = try int(row, i)
    guard start >= 0, start <= Int64(UInt32.max), start % Int64(width) == 0,
      let value = UInt32(exactly: start / Int64(width))
    else { throw fail("a bucket does not lie on the grid.") }
    return value
  }
}

extension Rows {
  /// That the entries are what a sample of this level and capacity can hold, none of them twice.
  func check(_ ids: some Sequence<UInt64>, capacity: Int, level: Int) throws(SurveyTableError) {
    let sample = SampleLevel(capacity: capacity, level: level)
    var seen: Set<UInt64> = []
    for id in ids {
      guard sample.keeps(id) else { throw fail("a row is outside the sample that meta names.") }
      guard seen.insert(id).inserted else { throw fail("two rows have the same identity.") }
    }
    guard seen.count <= capacity else { throw fail("there are more than \(capacity) entries.") }
  }

  /// That a cell belongs to an entry.
  func place(_ places: [UInt64: Int], _ row: [SurveyTable.Value]) throws(SurveyTableError) -> Int {
    guard let i = places[try bits(row, 0)] else { throw fail("a row belongs to no entry.") }
    return i
  }

  /// That buckets come once each.
  func check(buckets: [UInt32]) throws(SurveyTableError) {
    guard zip(buckets, buckets.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw fail("two rows of one entry have the same bucket.")
    }
  }
}

extension Survey {
  /// Rebuilds a survey from its relational form.
  ///
  /// - Throws: `SurveyTableError` for anything that is not as `tables()` writes it.
  public init(tables list: [SurveyTable]) throws(SurveyTableError) {
    var tables: [String: SurveyTable] = [:]
    for table in list { tables[table.name] = table }
    let metaRows = try Rows(tables, "meta")
    var meta: [String: String] = [:]
    for row in metaRows.table.rows { meta[try metaRows.text(row, 0)] = try metaRows.text(row, 1) }
    guard meta["schema"] == surveySchema else {
      throw metaRows.fail(
        "the schema is \(meta["schema"] ?? "not named"), this version reads \(surveySchema).")
    }
    guard meta["configuration"] == surveyConfiguration else {
      throw metaRows.fail(
        "it was made with other words and widths (configuration "
          + "\(meta["configuration"] ?? "not named"), this version has \(surveyConfiguration)).")
    }
    var limits = SurveyLimits.standard
    for (name, path) in SurveyLimits.named {
      guard let value = Int(meta["limit_" + name] ?? ""), value >= 1,
        value <= SurveyLimits.standard[keyPath: path]
      else { throw metaRows.fail("limit_\(name) is missing or out of range.") }
      limits[keyPath: path] = value
    }
    self.init(limits: limits)
    func level(_ key: String, upTo limit: Int) throws(SurveyTableError) -> Int {
      guard let value = Int(meta[key] ?? ""), value >= 0, value <= limit else {
        throw metaRows.fail("\(key) is missing or out of range.")
      }
      return value
    }
    let rungs = TimeGrid.ladder.count - 1
    let fineRung = try level("fine_rung", upTo: rungs)
    let coarseRung = try level("coarse_rung", upTo: rungs)
    let fineWidth = TimeGrid.ladder[fineRung]
    let coarseWidth = TimeGrid.ladder[coarseRung]

    let occupied = try Rows(tables, "occupied")
    var fineSet: Set<UInt32> = []
    var coarseSet: Set<UInt32> = []
    for row in occupied.table.rows {
      switch try occupied.text(row, 0) {
      case "fine": fineSet.insert(try occupied.bucket(row, 1, fineWidth))
      case "coarse": coarseSet.insert(try occupied.bucket(row, 1, coarseWidth))
      default: throw occupied.fail("a grid is not known.")
      }
    }
    fineGrid = TimeGrid(capacity: limits.fineBuckets, rung: fineRung, occupied: fineSet)
    coarseGrid = TimeGrid(capacity: limits.coarseBuckets, rung: coarseRung, occupied: coarseSet)
    guard fineGrid.isWithinCapacity, coarseGrid.isWithinCapacity else {
      throw occupied.fail("there are more buckets than the width allows.")
    }

    try readSources(tables, coarseWidth)
    try readSeries(
      tables, fineWidth, coarseWidth, fineLevel: try level("fine_level", upTo: 64),
      coarseLevel: try level("coarse_level", upTo: 64))
    try readNumbers(
      tables, fineWidth, coarseWidth, gaugeLevel: try level("gauge_level", upTo: 64),
      latencyLevel: try level("latency_level", upTo: 64))
    try readActors(
      tables, coarseWidth, level: try level("actor_level", upTo: 64),
      activityLevel: try level("activity_level", upTo: 64))
    traces = try readTraces(
      tables, "trace_event", capacity: limits.traceEvents, each: limits.eventsPerTrace,
      level: try level("trace_level", upTo: 64))
    encounters = try readTraces(
      tables, "encounter", capacity: limits.encounterEvents, each: limits.encountersEach,
      level: try level("encounter_level", upTo: 64))
    try readSightings(
      tables, level: try level("sighting_level", upTo: 64),
      hostLevel: try level("sighted_host_level", upTo: 64))
    senders = try readNames(
      tables, "sender", capacity: limits.senders, level: try level("sender_level", upTo: 64))
    try readBoots(tables, level: try level("boot_level", upTo: 64))
    try readTemplates(tables, coarseWidth, level: try level("template_level", upTo: 64))
    try readTemplateValues(
      tables, coarseWidth, level: try level("template_value_level", upTo: 64))
    try readMarkers(tables, level: try level("marker_level", upTo: 64))
    try readProbes(tables, coarseWidth)
  }

  private mutating func readSources(_ tables: [String: SurveyTable], _ coarseWidth: UInt32)
    throws(SurveyTableError)
  {
    let rows = try Rows(tables, "source")
    for row in rows.table.rows {
      var account = SourceAccount(id: try rows.bits(row, 0), label: try rows.text(row, 1))
      guard let role = Role(rawValue: try rows.text(row, 2)) else {
        throw rows.fail("a role is not known.")
      }
      account.role = role
      account.host = try rows.text(row, 3)
      account.service = try rows.text(row, 4)
      account.format = try rows.text(row, 5)
      account.formatReason = try rows.text(row, 6)
      account.stampNote = try rows.text(row, 7)
      account.compression = try rows.text(row, 8)
      account.compressedBytes = try rows.number(row, 9, UInt64.self)
      account.bytes = try rows.number(row, 10, UInt64.self)
      account.lines = try rows.number(row, 11, UInt64.self)
      account.sha256 = try rows.text(row, 12)
      account.isComplete = try rows.int(row, 13) != 0
      account.records = try rows.number(row, 14, UInt64.self)
      account.unparsed = try rows.number(row, 15, UInt64.self)
      account.ignored = try rows.number(row, 16, UInt64.self)
      account.badTimestamps = try rows.number(row, 17, UInt64.self)
      account.outside = try rows.number(row, 18, UInt64.self)
      account.oversized = try rows.number(row, 19, UInt64.self)
      account.first = try rows.time(row, 20)
      account.last = try rows.time(row, 21)
      account.clockStepCount = try rows.number(row, 22, UInt64.self)
      guard accounts.updateValue(account, forKey: account.id) == nil else {
        throw rows.fail("two rows have the same source.")
      }
    }
    func known(_ id: UInt64, _ rows: Rows) throws(SurveyTableError) -> UInt64 {
      guard accounts[id] != nil else { throw rows.fail("a row belongs to no source.") }
      return id
    }
    let damage = try Rows(tables, "damage")
    for row in damage.table.rows {
      accounts[try known(try damage.bits(row, 0), damage)]?.damages.append(
        DamageNote(
          kind: try damage.text(row, 1), compressedOffset: try damage.bits(row, 2),
          decompressedOffset: try damage.bits(row, 3), detail: try damage.text(row, 4)))
    }
    let examples = try Rows(tables, "unparsed_example")
    for row in examples.table.rows {
      accounts[try known(try examples.bits(row, 0), examples)]?.examples.append(
        Unparsed(
          position: try examples.bits(row, 1), line: try examples.number(row, 2, UInt64.self),
          text: try examples.text(row, 3)))
    }
    let steps = try Rows(tables, "clock_step")
    for row in steps.table.rows {
      accounts[try known(try steps.bits(row, 0), steps)]?.clockSteps.append(
        ClockStep(
          line: try steps.number(row, 1, UInt64.self), from: try steps.time(row, 2),
          to: try steps.time(row, 3)))
    }
    let activity = try Rows(tables, "source_activity")
    for row in activity.table.rows {
      accounts[try known(try activity.bits(row, 0), activity)]?.activity.add(
        try activity.number(row, 2, UInt32.self), at: try activity.bucket(row, 1, coarseWidth))
    }
    for account in accounts.values {
      guard account.damages.count <= SourceAccount.damageLimit,
        account.examples.count <= SourceAccount.exampleLimit,
        account.clockSteps.count <= SourceAccount.clockStepLimit
      else { throw rows.fail("a source has more notes than are kept.") }
    }
  }

  private mutating func readSeries(
    _ tables: [String: SurveyTable], _ fineWidth: UInt32, _ coarseWidth: UInt32, fineLevel: Int,
    coarseLevel: Int
  ) throws(SurveyTableError) {
    let rows = try Rows(tables, "series")
    var fineSeries: [Series] = []
    var coarseSeries: [Series] = []
    var place: [UInt64: (isFine: Bool, index: Int)] = [:]
    let dimensions = Dictionary(
      Dimension.allCases.map { ("\($0)", $0) }, uniquingKeysWith: { first, _ in first })
    for row in rows.table.rows {
      let name = try rows.text(row, 2)
      guard let dimension = dimensions[name] else {
        throw rows.fail("the dimension \(name) is not known.")
      }
      let series = Series(
        id: try rows.bits(row, 0),
        key: SeriesKey(
          dimension, try rows.text(row, 3), try rows.text(row, 4),
          kind: try rows.number(row, 5, UInt8.self)), cells: SparseSeries())
      guard !Survey.className(series.key).isEmpty else {
        throw rows.fail("column 6 has a class that this version does not know.")
      }
      switch try rows.text(row, 1) {
      case "fine":
        place[series.id] = (true, fineSeries.count)
        fineSeries.append(series)
      case "coarse":
        place[series.id] = (false, coarseSeries.count)
        coarseSeries.append(series)
      default: throw rows.fail("a grid is not known.")
      }
    }
    guard place.count == fineSeries.count + coarseSeries.count else {
      throw rows.fail("two rows have the same identity.")
    }
    try rows.check(fineSeries.lazy.map(\.id), capacity: limits.fineSeries, level: fineLevel)
    try rows.check(coarseSeries.lazy.map(\.id), capacity: limits.coarseSeries, level: coarseLevel)
    let cells = try Rows(tables, "series_cell")
    for row in cells.table.rows {
      guard let at = place[try cells.bits(row, 0)] else {
        throw cells.fail("a cell belongs to no series.")
      }
      let count = try cells.number(row, 2, UInt32.self)
      let bucket = try cells.bucket(row, 1, at.isFine ? fineWidth : coarseWidth)
      let exemplar = try cells.exemplar(row, 3)
      func add(_ series: inout SparseSeries) {
        if let exemplar {
          series.add(count, at: bucket, exemplar: exemplar)
        } else {
          series.add(count, at: bucket)
        }
      }
      if at.isFine {
        add(&fineSeries[at.index].cells)
      } else {
        add(&coarseSeries[at.index].cells)
      }
    }
    // Each bucket of a series cites a record, or none does.
    for series in fineSeries + coarseSeries
    where !series.cells.exemplars.isEmpty
      && series.cells.exemplars.count != series.cells.cells.count
    {
      throw cells.fail("some cells of a series lack their citation.")
    }
    fine = SampledTable(
      capacity: limits.fineSeries, level: fineLevel, entries: fineSeries)
    coarse = SampledTable(
      capacity: limits.coarseSeries, level: coarseLevel, entries: coarseSeries)
  }

  /// Numbers over time, by the identity of what they are of.
  private func readCells(_ tables: [String: SurveyTable], _ name: String, _ width: UInt32)
    throws(SurveyTableError) -> [UInt64: GaugeSeries]
  {
    let rows = try Rows(tables, name)
    var cellsOf: [UInt64: [GaugeSeries.Cell]] = [:]
    for row in rows.table.rows {
      cellsOf[try rows.bits(row, 0), default: []].append(
        GaugeSeries.Cell(
          bucket: try rows.bucket(row, 1, width), count: try rows.number(row, 2, UInt32.self),
          sum: (Int128(try rows.int(row, 6)) << 64) &+ Int128(try rows.int(row, 3)),
          least: try rows.int(row, 4), greatest: try rows.int(row, 5)))
    }
    var result: [UInt64: GaugeSeries] = [:]
    for (id, cells) in cellsOf {
      let sorted = cells.sorted { $0.bucket < $1.bucket }
      try rows.check(buckets: sorted.map(\.bucket))
      result[id] = GaugeSeries(cells: sorted)
    }
    return result
  }

  private mutating func readTemplateValues(
    _ tables: [String: SurveyTable], _ coarseWidth: UInt32, level: Int
  ) throws(SurveyTableError) {
    let rows = try Rows(tables, "template_value")
    var cellsOf = try readCells(tables, "template_value_cell", coarseWidth)
    var entries: [TemplateValues] = []
    for row in rows.table.rows {
      let id = try rows.bits(row, 0)
      let place = try rows.number(row, 2, Int.self)
      guard place >= 1, place <= TemplateMask.valueLimit else {
        throw rows.fail("a place is out of range.")
      }
      entries.append(
        TemplateValues(
          id: id, template: try rows.bits(row, 1), place: place,
          cells: cellsOf.removeValue(forKey: id) ?? GaugeSeries()))
    }
    guard cellsOf.isEmpty else { throw rows.fail("a cell belongs to no entry.") }
    try rows.check(entries.lazy.map(\.id), capacity: limits.templateValues, level: level)
    templateValues = SampledTable(
      capacity: limits.templateValues, level: level, entries: entries)
  }

  private mutating func readNumbers(
    _ tables: [String: SurveyTable], _ fineWidth: UInt32, _ coarseWidth: UInt32, gaugeLevel: Int,
    latencyLevel: Int
  ) throws(SurveyTableError) {
    let names = try Rows(tables, "gauge")
    var cellsOf = try readCells(tables, "gauge_cell", fineWidth)
    var entries: [Gauges] = []
    for row in names.table.rows {
      let id = try names.bits(row, 0)
      entries.append(
        Gauges(
          id: id, key: GaugeKey(service: try names.text(row, 1), name: try names.text(row, 2)),
          cells: cellsOf.removeValue(forKey: id) ?? GaugeSeries()))
    }
    guard cellsOf.isEmpty else { throw names.fail("a cell belongs to no entry.") }
    try names.check(entries.lazy.map(\.id), capacity: limits.gauges, level: gaugeLevel)
    gauges = SampledTable(capacity: limits.gauges, level: gaugeLevel, entries: entries)

    let latencyNames = try Rows(tables, "latency")
    var bins: [UInt64: [UInt32: [UInt32]]] = [:]
    let latencyCells = try Rows(tables, "latency_cell")
    for row in latencyCells.table.rows {
      let bin = try latencyCells.number(row, 2, Int.self)
      guard bin >= 0, bin < LatencyHistogram.binCount else {
        throw latencyCells.fail("a bin is out of range.")
      }
      let id = try latencyCells.bits(row, 0)
      let bucket = try latencyCells.bucket(row, 1, coarseWidth)
      bins[
        id, default: [:]
      ][
        bucket, default: [UInt32](repeating: 0, count: LatencyHistogram.binCount)
      ][bin] = try latencyCells.number(row, 3, UInt32.self)
    }
    var latencyEntries: [Latencies] = []
    for row in latencyNames.table.rows {
      let id = try latencyNames.bits(row, 0)
      var series = LatencySeries()
      for (bucket, counts) in bins.removeValue(forKey: id) ?? [:] {
        series.add(LatencyHistogram(bins: counts), at: bucket)
      }
      latencyEntries.append(
        Latencies(
          id: id,
          key: GaugeKey(
            service: try latencyNames.text(row, 1), name: try latencyNames.text(row, 2)),
          cells: series))
    }
    guard bins.isEmpty else { throw latencyCells.fail("a row belongs to no entry.") }
    try latencyNames.check(
      latencyEntries.lazy.map(\.id), capacity: limits.latencies, level: latencyLevel)
    latencies = SampledTable(
      capacity: limits.latencies, level: latencyLevel, entries: latencyEntries)
  }

  private mutating func readActors(
    _ tables: [String: SurveyTable], _ coarseWidth: UInt32, level: Int, activityLevel: Int
  ) throws(SurveyTableError) {
    let rows = try Rows(tables, "actor")
    var actors: [Actor] = []
    var place: [UInt64: Int] = [:]
    for row in rows.table.rows {
      var actor = Actor(
        id: try rows.bits(row, 0), kind: try rows.raw(row, 1, ActorKind.self),
        name: try rows.text(row, 2), first: try rows.cited(row, 24))
      actor.last = try rows.time(row, 3)
      actor.records = try rows.number(row, 4, UInt64.self)
      actor.successes = try rows.number(row, 5, UInt64.self)
      actor.failures = try rows.number(row, 6, UInt64.self)
      actor.timeouts = try rows.number(row, 7, UInt64.self)
      actor.rejections = try rows.number(row, 8, UInt64.self)
      actor.invalids = try rows.number(row, 9, UInt64.self)
      actor.bytes = try rows.number(row, 10, UInt64.self)
      actor.firstSuccess = try rows.time(row, 11)
      actor.assets = try rows.number(row, 12, UInt64.self)
      actor.withReferrer = try rows.number(row, 13, UInt64.self)
      actor.writes = try rows.number(row, 14, UInt64.self)
      actor.users = try rows.bitmap(row, 15)
      actor.targets = try rows.bitmap(row, 16)
      actor.peers = try rows.bitmap(row, 17)
      actor.roles = try rows.number(row, 18, UInt16.self)
      actor.crashes = try rows.number(row, 19, UInt32.self)
      actor.starts = try rows.number(row, 20, UInt32.self)
      actor.firstVersioned = try rows.time(row, 21)
      actor.firstServing = try rows.time(row, 22)
      actor.lastServing = try rows.time(row, 23)
      actor.firstRejection = try rows.exemplar(row, 29)
      place[actor.id] = actors.count
      actors.append(actor)
    }
    try rows.check(actors.lazy.map(\.id), capacity: limits.actors, level: level)
    let attributes = try Rows(tables, "actor_attribute")
    for row in attributes.table.rows {
      let i = try attributes.place(place, row)
      let attribute = Attribute(
        value: try attributes.text(row, 2), id: try attributes.bits(row, 3),
        asOf: try attributes.time(row, 4))
      switch try attributes.text(row, 1) {
      case "version": actors[i].version = attribute
      case "platform": actors[i].platform = attribute
      case "segment": actors[i].segment = attribute
      case "region": actors[i].region = attribute
      case "address": actors[i].address = attribute
      default: throw attributes.fail("an attribute is not known.")
      }
    }
    let events = try Rows(tables, "actor_event")
    for row in events.table.rows {
      let i = try events.place(place, row)
      actors[i].life.append(
        LifeEvent(kind: try events.raw(row, 1, EventKind.self), at: try events.cited(row, 2)))
    }
    let activity = try Rows(tables, "actor_activity")
    for row in activity.table.rows {
      let i = try activity.place(place, row)
      actors[i].activity.append(
        ActivityCell(
          bucket: try activity.bucket(row, 1, coarseWidth),
          records: try activity.number(row, 2, UInt32.self),
          bad: try activity.number(row, 3, UInt32.self)))
    }
    let activitySample = SampleLevel(
      capacity: limits.actorsWithActivity, level: activityLevel)
    for i in actors.indices {
      actors[i].life.sort()
      guard actors[i].life.count <= Actor.lifeLimit else {
        throw events.fail("an actor has more than \(Actor.lifeLimit) events.")
      }
      actors[i].activity.sort { $0.bucket < $1.bucket }
      try activity.check(buckets: actors[i].activity.map(\.bucket))
      guard actors[i].activity.isEmpty || activitySample.keeps(actors[i].id) else {
        throw activity.fail("an actor is outside the sample that meta names.")
      }
    }
    guard actors.count(where: { activitySample.keeps($0.id) }) <= limits.actorsWithActivity else {
      throw activity.fail("there are more actors than the sample allows.")
    }
    population = Population(
      capacity: limits.actors, level: level,
      activityCapacity: limits.actorsWithActivity, activityLevel: activityLevel,
      actors: actors)
  }

  private func readTraces(
    _ tables: [String: SurveyTable], _ name: String, capacity: Int, each: Int, level: Int
  ) throws(SurveyTableError) -> TraceSample {
    let rows = try Rows(tables, name)
    var list: [Trace] = []
    var place: [UInt64: Int] = [:]
    for row in rows.table.rows {
      let actor = try rows.bits(row, 0)
      let event = TraceEvent(
        at: try rows.cited(row, 6), operation: try rows.bits(row, 1),
        outcome: try rows.raw(row, 2, Outcome.self), kind: try rows.raw(row, 3, EventKind.self),
        latency: try rows.number(row, 4, Int32.self), peer: try rows.bits(row, 5))
      if let i = place[actor] {
        list[i].events.append(event)
      } else {
        place[actor] = list.count
        list.append(Trace(actor: actor, events: [event]))
      }
    }
    let total = list.reduce(0) { $0 + $1.events.count }
    guard total <= capacity, list.allSatisfy({ $0.events.count <= each }) else {
      throw rows.fail("there are more events than the sample allows.")
    }
    try rows.check(list.lazy.map(\.actor), capacity: capacity, level: level)
    return TraceSample(capacity: capacity, traceLimit: each, level: level, traces: list)
  }

  private mutating func readSightings(
    _ tables: [String: SurveyTable], level: Int, hostLevel: Int
  ) throws(SurveyTableError) {
    let rows = try Rows(tables, "sighting")
    var list: [Sightings] = []
    var place: [UInt64: Int] = [:]
    for row in rows.table.rows {
      let id = try rows.bits(row, 0)
      if place[id] == nil {
        place[id] = list.count
        list.append(Sightings(id: id, hasID: try rows.int(row, 3) != 0))
      }
      let time = try rows.time(row, 2)
      guard let i = place[id], time.isKnown else { throw rows.fail("a time is missing.") }
      list[i].note(
        Sightings.Sighting(
          host: try rows.bits(row, 1), time: time, actor: try rows.bits(row, 4),
          isRepeated: try rows.int(row, 5) != 0))
    }
    try rows.check(list.lazy.map(\.id), capacity: limits.sightings, level: level)
    sightings = SampledTable(capacity: limits.sightings, level: level, entries: list)
    sightedHosts = try readNames(
      tables, "sighted_host", capacity: limits.sightedHosts, level: hostLevel)
  }

  private func readNames(
    _ tables: [String: SurveyTable], _ name: String, capacity: Int, level: Int
  ) throws(SurveyTableError) -> SampledTable<HostName> {
    let rows = try Rows(tables, name)
    var hosts: [HostName] = []
    for row in rows.table.rows {
      hosts.append(HostName(id: try rows.bits(row, 0), name: try rows.text(row, 1)))
    }
    try rows.check(hosts.lazy.map(\.id), capacity: capacity, level: level)
    return SampledTable(capacity: capacity, level: level, entries: hosts)
  }

  private mutating func readBoots(_ tables: [String: SurveyTable], level: Int)
    throws(SurveyTableError)
  {
    let clocks = try Rows(tables, "boot_clock")
    var levels: [UInt64: [ClockLevel]] = [:]
    for row in clocks.table.rows {
      levels[try clocks.bits(row, 0), default: []].append(
        ClockLevel(
          base: try clocks.int(row, 1), from: try clocks.int(row, 2), to: try clocks.int(row, 3)))
    }
    let rows = try Rows(tables, "boot")
    var list: [Boot] = []
    for row in rows.table.rows {
      list.append(
        Boot(
          id: try rows.bits(row, 0), host: try rows.text(row, 1), boot: try rows.text(row, 2),
          first: try rows.cited(row, 4), last: try rows.time(row, 3)))
      for level in levels.removeValue(forKey: try rows.bits(row, 0)) ?? [] {
        list[list.count - 1].note(level)
      }
    }
    guard levels.isEmpty else { throw clocks.fail("a row belongs to no entry.") }
    try rows.check(list.lazy.map(\.id), capacity: limits.boots, level: level)
    boots = SampledTable(capacity: limits.boots, level: level, entries: list)
  }

  private mutating func readTemplates(
    _ tables: [String: SurveyTable], _ coarseWidth: UInt32, level: Int
  ) throws(SurveyTableError) {
    let rows = try Rows(tables, "template")
    var list: [Template] = []
    var place: [UInt64: Int] = [:]
    for row in rows.table.rows {
      let id = try rows.bits(row, 0)
      place[id] = list.count
      list.append(
        Template(
          id: id, text: try rows.text(row, 1), service: try rows.text(row, 2),
          severity: try rows.raw(row, 3, Severity.self), kind: try rows.raw(row, 4, EventKind.self),
          impliedOutcome: try rows.raw(row, 5, Outcome.self),
          count: try rows.number(row, 6, UInt64.self), first: try rows.cited(row, 10),
          last: try rows.time(row, 7), example: try rows.text(row, 8), cells: SparseSeries(),
          writers: try rows.bitmap(row, 9)))
    }
    try rows.check(list.lazy.map(\.id), capacity: limits.templates, level: level)
    let cells = try Rows(tables, "template_cell")
    for row in cells.table.rows {
      let i = try cells.place(place, row)
      list[i].cells.add(
        try cells.number(row, 2, UInt32.self), at: try cells.bucket(row, 1, coarseWidth))
    }
    templates = SampledTable(capacity: limits.templates, level: level, entries: list)
  }

  private mutating func readMarkers(_ tables: [String: SurveyTable], level: Int)
    throws(SurveyTableError)
  {
    let rows = try Rows(tables, "marker")
    var list: [Marker] = []
    for row in rows.table.rows {
      list.append(
        Marker(
          kind: try rows.raw(row, 0, EventKind.self), at: try rows.cited(row, 5),
          service: try rows.text(row, 1), host: try rows.text(row, 2),
          target: try rows.text(row, 3), text: try rows.text(row, 4)))
    }
    guard list.count <= limits.markers else {
      throw rows.fail("there are more than \(limits.markers) entries.")
    }
    markers = MarkerList(capacity: limits.markers, level: level, markers: list)
  }

  private mutating func readProbes(_ tables: [String: SurveyTable], _ coarseWidth: UInt32)
    throws(SurveyTableError)
  {
    let rows = try Rows(tables, "probe")
    func index(_ id: String) throws(SurveyTableError) -> Int {
      guard let i = probeClasses.firstIndex(where: { $0.id == id }) else {
        throw rows.fail("the class \(id) is not known.")
      }
      return i
    }
    for row in rows.table.rows {
      let i = try index(try rows.text(row, 0))
      probes[i].hits = try rows.number(row, 1, UInt64.self)
      probes[i].answered = try rows.number(row, 2, UInt64.self)
      probes[i].sources = try rows.bitmap(row, 3)
      probes[i].last = try rows.time(row, 4)
      probes[i].first = try rows.exemplar(row, 5)
    }
    let cells = try Rows(tables, "probe_cell")
    for row in cells.table.rows {
      let i = try index(try cells.text(row, 0))
      probes[i].cells.add(
        try cells.number(row, 2, UInt32.self), at: try cells.bucket(row, 1, coarseWidth))
    }
    let sources = try Rows(tables, "probe_source")
    for row in sources.table.rows {
      probes[try index(try sources.text(row, 0))].seenIn.insert(try sources.bits(row, 1))
    }
    guard probes.allSatisfy({ $0.seenIn.count <= limits.probeSources }) else {
      throw sources.fail("a class names more than \(limits.probeSources) sources.")
    }
  }
}
