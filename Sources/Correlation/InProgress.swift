import Sketches
import Statistics
import Surveys

/// How many requests a service had in progress when that grew, by Little's law: the time that all
/// requests together took, over the time that passed.
///
/// Source: J. D. C. Little, Operations Research 9 (1961), 383-387.
public struct InProgress: Sendable {
  public var service: String
  /// Requests in progress in the mean: usual, and in the first block of time in which there were far
  /// more.
  public var usual: Double
  public var grown: Double
  public var at: Int64
  /// What arrived in that block, and what one took, against the usual: their product is the growth.
  public var arrivals: Double
  public var duration: Double

  public var growth: Double { grown / max(1e-9, usual) }
  /// Whether slowness, and not load, filled the service.
  ///
  /// Requests are on record when they end: where few of them do, what arrived is not known.
  public var isBySlowness: Bool {
    arrivals <= InProgressDefault.flat && arrivals >= 1 / InProgressDefault.flat && duration >= 2
  }
  /// Whether load filled it.
  public var isByLoad: Bool { arrivals >= 2 && duration <= InProgressDefault.flat }
}

public enum InProgressDefault {
  public static let growth = 3.0
  /// A factor that is no rise.
  public static let flat = 1.3
  /// Blocks before that tell the usual, and requests in one for its mean to count.
  public static let leastBlocks = 4
  public static let leastRequests: UInt64 = 10
}

/// Services with far more in progress than before: the harmed ones first, then the earliest.
///
/// - Complexity: linear in the latencies' cells and bins.
func inProgress(
  _ survey: Survey, frame: CaseFrame, from: Int64, onset: Int64, end: Int64,
  harmed: Set<String>
) -> [InProgress] {
  struct Block {
    var requests: UInt64 = 0
    var seconds = 0.0
  }
  var services: [String: [Int64: Block]] = [:]
  let width = frame.coarseWidth
  for series in survey.latencies.entries.sorted(by: { $0.id < $1.id }) {
    for cell in series.cells.cells {
      var block = Block()
      for (bin, count) in cell.histogram.bins.enumerated() where count > 0 {
        block.requests += UInt64(count)
        block.seconds += Double(count) * LatencyHistogram.microseconds(ofBin: bin) / 1e6
      }
      let at = Int64(cell.bucket) * width
      services[series.key.service, default: [:]][at, default: Block()].requests += block.requests
      services[series.key.service, default: [:]][at, default: Block()].seconds += block.seconds
    }
  }
  var result: [InProgress] = []
  for (service, blocks) in services {
    let before = blocks.filter { $0.key >= from && $0.key + width <= onset }.values
    guard before.count >= InProgressDefault.leastBlocks,
      let usual = median(before.map { $0.seconds / Double(width) }), usual > 0,
      let arrivals = median(before.map { Double($0.requests) }), arrivals > 0
    else { continue }
    let times = blocks.keys.filter { $0 + width > onset && $0 < end }.sorted()
    guard
      let at = times.first(where: {
        let block = blocks[$0] ?? Block()
        return block.requests >= InProgressDefault.leastRequests
          && block.seconds / Double(width) >= InProgressDefault.growth * usual
      }), let block = blocks[at]
    else { continue }
    let ratio = Double(block.requests) / arrivals
    let grown = block.seconds / Double(width)
    result.append(
      InProgress(
        service: service, usual: usual, grown: grown, at: at, arrivals: ratio,
        duration: grown / usual / ratio))
  }
  return result.sorted {
    let (a, b) = (harmed.contains($0.service), harmed.contains($1.service))
    return a == b ? ($0.at, $0.service) < ($1.at, $1.service) : a
  }
}
