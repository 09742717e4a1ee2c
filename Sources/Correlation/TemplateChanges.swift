public import Records
public import Sketches
import Statistics
import Surveys

/// A kind of message that the incident brought, took away, or made more or less frequent.
public struct TemplateChange: Sendable {
  public enum Kind: String, Sendable {
    case new, vanished
    case moreOften = "more often"
    case lessOften = "less often"
  }
  public var kind: Kind
  public var service: String
  /// Masked text, `*` for what varies. Hostile.
  public var text: String
  public var severity: Severity
  /// Records an hour before and during the incident.
  public var before: Double
  public var during: Double
  /// Smallest rate of false discoveries at which the change counts.
  public var adjusted: Double
  /// The earliest record of its kind, and how it reads.
  public var first: Exemplar
  public var example: String
}

/// Messages before and during an incident, kind by kind.
public struct TemplateComparison: Sendable {
  /// Kinds that were compared.
  public var compared: Int
  /// Those that changed, the most telling first.
  public var changes: [TemplateChange]
}

public enum TemplateDefault {
  /// Of the changes told, this share may be chance.
  public static let falseDiscoveries = 0.05
  /// Of one bucket no more records count: a burst is one event.
  public static let mostPerBucket = 3.0
  public static let leastBuckets = 3
  public static let leastRecords = 5.0
  /// Ratio of rates that is worth telling.
  public static let leastRatio = 3.0
}

/// Compares the rate of each kind of message before an incident and during it. Kinds that differ only
/// in words that vary are taken together first.
///
/// G² on records of which a few a bucket count, so that bursts are not taken for evidence, with
/// Benjamini and Hochberg's control over all kinds.
///
/// - Returns: `nil` where there is too little before or during to compare.
/// - Complexity: templates × (words + buckets).
func templateChanges(_ survey: Survey, frame: CaseFrame, onset: Int64, end: Int64)
  -> TemplateComparison?
{
  let width = frame.coarseWidth
  // A bucket that the onset or the end cuts belongs to neither.
  func side(_ bucket: UInt32) -> Side? {
    let start = Int64(bucket) * width
    if start >= frame.start, start + width <= onset { return .before }
    return start + width > onset && start < end ? .during : nil
  }
  var exposure = Side.Pair()
  for bucket in survey.coarseGrid.buckets {
    if let side = side(bucket) { exposure[side] += 1 }
  }
  guard exposure.before >= Double(TemplateDefault.leastBuckets), exposure.during >= 1 else {
    return nil
  }
  let groups = joinedTemplates(survey)
  var tallies: [(template: Template, text: String, damped: Side.Pair, records: Side.Pair)] = []
  for group in groups {
    var damped = Side.Pair()
    var records = Side.Pair()
    for cell in group.template.cells.cells {
      guard let side = side(cell.bucket) else { continue }
      damped[side] += min(Double(cell.count), TemplateDefault.mostPerBucket)
      records[side] += Double(cell.count)
    }
    guard records.before + records.during >= TemplateDefault.leastRecords else { continue }
    tallies.append((group.template, group.text, damped, records))
  }
  let full = TemplateDefault.mostPerBucket
  let p = tallies.map {
    chiSquareTail(
      g2(
        a: $0.damped.during, na: exposure.during * full, b: $0.damped.before,
        nb: exposure.before * full), degreesOfFreedom: 1)
  }
  let judged = benjaminiHochberg(p, rate: TemplateDefault.falseDiscoveries)
  var changes: [TemplateChange] = []
  for (i, tally) in tallies.enumerated() where judged.rejected[i] {
    let hours = Double(width) / 3600
    let before = tally.records.before / (exposure.before * hours)
    let during = tally.records.during / (exposure.during * hours)
    let kind: TemplateChange.Kind
    if tally.records.before == 0 {
      kind = .new
    } else if tally.records.during == 0 {
      kind = .vanished
    } else if during >= before * TemplateDefault.leastRatio {
      kind = .moreOften
    } else if during * TemplateDefault.leastRatio <= before {
      kind = .lessOften
    } else {
      continue
    }
    changes.append(
      TemplateChange(
        kind: kind, service: tally.template.service, text: tally.text,
        severity: tally.template.severity, before: before, during: during,
        adjusted: judged.adjusted[i], first: tally.template.first,
        example: tally.template.example))
  }
  // What is new and grave says most; then what is least by chance.
  changes.sort { a, b in
    func isGrave(_ change: TemplateChange) -> Bool { change.severity >= .error }
    let (x, y) = (
      (a.kind == .new ? 2 : 0) + (isGrave(a) ? 1 : 0),
      (b.kind == .new ? 2 : 0) + (isGrave(b) ? 1 : 0)
    )
    if x != y { return x > y }
    if a.severity != b.severity, max(a.severity, b.severity) >= .error {
      return a.severity > b.severity
    }
    return (a.adjusted, a.first) < (b.adjusted, b.first)
  }
  return TemplateComparison(compared: tallies.count, changes: changes)
}

private enum Side {
  case before, during

  struct Pair {
    var before = 0.0
    var during = 0.0

    subscript(side: Side) -> Double {
      get { side == .before ? before : during }
      set { if side == .before { before = newValue } else { during = newValue } }
    }
  }
}

/// Templates of each service, those taken together that differ only in words that vary.
private func joinedTemplates(_ survey: Survey) -> [(template: Template, text: String)] {
  var result: [(template: Template, text: String)] = []
  let byService = Dictionary(grouping: survey.templates.entries, by: \.service)
  for service in byService.keys.sorted() {
    let templates = (byService[service] ?? []).sorted { ($0.text, $0.id) < ($1.text, $1.id) }
    // In a survey an asterisk stands for what varies.
    func marked(_ text: String) -> String { text.replacing("*", with: TemplateJoin.wild) }
    let join = TemplateJoin(templates.map { marked($0.text) })
    var place: [String: Int] = [:]
    for template in templates {
      let text = (join.joined[marked(template.text)] ?? template.text)
        .replacing(TemplateJoin.wild, with: "*")
      if let at = place[text] {
        result[at].template.merge(template)
      } else {
        place[text] = result.count
        result.append((template, text))
      }
    }
  }
  return result
}
