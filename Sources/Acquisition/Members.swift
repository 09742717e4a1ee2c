import Foundation
import Records

/// Limits for archives; beyond them a hostile archive could keep a reader busy for ever.
public struct ArchiveLimits: Sendable, Hashable {
  /// Archives within archives.
  public var depth = 4
  /// Members of one archive.
  public var members = 100_000
  /// Bytes that may come out of one byte, once `ratioFloor` bytes came out.
  public var ratio: UInt64 = 1000
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
/// Each member is read by a pass of its own over its archive, so that members are read side by side;
/// in a compressed tar such a pass inflates all that lies before it.
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
  return ArchiveStream(.archive, feed: reader)
}

/// The stream of a member, found by its place in each archive on the way to it.
func openMember(_ path: String, _ chain: [Int], _ limits: ArchiveLimits) -> ArchiveStream? {
  guard let place = chain.last else { return nil }
  let outer = Array(chain.dropLast())
  var source = Source(
    label: path, location: outer.isEmpty ? .file(path) : .member(path, outer), modified: .unknown,
    size: -1)
  source.limits = limits
  let reader = SourceReader(source)
  guard let first = try? reader.peek(limit: ArchiveKind.peek), let kind = ArchiveKind(first),
    let stream = openArchive(source, kind, reader)
  else { return nil }
  for _ in 0...place where stream.nextMember() == nil { return nil }
  return stream
}
