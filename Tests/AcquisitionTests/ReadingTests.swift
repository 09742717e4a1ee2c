import Acquisition
import Foundation
import Records
import TestSupport
import Testing

/// Cuts at line feeds, as the framers of line formats do.
struct Lines: Framer {
  func frameEnd(in bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
    for i in start..<bytes.count where bytes[i] == 0x0a { return i + 1 }
    return isLast && start < bytes.count ? bytes.count : nil
  }
  func lastBoundary(in bytes: Span<UInt8>) -> Int {
    bytes.withUnsafeBufferPointer { all in
      all.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
    }
  }
}

/// All that a reader gives.
func drain(_ reader: SourceReader) throws -> (bytes: [UInt8], facts: ReadingFacts) {
  var bytes: [UInt8] = []
  while let block = try reader.next(framer: Lines()) {
    #expect(block.offset == UInt64(bytes.count))
    block.withBytes { span in span.withUnsafeBufferPointer { bytes += $0 } }
  }
  return (bytes, reader.facts)
}

private func read(_ path: String, _ kind: InflaterKind = .isal) throws -> (
  bytes: [UInt8], facts: ReadingFacts
) {
  let source = Source(
    label: "x", location: .file(path), modified: .unknown, size: 0)
  return try drain(SourceReader(source, inflater: kind))
}

private func sample(_ lines: Int, seed: UInt64 = 1) -> String {
  var dice = Dice(seed)
  return (0..<lines).map { "line \($0) \(dice.next()) \(dice.below(1000)) some words\n" }.joined()
}

@Suite("Reading gzip")
struct ReadingTests {
  @Test("plain, gzip and many members give the same bytes", arguments: InflaterKind.allCases)
  func whole(kind: InflaterKind) throws {
    let folder = try TemporaryFolder()
    let text = sample(40_000)
    let plain = try read(folder.write("a.log", text), kind)
    #expect(plain.bytes == Array(text.utf8))
    #expect(plain.facts.lines == 40_000)
    let half = text.utf8.count / 2
    let members =
      gzipped(Array(text.utf8.prefix(half))) + gzipped("")
      + gzipped(Array(text.utf8.dropFirst(half)))
      + [UInt8](repeating: 0, count: 3000)
    let packed = try read(folder.write("b.log.gz", members), kind)
    #expect(packed.bytes == Array(text.utf8))
    #expect(packed.facts.damages.isEmpty)
    #expect(packed.facts.members == 3)
  }

  @Test("a truncated log gives what is before the cut, and says where")
  func truncated() throws {
    let folder = try TemporaryFolder()
    let text = Array(sample(5000).utf8)
    let packed = gzipped(text)
    for cut in stride(from: 20, to: packed.count - 1, by: packed.count / 23) {
      let path = try folder.write("c\(cut).gz", Array(packed.prefix(cut)))
      let a = try read(path, .isal)
      let b = try read(path, .zlib)
      #expect(a.bytes == b.bytes)
      #expect(a.facts.damages == b.facts.damages)
      #expect(a.facts.damages.first?.kind == .truncated)
      // A broken last line gets an end, nothing else is added.
      let kept =
        a.bytes.last == 0x0a && !text.starts(with: a.bytes) ? a.bytes.dropLast() : a.bytes[...]
      #expect(text.starts(with: kept))
    }
  }

  @Test("a flipped bit is found, both inflaters say the same, and the next member is read")
  func flipped() throws {
    let folder = try TemporaryFolder()
    let first = gzipped(sample(4000))
    let tail = "the very last line\n"
    var dice = Dice(7)
    for round in 0..<25 {
      var bytes = first
      let place = 12 + dice.below(first.count - 24)
      bytes[place] ^= UInt8(1 << dice.below(8))
      let path = try folder.write("f\(round).gz", bytes + gzipped(tail))
      let a = try read(path, .isal)
      let b = try read(path, .zlib)
      #expect(a.bytes == b.bytes)
      #expect(a.facts.damages == b.facts.damages)
      #expect(!a.facts.damages.isEmpty)
      #expect(a.bytes.suffix(tail.utf8.count) == ArraySlice(tail.utf8))
    }
  }

  @Test("a wrong CRC, a wrong length and garbage are told apart")
  func kinds() throws {
    let folder = try TemporaryFolder()
    let good = gzipped(sample(100))
    var crc = good
    crc[crc.count - 8] ^= 1
    #expect(try read(folder.write("crc.gz", crc)).facts.damages.map(\.kind) == [.crcMismatch])
    var length = good
    length[length.count - 1] ^= 1
    #expect(try read(folder.write("len.gz", length)).facts.damages.map(\.kind) == [.lengthMismatch])
    let behind = try read(folder.write("tail.gz", good + Array("not gzip".utf8)))
    #expect(behind.facts.damages.map(\.kind) == [.trailingGarbage])
    let between = try read(folder.write("mid.gz", good + Array("rubbish".utf8) + gzipped("end\n")))
    #expect(between.facts.damages.map(\.kind) == [.garbageBetweenMembers])
    #expect(between.bytes.suffix(4) == ArraySlice("end\n".utf8))
  }

  @Test("empty files and empty members are no damage")
  func empty() throws {
    let folder = try TemporaryFolder()
    #expect(try read(folder.write("e.log", "")).facts.damages.isEmpty)
    #expect(try read(folder.write("e.gz", gzipped(""))).facts.damages.isEmpty)
  }

  @Test("containers that are not read are named, not taken for text")
  func foreign() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("x.db", "SQLite format 3\0 and more")
    #expect(throws: AcquisitionError.self) { try read(path) }
    let broken = try read(folder.write("x.log.zst", [0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]))
    #expect(broken.bytes.isEmpty && !broken.facts.damages.isEmpty)
  }
}

@Suite("Inventory")
struct InventoryTests {
  @Test("rotated sets come oldest first, by number and by date")
  func rotation() throws {
    let folder = try TemporaryFolder()
    for name in [
      "web/access.log", "web/access.log.1", "web/access.log.2.gz", "web/access.log.10.gz",
      "db/x-2010-12-21.log", "db/x-2010-12-22.log.gz", "db/x.log",
    ] {
      _ = try folder.write(name, "x\n")
    }
    let labels = try inventory(of: [folder.url.path]).sources.map(\.label)
    #expect(
      labels == [
        "db/x-2010-12-21.log", "db/x-2010-12-22.log.gz", "db/x.log", "web/access.log.10.gz",
        "web/access.log.2.gz", "web/access.log.1", "web/access.log",
      ])
  }

  @Test("a path that does not exist is an error that says what to do")
  func missing() {
    #expect(throws: AcquisitionError.self) { try inventory(of: ["/nowhere/at/all"]) }
  }

  @Test(
    "UTF-16 comes out as UTF-8, with a mark or without, plain or compressed",
    arguments: [(false, true), (true, true), (false, false), (true, false)])
  func utf16(isBigEndian: Bool, hasMark: Bool) throws {
    let text = (0..<3000).map { "2010-12-22 16:03:11 ERROR café € 𝄞 \($0)\r\n" }.joined()
    let units = (hasMark ? [0xfeff] : []) + Array(text.utf16)
    let bytes = units.flatMap { unit in
      let (low, high) = (UInt8(truncatingIfNeeded: unit), UInt8(truncatingIfNeeded: unit >> 8))
      return isBigEndian ? [high, low] : [low, high]
    }
    let place = try TemporaryFolder()
    let folder = place.url
    defer { withExtendedLifetime(place) {} }
    try Data(bytes).write(to: folder.appending(path: "a.log"))
    try #require(shell("gzip -k a.log", in: folder))
    for name in ["a.log", "a.log.gz"] {
      let path = folder.appending(path: name).path
      let found = try inventory(of: [path])
      let (out, facts) = try drain(SourceReader(try #require(found.sources.first)))
      #expect(out == Array(text.utf8), "\(name)")
      #expect(facts.compression.contains(isBigEndian ? "UTF-16BE" : "UTF-16LE"))
    }
  }

  @Test("a line of a hundred megabytes is cut at the named limit and counted")
  func longLine() throws {
    let place = try TemporaryFolder()
    let folder = place.url
    defer { withExtendedLifetime(place) {} }
    var bytes = Array("first\n".utf8)
    bytes += [UInt8](repeating: 0x78, count: 100_000_000)
    bytes += Array("\nlast\n".utf8)
    let file = folder.appending(path: "a.log")
    try Data(bytes).write(to: file)
    let reader = SourceReader(try #require(try inventory(of: [file.path]).sources.first))
    let (out, facts) = try drain(reader)
    #expect(out.count == bytes.count)
    #expect(facts.lines == 3)
    #expect(facts.oversizedRecords == 5)
  }
}
