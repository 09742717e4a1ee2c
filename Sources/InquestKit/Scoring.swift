import Acquisition
import Correlation
import Findings
import Foundation
import Records

/// A verdict held against the truth.
public struct CaseScore: Sendable {
  public var folder: String
  public var scenario: String
  public var seed: String
  /// What happened, and what a verdict may say.
  public var truth: String
  public var accepted: [String]
  public var verdict: String
  public var probabilities: [String: Double]
  /// Seconds from the true onset to the dated one, signed; nil where either is missing.
  public var onsetError: Double?
  /// Seconds from the dated onset to the ends of its interval.
  public var interval: ClosedRange<Double>?
  /// Rank of the first true culprit among the suspects, from 1; nil if none is named.
  public var culpritRank: Int?
  public var hasCulprits: Bool
  /// Seconds by which clocks that are off by a second or more were misjudged; those that were not
  /// compared count in full.
  public var clockErrors: [Double] = []
  /// Estimated against true failed operations and affected requesters, as ratios.
  public var failedRatio: Double?
  public var affectedRatio: Double?
  /// Hosts called off whose clock is right.
  public var wrongClocks = 0
  public var sentence: String

  public var isRight: Bool { accepted.contains(verdict) }

  /// Whether the interval holds the true onset; nil where there is none to hold.
  public var isCovered: Bool? {
    guard let onsetError, let interval else { return nil }
    return interval.contains(-onsetError)
  }

  /// Squared distance of the probabilities to the truth (Brier 1950, for several classes).
  public var brier: Double {
    ["attack", "overload", "mixed", "benign"].reduce(0) { sum, name in
      let p = probabilities[name] ?? 0
      let y = name == truth ? 1.0 : 0
      return sum + (p - y) * (p - y)
    }
  }

  public var json: String {
    let p = probabilities.sorted { $0.key < $1.key }
      .map { "\"\($0.key)\":\(String(format: "%.4f", $0.value))" }.joined(separator: ",")
    return
      "{\"folder\":\"\(folder)\",\"scenario\":\"\(scenario)\",\"seed\":\(seed),\"truth\":\"\(truth)\",\"verdict\":\"\(verdict)\",\"right\":\(isRight),\"probabilities\":{\(p)},\"onset_error_s\":\(onsetError.map { String($0) } ?? "null"),\"onset_covered\":\(isCovered.map { String($0) } ?? "null"),\"culprit_rank\":\(culpritRank.map(String.init) ?? "null"),\"brier\":\(String(format: "%.4f", brier))}"
  }
}

/// Analyses the logs of a case folder and compares with its truth.
///
/// The logs are read before the truth, which lies beside them and is no input of the analysis.
public func scoreCase(_ folder: String, jobs: Int) throws -> CaseScore {
  var options = ReadingOptions()
  options.jobs = jobs
  let reading = try CaseReading(paths: [folder + "/logs"], manifestPath: nil, options: options)
  let read = try reading.surveyWithClocks()
  var knowledge = reading.manifest.knowledge
  knowledge.clocks = read.clocks
  let result = findings(of: read.survey, knowledge: knowledge)

  let data = try Data(contentsOf: URL(filePath: folder + "/truth.json"))
  let truth = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  let accepted = truth["accept"] as? [String] ?? [truth["class"] as? String ?? ""]
  var error: Double?
  var interval: ClosedRange<Double>?
  if let text = truth["onset"] as? String, let real = parseInstant(text, now: .unknown),
    let first = result.incidents.first, let dated = parseInstant(first.onset, now: .unknown)
  {
    error = Double(dated.seconds - real.seconds)
    if let earliest = parseInstant(first.onsetEarliest, now: .unknown),
      let latest = parseInstant(first.onsetLatest, now: .unknown)
    {
      interval =
        Double(
          min(0, earliest.seconds - dated.seconds))...Double(
          max(0, latest.seconds - dated.seconds))
    }
  }
  let clocks = (truth["clocks"] as? [String: Any] ?? [:]).compactMapValues {
    ($0 as? NSNumber)?.doubleValue
  }
  let culprits = (truth["culprits"] as? [[String: Any]] ?? []).compactMap { $0["value"] as? String }
  let rank = result.suspects.firstIndex { culprits.contains($0.value) }
  var score = CaseScore(
    folder: folder, scenario: truth["scenario"] as? String ?? folder,
    seed: (truth["seed"] as? NSNumber)?.stringValue ?? "0", truth: truth["class"] as? String ?? "",
    accepted: accepted, verdict: result.verdict.class,
    probabilities: result.verdict.probabilities, onsetError: error, interval: interval,
    culpritRank: rank.map { $0 + 1 },
    hasCulprits: !culprits.isEmpty, sentence: result.verdict.sentence)
  score.clockErrors = clocks.sorted { $0.key < $1.key }.map { host, ahead in
    abs(ahead - (result.clocks.first { $0.host == host }?.ahead ?? 0))
  }
  if let facts = truth["facts"] as? [String: Any], let impact = result.impact,
    let failed = (facts["failed"] as? NSNumber)?.doubleValue, failed >= 100,
    let affected = (facts["affected"] as? NSNumber)?.doubleValue, truth["onset"] is String
  {
    score.failedRatio = impact.failedOperations / failed
    score.affectedRatio = impact.affected / max(1, affected)
  }
  score.wrongClocks = result.clocks.count {
    abs($0.ahead) >= ClockDefault.leastSeconds && clocks[$0.host] == nil
  }
  return score
}

/// Scores as a table with its sums.
public func scoreTable(_ scores: [CaseScore]) -> String {
  func cell(_ text: String, _ width: Int) -> String {
    text.padding(toLength: width, withPad: " ", startingAt: 0)
  }
  var text =
    cell("scenario", 18) + cell("seed", 6) + cell("accepted", 14) + cell("verdict", 10)
    + cell("right", 7) + cell("attack", 8) + cell("overload", 10) + cell("mixed", 8)
    + cell("benign", 8) + cell("onset err", 11) + cell("interval", 13)
    + cell("holds", 8) + "culprit\n"
  func p(_ score: CaseScore, _ name: String) -> String {
    String(format: "%.3f", score.probabilities[name] ?? 0)
  }
  for score in scores {
    text +=
      cell(score.scenario, 18) + cell(score.seed, 6)
      + cell(score.accepted.joined(separator: "|"), 14) + cell(score.verdict, 10)
      + cell(score.isRight ? "yes" : "NO", 7) + cell(p(score, "attack"), 8)
      + cell(p(score, "overload"), 10) + cell(p(score, "mixed"), 8) + cell(p(score, "benign"), 8)
      + cell(score.onsetError.map { String(format: "%+.0f s", $0) } ?? "-", 11)
      + cell(
        score.interval.map { String(format: "%+.0f..%+.0f", $0.lowerBound, $0.upperBound) } ?? "-",
        13)
      + cell(score.isCovered.map { $0 ? "yes" : "NO" } ?? "-", 8)
      + (score.hasCulprits ? score.culpritRank.map(String.init) ?? "not named" : "-") + "\n"
  }
  let right = scores.count(where: \.isRight)
  let errors = scores.compactMap { $0.onsetError.map(abs) }.sorted()
  text += "\n\(right) of \(scores.count) verdicts right"
  text += String(
    format: "; mean Brier score %.3f (a flat forecast has 0.75)",
    scores.reduce(0) { $0 + $1.brier } / Double(max(1, scores.count)))
  if !errors.isEmpty {
    text += String(
      format: "; onset error: median %.0f s, 90th percentile %.0f s", errors[errors.count / 2],
      errors[min(errors.count - 1, errors.count * 9 / 10)])
  }
  let covered = scores.compactMap(\.isCovered)
  if !covered.isEmpty {
    text += String(
      format: "; its interval (nominal 90 %%) holds the truth in %.0f %% of %d",
      100 * Double(covered.count { $0 }) / Double(covered.count), covered.count)
  }
  let withCulprits = scores.filter(\.hasCulprits)
  if !withCulprits.isEmpty {
    let all = Double(withCulprits.count)
    text += String(
      format:
        "\ncause named: first in %.0f %%, among the first three in %.0f %% of %d cases that have one",
      100 * Double(withCulprits.count { $0.culpritRank == 1 }) / all,
      100 * Double(withCulprits.count { ($0.culpritRank ?? 99) <= 3 }) / all, withCulprits.count)
  }
  for (name, ratios) in [
    ("failed operations", scores.compactMap(\.failedRatio)),
    ("affected requesters", scores.compactMap(\.affectedRatio)),
  ] where !ratios.isEmpty {
    let sorted = ratios.sorted()
    text += String(
      format:
        "\n%@: estimated at %.2f of the truth in the median (%.2f to %.2f), within 10 %% in %.0f %% of %d cases",
      name, sorted[sorted.count / 2], sorted[0], sorted[sorted.count - 1],
      100 * Double(ratios.count { abs($0 - 1) <= 0.1 }) / Double(ratios.count), ratios.count)
  }
  let clocks = scores.flatMap(\.clockErrors).sorted()
  if !clocks.isEmpty {
    text += String(
      format:
        "\nclocks that are off: %d, misjudged by %.2f s in the median, %.2f s at most; right clocks called off: %d",
      clocks.count, clocks[clocks.count / 2], clocks[clocks.count - 1],
      scores.reduce(0) { $0 + $1.wrongClocks })
  }
  return text + "\n"
}
