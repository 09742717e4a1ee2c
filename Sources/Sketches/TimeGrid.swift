/// Buckets of time whose width follows from the data: the narrowest of a ladder at which no more
/// than `capacity` buckets are occupied.
///
/// Each width divides the next, so coarsening is exact. Occupied buckets are counted, not the span
/// between the first and the last: one record with a wild time costs one bucket, not the
/// resolution of the whole case. Like `SampleLevel`, the width depends on the set of times alone.
public struct TimeGrid: Sendable, Equatable {
  /// Widths in seconds. At the last, 52 weeks, all times that a bucket can have take 137 buckets:
  /// so wild times cannot outgrow the capacity.
  public static let ladder: [UInt32] = [
    1, 5, 10, 30, 60, 300, 600, 1800, 3600, 21600, 86400, 604_800, 2_419_200, 31_449_600,
  ]

  public let capacity: Int
  public private(set) var rung: Int
  public private(set) var occupied: Set<UInt32>
  private var last: UInt32 = .max

  public init(capacity: Int) {
    self.capacity = capacity
    rung = 0
    occupied = []
  }

  public init(capacity: Int, rung: Int, occupied: Set<UInt32>) {
    self.capacity = capacity
    self.rung = min(max(0, rung), TimeGrid.ladder.count - 1)
    self.occupied = occupied
  }

  /// Width of a bucket in seconds.
  public var width: UInt32 { TimeGrid.ladder[rung] }

  public static func == (a: TimeGrid, b: TimeGrid) -> Bool {
    a.capacity == b.capacity && a.rung == b.rung && a.occupied == b.occupied
  }

  /// Number of the bucket that holds a second since the epoch, or `nil` before 1970 and after 2106.
  @inline(__always)
  public func bucket(ofSecond second: Int64) -> UInt32? {
    guard second >= 0, second <= Int64(UInt32.max) else { return nil }
    return UInt32(truncatingIfNeeded: second) / width
  }

  /// Marks a bucket as occupied.
  ///
  /// - Returns: true if that made too many: then call `coarsen()` until `isWithinCapacity`.
  @inline(__always)
  public mutating func occupy(_ bucket: UInt32) -> Bool {
    if bucket == last { return false }
    last = bucket
    occupied.insert(bucket)
    return !isWithinCapacity
  }

  public var isWithinCapacity: Bool {
    occupied.count <= capacity || rung == TimeGrid.ladder.count - 1
  }

  /// Goes one rung up.
  ///
  /// - Returns: how many old buckets make a new one: new number = old number / factor.
  public mutating func coarsen() -> UInt32 {
    guard rung + 1 < TimeGrid.ladder.count else { return 1 }
    let factor = TimeGrid.ladder[rung + 1] / TimeGrid.ladder[rung]
    rung += 1
    occupied = Set(occupied.map { $0 / factor })
    last = .max
    return factor
  }

  public mutating func formUnion(_ other: TimeGrid) {
    occupied.formUnion(other.occupied)
    last = .max
  }

  /// The sorted occupied buckets.
  public var buckets: [UInt32] { occupied.sorted() }
}
