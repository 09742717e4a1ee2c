import Foundation

public struct ReportFolderError: Error, CustomStringConvertible {
  public var description: String
}

/// Writes the files of a report, each whole or not at all.
///
/// A folder that holds an earlier report is written over: its files are ours. A folder with anything
/// else in it is refused unless `force`.
public func writeReport(_ files: [ReportFile], to directory: String, force: Bool) throws {
  let manager = FileManager.default
  if let names = try? manager.contentsOfDirectory(atPath: directory), !names.isEmpty, !force {
    let isOurs =
      names.contains("findings.json") && names.contains("SHA256SUMS")
      && names.contains("post-mortem.md")
    guard isOurs else {
      throw ReportFolderError(
        description:
          "\(directory) holds other files. Name another folder with -o, or say --force to write there."
      )
    }
  }
  do {
    try manager.createDirectory(
      atPath: directory + "/figures", withIntermediateDirectories: true)
    // Figures of an earlier report that this one does not have would contradict it.
    let kept = Set(files.map(\.path))
    for name in (try? manager.contentsOfDirectory(atPath: directory + "/figures")) ?? []
    where !kept.contains("figures/" + name) && (name.hasSuffix(".svg") || name.hasSuffix(".csv")) {
      try manager.removeItem(atPath: directory + "/figures/" + name)
    }
    for file in files { try writeWhole(file.bytes, to: directory + "/" + file.path) }
  } catch let error as ReportFolderError {
    throw error
  } catch {
    throw ReportFolderError(
      description: "\(directory): cannot be written (\(error.localizedDescription)).")
  }
}

/// Temporary name, fsync, rename.
public func writeWhole(_ bytes: [UInt8], to path: String) throws {
  let temporary = path + ".part-\(getpid())"
  let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else {
    throw ReportFolderError(
      description: "\(path): cannot be written (\(unsafe String(cString: strerror(errno)))).")
  }
  var offset = 0
  var failed = false
  while offset < bytes.count, !failed {
    let count = unsafe bytes.withUnsafeBytes {
      unsafe write(descriptor, $0.baseAddress.map { unsafe $0 + offset }, $0.count - offset)
    }
    if count < 0, errno == EINTR { continue }
    if count <= 0 { failed = true } else { offset += count }
  }
  if fsync(descriptor) != 0 { failed = true }
  close(descriptor)
  let renamed = failed ? -1 : unsafe rename(temporary, path)
  if renamed != 0 {
    let code = errno
    unsafe unlink(temporary)
    throw ReportFolderError(
      description: "\(path): cannot be written (\(unsafe String(cString: strerror(code)))).")
  }
}
