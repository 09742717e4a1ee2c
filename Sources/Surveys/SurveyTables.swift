import Records
import Sketches

/// A table of a survey's relational form.
public struct SurveyTable: Sendable, Equatable {
  public enum Value: Sendable, Hashable {
    case integer(Int64)
    case text(String)
    case blob([UInt8])
    case null
  }
  public var name: String
  /// Names with SQL types.
  public var columns: [(name: String, type: String)]
  public var rows: [[Value]]

  public init(name: String, columns: [(name: String, type: String)], rows: [[Value]]) {
    self.name = name
    self.columns = columns
    self.rows = rows
  }

  public static func == (a: SurveyTable, b: SurveyTable) -> Bool {
    a.name == b.name && a.rows == b.rows
  }
}

/// Why tables cannot be read as a survey.
public struct SurveyTableError: Error, Equatable, CustomStringConvertible {
  public var table: String
  public var reason: String
  public var description: String { "table \(table): \(reason)" }

  public init(table: String, reason: String) {
    self.table = table
    self.reason = reason
  }
}

/// Version of the relational form; another one is not read.
public let surveySchema = "inquest.survey/1"

/// What decides which class a record falls into: words, widths and lengths. Files written by a
/// version with other words are not merged with this one's.
public let surveyConfiguration: String = {
  var text = "\(TimeGrid.ladder) \(SurveyLimits.labelBytes) \(TemplateMask.inputLimit)"
  text += " \(TemplateMask.outputLimit) \(Actor.lifeLimit) \(LatencyHistogram.binCount)"
  text += " \(EncounterDefault.lateMilliseconds)"
  for row in EventLexicon.rows { text += "\n\(row.kind) \(row.words) \(row.least) \(row.unless)" }
  for (name, kind) in EventLexicon.names { text += "\n\(name) \(kind)" }
  for (outcome, words) in EventLexicon.outcomes { text += "\n\(outcome) \(words)" }
  for probe in probeClasses { text += "\n\(probe.id) \(probe.words)" }
  let hash = String(fingerprint(text), radix: 16)
  return String(repeating: "0", count: 16 - hash.count) + hash
}()

private typealias Value = SurveyTable.Value

private func bits(_ x: UInt64) -> Value { .integer(Int64(bitPattern: x)) }
private func int(_ x: some BinaryInteger) -> Value { .integer(Int64(clamping: x)) }
private func time(_ t: Timestamp) -> Value { t.isKnown ? .integer(t.nanoseconds) : .null }
private func cited(_ e: Exemplar) -> [Value] {
  [time(e.time), bits(e.source), bits(e.offset), int(e.line), bits(e.digest)]
}
/// Rows of numbers over time.
private func numbers(_ id: UInt64, _ series: GaugeSeries, _ width: Int64) -> [[Value]] {
  series.cells.map {
    [
      bits(id), .integer(Int64($0.bucket) * width), int($0.count), .integer(low($0.sum)),
      .integer($0.least), .integer($0.greatest), .integer(wraps($0.sum)),
    ]
  }
}

/// A sum in two columns: the sum itself as long as it fits, and how often 2^64 is to be added to it.
private func low(_ sum: Int128) -> Int64 { Int64(truncatingIfNeeded: sum) }
private func wraps(_ sum: Int128) -> Int64 {
  Int64(truncatingIfNeeded: (sum &- Int128(low(sum))) >> 64)
}
private let noExemplar: [Value] = [.null, .null, .null, .null, .null]
private let exemplarColumns: [(String, String)] = [
  ("time_ns", "INTEGER"), ("source_id", "INTEGER"), ("byte_offset", "INTEGER"),
  ("line", "INTEGER"), ("digest", "INTEGER"),
]

private func bitmap(_ b: DistinctBitmap) -> Value {
  var bytes: [UInt8] = []
  for i in 0..<4 {
    for k in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: b.words[i] >> UInt64(8 * k))) }
  }
  return .blob(bytes)
}

extension Survey: Equatable {
  /// The survey as tables, in a canonical order: equal surveys give equal tables, whatever the order
  /// in which they were put together.
  public func tables() -> [SurveyTable] {
    let fineWidth = Int64(fineGrid.width)
    let coarseWidth = Int64(coarseGrid.width)
    func start(_ bucket: UInt32, _ width: Int64) -> Value { .integer(Int64(bucket) * width) }
    var result: [SurveyTable] = []
    func table(_ name: String, _ columns: [(String, String)], _ rows: [[Value]]) {
      result.append(
        SurveyTable(name: name, columns: columns.map { (name: $0.0, type: $0.1) }, rows: rows))
    }
    table(
      "meta", [("key", "TEXT"), ("value", "TEXT")],
      [
        ["schema", surveySchema], ["fine_width_seconds", "\(fineWidth)"],
        ["coarse_width_seconds", "\(coarseWidth)"], ["fine_rung", "\(fineGrid.rung)"],
        ["coarse_rung", "\(coarseGrid.rung)"], ["fine_level", "\(fine.sample.level)"],
        ["coarse_level", "\(coarse.sample.level)"], ["gauge_level", "\(gauges.sample.level)"],
        ["latency_level", "\(latencies.sample.level)"],
        ["template_value_level", "\(templateValues.sample.level)"],
        ["template_level", "\(templates.sample.level)"],
        ["actor_level", "\(population.sample.level)"],
        ["activity_level", "\(population.activitySample.level)"],
        ["trace_level", "\(traces.level)"],
        ["encounter_level", "\(encounters.level)"],
        ["marker_level", "\(markers.sample.level)"],
        ["sighting_level", "\(sightings.sample.level)"],
        ["sighted_host_level", "\(sightedHosts.sample.level)"],
        ["sender_level", "\(senders.sample.level)"],
        ["boot_level", "\(boots.sample.level)"],
        ["configuration", surveyConfiguration],
      ].map { [.text($0[0]), .text($0[1])] }
        + SurveyLimits.named.map {
          [.text("limit_" + $0.name), .text("\(limits[keyPath: $0.path])")]
        })
    table(
      "occupied", [("grid", "TEXT"), ("bucket_start", "INTEGER")],
      fineGrid.buckets.map { [.text("fine"), start($0, fineWidth)] }
        + coarseGrid.buckets.map { [.text("coarse"), start($0, coarseWidth)] })

    let sources = accounts.values.sorted { $0.label < $1.label }
    table(
      "source",
      [
        ("source_id", "INTEGER"), ("label", "TEXT"), ("role", "TEXT"), ("host", "TEXT"),
        ("service", "TEXT"), ("format", "TEXT"), ("format_reason", "TEXT"), ("stamp_note", "TEXT"),
        ("compression", "TEXT"), ("compressed_bytes", "INTEGER"), ("bytes", "INTEGER"),
        ("lines", "INTEGER"), ("sha256", "TEXT"), ("complete", "INTEGER"), ("records", "INTEGER"),
        ("unparsed", "INTEGER"), ("ignored", "INTEGER"), ("bad_timestamps", "INTEGER"),
        ("outside", "INTEGER"), ("oversized", "INTEGER"), ("first_ns", "INTEGER"),
        ("last_ns", "INTEGER"), ("clock_steps", "INTEGER"),
      ],
      sources.map { s in
        [
          bits(s.id), .text(s.label), .text(s.role.rawValue), .text(s.host), .text(s.service),
          .text(s.format), .text(s.formatReason), .text(s.stampNote), .text(s.compression),
          int(s.compressedBytes), int(s.bytes), int(s.lines), .text(s.sha256),
          .integer(s.isComplete ? 1 : 0), int(s.records), int(s.unparsed), int(s.ignored),
          int(s.badTimestamps), int(s.outside), int(s.oversized), time(s.first), time(s.last),
          int(s.clockStepCount),
        ]
      })
    table(
      "damage",
      [
        ("source_id", "INTEGER"), ("kind", "TEXT"), ("compressed_offset", "INTEGER"),
        ("decompressed_offset", "INTEGER"), ("detail", "TEXT"),
      ],
      sources.flatMap { s in
        s.damages.map {
          [
            bits(s.id), .text($0.kind), bits($0.compressedOffset), bits($0.decompressedOffset),
            .text($0.detail),
          ]
        }
      })
    table(
      "unparsed_example",
      [
        ("source_id", "INTEGER"), ("byte_offset", "INTEGER"), ("line", "INTEGER"), ("text", "TEXT"),
      ],
      sources.flatMap { s in
        s.examples.map { [bits(s.id), bits($0.position), int($0.line), .text($0.text)] }
      })
    table(
      "clock_step",
      [
        ("source_id", "INTEGER"), ("line", "INTEGER"), ("from_ns", "INTEGER"),
        ("to_ns", "INTEGER"),
      ],
      sources.flatMap { s in
        s.clockSteps.map { [bits(s.id), int($0.line), time($0.from), time($0.to)] }
      })
    table(
      "source_activity",
      [("source_id", "INTEGER"), ("bucket_start", "INTEGER"), ("records", "INTEGER")],
      sources.flatMap { s in
        s.activity.cells.map { [bits(s.id), start($0.bucket, coarseWidth), int($0.count)] }
      })

    let grids: [(String, [Series], Int64)] = [
      ("fine", fine.entries.sorted { $0.id < $1.id }, fineWidth),
      ("coarse", coarse.entries.sorted { $0.id < $1.id }, coarseWidth),
    ]
    table(
      "series",
      [
        ("series_id", "INTEGER"), ("grid", "TEXT"), ("dimension", "TEXT"), ("label", "TEXT"),
        ("detail", "TEXT"), ("class", "INTEGER"), ("class_name", "TEXT"),
      ],
      grids.flatMap { grid, series, _ in
        series.map {
          [
            bits($0.id), .text(grid), .text("\($0.key.dimension)"), .text($0.key.label),
            .text($0.key.detail), int($0.key.kind), .text(Survey.className($0.key)),
          ]
        }
      })
    table(
      "series_cell",
      [("series_id", "INTEGER"), ("bucket_start", "INTEGER"), ("count", "INTEGER")]
        + exemplarColumns,
      grids.flatMap { _, series, width in
        series.flatMap { s in
          s.cells.cells.enumerated().map { i, cell in
            [bits(s.id), start(cell.bucket, width), int(cell.count)]
              + (i < s.cells.exemplars.count ? cited(s.cells.exemplars[i]) : noExemplar)
          }
        }
      })
    let gaugeRows = gauges.entries.sorted { $0.id < $1.id }
    table(
      "gauge", [("gauge_id", "INTEGER"), ("service", "TEXT"), ("name", "TEXT")],
      gaugeRows.map { [bits($0.id), .text($0.key.service), .text($0.key.name)] })
    table(
      "gauge_cell",
      [
        ("gauge_id", "INTEGER"), ("bucket_start", "INTEGER"), ("count", "INTEGER"),
        ("sum_thousandths", "INTEGER"), ("least_thousandths", "INTEGER"),
        ("greatest_thousandths", "INTEGER"), ("sum_wraps", "INTEGER"),
      ],
      gaugeRows.flatMap { numbers($0.id, $0.cells, fineWidth) })
    let valueRows = templateValues.entries.sorted { $0.id < $1.id }
    table(
      "template_value",
      [("value_id", "INTEGER"), ("template_id", "INTEGER"), ("place", "INTEGER")],
      valueRows.map { [bits($0.id), bits($0.template), .integer(Int64($0.place))] })
    table(
      "template_value_cell",
      [
        ("value_id", "INTEGER"), ("bucket_start", "INTEGER"), ("count", "INTEGER"),
        ("sum_thousandths", "INTEGER"), ("least_thousandths", "INTEGER"),
        ("greatest_thousandths", "INTEGER"), ("sum_wraps", "INTEGER"),
      ], valueRows.flatMap { numbers($0.id, $0.cells, coarseWidth) })
    let latencyRows = latencies.entries.sorted { $0.id < $1.id }
    table(
      "latency", [("latency_id", "INTEGER"), ("service", "TEXT"), ("name", "TEXT")],
      latencyRows.map { [bits($0.id), .text($0.key.service), .text($0.key.name)] })
    table(
      "latency_cell",
      [
        ("latency_id", "INTEGER"), ("bucket_start", "INTEGER"), ("bin", "INTEGER"),
        ("count", "INTEGER"),
      ],
      latencyRows.flatMap { l in
        l.cells.cells.flatMap { cell in
          cell.histogram.bins.enumerated().compactMap { bin, count -> [Value]? in
            count == 0
              ? nil : [bits(l.id), start(cell.bucket, coarseWidth), int(bin), int(count)]
          }
        }
      })

    let actors = population.actors.sorted { $0.id < $1.id }
    table(
      "actor",
      [
        ("actor_id", "INTEGER"), ("kind", "INTEGER"), ("name", "TEXT"), ("last_ns", "INTEGER"),
        ("records", "INTEGER"), ("successes", "INTEGER"), ("failures", "INTEGER"),
        ("timeouts", "INTEGER"), ("rejections", "INTEGER"), ("invalids", "INTEGER"),
        ("bytes", "INTEGER"), ("first_success_ns", "INTEGER"), ("assets", "INTEGER"),
        ("with_referrer", "INTEGER"), ("writes", "INTEGER"), ("users", "BLOB"), ("targets", "BLOB"),
        ("peers", "BLOB"), ("roles", "INTEGER"), ("crashes", "INTEGER"), ("starts", "INTEGER"),
        ("first_versioned_ns", "INTEGER"), ("first_serving_ns", "INTEGER"),
        ("last_serving_ns", "INTEGER"),
      ] + exemplarColumns.map { ("first_" + $0.0, $0.1) }
        + exemplarColumns.map { ("rejected_" + $0.0, $0.1) },
      actors.map { a in
        [
          bits(a.id), int(a.kind.rawValue), .text(a.name), time(a.last), int(a.records),
          int(a.successes), int(a.failures), int(a.timeouts), int(a.rejections), int(a.invalids),
          int(a.bytes), time(a.firstSuccess), int(a.assets), int(a.withReferrer), int(a.writes),
          bitmap(a.users), bitmap(a.targets), bitmap(a.peers), int(a.roles), int(a.crashes),
          int(a.starts), time(a.firstVersioned), time(a.firstServing), time(a.lastServing),
        ] + cited(a.first) + (a.firstRejection.map(cited) ?? noExemplar)
      })
    table(
      "actor_attribute",
      [
        ("actor_id", "INTEGER"), ("attribute", "TEXT"), ("value", "TEXT"), ("value_id", "INTEGER"),
        ("as_of_ns", "INTEGER"),
      ],
      actors.flatMap { a in
        [
          ("version", a.version), ("platform", a.platform), ("segment", a.segment),
          ("region", a.region), ("address", a.address),
        ].compactMap { name, attribute -> [Value]? in
          attribute.id == 0
            ? nil
            : [
              bits(a.id), .text(name), .text(attribute.value), bits(attribute.id),
              time(attribute.asOf),
            ]
        }
      })
    table(
      "actor_event", [("actor_id", "INTEGER"), ("event", "INTEGER")] + exemplarColumns,
      actors.flatMap { a in a.life.map { [bits(a.id), int($0.kind.rawValue)] + cited($0.at) } })
    table(
      "actor_activity",
      [
        ("actor_id", "INTEGER"), ("bucket_start", "INTEGER"), ("records", "INTEGER"),
        ("bad", "INTEGER"),
      ],
      actors.flatMap { a in
        a.activity.map {
          [bits(a.id), start($0.bucket, coarseWidth), int($0.records), int($0.bad)]
        }
      })
    for (name, sample) in [("trace_event", traces), ("encounter", encounters)] {
      table(
        name,
        [
          ("actor_id", "INTEGER"), ("operation_id", "INTEGER"), ("outcome", "INTEGER"),
          ("event", "INTEGER"), ("latency_ms", "INTEGER"), ("peer_id", "INTEGER"),
        ] + exemplarColumns,
        sample.sorted.flatMap { trace in
          trace.events.map {
            [
              bits(trace.actor), bits($0.operation), int($0.outcome.rawValue),
              int($0.kind.rawValue), int($0.latency), bits($0.peer),
            ] + cited($0.at)
          }
        })
    }
    table(
      "sighting",
      [
        ("request_id", "INTEGER"), ("host_id", "INTEGER"), ("time_ns", "INTEGER"),
        ("has_id", "INTEGER"), ("actor_id", "INTEGER"), ("is_repeated", "INTEGER"),
      ],
      sightings.entries.sorted { $0.id < $1.id }.flatMap { entry in
        entry.seen.map {
          [
            bits(entry.id), bits($0.host), .integer($0.time.nanoseconds),
            .integer(entry.hasID ? 1 : 0), bits($0.actor), .integer($0.isRepeated ? 1 : 0),
          ]
        }
      })
    table(
      "sighted_host", [("host_id", "INTEGER"), ("name", "TEXT")],
      sightedHosts.entries.sorted { $0.id < $1.id }.map { [bits($0.id), .text($0.name)] })
    table(
      "sender", [("sender_id", "INTEGER"), ("name", "TEXT")],
      senders.entries.sorted { $0.id < $1.id }.map { [bits($0.id), .text($0.name)] })
    table(
      "boot_clock",
      [
        ("boot_id", "INTEGER"), ("base_seconds", "INTEGER"), ("from_ms", "INTEGER"),
        ("to_ms", "INTEGER"),
      ],
      boots.entries.sorted { $0.id < $1.id }.flatMap { boot in
        boot.levels.map {
          [bits(boot.id), .integer($0.base), .integer($0.from), .integer($0.to)]
        }
      })
    table(
      "boot",
      [("boot_id", "INTEGER"), ("host", "TEXT"), ("boot", "TEXT"), ("until_ns", "INTEGER")]
        + exemplarColumns,
      boots.entries.sorted { $0.id < $1.id }.map {
        [bits($0.id), .text($0.host), .text($0.boot), .integer($0.last.nanoseconds)]
          + cited($0.first)
      })
    let templateRows = templates.entries.sorted { $0.id < $1.id }
    table(
      "template",
      [
        ("template_id", "INTEGER"), ("text", "TEXT"), ("service", "TEXT"), ("severity", "INTEGER"),
        ("event", "INTEGER"), ("outcome", "INTEGER"), ("count", "INTEGER"), ("last_ns", "INTEGER"),
        ("example", "TEXT"), ("writers", "BLOB"),
      ] + exemplarColumns,
      templateRows.map { t in
        [
          bits(t.id), .text(t.text), .text(t.service), int(t.severity.rawValue),
          int(t.kind.rawValue), int(t.impliedOutcome.rawValue), int(t.count), time(t.last),
          .text(t.example), bitmap(t.writers),
        ] + cited(t.first)
      })
    table(
      "template_cell",
      [("template_id", "INTEGER"), ("bucket_start", "INTEGER"), ("count", "INTEGER")],
      templateRows.flatMap { t in
        t.cells.cells.map { [bits(t.id), start($0.bucket, coarseWidth), int($0.count)] }
      })
    table(
      "marker",
      [
        ("event", "INTEGER"), ("service", "TEXT"), ("host", "TEXT"), ("target", "TEXT"),
        ("text", "TEXT"),
      ] + exemplarColumns,
      markers.sorted.map {
        [
          int($0.kind.rawValue), .text($0.service), .text($0.host), .text($0.target),
          .text($0.text),
        ] + cited($0.at)
      })
    table(
      "probe",
      [
        ("probe", "TEXT"), ("hits", "INTEGER"), ("answered", "INTEGER"), ("sources", "BLOB"),
        ("last_ns", "INTEGER"),
      ] + exemplarColumns,
      zip(probeClasses, probes).map { probe, tally in
        [
          .text(probe.id), int(tally.hits), int(tally.answered), bitmap(tally.sources),
          time(tally.last),
        ] + (tally.first.map(cited) ?? noExemplar)
      })
    table(
      "probe_cell",
      [("probe", "TEXT"), ("bucket_start", "INTEGER"), ("count", "INTEGER")],
      zip(probeClasses, probes).flatMap { probe, tally in
        tally.cells.cells.map {
          [.text(probe.id), start($0.bucket, coarseWidth), int($0.count)]
        }
      })
    table(
      "probe_source", [("probe", "TEXT"), ("source_id", "INTEGER")],
      zip(probeClasses, probes).flatMap { probe, tally in
        tally.seenIn.sorted().map { [.text(probe.id), bits($0)] }
      })
    return result
  }

  /// What a class of a series means, or "" for a number that means nothing.
  static func className(_ key: SeriesKey) -> String {
    switch key.dimension {
    case .severity: Severity(rawValue: key.kind).map { "\($0)" } ?? ""
    case .outcome, .operation: Outcome(rawValue: key.kind).map { "\($0)" } ?? ""
    case .event: EventKind(rawValue: key.kind)?.name ?? ""
    case .status: key.kind <= 9 ? "\(key.kind)xx" : ""
    case .host, .version, .platform, .segment, .region, .agent:
      CohortClass(rawValue: key.kind).map { "\($0)" } ?? ""
    case .role, .template: key.kind == 0 ? "all" : ""
    }
  }

  public static func == (a: Survey, b: Survey) -> Bool { a.tables() == b.tables() }
}
