import Statistics
public import Surveys

/// A part of what is alike that has nearly all of the trouble: one host of several, one version.
public struct SickCohort: Sendable {
  public var dimension: Dimension
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
  /// Rate of bad records against the siblings', and the least that 95 % intervals leave of it.
  public var lift: Double
  public var liftLow: Double

  public var rate: Double { all > 0 ? bad / all : 0 }
  public var othersRate: Double { othersAll > 0 ? othersBad / othersAll : 0 }
}

public enum CohortDefault {
  public static let leastBad = 8.0
  /// It must explain at least half, and be sick at least twice as often beyond doubt.
  public static let attribution = 0.5
  public static let liftLow = 2.0
}

/// Cohorts that explain most of the bad records of a stretch of time, the most telling first.
///
/// Hosts are compared with hosts of like names (`api-1`, `api-2`), all others within their dimension.
func sickCohorts(_ survey: Survey, frame: CaseFrame, onset: Int64, end: Int64) -> [SickCohort] {
  let within = frame.indices(from: onset, to: end)
  struct Tally {
    var all = 0.0
    var bad = 0.0
  }
  struct Group: Hashable {
    var dimension: Dimension
    var name: String
  }
  let dimensions: Set<Dimension> = [.host, .version, .platform, .segment, .region]
  var groups: [Group: [String: Tally]] = [:]
  for series in survey.fine.entries where dimensions.contains(series.key.dimension) {
    let value = series.key.label
    guard !value.isEmpty else { continue }
    let group = Group(
      dimension: series.key.dimension, name: series.key.dimension == .host ? kin(value) : "")
    let sum = frame.dense(series.cells)[within].reduce(0, +)
    switch CohortClass(rawValue: series.key.kind) {
    case .all: groups[group, default: [:]][value, default: Tally()].all += sum
    case .bad: groups[group, default: [:]][value, default: Tally()].bad += sum
    default: break
    }
  }
  var result: [SickCohort] = []
  for (group, members) in groups where members.values.count(where: { $0.all > 0 }) >= 2 {
    let total = members.values.reduce(into: Tally()) {
      $0.all += $1.all
      $0.bad += $1.bad
    }
    for (value, own) in members where own.bad >= CohortDefault.leastBad && own.all > 0 {
      let others = Tally(all: total.all - own.all, bad: total.bad - own.bad)
      guard others.all >= 1 else { continue }
      let rate = own.bad / own.all
      let usual = (others.bad + 0.5) / (others.all + 1)
      let attribution = (own.bad - own.all * usual) / max(1, total.bad)
      let liftLow =
        wilson(successes: own.bad, trials: own.all).low
        / max(1e-9, wilson(successes: others.bad + 0.5, trials: others.all + 1).high)
      guard attribution >= CohortDefault.attribution, liftLow >= CohortDefault.liftLow else {
        continue
      }
      result.append(
        SickCohort(
          dimension: group.dimension, value: value, siblings: members.count - 1, all: own.all,
          bad: own.bad, othersAll: others.all, othersBad: others.bad, attribution: attribution,
          lift: rate / usual, liftLow: liftLow))
    }
  }
  return result.sorted {
    let (a, b) = (
      $0.attribution * logarithm($0.liftLow + 1), $1.attribution * logarithm($1.liftLow + 1)
    )
    return a == b ? $0.value < $1.value : a > b
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
