private import CISAL
private import CZlib

/// Which library inflates.
public enum InflaterKind: String, Sendable, CaseIterable {
  /// ISA-L: about twice the speed of zlib.
  case isal
  /// zlib: the portable reference.
  case zlib
}

/// What one call of an inflater did.
enum InflateStep {
  /// Wants more input or more room.
  case more
  /// The member's deflate stream is over; its trailer follows in the input.
  case finished
  case damaged
}

/// Inflates one raw deflate stream (RFC 1951), and keeps the CRC-32 of what it gave.
protocol Inflater: AnyObject {
  func reset()
  /// - Returns: bytes taken of the input (negative if bytes of an earlier call are given back),
  ///   bytes written to the output, and what happened.
  func inflate(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
    -> (taken: Int, written: Int, step: InflateStep)
  /// CRC-32 (RFC 1952) of all output since `reset`.
  var checksum: UInt32 { get }
}

func makeInflater(_ kind: InflaterKind) -> any Inflater {
  switch kind {
  case .isal: ISALInflater()
  case .zlib: ZlibInflater()
  }
}

/// zlib keeps the address of its stream and refuses a moved one, so it lives on the heap.
@safe final class ZlibInflater: Inflater {
  private let stream: UnsafeMutablePointer<z_stream>
  private(set) var checksum: UInt32 = 0

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // Negative: raw deflate with a window of 32 KiB.
    let code = unsafe inquest_inflateInit2(stream, -15)
    precondition(code == Z_OK, "zlib could not allocate its state")
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deinitialize(count: 1)
    unsafe stream.deallocate()
  }

  func reset() {
    unsafe inflateReset(stream)
    checksum = 0
  }

  func inflate(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
    -> (taken: Int, written: Int, step: InflateStep)
  {
    let inCount = UInt32(clamping: input.count)
    let outCount = UInt32(clamping: output.count)
    unsafe stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.bindMemory(to: UInt8.self).baseAddress)
    unsafe stream.pointee.avail_in = inCount
    unsafe stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
    unsafe stream.pointee.avail_out = outCount
    let code = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
    let taken = unsafe Int(inCount - stream.pointee.avail_in)
    let written = unsafe Int(outCount - stream.pointee.avail_out)
    unsafe checksum = UInt32(
      truncatingIfNeeded: crc32(
        UInt(checksum), output.bindMemory(to: UInt8.self).baseAddress, UInt32(written)))
    switch code {
    case Z_OK, Z_BUF_ERROR: return (taken, written, .more)
    case Z_STREAM_END: return (taken, written, .finished)
    default: return (taken, written, .damaged)
    }
  }
}

/// ISA-L's inflate. Its state is some 80 KiB and holds pointers into itself: heap.
@safe final class ISALInflater: Inflater {
  private let state: UnsafeMutablePointer<inflate_state>

  init() {
    unsafe state = .allocate(capacity: 1)
    unsafe isal_inflate_init(state)
    reset()
  }

  deinit { unsafe state.deallocate() }

  /// Final only once the stream is over: ISA-L keeps it in its own form until then.
  var checksum: UInt32 { unsafe state.pointee.crc }

  func reset() {
    unsafe isal_inflate_reset(state)
    unsafe state.pointee.crc_flag = UInt32(ISAL_GZIP_NO_HDR)
  }

  func inflate(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer)
    -> (taken: Int, written: Int, step: InflateStep)
  {
    let inCount = UInt32(clamping: input.count)
    let outCount = UInt32(clamping: output.count)
    unsafe state.pointee.next_in = UnsafeMutablePointer(
      mutating: input.bindMemory(to: UInt8.self).baseAddress)
    unsafe state.pointee.avail_in = inCount
    unsafe state.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
    unsafe state.pointee.avail_out = outCount
    let code = unsafe isal_inflate(state)
    let taken = unsafe Int(inCount - state.pointee.avail_in)
    let written = unsafe Int(outCount - state.pointee.avail_out)
    if code < 0 { return (taken, written, .damaged) }
    if unsafe state.pointee.block_state == ISAL_BLOCK_FINISH {
      // Whole bytes that were read ahead into the bit buffer belong to the trailer: give them back.
      let ahead = unsafe Int(state.pointee.read_in_length) / 8
      unsafe state.pointee.read_in_length = 0
      return (taken - ahead, written, .finished)
    }
    return (taken, written, .more)
  }
}
