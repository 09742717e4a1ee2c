import Records
public import Sketches
import Surveys

/// How likely those who have just started are to crash, against those who have run for a while.
public struct CrashLoop: Sendable {
  public var starts: Int
  /// Crashes within the first minutes after a start, of as many actors.
  public var crashes: Int
  public var actors: Int
  /// Crashes an hour of running, in the first minutes and later.
  public var hazardYoung: Double
  public var hazardLater: Double

  /// Whether starting again does not help: the young die at least as fast as the others, over and
  /// over.
  public var isLoop: Bool {
    crashes >= CrashLoopDefault.leastCrashes && hazardYoung >= hazardLater
      && Double(crashes) >= CrashLoopDefault.leastShare * Double(starts)
  }
}

/// A service that crashes, is started and crashes again, where records do not tell which process.
public struct ServiceLoop: Sendable {
  public var service: String
  public var crashes: Double
  public var starts: Double
  public var from: Int64
  /// Seconds from one crash to the next, in the mean.
  public var interval: Double
  public var citations: [Exemplar]
}

public enum CrashLoopDefault {
  /// Seconds after a start that count as young.
  public static let young: Int64 = 600
  public static let leastCrashes = 5
  /// Share of the starts that end in a crash while young, for a loop.
  public static let leastShare = 0.3
  /// Starts for each crash of a service that make a loop, and the longest way from one crash to the
  /// next, seconds: restarts that are backed off come every five minutes (Kubernetes).
  public static let leastStarts = 0.5
  public static let longestInterval = 600.0
  /// Crashes for each source of the service: a fleet in which each crashed once is in no loop.
  public static let crashesEach = 3.0
}

/// Reads starts and crashes of the incident off the lives of actors.
///
/// Of an actor its first few events are kept, so long loops are counted short; that lowers both
/// hazards alike.
///
/// - Returns: `nil` where no actor started during the incident.
/// - Complexity: linear in the actors.
func crashLoop(_ survey: Survey, onset: Int64, end: Int64) -> CrashLoop? {
  var result = CrashLoop(starts: 0, crashes: 0, actors: 0, hazardYoung: 0, hazardLater: 0)
  var young = 0.0
  var later = 0.0
  var laterCrashes = 0
  let actors = survey.population.actors.span
  for i in actors.indices where actors[i].starts > 0 || actors[i].crashes > 0 {
    var hasCrashed = false
    // Running from before the onset, if it did not start within; until the last record or the end.
    var since: (at: Int64, isStart: Bool)?
    if actors[i].first.time.seconds < onset { since = (onset, false) }
    func run(until: Int64, crashed: Bool) {
      guard let from = since else { return }
      let lasted = max(0, until - from.at)
      let asYoung = from.isStart ? min(lasted, CrashLoopDefault.young) : 0
      young += Double(asYoung)
      later += Double(lasted - asYoung)
      guard crashed else { return }
      if from.isStart, lasted <= CrashLoopDefault.young {
        result.crashes += 1
        hasCrashed = true
      } else {
        laterCrashes += 1
      }
    }
    for event in actors[i].life {
      let at = event.at.time.seconds
      guard at >= onset else { continue }
      guard at < end else { break }
      switch event.kind {
      case .start, .restart:
        run(until: at, crashed: false)
        since = (at, true)
        result.starts += 1
      case .crash, .outOfMemory:
        run(until: at, crashed: true)
        since = nil
      case .stop, .leave, .selfProtection:
        run(until: at, crashed: false)
        since = nil
      default: break
      }
    }
    run(until: min(end, actors[i].last.seconds), crashed: false)
    if hasCrashed { result.actors += 1 }
  }
  guard result.starts > 0 else { return nil }
  result.hazardYoung = Double(result.crashes) * 3600 / max(1, young)
  result.hazardLater = Double(laterCrashes) * 3600 / max(1, later)
  return result
}

/// Services that crash and start by turns, the busiest first.
///
/// - Complexity: linear in the events' series.
func serviceLoops(
  _ survey: Survey, frame: CaseFrame, onset: Int64, end: Int64
) -> [ServiceLoop] {
  struct Tally {
    var crashes = [Int64: Double]()
    var starts = [Int64: Double]()
    var citations: [Exemplar] = []
  }
  var services: [String: Tally] = [:]
  for series in survey.fine.entries.sorted(by: { $0.id < $1.id })
  where series.key.dimension == .event {
    let path: WritableKeyPath<Tally, [Int64: Double]>
    switch EventKind(rawValue: series.key.kind) {
    case .crash, .outOfMemory: path = \.crashes
    case .start, .restart: path = \.starts
    default: continue
    }
    for cell in series.cells.cells {
      let at = Int64(cell.bucket) * frame.fineWidth
      guard at + frame.fineWidth > onset, at < end else { continue }
      services[series.key.label, default: Tally()][keyPath: path][at, default: 0] += Double(
        cell.count)
    }
    if path == \.crashes {
      services[series.key.label]?.citations += frame.exemplars(
        series.cells, from: onset, to: end, limit: 2)
    }
  }
  var sources: [String: Double] = [:]
  for account in survey.accounts.values { sources[account.service, default: 0] += 1 }
  return services.compactMap { service, tally -> ServiceLoop? in
    let crashes = tally.crashes.values.reduce(0, +)
    guard crashes >= Double(CrashLoopDefault.leastCrashes), let first = tally.crashes.keys.min(),
      let last = tally.crashes.keys.max(), last > first
    else { return nil }
    // Starts between crashes; those before the first and after the last are of no loop.
    let starts = tally.starts.filter { $0.key >= first && $0.key <= last }.values.reduce(0, +)
    let interval = Double(last - first) / (crashes - 1)
    guard starts >= CrashLoopDefault.leastStarts * crashes,
      crashes >= CrashLoopDefault.crashesEach * (sources[service] ?? 1),
      interval <= CrashLoopDefault.longestInterval
    else { return nil }
    return ServiceLoop(
      service: service, crashes: crashes, starts: starts, from: first, interval: interval,
      citations: tally.citations)
  }.sorted { ($1.crashes, $0.service) < ($0.crashes, $1.service) }
}
