internal import CPlatform

/// Maps 64-bit identities to positions in an array: open addressing, linear probing.
///
/// The identities are fingerprints and so already well mixed. Nothing is removed one by one: a
/// sketch that drops entries builds its table anew. O(1) expected; at most half full.
public struct IdentityTable: Sendable {
  /// Key and position side by side: a look-up is one line of cache.
  @usableFromInline
  struct Slot: Sendable {
    @usableFromInline var key: UInt64 = 0
    /// Position + 1, or 0 where free.
    @usableFromInline var position: Int = 0
    @inlinable init() {}
  }

  @usableFromInline var slots: [Slot]
  @usableFromInline var mask: Int
  public private(set) var count = 0

  public init(minimumCapacity: Int = 16) {
    var size = 32
    while size < minimumCapacity &* 2 { size &*= 2 }
    slots = [Slot](repeating: Slot(), count: size)
    mask = size &- 1
  }

  @inlinable @inline(__always)
  func slot(of key: UInt64) -> Int {
    // `mask` is below the number of slots, which never shrinks to nought.
    unsafe slots.withUnsafeBufferPointer { slots in
      var slot = Int(truncatingIfNeeded: key) & mask
      while unsafe slots[slot].position != 0, unsafe slots[slot].key != key {
        slot = (slot &+ 1) & mask
      }
      return slot
    }
  }

  @inlinable @inline(__always)
  public func position(of key: UInt64) -> Int? {
    let found = slots[slot(of: key)].position
    return found == 0 ? nil : found &- 1
  }

  /// Has the memory for a coming look-up fetched.
  public func prefetch(_ key: UInt64) {
    unsafe slots.withUnsafeBufferPointer { slots in
      guard let base = slots.baseAddress else { return }
      unsafe inquest_prefetch(base + (Int(truncatingIfNeeded: key) & mask))
    }
  }

  /// Adds a key that is not in the table, or moves one that is.
  public mutating func set(_ key: UInt64, position: Int) {
    if (count &+ 1) &* 2 > slots.count { grow() }
    let slot = slot(of: key)
    if slots[slot].position == 0 { count &+= 1 }
    slots[slot].key = key
    slots[slot].position = position &+ 1
  }

  private mutating func grow() {
    var larger = IdentityTable(minimumCapacity: slots.count)
    for slot in slots where slot.position != 0 {
      larger.set(slot.key, position: slot.position &- 1)
    }
    self = larger
  }
}

/// Which identities a bounded sketch keeps: those whose fingerprint begins with `level` zero bits.
///
/// The level of a set is the lowest at which no more than `capacity` of its identities are kept.
/// It depends on the set alone, and a part's level is never above the whole's; so parts merge to
/// exactly what one pass over everything gives, in any order. Kept identities are a uniform sample:
/// counts scale by 2^level.
///
/// Source: P. B. Gibbons, *Distinct Sampling for Highly-Accurate Answers* (VLDB 2001).
public struct SampleLevel: Sendable, Equatable {
  public var level: Int
  public let capacity: Int

  public init(capacity: Int, level: Int = 0) {
    self.capacity = capacity
    self.level = level
  }

  @inlinable public func keeps(_ identity: UInt64) -> Bool {
    level == 0 || identity.leadingZeroBitCount >= level
  }

  /// Number that one kept identity stands for.
  public var weight: Double {
    var w = 1.0
    for _ in 0..<level { w *= 2 }
    return w
  }
}
