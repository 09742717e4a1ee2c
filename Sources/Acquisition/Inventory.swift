import Foundation
import Records

/// The sources of a case, in the order in which they are read.
public struct Inventory: Sendable {
  public struct Skipped: Sendable, Hashable {
    public var label: String
    public var reason: String

    public init(label: String, reason: String) {
      self.label = label
      self.reason = reason
    }
  }

  public var sources: [Source]
  /// What lies in the folders and is not read, with the reason.
  public var skipped: [Skipped]
  /// Manifest of the case, if a folder that was named holds one.
  public var manifest: String?
}

public enum InventoryLimit {
  /// Folders below folders; deeper ones are skipped and named.
  public static let depth = 64
}

/// Walks files and folders.
///
/// Rotated sets come oldest first, families in order of their names. A link to a folder is
/// followed once: folders are told apart by device and inode.
///
/// - Throws: for a path that was named and does not exist or cannot be opened. What cannot be opened
///   below a folder is skipped and named.
public func inventory(
  of paths: [String], limits: ArchiveLimits = ArchiveLimits()
) throws(AcquisitionError) -> Inventory {
  var result = Inventory(sources: [], skipped: [], manifest: nil)
  var visited: Set<String> = []
  var seenFiles: Set<String> = []

  func walk(_ path: String, _ label: String, _ depth: Int) {
    var info = stat()
    guard unsafe stat(path, &info) == 0 else {
      result.skipped.append(.init(label: label, reason: "cannot be opened (\(reason(errno)))"))
      return
    }
    let identity = "\(info.st_dev):\(info.st_ino)"
    if info.st_mode & S_IFMT == S_IFDIR {
      guard depth < InventoryLimit.depth, visited.insert(identity).inserted else { return }
      let names: [String]
      do {
        names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      } catch {
        result.skipped.append(.init(label: label, reason: "folder cannot be read"))
        return
      }
      for name in names where !name.hasPrefix(".") {
        walk(path + "/" + name, label.isEmpty ? name : label + "/" + name, depth + 1)
      }
    } else if info.st_mode & S_IFMT == S_IFREG {
      let name = (path as NSString).lastPathComponent
      if name == "inquest.yml" || name == "inquest.yaml" {
        result.manifest = result.manifest ?? path
        return
      }
      if depth > 0, name.hasPrefix("LICENSE") || name == "README.md" || name == "SHA256SUMS" {
        result.skipped.append(.init(label: label, reason: "no log by its name"))
        return
      }
      guard seenFiles.insert(identity).inserted else { return }
      result.sources.append(
        Source(
          label: label, location: .file(path),
          modified: Timestamp(seconds: Int64(info.st_mtim.tv_sec)), size: Int64(info.st_size)))
    } else {
      result.skipped.append(.init(label: label, reason: "neither a file nor a folder"))
    }
  }

  for path in paths {
    if path == "-" {
      let archive = try StandardInput.archive()
      result.sources.append(
        Source(
          label: "-", location: archive.map(Location.file) ?? .standardInput, modified: .unknown,
          size: -1))
      continue
    }
    var info = stat()
    guard unsafe stat(path, &info) == 0, unsafe access(path, R_OK) == 0 else {
      throw AcquisitionError(path: path, reason: .cannotOpen(errno: errno))
    }
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let isFolder = info.st_mode & S_IFMT == S_IFDIR
    let name = (trimmed as NSString).lastPathComponent
    // One folder is the case's root; several paths keep their own names.
    walk(
      trimmed, isFolder && paths.count == 1 ? "" : name, isFolder ? 1 : 0)
  }
  for i in result.sources.indices { result.sources[i].limits = limits }
  result.sources = withoutCopies(gatherJournals(result.sources), skipped: &result.skipped)
  result.sources = expandArchives(result.sources, skipped: &result.skipped)
  // Two paths may end in the same name: labels must be unique.
  var labels: [String: Int] = [:]
  for i in result.sources.indices {
    let label = result.sources[i].label
    let count = labels[label, default: 0]
    labels[label] = count + 1
    if count > 0 { result.sources[i].label = "\(label)#\(count + 1)" }
  }
  result.sources.sort {
    if $0.family != $1.family { return $0.family < $1.family }
    if $0.age != $1.age { return $0.age < $1.age }
    return $0.label < $1.label
  }
  return result
}

/// A file and its compressed copy beside it count once, as where logrotate was interrupted.
///
/// - Complexity: reads both of a pair whose names differ by the suffix of a compression alone, up to
///   the first difference.
private func withoutCopies(
  _ sources: [Source], skipped: inout [Inventory.Skipped]
) -> [Source] {
  var byName: [String: Source] = [:]
  for source in sources { byName[source.label] = source }
  return sources.filter { source in
    for suffix in compressionSuffixes where source.label.hasSuffix(suffix) {
      guard let plain = byName[String(source.label.dropLast(suffix.count))],
        haveEqualContent(source, plain)
      else { continue }
      skipped.append(
        .init(label: source.label, reason: "the same content as \(plain.label), counted once"))
      return false
    }
    return true
  }
}

private func haveEqualContent(_ a: Source, _ b: Source) -> Bool {
  let (first, second) = (SourceReader(a), SourceReader(b))
  guard (try? first.peek(limit: 1)) != nil, (try? second.peek(limit: 1)) != nil else {
    return false
  }
  var rest: [UInt8] = []
  while true {
    let piece = unsafe first.nextPiece()
    if unsafe piece.isEmpty { return unsafe rest.isEmpty && second.nextPiece().isEmpty }
    var matched = 0
    while matched < piece.count {
      if rest.isEmpty {
        rest = unsafe Array(second.nextPiece())
        if rest.isEmpty { return false }
      }
      let count = min(rest.count, piece.count - matched)
      guard unsafe rest[0..<count].elementsEqual(piece[matched..<(matched + count)]) else {
        return false
      }
      rest.removeFirst(count)
      matched += count
    }
  }
}

/// Journal files of one folder are one source: journald rotates them, and copies may overlap.
///
/// - Complexity: opens only files whose names end as journald's do.
private func gatherJournals(_ sources: [Source]) -> [Source] {
  var rest: [Source] = []
  var folders: [String: [(path: String, source: Source)]] = [:]
  for source in sources {
    guard case .file(let path) = source.location,
      path.hasSuffix(".journal") || path.hasSuffix(".journal~"),
      JournalHeader(path: path) != nil
    else {
      rest.append(source)
      continue
    }
    let folder = source.label.lastIndex(of: "/").map { String(source.label[...$0]) } ?? ""
    folders[folder, default: []].append((path, source))
  }
  for (folder, files) in folders {
    var joined = files[0].source
    joined.location = .journal(files.map(\.path).sorted())
    joined.size = files.reduce(0) { $0 + $1.source.size }
    joined.modified = files.map(\.source.modified).max() ?? .unknown
    if files.count > 1 {
      joined = Source(
        label: "\(folder)*.journal (\(files.count) files)", location: joined.location,
        modified: joined.modified, size: joined.size)
      joined.limits = files[0].source.limits
    }
    rest.append(joined)
  }
  return rest
}

private func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
