import Formats
import Foundation
import Patterns
import Records
import TestSupport
import Testing

private let context = StampContext(reference: Timestamp(seconds: 1_293_840_000))

/// Spans cannot pass through test macros, so the calls are made here.
private func parse(_ format: LogFormat, _ bytes: [UInt8]) -> (ParseOutcome, LogRecord) {
  var record = LogRecord()
  return (format.parser.parse(bytes.span, context: context, into: &record), record)
}

private func frameEnd(_ format: LogFormat, _ bytes: [UInt8]) -> Int? {
  format.framer.frameEnd(in: bytes.span, from: 0, isLast: true)
}

private func groups(_ pattern: Pattern, _ text: [UInt8]) -> [Range<Int>?]? {
  pattern.captures(in: text.span)
}

@Suite("Formats")
struct FormatTests {
  @Test(
    "each format accepts its samples and refuses the others",
    arguments: FormatRegistry.all.map(\.name))
  func samples(name: String) throws {
    let format = try #require(FormatRegistry.named(name))
    for line in format.accepts {
      let (outcome, record) = parse(format, Array(line.utf8))
      #expect(outcome == .parsed)
      #expect(record.time.isKnown)
    }
    for line in format.refuses {
      #expect(parse(format, Array(line.utf8)).0 != .parsed)
    }
  }

  @Test("no bytes make a parser, a framer or the detector trap")
  func hostile() {
    var dice = Dice(3)
    for format in FormatRegistry.all {
      for line in format.accepts + [
        "\u{1b}[31m", "{\"a\":[[[[[[[[", "[", "\"", "a=\"", "<999>1 ", "\0\0",
      ] {
        let bytes = Array(line.utf8)
        for cut in 0...bytes.count {
          var record = LogRecord()
          _ = format.parser.parse(Array(bytes.prefix(cut)).span, context: context, into: &record)
        }
        for _ in 0..<200 {
          var mutated = bytes
          for _ in 0..<3 where !mutated.isEmpty {
            mutated[dice.below(mutated.count)] = UInt8(dice.below(256))
          }
          var record = LogRecord()
          _ = format.parser.parse(mutated.span, context: context, into: &record)
          _ = format.framer.lastBoundary(in: mutated.span)
          _ = format.framer.frameEnd(in: mutated.span, from: 0, isLast: true)
        }
      }
    }
    for _ in 0..<50 {
      let noise = (0..<2000).map { _ in UInt8(dice.below(256)) }
      _ = detectFormat(sample: noise.span, context: context)
    }
  }

  @Test("a framer gives the same frames however the input is cut")
  func cuts() throws {
    let text =
      "2010-12-22 16:03:11 ERROR boom\n  at a.b.C\n  at d.e.F\n2010-12-22 16:03:12 INFO ok\n"
    let format = try #require(FormatRegistry.named("log4j"))
    let bytes = Array(text.utf8)
    let end = try #require(frameEnd(format, bytes))
    #expect(String(decoding: bytes[..<end], as: UTF8.self).hasSuffix("d.e.F\n"))
    let boundary = format.framer.lastBoundary(in: bytes.span)
    #expect(boundary == end)
  }

  @Test("sshd's refusals name account and address")
  func login() throws {
    let format = try #require(FormatRegistry.named("syslog"))
    let line = Array(
      "Dec 22 16:03:11 web1 sshd[700]: Failed password for invalid user bob from 203.0.113.9 port 51514 ssh2"
        .utf8)
    let (outcome, record) = parse(format, line)
    #expect(outcome == .parsed)
    #expect(record.outcome == .rejected)
    #expect(String(decoding: line[record[.user].range], as: UTF8.self) == "bob")
    #expect(String(decoding: line[record[.address].range], as: UTF8.self) == "203.0.113.9")
    #expect(record.time.rfc3339 == "2010-12-22T16:03:11Z")
  }

  @Test("journald's export and JSON forms give the same record")
  func journal() throws {
    let json = Array(
      "{\"__REALTIME_TIMESTAMP\":\"1764000000000000\",\"MESSAGE\":[104,105,10,0],\"TAG\":[\"a\",[1,2]],\"BIG\":null,\"_HOSTNAME\":\"web1\",\"PRIORITY\":\"3\"}"
        .utf8)
    var export = Array(
      "__REALTIME_TIMESTAMP=1764000000000000\n_HOSTNAME=web1\nPRIORITY=3\nMESSAGE\n".utf8)
    export += [4, 0, 0, 0, 0, 0, 0, 0] + [104, 105, 10, 0] + [10, 10]
    let jsonFormat = try #require(FormatRegistry.named("journald-json"))
    let exportFormat = try #require(FormatRegistry.named("journald-export"))
    let (first, a) = parse(jsonFormat, json)
    let (second, b) = parse(exportFormat, export)
    #expect(first == .parsed && second == .parsed)
    #expect(a.time == b.time)
    #expect(a.severity == .error && b.severity == .error)
    #expect(Array(a.decoded[a[.message].range]) == Array(export[b[.message].range]))
  }

  @Test("network equipment's codes give severity and facility; a number is no program")
  func codes() throws {
    let format = try #require(FormatRegistry.named("syslog"))
    let text = Array(
      "Dec 22 16:03:11 edge-r1 1786: %LINK-3-UPDOWN: Interface Gi0/1, changed state to down".utf8)
    let (outcome, record) = parse(format, text)
    #expect(outcome == .parsed)
    #expect(record.severity == .error)
    #expect(String(decoding: text[record[.service].range], as: UTF8.self) == "LINK")
    #expect(String(decoding: text[record[.host].range], as: UTF8.self) == "edge-r1")
  }

  @Test("the port of who asks is read where formats give it")
  func ports() throws {
    for (name, line, port) in [
      (
        "syslog",
        "Dec 22 16:03:11 web1 sshd[700]: Failed password for root from 203.0.113.9 port 51514 ssh2",
        51_514
      ),
      ("syslog", "Dec 22 16:03:11 web1 sshd[700]: Disconnected from 203.0.113.9 port 4711", 4711),
      ("json-lines", #"{"time":"2010-12-22T16:03:11Z","src_ip":"203.0.113.9","src_port":99}"#, 99),
      ("json-lines", #"{"time":"2010-12-22T16:03:11Z","client_ip":"203.0.113.9:8080"}"#, 8080),
      ("json-lines", #"{"time":"2010-12-22T16:03:11Z","client_ip":"[2001:db8::1]:8443"}"#, 8443),
      ("json-lines", #"{"time":"2010-12-22T16:03:11Z","client_ip":"2001:db8::1"}"#, -1),
      ("json-lines", #"{"time":"2010-12-22T16:03:11Z","client_ip":"203.0.113.9:99999999999"}"#, -1),
      (
        "haproxy-tcp",
        "Feb  6 12:12:56 localhost haproxy[14387]: 10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0",
        33_313
      ),
    ] {
      let format = try #require(FormatRegistry.named(name))
      let (outcome, record) = parse(format, Array(line.utf8))
      #expect(outcome == .parsed)
      #expect(Int(record.port) == port, "\(line)")
    }
  }

  @Test("a journal's record is named by what it says, else command, unit, control group")
  func journalUnits() throws {
    let format = try #require(FormatRegistry.named("journald-export"))
    func service(_ fields: [String]) -> String {
      let text = Array(
        (["__REALTIME_TIMESTAMP=1764000000000000"] + fields + ["", ""])
          .joined(separator: "\n").utf8)
      let (outcome, record) = parse(format, text)
      #expect(outcome == .parsed)
      return String(decoding: text[record[.service].range], as: UTF8.self)
    }
    let all = [
      "_SYSTEMD_CGROUP=/system.slice/app.slice/box-7.scope", "_SYSTEMD_UNIT=app.service",
      "_COMM=appd", "SYSLOG_IDENTIFIER=app",
    ]
    #expect(
      (1...4).map { service(Array(all.prefix($0))) } == [
        "box-7.scope", "app.service", "appd", "app",
      ])
    #expect(service(all.reversed()) == "app")
  }

  @Test("real logs: format and record counts as known", .enabled(if: Places.hasRealLogs))
  func real() throws {
    let table = try String(
      contentsOf: Places.realLogs.appending(path: "expected/formats.tsv"), encoding: .utf8)
    var named = 0
    var all = 0
    for row in table.split(separator: "\n").dropFirst() {
      let cells = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard cells.count >= 3, !cells[0].hasSuffix(".gz"),
        let data = try? Data(contentsOf: Places.realLogs.appending(path: cells[0])), !data.isEmpty
      else { continue }
      all += 1
      let detection = detectFormat(sample: [UInt8](data.prefix(190_000)).span, context: context)
      let text = "\(detection.format.name) \(detection.format.title) \(detection.format.family)"
        .lowercased()
      let acceptable = (cells[1] + "|" + cells[2]).split(separator: "|").map { $0.lowercased() }
      if acceptable.contains(where: { text.contains($0) }) { named += 1 }
    }
    // A floor, not an aim: most kinds in that collection have no format of their own yet.
    #expect(Double(named) >= 0.3 * Double(all), "\(named) of \(all) named acceptably")
  }
}

@Suite("Patterns")
struct PatternTests {
  @Test("captures are ranges, and a hostile text cannot hang a bad pattern")
  func captures() throws {
    let pattern = try Pattern("(\\d+)-(x)?")
    let found = try #require(groups(pattern, Array("ab 12-".utf8)))
    #expect(found[1] == 3..<5)
    #expect(found[2] == nil)
    let bad = try Pattern("^(a+)+$")
    #expect(groups(bad, Array(repeating: 97, count: 4000) + [98]) == nil)
    #expect(throws: Pattern.SyntaxError.self) { try Pattern("(") }
  }
}
