import Records
import Surveys

/// Harm that belongs together in time.
public struct Incident: Sendable {
  public var onset: Dated
  public var end: Int64
  public var isOpenEnded: Bool
  /// Runs of harm, by onset.
  public var runs: [Run]
  /// How much harm, for ranking incidents.
  public var weight: Double
}

public enum IncidentDefault {
  /// Runs this close together are one incident; at most.
  public static let joinWithin: Int64 = 1800
  /// Share of the span that two runs may lie apart and still be one incident.
  public static let joinShare = 1.0 / 40
  public static let leastCrashes = 6.0
  public static let leastDistress = 12.0
  public static let leastFailures = 20.0
  public static let leastErrors = 12.0
  /// Failures out of attempts below this share are everyday life.
  public static let leastFailureShare = 0.05
  /// Errors out of records below this share are everyday life.
  public static let leastErrorShare = 0.002
  /// How many times the usual level counts as harm.
  public static let leastRatio = 4.0
  /// Runs below this strength (nats beyond chance) date no incident.
  public static let leastStrength = 16.0
  public static let leastSilence = 20.0
  /// A door is shut to all where such a share is refused and so little of the usual is let in.
  public static let shutShare = 0.5
  public static let shutGood = 0.45
  /// Harm that begins so soon after a redeployment counts for less.
  public static let selfInflictedWithin: Int64 = 300
  public static let selfInflictedWeight = 0.1
}

extension Run {
  /// Whether the run is harm that a user or an operator would call an incident.
  public var isHarm: Bool {
    let d = IncidentDefault.self
    switch signal.kind {
    case .crashes:
      return excess >= d.leastCrashes && ratio >= d.leastRatio && strength >= d.leastStrength
    case .distress:
      return excess >= d.leastDistress && ratio >= d.leastRatio && strength >= d.leastStrength
    case .failures:
      guard excess >= d.leastFailures, strength >= d.leastStrength else { return false }
      guard !share.isNaN else { return ratio >= d.leastRatio }
      return share >= max(d.leastFailureShare, usualShare.isNaN ? 0 : 3 * usualShare)
    case .errors:
      guard excess >= d.leastErrors, strength >= d.leastStrength else { return false }
      guard !share.isNaN else { return ratio >= d.leastRatio }
      return share >= max(d.leastErrorShare, usualShare.isNaN ? 0 : d.leastRatio * usualShare)
    case .latency: return ratio >= RunDefault.latencyRatio && strength >= 4
    case .volume: return direction == .down && excess >= d.leastSilence
    case .gauge: return direction == .down
    case .rejections:
      // Guessing adds refusals; where those who used to be let in are not any more, a door is broken.
      return excess >= d.leastFailures && strength >= d.leastStrength && share >= d.shutShare
        && (usualShare.isNaN || share >= 3 * usualShare) && goodRatio <= d.shutGood
    case .turnover, .unsolicited, .actors, .bytes: return false
    }
  }

  /// Joins a later run of the same signal: a pause within an incident is no end.
  mutating func extend(by later: Run) {
    let a = Double(end - onset.at)
    let b = Double(later.end - later.onset.at)
    mean = a + b > 0 ? (mean * a + later.mean * b) / (a + b) : mean
    end = max(end, later.end)
    isOpenEnded = isOpenEnded || later.isOpenEnded
    if later.peak > peak { (peak, peakAt) = (later.peak, later.peakAt) }
    excess += later.excess
    strength += later.strength
  }

  /// Weight of the run in ranking incidents.
  var harmWeight: Double {
    let base: Double =
      switch signal.kind {
      case .crashes: 3
      case .distress: 3
      case .failures: 3
      case .errors: 2
      case .latency: 1.5
      case .volume: 1.5
      case .gauge: 2
      default: 0.5
      }
    return base * logarithm(1 + max(0, strength))
  }
}

/// Joins runs of harm into incidents, heaviest first.
func incidents(from runs: [Run], frame: CaseFrame, steps: [OperatorStep]) -> [Incident] {
  let harm = runs.filter(\.isHarm).sorted {
    // What a server says of itself is nearer to the cause than what clients see of it.
    if $0.onset.at != $1.onset.at { return $0.onset.at < $1.onset.at }
    let (a, b) = ($0.signal.service == "client", $1.signal.service == "client")
    return a != b ? b : $0.signal.id < $1.signal.id
  }
  let gap = max(
    frame.width * 3,
    min(IncidentDefault.joinWithin, Int64(Double(frame.span) * IncidentDefault.joinShare)))
  var result: [Incident] = []
  for run in harm {
    if let last = result.indices.last, run.onset.at <= result[last].end + gap {
      if let same = result[last].runs.firstIndex(where: { $0.signal.id == run.signal.id }) {
        result[last].runs[same].extend(by: run)
      } else {
        result[last].runs.append(run)
      }
      result[last].end = max(result[last].end, run.end)
      result[last].isOpenEnded = result[last].isOpenEnded || run.isOpenEnded
      result[last].weight += run.harmWeight
    } else {
      result.append(
        Incident(
          onset: run.onset, end: run.end, isOpenEnded: run.isOpenEnded, runs: [run],
          weight: run.harmWeight))
    }
  }
  // What begins with a step of the operators who mend something is its cost, not the incident.
  for i in result.indices
  where steps.contains(where: {
    $0.kind == .redeployment && result[i].onset.at >= $0.from
      && result[i].onset.at <= $0.to + IncidentDefault.selfInflictedWithin
  }) {
    result[i].weight *= IncidentDefault.selfInflictedWeight
  }
  return result.sorted {
    $0.weight == $1.weight ? $0.onset.at < $1.onset.at : $0.weight > $1.weight
  }
}

/// Part of an incident's course.
public enum PhaseName: String, Sendable, CaseIterable {
  case baseline, trigger, escalation, collapse, mitigation, recovery, restored
}

public struct Phase: Sendable {
  public var name: PhaseName
  public var from: Dated
  public var to: Int64
  /// What marks its beginning.
  public var mark: String
}

/// Dates the phases: trigger at the first harm, escalation when harm spreads to another kind,
/// collapse when served users (or successes) fall below half of the expected, mitigation at the
/// first operator step after that, recovery from the lowest point, restored at nine tenths.
func phases(
  of incident: Incident, frame: CaseFrame, served: ServedLevel?, steps: [OperatorStep]
) -> [Phase] {
  var result: [Phase] = []
  let onset = incident.onset
  if onset.at > frame.start {
    result.append(
      Phase(
        name: .baseline, from: Dated(exactly: frame.start), to: onset.at, mark: "logs begin"))
  }
  var marks: [(PhaseName, Dated, String)] = [(.trigger, onset, describe(incident.runs.first))]
  let first = incident.runs.first
  if let spread = incident.runs.dropFirst().first(where: {
    $0.signal.kind != first?.signal.kind && $0.onset.at > onset.at
  }) {
    marks.append((.escalation, spread.onset, describe(spread)))
  }
  if let served, served.lowestShare < 0.6 {
    let from = frame.index(ofSecond: onset.at) ?? 0
    if let index = (from..<frame.count).first(where: {
      !served.values[$0].isNaN && served.expected[$0] > 0
        && served.values[$0] < served.expected[$0] * 0.5
    }) {
      let at = frame.second(ofIndex: index)
      marks.append(
        (
          .collapse, Dated(at: at, earliest: at - frame.width, latest: at + frame.width),
          "less than half of the expected level is served"
        ))
    }
    let low = served.lowestAt
    marks.append(
      (
        .recovery, Dated(at: low, earliest: low - frame.width, latest: low + frame.width),
        "the served level is at its lowest and rises from here"
      ))
    if let restored = served.reached.first(where: { $0.share == 0.9 }) {
      marks.append(
        (
          .restored,
          Dated(
            at: restored.at, earliest: restored.at - frame.width,
            latest: restored.at + frame.width), "nine tenths of the expected level are held"
        ))
    }
  } else if !incident.isOpenEnded {
    marks.append((.restored, Dated(exactly: incident.end), "signals are back at their usual level"))
  }
  let remedies: Set<EventKind> = [.redeployment, .throttle, .configuration, .deploy]
  if let step = steps.first(where: {
    remedies.contains($0.kind) && $0.from > onset.at && $0.from < incident.end
  }) {
    marks.append(
      (.mitigation, Dated(exactly: step.from), "first \(step.kind.name) after the onset"))
  }
  marks.sort { $0.1.at < $1.1.at }
  for (i, mark) in marks.enumerated() {
    let to = i + 1 < marks.count ? marks[i + 1].1.at : max(incident.end, mark.1.at)
    result.append(
      Phase(
        name: mark.0, from: mark.1, to: mark.0 == .restored ? frame.end : max(to, mark.1.at),
        mark: mark.2))
  }
  return result
}

/// What a run is, in a few words of ours and of the log.
public func describe(_ run: Run?) -> String {
  guard let run else { return "" }
  let s = run.signal
  switch s.kind {
  case .failures: return "failed operations of \(s.service)"
  case .rejections: return "rejections by \(s.service)"
  case .errors: return "errors of \(s.service)"
  case .crashes: return "\(s.name) records of \(s.service)"
  case .distress: return "\(s.name) records of \(s.service)"
  case .turnover: return "\(s.name) records of \(s.service)"
  case .latency:
    return
      "\(s.name == "latency" ? "latency" : s.name.replacing(".latency", with: " latency")) of \(s.service)"
  case .volume:
    let isSilent = run.mean < RunDefault.silenceShare * run.usual
    return run.direction == .up
      ? "volume of \(s.service)" : isSilent ? "silence of \(s.service)" : "fall of \(s.service)"
  case .gauge: return "\(run.direction == .down ? "fall of " : "")\(s.name) of \(s.service)"
  case .unsolicited: return "unsolicited packets at \(s.service)"
  case .actors: return "number of different \(s.name)"
  case .bytes: return "bytes sent by \(s.service)"
  }
}
