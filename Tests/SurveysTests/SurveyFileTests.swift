import Foundation
import Records
import SurveyStore
import Surveys
import Testing

/// A folder that goes away with its test.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "survey-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  subscript(name: String) -> String { path + "/" + name }

  var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? []
  }
}

/// What the error of `body` says, or "" if there is none.
func complaint(_ body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch let error as SurveyFileError {
    return "\(error)"
  } catch {
    return "an error of another kind: \(error)"
  }
}

@Suite struct SurveyFileTests {
  static func whole(_ seed: UInt64 = 3, _ limits: SurveyLimits = .small) -> Survey {
    let stream = Stream(seed: seed, count: 1200, variety: 80)
    var result = survey(stream.entries, limits)
    for account in stream.accounts { result.account(account) }
    return result
  }

  /// The part of a stream that comes from some of the sources.
  static func part(_ sources: Range<Int>) -> Survey {
    let stream = Stream(seed: 8, count: 900, variety: 40)
    var result = survey(stream.entries.filter { sources.contains($0.source) }, .standard)
    for account in stream.accounts[sources] { result.account(account) }
    return result
  }

  @Test("A survey that went through a file is the same, hostile text and all")
  func travel() throws {
    let folder = try Folder()
    let survey = SurveyFileTests.whole()
    try SurveyFile.write(survey, to: folder["a.survey"])
    #expect(differences(try SurveyFile.read(folder["a.survey"]), survey) == [])
    #expect(folder.names == ["a.survey"])
  }

  @Test("The same survey gives the same bytes, however it was put together")
  func sameBytes() throws {
    let folder = try Folder()
    let stream = Stream(seed: 4, count: 600, variety: 60)
    try SurveyFile.write(survey(stream.entries, .small), to: folder["a"])
    try SurveyFile.write(survey(stream.entries.reversed(), .small), to: folder["b"])
    let a = try Data(contentsOf: URL(filePath: folder["a"]))
    #expect(try a == Data(contentsOf: URL(filePath: folder["b"])))
    #expect(!a.isEmpty)
  }

  @Test("A file is replaced only if that is asked for")
  func overwriting() throws {
    let folder = try Folder()
    let first = SurveyFileTests.whole(1)
    try SurveyFile.write(first, to: folder["a"])
    let said = complaint { try SurveyFile.write(Survey(), to: folder["a"]) }
    #expect(said.contains("exists already"))
    #expect(differences(try SurveyFile.read(folder["a"]), first) == [])
    try SurveyFile.write(Survey(), to: folder["a"], overwrite: true)
    #expect(try SurveyFile.read(folder["a"]) == Survey())
    #expect(folder.names == ["a"])
  }

  @Test("A folder that is not there is named in the error")
  func noFolder() throws {
    let folder = try Folder()
    let said = complaint { try SurveyFile.write(Survey(), to: folder["none/a"]) }
    #expect(said.contains("none/a: cannot be written"))
  }

  @Test("A file that was cut off anywhere is refused with advice")
  func cutOff() throws {
    let folder = try Folder()
    try SurveyFile.write(SurveyFileTests.whole(), to: folder["a"])
    let bytes = try Data(contentsOf: URL(filePath: folder["a"]))
    for count in [0, 1, 50, 100, 4096, 5000, bytes.count / 2, bytes.count - 4096, bytes.count - 1] {
      try bytes.prefix(count).write(to: URL(filePath: folder["cut"]))
      let said = complaint { _ = try SurveyFile.read(folder["cut"]) }
      #expect(
        said.contains("ake or copy it again") || said.contains("is no survey"),
        "cut at \(count): \(said)")
    }
  }

  @Test("A file with a flipped byte is read or refused, never trapped on")
  func flipped() throws {
    let folder = try Folder()
    try SurveyFile.write(
      survey(Stream(seed: 6, count: 60, variety: 9).entries, .tiny), to: folder["a"])
    let bytes = try Data(contentsOf: URL(filePath: folder["a"]))
    var chance = Chance(17)
    for _ in 0..<150 {
      var damaged = bytes
      for _ in 0..<(1 + chance.below(4)) {
        damaged[damaged.startIndex + chance.below(damaged.count)] = UInt8(chance.below(256))
      }
      try damaged.write(to: URL(filePath: folder["b"]))
      if let read = try? SurveyFile.read(folder["b"]) {
        // What was accepted can be used like any survey.
        var twice = read
        twice.merge(read)
        #expect(try Survey(tables: twice.tables()) == twice)
      }
    }
  }

  @Test("Other databases and other files are no surveys")
  func others() throws {
    let folder = try Folder()
    try Data("no database, just some text\n".utf8).write(to: URL(filePath: folder["text"]))
    #expect(complaint { _ = try SurveyFile.read(folder["text"]) }.contains("is no survey"))
    #expect(complaint { _ = try SurveyFile.read(folder["none"]) }.contains("does not exist"))
    #expect(complaint { _ = try SurveyFile.read(folder.path) }.contains("is a folder"))
  }

  @Test("Merging files gives the survey of all sources, in any order")
  func merging() throws {
    let folder = try Folder()
    try SurveyFile.write(SurveyFileTests.part(0..<2), to: folder["a"])
    try SurveyFile.write(SurveyFileTests.part(2..<3), to: folder["b"])
    try SurveyFile.write(SurveyFileTests.part(3..<6), to: folder["c"])
    let whole = SurveyFileTests.part(0..<6)
    for order in [["a", "b", "c"], ["c", "a", "b"], ["b", "c", "a"]] {
      let (merged, notes) = try SurveyFile.merge(order.map { folder[$0] })
      #expect(differences(merged, whole) == [])
      #expect(notes == [])
    }
  }

  @Test("A file whose sources all came before is counted once and named, in any order")
  func repeated() throws {
    let folder = try Folder()
    try SurveyFile.write(SurveyFileTests.part(0..<4), to: folder["whole"])
    try SurveyFile.write(SurveyFileTests.part(1..<2), to: folder["again"])
    for order in [["whole", "again"], ["again", "whole"]] {
      let (merged, notes) = try SurveyFile.merge(order.map { folder[$0] })
      #expect(differences(merged, SurveyFileTests.part(0..<4)) == [])
      #expect(notes.count == 1 && notes[0].contains("again holds only sources"))
    }
  }

  @Test("Files that overlap in part are refused, and the sources named")
  func overlapping() throws {
    let folder = try Folder()
    try SurveyFile.write(SurveyFileTests.part(0..<3), to: folder["a"])
    try SurveyFile.write(SurveyFileTests.part(2..<5), to: folder["b"])
    let said = complaint { _ = try SurveyFile.merge([folder["a"], folder["b"]]) }
    #expect(said.contains(Stream.sources[2].label))
    #expect(said.contains(folder["a"]) && said.contains(folder["b"]))
    #expect(said.contains("Survey each source once"))
  }

  @Test("Files with other limits are not merged")
  func otherLimits() throws {
    let folder = try Folder()
    try SurveyFile.write(survey([], .tiny), to: folder["a"])
    try SurveyFile.write(SurveyFileTests.part(0..<1), to: folder["b"])
    let said = complaint { _ = try SurveyFile.merge([folder["a"], folder["b"]]) }
    #expect(said.contains("other limits"))
  }
}
