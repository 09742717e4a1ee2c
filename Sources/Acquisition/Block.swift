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

/// Memory for the bytes of a source. A reader fills it, a block takes it over, and once that is done it
/// serves the next one: pages that were touched once are not fetched from the system again.
@safe final class BlockStorage: @unchecked Sendable {
  // Written by the reader that owns it until it is handed over, only read afterwards.
  let memory: UnsafeMutableRawBufferPointer
  /// Sizes that are kept when they are free, so many of each.
  private static let pooledSizes = [ReadingLimit.block, RawInput.memory]
  private static let poolLimit = 16
  private static let pool = Mutex<[Int: [UInt]]>([:])

  init(atLeast size: Int) {
    let size = BlockStorage.pooledSizes.filter { $0 >= size }.min() ?? size
    if let address = BlockStorage.pool.withLock({ $0[size]?.popLast() }),
      let start = unsafe UnsafeMutableRawPointer(bitPattern: address)
    {
      unsafe memory = UnsafeMutableRawBufferPointer(start: start, count: size)
    } else {
      unsafe memory = .allocate(byteCount: size, alignment: 64)
    }
  }

  deinit {
    let size = unsafe memory.count
    guard BlockStorage.pooledSizes.contains(size), let start = unsafe memory.baseAddress else {
      unsafe memory.deallocate()
      return
    }
    let isKept = BlockStorage.pool.withLock {
      guard $0[size, default: []].count < BlockStorage.poolLimit else { return false }
      $0[size, default: []].append(UInt(bitPattern: start))
      return true
    }
    if !isKept { unsafe memory.deallocate() }
  }
}
