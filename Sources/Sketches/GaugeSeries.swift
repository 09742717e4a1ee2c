/// Count, sum, least and greatest of reported numbers per bucket, in thousandths.
///
/// Integers only, so that sums do not depend on the order of adding. Sums are 128 bits wide: they
/// hold any 2^63 values exactly, while a saturated sum would depend on the order.
public struct GaugeSeries: Sendable, Equatable {
  public struct Cell: Sendable, Equatable, BucketCell {
    public var bucket: UInt32
    public var count: UInt32
    public var sum: Int128
    public var least: Int64
    public var greatest: Int64

    public init(bucket: UInt32, count: UInt32, sum: Int128, least: Int64, greatest: Int64) {
      self.bucket = bucket
      self.count = count
      self.sum = sum
      self.least = least
      self.greatest = greatest
    }

    /// Mean in units of the log.
    public var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) / 1000 }

    mutating func join(_ other: Cell) {
      let (n, o) = count.addingReportingOverflow(other.count)
      count = o ? .max : n
      sum &+= other.sum
      least = min(least, other.least)
      greatest = max(greatest, other.greatest)
    }
  }

  public private(set) var cells: [Cell] = []
  private var memo = 0

  public init(cells: [Cell] = []) { self.cells = cells }

  public static func == (a: GaugeSeries, b: GaugeSeries) -> Bool { a.cells == b.cells }

  public mutating func add(_ thousandths: Int64, at bucket: UInt32) {
    join(
      Cell(
        bucket: bucket, count: 1, sum: Int128(thousandths), least: thousandths,
        greatest: thousandths))
  }

  private mutating func join(_ cell: Cell) {
    if memo >= cells.count || cells[memo].bucket != cell.bucket {
      memo = cells.place(of: cell.bucket)
    }
    if memo < cells.count, cells[memo].bucket == cell.bucket {
      cells[memo].join(cell)
    } else {
      cells.insert(cell, at: memo)
    }
  }

  public mutating func coarsen(by factor: UInt32) {
    guard factor > 1 else { return }
    var result = GaugeSeries()
    for var cell in cells {
      cell.bucket /= factor
      result.join(cell)
    }
    self = result
  }

  public mutating func merge(_ other: GaugeSeries) {
    for cell in other.cells { join(cell) }
  }
}
