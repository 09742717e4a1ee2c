import Acquisition
import Foundation
import Records
import TestSupport
import Testing

/// Everything that a path holds, by label.
private func contents(of path: String) throws -> (
  parts: [(label: String, bytes: [UInt8], facts: ReadingFacts)], skipped: [Inventory.Skipped]
) {
  let found = try inventory(of: [path])
  let parts = try found.sources.map { source in
    let (bytes, facts) = try drain(SourceReader(source))
    return (source.label, bytes, facts)
  }
  return (parts, found.skipped)
}

@Suite("Archives")
struct ArchiveTests {
  static let text = (0..<20_000).map { "2010-12-22T16:03:11Z line \($0) of the log\n" }.joined()

  @Test(
    "the same log comes out of every container",
    arguments: [
      "zstd -q -c a.log > x", "xz -c a.log > x", "bzip2 -c a.log > x", "lz4 -q -c a.log > x",
      "tar cf x a.log", "tar czf x a.log", "tar c a.log | zstd -q > x", "tar c a.log | xz > x",
      "zip -q x.zip a.log && mv x.zip x", "7z a x.7z a.log && mv x.7z x",
      "zip -q b.zip a.log && tar czf x b.zip", "gzip -k a.log && tar cf x a.log.gz",
      "tar czf c.tgz a.log && zip -q x.zip c.tgz && mv x.zip x",
      "7z a b.7z a.log && tar czf x b.7z",
    ])
  func containers(command: String) throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("a.log", ArchiveTests.text)
    // A tool that is not installed here makes nothing to read.
    guard shell(command, in: folder.url) else { return }
    let (parts, skipped) = try contents(of: folder.url.appending(path: "x").path)
    #expect(parts.count == 1)
    #expect(parts.first?.bytes == Array(ArchiveTests.text.utf8))
    #expect(parts.first?.facts.damages.isEmpty == true)
    #expect(skipped.isEmpty)
  }

  @Test("a tar of many files gives a source for each, named by its path")
  func members() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("one.log", "1\n")
    _ = try folder.write("two.log", "2\n")
    guard shell("mkdir d && mv one.log two.log d && tar czf x.tar.gz d", in: folder.url) else {
      return
    }
    let (parts, _) = try contents(of: folder.url.appending(path: "x.tar.gz").path)
    #expect(parts.map(\.label).sorted() == ["x.tar.gz/d/one.log", "x.tar.gz/d/two.log"])
  }

  @Test("members in any order, several at once and begun twice are those of the archive")
  func passes() throws {
    let folder = try TemporaryFolder()
    let texts = (0..<40).map { String(repeating: "line of \($0)\n", count: 3000 + $0) }
    for (i, text) in texts.enumerated() { _ = try folder.write("\(i).log", text) }
    guard shell("tar czf x.tar.gz *.log && rm *.log", in: folder.url) else { return }
    let found = try inventory(of: [folder.url.appending(path: "x.tar.gz").path])
    #expect(found.sources.count == 40)
    func name(_ source: Source) -> Int {
      Int(source.label.split(separator: "/").last?.split(separator: ".").first ?? "") ?? -1
    }
    let order = orderOfOpening(found.sources)
    #expect(order.sorted() == Array(found.sources.indices))
    // One that is left halfway, one that stays open while others are read.
    let half = SourceReader(found.sources[order[5]])
    _ = try half.peek(limit: 10)
    let open = SourceReader(found.sources[order[2]])
    _ = try open.peek(limit: 10)
    for i in order + order.reversed() {
      let (bytes, facts) = try drain(SourceReader(found.sources[i]))
      #expect(bytes == Array(texts[name(found.sources[i])].utf8))
      #expect(facts.damages.isEmpty)
    }
    #expect(try drain(open).0 == Array(texts[name(found.sources[order[2]])].utf8))
    #expect(try drain(half).0 == Array(texts[name(found.sources[order[5]])].utf8))
  }

  @Test("what is readable of a cut stream is kept, and the cut is located")
  func damage() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("a.log", ArchiveTests.text)
    guard shell("xz -c a.log > y && head -c 3000 y > x", in: folder.url) else { return }
    let (parts, _) = try contents(of: folder.url.appending(path: "x").path)
    let part = try #require(parts.first)
    #expect(!part.facts.damages.isEmpty)
    #expect(Array(ArchiveTests.text.utf8).starts(with: part.bytes.dropLast()))
  }

  @Test("a wrong CRC in a gzip'd tar is told")
  func crc() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("a.log", ArchiveTests.text)
    guard shell("tar czf x a.log", in: folder.url) else { return }
    let path = folder.url.appending(path: "x").path
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    bytes[bytes.count - 6] ^= 0xff
    _ = try folder.write("x", bytes)
    let (parts, _) = try contents(of: path)
    #expect(parts.first?.bytes == Array(ArchiveTests.text.utf8))
    #expect(parts.first?.facts.damages.map(\.kind) == [.crcMismatch])
  }

  @Test("a bomb is stopped at the named limit")
  func bomb() throws {
    let folder = try TemporaryFolder()
    guard shell("head -c 300000000 /dev/zero | gzip -9 > x", in: folder.url) else { return }
    let source = Source(
      label: "x", location: .file(folder.url.appending(path: "x").path), modified: .unknown,
      size: 0)
    let reader = SourceReader(source)
    var count = 0
    while let block = try reader.next(framer: Lines()) { count += block.count }
    #expect(count < 200_000_000)
    #expect(reader.facts.damages.contains { $0.kind == .limit })
  }
}
