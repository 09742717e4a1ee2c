public import Acquisition
import Correlation
import Dispatch
public import Formats
import Foundation
public import Records
public import Surveys
import Synchronization

/// How a case is to be read.
public struct ReadingOptions: Sendable {
  public var window: TimeWindow = .all
  /// Name of the format of all sources, instead of detection.
  public var format: String?
  /// Formats of the user, tried before the built-in ones.
  public var formats: [LogFormat] = []
  public var roles: [(glob: String, role: Role)] = []
  public var zones: [(glob: String, zone: String)] = []
  public var assumedYear: Int32?
  public var reference: Timestamp = .unknown
  /// Where years are read off for sources whose stamps have none.
  public var neighbours: NeighbourTimes?
  /// Sources to leave out, by glob.
  public var exclude: [String] = []
  public var jobs: Int = 0
  public var inflater: InflaterKind = .isal
  public var archives = ArchiveLimits()
  /// Seconds beyond which a number is none of a clock's: a century.
  public static let farthestClock = 3.2e9
  /// Seconds that hosts' clocks are ahead, as the user says; the last of a host counts.
  public var toldClocks: [(host: String, ahead: Double)] = []
  /// How far hosts' clocks are ahead by the times they show, told or found, by the fingerprint of the host's name:
  /// their records are set back by it.
  public var clocks: [UInt64: ClockCourse] = [:]
  public var stop: StopFlag?

  public init() {}

  /// Threads: what was asked for, else the cores.
  public var threads: Int {
    jobs > 0 ? min(jobs, 256) : max(1, ProcessInfo.processInfo.activeProcessorCount)
  }
}

/// A source made ready: format known, context known.
public struct PreparedSource: Sendable {
  public var reader: SourceReader
  public var format: LogFormat
  public var reason: String
  public var candidates: [Detection.Candidate]
  public var context: SourceContext
  public var stamps: StampContext
  public var stampNote: String
  public var account: SourceAccount
}

public struct ReadingError: Error, CustomStringConvertible {
  public var description: String
  public init(_ description: String) { self.description = description }
}

/// How far the reading is.
public struct Progress: Sendable {
  public var bytesRead: UInt64
  /// Of all sources with a size.
  public var bytesTotal: UInt64
  public var sourcesDone: Int
  public var sources: Int
}

/// Opens a source and decides its format, host, role, year and zone.
public func prepare(_ source: Source, _ options: ReadingOptions) throws -> PreparedSource {
  let reader = SourceReader(source, inflater: options.inflater, stop: options.stop)
  let sample = try reader.peek()
  let host = hostOfLabel(source.label)
  var zone = ZoneTable.utc
  var zoneTold: String?
  for entry in options.zones where globMeans(entry.glob, label: source.label, host: host) {
    guard let table = zoneTable(named: entry.zone) else {
      throw ReadingError(
        "the time zone \"\(entry.zone)\" is not known; write a name such as Europe/Berlin or an offset such as +01:00."
      )
    }
    zone = table
    zoneTold = entry.zone
  }
  let reference =
    options.reference.isKnown
    ? options.reference
    : source.modified.isKnown ? source.modified : Timestamp(seconds: 1_767_225_600)
  let stamps = StampContext(zone: zone, reference: reference, assumedYear: options.assumedYear)
  let detection: Detection
  if let name = options.format {
    guard
      let format = options.formats.first(where: { $0.name == name })
        ?? FormatRegistry.named(name)
    else {
      throw ReadingError(
        "no format is called \"\(name)\"; inquest formats list names them all.")
    }
    detection = Detection(
      format: format, reason: "as told by --format", share: 1, candidates: [])
  } else {
    detection = detectFormat(
      sample: sample.span, context: stamps, own: options.formats)
  }
  let format = detection.format
  var role = roleOfLabel(source.label) ?? format.role
  if format.role == .client || format.role == .supernode || format.role == .operations {
    role = format.role
  }
  for entry in options.roles where globMeans(entry.glob, label: source.label, host: host) {
    role = entry.role
  }
  let service = format.service.isEmpty ? stemOfLabel(source.label) : format.service
  var account = SourceAccount(id: fingerprint(source.label), label: source.label)
  account.role = role
  account.host = host
  account.service = service
  account.format = format.name
  account.formatReason = detection.reason
  let decision = StampDecision(
    source, StampShape(format, sample, stamps), zone: zone, zoneTold: zoneTold,
    provisional: stamps, options)
  account.stampNote = decision.note
  return PreparedSource(
    reader: reader, format: format, reason: detection.reason, candidates: detection.candidates,
    context: SourceContext(label: source.label, role: role, host: host, service: service),
    stamps: decision.context, stampNote: decision.note, account: account)
}

/// The host that a path speaks of: its nearest folder that is no generic name.
func hostOfLabel(_ label: String) -> String {
  let generic: Set<String> = ["log", "logs", "var", "data", "archive", "old", "current", "."]
  let parts = label.split(separator: "/").map(String.init)
  for part in parts.dropLast().reversed() where !generic.contains(part.lowercased()) {
    return part
  }
  return ""
}

/// File name without rotation and suffixes: the service of records that name none.
func stemOfLabel(_ label: String) -> String {
  let name = label.split(separator: "/").last.map(String.init) ?? label
  let family = Source(label: name, location: .standardInput, modified: .unknown, size: 0).family
  var stem = family
  for suffix in [".log", ".txt", ".json", ".jsonl", ".csv"] where stem.hasSuffix(suffix) {
    stem = String(stem.dropLast(suffix.count))
    break
  }
  // What numbers files of one service (app-00017) is no part of its name.
  var end = stem.endIndex
  while end > stem.startIndex, stem[stem.index(before: end)].isNumber {
    end = stem.index(before: end)
  }
  if end < stem.endIndex, end > stem.startIndex,
    "-_.".contains(stem[stem.index(before: end)]), stem.index(before: end) > stem.startIndex
  {
    stem = String(stem[..<stem.index(before: end)])
  }
  return stem == "-" ? "input" : stem
}

/// A role that a path names by itself.
func roleOfLabel(_ label: String) -> Role? {
  let lowered = label.lowercased()
  for (word, role) in [
    ("supernode", Role.supernode), ("client", .client), ("haproxy", .proxy), ("proxy", .proxy),
    ("edge", .proxy), ("operations", .operations), ("deploy", .operations),
  ] where lowered.contains(word) {
    return role
  }
  return nil
}

/// Reads sources and folds them into one survey.
///
/// Work-conserving: every thread parses a block if one is ready, else reads a block of a source that
/// nobody reads. So many small sources are read side by side, and one large source is inflated by
/// one thread while the others parse. Surveys of threads are merged at the end; as the merge is
/// order-free, the result is the same for any number of threads.
///
/// Memory: a block a thread, twice, besides the surveys; readers of waiting sources hold nothing.
public final class Investigation: @unchecked Sendable {
  private struct Task {
    var block: Block
    var source: PreparedSource
  }
  private let options: ReadingOptions
  private let sources: [Source]
  private let lock = NSCondition()
  /// Opened sources that nobody reads at the moment, in the order in which they were left.
  private var idle: [Int] = []
  private var prepared: [PreparedSource?]
  private var tasks: [Task] = []
  /// The order in which sources are opened.
  private let order: [Int]
  private var nextWaiting = 0
  private var unfinished: Int
  private var bytesRead: UInt64 = 0
  private var failure: (any Error)?
  /// Sources that could not be opened or are of a kind that is not read.
  public private(set) var skipped: [Inventory.Skipped] = []
  private let onProgress: (@Sendable (Progress) -> Void)?

  public init(
    _ sources: [Source], options: ReadingOptions,
    progress: (@Sendable (Progress) -> Void)? = nil
  ) {
    self.sources = sources.filter { source in
      !options.exclude.contains {
        globMeans($0, label: source.label, host: hostOfLabel(source.label))
      }
    }
    order = orderOfOpening(self.sources)
    self.options = options
    prepared = [PreparedSource?](repeating: nil, count: self.sources.count)
    unfinished = self.sources.count
    onProgress = progress
  }

  /// - Throws: an option that cannot be used, such as an unknown zone or format.
  public func survey() throws -> Survey {
    let threads = options.threads
    let parts = Mutex<[Survey]>([])
    let window = options.window
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      var surveyor = Surveyor(window: window, clocks: options.clocks)
      work(&surveyor)
      let part = surveyor.finish()
      parts.withLock { $0.append(part) }
    }
    if let failure { throw failure }
    // Taken out, not copied: what is shared would be copied whole at the first change.
    var all: [Survey] = []
    parts.withLock { swap(&$0, &all) }
    guard var merged = all.popLast() else { return Survey() }
    while let part = all.popLast() { merged.merge(part) }
    return merged
  }

  private enum Step {
    case parse(Task)
    case read(Int)
    case over
  }

  private func nextStep() -> Step {
    lock.lock()
    defer { lock.unlock() }
    while true {
      if failure != nil { return .over }
      // Parsing first keeps the queue short; but one block ahead per thread keeps all busy.
      if !tasks.isEmpty {
        // The queue is a few blocks long; what is taken must not stay in it, or its memory would.
        return .parse(tasks.removeFirst())
      }
      if let i = readable() { return .read(i) }
      if unfinished == 0 { return .over }
      lock.wait()
    }
  }

  /// A source whose reader is free, or the next one that nobody has opened.
  private func readable() -> Int? {
    if !idle.isEmpty { return idle.removeFirst() }
    guard nextWaiting < sources.count else { return nil }
    nextWaiting += 1
    return order[nextWaiting - 1]
  }

  private func work(_ surveyor: inout Surveyor) {
    var record = LogRecord()
    while true {
      switch nextStep() {
      case .over:
        lock.lock()
        lock.broadcast()
        lock.unlock()
        return
      case .read(let i): read(i, &surveyor)
      case .parse(let task):
        survey(task.block, task.source, &record, &surveyor)
      }
    }
  }

  private func read(_ i: Int, _ surveyor: inout Surveyor) {
    var source = prepared[i]
    if source == nil {
      do {
        source = try prepare(sources[i], options)
      } catch let error as AcquisitionError {
        lock.lock()
        skipped.append(Inventory.Skipped(label: sources[i].label, reason: error.description))
        finish(i)
        lock.unlock()
        return
      } catch {
        lock.lock()
        failure = error
        lock.broadcast()
        lock.unlock()
        return
      }
    }
    guard let source else { return }
    let before = source.reader.consumedBytes
    let block = try? source.reader.next(framer: source.format.framer)
    let after = source.reader.consumedBytes
    lock.lock()
    prepared[i] = source
    bytesRead &+= after > before ? after - before : 0
    if let block {
      tasks.append(Task(block: block, source: source))
      idle.append(i)
      lock.broadcast()
      let progress = makeProgress()
      lock.unlock()
      onProgress?(progress)
    } else {
      finish(i)
      let progress = makeProgress()
      lock.unlock()
      surveyor.account(account(of: source))
      onProgress?(progress)
    }
  }

  /// Call with the lock held.
  private func finish(_ i: Int) {
    // Ten thousand readers that are done would hold ten thousand samples and names.
    prepared[i] = nil
    unfinished -= 1
    lock.broadcast()
  }

  private func makeProgress() -> Progress {
    Progress(
      bytesRead: bytesRead,
      bytesTotal: sources.reduce(0) { $0 + UInt64(max(0, $1.size)) },
      sourcesDone: sources.count - unfinished, sources: sources.count)
  }

  private func account(of source: PreparedSource) -> SourceAccount {
    var account = source.account
    let facts = source.reader.facts
    account.compression = facts.compression
    account.compressedBytes = facts.compressedBytes
    account.bytes = facts.bytes
    account.lines = facts.lines
    account.sha256 = facts.sha256
    account.oversized = facts.oversizedRecords
    account.isComplete = true
    account.damages = facts.damages.map {
      DamageNote(
        kind: $0.kind.rawValue, compressedOffset: $0.compressedOffset,
        decompressedOffset: $0.decompressedOffset, detail: $0.detail)
    }
    return account
  }

  private func survey(
    _ block: Block, _ source: PreparedSource, _ record: inout LogRecord, _ surveyor: inout Surveyor
  ) {
    surveyor.beginBlock()
    forEachFrame(of: block, source.format.framer) { frame, position in
      record.reset()
      let outcome = source.format.parser.parse(frame, context: source.stamps, into: &record)
      if outcome == .parsed {
        surveyor.observe(record, frame: frame, in: source.context, at: position)
      } else {
        surveyor.reject(outcome, frame, in: source.context, at: position)
      }
    }
  }
}

extension Framer {
  /// Whether a frame may hold several lines.
  var mayJoinLines: Bool { !(self is LineFramer) }
}

/// Hands the frames of a block to `body`, without their last line end, with their positions.
func forEachFrame(
  of block: Block, _ framer: any Framer, _ body: (Span<UInt8>, FramePosition) -> Void
) {
  let framerMayJoinLines = framer.mayJoinLines
  block.withBytes { all in
    var start = 0
    var line = block.firstLine
    while start < all.count {
      let end = framer.frameEnd(in: all, from: start, isLast: true) ?? all.count
      var length = end
      while length > start, all[length - 1] == 0x0a || all[length - 1] == 0x0d { length -= 1 }
      body(
        all.extracting(start..<length),
        FramePosition(offset: block.offset + UInt64(start), line: line))
      // Nearly all frames are one line: only what lies within one of several is counted byte by
      // byte.
      if end > length { line += 1 }
      if end > length + 1 { for i in length..<(end - 1) where all[i] == 0x0a { line += 1 } }
      if framerMayJoinLines { for i in start..<length where all[i] == 0x0a { line += 1 } }
      start = max(end, start + 1)
    }
  }
}
