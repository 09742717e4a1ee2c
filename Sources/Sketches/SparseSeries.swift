/// Counts per bucket, only for buckets that have any; each may keep its earliest record.
///
/// Sorted by bucket. Appending in time order is O(1), elsewhere O(log n) to find and O(n) to open
/// a new bucket. Bounded by the grid's capacity.
public struct SparseSeries: Sendable, Equatable {
  public struct Cell: Sendable, Equatable, BucketCell {
    public var bucket: UInt32
    public var count: UInt32

    @inlinable public init(bucket: UInt32, count: UInt32) {
      self.bucket = bucket
      self.count = count
    }

    @inlinable mutating func add(_ amount: UInt32) {
      let (sum, overflow) = count.addingReportingOverflow(amount)
      count = overflow ? .max : sum
    }
  }

  /// Sorted by bucket.
  public internal(set) var cells: [Cell] = []
  /// Empty, or one for each cell.
  public private(set) var exemplars: [Exemplar] = []
  @usableFromInline var memo = 0

  public init() {}

  public static func == (a: SparseSeries, b: SparseSeries) -> Bool {
    a.cells == b.cells && a.exemplars == b.exemplars
  }

  /// Sum over all buckets.
  public var total: UInt64 { cells.reduce(0) { $0 &+ UInt64($1.count) } }

  private mutating func place(_ bucket: UInt32) -> (index: Int, isNew: Bool) {
    if memo < cells.count, cells[memo].bucket == bucket { return (memo, false) }
    memo = cells.place(of: bucket)
    return (memo, memo == cells.count || cells[memo].bucket != bucket)
  }

  @inlinable @inline(__always)
  public mutating func add(_ amount: UInt32 = 1, at bucket: UInt32) {
    // Nearly always the bucket of the record before.
    let at = memo
    if at < cells.count {
      var span = cells.mutableSpan
      if unsafe span[unchecked: at].bucket == bucket {
        unsafe span[unchecked: at].add(amount)
        return
      }
    }
    addElsewhere(amount, at: bucket)
  }

  @usableFromInline @inline(never)
  mutating func addElsewhere(_ amount: UInt32, at bucket: UInt32) {
    let (index, isNew) = place(bucket)
    if isNew {
      cells.insert(Cell(bucket: bucket, count: amount), at: index)
    } else {
      cells[index].add(amount)
    }
  }

  public mutating func add(_ amount: UInt32 = 1, at bucket: UInt32, exemplar: Exemplar) {
    let (index, isNew) = place(bucket)
    if isNew {
      cells.insert(Cell(bucket: bucket, count: amount), at: index)
      exemplars.insert(exemplar, at: min(index, exemplars.count))
    } else {
      cells[index].add(amount)
      if index < exemplars.count, exemplar < exemplars[index] { exemplars[index] = exemplar }
    }
  }

  /// Joins buckets: new number = old number / factor.
  public mutating func coarsen(by factor: UInt32) {
    guard factor > 1 else { return }
    var result = SparseSeries()
    for (i, cell) in cells.enumerated() {
      if i < exemplars.count {
        result.add(cell.count, at: cell.bucket / factor, exemplar: exemplars[i])
      } else {
        result.add(cell.count, at: cell.bucket / factor)
      }
    }
    self = result
  }

  public mutating func merge(_ other: SparseSeries) {
    for (i, cell) in other.cells.enumerated() {
      if i < other.exemplars.count {
        add(cell.count, at: cell.bucket, exemplar: other.exemplars[i])
      } else {
        add(cell.count, at: cell.bucket)
      }
    }
  }
}
