import Patterns
import Records

/// How fast a format is read, on its own samples over and over.
public struct FormatSpeed: Sendable {
  public var format: String
  /// Nanoseconds of processor time a record, cutting and parsing.
  public var nanoseconds: Double
  /// Bytes of a record in the mean.
  public var bytes: Double
  /// Nanoseconds that PCRE2's JIT takes to match the same lines, no more: with the format's own
  /// expression if it is one; for formats read by hand with one that finds the same parts.
  public var pattern: Double
  /// Nanoseconds to have a record from that match, its time and numbers evaluated as ours are; for a
  /// format that is an expression this is what it takes anyway.
  public var patternRecord: Double
  /// Whether it is read by hand.
  public var isByHand: Bool
}

/// Expressions that stand against parsers written by hand. Groups are named as `PatternParser` knows
/// them; one that begins with \G is matched over and over and has a key and a value.
private enum Rival {
  static let accessLog =
    #"^(?<ip>\S+) (?<ident>\S+) (?<user>\S+) \[(?<time>[^\]]+)\] "(?<method>\S+) (?<path>\S+) ?(?<protocol>[^"]*)" (?<status_code>\d{3}|-) (?<bytes>\d+|-)(?: "(?<referer>(?:[^"\\]|\\.)*)" "(?<user_agent>(?:[^"\\]|\\.)*)")?"#
  static let json =
    #"\G[{,]\s*"((?:[^"\\]|\\.)*)"\s*:\s*("(?:[^"\\]|\\.)*"|(?=\{)|\[(?=\{)|\[[^\]]*\]|[^,}\s]+)[]}]*"#
  static let logfmt = #"\G\s*([^=\s]+)=("(?:[^"\\]|\\.)*"|\S*)"#
  static let syslog =
    #"^(?:<\d+>)?(?<time>\w{3} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) (?<host>\S+) (?<service>[^\s:\[]+)(?:\[(?<pid>\d+)\])?: (?<msg>.*?(?:from (?<ip>\S+) port (?<port>\d+))?.*)$"#
  static let text =
    #"^\W*(?<time>[\d-]+[T ][\d:,.]+\S*)\W+(?:(?<level>\w+)\W+)?(?:\[(?<thread>[^\]]*)\]\W+)?(?:(?<logger>\S+?):? )?(?<msg>.*)$"#

  static func pattern(for format: LogFormat, sample: [UInt8]) -> String {
    if sample.first == 0x7b { return json }
    if format.family.contains("clf") { return accessLog }
    if format.family.contains("logfmt") { return logfmt }
    return format.family.contains("syslog") ? syslog : text
  }
}

/// Measures one format.
///
/// - Parameters:
///   - clock: nanoseconds of processor time that this thread has used.
///   - records: how many to read.
/// - Returns: `nil` for a format without samples.
public func speed(
  of format: LogFormat, records: Int, clock: () -> UInt64
) -> FormatSpeed? {
  let context = StampContext(reference: Timestamp(seconds: 1_767_225_600))
  var samples: [[UInt8]] = []
  var record = LogRecord()
  for line in format.accepts {
    let bytes = Array(line.utf8)
    record.reset()
    if format.parser.parse(bytes.span, context: context, into: &record) == .parsed {
      samples.append(bytes + [0x0a])
    }
  }
  guard !samples.isEmpty else { return nil }
  var text: [UInt8] = []
  var count = 0
  while text.count < 256 << 10 {
    text += samples[count % samples.count]
    count += 1
  }
  let rounds = max(1, records / count)
  func measure(_ body: () -> Void) -> Double {
    body()
    var best = UInt64.max
    // The least of several: whatever else runs only adds.
    for _ in 0..<3 {
      let start = clock()
      for _ in 0..<rounds { body() }
      best = min(best, clock() - start)
    }
    return Double(best) / Double(rounds * count)
  }
  let parsing = measure {
    var start = 0
    while start < text.count,
      let end = format.framer.frameEnd(in: text.span, from: start, isLast: true)
    {
      record.reset()
      _ = format.parser.parse(
        text.span.extracting(start..<(end - 1)), context: context, into: &record)
      start = end
    }
  }
  let own = (format.parser as? PatternParser)?.source
  let source = own ?? Rival.pattern(for: format, sample: samples[0])
  guard let pattern = try? Pattern(source) else { return nil }
  let isRepeated = source.hasPrefix(#"\G"#)
  func match(_ line: Span<UInt8>, _ body: (Span<UInt8>, Span<Int>) -> Void) {
    guard isRepeated else {
      pattern.match(in: line) { body(line, $0) }
      return
    }
    var from = 0
    while from < line.count {
      let rest = line.extracting(from..<line.count)
      var next = 0
      pattern.match(in: rest) { offsets in
        next = offsets[1]
        body(rest, offsets)
      }
      if next == 0 { break }
      from += next
    }
  }
  func eachLine(_ body: (Span<UInt8>) -> Void) {
    var start = 0
    while start < text.count, let end = find(0x0a, in: text.span, from: start) {
      body(text.span.extracting(start..<end))
      start = end + 1
    }
  }
  let matching = measure { eachLine { match($0) { _, _ in } } }
  let whole = own == nil && !isRepeated ? PatternParser(source) : nil
  let evaluating =
    own != nil
    ? parsing
    : measure {
      eachLine { line in
        record.reset()
        if let whole {
          _ = whole.parse(line, context: context, into: &record)
          return
        }
        match(line) { rest, offsets in
          guard offsets.count >= 6, offsets[2] >= 0, offsets[4] >= 0 else { return }
          var value = offsets[4]..<offsets[5]
          let isNumber = !value.isEmpty && isDigit(rest[value.lowerBound])
          if value.count >= 2, rest[value.lowerBound] == 0x22 {
            value = (value.lowerBound + 1)..<(value.upperBound - 1)
          }
          _ = assign(
            KeyNames.meaning(rest.extracting(offsets[2]..<offsets[3])),
            key: offsets[2]..<offsets[3],
            value: value, isNumber: isNumber, in: rest, context: context, to: &record)
        }
      }
    }
  return FormatSpeed(
    format: format.name, nanoseconds: parsing, bytes: Double(text.count) / Double(count),
    pattern: matching, patternRecord: evaluating, isByHand: own == nil)
}
