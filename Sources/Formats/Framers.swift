public import Records

/// One line, one record.
public struct LineFramer: Framer {
  public init() {}

  public func frameEnd(in bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
    if let newline = find(0x0a, in: bytes, from: start) { return newline + 1 }
    return isLast && start < bytes.count ? bytes.count : nil
  }

  public func lastBoundary(in bytes: Span<UInt8>) -> Int { afterLastNewline(bytes) }
}

func afterLastNewline(_ bytes: Span<UInt8>) -> Int {
  var i = bytes.count
  while i > 0 {
    if bytes[i - 1] == 0x0a { return i }
    i -= 1
  }
  return 0
}

/// A record begins at a line that looks like a beginning; other lines belong to the record before.
///
/// What looks like a beginning is decided on the line alone, so a source may be cut before any such
/// line. A record of more than `linesLimit` lines is cut there by the parser's caller as a record of
/// its own; since a cut block begins at a beginning, only such giants could differ by the cut, and
/// their surplus lines are counted as unparsed in either case.
public struct StartLineFramer: Framer {
  /// Whether a line (without its end) begins a record.
  let begins: @Sendable (Span<UInt8>) -> Bool

  public init(begins: @escaping @Sendable (Span<UInt8>) -> Bool) { self.begins = begins }

  public func frameEnd(in bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
    var lineStart = start
    while true {
      guard let newline = find(0x0a, in: bytes, from: lineStart) else {
        return isLast && start < bytes.count ? bytes.count : nil
      }
      lineStart = newline + 1
      if lineStart >= bytes.count { return isLast ? bytes.count : nil }
      let end = find(0x0a, in: bytes, from: lineStart) ?? bytes.count
      if begins(bytes.extracting(lineStart..<end)) { return lineStart }
    }
  }

  public func lastBoundary(in bytes: Span<UInt8>) -> Int {
    // The last line may be incomplete: what it is can be seen only once it is whole.
    var end = afterLastNewline(bytes)
    while end > 0 {
      var start = end - 1
      while start > 0, bytes[start - 1] != 0x0a { start -= 1 }
      if start == 0 { return 0 }
      if begins(bytes.extracting(start..<(end - 1))) { return start }
      end = start
    }
    return 0
  }
}

/// journald's export format: fields a line each, binary fields with a length, an empty line after
/// each entry.
///
/// Source: systemd, *Journal Export Formats*.
public struct JournalExportFramer: Framer {
  /// Longest value that a declared length is believed.
  static let valueLimit: UInt64 = 64 << 20

  public init() {}

  public func frameEnd(in bytes: Span<UInt8>, from start: Int, isLast: Bool) -> Int? {
    var i = start
    while i < bytes.count {
      if bytes[i] == 0x0a {
        // Empty lines before an entry belong to nothing: swallow them as its end.
        return i + 1
      }
      guard let newline = find(0x0a, in: bytes, from: i) else { break }
      if find(0x3d, in: bytes, from: i, to: newline) == nil, newline + 9 <= bytes.count {
        let length = littleEndian(bytes, newline + 1)
        guard length <= JournalExportFramer.valueLimit else {
          // A length nobody writes: treat the name as a line and go on.
          i = newline + 1
          continue
        }
        let end = newline + 9 + Int(length)
        guard end < bytes.count else { break }
        i = bytes[end] == 0x0a ? end + 1 : end
      } else if find(0x3d, in: bytes, from: i, to: newline) == nil, !isLast {
        break
      } else {
        // A name without room for a length behind it is a line, too, if nothing more will come.
        i = newline + 1
      }
    }
    return isLast && start < bytes.count ? bytes.count : nil
  }

  public func lastBoundary(in bytes: Span<UInt8>) -> Int {
    // Binary values may hold anything, so boundaries are found from the front.
    var last = 0
    while let end = frameEnd(in: bytes, from: last, isLast: false) { last = end }
    return last
  }
}

/// Eight bytes as an unsigned number; 0 past the end.
func littleEndian(_ bytes: Span<UInt8>, _ offset: Int) -> UInt64 {
  var value: UInt64 = 0
  for i in 0..<8 where offset + i < bytes.count {
    value |= UInt64(bytes[offset + i]) << UInt64(8 * i)
  }
  return value
}

/// Whether a line begins a record of a format whose continuation lines are indented.
func isNotIndented(_ line: Span<UInt8>) -> Bool {
  line.count == 0 || !(line[0] == 0x20 || line[0] == 0x09)
}
