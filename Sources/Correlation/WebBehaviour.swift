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
  /// Share of the requests for its path that fetch it.
  public var topFormFetched: Double
  /// Share of requests by what calls itself a browser.
  public var browserShare: Double
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
  var fetches: [String: UInt64] = [:]
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
    } else if parts[0] == "GET" {
      fetches[String(parts[1]), default: 0] &+= n
    }
  }
  var agents: (all: UInt64, browsers: UInt64) = (0, 0)
  for series in survey.coarse.entries
  where series.key.dimension == .agent && series.key.kind == CohortClass.all.rawValue {
    agents.all &+= series.cells.total
    if series.key.label.hasPrefix("Mozilla/") { agents.browsers &+= series.cells.total }
  }
  guard total >= 20 else { return nil }
  let actors = survey.population.actors.span
  var clients = 0
  var requests: UInt64 = 0
  var assets: UInt64 = 0
  var busy = 0
  var bare = 0
  var writers = 0
  var topClient = ""
  var topRecords: UInt64 = 0
  var scanners: [Actor] = []
  for i in actors.indices where actors[i].kind == .address {
    let records = actors[i].records
    clients += 1
    requests &+= records
    assets &+= actors[i].assets
    if records >= 5 {
      busy += 1
      if actors[i].assets == 0 { bare += 1 }
    }
    if actors[i].writes > 0 { writers += 1 }
    if records > topRecords || (records == topRecords && actors[i].name > topClient) {
      topRecords = records
      topClient = actors[i].name
    }
    let refused = Double(actors[i].invalids + actors[i].rejections)
    if refused >= WebDefault.scannerTargets, refused >= Double(records) * 0.5,
      actors[i].targets.estimate >= WebDefault.scannerTargets
    {
      scanners.append(actors[i])
    }
  }
  let top = writes.max { ($0.value, $1.key) < ($1.value, $0.key) }
  let probes = zip(probeClasses, survey.probes).compactMap { probe, tally -> ProbeFinding? in
    guard tally.hits > 0 else { return nil }
    var during = 0.0
    for cell in tally.cells.cells {
      let second = Int64(cell.bucket) * frame.coarseWidth
      if second + frame.coarseWidth > onset, second < end {
        during += Double(cell.count)
      }
    }
    let share = Double(end - onset) / Double(max(1, frame.span))
    return ProbeFinding(
      probe: probe, tally: tally, during: during,
      expected: Double(tally.hits) * min(1, max(0.01, share)))
  }
  return WebBehaviour(
    clients: clients, requests: total,
    writeShare: Double(writeTotal) / Double(max(1, total)),
    assetShare: Double(assets) / Double(max(1, requests)),
    bareClients: busy == 0 ? 0 : Double(bare) / Double(busy),
    topForm: top?.key ?? "",
    topFormShare: Double(byPath[top?.key ?? ""] ?? 0) / Double(max(1, total)),
    topFormFetched: Double(fetches[top?.key ?? ""] ?? 0)
      / Double(max(1, byPath[top?.key ?? ""] ?? 0)),
    browserShare: Double(agents.browsers) / Double(max(1, agents.all)),
    writers: writers, probes: probes,
    scanners: scanners.sorted { ($0.records, $1.name) > ($1.records, $0.name) },
    topClientShare: Double(topRecords) / Double(max(1, requests)),
    topClient: topClient)
}
