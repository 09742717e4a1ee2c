public import Records

/// Which format a source has, and why.
public struct Detection: Sendable {
  public struct Candidate: Sendable {
    public var name: String
    /// Share of the sampled frames that it reads.
    public var share: Double
    /// First frame that it does not read.
    public var mismatch: String
  }

  public var format: LogFormat
  /// A sentence that a user can read.
  public var reason: String
  public var share: Double
  /// All candidates that read anything, best first.
  public var candidates: [Candidate]

  public init(format: LogFormat, reason: String, share: Double, candidates: [Candidate]) {
    self.format = format
    self.reason = reason
    self.share = share
    self.candidates = candidates
  }
}

public enum DetectionDefault {
  /// Frames that are tried of a sample.
  public static let frames = 200
  /// Frames after which a format that has read none is given up.
  public static let patience = 24
  /// Least share of frames that a format must read.
  public static let leastShare = 0.34
  /// How much more a lower-ranked format must read to win.
  public static let margin = 0.08
  /// How much more a format that takes any line with a time must read to win.
  public static let generalMargin = 0.4
  /// Other formats that one source may mix.
  public static let cascade = 3
  /// A stamp outside of these years is a misreading.
  public static let years: ClosedRange<Int32> = 1990...2100
}

/// Finds the format by content alone.
///
/// - Parameters:
///   - sample: the first bytes of the source; a last frame that is cut off is not counted.
///   - own: formats of the user, tried before the built-in ones.
public func detectFormat(
  sample: Span<UInt8>, context: StampContext, own: [LogFormat] = []
) -> Detection {
  guard find(0x1b, in: sample, from: 0, to: min(sample.count, 4096)) != nil else {
    return detectPlain(sample, context, own)
  }
  let plain = withoutColours(sample)
  var found = detectPlain(plain.span, context, own)
  if found.format.name != "plain-text",
    found.format.framer is LineFramer
      || found.format.framer is StartLineFramer
  {
    found.format.parser = ColouredParser(inner: found.format.parser)
    found.format.framer = LineFramer()
    found.reason += "; colour codes are passed over"
  }
  return found
}

private func detectPlain(
  _ sample: Span<UInt8>, _ context: StampContext, _ own: [LogFormat]
) -> Detection {
  var best: (format: LogFormat, share: Double, read: Int, of: Int)?
  var candidates: [Detection.Candidate] = []
  var formats = own + FormatRegistry.inOrderOfTrial
  if let csv = csvFormat(sample) {
    formats.insert(csv, at: own.count + FormatRegistry.commonest.count)
  }
  if let headered = headeredFormat(sample) {
    formats.insert(headered, at: own.count + FormatRegistry.commonest.count)
  }
  let isStamped = anyLineBeginsWithStamp(sample)
  for format in formats {
    if let best, best.share == 1, best.read >= DetectionDefault.patience,
      format.rank <= best.format.rank
    {
      continue
    }
    if format.joinsByStamp, !isStamped { continue }
    if !format.marks.allSatisfy({ contains($0, sample) }) { continue }
    let score = trial(format, sample, context)
    guard score.read > 0 else { continue }
    let share = Double(score.read) / Double(max(1, score.tried))
    candidates.append(
      Detection.Candidate(name: format.name, share: share, mismatch: score.mismatch))
    if let current = best {
      let gain = share - current.share
      let wins =
        format.rank > current.format.rank
        ? gain > -margin(format, current.format) : gain > margin(current.format, format)
      if wins { best = (format, share, score.read, score.tried) }
    } else {
      best = (format, share, score.read, score.tried)
    }
  }
  candidates.sort { $0.share == $1.share ? $0.name < $1.name : $0.share > $1.share }
  if let best, best.share >= DetectionDefault.leastShare {
    let rival = candidates.first { $0.name != best.format.name }
    let reason =
      "\(best.read) of \(best.of) sampled records read as \(best.format.name)"
      + (rival.map { "; next best, \($0.name), read \(percent($0.share))" }
        ?? "; no more special format reads any")
    if best.read < best.of, let mixed = cascade(best.format, formats, sample, context) {
      return Detection(
        format: mixed.format,
        reason: reason + "; lines that it does not read are read as "
          + mixed.others.joined(separator: " or "), share: best.share, candidates: candidates)
    }
    return Detection(format: best.format, reason: reason, share: best.share, candidates: candidates)
  }
  if sample.count == 0 {
    let empty = LogFormat(
      "empty", "no content", family: "empty, none", parser: NoParser(), rank: 0)
    return Detection(format: empty, reason: "the source is empty", share: 0, candidates: [])
  }
  let plain = LogFormat(
    "plain-text", "text without recognisable times", family: "text", parser: NoParser(), rank: 0)
  let reason =
    "no line holds a time that is known"
    + (candidates.first.map {
      "; nearest was \($0.name) with \(percent($0.share)) of the records"
    } ?? "")
  return Detection(format: plain, reason: reason, share: 0, candidates: candidates)
}

/// Whether any of the first lines begins with a stamp, as formats need that join lines by them.
private func anyLineBeginsWithStamp(_ sample: Span<UInt8>) -> Bool {
  var start = 0
  var lines = 0
  while start < sample.count, lines < DetectionDefault.patience * 4 {
    let end = find(0x0a, in: sample, from: start) ?? sample.count
    if beginsWithStamp(sample.extracting(start..<end)) { return true }
    start = end + 1
    lines += 1
  }
  return false
}

/// How much more the general format must read to win over the special one.
private func margin(_ special: LogFormat, _ general: LogFormat) -> Double {
  general.rank <= 2 && special.rank >= 6
    ? DetectionDefault.generalMargin : DetectionDefault.margin
}

/// The format with others behind it that read what it does not, as in files that several programs
/// write to.
private func cascade(
  _ format: LogFormat, _ formats: [LogFormat], _ sample: Span<UInt8>, _ context: StampContext
) -> (format: LogFormat, others: [String])? {
  guard format.framer is LineFramer, format.rank >= 4 else { return nil }
  var record = LogRecord()
  var unread: [Range<Int>] = []
  var start = 0
  while start < sample.count, unread.count < DetectionDefault.frames,
    let end = format.framer.frameEnd(in: sample, from: start, isLast: false)
  {
    let frame = sample.extracting(start..<end)
    record.reset()
    let outcome = format.parser.parse(frame, context: context, into: &record)
    if outcome != .parsed, outcome != .ignored { unread.append(start..<end) }
    start = end
  }
  guard !unread.isEmpty else { return nil }
  var others: [LogFormat] = []
  for other in formats.sorted(by: { $0.rank > $1.rank })
  where other.name != format.name && other.rank >= 5 && other.framer is LineFramer
    && others.count < DetectionDefault.cascade
  {
    let before = unread.count
    unread.removeAll { range in
      record.reset()
      return other.parser.parse(sample.extracting(range), context: context, into: &record)
        == .parsed && isPlausible(record)
    }
    if unread.count < before { others.append(other) }
    if unread.isEmpty { break }
  }
  var parsers = [format.parser] + others.map(\.parser)
  var names = others.map(\.name)
  // Last of all: a line that begins with a time has at least that.
  let stamped = TimestampedParser()
  let isStamped = unread.contains { range in
    record.reset()
    return stamped.parse(sample.extracting(range), context: context, into: &record) == .parsed
      && isPlausible(record)
  }
  if isStamped {
    parsers.append(stamped)
    names.append("text that begins with a time")
  }
  guard parsers.count > 1 else { return nil }
  var joined = format
  joined.parser = CascadeParser(parsers: parsers)
  return (joined, names)
}

private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

private func trial(_ format: LogFormat, _ sample: Span<UInt8>, _ context: StampContext) -> (
  read: Int, tried: Int, mismatch: String
) {
  var record = LogRecord()
  var start = 0
  var read = 0
  var tried = 0
  var mismatch = ""
  while start < sample.count, tried < DetectionDefault.frames {
    // Most formats are out of the question after a few lines.
    if read == 0, tried >= DetectionDefault.patience { break }
    guard let end = format.framer.frameEnd(in: sample, from: start, isLast: false) else {
      // The only frame of a short source counts even without a line end.
      guard tried == 0 else { break }
      let rest = sample.extracting(start..<sample.count)
      record.reset()
      let outcome = format.parser.parse(rest, context: context, into: &record)
      return (outcome == .parsed && isPlausible(record) ? 1 : 0, 1, "")
    }
    let frame = sample.extracting(start..<end)
    record.reset()
    switch format.parser.parse(frame, context: context, into: &record) {
    case .ignored: break
    case .parsed where isPlausible(record):
      read += 1
      tried += 1
    default:
      tried += 1
      if mismatch.isEmpty {
        let shown = frame.extracting(0..<min(120, trimmedEnd(frame)))
        mismatch = unsafe shown.withUnsafeBufferPointer {
          unsafe String(decoding: $0, as: UTF8.self)
        }
      }
    }
    start = end
  }
  return (read, tried, mismatch)
}

private func isPlausible(_ record: borrowing LogRecord) -> Bool {
  guard record.time.isKnown else { return false }
  let year = civilFromDays(record.time.seconds / 86400).year
  return DetectionDefault.years.contains(year)
}

private func contains(_ word: String, _ sample: Span<UInt8>) -> Bool {
  let bytes = Array(word.utf8)
  guard let first = bytes.first else { return true }
  var i = 0
  // Marks stand in every record, so a few kilobytes tell.
  let limit = min(sample.count, 16 << 10)
  while let next = find(first, in: sample, from: i, to: limit) {
    if next + bytes.count <= sample.count,
      bytes.indices.allSatisfy({ sample[next + $0] == bytes[$0] })
    {
      return true
    }
    i = next + 1
  }
  return false
}

/// A W3C extended or Zeek format made from the headers in the sample.
private func headeredFormat(_ sample: Span<UInt8>) -> LogFormat? {
  guard let parser = HeaderedParser(sample: sample) else { return nil }
  return parser.name == "zeek"
    ? LogFormat(
      "zeek", "Zeek (Bro), tab-separated", family: "zeek, bro, tsv", role: .host,
      parser: parser, rank: 10)
    : LogFormat(
      "w3c", "W3C extended log: IIS, CloudFront, firewalls",
      family: "w3c, iis, elf, extended log, windows firewall",
      role: .server, service: "web", parser: parser, rank: 10)
}

/// A CSV format made from the sample's first line, if that is a header.
private func csvFormat(_ sample: Span<UInt8>) -> LogFormat? {
  let end = find(0x0a, in: sample, from: 0) ?? sample.count
  guard let parser = CSVParser(header: sample.extracting(0..<end)) else { return nil }
  return LogFormat(
    "csv", "comma-separated values with a header", family: "csv", parser: parser, rank: 9)
}
