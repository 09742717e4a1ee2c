internal import Foundation

/// A departure of a series from what was expected of it.
///
/// Indices are of buckets; 0 <= earliest <= onset <= latest <= alarm.
public struct Change: Sendable, Hashable, Codable {
  public enum Direction: String, Sendable, Hashable, Codable {
    case up
    case down
  }

  /// How the change stands to the expected level.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// From the expected level away.
    case departure
    /// Further away, or across to the other side.
    case further
    /// Back towards the expected level without reaching it.
    case easing
  }

  public var direction: Direction
  public var kind: Kind
  /// The first bucket of the new level: one after the last zero of the CUSUM that gave the alarm.
  public var onset: Int
  /// The first and the last bucket at which the change may have begun, 90 % confidence.
  ///
  /// Where the level slid before it jumped, `earliest` is the start of the slide.
  public var earliest: Int
  public var latest: Int
  /// The bucket at which the evidence sufficed; alarm - onset is the delay of detection.
  public var alarm: Int
  /// The first bucket at the expected level again, or `nil` if the series ends before.
  public var end: Int?
  /// `after` over `before`; of odds where failures out of attempts are watched.
  public var ratio: Double
  /// What a bucket would have held (or the share that would have failed) had nothing changed.
  public var before: Double
  /// What it held from the onset to the next change or the end.
  public var after: Double
}

/// Dates the changes of a series: a two-sided CUSUM of log likelihood ratios.
///
/// For every bucket the likelihood of `ratio` times the expected level is weighed against that of
/// the level itself; the sum, held at 0 from below, gives the alarm at a threshold h. By Lorden's
/// bound the mean time between false alarms of one such sum is at least e^h buckets, so for 2k
/// sums (k ratios, up and down) h = ln(2k N) gives at most one in N. The bound is conservative
/// (six- to twentyfold in simulation), which pays for expectations that are themselves estimates.
///
/// After an alarm the new level is estimated and watched in turn, and a further sum watches for the
/// return to the expected level.
///
/// Source: E. S. Page, *Biometrika* 41 (1954), 100-115; G. Lorden, *Ann. Math. Statist.* 42 (1971),
/// 1897-1908.
public struct OnsetDetector: Sendable, Hashable, Codable {
  /// The level changes that are watched for, as factors above 1.
  ///
  /// 2 finds lasting shifts, 64 finds a handful of events of a kind never seen before.
  public var ratios: [Double] = [2, 8, 64]
  /// N: about one false alarm in so many buckets, at most. A week of minutes.
  public var bucketsPerFalseAlarm: Double = 10_000
  /// The confidence of earliest...latest.
  public var confidence: Double = 0.9
  /// Buckets after an alarm over which the new level settles before it is watched in turn.
  public var settlingBuckets: Int = 3

  public init() {}

  /// The changes of `counts` in time order.
  ///
  /// - Parameters:
  ///   - counts: events per bucket; NaN, negative or infinite means missing and says nothing.
  ///   - expected: the mean of each bucket; one too short is continued by its last value, an
  ///     empty one replaced by `typicalCount`. Means below half an event in the whole series are
  ///     raised to that.
  ///   - size: of the negative binomial; `nil` estimates it by `seasonalDispersion`.
  /// - Complexity: O(n k).
  public func changes(
    _ counts: [Double], expected: [Double] = [], size: Double? = nil
  ) -> [Change] {
    guard !counts.isEmpty else { return [] }
    let typical = expected.last ?? typicalCount(counts)
    let floor = 0.5 / Double(counts.count)
    let means = counts.indices.map { i in
      let mean = i < expected.count ? expected[i] : typical
      return mean.isFinite ? max(mean, floor) : floor
    }
    let spread = size ?? seasonalDispersion(counts, expected: means) * estimatedSizeMargin
    let model = CountModel(
      counts: counts, means: means,
      size: spread.isNaN ? .infinity : max(NegativeBinomial.minimumSize, spread))
    return run(model)
  }

  /// The changes of the share of `attempts` that fail, in time order; levels are odds.
  ///
  /// - Parameters:
  ///   - baseline: the share to expect and how certain it is, as by `BetaBinomial.fit` to a quiet
  ///     period.
  ///   - failures, attempts: per bucket; a bucket without attempts says nothing.
  /// - Complexity: O(n k).
  public func changes(
    failures: [Double], attempts: [Double], baseline: BetaBinomial
  ) -> [Change] {
    let count = min(failures.count, attempts.count)
    guard count > 0 else { return [] }
    return run(
      ShareModel(
        failures: Array(failures.prefix(count)), attempts: Array(attempts.prefix(count)),
        baseline: baseline))
  }

  private func run<Model: LevelModel>(_ watched: Model) -> [Change] {
    var model = watched
    let factors = ratios.filter { $0 > 1 && $0.isFinite }
    guard !factors.isEmpty else { return [] }
    let alarmRate = bucketsPerFalseAlarm > 1 ? bucketsPerFalseAlarm : 1
    let threshold = log(2 * Double(factors.count) * alarmRate)
    let least = factors.min() ?? 2
    let nearby = least.squareRoot()
    var state = Watch(factors: factors)
    var changes: [Change] = []
    var open: [Int] = []  // of `changes`, those that have not ended
    var level = 1.0
    var segment = 0  // where the present level began
    var resume = 0  // where the new level has settled

    func close(at end: Int) {
      for i in open { changes[i].end = end }
      open = []
      level = 1
      segment = end
      model.widen(nil, at: 1)
    }

    for i in 0..<model.count {
      if level != 1 {
        // The level was estimated where it was most striking, so it is likely too far out; half
        // way home (on the log scale) no ordinary bucket of the incident passes for the return.
        let half = level.squareRoot()
        let away = level > 1 ? max(half, least) : min(half, 1 / least)
        state.home.add(model.evidence(i, from: away, to: 1), at: i)
        if state.home.sum >= threshold {
          // What brings it back may be the first of the next change: it is looked at again below.
          close(at: state.home.start)
          state = Watch(factors: factors)
          resume = i
        } else {
          // Estimated anew while it settles and at each doubling of its length, which is O(n) in
          // all; never from buckets that already speak for the return.
          let length = i + 1 - segment
          if state.home.sum == 0, i < resume || length & (length - 1) == 0 {
            let estimate = model.level(segment..<(i + 1))
            if (estimate > 1) == (level > 1), estimate != 1 { level = estimate }
            model.widen(segment..<(i + 1), at: level)
          }
          if i < resume { continue }
        }
      }
      guard let alarm = state.add(i, model, around: level), alarm.sum.sum >= threshold else {
        continue
      }
      let onset = alarm.sum.start
      let estimate = model.level(onset..<(i + 1))
      // Near the expected level, or not to be told from it: the return.
      let beyond = (onset...i).reduce(0) { $0 + model.evidence($1, from: 1, to: estimate) }
      let isNear = estimate > 1 / nearby && estimate < nearby
      if level != 1, isNear || beyond < negligibleEvidence {
        close(at: onset)
      } else if abs(log(estimate / level)) < log(nearby) {
        // Within the incident: a stir that is nearer to no change than to the least watched for.
        level = model.level(segment..<(i + 1))
      } else {
        let previous = level
        let sameSide = (estimate > 1) == (previous > 1)
        let closer = abs(log(estimate)) < abs(log(previous))
        let span = model.confidenceSet(
          around: onset, in: segment...i, from: previous, to: estimate, confidence: confidence)
        let sign = model.firstSign(
          of: alarm.direction, before: span.lowerBound, since: segment, level)
        changes.append(
          Change(
            direction: alarm.direction,
            kind: previous == 1 ? .departure : sameSide && closer ? .easing : .further,
            onset: onset, earliest: min(span.lowerBound, sign), latest: span.upperBound, alarm: i,
            end: nil, ratio: previous, before: 0, after: 0))
        open.append(changes.count - 1)
        level = estimate
        segment = onset
        model.widen(segment..<(i + 1), at: level)
      }
      state = Watch(factors: factors)
      resume = i + 1 + max(0, settlingBuckets)
    }
    return measured(changes, model)
  }

  /// Fills in the levels, now that it is known how long each lasted.
  private func measured<Model: LevelModel>(_ changes: [Change], _ model: Model) -> [Change] {
    var changes = changes
    for i in changes.indices {
      var end = changes[i].end ?? model.count
      if i + 1 < changes.count { end = min(end, changes[i + 1].onset) }
      let range = changes[i].onset..<max(end, changes[i].onset + 1)
      let level = model.level(range)
      let isFirst = i == 0 || changes[i].kind == .departure
      let previous = isFirst ? 1 : changes[i - 1].ratio  // as yet relative to the expected level
      changes[i].before = model.mean(range, at: previous)
      changes[i].after = model.observed(range)
      changes[i].ratio = level
    }
    for i in changes.indices.reversed() where changes[i].kind != .departure && i > 0 {
      changes[i].ratio /= max(changes[i - 1].ratio, .leastNormalMagnitude)
    }
    return changes
  }
}

/// From this many buckets on the spread of an incident is measured; before, it is taken to be
/// `unmeasuredSize`, a standard deviation of half the mean.
private let measurableIncident = 16
private let unmeasuredSize = 4.0

/// The change of level that counts as a slide.
private let slideRatio = 1.25

/// A size that is estimated is halved: the median of block variances is low where they are skewed.
///
/// Without it bursts of twenty lines an hour gave an alarm in 3,000 buckets instead of in 10,000.
private let estimatedSizeMargin = 0.5

/// A log likelihood ratio of 20 to 1, below which two levels are not told apart.
private let negligibleEvidence = 3.0

/// A sum of evidence held at 0 from below, and where it last left 0.
private struct CumulativeSum {
  var sum = 0.0
  var start = 0

  mutating func add(_ evidence: Double, at index: Int) {
    if sum == 0 { start = index }
    let next = sum + evidence
    sum = next > 0 ? next : 0  // a NaN would count as 0
  }
}

/// The sums for every ratio in both directions, and the one for the return to the expected level.
private struct Watch {
  let factors: [Double]
  var up: [CumulativeSum]
  var down: [CumulativeSum]
  var home = CumulativeSum()

  init(factors: [Double]) {
    self.factors = factors
    up = [CumulativeSum](repeating: CumulativeSum(), count: factors.count)
    down = up
  }

  /// Adds bucket `i`; returns the largest sum. The first wins a tie, so that order is fixed.
  mutating func add<Model: LevelModel>(
    _ i: Int, _ model: Model, around level: Double
  ) -> (direction: Change.Direction, sum: CumulativeSum)? {
    var best: (direction: Change.Direction, sum: CumulativeSum)?
    for k in factors.indices {
      up[k].add(model.evidence(i, from: level, to: level * factors[k]), at: i)
      down[k].add(model.evidence(i, from: level, to: level / factors[k]), at: i)
      if up[k].sum > best?.sum.sum ?? -1 { best = (.up, up[k]) }
      if down[k].sum > best?.sum.sum ?? -1 { best = (.down, down[k]) }
    }
    return best
  }
}

/// A series of observations whose distribution is moved by one number, its level: 1 is as expected.
private protocol LevelModel {
  var count: Int { get }
  /// The log likelihood ratio of level `to` against `from` in bucket `i`; 0 for a missing one.
  func evidence(_ i: Int, from: Double, to: Double) -> Double
  /// The level that fits the buckets, kept above 0.
  func level(_ range: Range<Int>) -> Double
  /// Takes up the spread of the incident so far, if it is larger than that of the baseline; `nil`
  /// returns to the baseline's. A system in trouble is not as steady as a healthy one.
  mutating func widen(_ segment: Range<Int>?, at level: Double)
  /// The mean per bucket at `level`.
  func mean(_ range: Range<Int>, at level: Double) -> Double
  /// The mean per bucket as seen.
  func observed(_ range: Range<Int>) -> Double
}

extension LevelModel {
  /// Where a slide towards the change began, or `position` if there was none.
  ///
  /// A sum for a quarter's change, which a jump that is watched for does not need, is run up to
  /// `position`; if it stands at 20 to 1 there, its last zero is the answer.
  fileprivate func firstSign(
    of direction: Change.Direction, before position: Int, since start: Int, _ level: Double
  ) -> Int {
    var sum = CumulativeSum()
    guard start < position else { return position }
    for i in start..<position {
      let to = direction == .up ? level * slideRatio : level / slideRatio
      sum.add(evidence(i, from: level, to: to), at: i)
    }
    return sum.sum >= negligibleEvidence ? sum.start : position
  }

  /// The positions at which the change may have begun.
  ///
  /// Away from the true position the log likelihood is a random walk that falls, and by Wald's
  /// inequality it ever rises by x with a probability of at most e^-x, on either side. So the
  /// positions within x of the best hold the true one with at least (1 - e^-x)². The hull of
  /// them is returned.
  ///
  /// Source: D. Siegmund, *Int. Statist. Rev.* 56 (1988), 31-48.
  fileprivate func confidenceSet(
    around onset: Int, in window: ClosedRange<Int>, from: Double, to: Double, confidence: Double
  ) -> ClosedRange<Int> {
    let share = confidence > 0 && confidence < 1 ? confidence : 0.9
    let drop = -log(1 - share.squareRoot())
    // Suffix sums: the log likelihood ratio of a change at each position of the window.
    var ratios = [Double](repeating: 0, count: window.count)
    var sum = 0.0
    for i in window.reversed() {
      sum += evidence(i, from: from, to: to)
      ratios[i - window.lowerBound] = sum
    }
    guard let best = ratios.max() else { return onset...onset }
    let within = ratios.indices.filter { ratios[$0] >= best - drop }
    let low = (within.first ?? 0) + window.lowerBound
    let high = (within.last ?? 0) + window.lowerBound
    return min(low, onset)...max(high, onset)
  }
}

private struct CountModel: LevelModel {
  let counts: [Double]
  let means: [Double]
  let size: Double
  var incidentSize: Double?

  var count: Int { counts.count }

  private func isSeen(_ i: Int) -> Bool { counts[i] >= 0 && counts[i].isFinite }

  func evidence(_ i: Int, from: Double, to: Double) -> Double {
    NegativeBinomial.logLikelihoodRatio(
      counts[i], from: from * means[i], to: to * means[i], size: incidentSize ?? size)
  }

  func level(_ range: Range<Int>) -> Double {
    var seen = 0.0
    var due = 0.0
    for i in range where isSeen(i) {
      seen += counts[i]
      due += means[i]
    }
    guard due > 0 else { return 1 }
    // A quarter of an event stands for none: the ratio stays above 0.
    return min(1e12, max(seen, 0.25) / due)
  }

  mutating func widen(_ segment: Range<Int>?, at level: Double) {
    guard let segment else {
      incidentSize = nil
      return
    }
    guard segment.count >= measurableIncident else {
      incidentSize = min(size, unmeasuredSize)
      return
    }
    var excess = 0.0
    var weight = 0.0
    for i in segment where isSeen(i) {
      let mean = level * means[i]
      excess += (counts[i] - mean) * (counts[i] - mean) - mean
      weight += mean * mean
    }
    let own = excess > 0 ? weight / excess : .infinity
    incidentSize = min(size, max(NegativeBinomial.minimumSize, own * estimatedSizeMargin))
  }

  func mean(_ range: Range<Int>, at level: Double) -> Double {
    level * range.reduce(0) { $0 + means[$1] } / Double(max(1, range.count))
  }

  func observed(_ range: Range<Int>) -> Double {
    let seen = range.filter(isSeen)
    return seen.reduce(0) { $0 + counts[$1] } / Double(max(1, seen.count))
  }
}

private struct ShareModel: LevelModel {
  let failures: [Double]
  let attempts: [Double]
  let baseline: BetaBinomial
  var incidentConcentration: Double?

  var count: Int { failures.count }

  private func isSeen(_ i: Int) -> Bool {
    attempts[i] > 0 && attempts[i].isFinite && failures[i] >= 0 && failures[i] <= attempts[i]
  }

  private func moved(_ level: Double) -> BetaBinomial {
    let odds = level * baseline.mean / (1 - baseline.mean)
    return BetaBinomial(
      mean: odds < .infinity ? odds / (1 + odds) : 1,
      concentration: incidentConcentration ?? baseline.concentration)
  }

  func evidence(_ i: Int, from: Double, to: Double) -> Double {
    guard isSeen(i) else { return 0 }
    return moved(to).logProbability(failures[i], of: attempts[i])
      - moved(from).logProbability(failures[i], of: attempts[i])
  }

  func level(_ range: Range<Int>) -> Double {
    var failed = 0.0
    var tried = 0.0
    for i in range where isSeen(i) {
      failed += failures[i]
      tried += attempts[i]
    }
    guard tried > 0 else { return 1 }
    let odds = (failed + 0.25) / (tried - failed + 0.25)
    return min(1e12, max(1e-12, odds * (1 - baseline.mean) / baseline.mean))
  }

  mutating func widen(_ segment: Range<Int>?, at level: Double) {
    guard let segment else {
      incidentConcentration = nil
      return
    }
    let seen = segment.filter(isSeen)
    let own =
      seen.count >= measurableIncident
      ? BetaBinomial.fit(failures: seen.map { failures[$0] }, attempts: seen.map { attempts[$0] })?
        .concentration : unmeasuredSize * 4
    incidentConcentration = min(baseline.concentration, own ?? baseline.concentration)
  }

  func mean(_ range: Range<Int>, at level: Double) -> Double { moved(level).mean }

  func observed(_ range: Range<Int>) -> Double {
    var failed = 0.0
    var tried = 0.0
    for i in range where isSeen(i) {
      failed += failures[i]
      tried += attempts[i]
    }
    return tried > 0 ? failed / tried : 0
  }
}
