private import CZlib
import Foundation

/// The logs of a simulated case: one folder a host, gzip'd, in order of time.
///
/// Lines are kept per file until the end, since hosts do not speak in the order of the event queue.
/// The gzip header has no time and no name, so the same run gives the same bytes.
struct LogFolder {
  private var files: [String: [(at: Int64, text: String)]] = [:]
  private(set) var lines = 0

  mutating func write(_ path: String, at milliseconds: Int64, _ text: String) {
    files[path, default: []].append((milliseconds, text))
    lines += 1
  }

  /// Leaves out files or lines, as where evidence is missing.
  mutating func keep(_ test: (_ path: String, _ text: String) -> String?) {
    lines = 0
    for (path, list) in files {
      let kept = list.compactMap { entry in test(path, entry.text).map { (entry.at, $0) } }
      files[path] = kept.isEmpty ? nil : kept
      lines += kept.count
    }
  }

  /// Writes everything below a folder.
  ///
  /// - Returns: number of files and of bytes.
  func save(to folder: URL) throws -> (files: Int, bytes: Int) {
    var total = 0
    for path in files.keys.sorted() {
      let list = files[path] ?? []
      // Stable: lines of one instant stay in the order in which they were written.
      let sorted = list.enumerated().sorted {
        $0.element.at == $1.element.at
          ? $0.offset < $1.offset : $0.element.at < $1.element.at
      }
      var text: [UInt8] = []
      for entry in sorted {
        text.append(contentsOf: entry.element.text.utf8)
        text.append(0x0a)
      }
      let url = folder.appending(path: path + ".gz")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      let packed = gzip(text)
      total += packed.count
      try Data(packed).write(to: url)
    }
    return (files.count, total)
  }
}

/// One gzip member (RFC 1952) without name and time.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  unsafe stream.initialize(to: z_stream())
  defer {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }
  guard unsafe inquest_deflateInit2(stream, 6, 15 + 16) == Z_OK else { return [] }
  let bound = unsafe Int(deflateBound(stream, UInt(bytes.count)))
  return unsafe [UInt8](unsafeUninitializedCapacity: bound + 32) { out, count in
    unsafe bytes.withUnsafeBufferPointer { input in
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      unsafe stream.pointee.avail_in = UInt32(clamping: input.count)
      unsafe stream.pointee.next_out = out.baseAddress
      unsafe stream.pointee.avail_out = UInt32(clamping: out.count)
      unsafe deflate(stream, Z_FINISH)
    }
    count = unsafe Int(stream.pointee.total_out)
  }
}
