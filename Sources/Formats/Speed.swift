import Patterns
import Records

/// How fast a format is read, on its own samples over and over.
public struct FormatSpeed: Sendable {
  public var format: String
  /// Nanoseconds of processor time a record, cutting and parsing.
  public var nanoseconds: Double
  /// Bytes of a record in the mean.
  public var bytes: Double
  /// Nanoseconds that PCRE2's JIT takes for the same lines: for the format's own expression if it is
  /// one; for formats read by hand an expression that finds the same parts.
  public var pattern: Double
  /// Whether it is read by hand.
  public var isByHand: Bool
}

/// Expressions that stand against parsers written by hand.
private let rivals: [(family: String, pattern: String)] = [
  (
    "clf",
    #"^(\S+) (\S+) (\S+) \[([^\]]+)\] "(\S+) (\S+) ?([^"]*)" (\d{3}|-) (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?"#
  ),
  ("json", #"\G[{,]\s*"((?:[^"\\]|\\.)*)"\s*:\s*("(?:[^"\\]|\\.)*"|\{|\[[^\]]*\]|[^,}\s]+)"#),
  ("logfmt", #"\G\s*([^=\s]+)=("(?:[^"\\]|\\.)*"|\S*)"#),
  (
    "syslog",
    #"^(?:<\d+>)?(\w{3} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) (\S+) ([^\s:\[]+)(?:\[(\d+)\])?: (.*?(?:from (\S+) port (\d+))?.*)$"#
  ),
  (
    "",
    #"^\W*([\d-]+[T ][\d:,.]+\S*)\W+(?:(\w+)\W+)?(?:\[([^\]]*)\]\W+)?(?:(\S+?):? )?(.*)$"#
  ),
]

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
  let source =
    own ?? rivals.first { format.family.contains($0.family) || $0.family.isEmpty }?.pattern ?? ""
  guard let pattern = try? Pattern(source) else { return nil }
  let isRepeated = source.hasPrefix(#"\G"#)
  let matching = measure {
    var start = 0
    while start < text.count, let end = find(0x0a, in: text.span, from: start) {
      let line = text.span.extracting(start..<end)
      if isRepeated {
        var from = 0
        while from < line.count {
          var next = 0
          pattern.match(in: line.extracting(from..<line.count)) { next = $0[1] }
          if next == 0 { break }
          from += next
        }
      } else {
        pattern.match(in: line) { _ in }
      }
      start = end + 1
    }
  }
  return FormatSpeed(
    format: format.name, nanoseconds: parsing, bytes: Double(text.count) / Double(count),
    pattern: matching, isByHand: own == nil)
}
