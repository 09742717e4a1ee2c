public import Acquisition
import Formats
import Foundation
public import Records
import Surveys

/// One record as text, for `inquest parse`.
public struct RecordLine: Sendable {
  public var path: String
  public var line: UInt64
  /// Lines of the file that the record takes.
  public var lineCount: Int
  public var time: Timestamp
  public var format: String
  public var host: String
  public var sourceIP: String
  public var user: String
  public var severity: Severity
  public var message: String
  public var fields: [(name: String, value: String)]
  /// False for a frame that was not understood; `message` is its text then.
  public var isParsed: Bool
}

/// Reads sources in order and hands each frame to `body`, as text. The slow way, for eyes and scripts.
///
/// - Parameter body: returns false to stop.
public func forEachRecord(
  of sources: [Source], options: ReadingOptions,
  skipped: (Inventory.Skipped) -> Void, _ body: (RecordLine) throws -> Bool
) throws {
  try forEachOutcome(of: sources, options, skipped) { record, outcome, frame, place in
    try body(recordLine(record, outcome, frame, place.prepared, place.position))
  }
}

/// Hands the message of each frame to `body`, as bytes: the whole frame where it has none or was not
/// understood.
public func forEachMessage(
  of sources: [Source], options: ReadingOptions, skipped: (Inventory.Skipped) -> Void,
  _ body: (_ message: Span<UInt8>, _ source: Int, _ line: UInt64, _ lineCount: Int) -> Void
) throws {
  try forEachOutcome(of: sources, options, skipped) { record, outcome, frame, place in
    var lines = 1
    if place.prepared.format.framer.mayJoinLines {
      for i in frame.indices where frame[i] == 0x0a { lines += 1 }
    }
    func give(_ text: Span<UInt8>, _ range: Range<Int>) {
      body(
        text.extracting(min(range.lowerBound, text.count)..<min(range.upperBound, text.count)),
        place.number, place.position.line, lines)
    }
    let message = record[.message].range
    if outcome != .parsed || message.isEmpty {
      give(frame, 0..<frame.count)
    } else if record.usesDecoded {
      let decoded = record.decoded
      give(decoded.span, message)
    } else {
      give(frame, message)
    }
    return true
  }
}

/// Where a frame comes from.
private struct FramePlace {
  var prepared: PreparedSource
  /// Of the source, from 0.
  var number: Int
  var position: FramePosition
}

/// Parses the frames of sources in order. What is ignored or outside of the window is left out.
///
/// - Parameter body: returns false to stop.
private func forEachOutcome(
  of sources: [Source], _ options: ReadingOptions, _ skipped: (Inventory.Skipped) -> Void,
  _ body: (borrowing LogRecord, ParseOutcome, Span<UInt8>, FramePlace) throws -> Bool
) throws {
  var record = LogRecord()
  for (number, source) in sources.enumerated() {
    let prepared: PreparedSource
    do {
      prepared = try prepare(source, options)
    } catch let error as AcquisitionError {
      skipped(Inventory.Skipped(label: source.label, reason: error.description))
      continue
    }
    var failure: (any Error)?
    var goOn = true
    var place = FramePlace(
      prepared: prepared, number: number, position: FramePosition(offset: 0, line: 1))
    while goOn, let block = try prepared.reader.next(framer: prepared.format.framer) {
      forEachFrame(of: block, prepared.format.framer) { frame, position in
        guard goOn, failure == nil else { return }
        record.reset()
        let outcome = prepared.format.parser.parse(
          frame, context: prepared.stamps, into: &record)
        if outcome == .ignored { return }
        if outcome == .parsed, !options.window.holds(record.time) { return }
        place.position = position
        do { goOn = try body(record, outcome, frame, place) } catch { failure = error }
      }
      if let failure { throw failure }
    }
    if !goOn { return }
  }
}

private func recordLine(
  _ record: borrowing LogRecord, _ outcome: ParseOutcome, _ frame: Span<UInt8>,
  _ source: PreparedSource,
  _ position: FramePosition
) -> RecordLine {
  let whole = unsafe frame.withUnsafeBufferPointer { unsafe [UInt8]($0) }
  let bytes = record.usesDecoded ? record.decoded : whole
  func text(_ range: ByteRange) -> String {
    let lower = min(Int(range.lower), bytes.count)
    let upper = min(max(lower, Int(range.upper)), bytes.count)
    return String(decoding: bytes[lower..<upper], as: UTF8.self)
  }
  var line = RecordLine(
    path: source.context.label, line: position.line,
    lineCount: 1 + whole.reduce(0) { $0 + ($1 == 0x0a ? 1 : 0) }, time: record.time,
    format: source.format.name,
    host: "", sourceIP: "", user: "", severity: record.severity, message: "", fields: [],
    isParsed: outcome == .parsed)
  guard outcome == .parsed else {
    line.message = String(decoding: whole.prefix(4096), as: UTF8.self)
    return line
  }
  line.host = text(record[.host])
  if line.host.isEmpty { line.host = source.account.host }
  line.sourceIP = text(record[.address])
  line.user = text(record[.user])
  line.message = text(record[.message])
  let plain: Set<FieldName> = [.host, .address, .user, .message]
  for name in FieldName.allCases where !plain.contains(name) && !record[name].isEmpty {
    line.fields.append(("\(name)", text(record[name])))
  }
  if record.status >= 0 { line.fields.append(("status", String(record.status))) }
  if record.outcome != .unknown { line.fields.append(("outcome", "\(record.outcome)")) }
  if record.latencyMicroseconds >= 0 {
    line.fields.append(("latencyMicroseconds", String(record.latencyMicroseconds)))
  }
  if record.bytes >= 0 { line.fields.append(("bytes", String(record.bytes))) }
  for i in 0..<record.gaugeCount {
    line.fields.append(
      (text(record.gauges[i].name), "\(Double(record.gauges[i].thousandths) / 1000)"))
  }
  // Without a message the record's own text is what a reader wants to see.
  if line.message.isEmpty { line.message = String(decoding: whole.prefix(4096), as: UTF8.self) }
  return line
}
