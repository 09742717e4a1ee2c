import Foundation

/// Standard output and error.
enum Output {
  struct BrokenPipe: Error {}

  static func error(_ text: String) {
    _ = try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
  }

  /// - Throws: `BrokenPipe` when the reader has gone away.
  static func write(_ text: String) throws { try write(Array(text.utf8)) }

  static func write(_ bytes: [UInt8]) throws {
    var offset = 0
    while offset < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { raw in
        unsafe Foundation.write(1, raw.baseAddress.map { unsafe $0 + offset }, raw.count - offset)
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EPIPE { throw BrokenPipe() }
      guard count > 0 else { throw Status.failure("writing to standard output failed.") }
      offset += count
    }
  }

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  static var width: Int {
    var size = winsize()
    if unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 { return Int(size.ws_col) }
    return 80
  }

  /// Whether colours are wanted, after NO_COLOR and TERM.
  static func wantsColor(_ mode: ColorMode) -> Bool {
    switch mode {
    case .always: return true
    case .never: return false
    case .auto:
      let environment = ProcessInfo.processInfo.environment
      return isTerminal(1) && (environment["NO_COLOR"] ?? "").isEmpty
        && environment["TERM"] != "dumb"
    }
  }
}

/// A line on standard error that is drawn anew, on a terminal and on long work only.
final class ProgressLine: @unchecked Sendable {
  private let lock = NSLock()
  private let start = Date()
  private var last = Date.distantPast
  private var drawn = false
  private let enabled: Bool

  init(enabled: Bool) { self.enabled = enabled && Output.isTerminal(2) }

  func show(read: UInt64, total: UInt64, done: Int, sources: Int) {
    guard enabled else { return }
    lock.lock()
    defer { lock.unlock() }
    let now = Date()
    guard now.timeIntervalSince(start) > 1, now.timeIntervalSince(last) > 0.2 else { return }
    last = now
    drawn = true
    let share = total > 0 ? min(1, Double(read) / Double(total)) : 0
    let bar = String(repeating: "=", count: Int(share * 30))
    let rest = String(repeating: " ", count: 30 - Int(share * 30))
    let text =
      total > 0
      ? "[\(bar)\(rest)] \(Int(share * 100)) %, \(done) of \(sources) sources"
      : "\(read / 1_000_000) MB read"
    _ = try? FileHandle.standardError.write(contentsOf: Data("\r\(text) ".utf8))
  }

  func clear() {
    lock.lock()
    defer { lock.unlock() }
    if drawn {
      _ = try? FileHandle.standardError.write(contentsOf: Data("\r\u{1b}[K".utf8))
      drawn = false
    }
  }
}
