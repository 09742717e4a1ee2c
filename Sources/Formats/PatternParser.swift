import Patterns
import Records
import Synchronization

/// A format that is data: a regular expression whose named groups are fields.
///
/// A group's name says what it holds, by the names of `KeyNames`: `time`, `level`, `msg`, `host`,
/// `service`, `ip`, `user`, `method`, `path`, `status_code`, `bytes`, `duration` (seconds),
/// `latency_ms` and so on. A digit at the end tells alternatives apart (`ip2`). Groups of other
/// names are gauges where they are numbers.
///
/// The expression is compiled with the first line that it is tried on.
final class PatternParser: RecordParser {
  private struct Group: Sendable {
    var number: Int
    var name: [UInt8]
    var meaning: KeyMeaning?
  }
  private struct Compiled: Sendable {
    var pattern: Pattern
    var groups: [Group]
  }

  let source: String
  private let severity: Severity
  private let outcome: Outcome
  /// What groups mean here, before the general names.
  private let fields: KeyTable<KeyMeaning>
  private let layouts: [TimeLayout]
  private let levels: [LevelWord]
  private let compiled = Mutex<Result<Compiled, Pattern.SyntaxError>?>(nil)

  /// - Parameters:
  ///   - severity: of records that name no level.
  ///   - outcome: of records that do not say how it ended.
  ///   - fields: meanings of group names that the general names do not know.
  ///   - layouts: how stamps are written, tried before the forms that are known anyway.
  ///   - levels: what stands for which level, in order.
  init(
    _ source: String, severity: Severity = .unknown, outcome: Outcome = .unknown,
    fields: KeyTable<KeyMeaning> = KeyTable(), layouts: [TimeLayout] = [], levels: [LevelWord] = []
  ) {
    self.source = source
    self.severity = severity
    self.outcome = outcome
    self.fields = fields
    self.layouts = layouts
    self.levels = levels
  }

  /// Why the expression cannot be compiled, or `nil`.
  var fault: Pattern.SyntaxError? {
    guard case .failure(let error) = ready() else { return nil }
    return error
  }

  /// Names of all groups.
  func groupNames() -> [String] {
    guard case .success(let compiled) = ready() else { return [] }
    return compiled.pattern.groups.map(\.name)
  }

  /// How many bytes of a line fit before the first that does not.
  func reach(_ b: Span<UInt8>) -> Int {
    guard case .success(let compiled) = ready() else { return 0 }
    return compiled.pattern.reach(in: b.extracting(0..<(find(0x0a, in: b, from: 0) ?? b.count)))
  }

  /// Whether a line has the shape, whatever its time says.
  func hasShape(_ b: Span<UInt8>) -> Bool {
    guard case .success(let compiled) = ready() else { return false }
    return compiled.pattern.matches(b)
  }

  private func ready() -> Result<Compiled, Pattern.SyntaxError> {
    compiled.withLock { state in
      if let state { return state }
      let made: Result<Compiled, Pattern.SyntaxError>
      do throws(Pattern.SyntaxError) {
        let pattern = try Pattern(source)
        let groups = pattern.groups.map { group in
          var name = Array(group.name.utf8)
          while let last = name.last, isDigit(last) { name.removeLast() }
          return Group(
            number: group.number, name: name, meaning: KeyNames.meaning(name.span, before: fields))
        }
        made = .success(Compiled(pattern: pattern, groups: groups.sorted { $0.number < $1.number }))
      } catch {
        made = .failure(error)
      }
      state = made
      return made
    }
  }

  func parse(_ b: Span<UInt8>, context: StampContext, into record: inout LogRecord)
    -> ParseOutcome
  {
    let n = trimmedEnd(b)
    guard n > 0 else { return .ignored }
    guard case .success(let compiled) = ready() else { return .notThisFormat }
    let end = find(0x0a, in: b, from: 0, to: n) ?? n
    let line = b.extracting(0..<end)
    var outcome = ParseOutcome.notThisFormat
    let found = compiled.pattern.match(in: line) { offsets in
      outcome = take(compiled, offsets, b, end, n, context, &record)
    }
    return found ? outcome : .notThisFormat
  }

  private func take(
    _ compiled: borrowing Compiled, _ offsets: Span<Int>, _ b: Span<UInt8>, _ end: Int, _ n: Int,
    _ context: StampContext, _ record: inout LogRecord
  ) -> ParseOutcome {
    var badTime = false
    let groups = compiled.groups.span
    for g in groups.indices {
      let at = groups[g].number * 2
      guard at + 1 < offsets.count else { continue }
      var (lower, upper) = (offsets[at], offsets[at + 1])
      guard lower >= 0, lower <= upper, upper <= end else { continue }
      // A quoted or bracketed dash stands for nothing.
      if upper - lower == 1, b[lower] == 0x2d { continue }
      // What the message leaves of its record's further lines is part of it.
      if upper == end, n > end, case .field(.message)? = groups[g].meaning { upper = n }
      while lower < upper, case .field? = groups[g].meaning, b[lower] == 0x20 { lower += 1 }
      if let meaning = groups[g].meaning {
        if case .time = meaning, !layouts.isEmpty,
          let time = TimeLayout.first(of: layouts, b, lower..<upper, context)
        {
          if !record.time.isKnown { record.time = time }
          continue
        }
        if case .level = meaning, !levels.isEmpty {
          if let level = LevelWord.level(of: b.extracting(lower..<upper), levels) {
            record.severity = level
            continue
          }
        }
        if !assign(
          meaning, key: 0..<0, value: lower..<upper,
          isNumber: lower < upper && (isDigit(b[lower]) || b[lower] == 0x2d), in: b,
          context: context, to: &record)
        {
          badTime = true
        }
      }
    }
    if !record.time.isKnown { return badTime ? .badTimestamp : .notThisFormat }
    if record.severity == .unknown { record.severity = severity }
    if record.outcome == .unknown { record.outcome = outcome }
    if !record[.message].isEmpty {
      readLogin(b, &record)
      readSender(b, &record)
    }
    return .parsed
  }
}

/// What a level is written as in a format that a user defines.
struct LevelWord: Sendable {
  var severity: Severity
  var pattern: Pattern

  static func level(of word: Span<UInt8>, _ levels: [LevelWord]) -> Severity? {
    for level in levels where level.pattern.matches(word) { return level.severity }
    return nil
  }
}

extension LogFormat {
  /// A format whose records are told by a regular expression.
  ///
  /// - Parameters:
  ///   - joins: whether lines that do not begin with a time continue the record before.
  init(
    _ name: String, _ title: String, _ family: String, role: Role = .unknown,
    service: String = "", joins: Bool = false, marks: [String] = [], rank: Int = 8,
    severity: Severity = .unknown, outcome: Outcome = .unknown, pattern: String,
    accepts: [String], refuses: [String] = ["hello, world", "2016-12-19 something"]
  ) {
    self.init(
      name, title, family: family, role: role, service: service,
      framer: joins ? StartLineFramer(begins: beginsWithStamp) : LineFramer(),
      parser: PatternParser(pattern, severity: severity, outcome: outcome), marks: marks,
      rank: rank, accepts: accepts, refuses: refuses)
    joinsByStamp = joins
  }

  /// A dialect of JSON Lines, told by keys that each record has.
  ///
  /// - Parameter keys: what keys mean here that mean nothing or something else in general.
  init(
    _ name: String, _ title: String, _ family: String = "json, jsonl, ndjson",
    role: Role = .unknown, service: String = "", marks: [String], rank: Int = 8,
    keys: KeyValuePairs<String, KeyMeaning> = [:], accepts: [String],
    refuses: [String] = ["hello, world", "{\"a\":1}"]
  ) {
    self.init(
      name, title, family: family, role: role, service: service,
      parser: JSONLineParser(keys: KeyTable(keys)), marks: marks, rank: rank, accepts: accepts,
      refuses: refuses)
  }
}
