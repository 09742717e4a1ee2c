import Records
import Sketches
import Statistics
import Surveys

/// How the sources of a group keep time, from the traces of a uniform sample of them.
public struct Rhythm: Sendable {
  /// Sources with events enough.
  public var sources: Int
  /// Median over pairs of how alike their counts over time are at the best of a few lags, 0 to 1.
  public var likeness: Double
  /// The same where one of each pair is turned by half the time: what steadiness and volume bring
  /// without any being in step.
  public var likenessByChance: Double
  /// Standard deviation over mean of the gaps of one source, in the median: a timer has 0, chance
  /// arrivals 1, people more.
  public var gapVariation: Double
  /// Period in which sources keep to one phase beyond chance, seconds, with the resultant length.
  public var beat: (period: Double, resultant: Double)?

  /// Whether they rise and fall together.
  public var isInStep: Bool {
    sources >= RhythmDefault.leastSources && likeness >= RhythmDefault.alike
      && likeness - likenessByChance >= RhythmDefault.inStep
  }
  /// Whether each goes on like a machine.
  public var isSteady: Bool {
    sources >= RhythmDefault.leastSources && gapVariation <= RhythmDefault.steady
  }
}

/// Rhythms of a case: of those who asked before, and during the incident of those known and new.
public struct Rhythms: Sendable {
  public var before: Rhythm?
  public var known: Rhythm?
  public var new: Rhythm?
}

public enum RhythmDefault {
  /// Longest time that is looked at, and in how many bins.
  public static let window: Int64 = 3600
  public static let bins = 120
  /// A source tells by so many events; so many are paired with one another.
  public static let leastEvents = 10
  public static let leastSources = 8
  public static let mostSources = 64
  /// Bins by which one may lag behind the other.
  public static let lags = 2
  /// Likeness from which sources are alike, and beyond chance in step. Source: flows of an attack are
  /// more alike than those of a flash crowd (Yu et al., IEEE TPDS 23 (2012), 1073-1080); a
  /// synchronised retry storm is alike, too.
  public static let alike = 0.5
  public static let inStep = 0.15
  /// Variation of gaps below which a source is a machine at work.
  public static let steady = 0.5
  /// Round periods of clocks and schedules that are tried, seconds.
  public static let periods = [60.0, 300, 600, 900, 1800, 3600]
  /// Probability by chance, for all periods together, and least resultant length of a beat.
  public static let beatChance = 0.001
  public static let beatLength = 0.3
}

/// - Parameter timer: seconds after which clients are seen to try again, or `nil`.
/// - Complexity: linear in the traces, and square in the sources that are paired.
func rhythms(_ survey: Survey, onset: Int64, end: Int64, timer: Double?) -> Rhythms {
  let length = min(RhythmDefault.window, max(1, end - onset))
  var before: [[Double]] = []
  var known: [[Double]] = []
  var new: [[Double]] = []
  for trace in survey.traces.sorted {
    guard let first = trace.events.first?.at.time.seconds else { continue }
    func times(from: Int64, to: Int64) -> [Double] {
      trace.events.compactMap {
        guard $0.outcome != .unknown, $0.at.time.seconds >= from, $0.at.time.seconds < to else {
          return nil
        }
        return Double($0.at.time.nanoseconds) / 1e9
      }
    }
    let earlier = times(from: onset - length, to: onset)
    if earlier.count >= RhythmDefault.leastEvents { before.append(earlier) }
    let later = times(from: onset, to: onset + length)
    guard later.count >= RhythmDefault.leastEvents else { continue }
    if first < onset { known.append(later) } else { new.append(later) }
  }
  func rhythm(_ sources: [[Double]], from: Int64) -> Rhythm? {
    Correlation.rhythm(sources, from: Double(from), length: Double(length), timer: timer)
  }
  return Rhythms(
    before: rhythm(before, from: onset - length), known: rhythm(known, from: onset),
    new: rhythm(new, from: onset))
}

/// - Parameter sources: times of events of each, seconds, ascending.
/// - Returns: `nil` for fewer than two sources.
func rhythm(_ sources: [[Double]], from: Double, length: Double, timer: Double?) -> Rhythm? {
  // The order of traces is that of their hashed identities: the first are a uniform sample.
  let chosen = sources.prefix(RhythmDefault.mostSources)
  guard chosen.count >= 2, length > 0 else { return nil }
  let bins = RhythmDefault.bins
  let counts = chosen.map { times in
    var result = [Double](repeating: 0, count: bins)
    for time in times {
      let at = (time - from) / length * Double(bins)
      if at >= 0, at < Double(bins) { result[Int(at)] += 1 }
    }
    return result
  }
  var alike: [Double] = []
  var byChance: [Double] = []
  for i in counts.indices {
    for j in counts.indices[(i + 1)...] {
      alike.append(flowCorrelation(counts[i], counts[j]))
      byChance.append(
        flowCorrelation(counts[i], Array(counts[j][(bins / 2)...] + counts[j][..<(bins / 2)])))
    }
  }
  let variations = chosen.compactMap { times in
    coefficientOfVariation(zip(times.dropFirst(), times).map(-))
  }
  return Rhythm(
    sources: sources.count, likeness: median(alike) ?? 0, likenessByChance: median(byChance) ?? 0,
    gapVariation: median(variations) ?? 0,
    beat: beat(sources, length: length, timer: timer))
}

/// The best of a few lags of sum(x y) / sqrt(sum(x²) sum(y²)).
private func flowCorrelation(_ x: [Double], _ y: [Double]) -> Double {
  func power(_ a: [Double]) -> Double { a.reduce(0) { $0 + $1 * $1 } }
  let scale = (power(x) * power(y)).squareRoot()
  guard scale > 0 else { return 0 }
  var best = 0.0
  for lag in -RhythmDefault.lags...RhythmDefault.lags {
    let low = max(0, lag)
    let high = min(x.count, y.count + lag)
    var sum = 0.0
    for i in low..<max(low, high) { sum += x[i] * y[i - lag] }
    best = max(best, sum)
  }
  return best / scale
}

/// The period in which sources keep to one phase, if there is any. Each source counts once, by the
/// mean phase of its events: those of one source are no independent witnesses.
private func beat(
  _ sources: [[Double]], length: Double, timer: Double?
) -> (period: Double, resultant: Double)? {
  guard sources.count >= RhythmDefault.leastSources else { return nil }
  let periods =
    (timer.map { $0 >= 1 ? [$0] : [] } ?? [])
    + RhythmDefault.periods.filter { $0 * 4 <= length }
  var best: (period: Double, resultant: Double, p: Double)?
  for period in periods {
    let phases = sources.compactMap { meanPhase($0.map { $0 / period }) }
    guard let found = rayleigh(phases) else { continue }
    let p = found.p * Double(periods.count)
    if p < best?.p ?? RhythmDefault.beatChance, found.resultant >= RhythmDefault.beatLength {
      best = (period, found.resultant, p)
    }
  }
  return best.map { ($0.period, $0.resultant) }
}
