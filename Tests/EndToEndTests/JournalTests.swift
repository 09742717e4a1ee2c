import Acquisition
import Findings
import Foundation
import InquestKit
import Records
import Surveys
import TestSupport
import Testing

/// Journal files made by systemd itself.
@Suite("Journals", .serialized)
struct JournalTests {
  static let maker = "/lib/systemd/systemd-journal-remote"
  static var canMake: Bool { FileManager.default.isExecutableFile(atPath: maker) }

  /// Entries of two hosts, one of them booted twice, with a message of two lines, a binary one and
  /// a field that comes twice.
  static func export(_ count: Int) -> [UInt8] {
    var text: [UInt8] = []
    func line(_ name: String, _ value: String) { text += Array("\(name)=\(value)\n".utf8) }
    func binary(_ name: String, _ value: [UInt8]) {
      text += Array("\(name)\n".utf8)
      text += (0..<8).map { UInt8(truncatingIfNeeded: value.count >> ($0 * 8)) }
      text += value + [0x0a]
    }
    for i in 0..<count {
      let host = i % 3 == 0 ? 2 : 1
      let boot = host == 2 && i > count / 2 ? "b" : "a"
      line("__REALTIME_TIMESTAMP", String(1_764_000_000_000_000 + i * 700_000))
      line("__MONOTONIC_TIMESTAMP", String(1_000_000 + i * 700_000))
      line("_BOOT_ID", String(repeating: "0", count: 30) + "\(host)\(boot)")
      line("_MACHINE_ID", String(repeating: "0", count: 31) + "\(host)")
      line("_HOSTNAME", "web\(host)")
      line("PRIORITY", String(i % 8))
      line("SYSLOG_IDENTIFIER", "sshd")
      switch i % 50 {
      case 7: binary("MESSAGE", Array("first line\nsecond line".utf8))
      case 9: binary("MESSAGE", [0, 1, 0xff, 0xfe, 0x62])
      case 11:
        line("MESSAGE", "tagged")
        line("TAG", "one")
        line("TAG", "two")
      default:
        line("MESSAGE", "Failed password for root from 203.0.113.\(i % 7) port 51514 ssh2")
      }
      text.append(0x0a)
    }
    return text
  }

  @Test("a clock that is set while a host runs shows by its two clocks")
  func setClock() throws {
    let place = try TemporaryFolder()
    defer { withExtendedLifetime(place) {} }
    var text = ""
    for i in 0..<400 {
      // After the hundredth record the clock goes back by three hours.
      let real = 1_764_000_000_000_000 + i * 1_000_000 - (i < 100 ? 0 : 10_800_000_000)
      text += "__REALTIME_TIMESTAMP=\(real)\n__MONOTONIC_TIMESTAMP=\(5_000_000 + i * 1_000_000)\n"
      text += "_BOOT_ID=\(String(repeating: "a", count: 32))\n_HOSTNAME=web1\nPRIORITY=6\n"
      text += "SYSLOG_IDENTIFIER=app\nMESSAGE=tick \(i)\n\n"
    }
    let path = place.url.appending(path: "j.export")
    try Data(text.utf8).write(to: path)
    let reading = try reading(path.path)
    let found = findings(of: try reading.survey().survey, knowledge: reading.manifest.knowledge)
    let gaps = found.coverage.gaps.filter { $0.kind.hasPrefix("clock set") }
    #expect(gaps.map(\.source) == ["web1"])
    // From the first record after it to what the clock would have shown.
    #expect(gaps.map(\.from) == ["2025-11-24T13:01:40Z"])
    #expect(gaps.map(\.to) == ["2025-11-24T16:01:40Z"])
  }

  private func reading(_ path: String) throws -> CaseReading {
    try CaseReading(paths: [path], manifestPath: nil, options: ReadingOptions())
  }

  /// What does not depend on the name and the form of the source.
  private func substance(_ path: String) throws -> [String] {
    let reading = try reading(path)
    let found = findings(of: try reading.survey().survey, knowledge: reading.manifest.knowledge)
    return [
      found.verdict.class, "\(found.verdict.probabilities.sorted { $0.key < $1.key })",
      "\(found.incidents)",
      "\(found.suspects.map { [$0.kind, $0.value] })", "\(found.evidence.map(\.statement))",
      "\(found.coverage.records) \(found.coverage.unparsed)", found.from, found.to,
    ]
  }

  @Test(
    "export, JSON, folder, file, compressed and in an archive: the same findings",
    .enabled(if: JournalTests.canMake, "skipped: systemd-journal-remote is not installed"))
  func ways() throws {
    let place = try TemporaryFolder()
    let folder = place.url
    defer { withExtendedLifetime(place) {} }
    try Data(JournalTests.export(3000)).write(to: folder.appending(path: "made.export"))
    try #require(
      shell(
        """
        mkdir j && \(JournalTests.maker) -o j/s.journal - < made.export &&
        journalctl -D j -o export > s.export && journalctl -D j -o json --all > s.json &&
        gzip -c j/s.journal > s.journal.gz && tar czf s.tar.gz j
        """, in: folder))
    let expected = try substance(folder.appending(path: "s.export").path)
    #expect(expected[5] == "3000 0")
    for name in ["s.json", "j", "j/s.journal", "s.journal.gz", "s.tar.gz"] {
      for (one, other) in zip(expected, try substance(folder.appending(path: name).path)) {
        #expect(one == other, "\(name)")
      }
    }
  }

  @Test(
    "pages of noise in a journal are told, though libsystemd passes them over",
    .enabled(if: JournalTests.canMake, "skipped: systemd-journal-remote is not installed"))
  func damage() throws {
    let place = try TemporaryFolder()
    let folder = place.url
    defer { withExtendedLifetime(place) {} }
    try Data(JournalTests.export(3000)).write(to: folder.appending(path: "made.export"))
    try #require(
      shell("mkdir j && \(JournalTests.maker) -o j/s.journal - < made.export", in: folder))
    let file = folder.appending(path: "j/s.journal")
    var bytes = try Data(contentsOf: file)
    let used = bytes.lastIndex { $0 != 0 } ?? 0
    // Behind the hash tables, which only make looking up faster.
    for part in 40..<56 {
      let page = used * part / 60 / 4096 * 4096
      for i in page..<(page + 4096) {
        bytes[i] = UInt8(truncatingIfNeeded: i &* 2_654_435_761 >> 7)
      }
    }
    try bytes.write(to: file)
    let account = try #require(
      reading(file.path).survey().survey.accounts.values.first)
    #expect(account.damages.count == 1)
    #expect(account.damages.first?.detail.contains("of 3000 entries") == true)
  }
}
