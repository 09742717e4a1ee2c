private import Foundation
import Records
public import Sketches
import Statistics

/// A stretch in which a signal is away from its usual level.
public struct Run: Sendable {
  public enum Direction: String, Sendable { case up, down }
  public var signal: Signal
  public var direction: Direction
  public var onset: Dated
  /// First instant at which the signal is back, or the end of the frame.
  public var end: Int64
  public var isOpenEnded: Bool
  /// Instant of the alarm: the onset plus the delay of detection.
  public var alarm: Int64
  /// Expected level before, mean level within, greatest level.
  public var usual: Double
  public var mean: Double
  public var peak: Double
  public var peakAt: Int64
  /// Counts beyond the expected.
  public var excess: Double
  /// Share of attempts that ended badly, within the run and usually; NaN where not known.
  public var share: Double
  public var usualShare: Double
  /// Of attempts with an outcome, those that did not end badly, within the run against outside of it;
  /// NaN where not known.
  public var goodRatio = Double.nan
  /// Log likelihood ratio gathered: how far beyond chance.
  public var strength: Double
  public var citations: [Exemplar]

  public var ratio: Double { mean / max(usual, 1e-9) }
}

public enum RunDefault {
  /// One false alarm in so many buckets of one signal, at most: a case has some hundred signals of
  /// some thousand buckets, and what is called harm must also be large.
  public static let bucketsPerFalseAlarm = 100_000.0
  /// Fewest events that the quiet part is taken to have held: that it held none does not make the
  /// rate nought.
  public static let leastEvents = 4.0
  /// Smallest size parameter of the negative binomial: variance m + m²/r.
  public static let leastSize = 1.0
  /// A dispersion that is estimated by blocks is low where they are skewed (see `OnsetDetector`).
  public static let sizeMargin = 0.5
  /// Reports at the usual level that end a run of a mean.
  public static let calmBuckets = 6
  /// How far expectation may follow the volume of the whole case.
  public static let volumeClamp = (low: 0.5, high: 3.0)
  /// A latency run: at least this many times the usual, for this many reports.
  public static let latencyRatio = 2.0
  public static let latencyReports = 6
  /// A level that is served has fallen when it is below this share of what it was.
  public static let fallShare = 0.6
  /// A level that speaks is silent below this share of what it was.
  public static let silenceShare = 0.3
  /// A shortfall against other days: over so many seconds, with at least so many due, after as long at
  /// this share of what was due.
  public static let shortfallSeconds: Int64 = 1800
  public static let shortfallLeast = 100.0
  /// What lasts longer is how the day is, seconds; so is what begins with the day.
  public static let longestShortfall: Int64 = 64_800
  public static let wholeShare = 0.8
  /// Stretches that tell how far levels are from what is due on ordinary days, and how many deviations
  /// of them a shortfall is below.
  public static let shortfallStretches = 24
  public static let shortfallDeviations = 4.0
  /// A beginning that holds less than this share of a run's excess, at less than this share of the rate
  /// of the rest, is a murmur before it and not the onset.
  public static let murmurExcess = 0.04
  public static let murmurRate = 0.08
  /// Share of the reports of a latency run that lie above.
  public static let latencyShare = 0.6
}

/// Usual level: the mean of the quietest quarter of the frame in which the case speaks at all, or
/// of the baseline that was asked for.
struct Usual {
  var rate: Double
  var size: Double
  /// Where it was learnt.
  var part: Range<Int>
}

struct RunFinder {
  var frame: CaseFrame
  /// Volume of the whole case, for expectation and for coverage.
  var volume: [Double]
  /// Indices to learn from, if the user named a baseline.
  var baseline: Range<Int>?
  /// What other days held, where there are any.
  var course: DailyCourse?

  init(frame: CaseFrame, volume: [Double], baseline: Range<Int>?) {
    self.frame = frame
    self.volume = volume
    self.baseline = baseline
    course = baseline == nil ? DailyCourse(frame) : nil
  }

  private var parts: [Range<Int>] {
    if let baseline, baseline.count >= 4 { return [baseline] }
    let n = frame.count
    guard n >= 16 else { return [0..<n] }
    return (0..<4).map { $0 * n / 4..<($0 + 1) * n / 4 }.filter { part in
      part.contains { volume[$0] > 0 }
    }
  }

  private func usual(_ values: [Double], per attempts: [Double]) -> Usual {
    var best: (level: Double, part: Range<Int>)?
    for part in parts {
      let sum = part.reduce(0.0) { $0 + values[$1] }
      let weight =
        attempts.isEmpty
        ? Double(part.count { volume[$0] > 0 }) : part.reduce(0.0) { $0 + attempts[$1] }
      guard weight > 0 else { continue }
      let level = sum / weight
      if best == nil || level < (best?.level ?? .infinity) { best = (level, part) }
    }
    guard let best else { return Usual(rate: 0, size: RunDefault.leastSize, part: 0..<0) }
    // Over-dispersion by moments on that part: r = m² / (v - m).
    let inPart = best.part.map { values[$0] }
    let mean = inPart.reduce(0, +) / Double(max(1, inPart.count))
    let variance =
      inPart.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, inPart.count - 1))
    let size = variance > mean && mean > 0 ? mean * mean / (variance - mean) : 1000
    return Usual(rate: best.level, size: max(RunDefault.leastSize, size), part: best.part)
  }

  /// The share that usually fails, with how it varies; `nil` for signals without attempts.
  private func usualShare(_ signal: Signal, _ base: Usual) -> BetaBinomial? {
    guard signal.kind == .failures || signal.kind == .rejections, !signal.attempts.isEmpty,
      let fitted = BetaBinomial.fit(
        failures: Array(signal.values[base.part]), attempts: Array(signal.attempts[base.part]))
    else { return nil }
    // That nothing failed in the quiet part does not make failing impossible.
    let attempts = base.part.reduce(0) { $0 + signal.attempts[$1] }
    return BetaBinomial(
      mean: max(fitted.mean, RunDefault.leastEvents / max(1, attempts)),
      concentration: fitted.concentration)
  }

  /// Runs of a count signal above its usual level.
  func countRuns(_ signal: Signal) -> [Run] {
    let values = signal.values
    let n = values.count
    guard n >= 4, signal.total >= 3 else { return [] }
    let base = usual(values, per: signal.attempts)
    let usualVolume =
      median(parts.flatMap { part in part.map { volume[$0] } }.filter { $0 > 0 }) ?? 0
    let ordinary = course?.others(values, per: signal.attempts) ?? []
    let atMostHours = median(ordinary.filter { !$0.isNaN }) ?? 0
    func expected(_ i: Int) -> Double {
      var raw: Double
      if signal.attempts.isEmpty {
        let follow =
          usualVolume > 0
          ? min(
            RunDefault.volumeClamp.high, max(RunDefault.volumeClamp.low, volume[i] / usualVolume))
          : 1
        raw = base.rate * follow
      } else {
        raw = base.rate * signal.attempts[i]
      }
      // Where other days tell, what they hold at this hour is usual, and what they hold at most hours.
      if i < ordinary.count, !ordinary[i].isNaN {
        raw = max(ordinary[i], atMostHours) * (signal.attempts.isEmpty ? 1 : signal.attempts[i])
      }
      return max(RunDefault.leastEvents / Double(max(1, n / 4)), raw)
    }
    let means = (0..<n).map(expected)
    // About the course, the spread is that of days like one another, not of day and night.
    let size =
      ordinary.isEmpty
      ? base.size
      : max(
        RunDefault.leastSize, seasonalDispersion(values, expected: means) * RunDefault.sizeMargin)
    var detector = OnsetDetector()
    detector.bucketsPerFalseAlarm = RunDefault.bucketsPerFalseAlarm
    // What fails of what was tried: a share has a top, and varies otherwise than a count.
    let share = ordinary.isEmpty ? usualShare(signal, base) : nil
    let changes =
      share.map { detector.changes(failures: values, attempts: signal.attempts, baseline: $0) }
      ?? detector.changes(values, expected: means, size: size)
    var runs: [Run] = []
    for (i, change) in changes.enumerated()
    where change.kind == .departure && change.direction == .up {
      // The run lasts until the level is back, whatever further changes it has on its way.
      let followers = changes[(i + 1)...].prefix { $0.kind != .departure }
      let end = followers.last?.end ?? change.end ?? n
      if let run = makeRun(
        signal, change: change, end: max(end, change.alarm + 1), means: means, size: size)
      {
        runs.append(run)
      }
    }
    return runs
  }

  private func makeRun(
    _ signal: Signal, change: Change, end: Int, means: [Double], size: Double
  ) -> Run? {
    let values = signal.values
    let whole = change.onset..<min(values.count, max(change.onset + 1, end))
    let begin = withoutMurmur(values, means, whole)
    let range = begin..<whole.upperBound
    let isLater = begin > change.onset
    let sum = range.reduce(0.0) { $0 + values[$1] }
    let expectedSum = range.reduce(0.0) { $0 + means[$1] }
    guard sum > expectedSum else { return nil }
    var strength = 0.0
    var peak = 0.0
    var peakIndex = begin
    let level = sum / max(expectedSum, 1e-9)
    for i in range {
      strength += max(
        0,
        NegativeBinomial.logLikelihoodRatio(
          values[i], from: means[i], to: means[i] * level, size: size))
      if values[i] > peak { (peak, peakIndex) = (values[i], i) }
    }
    let from = frame.second(ofIndex: begin)
    let to = frame.second(ofIndex: range.upperBound)
    let cites = signal.series.flatMap {
      frame.exemplars($0, from: from, to: min(to, from + 20 * frame.width), limit: 3)
    }.sorted()
    // Where a record is cited for the first bucket, it dates the onset to the second.
    var at = from
    if let cited = cites.first?.time.seconds, cited >= from, cited < from + frame.width {
      at = cited
    }
    let attempts = signal.attempts.isEmpty ? 0 : range.reduce(0.0) { $0 + signal.attempts[$1] }
    let allAttempts = signal.attempts.reduce(0, +)
    let usualShare =
      signal.attempts.isEmpty || allAttempts - attempts <= 0
      ? Double.nan : (signal.total - sum) / (allAttempts - attempts)
    var run = Run(
      signal: signal, direction: .up,
      onset: Dated(
        at: at,
        earliest: frame.second(ofIndex: isLater ? begin - 1 : change.earliest),
        latest: frame.second(ofIndex: isLater ? begin + 1 : change.latest + 1)),
      end: to, isOpenEnded: range.upperBound >= frame.count,
      alarm: frame.second(ofIndex: max(begin + 1, change.alarm + 1)),
      usual: expectedSum / Double(range.count), mean: sum / Double(range.count), peak: peak,
      peakAt: frame.second(ofIndex: peakIndex), excess: sum - expectedSum,
      share: attempts > 0 ? sum / attempts : .nan, usualShare: usualShare, strength: strength,
      citations: Array(cites.prefix(3)))
    let outside = values.count - range.count
    let goodOutside = allAttempts - attempts - (signal.total - sum)
    if !signal.attempts.isEmpty, outside > 0, goodOutside > 0 {
      run.goodRatio =
        ((attempts - sum) / Double(range.count)) / (goodOutside / Double(outside))
    }
    return run
  }

  /// Where a run begins in earnest. The CUSUM's last zero may lie far before, where a few stray events
  /// kept it from falling back.
  private func withoutMurmur(_ values: [Double], _ means: [Double], _ range: Range<Int>) -> Int {
    let total = range.reduce(0.0) { $0 + max(0, values[$1] - means[$1]) }
    guard total > 0, range.count >= 8 else { return range.lowerBound }
    var before = 0.0
    var begin = range.lowerBound
    for i in range {
      let excess = max(0, values[i] - means[i])
      if before + excess > RunDefault.murmurExcess * total {
        begin = i
        break
      }
      before += excess
    }
    // What leads up to it without a pause belongs to it.
    while begin > range.lowerBound, values[begin - 1] > 2 * means[begin - 1] + 0.5 { begin -= 1 }
    let early = begin - range.lowerBound
    guard early >= 3 else { return range.lowerBound }
    let earlyRate =
      (range.lowerBound..<begin).reduce(0.0) { $0 + max(0, values[$1] - means[$1]) }
      / Double(early)
    let laterRate = total / Double(range.upperBound - begin)
    return earlyRate < RunDefault.murmurRate * laterRate ? begin : range.lowerBound
  }

  /// Runs of a mean (a latency, a gauge) above its usual level.
  func meanRuns(_ signal: Signal) -> [Run] {
    let present = signal.values.indices.filter { !signal.values[$0].isNaN }
    guard present.count >= 8 else { return [] }
    // The lower middle of the quarters: an outage of one or two of them does not move it, nor does
    // one in which everything fails at once and fast.
    var quarters: [(level: Double, spread: Double)] = []
    for part in parts {
      let values = part.map { signal.values[$0] }.filter { !$0.isNaN }
      guard values.count >= 4 else { continue }
      quarters.append((median(values) ?? 0, 1.4826 * (mad(values) ?? 0)))
    }
    quarters.sort { $0.level < $1.level }
    guard !quarters.isEmpty else { return [] }
    let base = quarters[(quarters.count - 1) / 2]
    guard base.level >= 0 else { return [] }
    let limit = max(base.level * RunDefault.latencyRatio, base.level + 5 * base.spread) + 1e-9
    let ordinary = course?.others(signal.values) ?? []
    func isAbove(_ i: Int) -> Bool {
      signal.values[i] > limit
        && (i >= ordinary.count || ordinary[i].isNaN
          || signal.values[i] > RunDefault.latencyRatio * ordinary[i])
    }
    var runs: [Run] = []
    var k = 0
    while k < present.count {
      guard isAbove(present[k]) else {
        k += 1
        continue
      }
      let first = k
      var above = 0
      var below = 0
      var last = k
      while k < present.count {
        if isAbove(present[k]) {
          above += 1
          below = 0
          last = k
        } else {
          below += 1
          if below >= RunDefault.calmBuckets { break }
        }
        k += 1
      }
      guard above >= RunDefault.latencyReports,
        Double(above) >= Double(last - first + 1) * RunDefault.latencyShare
      else { continue }
      let indices = present[first...last]
      let values = indices.map { signal.values[$0] }
      let mean = values.reduce(0, +) / Double(values.count)
      let peak = values.max() ?? 0
      let peakIndex = indices.first { signal.values[$0] == peak } ?? present[first]
      let previous = first > 0 ? present[first - 1] : present[first]
      let from = frame.second(ofIndex: present[first])
      let open = k >= present.count && below < RunDefault.calmBuckets
      runs.append(
        Run(
          signal: signal, direction: .up,
          onset: Dated(
            at: from, earliest: frame.second(ofIndex: previous),
            latest: frame.second(ofIndex: present[min(first + 1, present.count - 1)])),
          end: frame.second(ofIndex: present[last] + 1), isOpenEnded: open,
          alarm: frame.second(ofIndex: present[min(first + 2, last)]), usual: base.level,
          mean: mean, peak: peak, peakAt: frame.second(ofIndex: peakIndex),
          excess: Double(above), share: .nan, usualShare: .nan,
          strength: Double(above) * logarithm(max(1.01, mean / max(base.level, 1e-9))),
          citations: []))
    }
    return runs
  }

  /// Stretches in which a level (users online) is below six tenths of what it was an hour before.
  func falls(_ signal: Signal) -> [Run] {
    let values = signal.values
    let n = values.count
    let look = max(12, Int(3600 / max(1, frame.width)))
    guard n > look + 8 else { return [] }
    var runs: [Run] = []
    var i = look
    while i < n {
      let before = values[(i - look)..<i].filter { !$0.isNaN }
      guard let level = median(before), level > 0, before.count >= look / 2, !values[i].isNaN,
        values[i] < level * RunDefault.fallShare
      else {
        i += 1
        continue
      }
      var k = i
      var low = values[i]
      var lowIndex = i
      // Until it is back at eight tenths, wherever the day has gone meanwhile.
      while k < n, values[k].isNaN || values[k] < level * 0.8 {
        if values[k] < low { (low, lowIndex) = (values[k], k) }
        k += 1
      }
      guard k - i >= 5 else {
        i = k + 1
        continue
      }
      // The fall begins where the level was last within a tenth of what it had been.
      var from = i
      while from > 0, values[from - 1].isNaN || values[from - 1] < level * 0.9 { from -= 1 }
      let inside = values[i..<k].filter { !$0.isNaN }
      runs.append(
        Run(
          signal: signal, direction: .down,
          onset: Dated(
            at: frame.second(ofIndex: from), earliest: frame.second(ofIndex: max(0, from - 2)),
            latest: frame.second(ofIndex: i)), end: frame.second(ofIndex: k), isOpenEnded: k >= n,
          alarm: frame.second(ofIndex: min(n, i + 5)), usual: level,
          mean: inside.reduce(0, +) / Double(max(1, inside.count)), peak: low,
          peakAt: frame.second(ofIndex: lowIndex), excess: level - low, share: .nan,
          usualShare: .nan, strength: 30 * (1 - low / level), citations: []))
      i = k + look
    }
    return runs
  }

  /// Stretches in which a steady signal falls below a third of its level before, or, where other days
  /// tell what it should be, at once below six tenths of that.
  func silences(_ signal: Signal) -> [Run] {
    let values = signal.values
    let n = values.count
    guard n >= 24 else { return [] }
    let levels = course?.due(values)
    let due = levels.map { levels in values.indices.map { levels.at($0, heightBefore: $0) } } ?? []
    let look = max(12, due.isEmpty ? n / 24 : min(n / 24, Int(3600 / max(1, frame.width))))
    var runs = levels.map { shortfalls(signal, $0, due: due) } ?? []
    var i = look
    while i < n {
      let before = values[(i - look)..<i].sorted()
      var level = before[before.count / 2]
      guard values[i] < level * RunDefault.silenceShare else {
        i += 1
        continue
      }
      // The end of a surge is no silence: what was usual until now bounds what may be missed.
      level = min(level, 1.5 * (median(Array(values[..<i])) ?? 0))
      // Nor is the evening.
      if i < due.count, !due[i].isNaN { level = min(level, due[i]) }
      guard values[i] < level * RunDefault.silenceShare, level >= 8,
        before[before.count / 10] >= level / 3
      else {
        i += 1
        continue
      }
      var k = i
      while k < n, values[k] < level * RunDefault.silenceShare { k += 1 }
      guard k - i >= 4 else {
        i += 1
        continue
      }
      let at = frame.second(ofIndex: i)
      guard !runs.contains(where: { $0.onset.at <= at && at < $0.end }) else {
        i = k + look
        continue
      }
      runs.append(
        lowRun(signal, i..<k, usual: level, alarmAfter: 4, deviation: level.squareRoot()))
      i = k + look
    }
    return runs
  }

  /// - Parameter deviation: of what is missing, by chance.
  private func lowRun(
    _ signal: Signal, _ range: Range<Int>, usual: Double, alarmAfter: Int, deviation: Double
  ) -> Run {
    let (begin, n) = (range.lowerBound, signal.values.count)
    let inside = signal.values[range]
    let mean = inside.reduce(0, +) / Double(inside.count)
    let missing = (usual - mean) * Double(inside.count)
    return Run(
      signal: signal, direction: .down,
      onset: Dated(
        at: frame.second(ofIndex: begin), earliest: frame.second(ofIndex: begin - 1),
        latest: frame.second(ofIndex: begin + 1)), end: frame.second(ofIndex: range.upperBound),
      isOpenEnded: range.upperBound >= n,
      alarm: frame.second(ofIndex: min(n, begin + alarmAfter)), usual: usual, mean: mean,
      peak: inside.min() ?? 0, peakAt: frame.second(ofIndex: begin), excess: max(0, missing),
      share: .nan, usualShare: .nan, strength: missing / max(1, deviation), citations: [])
  }
}

extension RunFinder {
  /// Stretches in which a level is all at once below six tenths of what the day and the hour hold.
  ///
  /// What sinks slowly is a day that differs (a holiday); what breaks off is an event.
  private func shortfalls(
    _ signal: Signal, _ levels: DailyCourse.DueLevel, due: [Double]
  ) -> [Run] {
    let d = RunDefault.self
    let n = signal.values.count
    let stretch = max(1, Int(d.shortfallSeconds / max(1, frame.width)))
    func share(_ range: Range<Int>) -> (share: Double, due: Double) {
      guard range.lowerBound >= 0, range.upperBound <= n else { return (.nan, 0) }
      var (sum, all) = (0.0, 0.0)
      for i in range {
        if due[i].isNaN || signal.values[i].isNaN { return (.nan, 0) }
        sum += signal.values[i]
        all += due[i]
      }
      return (all > 0 ? sum / all : .nan, all)
    }
    // How far stretches are from what is due on all days: most are no event, so the middle tells.
    let everyday = Swift.stride(from: 0, to: n - stretch, by: stretch).compactMap { k -> Double? in
      let one = share(k..<(k + stretch))
      return one.share > 0 && one.due >= d.shortfallLeast ? log(one.share) : nil
    }
    guard everyday.count >= d.shortfallStretches, let middle = median(everyday),
      let deviation = mad(everyday)
    else { return [] }
    let limit = min(d.fallShare, exp(middle - d.shortfallDeviations * 1.4826 * deviation))
    var runs: [Run] = []
    var i = stretch
    while i + stretch <= n {
      let (now, expected) = share(i..<(i + stretch))
      let (before, _) = share((i - stretch)..<i)
      guard now < limit, before > d.wholeShare, expected >= d.shortfallLeast,
        signal.values[i] < d.fallShare * due[i]
      else {
        i += 1
        continue
      }
      // The height that the day had when it broke off holds while it lasts.
      func isBack(_ k: Int) -> Bool {
        let near = k..<min(n, k + stretch)
        let sum = near.reduce(0) { $0 + signal.values[$1] }
        let usual = near.reduce(0) { $0 + levels.at($1, heightBefore: i) }
        return !(sum < d.wholeShare * usual)
      }
      var k = i + stretch
      while k < n, !isBack(k) { k += 1 }
      // A day that is another kind of day from its beginning on (a weekend) is no event.
      let lasts = Int64(k - i) * frame.width
      let sinceMidnight = frame.second(ofIndex: i) % 86_400
      if lasts >= d.longestShortfall
        || min(sinceMidnight, 86_400 - sinceMidnight) <= d.shortfallSeconds
      {
        i = k + stretch
        continue
      }
      let usual = (i..<k).map { levels.at($0, heightBefore: i) }.filter { !$0.isNaN }
      let level = usual.reduce(0, +) / Double(max(1, usual.count))
      runs.append(
        lowRun(
          signal, i..<k, usual: level, alarmAfter: stretch,
          deviation: (level * Double(k - i)).squareRoot()))
      i = k + stretch
    }
    return runs
  }
}

/// Natural logarithm, total: minus infinity's place is taken by a large negative number.
public func logarithm(_ x: Double) -> Double { x > 0 ? log(x) : -700 }
