import Records
import Statistics
public import Surveys

/// How far a host's clock is from those of the others.
public struct ClockOffset: Sendable, Equatable {
  /// Fingerprint of the host's name, as the survey has it.
  public var id: UInt64
  public var host: String
  /// Seconds that it is ahead; negative where it is behind.
  public var seconds: Double
  /// Spread of single differences, seconds (1.48 times the median absolute deviation).
  public var spread: Double
  /// Requests that it and a neighbour wrote of.
  public var pairs: Int

  /// Of the median difference, seconds.
  public var standardError: Double { 1.253 * spread / Double(max(1, pairs)).squareRoot() }

  /// Whether it is far enough off, and surely enough, to be set right.
  public var isOff: Bool {
    abs(seconds) >= ClockDefault.leastSeconds
      && abs(seconds) >= ClockDefault.spreads * spread / Double(max(1, pairs)).squareRoot()
      && abs(seconds) >= 2 * spread
  }
}

public enum ClockDefault {
  /// Requests that two hosts must share for their clocks to be compared.
  public static let leastPairs = 12
  /// Less than this is left alone: whole seconds, buffers and the time of the work itself are of this
  /// size.
  public static let leastSeconds = 2.0
  public static let spreads = 6.0
  /// Differences kept of one pair of hosts.
  static let differences = 4096
}

/// Reads offsets of clocks off the requests that several hosts wrote of.
///
/// The median difference of each pair of hosts; a tree of the pairs with most requests carries them
/// from host to host; most clocks are taken to be right, so the median host is the reference. Of two
/// hosts alone nothing tells which is right: the one with the smaller fingerprint stays.
///
/// - Complexity: linear in the sightings, times the square of the hosts that one request came by.
public func clockOffsets(_ survey: Survey) -> [ClockOffset] {
  struct Pair: Hashable {
    var a: UInt64
    var b: UInt64
  }
  var differences: [Pair: [Double]] = [:]
  for request in survey.sightings.entries.sorted(by: { $0.id < $1.id }) {
    for (i, first) in request.seen.enumerated() {
      for second in request.seen[(i + 1)...] {
        let pair = Pair(a: first.host, b: second.host)
        guard differences[pair, default: []].count < ClockDefault.differences else { continue }
        differences[pair, default: []].append(
          Double(
            second.time.nanoseconds.subtractingReportingOverflow(first.time.nanoseconds)
              .partialValue) / 1e9)
      }
    }
  }
  var names: [UInt64: String] = [:]
  for host in survey.sightedHosts.entries { names[host.id] = host.name }

  struct Edge {
    var pair: Pair
    var median: Double
    var spread: Double
    var count: Int
  }
  var edges: [Edge] = []
  for (pair, values) in differences where values.count >= ClockDefault.leastPairs {
    guard let middle = median(values), let deviation = mad(values) else { continue }
    edges.append(
      Edge(
        pair: pair, median: middle, spread: 1.4826 * deviation,
        count: values.count))
  }
  guard !edges.isEmpty else { return [] }
  edges.sort { ($0.count, $1.pair.a, $1.pair.b) > ($1.count, $0.pair.a, $0.pair.b) }

  // Each group of hosts that are joined by pairs has its own reference.
  var result: [ClockOffset] = []
  var left = Set(edges.flatMap { [$0.pair.a, $0.pair.b] })
  while let start = edges.first(where: { left.contains($0.pair.a) })?.pair.a {
    var offsets: [UInt64: (seconds: Double, spread: Double, pairs: Int)] = [start: (0, 0, 0)]
    left.remove(start)
    // The next host by the pair with most requests: a maximum spanning tree (Prim 1957).
    while let next = edges.first(where: {
      (offsets[$0.pair.a] != nil) != (offsets[$0.pair.b] != nil)
    }) {
      if let known = offsets[next.pair.a] {
        offsets[next.pair.b] = (known.seconds + next.median, next.spread, next.count)
        left.remove(next.pair.b)
      } else if let known = offsets[next.pair.b] {
        offsets[next.pair.a] = (known.seconds - next.median, next.spread, next.count)
        left.remove(next.pair.a)
      }
    }
    let sorted = offsets.values.map(\.seconds).sorted()
    // Of two, the one that the tree began with.
    let reference = offsets.count == 2 ? 0 : sorted[(sorted.count - 1) / 2]
    for (id, found) in offsets {
      let pairs =
        found.pairs > 0
        ? found.pairs
        : edges.first { $0.pair.a == id || $0.pair.b == id }?.count ?? 0
      result.append(
        ClockOffset(
          id: id, host: names[id] ?? "", seconds: found.seconds - reference,
          spread: found.spread, pairs: pairs))
    }
  }
  return result.sorted { $0.host < $1.host }
}
