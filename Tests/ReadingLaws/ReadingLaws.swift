import Acquisition
import Formats
import Records

/// What must hold of every reader, whatever the bytes: the fuzzers search for what breaks it, the
/// tests hold it against what they found.
///
/// Broken laws trap: that is what a fuzzer sees.
public enum ReadingLaws {
  private static let context = StampContext(
    reference: Timestamp(seconds: 1_293_100_000, nanoseconds: 0))
  private static let local = StampContext(
    zone: ZoneTable(
      name: "x", base: 3600, steps: [.init(localStart: 1_269_741_600, offsetSeconds: 7200)]),
    reference: .unknown, assumedYear: 2012)

  private static let framers: [any Framer] = {
    var seen: Set<String> = []
    return FormatRegistry.all.compactMap { format in
      seen.insert(String(describing: type(of: format.framer))).inserted ? format.framer : nil
    }
  }()

  /// A framer moves on, stays within its bytes, and cuts the same frames wherever the bytes are split
  /// into blocks. The first byte chooses the framer.
  public static func framer(_ bytes: Span<UInt8>) {
    guard bytes.count > 2 else { return }
    let framer = framers[Int(bytes[0]) % framers.count]
    let text = bytes.extracting(1..<bytes.count)
    var whole: [Int] = []
    var start = 0
    while start < text.count {
      guard let end = framer.frameEnd(in: text, from: start, isLast: true) else {
        fatalError("a last frame was not given out")
      }
      precondition(end > start && end <= text.count, "a frame ends outside of its bytes")
      whole.append(end)
      start = end
    }
    // A block ends at the last boundary; the next begins there.
    let boundary = framer.lastBoundary(in: text)
    precondition(boundary >= 0 && boundary <= text.count)
    precondition(boundary == 0 || whole.contains(boundary), "a boundary lies within a frame")
    var parts: [Int] = []
    start = 0
    let block = text.extracting(0..<boundary)
    while start < boundary {
      guard let end = framer.frameEnd(in: block, from: start, isLast: true) else { break }
      parts.append(end)
      start = end
    }
    precondition(parts.elementsEqual(whole.prefix(parts.count)), "a block has other frames")
  }

  /// A parser returns, and all ranges lie within the record's text. Two bytes choose the format.
  public static func parser(_ bytes: Span<UInt8>) {
    guard bytes.count > 2 else { return }
    let formats = FormatRegistry.all
    let format = formats[(Int(bytes[0]) << 8 | Int(bytes[1])) % formats.count]
    read(bytes.extracting(2..<bytes.count), format)
  }

  /// A reader of stamps ends, and says an end within the bytes and behind its beginning.
  public static func stamps(_ bytes: Span<UInt8>) {
    for context in [context, local] {
      for i in 0..<min(bytes.count, 24) {
        check(Stamps.any(bytes, i, context), i, bytes.count)
        check(Stamps.timeOfDay(bytes, i, context), i, bytes.count)
        check(Stamps.tai64n(bytes, i), i, bytes.count)
        _ = Stamps.epoch(bytes, i..<bytes.count)
      }
    }
  }

  /// The detector decides on any sample, decides the same again, and what it chose reads the sample
  /// without harm.
  public static func detector(_ bytes: Span<UInt8>) {
    guard bytes.count > 0 else { return }
    let found = detectFormat(sample: bytes, context: context)
    precondition(found.share >= 0 && found.share <= 1)
    precondition(found.format.name == detectFormat(sample: bytes, context: context).format.name)
    read(bytes, found.format)
  }

  /// A stamp's layout that a user wrote compiles or is refused, and reads any text without harm. The
  /// first byte says how much is the layout.
  public static func layouts(_ bytes: Span<UInt8>) {
    guard bytes.count > 2 else { return }
    let cut = 1 + min(bytes.count - 1, Int(bytes[0]) % 48)
    var layout: [UInt8] = []
    for i in 1..<cut { layout.append(bytes[i]) }
    var definition = FormatDefinition()
    definition.name = "x"
    definition.patterns = ["(?s)^(?<time>.+)$"]
    definition.layouts = [String(decoding: layout, as: UTF8.self)]
    guard let format = try? definition.format() else { return }
    read(bytes.extracting(cut..<bytes.count), format)
  }

  /// UTF-16 gives the same text in whatever pieces it comes. The first byte says where it is cut.
  public static func wideText(_ bytes: Span<UInt8>) {
    guard bytes.count > 2 else { return }
    let text = bytes.extracting(1..<bytes.count)
    let cut = Int(bytes[0]) % text.count
    unsafe text.withUnsafeBytes { raw in
      guard var whole = unsafe UTF16Decoder(first: raw) else { return }
      var parted = whole
      var (first, second): ([UInt8], [UInt8]) = ([], [])
      unsafe whole.decode(raw, into: &first)
      unsafe parted.decode(UnsafeRawBufferPointer(rebasing: raw[..<cut]), into: &second)
      unsafe parted.decode(UnsafeRawBufferPointer(rebasing: raw[cut...]), into: &second)
      precondition(first == second, "a cut changes the text")
      precondition(String(validating: first, as: UTF8.self) != nil, "this is no UTF-8")
    }
  }

  private static func read(_ text: Span<UInt8>, _ format: LogFormat) {
    var record = LogRecord()
    var start = 0
    while start < text.count,
      let end = format.framer.frameEnd(in: text, from: start, isLast: true)
    {
      let frame = text.extracting(start..<end)
      record.reset()
      if format.parser.parse(frame, context: context, into: &record) == .parsed {
        precondition(record.time.isKnown, "a record without a time was parsed")
        check(record, record.usesDecoded ? record.decoded.count : frame.count)
      }
      json(frame)
      start = end
    }
  }

  /// An object in which nothing is escaped is read where it stands, another is decoded: both give the
  /// same record.
  private static func json(_ frame: Span<UInt8>) {
    guard let format = FormatRegistry.named("json-lines"), frame.count > 1, frame[0] == 0x7b else {
      return
    }
    var text: [UInt8] = []
    for i in frame.indices {
      if frame[i] == 0x5c { return }
      text.append(frame[i])
    }
    var escaped = Array("{\"zz\":\"\\n\"".utf8)
    if let next = text.dropFirst().first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }),
      next != 0x7d
    {
      escaped.append(0x2c)
    }
    escaped += text.dropFirst()
    var plain = LogRecord()
    var decoded = LogRecord()
    let outcome = format.parser.parse(frame, context: context, into: &plain)
    precondition(
      format.parser.parse(escaped.span, context: context, into: &decoded) == outcome,
      "an escape changes whether an object is read")
    guard outcome == .parsed else { return }
    precondition(
      plain.time == decoded.time && plain.severity == decoded.severity
        && plain.outcome == decoded.outcome && plain.status == decoded.status
        && plain.bytes == decoded.bytes && plain.latencyMicroseconds == decoded.latencyMicroseconds
        && plain.gaugeCount == decoded.gaugeCount, "an escape changes a record")
    if plain.usesDecoded { text = plain.decoded }
    for name in FieldName.allCases {
      precondition(
        text[plain[name].range] == decoded.decoded[decoded[name].range], "an escape changes a field"
      )
    }
    for i in 0..<plain.gaugeCount {
      precondition(
        text[plain.gauges[i].name.range] == decoded.decoded[decoded.gauges[i].name.range]
          && plain.gauges[i].thousandths == decoded.gauges[i].thousandths,
        "an escape changes a gauge")
    }
  }

  private static func check(_ record: LogRecord, _ limit: Int) {
    for name in FieldName.allCases {
      let range = record[name]
      precondition(range.isEmpty || Int(range.upper) <= limit, "a field lies outside of its text")
    }
    precondition(record.gaugeCount <= LogRecord.gaugeLimit)
    for i in 0..<record.gaugeCount {
      let range = record.gauges[i].name
      precondition(range.isEmpty || Int(range.upper) <= limit, "a name lies outside of its text")
    }
  }

  private static func check(_ stamp: Stamp?, _ start: Int, _ count: Int) {
    guard let stamp else { return }
    precondition(stamp.end > start && stamp.end <= count, "a stamp ends outside of its bytes")
  }
}
