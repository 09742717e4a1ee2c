public import Records
import Sketches
import Surveys

/// How the answers of the busiest service are made up, before the incident and during it.
public struct OutcomeMix: Sendable {
  public struct Part: Sendable {
    public var outcome: Outcome
    /// Answers an hour.
    public var before: Double
    public var during: Double
  }
  public var service: String
  /// Outcomes that occur, in the order of `Outcome`.
  public var parts: [Part]
  /// Share of the incident's requests that clients would have kept back themselves if they throttled
  /// by the rule of thumb: no more than twice what is accepted.
  public var withheldByThrottle: Double
  /// Asked and served a minute where most was served, and where most was asked during the incident.
  public var best: (asked: Double, served: Double)
  public var busiest: (asked: Double, served: Double)

  /// Whether more asked meant less served: congestive collapse.
  public var isCollapse: Bool {
    busiest.asked >= OutcomeMixDefault.moreAsked * best.asked
      && busiest.served <= OutcomeMixDefault.lessServed * best.served
  }

  public var before: Double { parts.reduce(0) { $0 + $1.before } }
  public var during: Double { parts.reduce(0) { $0 + $1.during } }

  /// Share of what was asked beyond the usual that was refused or shed, and that was wrongly asked;
  /// `nil` where no more was asked.
  public var excess: (refused: Double, invalid: Double)? {
    guard during >= OutcomeMixDefault.leastRise * max(1, before) else { return nil }
    func share(_ outcome: Outcome) -> Double {
      let rise = parts.first { $0.outcome == outcome }.map { $0.during - $0.before } ?? 0
      return min(1, max(0, rise / (during - before)))
    }
    return (share(.rejected), share(.invalid))
  }
}

public enum OutcomeMixDefault {
  /// Rise in requests from which on their excess is looked at.
  public static let leastRise = 1.5
  public static let leastRecords = 50.0
  /// What is asked and served is compared over so many seconds.
  public static let block: Int64 = 300
  /// Collapse: so many times what was asked where most was served, and at most this share of it served.
  public static let moreAsked = 1.2
  public static let lessServed = 0.7
  /// Requests that clients may make for each that is accepted. Source: B. Beyer et al., *Site
  /// Reliability Engineering* (2016), ch. 21, "Client-side throttling", K = 2.
  public static let throttle = 2.0
}

/// - Returns: `nil` where no service names outcomes before and during.
/// - Complexity: linear in the frame.
func outcomeMix(
  _ survey: Survey, _ all: [Signal], frame: CaseFrame, from: Int64, onset: Int64, end: Int64
) -> OutcomeMix? {
  guard let front = front(of: all) else { return nil }
  let earlier = frame.indices(from: from, to: onset)
  let within = frame.indices(from: onset, to: end)
  guard !earlier.isEmpty, !within.isEmpty else { return nil }
  func perHour(_ values: [Double], _ range: Range<Int>) -> Double {
    values[range].reduce(0, +) * 3600 / Double(Int64(range.count) * frame.width)
  }
  var counts: [UInt8: [Double]] = [:]
  for series in survey.fine.entries
  where series.key.dimension == .outcome && series.key.label == front.service {
    frame.add(
      series.cells,
      to: &counts[series.key.kind, default: [Double](repeating: 0, count: frame.count)])
  }
  let all = counts.values.reduce(0) { $0 + $1[within].reduce(0, +) }
  guard all >= OutcomeMixDefault.leastRecords,
    counts.values.contains(where: { $0[earlier].contains { $0 > 0 } })
  else { return nil }
  var withheld = 0.0
  for i in within {
    let asked = counts.values.reduce(0) { $0 + $1[i] }
    let accepted = counts[Outcome.success.rawValue]?[i] ?? 0
    withheld += max(0, asked - OutcomeMixDefault.throttle * accepted)
  }
  let per = max(1, Int(OutcomeMixDefault.block / max(1, frame.width)))
  var best = (asked: 0.0, served: 0.0)
  var busiest = (asked: 0.0, served: 0.0)
  let minutes = Double(Int64(per) * frame.width) / 60
  for start in stride(from: earlier.lowerBound, to: within.upperBound - per + 1, by: per) {
    let block = start..<(start + per)
    let asked = counts.values.reduce(0) { $0 + $1[block].reduce(0, +) } / minutes
    let served = (counts[Outcome.success.rawValue]?[block].reduce(0, +) ?? 0) / minutes
    if served > best.served { best = (asked, served) }
    if block.lowerBound >= within.lowerBound, asked > busiest.asked { busiest = (asked, served) }
  }
  return OutcomeMix(
    service: front.service,
    parts: Outcome.allCases.compactMap { outcome in
      guard outcome != .unknown, let values = counts[outcome.rawValue] else { return nil }
      let part = OutcomeMix.Part(
        outcome: outcome, before: perHour(values, earlier), during: perHour(values, within))
      return part.before + part.during > 0 ? part : nil
    }, withheldByThrottle: withheld / all, best: best, busiest: busiest)
}
