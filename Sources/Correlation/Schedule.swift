/// A round time of the clock that an onset falls on.
public struct ScheduleMatch: Sendable {
  /// Seconds between such times: an hour, half an hour, a quarter.
  public var period: Int64
  /// Probability that an onset dated as well as this one falls on such a time by chance.
  public var chance: Double
}

public enum ScheduleDefault {
  public static let periods: [Int64] = [3600, 1800, 900]
  /// Seconds after the round time within which jobs get going, and clocks differ.
  public static let slack: Int64 = 5
  public static let chance = 0.05
}

extension Dated {
  /// The longest period of round times that it falls on more surely than chance allows.
  public var schedule: ScheduleMatch? {
    for period in ScheduleDefault.periods {
      let from = earliest - ScheduleDefault.slack
      let width = latest - from
      let chance = Double(width + 1) / Double(period)
      guard width >= 0, chance <= ScheduleDefault.chance else { continue }
      if (latest / period) * period >= from { return ScheduleMatch(period: period, chance: chance) }
    }
    return nil
  }
}
