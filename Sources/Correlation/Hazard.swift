public import Records
import Sketches
import Statistics
public import Surveys

/// How often a thing befell the actors of one cohort.
public struct HazardRow: Sendable {
  public var value: String
  /// Actors under observation before the incident.
  public var exposed: Int
  public var affected: Int
  public var share: Double
  public var low: Double
  public var high: Double
  /// Against all other cohorts of the table.
  public var relativeRisk: Double
  public var relativeLow: Double
  public var relativeHigh: Double
}

/// Cohort by outcome, for actors that were under observation before.
///
/// Only those, since actors that come to notice by the event itself have no denominator.
public struct HazardTable: Sendable {
  /// version, platform, segment, region, role.
  public var dimension: String
  /// What befell them: crash, failure.
  public var event: String
  public var rows: [HazardRow]
  public var exposed: Int
  public var affected: Int

  /// The cohort that stands out, if one does: lower bound of its relative risk above `limit`.
  public func sick(above limit: Double) -> HazardRow? {
    rows.filter { $0.relativeLow > limit && $0.affected >= HazardDefault.leastAffected }
      .max { $0.affected < $1.affected }
  }

  /// Share of all affected that belong to a row.
  public func shareOfAffected(_ row: HazardRow) -> Double {
    affected == 0 ? 0 : Double(row.affected) / Double(affected)
  }
}

public enum HazardDefault {
  /// Relative risk whose lower bound makes a cohort stand out.
  public static let notableRisk = 3.0
  /// Fewer affected actors than this carry no conclusion.
  public static let leastAffected = 5
  /// Rows with fewer exposed actors are joined as "others".
  public static let leastExposed = 8
  public static let confidence = 0.95
}

/// Builds hazard tables from actors.
///
/// - Parameters:
///   - exposed: who is at risk.
///   - affected: whom it befell.
///   - value: the cohort of an actor; empty where it is not known.
/// - Returns: `nil` if no actor has a cohort or none was affected.
func hazardTable(
  dimension: String, event: String, exposed: [Actor], affected: (Actor) -> Bool,
  value: (Actor) -> String
) -> HazardTable? {
  var counts: [String: (exposed: Int, affected: Int)] = [:]
  for actor in exposed {
    let cohort = value(actor)
    guard !cohort.isEmpty else { continue }
    counts[cohort, default: (0, 0)].exposed += 1
    if affected(actor) { counts[cohort, default: (0, 0)].affected += 1 }
  }
  var joined: [String: (exposed: Int, affected: Int)] = [:]
  for (cohort, n) in counts {
    let name = n.exposed < HazardDefault.leastExposed ? "(others)" : cohort
    joined[name, default: (0, 0)].exposed += n.exposed
    joined[name, default: (0, 0)].affected += n.affected
  }
  let exposedTotal = joined.values.reduce(0) { $0 + $1.exposed }
  let affectedTotal = joined.values.reduce(0) { $0 + $1.affected }
  guard joined.count >= 1, affectedTotal > 0 else { return nil }
  let rows = joined.map { (name: String, n: (exposed: Int, affected: Int)) -> HazardRow in
    let interval = wilson(
      successes: Double(n.affected), trials: Double(n.exposed), confidence: HazardDefault.confidence
    )
    let risk = relativeRisk(
      a: Double(n.affected), n1: Double(n.exposed), c: Double(affectedTotal - n.affected),
      n2: Double(exposedTotal - n.exposed))
    return HazardRow(
      value: name, exposed: n.exposed, affected: n.affected,
      share: Double(n.affected) / Double(max(1, n.exposed)), low: interval.low, high: interval.high,
      relativeRisk: risk?.estimate ?? 1, relativeLow: risk?.low ?? 0,
      relativeHigh: risk?.high ?? .infinity)
  }
  let sorted = rows.sorted { (a: HazardRow, b: HazardRow) -> Bool in
    a.affected == b.affected ? a.value < b.value : a.affected > b.affected
  }
  return HazardTable(
    dimension: dimension, event: event, rows: sorted, exposed: exposedTotal, affected: affectedTotal
  )
}

extension Actor {
  /// Whether it crashed within a window of seconds.
  func crashed(from: Int64, to: Int64) -> Bool {
    life.contains {
      ($0.kind == .crash || $0.kind == .outOfMemory) && $0.at.time.seconds >= from
        && $0.at.time.seconds < to
    }
  }

  public func has(_ role: Role) -> Bool { roles & (1 << UInt16(roleNumber(role))) != 0 }
}

/// Bit of a role in `Actor.roles`.
public func roleNumber(_ role: Role) -> Int { Role.allCases.firstIndex(of: role) ?? 7 }
