import Formats
import Foundation
import InquestKit
import Records
import TestSupport
import Testing

@Suite("Formats of the user")
struct OwnFormatTests {
  private func defined(_ name: String, _ text: String) throws -> DefinedFormats {
    let place = try TemporaryFolder()
    let folder = place.url
    defer { withExtendedLifetime(place) {} }
    try Data(text.utf8).write(to: folder.appending(path: name))
    var result = DefinedFormats()
    result.read(path: folder.path)
    return result
  }

  static let billing = #"""
    name: billing
    service: billing
    pattern: '^(?<when>[^|]+)\|(?<lvl>\w)\|(?<customer>\d+)\|(?<took>\d+)ms\|(?<result>\w+)\|(?<msg>.*)$'
    fields: { when: time, lvl: level, customer: user, took: latency_ms, result: outcome }
    time-format: '%y%m%d %H.%M.%S,%L'
    levels: { error: '^F$', info: '^N$' }
    multiline: true
    accepts: ['101222 16.03.11,250|F|4711|120ms|timeout|no answer']
    refuses: ['hello']
    """#

  @Test("YAML: pattern, fields, stamp, levels and continuation lines")
  func yaml() throws {
    let found = try defined("billing.yml", OwnFormatTests.billing)
    #expect(found.faults.isEmpty)
    let format = try #require(found.formats.first)
    let context = StampContext(reference: Timestamp(seconds: 1_300_000_000))
    #expect(checkSamples(format, context: context).map(\.isRight) == [true, true])
    let text = Array("101222 16.03.11,250|F|4711|120ms|timeout|no answer\n  at x\n101222 ".utf8)
    let end = format.framer.frameEnd(in: text.span, from: 0, isLast: true)
    #expect(end == text.count)
    let detected = detectFormat(sample: text.span, context: context, own: found.formats)
    #expect(detected.format.name == "billing")
    var record = LogRecord()
    let outcome = format.parser.parse(
      text.span.extracting(0..<50), context: context, into: &record)
    #expect(outcome == .parsed)
    #expect(record.time.rfc3339 == "2010-12-22T16:03:11.250Z")
    #expect(record.severity == .error)
    #expect(record.outcome == .timeout)
    #expect(record.latencyMicroseconds == 120_000)
  }

  @Test("lnav's JSON is read as it is, with its comments, levels and JSON logs")
  func lnav() throws {
    let found = try defined(
      "own.json",
      #"""
      {
        "$schema": "https://lnav.org/schemas/format-v1.schema.json",
        // a format of lines
        "lines_log": {
          "title": "Lines", "level-field": "level", "level": {"error": "ERROR|FATAL", "debug2": "FINE"},
          "regex": {"std": {"pattern": "^(?<timestamp>\\d{4}-\\d{2}-\\d{2}T\\S+) \\[(?<level>\\w+)\\] (?<body>.*)"},
                    "inner": {"module-format": true, "pattern": "^(?<body>.*)$"}},
          "sample": [{"line": "2021-05-21T21:58:57.022Z [FATAL] down", "level": "error"}]
        },
        "things_log": {
          "json": true, "timestamp-field": "at/ms", "timestamp-format": ["%i"], "level-field": "sev", "body-field": "say",
          "level": {"error": "^e$"}
        }
      }
      """#)
    #expect(found.faults.isEmpty)
    #expect(found.formats.map(\.name) == ["lines_log", "things_log"])
    let context = StampContext(reference: Timestamp(seconds: 1_700_000_000))
    let checks = checkSamples(found.formats[0], context: context)
    #expect(checks.map(\.isRight) == [true])
    #expect(checks.first?.severity == .error)
    let line = Array(#"{"at":{"ms":1293033791123},"sev":"e","say":"broken"}"#.utf8)
    var record = LogRecord()
    let outcome = found.formats[1].parser.parse(line.span, context: context, into: &record)
    #expect(outcome == .parsed)
    #expect(record.time.rfc3339 == "2010-12-22T16:03:11.123Z")
    #expect(record.severity == .error)
  }

  @Test("what is wrong is said, and the rest is used")
  func faults() throws {
    let found = try defined(
      "two.yml",
      #"""
      formats:
        - { name: broken, pattern: '^(?<time>\d+' }
        - { name: timeless, pattern: '^(?<msg>.*)$' }
        - { name: odd, pattern: '^(?<time>\d+) (?<x>.*)$', fields: { x: nonsense } }
        - { name: good, pattern: '^(?<time>\d{10}) (?<msg>.*)$' }
      """#)
    #expect(found.formats.map(\.name) == ["good"])
    #expect(found.faults.count == 3)
    #expect(found.faults[0].contains("missing"))
    #expect(found.faults[1].contains("no group of the pattern is the time"))
  }

  @Test("where a line leaves a pattern")
  func reaching() throws {
    let found = try defined("billing.yml", OwnFormatTests.billing)
    let format = try #require(found.formats.first)
    let line = "101222 16.03.11,250|F|4711|x120ms|timeout|no answer"
    let bytes = Array(line.utf8)
    let fits = reach(of: format, in: bytes.span)
    #expect(fits == 27)
  }
}
