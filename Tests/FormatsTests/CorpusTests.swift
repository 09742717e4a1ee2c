import Foundation
import ReadingLaws
import TestSupport
import Testing

/// What the fuzzers found worth keeping: inputs that reach much of the readers, and those that once
/// broke a law.
@Suite("Corpus of the fuzzers")
struct CorpusTests {
  private func inputs(_ name: String) throws -> [[UInt8]] {
    let folder = Places.project.appending(path: "Tests/Corpus/\(name)")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return try files.map { [UInt8](try Data(contentsOf: folder.appending(path: $0))) }
  }

  @Test("framers cut alike wherever bytes are split")
  func framers() throws {
    let all = try inputs("Framers")
    #expect(all.count > 5)
    for input in all { ReadingLaws.framer(input.span) }
  }

  @Test("parsers keep within their text")
  func parsers() throws {
    let all = try inputs("Parsers")
    #expect(all.count > 50)
    for input in all { ReadingLaws.parser(input.span) }
  }

  @Test("stamps end within their bytes")
  func stamps() throws {
    let all = try inputs("Stamps")
    #expect(all.count > 20)
    for input in all { ReadingLaws.stamps(input.span) }
  }

  @Test("the detector decides, and the same again")
  func detector() throws {
    let all = try inputs("Detector")
    #expect(all.count > 20)
    for input in all { ReadingLaws.detector(input.span) }
  }

  @Test("layouts of stamps read any text without harm")
  func layouts() throws {
    let all = try inputs("Layouts")
    #expect(all.count > 5)
    for input in all { ReadingLaws.layouts(input.span) }
  }

  @Test("UTF-16 gives the same text in pieces")
  func wideText() throws {
    let all = try inputs("WideText")
    #expect(all.count > 3)
    for input in all { ReadingLaws.wideText(input.span) }
  }
}
