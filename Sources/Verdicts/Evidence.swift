public import Sketches

/// What an incident can be. "Open" is no outcome but a decision: these cannot be told apart.
public enum Outcome4: String, CaseIterable, Sendable, Codable {
  case attack, overload, mixed, benign
}

/// Families of evidence. Features of one family depend on each other, so each family's sum is
/// capped.
public enum EvidenceFamily: String, CaseIterable, Sendable, Codable {
  case harm, population, behaviour, timing, mechanics, signature
}

public enum Direction: String, Sendable, Codable {
  case `for`, against, absent, unobtainable
}

/// How a finding shifts belief: log10 likelihoods of it under each outcome, relative to each other.
public struct Weights: Sendable, Hashable {
  public var attack: Double
  public var overload: Double
  public var mixed: Double
  public var benign: Double

  public init(
    attack: Double = 0, overload: Double = 0, mixed: Double = 0, benign: Double = 0
  ) {
    self.attack = attack
    self.overload = overload
    self.mixed = mixed
    self.benign = benign
  }

  public subscript(outcome: Outcome4) -> Double {
    switch outcome {
    case .attack: attack
    case .overload: overload
    case .mixed: mixed
    case .benign: benign
    }
  }

  /// The largest difference that it makes between two outcomes.
  public var span: Double {
    let all = [attack, overload, mixed, benign]
    return (all.max() ?? 0) - (all.min() ?? 0)
  }

  static func * (weights: Weights, factor: Double) -> Weights {
    Weights(
      attack: weights.attack * factor, overload: weights.overload * factor,
      mixed: weights.mixed * factor, benign: weights.benign * factor)
  }
}

/// One finding that speaks for or against a hypothesis.
public struct Evidence: Sendable, Hashable {
  /// `E1`, `E2` ... in the order in which the case is argued.
  public var id: String
  /// Name of the feature; stable over cases.
  public var feature: String
  public var family: EvidenceFamily
  /// The hypothesis it bears on first.
  public var hypothesis: HypothesisID
  public var direction: Direction
  public var weights: Weights
  public var statement: Prose
  public var citations: [Exemplar]

  /// Weight towards the hypothesis, signed, for printing.
  public var weight: Double {
    let toward = weights.attack - weights.overload
    let magnitude = abs(toward) > 1e-9 ? toward : -(weights.benign)
    return hypothesis.isAttack ? magnitude : -magnitude
  }
}

/// The hypotheses that every case is held against.
public enum HypothesisID: String, CaseIterable, Sendable, Codable {
  case accessAttack = "attack-access"
  case floodAttack = "attack-flood"
  case crashAttack = "attack-crash"
  case sybilAttack = "attack-sybil"
  case firstServiceAttack = "attack-on-first-service"
  case ownOverload = "overload-own-load"
  case componentFault = "fault-component"
  case changeFault = "fault-change"
  case flashCrowd = "overload-flash-crowd"
  case attackTriggered = "mixed-attack-triggered"
  case noIncident = "no-incident"
  case loggingFault = "logging-or-counter-fault"

  public var isAttack: Bool {
    switch self {
    case .accessAttack, .floodAttack, .crashAttack, .sybilAttack, .firstServiceAttack,
      .attackTriggered:
      true
    default: false
    }
  }

  public var title: String {
    switch self {
    case .accessAttack: "Attack on access: guessing, probing, intrusion, abuse of forms"
    case .floodAttack: "Flood from outside on the serving nodes"
    case .crashAttack: "Crashes provoked by hostile packets"
    case .sybilAttack: "Hostile nodes joined the network"
    case .firstServiceAttack: "Attack on the service that gave way first"
    case .ownOverload: "Overload by the system's own users and clients"
    case .componentFault: "Fault of a component, without attack"
    case .changeFault: "A change by the operators"
    case .flashCrowd: "Flash crowd: new and honest demand"
    case .attackTriggered: "Attack that triggered an overload which then sustained itself"
    case .noIncident: "No incident"
    case .loggingFault: "Fault of counters or of logging"
    }
  }
}

/// Constants of judging. Sources: caps and words from US ICD 203 and from the practice of weights
/// of evidence (I. J. Good); priors from public incident statistics, where attacks are a small
/// share of outages.
public enum JudgeDefault {
  /// Prior probabilities, printed in every report.
  public static let prior: [Outcome4: Double] = [
    .attack: 0.12, .overload: 0.58, .mixed: 0.05, .benign: 0.25,
  ]
  /// Most that one feature may add between two outcomes, in log10.
  public static let featureCap = 1.0
  /// Most that one family may add to one outcome.
  public static let familyCap = 2.0
  /// Logs alone make nothing certain: probabilities stay within these.
  public static let mostProbable = 0.97
  public static let leastProbable = 0.005
  /// Records below which the absence of harm says nothing: at one record in fifty that fails, sixty
  /// show none with a probability of 0.3.
  public static let leastRecords: UInt64 = 60
  /// Records that lie within less than this, in seconds, show no usual level.
  public static let leastSpan: Int64 = 60
  /// Where more of all records are bad from beginning to end, peace is not what they show.
  public static let mostBadShare = 0.3
  /// Probability that a class needs to be returned.
  public static let leastProbability = 0.55
  /// What evidence alone, without the prior, must add between attack and overload.
  public static let leastDiscrimination = 0.5
}

/// ICD 203's words for a probability.
///
/// Source: US Office of the Director of National Intelligence, *Intelligence Community Directive
/// 203, Analytic Standards* (2015), section D.6.e.(2).
public func words(for probability: Double) -> String {
  switch probability {
  case ..<0.01: "remote"
  case ..<0.05: "almost no chance"
  case ..<0.20: "very unlikely"
  case ..<0.45: "unlikely"
  case ..<0.55: "roughly even chance"
  case ..<0.80: "likely"
  case ..<0.95: "very likely"
  default: "almost certain"
  }
}
