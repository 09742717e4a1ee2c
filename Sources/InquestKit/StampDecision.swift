public import Acquisition
import Formats
import Records
import Synchronization

/// How sure a decision about stamps is.
enum Certainty: String {
  /// It stands in the stamps, or was told.
  case certain
  /// Two independent signs agree, or one that is made for it.
  case likely
  /// One sign that may mislead.
  case assumed
  /// Signs contradict each other.
  case doubtful
}

/// The stretch of time that sources with whole stamps begin in: what a year is read off for sources
/// whose stamps have none.
///
/// Looked at once, and only if a source asks. Of many sources an even sample is looked at.
public final class NeighbourTimes: Sendable {
  static let sampleLimit = 48
  private let sources: [Source]
  private let found = Mutex<(isKnown: Bool, times: ClosedRange<Timestamp>?)>((false, nil))

  public init(_ sources: [Source]) {
    let readable = sources.filter { $0.location != .standardInput }
    let step = max(1, readable.count / NeighbourTimes.sampleLimit)
    self.sources = stride(from: 0, to: readable.count, by: step).map { readable[$0] }
  }

  func times(_ options: ReadingOptions) -> ClosedRange<Timestamp>? {
    found.withLock { state in
      if state.isKnown { return state.times }
      var times: [Timestamp] = []
      for source in sources {
        guard
          let sample = try? SourceReader(source, inflater: options.inflater).peek(limit: 16 << 10)
        else { continue }
        let stamps = StampContext(reference: Timestamp(seconds: 1_767_225_600))
        let format = detectFormat(sample: sample.span, context: stamps, own: options.formats).format
        let shape = StampShape(format, sample, stamps)
        if shape.hasYear, let time = shape.first { times.append(time) }
      }
      state = (true, times.min().flatMap { low in times.max().map { low...$0 } })
      return state.times
    }
  }
}

/// What a source's first stamps hold, found out by reading them under other assumptions.
struct StampShape {
  var first: Timestamp?
  var hasYear = true
  var hasZone = true

  /// Records that are tried until one has a time.
  private static let patience = 50

  init(_ format: LogFormat, _ sample: [UInt8], _ stamps: StampContext) {
    var otherYear = stamps
    otherYear.assumedYear = 1996
    var otherZone = stamps
    otherZone.zone = ZoneTable(name: "", base: 12_345)
    var record = LogRecord()
    func time(_ range: Range<Int>, _ context: StampContext) -> Timestamp? {
      record.reset()
      let outcome = format.parser.parse(
        sample.span.extracting(range), context: context, into: &record)
      return outcome == .parsed ? record.time : nil
    }
    var start = 0
    for _ in 0..<StampShape.patience {
      guard let end = format.framer.frameEnd(in: sample.span, from: start, isLast: true) else {
        return
      }
      var length = end
      while length > start, sample[length - 1] == 0x0a || sample[length - 1] == 0x0d { length -= 1 }
      if let plain = time(start..<length, stamps) {
        first = plain
        hasYear = time(start..<length, otherYear) == plain
        hasZone = time(start..<length, otherZone) == plain
        return
      }
      start = end
    }
  }
}

/// Year and zone of a source's stamps, and why.
struct StampDecision {
  var context: StampContext
  /// For the report's table of sources.
  var note: String

  /// How near a time must be to its neighbours to be of the same story.
  static let neighbourhood: Int64 = 60 * 86400
  /// A source without a year spans at most this from its first stamp on: a year less the slack that
  /// stamps after the reference are given, and a day.
  static let span: Int64 = 364 * 86400 - StampContext.yearSlackSeconds

  /// - Parameter zoneTold: name of the zone that somebody gave for this source.
  init(
    _ source: Source, _ shape: StampShape, zone: ZoneTable, zoneTold: String?,
    provisional: StampContext, _ options: ReadingOptions
  ) {
    context = provisional
    context.zone = zone
    let zoneNote =
      shape.first == nil
      ? "zone: nothing to decide"
      : shape.hasZone
        ? "zone: in the stamps (certain)"
        : zoneTold.map { "zone: \($0), as told (certain)" } ?? "zone: UTC, nobody says (assumed)"
    guard !shape.hasYear, let first = shape.first else {
      note = zoneNote + (shape.first == nil ? "" : "; year: in the stamps (certain)")
      return
    }
    if let year = options.assumedYear {
      note = zoneNote + "; year: \(year), as told (certain)"
      return
    }
    if options.reference.isKnown {
      note =
        zoneNote
        + "; year: the latest that is not after \(options.reference.clock), as told (certain)"
      return
    }
    let byFile = source.modified.isKnown ? first : nil
    if let date = StampDecision.instant(rotated: source.age.date) {
      context.reference = Timestamp(seconds: date.seconds + 2 * 86400)
      note = zoneNote + "; year: of the date in the file's name (likely)"
      return
    }
    if let neighbours = options.neighbours?.times(options) {
      // The year in which the first stamp is nearest to where the others begin.
      let parts = civilFromDays(StampDecision.floorDays(first.seconds))
      let secondOfDay = first.seconds - StampDecision.floorDays(first.seconds) * 86400
      let years = StampDecision.year(neighbours.lowerBound.seconds) - 1
      let until = StampDecision.year(neighbours.upperBound.seconds) + 1
      func distance(_ time: Int64) -> Int64 {
        max(0, neighbours.lowerBound.seconds - time, time - neighbours.upperBound.seconds)
      }
      let candidates = (years...max(years, until)).map { year in
        daysFromCivil(year: year, month: parts.month, day: parts.day) * 86400 + secondOfDay
      }
      if let best = candidates.min(by: { distance($0) < distance($1) }),
        distance(best) <= StampDecision.neighbourhood
      {
        let year = StampDecision.year(best)
        context.reference = Timestamp(seconds: best + StampDecision.span)
        let agrees = byFile.map { StampDecision.year($0.seconds) == year }
        let sure: Certainty = agrees == true ? .likely : agrees == nil ? .assumed : .doubtful
        note =
          zoneNote
          + "; year: \(year), where sources with a year lie (\(sure.rawValue)\(agrees == false ? ": the file's modification time says otherwise" : ""))"
        return
      }
    }
    // 29 February pins the year of what follows it, which the file's time alone would not.
    context.reference = min(
      provisional.reference, Timestamp(seconds: first.seconds + StampDecision.span))
    note =
      zoneNote
      + "; year: the latest that is not after \(provisional.reference.clock), \(source.modified.isKnown ? "the file's modification time" : "for want of anything better") (\(Certainty.assumed.rawValue))"
  }

  /// The moment that the date in a rotated file's name stands for.
  private static func instant(rotated date: Int64) -> Timestamp? {
    guard date != .max, date > 0 else { return nil }
    let day = date / 1_000_000
    let (year, month, dayOfMonth) = (day / 10_000, day / 100 % 100, day % 100)
    guard (1980...2100).contains(year), (1...12).contains(month), (1...31).contains(dayOfMonth)
    else { return nil }
    return Timestamp(
      seconds: daysFromCivil(year: Int32(year), month: Int32(month), day: Int32(dayOfMonth)) * 86400
    )
  }

  private static func year(_ seconds: Int64) -> Int32 {
    civilFromDays(floorDays(seconds)).year
  }

  private static func floorDays(_ seconds: Int64) -> Int64 {
    seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400
  }
}
