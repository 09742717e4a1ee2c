import Records
import Sketches
import Statistics
public import Surveys

/// How clients of web services behave, as far as access logs tell.
public struct WebBehaviour: Sendable {
  public var clients: Int
  public var requests: UInt64
  /// Share of requests that write (POST).
  public var writeShare: Double
  /// Share of requests for parts of pages.
  public var assetShare: Double
  /// Share of clients that never fetched a part of a page though they asked for five things.
  public var bareClients: Double
  /// The operation with most writes and its share of all requests of its path.
  public var topForm: String
  public var topFormShare: Double
  /// Distinct clients that wrote.
  public var writers: Int
  /// Probes of a known class, by class, with the largest ratio of a coarse bucket to the median.
  public var probes: [ProbeFinding]
  /// Clients with many distinct refused or missing targets: scanners.
  public var scanners: [Actor]
  /// Share of requests of the busiest client.
  public var topClientShare: Double
  public var topClient: String
}

public struct ProbeFinding: Sendable {
  public var probe: ProbeClass
  public var tally: ProbeTally
  /// Hits within the incident and a fair share of them by its length.
  public var during: Double
  public var expected: Double
}

public enum WebDefault {
  /// Distinct missing or refused targets by one client that make a scanner (CrowdSec's
  /// http-probing holds ten).
  public static let scannerTargets = 10.0
}

func webBehaviour(_ survey: Survey, frame: CaseFrame, onset: Int64, end: Int64) -> WebBehaviour? {
  var total: UInt64 = 0
  var writes: [String: UInt64] = [:]
  var byPath: [String: UInt64] = [:]
  var writeTotal: UInt64 = 0
  for series in survey.coarse.entries where series.key.dimension == .operation {
    let n = series.cells.total
    total &+= n
    let parts = series.key.detail.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else { continue }
    byPath[String(parts[1]), default: 0] &+= n
    if parts[0] == "POST" || parts[0] == "PUT" {
      writes[String(parts[1]), default: 0] &+= n
      writeTotal &+= n
    }
  }
  guard total >= 20 else { return nil }
  let clients = survey.population.actors.filter { $0.kind == .address }
  let requests = clients.reduce(UInt64(0)) { $0 &+ $1.records }
  let assets = clients.reduce(UInt64(0)) { $0 &+ $1.assets }
  let busy = clients.filter { $0.records >= 5 }
  let top = writes.max { ($0.value, $1.key) < ($1.value, $0.key) }
  let topClient = clients.max { ($0.records, $1.name) < ($1.records, $0.name) }
  let probes = zip(probeClasses, survey.probes).compactMap { probe, tally -> ProbeFinding? in
    guard tally.hits > 0 else { return nil }
    var during = 0.0
    for i in tally.cells.buckets.indices {
      let second = Int64(tally.cells.buckets[i]) * frame.coarseWidth
      if second + frame.coarseWidth > onset, second < end {
        during += Double(tally.cells.counts[i])
      }
    }
    let share = Double(end - onset) / Double(max(1, frame.span))
    return ProbeFinding(
      probe: probe, tally: tally, during: during,
      expected: Double(tally.hits) * min(1, max(0.01, share)))
  }
  return WebBehaviour(
    clients: clients.count, requests: total,
    writeShare: Double(writeTotal) / Double(max(1, total)),
    assetShare: Double(assets) / Double(max(1, requests)),
    bareClients: busy.isEmpty
      ? 0 : Double(busy.count { $0.assets == 0 }) / Double(busy.count),
    topForm: top?.key ?? "",
    topFormShare: Double(byPath[top?.key ?? ""] ?? 0) / Double(max(1, total)),
    writers: clients.count { $0.writes > 0 }, probes: probes,
    scanners: clients.filter {
      $0.targets.estimate >= WebDefault.scannerTargets
        && Double($0.invalids + $0.rejections) >= Double($0.records) * 0.5
        && Double($0.invalids + $0.rejections) >= WebDefault.scannerTargets
    }.sorted { ($0.records, $1.name) > ($1.records, $0.name) },
    topClientShare: Double(topClient?.records ?? 0) / Double(max(1, requests)),
    topClient: topClient?.name ?? "")
}
