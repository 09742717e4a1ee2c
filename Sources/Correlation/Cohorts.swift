import Records
import Sketches
import Statistics
import Surveys

/// What cohorts are told apart by.
public enum CohortField: String, Sendable, CaseIterable {
  case host, version, platform, segment, region
  /// What is asked for, with what, and from where (/16, of version 6 /32).
  case operation, agent, network

  /// Whether it is a part of the system or of its clients: what comes from outside does not choose by
  /// it. Who asks, and for what, an attacker chooses.
  var isOwn: Bool {
    switch self {
    case .host, .version, .platform, .segment, .region: true
    case .operation, .agent, .network: false
    }
  }

  init?(_ dimension: Dimension) {
    switch dimension {
    case .host: self = .host
    case .version: self = .version
    case .platform: self = .platform
    case .segment: self = .segment
    case .region: self = .region
    case .agent: self = .agent
    default: return nil
    }
  }
}

/// A part of what is alike, and how much of the trouble it has: one host of several, one version.
public struct Cohort: Sendable {
  public var field: CohortField
  public var value: String
  /// Those that it is compared with.
  public var siblings: Int
  /// Records and bad ones during the incident, its own and its siblings'.
  public var all: Double
  public var bad: Double
  public var othersAll: Double
  public var othersBad: Double
  /// Share of the group's bad records beyond what it would have at its siblings' rate: how much would
  /// not have happened without it.
  public var attribution: Double
  /// Rate of bad records against the siblings': the least and the most that 95 % intervals leave of it.
  public var liftLow: Double
  public var liftHigh: Double
  /// Bad records of the group over the frame's buckets, and of it without the cohort; empty where only
  /// coarser counts are kept.
  public var curve: [Double] = []
  public var curveWithout: [Double] = []

  public var rate: Double { all > 0 ? bad / all : 0 }
  public var othersRate: Double { othersAll > 0 ? othersBad / othersAll : 0 }
  /// Share of the group's bad records.
  public var share: Double { bad / max(1, bad + othersBad) }

  /// Whether nearly all of the trouble is its own, by a field that trouble from outside does not choose
  /// by.
  public var isSick: Bool {
    field.isOwn && attribution >= CohortDefault.attribution && liftLow >= CohortDefault.liftLow
  }
}

public enum CohortDefault {
  public static let leastBad = 8.0
  /// It must explain at least half, and be sick at least twice as often beyond doubt.
  public static let attribution = 0.5
  public static let liftLow = 2.0
  /// Cohorts of one field that are told, and the least share of the bad records that one has.
  public static let toldEach = 2
  public static let toldShare = 0.1
}

/// Cohorts by every field that records tell, with their share of the bad records of a stretch of time,
/// the most telling first.
///
/// Hosts are compared with hosts of like names (`api-1`, `api-2`), all others within their field.
func cohorts(_ survey: Survey, frame: CaseFrame, onset: Int64, end: Int64) -> [Cohort] {
  let within = frame.indices(from: onset, to: end)
  struct Tally {
    var all = 0.0
    var bad = 0.0
    var curve: [Double] = []
  }
  struct Group: Hashable {
    var field: CohortField
    var name: String
  }
  var groups: [Group: [String: Tally]] = [:]
  for series in survey.fine.entries where !series.key.label.isEmpty {
    guard let field = CohortField(series.key.dimension) else { continue }
    let value = series.key.label
    let group = Group(field: field, name: field == .host ? kin(value) : "")
    let values = frame.dense(series.cells)
    let sum = values[within].reduce(0, +)
    switch CohortClass(rawValue: series.key.kind) {
    case .all: groups[group, default: [:]][value, default: Tally()].all += sum
    case .bad:
      groups[group, default: [:]][value, default: Tally()].bad += sum
      groups[group]?[value]?.curve = values
    default: break
    }
  }
  // What is kept by coarse blocks alone.
  let blocks = frame.blocks(from: onset, to: end)
  for series in survey.coarse.entries {
    let key = series.key
    let sum = series.cells.cells.reduce(0.0) {
      blocks.contains($1.bucket) ? $0 + Double($1.count) : $0
    }
    if key.dimension == .agent, !key.label.isEmpty {
      let group = Group(field: .agent, name: "")
      if key.kind == CohortClass.all.rawValue {
        groups[group, default: [:]][key.label, default: Tally()].all += sum
      } else if key.kind == CohortClass.bad.rawValue {
        groups[group, default: [:]][key.label, default: Tally()].bad += sum
      }
    } else if key.dimension == .operation, let outcome = Outcome(rawValue: key.kind) {
      // Each service answers for its own: what one asks of the next is the same request.
      let group = Group(field: .operation, name: key.label)
      groups[group, default: [:]][key.detail, default: Tally()].all += sum
      if outcome == .failure || outcome == .timeout {
        groups[group]?[key.detail]?.bad += sum
      }
    }
  }
  let actors = survey.population.actors.span
  for i in actors.indices where actors[i].kind == .address && actors[i].isAsker {
    guard let network = AddressPrefix(address: actors[i].name)?.network.description else {
      continue
    }
    for cell in actors[i].activity where blocks.contains(cell.bucket) {
      let group = Group(field: .network, name: "")
      groups[group, default: [:]][network, default: Tally()].all += Double(cell.records)
      groups[group]?[network]?.bad += Double(cell.bad)
    }
  }
  var result: [Cohort] = []
  for (group, members) in groups where members.values.count(where: { $0.all > 0 }) >= 2 {
    let total = members.values.reduce(into: Tally()) {
      $0.all += $1.all
      $0.bad += $1.bad
    }
    var curve: [Double]?
    for (value, own) in members where own.bad >= CohortDefault.leastBad && own.all > 0 {
      let others = Tally(all: total.all - own.all, bad: total.bad - own.bad)
      guard others.all >= 1 else { continue }
      let usual = (others.bad + 0.5) / (others.all + 1)
      let mine = wilson(successes: min(own.bad, own.all), trials: own.all)
      let theirs = wilson(
        successes: min(others.bad + 0.5, others.all + 1), trials: others.all + 1)
      var cohort = Cohort(
        field: group.field, value: value, siblings: members.count - 1, all: own.all,
        bad: own.bad, othersAll: others.all, othersBad: others.bad,
        attribution: (own.bad - own.all * usual) / max(1, total.bad),
        liftLow: mine.low / max(1e-9, theirs.high), liftHigh: mine.high / max(1e-9, theirs.low))
      if cohort.isSick, !own.curve.isEmpty {
        // Counts: their sums do not depend on the order.
        let whole =
          curve
          ?? members.values.reduce([Double](repeating: 0, count: frame.count)) {
            $1.curve.isEmpty ? $0 : zip($0, $1.curve).map(+)
          }
        curve = whole
        cohort.curve = whole
        cohort.curveWithout = zip(whole, own.curve).map(-)
      }
      result.append(cohort)
    }
  }
  return result.sorted {
    let (a, b) = (
      $0.attribution * logarithm($0.liftLow + 1), $1.attribution * logarithm($1.liftLow + 1)
    )
    return a == b ? ($0.field.rawValue, $0.value) < ($1.field.rawValue, $1.value) : a > b
  }
}

/// The name without what numbers it: `api` for `api-3`, `web` for `web07.example.net`.
private func kin(_ host: String) -> String {
  let first = host.split(separator: ".", maxSplits: 1).first.map(String.init) ?? host
  var name = Array(first.utf8)
  while let last = name.last, last == 0x2d || last == 0x5f || (last >= 0x30 && last <= 0x39) {
    name.removeLast()
  }
  return String(decoding: name, as: UTF8.self)
}
