import Records
public import Sketches
public import Surveys

/// A step of the operators, or several of one kind close together.
public struct OperatorStep: Sendable {
  public var kind: EventKind
  public var from: Int64
  public var to: Int64
  public var count: Int
  /// What the log (or the manifest) says of the first.
  public var text: String
  public var targets: [String]
  public var citations: [Exemplar]
  /// True where it is from the manifest, not from a log.
  public var isFromManifest: Bool
  public var effects: [StepEffect] = []
  var hasTarget = false
}

/// What a signal did after a step.
public struct StepEffect: Sendable {
  public var signal: String
  public var service: String
  /// What the quantity is, in words.
  public var quantity: String
  public var before: Double
  public var after: Double
  /// Robust size of the step, in units of the noise before.
  public var size: Double
  /// Whether less is worse for this quantity.
  public var isHarm: Bool
}

public enum StepDefault {
  /// Markers of one kind within this time are one step.
  public static let joinWithin: Int64 = 2700
  /// Window on either side in which the effect is looked for.
  public static let window: Int64 = 3600
  /// Step in units of the noise that is worth telling.
  public static let notable = 3.0
}

func operatorSteps(_ survey: Survey, knowledge: CaseKnowledge) -> [OperatorStep] {
  var steps: [OperatorStep] = []
  for marker in survey.markers.sorted where marker.kind.isOperatorStep {
    let at = marker.at.time.seconds
    let target = marker.target.isEmpty ? "" : marker.target
    // Automatic elections and alarms come in hundreds; the kinds are joined alike.
    if let i = steps.indices.reversed().first(where: {
      steps[$0].kind == marker.kind && at - steps[$0].to <= StepDefault.joinWithin
        && marker.kind != .statement
    }) {
      steps[i].to = max(steps[i].to, at)
      steps[i].count += 1
      if !target.isEmpty, !steps[i].targets.contains(target), steps[i].targets.count < 64 {
        steps[i].targets.append(target)
      }
      if steps[i].citations.count < 3 { steps[i].citations.append(marker.at) }
      // The operators' own words say more than those of the machine that it was done to.
      if !target.isEmpty, !steps[i].hasTarget {
        steps[i].hasTarget = true
        steps[i].text = marker.text
        steps[i].citations.insert(marker.at, at: 0)
      }
    } else {
      steps.append(
        OperatorStep(
          kind: marker.kind, from: at, to: at, count: 1, text: marker.text,
          targets: target.isEmpty ? [] : [target], citations: [marker.at], isFromManifest: false,
          hasTarget: !target.isEmpty))
    }
  }
  let notes =
    knowledge.changes.map { (EventKind.deploy, $0) }
    + knowledge.mitigations.map { (EventKind.redeployment, $0) }
    + knowledge.communications.map { (EventKind.statement, $0) }
  for (kind, note) in notes where note.time.isKnown {
    steps.append(
      OperatorStep(
        kind: kind, from: note.time.seconds, to: note.time.seconds, count: 1, text: note.text,
        targets: note.place.isEmpty ? [] : [note.place], citations: [], isFromManifest: true))
  }
  return steps.sorted {
    ($0.from, $0.kind.rawValue, $0.text) < ($1.from, $1.kind.rawValue, $1.text)
  }
}

/// Measures what signals did around a step: median after against median before, in units of the
/// scatter before.
func stepEffects(
  of step: OperatorStep, on signals: [(quantity: String, isHarm: Bool, signal: Signal)],
  frame: CaseFrame
) -> [StepEffect] {
  guard let from = frame.index(ofSecond: step.from) else { return [] }
  let window = max(3, Int(StepDefault.window / frame.width))
  let to = min(frame.count - 1, frame.index(ofSecond: step.to) ?? frame.count - 1)
  let before = max(0, from - window)..<from
  let after = min(frame.count, to + 1)..<min(frame.count, to + 1 + window)
  guard before.count >= 3, after.count >= 3 else { return [] }
  var effects: [StepEffect] = []
  for entry in signals {
    let values = entry.signal.values
    let old = before.map { values[$0] }.filter { !$0.isNaN }.sorted()
    let new = after.map { values[$0] }.filter { !$0.isNaN }.sorted()
    guard old.count >= 3, new.count >= 3 else { continue }
    let a = old[old.count / 2]
    let b = new[new.count / 2]
    let spread = old.map { abs($0 - a) }.sorted()[old.count / 2] * 1.4826
    let noise = max(spread, entry.signal.isMean ? abs(a) * 0.05 : max(1, a).squareRoot(), 1e-9)
    let size = (b - a) / noise
    let relative = abs(b - a) / max(abs(a), abs(b), 1e-9)
    if abs(size) >= StepDefault.notable, relative >= 0.25 {
      effects.append(
        StepEffect(
          signal: entry.signal.id, service: entry.signal.service, quantity: entry.quantity,
          before: a, after: b, size: size, isHarm: entry.isHarm))
    }
  }
  return effects.sorted {
    abs($0.size) == abs($1.size) ? $0.signal < $1.signal : abs($0.size) > abs($1.size)
  }
}
