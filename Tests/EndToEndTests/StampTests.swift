import Acquisition
import Foundation
import InquestKit
import Records
import TestSupport
import Testing

@Suite("Years and zones of sources")
struct StampTests {
  /// Times and decisions of what a folder with these files holds.
  private func read(
    _ files: [(name: String, text: String)], modified: Date? = nil,
    _ adjust: (inout ReadingOptions) -> Void = { _ in }
  ) throws -> (times: [String: [String]], notes: [String: String], skipped: [String]) {
    let place = try TemporaryFolder()
    let folder = place.url
    defer { withExtendedLifetime(place) {} }
    for (name, text) in files {
      let file = folder.appending(path: name)
      try Data(text.utf8).write(to: file)
      if let modified {
        try FileManager.default.setAttributes(
          [.modificationDate: modified], ofItemAtPath: file.path)
      }
    }
    _ = shell("for f in *.copy; do gzip -c \"${f%.copy}\" > \"${f%.copy}.gz\"; done", in: folder)
    var options = ReadingOptions()
    adjust(&options)
    let reading = try CaseReading(paths: [folder.path], manifestPath: nil, options: options)
    var times: [String: [String]] = [:]
    var skipped = reading.inventory.skipped.map(\.reason)
    func note(_ line: RecordLine) -> Bool {
      times[line.path, default: []].append(line.time.rfc3339)
      return true
    }
    try forEachRecord(
      of: reading.inventory.sources, options: reading.options,
      skipped: { skipped.append($0.reason) }, note)
    let notes = try reading.inventory.sources.map {
      ($0.label, try prepare($0, reading.options).stampNote)
    }
    return (times, Dictionary(notes) { a, _ in a }, skipped)
  }

  static let newYear = "Dec 31 23:59:59 h sshd[1]: a\nJan  1 00:00:01 h sshd[1]: b\n"
  /// 14 November 2023.
  static let late = Date(timeIntervalSince1970: 1_700_000_000)

  @Test("the year of sources with whole stamps, through the turn of the year")
  func neighbours() throws {
    let found = try read(
      [("auth.log", StampTests.newYear), ("app.log", "2010-12-31T23:00:00Z INFO x\n")],
      modified: StampTests.late)
    #expect(found.times["auth.log"] == ["2010-12-31T23:59:59Z", "2011-01-01T00:00:01Z"])
    #expect(found.notes["auth.log"]?.contains("doubtful") == true)
    #expect(
      found.notes["app.log"] == "zone: in the stamps (certain); year: in the stamps (certain)")
  }

  @Test("neighbours of another season say nothing")
  func strangers() throws {
    let found = try read(
      [("auth.log", StampTests.newYear), ("app.log", "2010-06-30T23:00:00Z INFO x\n")],
      modified: StampTests.late)
    #expect(found.times["auth.log"] == ["2022-12-31T23:59:59Z", "2023-01-01T00:00:01Z"])
  }

  @Test("the date of the rotation beats the file's time; what is told beats all")
  func rotation() throws {
    let files = [("auth.log-20120105", StampTests.newYear)]
    let found = try read(files, modified: StampTests.late)
    #expect(
      found.times["auth.log-20120105"] == ["2011-12-31T23:59:59Z", "2012-01-01T00:00:01Z"])
    let told = try read(files, modified: StampTests.late) { $0.assumedYear = 1999 }
    #expect(told.times["auth.log-20120105"]?.first == "1999-12-31T23:59:59Z")
    #expect(told.notes["auth.log-20120105"]?.contains("as told (certain)") == true)
  }

  @Test("29 February pins the year of what follows")
  func leap() throws {
    let found = try read(
      [("a.log", "Feb 29 10:00:00 h sshd[1]: x\nMar  1 10:00:00 h sshd[1]: y\n")],
      modified: StampTests.late)
    #expect(found.times["a.log"] == ["2020-02-29T10:00:00Z", "2020-03-01T10:00:00Z"])
  }

  @Test("local stamps follow the zone's clock changes")
  func folds() throws {
    let text =
      "2010-03-28 01:59:59 INFO a\n2010-03-28 03:00:00 INFO b\n2010-10-31 01:30:00 INFO c\n2010-10-31 03:30:00 INFO d\n"
    let found = try read([("app.log", text)]) { $0.zones = [("**", "Europe/Berlin")] }
    #expect(
      found.times["app.log"] == [
        "2010-03-28T00:59:59Z", "2010-03-28T01:00:00Z", "2010-10-30T23:30:00Z",
        "2010-10-31T02:30:00Z",
      ])
    #expect(found.notes["app.log"]?.contains("zone: Europe/Berlin, as told (certain)") == true)
  }

  @Test("a file and its compressed copy count once, a changed copy does not")
  func copies() throws {
    let text = "2010-12-31T23:00:00Z INFO x\n"
    let found = try read([("x.log.1", text), ("x.log.1.copy", ""), ("y.log", text)])
    #expect(found.times.keys.sorted() == ["x.log.1", "y.log"])
    #expect(found.skipped.contains("the same content as x.log.1, counted once"))
  }
}
