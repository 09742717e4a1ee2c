import Foundation
import Synchronization

/// A file for bytes that must be read out of order or more than once and are not to be had so where
/// they come from: an archive on a pipe, a 7z or a journal within an archive.
///
/// It is gone with the object; one without a name also with the process.
final class SpooledBytes: Sendable {
  enum Place: String {
    /// For what was unpacked: that never goes to disk.
    case memory = "/dev/shm"
    /// For what came as it is.
    case disk
  }

  private let descriptor: Int32
  private let name: String?

  /// Where it can be opened, as long as the object lives.
  var path: String { name ?? "/proc/self/fd/\(descriptor)" }

  /// - Parameter isNamed: whether it has a name: libsystemd takes a file without one for deleted.
  /// - Returns: `nil` where no file can be made.
  init?(_ place: Place, isNamed: Bool = false) {
    let folder = place == .memory ? place.rawValue : NSTemporaryDirectory()
    var template = Array("\(folder)/inquest-XXXXXX".utf8CString)
    descriptor = unsafe mkstemp(&template)
    guard descriptor >= 0 else { return nil }
    if isNamed {
      name = String(
        decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    } else {
      name = nil
      unsafe _ = unlink(template)
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit {
    close(descriptor)
    if let name { unsafe _ = unlink(name) }
  }

  /// - Returns: false where there is no room left.
  func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var from = 0
    while from < bytes.count {
      let count = unsafe write(
        descriptor, bytes.baseAddress.map { unsafe $0 + from }, bytes.count - from)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      from += count
    }
    return true
  }
}

/// Standard input, which can be read once.
enum StandardInput {
  /// Bytes that tell a compressed archive from a compressed log: a block of bzip2 is the longest that
  /// gives nothing before its end.
  static let lookLimit = 1 << 20
  /// Bytes of an archive on a pipe.
  static let archiveLimit = 64 << 30

  /// What was looked at and is still to be read.
  private static let ahead = Mutex<[UInt8]>([])
  /// Archives that came, for as long as the process lives.
  private static let spooled = Mutex<[SpooledBytes]>([])

  /// Takes what was looked at.
  static func takeAhead() -> [UInt8] {
    ahead.withLock { bytes in
      defer { bytes = [] }
      return bytes
    }
  }

  /// Looks at the first bytes; an archive is read to its end and kept in a file without a name, as
  /// it came. A log stays where it is, however slowly it comes.
  ///
  /// - Returns: where the archive can be opened; `nil` for anything else.
  static func archive() throws(AcquisitionError) -> String? {
    var head = takeAhead()
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    var isOver = false
    var first: [UInt8] = []
    var isSettled = false
    while !isSettled {
      let count = unsafe read(0, &piece, piece.count)
      isOver = count <= 0
      if count > 0 { head += piece[0..<count] }
      first = SourceReader.firstBytes(head)
      // Text has no zeros; the header of a tar has, behind its first name.
      isSettled =
        isOver || head.count >= lookLimit || first.count >= ArchiveKind.peek
        || SourceReader.compression(head) == nil && !head.contains(0)
    }
    guard ArchiveKind(first) != nil else {
      ahead.withLock { $0 = head }
      return nil
    }
    func noRoom() -> AcquisitionError {
      AcquisitionError(
        path: "-",
        reason: .unsupported(
          "an archive on a pipe, for which \(NSTemporaryDirectory()) has no room,"))
    }
    guard let file = SpooledBytes(.disk), unsafe head.withUnsafeBytes({ unsafe file.append($0) })
    else { throw noRoom() }
    var total = head.count
    while !isOver {
      let count = unsafe read(0, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      total += count
      guard total <= archiveLimit,
        unsafe piece[0..<count].withUnsafeBytes({ unsafe file.append($0) })
      else { throw noRoom() }
    }
    spooled.withLock { $0.append(file) }
    return file.path
  }
}
