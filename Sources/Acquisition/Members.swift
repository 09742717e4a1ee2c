import Foundation
import Records
import Synchronization

/// Limits for archives; beyond them a hostile archive could keep a reader busy for ever.
public struct ArchiveLimits: Sendable, Hashable {
  /// Archives within archives.
  public var depth = 4
  /// Members of one archive.
  public var members = 100_000
  /// Bytes that may come out of one byte, once `ratioFloor` bytes came out.
  public var ratio: UInt64 = 1000
  /// Bytes of a 7z within an archive, which must be had whole.
  public static let sevenZipInMemory = 1 << 30
  public static let ratioFloor: UInt64 = 64 << 20

  public init() {}
}

/// Which archive a file or stream begins as; `nil` if none.
enum ArchiveKind {
  case tar, zip, sevenZip

  /// Bytes that tell: a header of tar.
  static let peek = 512

  init?(_ first: [UInt8]) {
    if first.starts(with: [0x50, 0x4b, 0x03, 0x04]) || first.starts(with: [0x50, 0x4b, 0x05, 0x06])
    {
      self = .zip
    } else if first.starts(with: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]) {
      self = .sevenZip
    } else if first.count >= 262, first[257..<262].elementsEqual(Array("ustar".utf8)) {
      self = .tar
    } else {
      return nil
    }
  }
}

/// Replaces archives among sources by their members. What cannot be read is named in `skipped`.
///
/// Members are read side by side, each by a pass over its archive; who is done with one hands the pass
/// on (`ArchivePasses`), so that there are as many passes as readers at once, not as members.
func expandArchives(_ sources: [Source], skipped: inout [Inventory.Skipped]) -> [Source] {
  var result: [Source] = []
  for source in sources { expand(source, depth: 0, into: &result, &skipped) }
  return result
}

private func expand(
  _ source: Source, depth: Int, into result: inout [Source], _ skipped: inout [Inventory.Skipped]
) {
  // A pipe can be read only once: what it holds shows when it is read.
  switch source.location {
  case .standardInput, .journal:
    result.append(source)
    return
  case .file, .member: break
  }
  let reader = SourceReader(source)
  guard let first = try? reader.peek(limit: ArchiveKind.peek), let kind = ArchiveKind(first)
  else {
    result.append(source)
    return
  }
  guard depth < source.limits.depth else {
    skipped.append(
      .init(
        label: source.label,
        reason:
          "archives are nested more than \(source.limits.depth) deep (--archive-depth)"))
    return
  }
  guard let stream = openArchive(source, kind, reader) else {
    skipped.append(.init(label: source.label, reason: "the archive cannot be opened"))
    return
  }
  var index = 0
  var found = 0
  while let member = stream.nextMember() {
    defer { index += 1 }
    guard index < source.limits.members else {
      skipped.append(
        .init(
          label: source.label,
          reason:
            "more than \(source.limits.members) members (--archive-members): the rest is left out")
      )
      return
    }
    guard member.isFile else { continue }
    found += 1
    var chain: [Int] = [index]
    var path = ""
    switch source.location {
    case .file(let file): path = file
    case .member(let file, let outer):
      path = file
      chain = outer + chain
    case .standardInput, .journal: return
    }
    var inner = Source(
      label: source.label + "/" + member.path, location: .member(path, chain),
      modified: member.modified > 0 ? Timestamp(seconds: member.modified) : source.modified,
      size: -1)
    inner.limits = source.limits
    expand(inner, depth: depth + 1, into: &result, &skipped)
  }
  if let failure = stream.failure {
    skipped.append(
      .init(
        label: source.label,
        reason: "the archive's list of members ends early after \(found) files: \(failure)"))
  }
}

/// A pass over the archive that a source is.
///
/// - Parameter reader: of the source, of which nothing was taken yet.
private func openArchive(
  _ source: Source, _ kind: ArchiveKind, _ reader: SourceReader
) -> ArchiveStream? {
  if case .file(let path) = source.location, kind != .tar {
    return ArchiveStream(.archive, feed: nil, path: path)
  }
  guard kind == .sevenZip else { return ArchiveStream(.archive, feed: reader) }
  // Its list of members stands at its end, so it must be had whole.
  guard let copy = SpooledBytes(.memory) else { return nil }
  var size = 0
  while true {
    let piece = unsafe reader.nextPiece()
    if unsafe piece.isEmpty { break }
    size += piece.count
    guard size <= ArchiveLimits.sevenZipInMemory, unsafe copy.append(piece) else { return nil }
  }
  return ArchiveStream(.archive, feed: nil, path: copy.path, copy: copy)
}

/// The stream of a member, found by its place in each archive on the way to it.
func openMember(_ path: String, _ chain: [Int], _ limits: ArchiveLimits) -> MemberStream? {
  guard let place = chain.last else { return nil }
  let outer = Array(chain.dropLast())
  let key = ArchivePasses.Key(path: path, outer: outer, limits: limits)
  let stream: ArchiveStream
  if let begun = ArchivePasses.take(key, before: place) {
    stream = begun
  } else {
    var source = Source(
      label: path, location: outer.isEmpty ? .file(path) : .member(path, outer),
      modified: .unknown, size: -1)
    source.limits = limits
    let reader = SourceReader(source)
    guard let first = try? reader.peek(limit: ArchiveKind.peek), let kind = ArchiveKind(first),
      let fresh = openArchive(source, kind, reader)
    else { return nil }
    stream = fresh
  }
  while stream.membersBegun <= place {
    if stream.nextMember() == nil { return nil }
  }
  return MemberStream(stream, key)
}

/// Places of sources in the order in which to open them: members of an archive as they lie in it, so
/// that one pass gives them all; else as they come.
public func orderOfOpening(_ sources: [Source]) -> [Int] {
  var first: [String: Int] = [:]
  let keys = sources.indices.map { i -> (archive: Int, chain: [Int]) in
    guard case .member(let path, let chain) = sources[i].location else { return (i, []) }
    if first[path] == nil { first[path] = i }
    return (first[path] ?? i, chain)
  }
  return sources.indices.sorted { a, b in
    if keys[a].archive != keys[b].archive { return keys[a].archive < keys[b].archive }
    return keys[a].chain.lexicographicallyPrecedes(keys[b].chain)
  }
}

/// Passes over archives that nobody reads at the moment, each somewhere between two members.
enum ArchivePasses {
  struct Key: Hashable {
    var path: String
    var outer: [Int]
    var limits: ArchiveLimits
  }
  /// Kept of one archive, the furthest first to go: a pass holds a decompressor and its buffers.
  static let limit = 4

  private static let idle = Mutex<[Key: [ArchiveStream]]>([:])

  /// The pass that is nearest before a member.
  static func take(_ key: Key, before place: Int) -> ArchiveStream? {
    idle.withLock { idle in
      guard var passes = idle[key],
        let best = passes.indices.filter({ passes[$0].membersBegun <= place })
          .max(by: { passes[$0].membersBegun < passes[$1].membersBegun })
      else { return nil }
      let stream = passes.remove(at: best)
      idle[key] = passes.isEmpty ? nil : passes
      return stream
    }
  }

  static func give(_ stream: ArchiveStream, _ key: Key) {
    guard stream.failure == nil else { return }
    idle.withLock { idle in
      var passes = idle[key] ?? []
      passes.append(stream)
      if passes.count > limit,
        let furthest = passes.indices.max(by: {
          passes[$0].membersBegun < passes[$1].membersBegun
        })
      {
        passes.remove(at: furthest)
      }
      idle[key] = passes
    }
  }
}

/// One member's bytes; the pass over the archive goes on to other readers when this one is let go.
final class MemberStream: PullSource {
  private let stream: ArchiveStream
  private let key: ArchivePasses.Key

  init(_ stream: ArchiveStream, _ key: ArchivePasses.Key) {
    self.stream = stream
    self.key = key
  }

  deinit { ArchivePasses.give(stream, key) }

  func read(into room: UnsafeMutableRawBufferPointer) -> Int { unsafe stream.read(into: room) }
  var failure: String? { stream.failure }
  var outerDamages: [Damage] { stream.outerDamages }
}
