private import CPCRE2
private import Synchronization

/// A regular expression, compiled by PCRE2 with JIT. Immutable once made, so it may be shared.
///
/// Matching is bounded: a hostile text cannot make a bad pattern run for ever.
///
/// Source: PCRE2's pcre2api(3), pcre2jit(3).
@safe public final class Pattern: @unchecked Sendable {
  /// Steps of matching before it gives up, and depth of backtracking. The library's default of ten
  /// million costs some 160 ms a line on a bad pattern; a hundred thousand cost less than 2 ms.
  public static let matchLimit: UInt32 = 100_000
  public static let depthLimit: UInt32 = 10_000

  private let code: OpaquePointer
  private let context: OpaquePointer?
  /// Whether there is machine code for it: some systems forbid that.
  private let isCompiled: Bool

  public struct SyntaxError: Error, Equatable, CustomStringConvertible {
    public var pattern: String
    public var offset: Int
    public var message: String
    public var description: String { "\(message) at offset \(offset) of the pattern \(pattern)" }
  }

  /// - Throws: `SyntaxError` with the place of the fault.
  public init(_ pattern: String, isCaseless: Bool = false) throws(SyntaxError) {
    var code: Int32 = 0
    var offset = 0
    let bytes = Array(pattern.utf8)
    let options: UInt32 = isCaseless ? PCRE2_CASELESS : 0
    let compiled = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe pcre2_compile_8(buffer.baseAddress, buffer.count, options, &code, &offset, nil)
    }
    guard let compiled = unsafe compiled else {
      var text = [UInt8](repeating: 0, count: 160)
      let length = unsafe text.withUnsafeMutableBufferPointer {
        unsafe pcre2_get_error_message_8(code, $0.baseAddress, $0.count)
      }
      throw SyntaxError(
        pattern: pattern, offset: offset,
        message: String(decoding: text.prefix(Int(max(0, length))), as: UTF8.self))
    }
    unsafe self.code = compiled
    isCompiled = unsafe pcre2_jit_compile_8(compiled, PCRE2_JIT_COMPLETE) == 0
    unsafe context = pcre2_match_context_create_8(nil)
    unsafe pcre2_set_match_limit_8(context, Pattern.matchLimit)
    unsafe pcre2_set_depth_limit_8(context, Pattern.depthLimit)
  }

  deinit {
    unsafe pcre2_match_data_free_8(
      OpaquePointer(bitPattern: spare.exchange(0, ordering: .acquiring)))
    unsafe pcre2_match_context_free_8(context)
    unsafe pcre2_code_free_8(code)
  }

  /// Names of the groups with their numbers, in the order of the names.
  public var groups: [(name: String, number: Int)] {
    var count: UInt32 = 0
    var size: UInt32 = 0
    var table: UnsafePointer<UInt8>?
    unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMECOUNT), &count)
    unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMEENTRYSIZE), &size)
    unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMETABLE), &table)
    guard let table = unsafe table, size > 3 else { return [] }
    return (0..<Int(count)).map { i in
      let entry = unsafe table + i * Int(size)
      let number = unsafe Int(entry[0]) << 8 | Int(entry[1])
      var name: [UInt8] = []
      var k = 2
      while k < Int(size), unsafe entry[k] != 0 {
        unsafe name.append(entry[k])
        k += 1
      }
      return (String(decoding: name, as: UTF8.self), number)
    }
  }

  /// Memory for the results of a match, kept for the next one: a match allocates nothing.
  /// The address of one, or 0 while it is in use.
  private let spare = Atomic<UInt>(0)

  /// Hands the offsets of the match to `body`: two for the whole, two for each group; -1 where a
  /// group is unset.
  ///
  /// - Returns: false for no match, and also where a limit was hit.
  @discardableResult
  public func match(in bytes: Span<UInt8>, _ body: (Span<Int>) -> Void) -> Bool {
    let data =
      unsafe OpaquePointer(bitPattern: spare.exchange(0, ordering: .acquiring))
      ?? pcre2_match_data_create_from_pattern_8(code, nil)
    guard let data = unsafe data else { return false }
    defer {
      // Where several threads match at once, all but one set of results are let go.
      unsafe pcre2_match_data_free_8(
        OpaquePointer(
          bitPattern: spare.exchange(UInt(bitPattern: data), ordering: .acquiringAndReleasing)))
    }
    let count = unsafe bytes.withUnsafeBufferPointer { buffer in
      if isCompiled {
        return unsafe pcre2_jit_match_8(
          code, buffer.baseAddress, buffer.count, 0, 0, data, context)
      }
      return unsafe pcre2_match_8(code, buffer.baseAddress, buffer.count, 0, 0, data, context)
    }
    guard count > 0, let vector = unsafe pcre2_get_ovector_pointer_8(data) else { return false }
    let offsets = unsafe Int(pcre2_get_ovector_count_8(data)) * 2
    unsafe vector.withMemoryRebound(to: Int.self, capacity: offsets) {
      unsafe body(Span(_unsafeStart: $0, count: offsets))
    }
    return true
  }

  /// Ranges of the whole match and of the groups; an unset group is `nil`.
  ///
  /// - Returns: `nil` for no match, and also where a limit was hit.
  public func captures(in bytes: Span<UInt8>) -> [Range<Int>?]? {
    var result: [Range<Int>?] = []
    let found = match(in: bytes) { offsets in
      for i in 0..<(offsets.count / 2) {
        let (lower, upper) = (offsets[2 * i], offsets[2 * i + 1])
        result.append(lower >= 0 && lower <= upper && upper <= bytes.count ? lower..<upper : nil)
      }
    }
    return found ? result : nil
  }

  /// How many bytes at the front could still become a match: where a text leaves the pattern.
  ///
  /// For patterns that are tied to the beginning. Slow, for explanations alone.
  ///
  /// Source: pcre2partial(3).
  public func reach(in bytes: Span<UInt8>) -> Int {
    guard let data = unsafe pcre2_match_data_create_from_pattern_8(code, nil) else { return 0 }
    defer { unsafe pcre2_match_data_free_8(data) }
    func fits(_ count: Int) -> Bool {
      let outcome = unsafe bytes.withUnsafeBufferPointer { buffer in
        unsafe pcre2_match_8(
          code, buffer.baseAddress, count, 0, PCRE2_PARTIAL_HARD | PCRE2_NO_JIT | PCRE2_ANCHORED,
          data, context)
      }
      return outcome == PCRE2_ERROR_PARTIAL || outcome > 0
    }
    // What has left the pattern does not come back: the last prefix that fits is found by halving.
    var low = 0
    var high = bytes.count
    while low < high {
      let middle = (low + high + 1) / 2
      if fits(middle) { low = middle } else { high = middle - 1 }
    }
    return low
  }

  public func matches(_ bytes: Span<UInt8>) -> Bool { match(in: bytes) { _ in } }
}
