import Patterns
public import Records

/// A log format as a user writes it down, before it is compiled.
public struct FormatDefinition: Sendable {
  public var name = ""
  public var title = ""
  public var family = ""
  public var role = Role.unknown
  public var service = ""
  /// Regular expressions with named groups; the first that matches has the line. Empty for JSON.
  public var patterns: [String] = []
  /// JSON Lines: keys that each record has.
  public var marks: [String] = []
  public var isJSON = false
  /// Names of groups or keys, and the known name that they stand for.
  public var fields: [(name: String, meaning: String)] = []
  /// How stamps are written, in the letters of strptime.
  public var layouts: [String] = []
  /// Levels and the expressions for what stands for them.
  public var levels: [(level: String, pattern: String)] = []
  /// Whether lines that do not match continue the record before.
  public var joins = false
  public var severity = Severity.unknown
  public var outcome = Outcome.unknown
  public var accepts: [String] = []
  public var refuses: [String] = []

  public init() {}

  /// What is wrong with it, for whoever wrote it.
  public struct Fault: Error, CustomStringConvertible {
    public var description: String
  }

  /// Compiles it.
  public func format() throws(Fault) -> LogFormat {
    guard !name.isEmpty else { throw Fault(description: "a format without a name") }
    var meant: [(key: String, value: KeyMeaning)] = []
    for (field, meaning) in fields {
      guard let known = KeyNames.meaning(Array(meaning.utf8).span) else {
        throw Fault(
          description:
            "\(name): \"\(meaning)\" is no name that a field can stand for; known are time, level, msg, host, service, ip, user, node, peer, event, path, status_code, outcome, bytes, duration (seconds), latency_ms, version, platform, user_agent, request_id, error and their kin"
        )
      }
      meant.append((field.lowercased(), known))
    }
    let meanings = KeyTable(meant)
    var words: [LevelWord] = []
    for (level, pattern) in levels {
      let severity = Formats.severity(Array(level.utf8).span, 0..<level.utf8.count)
      guard severity != .unknown else {
        throw Fault(description: "\(name): \"\(level)\" is no level")
      }
      do throws(Pattern.SyntaxError) {
        words.append(LevelWord(severity: severity, pattern: try Pattern(pattern)))
      } catch {
        throw Fault(description: "\(name): \(error)")
      }
    }
    let layouts = layouts.map(TimeLayout.init)
    var result: LogFormat
    if isJSON {
      result = LogFormat(
        name, title.isEmpty ? name : title, family: family, role: role, service: service,
        parser: JSONLineParser(keys: meanings, layouts: layouts, levels: words),
        marks: marks.map { "\"\($0)\"" }, rank: FormatDefinition.rank)
    } else {
      guard !patterns.isEmpty else {
        throw Fault(description: "\(name): neither a pattern nor JSON")
      }
      let parsers = patterns.map {
        PatternParser(
          $0, severity: severity, outcome: outcome, fields: meanings, layouts: layouts,
          levels: words)
      }
      for parser in parsers {
        if let fault = parser.fault { throw Fault(description: "\(name): \(fault)") }
        let hasTime = parser.groupNames().contains { group in
          if case .time? = KeyNames.meaning(Array(group.utf8).span, before: meanings) {
            return true
          }
          return false
        }
        if !hasTime {
          throw Fault(
            description:
              "\(name): no group of the pattern is the time; call it (?<time>...): \(parser.source)"
          )
        }
      }
      let framer: any Framer =
        joins
        ? StartLineFramer { line in parsers.contains { $0.hasShape(line) } } : LineFramer()
      result = LogFormat(
        name, title.isEmpty ? name : title, family: family, role: role, service: service,
        framer: framer,
        parser: parsers.count == 1 ? parsers[0] : CascadeParser(parsers: parsers),
        rank: FormatDefinition.rank)
    }
    result.accepts = accepts
    result.refuses = refuses
    return result
  }

  /// Above all built-in formats: who writes a format down means it.
  static let rank = 20
}

/// What became of a format's samples.
public struct SampleCheck: Sendable {
  public var line: String
  public var isAccepted: Bool
  /// Whether that is as it should be.
  public var isRight: Bool
  public var time: Timestamp
  public var severity: Severity
  /// How many bytes fit, where the format is a pattern and the line does not match.
  public var reach: Int?
}

/// Tries a format on its own samples.
public func checkSamples(_ format: LogFormat, context: StampContext) -> [SampleCheck] {
  (format.accepts.map { ($0, true) } + format.refuses.map { ($0, false) }).map { line, wanted in
    let bytes = Array(line.utf8)
    var record = LogRecord()
    let accepted =
      format.parser.parse(bytes.span, context: context, into: &record) == .parsed
      && record.time.isKnown
    return SampleCheck(
      line: line, isAccepted: accepted, isRight: accepted == wanted, time: record.time,
      severity: record.severity, reach: accepted ? nil : reach(of: format, in: bytes.span))
  }
}

/// How many bytes of a line fit a format that is a pattern; `nil` for formats read by hand.
public func reach(of format: LogFormat, in line: Span<UInt8>) -> Int? {
  if let parser = format.parser as? PatternParser { return parser.reach(line) }
  if let cascade = format.parser as? CascadeParser {
    return cascade.parsers.compactMap { ($0 as? PatternParser)?.reach(line) }.max()
  }
  return nil
}
