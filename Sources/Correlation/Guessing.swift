import Records
public import Sketches
public import Surveys

/// One address (or account) that guesses passwords.
public struct Guesser: Sendable {
  public var name: String
  public var kind: ActorKind
  public var rejections: Int
  /// Most rejections within `GuessingDefault.window`.
  public var burst: Int
  public var burstStart: Int64
  public var burstEnd: Int64
  public var accounts: Double
  /// When it got in after the burst had begun, if it did.
  public var succeeded: Exemplar?
  /// Successes before the burst: a known user with a wrong password looks like that too.
  public var successesBefore: Int
  public var first: Exemplar
}

/// Guessing of passwords, as a whole.
public struct Guessing: Sendable {
  public var guessers: [Guesser]
  /// All rejections of all actors.
  public var rejections: UInt64
  public var successes: UInt64
  /// Addresses with a rejection.
  public var sources: Int
  /// Addresses with rejections and no success: background of scanners.
  public var hopeless: Int
  /// Guessing that many sources share, none of them for long enough to be caught alone.
  public var spread: SpreadGuessing?
}

/// Many sources that are refused at one door and nearly never get in.
public struct SpreadGuessing: Sendable {
  public var sources: Int
  public var rejections: UInt64
  public var successes: UInt64
  public var names: [String]
  public var from: Int64
  public var to: Int64
  public var first: Exemplar
}

public enum GuessingDefault {
  /// fail2ban's default: 5 failures in 10 minutes are a ban. A verdict asks for much more.
  public static let window: Int64 = 600
  public static let notable = 10
  /// A run this long by one source is no forgotten password.
  public static let strong = 40
  /// Sources and rejections from which guessing is shared by many.
  public static let spreadSources = 8
  public static let spreadRejections: UInt64 = 200
  /// Who guesses knocks at few doors; a flood asks for this and that.
  public static let doors = 8.0
}

/// Looks at actors with rejected attempts. Traces date the bursts; for actors outside the trace
/// sample the totals stand alone.
func guessing(_ survey: Survey, services: Set<String>) -> Guessing? {
  let actors = survey.population.actors { $0.rejections > 0 }
  guard !actors.isEmpty else { return nil }
  var traceOf: [UInt64: Trace] = [:]
  for trace in survey.traces.sorted { traceOf[trace.actor] = trace }
  var guessers: [Guesser] = []
  for actor in actors.sorted(by: { $0.id < $1.id })
  where actor.rejections >= UInt64(GuessingDefault.notable) && actor.kind != .node {
    // Web clients that are refused this page and that guess nothing.
    if actor.targets.estimate > GuessingDefault.doors { continue }
    var guesser = Guesser(
      name: actor.name, kind: actor.kind, rejections: Int(clamping: actor.rejections), burst: 0,
      burstStart: actor.firstRejection?.time.seconds ?? actor.first.time.seconds,
      burstEnd: actor.last.seconds, accounts: actor.users.estimate, succeeded: nil,
      successesBefore: 0, first: actor.firstRejection ?? actor.first)
    if let trace = traceOf[actor.id] {
      let bad = trace.events.filter { $0.outcome == .rejected }
      var low = 0
      for high in bad.indices {
        while bad[high].at.time.seconds - bad[low].at.time.seconds > GuessingDefault.window {
          low += 1
        }
        if high - low + 1 > guesser.burst {
          guesser.burst = high - low + 1
          guesser.burstStart = bad[low].at.time.seconds
          guesser.burstEnd = bad[high].at.time.seconds
          guesser.first = bad[low].at
        }
      }
      guesser.succeeded =
        trace.events.first {
          $0.outcome == .success && $0.at.time.seconds >= guesser.burstStart
            && $0.at.time.seconds <= guesser.burstEnd + GuessingDefault.window
        }?.at
      guesser.successesBefore = trace.events.count {
        $0.outcome == .success && $0.at.time.seconds < guesser.burstStart
      }
    } else {
      // Without a trace: as if its refusals were spread evenly.
      let time = max(GuessingDefault.window, actor.last.seconds - guesser.burstStart)
      guesser.burst = min(
        guesser.rejections,
        Int(
          min(1e15, Double(guesser.rejections) * Double(GuessingDefault.window) / Double(time))))
    }
    guessers.append(guesser)
  }
  guessers.sort { $0.burst == $1.burst ? $0.name < $1.name : $0.burst > $1.burst }
  return Guessing(
    guessers: guessers, rejections: actors.reduce(0) { $0 &+ $1.rejections },
    successes: survey.population.actors.reduce(0) { $0 &+ $1.successes },
    sources: actors.count { $0.kind == .address },
    hopeless: actors.count { $0.kind == .address && $0.successes == 0 },
    spread: spreadGuessing(actors))
}

private func spreadGuessing(_ actors: [Actor]) -> SpreadGuessing? {
  let guessing = actors.filter {
    $0.kind == .address && $0.rejections >= UInt64(GuessingDefault.notable)
      && Double($0.successes) <= 0.1 * Double($0.rejections)
      && $0.targets.estimate <= GuessingDefault.doors
  }
  let total = guessing.reduce(UInt64(0)) { $0 &+ $1.rejections }
  guard guessing.count >= GuessingDefault.spreadSources,
    total >= GuessingDefault.spreadRejections,
    let first = guessing.compactMap(\.firstRejection).min()
  else { return nil }
  // When most of them were at work: a scanner of the day before is not one of them.
  let starts = guessing.map { $0.firstRejection?.time.seconds ?? $0.first.time.seconds }.sorted()
  let ends = guessing.map(\.last.seconds).sorted()
  return SpreadGuessing(
    sources: guessing.count, rejections: total,
    successes: guessing.reduce(UInt64(0)) { $0 &+ $1.successes },
    names: guessing.sorted { ($0.rejections, $1.name) > ($1.rejections, $0.name) }.map(\.name),
    from: starts[starts.count / 20], to: ends[ends.count - 1 - ends.count / 20], first: first)
}
