import Foundation

/// Bytes of a file or pipe through one buffer, with the position known and a digest of all of them.
///
/// A few bytes before the position stay readable, so that an inflater may give some back. Files can
/// also be read elsewhere, without moving.
@safe final class RawInput {
  static let bufferSize = 256 * 1024
  /// Bytes kept before the position.
  static let history = 64
  static let memory = bufferSize + history

  private let descriptor: Int32
  private let ownsDescriptor: Bool
  let isSeekable: Bool
  private let storage = BlockStorage(atLeast: RawInput.memory)
  private var buffer: UnsafeMutableRawBufferPointer { unsafe storage.memory }
  private var lower: Int
  private var upper: Int
  /// Offset in the file of the buffer's first byte.
  private var base: Int
  private(set) var isAtEnd = false
  private(set) var error: Int32 = 0
  private let digest = Digest()
  /// Whether the bytes are as they are stored; text made of a journal is not.
  private let isDigested: Bool
  private var stopRequested: () -> Bool
  /// Where bytes come from if not from a descriptor.
  private let member: (any PullSource)?
  /// Bytes that come before those of the descriptor.
  private var ahead: [UInt8] = []
  /// Bytes given as a piece that are not yet passed.
  var handedOut = 0
  /// Why a member cannot be read on.
  var memberFailure: String? { member?.failure }
  /// Damage of the stream that a member's archive lies in, as far as it was read.
  var outerDamages: [Damage] { member?.outerDamages ?? [] }

  private init(
    descriptor: Int32, ownsDescriptor: Bool, isSeekable: Bool, member: (any PullSource)?,
    stopRequested: @escaping () -> Bool
  ) {
    self.descriptor = descriptor
    self.ownsDescriptor = ownsDescriptor
    self.isSeekable = isSeekable
    self.member = member
    isDigested = !(member is JournalStream)
    lower = 0
    upper = 0
    base = 0
    self.stopRequested = stopRequested
  }

  /// Bytes that a stream gives.
  convenience init(_ stream: any PullSource, stopRequested: @escaping () -> Bool) {
    self.init(
      descriptor: -1, ownsDescriptor: false, isSeekable: false, member: stream,
      stopRequested: stopRequested)
  }

  /// - Throws: if the file cannot be opened.
  convenience init(
    _ source: Source, stopRequested: @escaping () -> Bool
  ) throws(AcquisitionError) {
    switch source.location {
    case .file(let path):
      let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw AcquisitionError(path: path, reason: .cannotOpen(errno: errno))
      }
      self.init(
        descriptor: descriptor, ownsDescriptor: true,
        isSeekable: lseek(descriptor, 0, SEEK_CUR) >= 0, member: nil, stopRequested: stopRequested)
    case .standardInput:
      self.init(
        descriptor: 0, ownsDescriptor: false, isSeekable: false, member: nil,
        stopRequested: stopRequested)
      ahead = StandardInput.takeAhead()
    case .member(let path, let chain):
      guard let stream = openMember(path, chain, source.limits) else {
        throw AcquisitionError(
          path: source.label, reason: .unsupported("this member of an archive"))
      }
      self.init(stream, stopRequested: stopRequested)
    case .journal(let files):
      guard let stream = JournalStream(files: files) else {
        throw AcquisitionError(path: source.label, reason: JournalStream.unreadable)
      }
      self.init(stream, stopRequested: stopRequested)
    }
  }

  deinit {
    if ownsDescriptor { close(descriptor) }
  }

  /// Offset of the next byte.
  var position: Int { base + lower }

  /// Bytes at hand, at least one unless the input is over.
  var available: UnsafeRawBufferPointer {
    if lower >= upper { _ = fill() }
    return unsafe UnsafeRawBufferPointer(rebasing: buffer[lower..<upper])
  }

  /// Moves over bytes at hand; a negative count goes back into the history.
  func advance(_ count: Int) { lower = min(upper, max(0, lower + count)) }

  /// The byte `distance` after the position, or `nil` at the end. Distance below `bufferSize` / 2.
  func peek(_ distance: Int) -> UInt8? {
    while lower + distance >= upper {
      if !fill() { return nil }
    }
    return unsafe buffer[lower + distance]
  }

  /// Reads more behind what is there. Returns false at the end.
  private func fill() -> Bool {
    guard !isAtEnd else { return false }
    if unsafe upper >= buffer.count || lower > buffer.count / 2 {
      let keep = max(0, lower - RawInput.history)
      if keep > 0, let start = unsafe buffer.baseAddress {
        unsafe start.copyMemory(from: start + keep, byteCount: upper - keep)
        base += keep
        lower -= keep
        upper -= keep
      }
    }
    guard unsafe upper < buffer.count else { return false }
    while true {
      if stopRequested() {
        isAtEnd = true
        return false
      }
      let count =
        unsafe takeAhead()
        ?? member.map {
          unsafe $0.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[upper...]))
        }
        ?? read(descriptor, buffer.baseAddress.map { unsafe $0 + upper }, buffer.count - upper)
      if count > 0 {
        if isDigested {
          unsafe digest.update(UnsafeRawBufferPointer(rebasing: buffer[upper..<(upper + count)]))
        }
        upper += count
        return true
      }
      if count < 0, errno == EINTR { continue }
      if count < 0 { error = errno }
      isAtEnd = true
      return false
    }
  }

  /// - Returns: how many bytes were ahead and are in the buffer now; `nil` if there are none.
  private func takeAhead() -> Int? {
    guard !ahead.isEmpty else { return nil }
    let count = unsafe min(ahead.count, buffer.count - upper)
    for i in 0..<count { unsafe buffer[upper + i] = ahead[i] }
    ahead.removeFirst(count)
    return count
  }

  /// Bytes of a file from an offset on; the position stays. Empty for pipes and past the end.
  func bytes(at offset: Int, count: Int) -> [UInt8] {
    guard isSeekable, count > 0, offset >= 0 else { return [] }
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { space, written in
      written = 0
      while written < count {
        let got = unsafe pread(
          descriptor, space.baseAddress.map { unsafe $0 + written }, count - written,
          off_t(offset + written))
        if got < 0, errno == EINTR { continue }
        guard got > 0 else { break }
        written += got
      }
    }
  }

  /// Reads to the end so that the digest covers everything, and gives it; empty if there is none.
  func finish() -> String {
    while true {
      lower = upper
      if !fill() { break }
    }
    return isDigested ? digest.finish() : ""
  }
}
