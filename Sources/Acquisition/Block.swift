import Synchronization

/// Bytes of a source that end at a record boundary.
public struct Block: Sendable {
  let storage: BlockStorage
  public let count: Int
  /// Offset of the first byte in the decompressed stream.
  public let offset: UInt64
  /// Number of the first line, from 1.
  public let firstLine: UInt64
  public let isLast: Bool

  public func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    unsafe body(
      Span(_unsafeBytes: UnsafeRawBufferPointer(rebasing: storage.memory[0..<count])))
  }
}

/// The memory of a block. The reader fills it, the block takes it over, and once the block is done
/// it serves the next one: pages that were touched once are not fetched from the system again.
@safe final class BlockStorage: @unchecked Sendable {
  // Written by the reader that owns it until it is handed over, only read afterwards.
  let memory: UnsafeMutableRawBufferPointer
  /// Those of the usual size that are free.
  private static let pool = Mutex<[UInt]>([])
  private static let poolLimit = 16

  init(atLeast size: Int) {
    if size <= ReadingLimit.block, let address = BlockStorage.pool.withLock({ $0.popLast() }),
      let start = unsafe UnsafeMutableRawPointer(bitPattern: address)
    {
      unsafe memory = UnsafeMutableRawBufferPointer(start: start, count: ReadingLimit.block)
    } else {
      unsafe memory = .allocate(byteCount: max(size, ReadingLimit.block), alignment: 64)
    }
  }

  deinit {
    guard unsafe memory.count == ReadingLimit.block, let start = unsafe memory.baseAddress else {
      unsafe memory.deallocate()
      return
    }
    let isKept = BlockStorage.pool.withLock {
      guard $0.count < BlockStorage.poolLimit else { return false }
      $0.append(UInt(bitPattern: start))
      return true
    }
    if !isKept { unsafe memory.deallocate() }
  }
}
