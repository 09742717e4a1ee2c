import Foundation

/// Something that gives bytes on being asked, and may fail on the way.
protocol PullSource: AnyObject {
  /// Fills a part of `room`. Returns 0 at the end, and where `failure` says why.
  func read(into room: UnsafeMutableRawBufferPointer) -> Int
  var failure: String? { get }
  /// Damage of what the bytes lie in, as far as it was read.
  var outerDamages: [Damage] { get }
}

/// The functions of libsystemd that reading a journal needs.
///
/// Looked up at run time: a machine without systemd can still read all other logs, and on it a
/// journal is named as not readable.
///
/// Source: sd-journal(3).
@safe private struct JournalLibrary: @unchecked Sendable {
  typealias Handle = OpaquePointer
  typealias DataCall =
    @convention(c) (
      Handle, UnsafeMutablePointer<UnsafeRawPointer?>, UnsafeMutablePointer<Int>
    ) -> Int32

  let openFiles:
    @convention(c) (
      UnsafeMutablePointer<Handle?>, UnsafePointer<UnsafePointer<CChar>?>, Int32
    ) -> Int32
  let close: @convention(c) (Handle) -> Void
  let setThreshold: @convention(c) (Handle, Int) -> Int32
  let next: @convention(c) (Handle) -> Int32
  let realtime: @convention(c) (Handle, UnsafeMutablePointer<UInt64>) -> Int32
  let restart: @convention(c) (Handle) -> Void
  let enumerate: DataCall

  static let shared = JournalLibrary()

  private init?() {
    guard let library = unsafe dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL) else { return nil }
    func symbol<T>(_ name: String, as type: T.Type) -> T? {
      unsafe dlsym(library, name).map { unsafe unsafeBitCast($0, to: type) }
    }
    guard
      let openFiles = unsafe symbol(
        "sd_journal_open_files",
        as: (@convention(c) (
          UnsafeMutablePointer<Handle?>, UnsafePointer<UnsafePointer<CChar>?>, Int32
        ) -> Int32).self),
      let close = unsafe symbol(
        "sd_journal_close", as: (@convention(c) (Handle) -> Void).self),
      let setThreshold = unsafe symbol(
        "sd_journal_set_data_threshold", as: (@convention(c) (Handle, Int) -> Int32).self),
      let next = unsafe symbol("sd_journal_next", as: (@convention(c) (Handle) -> Int32).self),
      let realtime = unsafe symbol(
        "sd_journal_get_realtime_usec",
        as: (@convention(c) (Handle, UnsafeMutablePointer<UInt64>) -> Int32).self),
      let restart = unsafe symbol(
        "sd_journal_restart_data", as: (@convention(c) (Handle) -> Void).self),
      let enumerate = unsafe symbol("sd_journal_enumerate_available_data", as: DataCall.self)
    else { return nil }
    unsafe self.openFiles = openFiles
    unsafe self.close = close
    unsafe self.setThreshold = setThreshold
    unsafe self.next = next
    unsafe self.realtime = realtime
    unsafe self.restart = restart
    unsafe self.enumerate = enumerate
  }
}

/// Journal files of one folder, entry by entry in order of time, as text in journald's export format.
///
/// Entries that several of the files hold come once. Damage in a journal file makes libsystemd leave
/// entries out without a word, so what was read is held against the number in the files' headers.
///
/// Source: sd-journal(3); systemd, *Journal File Format* and *Journal Export Formats*.
@safe final class JournalStream: PullSource {
  /// First bytes of a journal file.
  static let magic = Array("LPKSHHRH".utf8)

  private let library: JournalLibrary
  private let handle: JournalLibrary.Handle
  /// Keeps the copy of a journal that lay in an archive.
  private let copy: SpooledBytes?
  private var text: [UInt8] = []
  private var given = 0
  private var isOver = false
  private var entries: UInt64 = 0
  private let expected: UInt64
  private let filesOverlap: Bool
  private(set) var failure: String?
  private(set) var outerDamages: [Damage] = []

  /// Why a journal could not be opened.
  static var unreadable: AcquisitionError.Reason {
    .unsupported(
      JournalLibrary.shared == nil
        ? "a journal file, and libsystemd, which reads it, is not on this machine"
        : "a journal that libsystemd cannot open")
  }

  /// - Parameter copy: what the files lead to, if it is a copy.
  /// - Returns: `nil` if libsystemd is missing or none of the files can be opened.
  init?(files: [String], copy: SpooledBytes? = nil) {
    guard let library = JournalLibrary.shared else { return nil }
    let headers = files.compactMap(JournalHeader.init(path:))
    var names = unsafe files.map { unsafe UnsafePointer<CChar>(strdup($0)) }
    defer {
      for i in unsafe names.indices { unsafe free(UnsafeMutablePointer(mutating: names[i])) }
    }
    unsafe names.append(nil)
    var handle: JournalLibrary.Handle?
    guard unsafe library.openFiles(&handle, names, 0) >= 0, let handle = unsafe handle else {
      return nil
    }
    self.library = library
    unsafe self.handle = handle
    self.copy = copy
    expected = headers.reduce(0) { $0 &+ $1.entries }
    filesOverlap = JournalHeader.overlap(headers)
    _ = unsafe library.setThreshold(handle, 0)
  }

  deinit {
    unsafe library.close(handle)
  }

  func read(into room: UnsafeMutableRawBufferPointer) -> Int {
    while given >= text.count, !isOver {
      text.removeAll(keepingCapacity: true)
      given = 0
      while text.count < room.count, !isOver { appendEntry() }
    }
    let count = min(room.count, text.count - given)
    guard count > 0 else { return 0 }
    unsafe text.withUnsafeBytes { bytes in
      unsafe room.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[given..<(given + count)]))
    }
    given += count
    return count
  }

  private func appendEntry() {
    let code = unsafe library.next(handle)
    guard code > 0 else {
      isOver = true
      if code < 0 {
        failure = unsafe "the journal cannot be read on: \(String(cString: strerror(-code)))"
      } else if entries < expected, !filesOverlap {
        failure =
          "\(expected - entries) of \(expected) entries that the files' headers count cannot be read: they are damaged"
      }
      return
    }
    entries += 1
    var time: UInt64 = 0
    if unsafe library.realtime(handle, &time) >= 0 {
      text.append(contentsOf: "__REALTIME_TIMESTAMP=\(time)\n".utf8)
    }
    unsafe library.restart(handle)
    var data: UnsafeRawPointer?
    var count = 0
    while unsafe library.enumerate(handle, &data, &count) > 0, let field = unsafe data {
      unsafe append(UnsafeRawBufferPointer(start: field, count: count))
    }
    text.append(0x0a)
  }

  /// Fields that journald adds by itself and that say who wrote an entry, where and when. Its others
  /// (command line, capabilities, security context, slices ...) are left out: they are half of a
  /// journal's text, and no record has a place for them.
  private static let trusted: [[UInt8]] = [
    "_BOOT_ID", "_COMM", "_HOSTNAME", "_PID", "_SOURCE_REALTIME_TIMESTAMP", "_SYSTEMD_UNIT",
    "_TRANSPORT", "_UID",
  ].map { Array($0.utf8) }

  private func isWanted(_ name: UnsafeRawBufferPointer) -> Bool {
    guard unsafe name.first == 0x5f else { return true }
    for known in JournalStream.trusted where known.count == name.count {
      if unsafe known.elementsEqual(name) { return true }
    }
    return false
  }

  /// `NAME=value` on a line, or with its length where the value has a line feed.
  private func append(_ field: UnsafeRawBufferPointer) {
    guard let start = field.baseAddress, let found = unsafe memchr(start, 0x3d, field.count)
    else { return }
    let equals = unsafe UnsafeRawPointer(found) - start
    guard unsafe isWanted(UnsafeRawBufferPointer(rebasing: field[..<equals])) else { return }
    if unsafe memchr(start, 0x0a, field.count) == nil {
      unsafe text.append(contentsOf: field)
      text.append(0x0a)
      return
    }
    unsafe text.append(contentsOf: UnsafeRawBufferPointer(rebasing: field[..<equals]))
    text.append(0x0a)
    let length = UInt64(field.count - equals - 1)
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      text.append(UInt8(truncatingIfNeeded: length >> shift))
    }
    unsafe text.append(contentsOf: UnsafeRawBufferPointer(rebasing: field[(equals + 1)...]))
    text.append(0x0a)
  }
}

/// What a journal file's header says of its entries.
///
/// Source: systemd, *Journal File Format*, Header.
struct JournalHeader {
  var sequence: [UInt8]
  var entries: UInt64
  var firstNumber: UInt64
  var lastNumber: UInt64

  /// - Returns: `nil` if the file is none or cannot be opened.
  init?(path: String) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 176)
    guard unsafe pread(descriptor, &bytes, bytes.count, 0) == bytes.count,
      bytes.starts(with: JournalStream.magic)
    else { return nil }
    func number(_ offset: Int) -> UInt64 {
      (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64($1 * 8) }
    }
    sequence = Array(bytes[72..<88])
    entries = number(152)
    lastNumber = number(160)
    firstNumber = number(168)
  }

  /// Whether two files may hold the same entries: their numbers of one sequence overlap.
  static func overlap(_ headers: [JournalHeader]) -> Bool {
    for (i, a) in headers.enumerated() {
      for b in headers[(i + 1)...]
      where a.sequence == b.sequence && a.firstNumber <= b.lastNumber
        && b.firstNumber <= a.lastNumber
      {
        return true
      }
    }
    return false
  }
}
