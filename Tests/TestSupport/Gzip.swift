import CZlib
import Foundation

/// One gzip member.
public func gzipped(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  guard
    deflateInit2_(
      &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size)) == Z_OK
  else { return [] }
  defer { deflateEnd(&stream) }
  var out = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 64)
  var input = bytes
  let count = out.count
  out.withUnsafeMutableBufferPointer { space in
    input.withUnsafeMutableBufferPointer { source in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      stream.next_out = space.baseAddress
      stream.avail_out = UInt32(count)
      deflate(&stream, Z_FINISH)
    }
  }
  return Array(out.prefix(Int(stream.total_out)))
}

public func gzipped(_ text: String) -> [UInt8] { gzipped(Array(text.utf8)) }

/// A folder that is removed when the value goes away.
public final class TemporaryFolder {
  public let url: URL

  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "inquest-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }

  public func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }
}

/// A small seeded source of chance for tests.
public struct Dice {
  private var state: UInt64
  public init(_ seed: UInt64) { state = seed &+ 0x9e37_79b9_7f4a_7c15 }
  public mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
  public mutating func below(_ n: Int) -> Int { Int(next() % UInt64(max(1, n))) }
}
