/// Counts per bucket, only for buckets that have any; each may keep its earliest record.
///
/// Sorted by bucket. Appending in time order is O(1), elsewhere O(log n) to find and O(n) to open
/// a new bucket. Bounded by the grid's capacity.
public struct SparseSeries: Sendable, Equatable {
  public internal(set) var buckets: [UInt32] = []
  public internal(set) var counts: [UInt32] = []
  /// Empty, or one for each bucket.
  public private(set) var exemplars: [Exemplar] = []
  private var memo = 0

  public init() {}

  public init(buckets: [UInt32], counts: [UInt32], exemplars: [Exemplar]) {
    self.buckets = buckets
    self.counts = counts
    self.exemplars = exemplars
  }

  public static func == (a: SparseSeries, b: SparseSeries) -> Bool {
    a.buckets == b.buckets && a.counts == b.counts && a.exemplars == b.exemplars
  }

  /// Sum over all buckets.
  public var total: UInt64 { counts.reduce(0) { $0 &+ UInt64($1) } }

  @inline(__always)
  private mutating func place(_ bucket: UInt32) -> (index: Int, isNew: Bool) {
    let count = buckets.count
    if memo < count, buckets[memo] == bucket { return (memo, false) }
    if count == 0 || buckets[count &- 1] < bucket {
      memo = count
      return (count, true)
    }
    var low = 0
    var high = count
    while low < high {
      let middle = (low &+ high) / 2
      if buckets[middle] < bucket { low = middle &+ 1 } else { high = middle }
    }
    memo = low
    return (low, low == count || buckets[low] != bucket)
  }

  @inline(__always)
  public mutating func add(_ amount: UInt32 = 1, at bucket: UInt32) {
    let (index, isNew) = place(bucket)
    if isNew, index == buckets.count {
      buckets.append(bucket)
      counts.append(amount)
    } else if isNew {
      buckets.insert(bucket, at: index)
      counts.insert(amount, at: index)
    } else {
      let (sum, overflow) = counts[index].addingReportingOverflow(amount)
      counts[index] = overflow ? .max : sum
    }
  }

  public mutating func add(_ amount: UInt32 = 1, at bucket: UInt32, exemplar: Exemplar) {
    let (index, isNew) = place(bucket)
    if isNew {
      buckets.insert(bucket, at: index)
      counts.insert(amount, at: index)
      exemplars.insert(exemplar, at: min(index, exemplars.count))
    } else {
      let (sum, overflow) = counts[index].addingReportingOverflow(amount)
      counts[index] = overflow ? .max : sum
      if index < exemplars.count, exemplar < exemplars[index] { exemplars[index] = exemplar }
    }
  }

  /// Joins buckets: new number = old number / factor.
  public mutating func coarsen(by factor: UInt32) {
    guard factor > 1 else { return }
    var result = SparseSeries()
    for i in buckets.indices {
      if i < exemplars.count {
        result.add(counts[i], at: buckets[i] / factor, exemplar: exemplars[i])
      } else {
        result.add(counts[i], at: buckets[i] / factor)
      }
    }
    self = result
  }

  public mutating func merge(_ other: SparseSeries) {
    for i in other.buckets.indices {
      if i < other.exemplars.count {
        add(other.counts[i], at: other.buckets[i], exemplar: other.exemplars[i])
      } else {
        add(other.counts[i], at: other.buckets[i])
      }
    }
  }
}
