import Foundation
public import Records
import Synchronization

/// What was found damaged in a source, and where.
public struct Damage: Sendable, Hashable {
  public enum Kind: String, Sendable {
    /// The member ends early, as when a log was copied while it was being rotated.
    case truncated
    /// The deflate stream or the member's header cannot be read.
    case corrupt
    /// All was inflated, but its CRC is not the one in the trailer: some of it is wrong.
    case crcMismatch
    case lengthMismatch
    /// Bytes after the last member that are neither a member nor zeros.
    case trailingGarbage
    case garbageBetweenMembers
    case readError
    /// Reading was ended at a named limit.
    case limit
  }

  public var kind: Kind
  public var compressedOffset: UInt64
  public var decompressedOffset: UInt64
  public var detail: String
}

/// What the reader knows of a source once it has been read.
public struct ReadingFacts: Sendable, Hashable {
  public var compression = "none"
  public var compressedBytes: UInt64 = 0
  public var bytes: UInt64 = 0
  public var lines: UInt64 = 0
  public var members = 0
  public var sha256 = ""
  public var oversizedRecords: UInt64 = 0
  public var damages: [Damage] = []
}

public enum ReadingLimit {
  /// Usual size of a block.
  public static let block = 1 << 20
  /// A record longer than this is cut, and counted.
  public static let record = 16 << 20
  /// Bytes shown to format detection.
  public static let peek = 192 << 10
  /// Bytes of a journal that lies in an archive, kept in memory while it is read.
  public static let journalInMemory: UInt64 = 4 << 30
  /// Damages kept of one source.
  public static let damages = 64
  /// Longest gzip header: name and comment are limited by it.
  public static let header = 64 << 10
}

/// Reads one source: recognises by its magic bytes how it is compressed, undoes that, and hands out
/// blocks that end at a record boundary. gzip is inflated here, member after member; other
/// compressions go through libarchive.
///
/// Damage never ends the reading: all that can be inflated before it is given out, its place is
/// kept, and reading goes on at the next member that inflates. One owner at a time; it may pass from
/// thread to thread, which is why `@unchecked Sendable` holds.
@safe public final class SourceReader: ByteFeed, @unchecked Sendable {
  public let source: Source
  private let kind: InflaterKind
  private let stopFlag: StopFlag?
  private var input: RawInput?
  private var inflater: (any Inflater)?
  private enum State { case unopened, plain, filtered, header, member, done }
  /// Decompresses what is not gzip.
  private var filter: ArchiveStream?
  private var state = State.unopened
  /// Undoes UTF-16; `nil` for all other text, which is taken as it is.
  private var decoder: UTF16Decoder?
  private var isEncodingKnown = false
  public private(set) var facts = ReadingFacts()

  /// Decompressed bytes not yet given out.
  private var storage: BlockStorage?
  private var work: UnsafeMutableRawBufferPointer {
    unsafe storage?.memory ?? UnsafeMutableRawBufferPointer(start: nil, count: 0)
  }
  private var filled = 0
  /// Bytes that the work buffer may be filled to for now.
  private var roomLimit = Int.max
  /// Where the next bytes go.
  private var room: UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(
      rebasing: work[filled..<max(filled, min(work.count, roomLimit))])
  }
  /// Decompressed offset and line number of the first of them.
  private var offset: UInt64 = 0
  private var line: UInt64 = 1

  // The member being inflated.
  private var memberData = 0
  /// Bytes of the piece that was handed out last.
  private var pieceCount = 0
  private var memberOutput: UInt64 = 0

  public init(_ source: Source, inflater: InflaterKind = .isal, stop: StopFlag? = nil) {
    self.source = source
    kind = inflater
    stopFlag = stop
  }

  /// How far the reading is, in bytes of the input.
  public var consumedBytes: UInt64 { UInt64(input?.position ?? 0) }

  // MARK: - Giving out

  /// The first bytes, decompressed, without taking them.
  ///
  /// - Throws: if the source cannot be opened or is of a kind that is not read.
  public func peek(limit: Int = ReadingLimit.peek) throws(AcquisitionError) -> [UInt8] {
    try start()
    // A look at the first bytes need not inflate more than those.
    roomLimit = max(limit, 4096)
    while filled < limit, state != .done { fill() }
    roomLimit = .max
    if filled >= JournalStream.magic.count,
      unsafe UnsafeRawBufferPointer(rebasing: work[0..<filled]).starts(with: JournalStream.magic)
    {
      try enterJournal()
      while filled < limit, state != .done { fill() }
    }
    let count = min(filled, limit)
    return unsafe [UInt8](UnsafeRawBufferPointer(rebasing: work[0..<count]))
  }

  /// The next block, or `nil` after the last.
  public func next(framer: any Framer) throws(AcquisitionError) -> Block? {
    try start()
    while true {
      while unsafe filled < work.count, state != .done { fill() }
      if state == .done {
        let block = filled > 0 ? take(filled, isLast: true) : nil
        if block == nil { finish() }
        return block
      }
      let boundary = unsafe framer.lastBoundary(
        in: Span(_unsafeBytes: UnsafeRawBufferPointer(rebasing: work[0..<filled])))
      if boundary > 0 { return take(boundary, isLast: false) }
      if unsafe work.count < ReadingLimit.record {
        unsafe grow(to: min(ReadingLimit.record, work.count * 2))
      } else {
        facts.oversizedRecords += 1
        let line = unsafe lastNewline(UnsafeRawBufferPointer(rebasing: work[0..<filled]))
        return take(line > 0 ? line : filled, isLast: false)
      }
    }
  }

  /// What is decompressed so far, whatever records it cuts; for readers of archives.
  func nextPiece() -> UnsafeRawBufferPointer {
    offset += UInt64(pieceCount)
    filled = max(0, filled - pieceCount)
    pieceCount = 0
    while filled == 0, state != .done { fill() }
    pieceCount = filled
    return unsafe UnsafeRawBufferPointer(rebasing: work[0..<filled])
  }

  /// Ends the reading where far more comes out than went in: nobody's log is like that.
  private func checkRatio() {
    let out = decompressedOffset
    guard state == .member || state == .filtered || state == .header,
      out > ArchiveLimits.ratioFloor, let input,
      out / UInt64(max(1, input.position)) > source.limits.ratio
    else { return }
    damage(
      .limit, at: input.position,
      "more than \(source.limits.ratio) bytes come out of each byte (--archive-ratio): reading ended here"
    )
    state = .done
  }

  /// Hands the memory over with the first `count` bytes, and takes the rest along into new memory.
  private func take(_ count: Int, isLast: Bool) -> Block? {
    guard let full = storage else { return nil }
    let lines = unsafe newlines(UnsafeRawBufferPointer(rebasing: work[0..<count]))
    let block = Block(
      storage: full, count: count, offset: offset, firstLine: line, isLast: isLast)
    offset += UInt64(count)
    line += UInt64(lines)
    facts.lines += UInt64(lines)
    if isLast, unsafe count > 0 && work[count - 1] != 0x0a { facts.lines += 1 }
    facts.bytes = offset
    if isLast {
      storage = nil
      filled = 0
      return block
    }
    let rest = unsafe UnsafeRawBufferPointer(rebasing: work[count..<filled])
    let next = BlockStorage(atLeast: rest.count)
    unsafe next.memory.copyMemory(from: rest)
    storage = next
    filled = rest.count
    return block
  }

  private func grow(to size: Int) {
    let larger = BlockStorage(atLeast: size)
    unsafe larger.memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: work[0..<filled]))
    storage = larger
  }

  /// Closes the source: the descriptor is free for the next.
  private func finish() {
    guard let input else { return }
    let digest = input.finish()
    if facts.sha256.isEmpty { facts.sha256 = digest }
    for outer in input.outerDamages where facts.damages.count < ReadingLimit.damages {
      var damage = outer
      damage.detail = "in the archive around it: " + outer.detail
      facts.damages.append(damage)
    }
    facts.compressedBytes = UInt64(input.position)
    facts.bytes = offset
    self.input = nil
    filter = nil
    inflater = nil
    storage = nil
  }

  // MARK: - Opening

  private func start() throws(AcquisitionError) {
    guard state == .unopened else { return }
    let flag = stopFlag
    let input = try RawInput(source) { flag?.isSet ?? false }
    self.input = input
    grow(to: ReadingLimit.block)
    if case .journal(let files) = source.location {
      facts.compression = "journal"
      facts.sha256 = digestOf(files)
      state = .plain
      return
    }
    if input.peek(0) == 0x1f, input.peek(1) == 0x8b {
      facts.compression = "gzip"
      inflater = makeInflater(input.isSeekable ? kind : .zlib)
      state = .header
    } else {
      if let name = compression(input) {
        facts.compression = name
        if let stream = ArchiveStream(.compressed, feed: input), stream.nextMember() != nil {
          filter = stream
          state = .filtered
        } else {
          damage(.corrupt, at: 0, "the \(name) stream cannot be read")
          state = .done
        }
        return
      }
      if let name = foreignContainer(input) {
        state = .done
        self.input = nil
        throw AcquisitionError(path: source.label, reason: .unsupported(name))
      }
      state = .plain
    }
  }

  /// A journal that lies in a file of any name, in an archive or is compressed.
  ///
  /// libsystemd wants a file that it can map: what is not one goes to memory, up to a named limit.
  private func enterJournal() throws(AcquisitionError) {
    guard let input else { return }
    let flag = stopFlag
    let stream: JournalStream?
    if case .file(let path) = source.location, state == .plain {
      facts.sha256 = digestOf([path])
      stream = JournalStream(files: [path])
    } else {
      let copy = SpooledBytes(.memory, isNamed: true)
      var written: UInt64 = 0
      while let copy, filled > 0 {
        guard unsafe copy.append(UnsafeRawBufferPointer(rebasing: work[0..<filled])) else {
          damage(
            .limit, at: input.position,
            "a journal in an archive is kept in memory, of which no more than \(written) bytes are left"
          )
          break
        }
        written += UInt64(filled)
        filled = 0
        guard written < ReadingLimit.journalInMemory else {
          damage(
            .limit, at: input.position,
            "a journal in an archive is read up to \(ReadingLimit.journalInMemory) bytes (a named limit)"
          )
          break
        }
        while filled == 0, state != .done { fill() }
      }
      facts.sha256 = input.finish()
      stream = copy.flatMap { JournalStream(files: [$0.path], copy: $0) }
    }
    filled = 0
    offset = 0
    facts.compression = facts.compression == "none" ? "journal" : facts.compression + ", journal"
    inflater = nil
    filter = nil
    guard let stream else {
      state = .done
      self.input = nil
      throw AcquisitionError(path: source.label, reason: JournalStream.unreadable)
    }
    self.input = RawInput(stream) { flag?.isSet ?? false }
    state = .plain
  }

  private func digestOf(_ files: [String]) -> String {
    let all = files.compactMap { path -> String? in
      guard
        let input = try? RawInput(
          Source(label: path, location: .file(path), modified: .unknown, size: 0),
          stopRequested: { false })
      else { return nil }
      return input.finish()
    }
    guard all.count > 1 else { return all.first ?? "" }
    let digest = Digest()
    for one in all { unsafe Array(one.utf8).withUnsafeBytes { unsafe digest.update($0) } }
    return digest.finish()
  }

  /// Containers that are recognised so that their bytes are not taken for a log.
  private func foreignContainer(_ input: RawInput) -> String? {
    let magics: [(String, [UInt8])] = [
      ("a SQLite database", Array("SQLite format 3\0".utf8))
    ]
    return beginning(of: input, among: magics)
  }

  /// Compressions that libarchive undoes, by magic bytes.
  private static let compressions: [(String, [UInt8])] = [
    ("zstd", [0x28, 0xb5, 0x2f, 0xfd]), ("xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]),
    ("bzip2", [0x42, 0x5a, 0x68]), ("lz4", [0x04, 0x22, 0x4d, 0x18]),
  ]

  private func compression(_ input: RawInput) -> String? {
    beginning(of: input, among: SourceReader.compressions)
  }

  /// How bytes are compressed; `nil` if they are not.
  static func compression(_ first: [UInt8]) -> String? {
    if first.starts(with: [0x1f, 0x8b]) { return "gzip" }
    return compressions.first { first.starts(with: $0.1) }?.0
  }

  /// The first bytes of what comes out of the first bytes of a source, as many as tell an archive.
  static func firstBytes(_ head: [UInt8]) -> [UInt8] {
    guard compression(head) != nil else { return Array(head.prefix(ArchiveKind.peek)) }
    guard let file = SpooledBytes(.memory), unsafe head.withUnsafeBytes({ unsafe file.append($0) })
    else { return [] }
    let reader = SourceReader(
      Source(label: "", location: .file(file.path), modified: .unknown, size: Int64(head.count)))
    return (try? reader.peek(limit: ArchiveKind.peek)) ?? []
  }

  private func beginning(of input: RawInput, among magics: [(String, [UInt8])]) -> String? {
    magics.first { _, magic in magic.indices.allSatisfy { input.peek($0) == magic[$0] } }?.0
  }

  private func fillFiltered() {
    guard let input, let filter else { return }
    let count = unsafe filter.read(into: room)
    if count == 0 {
      if let failure = filter.failure {
        damage(
          failure.lowercased().contains("truncated") ? .truncated : .corrupt, at: input.position,
          failure)
      }
      facts.members += 1
      state = .done
      return
    }
    filled += count
  }

  // MARK: - Filling

  private func fill() {
    let before = filled
    fillRaw()
    if !isEncodingKnown, filled >= 64 || state == .done {
      isEncodingKnown = true
      unsafe decoder = UTF16Decoder(first: UnsafeRawBufferPointer(rebasing: work[0..<filled]))
      if let decoder {
        facts.compression += ", \(decoder.name)"
        decode(from: 0)
      }
    } else if decoder != nil {
      decode(from: before)
    }
    checkRatio()
  }

  /// Replaces what came last by the same in UTF-8.
  private func decode(from start: Int) {
    var text: [UInt8] = []
    unsafe decoder?.decode(UnsafeRawBufferPointer(rebasing: work[start..<filled]), into: &text)
    filled = start
    append(text[...])
  }

  private func fillRaw() {
    switch state {
    case .unopened, .done: return
    case .plain: fillPlain()
    case .filtered: fillFiltered()
    case .header: readHeader()
    case .member: inflate()
    }
  }

  private var decompressedOffset: UInt64 { offset + UInt64(filled) }

  private func damage(_ kind: Damage.Kind, at compressed: Int, _ detail: String) {
    guard facts.damages.count < ReadingLimit.damages else { return }
    facts.damages.append(
      Damage(
        kind: kind, compressedOffset: UInt64(max(0, compressed)),
        decompressedOffset: decompressedOffset, detail: detail))
  }

  private func fillPlain() {
    guard let input else { return }
    let bytes = unsafe input.available
    if unsafe bytes.isEmpty {
      if input.error != 0 {
        damage(.readError, at: input.position, unsafe String(cString: strerror(input.error)))
      }
      if let failure = input.memberFailure { damage(.corrupt, at: input.position, failure) }
      state = .done
      return
    }
    let count = unsafe min(bytes.count, work.count - filled)
    unsafe UnsafeMutableRawBufferPointer(rebasing: work[filled..<(filled + count)])
      .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[0..<count]))
    filled += count
    input.advance(count)
  }

  /// After damage the next member's first line must not be glued to a broken one.
  private func breakLine() {
    guard filled > 0, unsafe filled < work.count, unsafe work[filled - 1] != 0x0a else { return }
    unsafe work[filled] = 0x0a
    filled += 1
  }

  /// At a member's header, at padding, at garbage or at the end.
  private func readHeader() {
    guard let input else { return }
    guard input.peek(0) != nil else {
      if input.error != 0 {
        damage(.readError, at: input.position, unsafe String(cString: strerror(input.error)))
      }
      state = .done
      return
    }
    if let length = gzipHeaderLength({ input.peek($0) }) {
      input.advance(length)
      beginMember()
      return
    }
    let from = input.position
    if facts.members > 0 {
      // Zero padding, as tapes leave it, is no damage.
      while let byte = input.peek(0), byte == 0 { input.advance(1) }
      if input.peek(0) == nil {
        state = .done
        return
      }
      if gzipHeaderLength({ input.peek($0) }) != nil { return }
    }
    let isHeader = input.peek(0) == 0x1f && input.peek(1) == 0x8b
    let start = input.position
    if isHeader, endsWithin(18) {
      damage(.truncated, at: start, "ends within a member's header")
      skipAll()
      return
    }
    if resync(from: start + (isHeader ? 1 : 0)) {
      damage(
        facts.members == 0 || isHeader ? .corrupt : .garbageBetweenMembers, at: start,
        "\(input.position - start) bytes that are no gzip member")
    } else {
      damage(
        isHeader ? .corrupt : .trailingGarbage,
        at: facts.members > 0 && !isHeader ? max(from, start) : start,
        "bytes that are no gzip member, to the end")
      skipAll()
    }
  }

  private func endsWithin(_ count: Int) -> Bool {
    guard let input else { return true }
    return input.peek(count) == nil
  }

  private func skipAll() {
    guard let input else { return }
    while unsafe !input.available.isEmpty { unsafe input.advance(input.available.count) }
    state = .done
  }

  private func beginMember() {
    guard let input else { return }
    memberData = input.position
    memberOutput = 0
    inflater?.reset()
    state = .member
  }

  private func inflate() {
    guard let input, let inflater else { return }
    let bytes = unsafe input.available
    if unsafe bytes.isEmpty {
      recover(.truncated)
      return
    }
    guard unsafe !room.isEmpty else { return }
    let (taken, written, step) = unsafe inflater.inflate(bytes, into: room)
    if step == .damaged {
      // What the call wrote is not trusted: the reference says how much is good.
      input.advance(taken)
      recover(.corrupt)
      return
    }
    input.advance(taken)
    filled += written
    memberOutput += UInt64(written)
    guard step == .finished else { return }
    var trailer: UInt64 = 0
    for i in 0..<8 {
      guard let byte = input.peek(i) else {
        damage(.truncated, at: input.position, "ends within a member's trailer")
        facts.members += 1
        breakLine()
        skipAll()
        return
      }
      trailer |= UInt64(byte) << UInt64(8 * i)
    }
    let wrongCRC = UInt32(truncatingIfNeeded: trailer) != inflater.checksum
    let wrongLength =
      UInt32(truncatingIfNeeded: trailer >> 32) != UInt32(truncatingIfNeeded: memberOutput)
    if wrongCRC {
      damage(
        .crcMismatch, at: input.position,
        "the CRC of the \(memberOutput) bytes before is not the stored one: some of them are wrong")
    } else if wrongLength {
      damage(.lengthMismatch, at: input.position, "\(memberOutput) bytes, another length is stored")
    }
    input.advance(8)
    facts.members += 1
    if wrongCRC || wrongLength { breakLine() }
    state = .header
  }

  // MARK: - Damage

  /// Finds out with the reference how much of the damaged member is good, gives out what is still
  /// missing of it, and goes on at the next member.
  ///
  /// ISA-L and zlib notice a fault at different bytes; this makes them say the same. Files only:
  /// a pipe is read with zlib from the beginning.
  private func recover(_ kind: Damage.Kind) {
    guard let input else { return }
    var faultAt = input.position
    if input.isSeekable {
      let reference = ZlibInflater()
      var at = memberData
      var produced: UInt64 = 0
      var chunk: [UInt8] = []
      var start = 0
      var space = [UInt8](repeating: 0, count: 64 << 10)
      var isOver = false
      var ending = kind
      while !isOver {
        if start >= chunk.count {
          at += start
          start = 0
          chunk = input.bytes(at: at, count: 64 << 10)
          if chunk.isEmpty {
            ending = .truncated
            break
          }
        }
        let (taken, written, step) = unsafe chunk.withUnsafeBytes { bytes in
          unsafe space.withUnsafeMutableBytes { room in
            unsafe reference.inflate(
              UnsafeRawBufferPointer(rebasing: bytes[start...]), into: room)
          }
        }
        // Output of the damaged call itself is good up to the fault.
        let end = produced + UInt64(written)
        if end > memberOutput {
          let from = Int(memberOutput > produced ? memberOutput - produced : 0)
          append(space[from..<written])
          memberOutput = end
        }
        produced = end
        start += max(0, taken)
        switch step {
        case .more:
          if taken == 0, written == 0, start < chunk.count { isOver = true }
        case .finished:
          isOver = true
        case .damaged:
          ending = .corrupt
          isOver = true
        }
      }
      faultAt = at + start
      damage(
        ending, at: faultAt,
        ending == .truncated ? "the member ends early" : "the deflate stream cannot be read on")
    } else {
      damage(
        kind, at: faultAt,
        kind == .truncated ? "the member ends early" : "the deflate stream cannot be read on")
    }
    facts.members += 1
    breakLine()
    // The next member can begin anywhere behind this one's header.
    let searchFrom = input.isSeekable ? min(faultAt, input.position) : input.position
    if !resync(from: max(memberData, searchFrom)) { skipAll() }
  }

  private func append(_ bytes: ArraySlice<UInt8>) {
    if unsafe filled + bytes.count + 1 > work.count {
      grow(to: filled + bytes.count + ReadingLimit.block)
    }
    unsafe bytes.withUnsafeBytes { raw in
      unsafe UnsafeMutableRawBufferPointer(rebasing: work[filled..<(filled + raw.count)])
        .copyMemory(from: raw)
    }
    filled += bytes.count
  }

  /// Moves to the next member that has a sane header and inflates.
  private func resync(from offset: Int) -> Bool {
    guard let input else { return false }
    // Where the search begins before the position (the inflater reads ahead), the file is read
    // again at the side; forward it is the stream itself.
    if input.isSeekable, offset < input.position {
      let side = input.bytes(at: offset, count: input.position - offset + ReadingLimit.header)
      var i = 0
      while i < side.count, offset + i < input.position {
        if side[i] == 0x1f, i + 1 < side.count, side[i + 1] == 0x8b {
          let here = i
          if let length = gzipHeaderLength({
            here + $0 < side.count ? side[here + $0] : nil
          }), proves(input.bytes(at: offset + i + length, count: 16 << 10)) {
            let back = offset + i - input.position
            if back >= -RawInput.history {
              input.advance(back)
              state = .header
              return true
            }
          }
        }
        i += 1
      }
    }
    while let byte = input.peek(0) {
      if byte == 0x1f, input.peek(1) == 0x8b, let length = gzipHeaderLength({ input.peek($0) }) {
        var trial: [UInt8] = []
        for i in 0..<(16 << 10) {
          guard let next = input.peek(length + i) else { break }
          trial.append(next)
        }
        if proves(trial) {
          state = .header
          return true
        }
      }
      input.advance(1)
    }
    return false
  }

  /// Whether bytes begin a deflate stream: something comes out, or the stream ends cleanly.
  private func proves(_ bytes: [UInt8]) -> Bool {
    let trial = ZlibInflater()
    var space = [UInt8](repeating: 0, count: 64 << 10)
    let (_, written, step) = unsafe bytes.withUnsafeBytes { input in
      unsafe space.withUnsafeMutableBytes { unsafe trial.inflate(input, into: $0) }
    }
    return step == .finished || (step == .more && written > 0)
  }
}

/// Length of a gzip header, or `nil` if the bytes are none.
///
/// Source: RFC 1952 section 2.3.
func gzipHeaderLength(_ byte: (Int) -> UInt8?) -> Int? {
  guard byte(0) == 0x1f, byte(1) == 0x8b, byte(2) == 8, let flags = byte(3), flags & 0xe0 == 0,
    byte(9) != nil
  else { return nil }
  var length = 10
  if flags & 4 != 0 {
    guard let low = byte(length), let high = byte(length + 1) else { return nil }
    length += 2 + Int(low) + Int(high) * 256
  }
  for bit in [UInt8(8), 16] where flags & bit != 0 {
    while true {
      guard let next = byte(length), length < ReadingLimit.header else { return nil }
      length += 1
      if next == 0 { break }
    }
  }
  if flags & 2 != 0 { length += 2 }
  return byte(length - 1) == nil ? nil : length
}

/// Set by a signal handler or another thread: readers stop at the next read.
public final class StopFlag: Sendable {
  private let flag = Atomic<Bool>(false)
  public init() {}
  public var isSet: Bool { flag.load(ordering: .relaxed) }
  public func set() { flag.store(true, ordering: .relaxed) }
}

/// Number of line feeds.
func newlines(_ bytes: UnsafeRawBufferPointer) -> Int {
  var count = 0
  guard var cursor = bytes.baseAddress else { return 0 }
  let end = unsafe cursor + bytes.count
  while unsafe cursor < end, let found = unsafe memchr(cursor, 0x0a, end - cursor) {
    count += 1
    unsafe cursor = UnsafeRawPointer(found) + 1
  }
  return count
}

/// Offset just behind the last line feed, or 0.
func lastNewline(_ bytes: UnsafeRawBufferPointer) -> Int {
  var i = bytes.count
  while i > 0 {
    if unsafe bytes[i - 1] == 0x0a { return i }
    i -= 1
  }
  return 0
}
