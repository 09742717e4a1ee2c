import Foundation

/// What is returned of the case.
public struct Verdict: Sendable {
  /// attack, overload, mixed, benign or open.
  public var name: String
  public var probabilities: [Outcome4: Double]
  public var evidence: [Evidence]
  /// Why a verdict is open, if it is.
  public var openBecause: String?
  /// log10 that evidence alone adds between attack and overload.
  public var discrimination: Double

  public var leading: Outcome4 {
    Outcome4.allCases.max { probability($0) < probability($1) } ?? .benign
  }

  public func probability(_ outcome: Outcome4) -> Double { probabilities[outcome] ?? 0 }
}

/// Adds up evidence: each feature capped, each family capped, priors on top.
///
/// - Parameters:
///   - records: how many records the evidence comes from; a handful proves no peace.
///   - hasIncident: whether harm was dated; without, nothing is said to have been caused.
///   - span: seconds that the records lie apart.
///   - badShare: share of all records that are errors or tell of failures.
public func judge(
  _ evidence: [Evidence], records: UInt64, hasIncident: Bool, span: Int64 = .max,
  badShare: Double = 0
) -> Verdict {
  var sums: [Outcome4: Double] = [:]
  for family in EvidenceFamily.allCases {
    var perOutcome: [Outcome4: Double] = [:]
    for item in evidence where item.family == family && item.direction != .unobtainable {
      // A feature's reach between two outcomes is scaled down to the cap as a whole, so that its
      // shape stays.
      let scale =
        item.weights.span > JudgeDefault.featureCap * 2
        ? JudgeDefault.featureCap * 2 / item.weights.span : 1
      for outcome in Outcome4.allCases {
        perOutcome[outcome, default: 0] += max(
          -JudgeDefault.featureCap,
          min(JudgeDefault.featureCap, item.weights[outcome] * scale))
      }
    }
    for outcome in Outcome4.allCases {
      sums[outcome, default: 0] += max(
        -JudgeDefault.familyCap, min(JudgeDefault.familyCap, perOutcome[outcome] ?? 0))
    }
  }
  var posterior: [Outcome4: Double] = [:]
  let highest = Outcome4.allCases.map { sums[$0] ?? 0 }.max() ?? 0
  for outcome in Outcome4.allCases {
    posterior[outcome] =
      (JudgeDefault.prior[outcome] ?? 0) * pow(10, (sums[outcome] ?? 0) - highest)
  }
  let total = posterior.values.reduce(0, +)
  for outcome in Outcome4.allCases {
    // Nothing in logs makes an outcome impossible or certain.
    posterior[outcome] = min(
      JudgeDefault.mostProbable,
      max(JudgeDefault.leastProbable, (posterior[outcome] ?? 0) / max(total, 1e-300)))
  }
  let norm = posterior.values.reduce(0, +)
  for outcome in Outcome4.allCases { posterior[outcome] = (posterior[outcome] ?? 0) / norm }

  let discrimination =
    max(sums[.attack] ?? 0, sums[.mixed] ?? 0) - (sums[.overload] ?? 0)
  var verdict = Verdict(
    name: "open", probabilities: posterior, evidence: evidence, openBecause: nil,
    discrimination: discrimination)
  let leading = verdict.leading
  let p = verdict.probability(leading)
  let hostile = verdict.probability(.attack) + verdict.probability(.mixed)
  switch leading {
  case .benign:
    if records < JudgeDefault.leastRecords {
      verdict.openBecause =
        "there are only \(records) records, too few to tell what is usual here"
    } else if span < JudgeDefault.leastSpan {
      verdict.openBecause =
        "the records lie within \(span) s, too short a time to tell what is usual here"
    } else if badShare >= JudgeDefault.mostBadShare {
      verdict.openBecause =
        "\(Clause.percent(badShare)) of all records tell of errors or refusals from beginning to end, so what is usual here cannot be told from what is wrong"
    } else if p >= JudgeDefault.leastProbability {
      verdict.name = "benign"
    } else {
      verdict.openBecause =
        "the signs of harm are too weak to call an incident and too strong to call none"
    }
  case .overload:
    if p < JudgeDefault.leastProbability {
      verdict.openBecause =
        "no explanation reaches \(Clause.percent(JudgeDefault.leastProbability))"
    } else if discrimination > -JudgeDefault.leastDiscrimination {
      verdict.openBecause =
        "the logs show that something failed, but nothing in them tells an attack from an overload"
    } else if !hasIncident {
      verdict.openBecause =
        "there are signs of an overload, but no service in these logs shows when it began to fail"
    } else {
      verdict.name = "overload"
    }
  case .attack, .mixed:
    if hostile < JudgeDefault.leastProbability || discrimination < JudgeDefault.leastDiscrimination
    {
      verdict.openBecause = "the signs of hostility do not carry a verdict"
    } else {
      verdict.name = leading.rawValue
    }
  }
  return verdict
}
