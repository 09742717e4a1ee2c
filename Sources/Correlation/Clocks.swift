import Records
import Statistics
public import Surveys

/// How far a host's clock is from those of the others.
public struct ClockOffset: Sendable, Equatable {
  /// Fingerprint of the host's name, as the survey has it.
  public var id: UInt64
  public var host: String
  /// Seconds that it is ahead over time, by the clock of the reference.
  public var course: ClockCourse
  /// Spread of single differences about the course, seconds (1.48 times the median absolute
  /// deviation).
  public var spread: Double
  /// Requests that it and a neighbour wrote of; of bursts, buckets compared.
  public var pairs: Int
  /// Whether it is read off bursts that hosts of the service have in common, for want of requests.
  public var isByBursts: Bool
  /// Whether it is one of two that can be compared with one another alone: which is right is not
  /// known.
  public var isOneOfTwo: Bool

  /// Seconds that it is ahead where it is farthest off.
  public var seconds: Double { course.extreme }

  /// Of the median difference, seconds.
  public var standardError: Double {
    isByBursts ? spread : 1.253 * spread / Double(max(1, pairs)).squareRoot()
  }

  /// Whether it is far enough off, and surely enough, to be set right.
  public var isOff: Bool {
    if isByBursts { return abs(seconds) >= 2 * spread }
    return abs(seconds) >= ClockDefault.leastSeconds
      && abs(seconds) >= ClockDefault.spreads * spread / Double(max(1, pairs)).squareRoot()
      && abs(seconds) >= 2 * spread
  }
}

public enum ClockDefault {
  /// Requests that two hosts must share for their clocks to be compared.
  public static let leastPairs = 12
  /// Likewise, where requests bear no ids: of so many who asked. One who goes over two sites in the
  /// same order, as scanners and crawlers do, makes a difference that is no clock's.
  public static let leastAskers = 20
  /// Less than this is left alone: whole seconds, buffers and the time of the work itself are of this
  /// size.
  public static let leastSeconds = 2.0
  public static let spreads = 6.0
  /// Differences kept of one pair of hosts.
  static let differences = 4096
  /// Seconds below which stamps tell nothing of differences.
  static let resolution = 0.05
  /// Differences are looked at over time in so many bins of at least so many.
  static let bins = 48
  static let leastInBin = 4
  static let leastBins = 6
  /// Seconds that a clock must gain from first to last to be said to drift.
  static let leastDrift = 1.0
  /// A drift is a line: no bin leaves it by more than this share of the whole change.
  static let bend = 0.25
  /// Seconds of a step that can be no waiting, of which hosts that time out after a minute know less.
  static let leastLoneStep = 90.0
  /// Seconds within which steps of two hosts are one event: not clocks, but waiting.
  static let oneEvent: Int64 = 300
}

/// Reads the course of clocks off the requests that several hosts wrote of.
///
/// What each pair of hosts differs by (`fitClock`); a tree of the pairs that keep pace and have most requests
/// carries it from host to host; hosts that requests do not tell of are joined by their bursts
/// (`burstLags`). Most clocks are taken to be right, so the host that is nearest to all others is
/// the reference. Of two hosts alone nothing tells which is right: the one with the smaller
/// fingerprint stays, unless one is `told`.
///
/// - Parameter told: hosts whose clocks were set right by what the user said.
/// - Complexity: linear in the sightings, times the square of the hosts that one request came by.
public func clockOffsets(_ survey: Survey, told: Set<UInt64> = []) -> [ClockOffset] {
  let differences = clockDifferences(survey)
  let hosts = Set(
    differences.filter { $0.value.count >= ClockDefault.leastPairs }.flatMap {
      [$0.key.a, $0.key.b]
    })
  let bursts = burstLags(survey, known: hosts)
  // With two hosts, and where several were set at once, growing waits cannot be told from clocks.
  let first = offsets(
    differences, bursts, survey, told,
    leastStep: hosts.count > 2 ? ClockDefault.leastSeconds : ClockDefault.leastLoneStep)
  let steps = first.compactMap(\.course.step)
    .filter { abs($0.seconds) >= ClockDefault.leastSeconds }.map(\.time).sorted()
  let isShared = zip(steps, steps.dropFirst()).contains {
    ($1 &- $0) / 1_000_000_000 <= ClockDefault.oneEvent
  }
  return isShared ? offsets(differences, bursts, survey, told, leastStep: .infinity) : first
}

struct HostPair: Hashable {
  var a: UInt64
  var b: UInt64
}

/// By pair of hosts, when the first wrote of a request, and how much later the second did by its own
/// clock.
private func clockDifferences(_ survey: Survey) -> [HostPair: [(time: Int64, ahead: Double)]] {
  var result: [HostPair: [(time: Int64, ahead: Double)]] = [:]
  struct Asked {
    var time: Int64
    var ahead: Double
    var askers: HostPair
  }
  var withoutID: [HostPair: [Asked]] = [:]
  for request in survey.sightings.entries.sorted(by: { $0.id < $1.id }) where request.isOneRequest {
    for (i, first) in request.seen.enumerated() {
      for second in request.seen[(i + 1)...] {
        let pair = HostPair(a: first.host, b: second.host)
        let ahead =
          Double(
            second.time.nanoseconds.subtractingReportingOverflow(first.time.nanoseconds)
              .partialValue) / 1e9
        if request.hasID {
          guard result[pair, default: []].count < ClockDefault.differences else { continue }
          result[pair, default: []].append((first.time.nanoseconds, ahead))
        } else {
          withoutID[pair, default: []].append(
            Asked(
              time: first.time.nanoseconds, ahead: ahead,
              askers: HostPair(a: first.actor, b: second.actor)))
        }
      }
    }
  }
  for (pair, asked) in withoutID where result[pair]?.count ?? 0 < ClockDefault.leastPairs {
    // Behind a proxy all come from one address: the side that sees more askers tells them apart.
    let count = (Set(asked.map(\.askers.a)).count, Set(asked.map(\.askers.b)).count)
    let side = count.0 >= count.1 ? \Asked.askers.a : \Asked.askers.b
    guard max(count.0, count.1) >= ClockDefault.leastAskers else { continue }
    var heard: Set<UInt64> = []
    result[pair] = asked.filter { heard.insert($0[keyPath: side]).inserted }
      .prefix(ClockDefault.differences).map { ($0.time, $0.ahead) }
  }
  return result
}

private func offsets(
  _ differences: [HostPair: [(time: Int64, ahead: Double)]], _ bursts: [HostPair: ClockFit],
  _ survey: Survey, _ told: Set<UInt64>, leastStep: Double
) -> [ClockOffset] {
  var edges: [(pair: HostPair, fit: ClockFit)] = []
  for (pair, values) in differences where values.count >= ClockDefault.leastPairs {
    if let fit = fitClock(values, leastStep: leastStep) { edges.append((pair, fit)) }
  }
  for (pair, fit) in bursts { edges.append((pair, fit)) }
  // Clocks that keep pace first: what changes is then carried from no host to another.
  func rank(_ edge: (pair: HostPair, fit: ClockFit)) -> (Int, Int, UInt64, UInt64) {
    (
      edge.fit.isByBursts ? .max : edge.fit.course.knots.count, -edge.fit.count, edge.pair.a,
      edge.pair.b
    )
  }
  edges.sort { rank($0) < rank($1) }
  var names: [UInt64: String] = [:]
  for host in survey.sightedHosts.entries { names[host.id] = host.name }
  for account in survey.accounts.values { names[hostIdentity(account.host)] = account.host }

  // Each group of hosts that are joined by pairs has its own reference.
  var result: [ClockOffset] = []
  var left = Set(edges.flatMap { [$0.pair.a, $0.pair.b] })
  while let start = edges.first(where: { left.contains($0.pair.a) })?.pair.a {
    var found: [UInt64: (course: ClockCourse, by: ClockFit?)] = [start: (ClockCourse(), nil)]
    left.remove(start)
    // The next host by the best pair: a spanning tree (Prim 1957).
    while let next = edges.first(where: { (found[$0.pair.a] != nil) != (found[$0.pair.b] != nil) })
    {
      if let known = found[next.pair.a] {
        found[next.pair.b] = (known.course.adding(next.fit.course), next.fit)
        left.remove(next.pair.b)
      } else if let known = found[next.pair.b] {
        found[next.pair.a] = (known.course.adding(next.fit.course, sign: -1), next.fit)
        left.remove(next.pair.a)
      }
    }
    let ids = found.keys.sorted()
    let reference = reference(
      among: ids.map { ($0, found[$0]?.course ?? ClockCourse()) }, told: told, start: start)
    for id in ids {
      guard let one = found[id] else { continue }
      // What the tree began with has the error of its best neighbour.
      let fit = one.by ?? edges.first { $0.pair.a == id || $0.pair.b == id }?.fit
      result.append(
        ClockOffset(
          id: id, host: names[id] ?? "", course: one.course.adding(reference, sign: -1),
          spread: fit?.spread ?? 0, pairs: fit?.count ?? 0, isByBursts: fit?.isByBursts ?? false,
          isOneOfTwo: ids.count == 2 && told.isDisjoint(with: ids)))
    }
  }
  return result.sorted { $0.host < $1.host }
}

/// The course of the host that is nearest to all others: of one that was told, if there is one.
private func reference(
  among hosts: [(id: UInt64, course: ClockCourse)], told: Set<UInt64>, start: UInt64
) -> ClockCourse {
  if let known = hosts.first(where: { told.contains($0.id) }) { return known.course }
  guard hosts.count > 2 else { return ClockCourse() }
  let times = Set(
    hosts.filter { $0.course.knots.count > 1 }.flatMap { $0.course.knots.map(\.time) }
  )
  .sorted()
  guard !times.isEmpty else {
    // All are constant.
    let sorted = hosts.sorted { $0.course.extreme < $1.course.extreme }
    return sorted[(sorted.count - 1) / 2].course
  }
  func distance(_ a: ClockCourse, _ b: ClockCourse) -> Double {
    let difference = a.adding(b, sign: -1)
    return times.reduce(0) {
      $0 + abs(difference.ahead(at: $1, includesStep: false)) + abs(difference.ahead(at: $1))
    }
  }
  return hosts.map { one in
    (one.course, hosts.reduce(0) { $0 + distance(one.course, $1.course) })
  }.min { $0.1 < $1.1 }?.0 ?? ClockCourse()
}
