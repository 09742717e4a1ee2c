/// A cell of a series: what was seen in one bucket of time.
public protocol BucketCell {
  var bucket: UInt32 { get }
}

extension Array where Element: BucketCell {
  /// Where the cell of a bucket stands or would stand, in cells sorted by bucket. O(log n), O(1) at
  /// the end, where cells are added in order of time.
  @inlinable public func place(of bucket: UInt32) -> Int {
    if isEmpty || self[count &- 1].bucket < bucket { return count }
    var low = 0
    var high = count
    while low < high {
      let middle = (low &+ high) / 2
      if self[middle].bucket < bucket { low = middle &+ 1 } else { high = middle }
    }
    return low
  }
}
