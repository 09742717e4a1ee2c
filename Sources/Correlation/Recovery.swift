import Records
import Sketches
import Statistics
import Surveys

/// A level that the system serves (users online, successful operations) against what was expected.
public struct ServedLevel: Sendable {
  /// Gauge or service that was read.
  public var name: String
  public var isGauge: Bool
  /// Level and expectation in the frame's buckets; NaN where nothing was reported.
  public var values: [Double]
  public var expected: [Double]
  /// Share of the expectation between which nine of ten levels before the onset lay, had they been
  /// expected in the same way; `nil` where the time before is too short to tell.
  public var usualShares: (low: Double, high: Double)?
  /// How the expectation was got.
  public var method: String
  public var lowest: Double
  public var lowestAt: Int64
  public var lowestShare: Double
  /// Share of the expectation at the end of the logs.
  public var finalShare: Double
  /// First instants after the lowest point at which a share of the expectation was held.
  public var reached: [(share: Double, at: Int64)]
  /// User-hours (or operations) missing against the expectation.
  public var missing: Double
  /// Falls of more than a tenth of the expectation after recovery had begun.
  public var dips: Int
  /// Factor by which two counters of the same quantity disagreed at most.
  public var disagreement: Double?
  public var otherCounter: String?
}

public enum RecoveryDefault {
  public static let milestones = [0.5, 0.8, 0.9, 0.99]
  /// A milestone counts when it is held for so many buckets.
  public static let hold = 3
  /// Levels before the onset that tell how far an expectation is off.
  public static let leastRatios = 20
  /// Words in the names of gauges that count users or sessions, best first.
  public static let levels = [
    "users_online", "online_users", "users", "online", "active_users", "concurrent", "sessions",
    "connections", "logged_in",
  ]
}

/// Finds the level that tells best how many are served.
///
/// - Parameter service: of which successful operations are counted where no gauge tells.
func servedLevel(
  _ survey: Survey, frame: CaseFrame, knowledge: CaseKnowledge, onset: Int64, end: Int64
) -> ServedLevel? {
  var gauge: Gauges?
  var other: Gauges?
  func last(_ gauge: Gauges) -> String {
    (gauge.key.name.split(separator: ".").last.map(String.init) ?? "").lowercased()
  }
  for word in RecoveryDefault.levels where gauge == nil {
    let found = survey.gauges.entries.filter { last($0).hasPrefix(word) }.sorted { a, b in
      let (x, y) = (last(a) == word, last(b) == word)
      if x != y { return x }
      return a.cells.cells.count == b.cells.cells.count
        ? a.id < b.id : a.cells.cells.count > b.cells.cells.count
    }
    gauge = found.first
    other = found.dropFirst().first
  }
  let isGauge = gauge != nil
  var values: [Double]
  var name: String
  if let gauge {
    values = frame.dense(gauge.cells).map { $0 ?? .nan }
    name = gauge.key.name
    if values.count(where: { !$0.isNaN }) < 8 { return nil }
  } else {
    // The service with most successes.
    var best: (label: String, total: UInt64) = ("", 0)
    var sums: [String: [Double]] = [:]
    for series in survey.fine.entries.sorted(by: { $0.id < $1.id })
    where series.key.dimension == .outcome && series.key.kind == Outcome.success.rawValue {
      frame.add(
        series.cells,
        to: &sums[series.key.label, default: [Double](repeating: 0, count: frame.count)])
      if series.cells.total > best.total { best = (series.key.label, series.cells.total) }
    }
    guard best.total >= 200, let sum = sums[best.label] else { return nil }
    values = sum
    name = best.label
  }
  let onsetIndex = max(0, min(frame.count - 1, Int((onset - frame.start) / frame.width)))
  let baseline = values[..<onsetIndex].filter { !$0.isNaN }
  guard baseline.count >= 4 else { return nil }
  let perDay = max(1, Int(86400 / max(1, frame.width)))
  let window = max(1, Int(900 / max(1, frame.width)))
  func level(around index: Int) -> Double? {
    let low = max(0, index - window)
    let high = min(onsetIndex, index + window + 1)
    guard low < high else { return nil }
    let near = values[low..<high].filter { !$0.isNaN }.sorted()
    return near.isEmpty ? nil : near[near.count / 2]
  }
  // Expected: the same time of day before the onset where there is one; else the median of the
  // hours before it, which is said.
  var method = "median of the last hours before the onset; the logs hold no other day"
  let recentCount = max(4, Int(3 * 3600 / max(1, frame.width)))
  let recent = Array(baseline.suffix(recentCount)).sorted()
  let flat = recent[recent.count / 2]
  var expected = [Double](repeating: flat, count: frame.count)
  var seasonal = 0
  for i in 0..<frame.count {
    if i < onsetIndex {
      expected[i] = level(around: i) ?? flat
      continue
    }
    var k = i - perDay
    while k >= onsetIndex { k -= perDay }
    if k >= 0, let same = level(around: k) {
      expected[i] = same
      seasonal += 1
    }
  }
  if seasonal > (frame.count - onsetIndex) / 3 {
    method = "same time of the day before, where the logs have it; else the last hours before"
  }
  // How far such an expectation is off on ordinary days: each level before against the one that it would
  // have been read off.
  let lag = seasonal > 0 ? perDay : recentCount
  let ratios = (lag..<max(lag, onsetIndex)).compactMap { i -> Double? in
    guard !values[i].isNaN, let then = level(around: i - lag), then > 0 else { return nil }
    return values[i] / then
  }
  var usualShares: (low: Double, high: Double)?
  if ratios.count >= RecoveryDefault.leastRatios, let low = quantile(ratios, 0.05),
    let high = quantile(ratios, 0.95)
  {
    usualShares = (low, high)
  }
  if !isGauge { method += "; successful operations stand in for users" }
  var lowest = (value: Double.infinity, at: onset, share: 1.0)
  let endIndex = min(frame.count, Int((end - frame.start) / frame.width) + 1)
  var missing = 0.0
  var lowIndex = onsetIndex
  var last = flat
  for i in onsetIndex..<frame.count {
    if !values[i].isNaN { last = values[i] }
    missing += max(0, expected[i] - last) * Double(frame.width) / 3600
    if i < endIndex, !values[i].isNaN, expected[i] > 0 {
      let share = values[i] / expected[i]
      if share < lowest.share {
        lowest = (values[i], frame.second(ofIndex: i), share)
        lowIndex = i
      }
    }
  }
  guard lowest.value.isFinite else { return nil }
  var reached: [(share: Double, at: Int64)] = []
  for milestone in RecoveryDefault.milestones {
    var run = 0
    for i in lowIndex..<frame.count where !values[i].isNaN && expected[i] > 0 {
      run = values[i] / expected[i] >= milestone ? run + 1 : 0
      if run >= RecoveryDefault.hold {
        reached.append((milestone, frame.second(ofIndex: max(lowIndex, i - run + 1))))
        break
      }
    }
  }
  var dips = 0
  var high = 0.0
  var falling = false
  for i in lowIndex..<frame.count where !values[i].isNaN && expected[i] > 0 {
    let share = values[i] / expected[i]
    high = max(high, share)
    if share < high - 0.1, !falling {
      dips += 1
      falling = true
    } else if share >= high - 0.02 {
      falling = false
    }
    if falling, share > high - 0.05 { falling = false }
  }
  let tail = values.indices.reversed().first { !values[$0].isNaN && expected[$0] > 0 }
  var disagreement: Double?
  if let other {
    let second = frame.dense(other.cells)
    var ratios: [Double] = []
    for i in values.indices {
      if let b = second[i], !values[i].isNaN, b > 0, values[i] > 0 {
        ratios.append(max(values[i] / b, b / values[i]))
      }
    }
    disagreement = ratios.max()
  }
  return ServedLevel(
    name: name, isGauge: isGauge, values: values, expected: expected, usualShares: usualShares,
    method: method,
    lowest: lowest.value, lowestAt: lowest.at, lowestShare: lowest.share,
    finalShare: tail.map { values[$0] / expected[$0] } ?? 0, reached: reached, missing: missing,
    dips: dips, disagreement: disagreement, otherCounter: other?.key.name)
}
