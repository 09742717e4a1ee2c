import Statistics

public enum DailyCourseDefault {
  /// Days that an archive must hold for its days to be compared.
  public static let leastDays = 3
  /// Weeks that an archive must hold for its weekdays to be compared: two others, so that one bad
  /// day of the like is no rule.
  public static let leastWeeks = 3
}

/// Whether the archive is long enough for the days to be compared with one another.
public func comparesDays(_ frame: CaseFrame) -> Bool { DailyCourse(frame) != nil }

/// Whether it is long enough for the same days of the week to be compared, too.
public func comparesWeeks(_ frame: CaseFrame) -> Bool {
  comparesDays(frame) && frame.span >= Int64(DailyCourseDefault.leastWeeks) * 7 * 86_400
}

/// What the same time of day held on other days: the archive's own baseline.
///
/// Of the other days the lower median counts: a day of trouble, or two, do not make trouble usual.
/// Days differ in height (weekends, growth): where levels matter, the course is fitted to the day by
/// what its hours before held.
///
/// What recurs weekly is usual as well: in archives of three weeks and more, the other days of the same
/// weekday tell beside all others, and the more ordinary explanation of the two counts.
///
/// Only in archives of three days and more; shorter ones have nothing to compare with but themselves.
struct DailyCourse {
  private let period: Int
  private let days: Int
  private let reach: Int
  private let look: Int

  /// Seconds to each side that count as the same time of day, and hours before that tell a day's
  /// height.
  static let reachSeconds: Int64 = 1200
  static let lookSeconds: Int64 = 3 * 3600
  /// How far a day's height may be from that of the others.
  static let heights = 0.1...10.0
  private static let day: Int64 = 86_400

  /// - Returns: `nil` for archives that are too short, and for buckets that are no part of a day.
  init?(_ frame: CaseFrame) {
    guard frame.width > 0, DailyCourse.day % frame.width == 0,
      frame.span >= Int64(DailyCourseDefault.leastDays) * DailyCourse.day - frame.width
    else { return nil }
    period = Int(DailyCourse.day / frame.width)
    guard period >= 24 else { return nil }
    days = (frame.count + period - 1) / period
    reach = max(1, Int(DailyCourse.reachSeconds / frame.width))
    look = max(4, Int(DailyCourse.lookSeconds / frame.width))
  }

  /// The most that the other days held about the same time, per attempt where there are attempts.
  ///
  /// - Returns: by bucket; NaN where no other day tells.
  /// - Complexity: buckets times days.
  func others(_ values: [Double], per attempts: [Double] = []) -> [Double] {
    let means = smoothed(
      values, attempts.isEmpty ? values.map { $0.isNaN ? 0 : 1 } : attempts)
    return values.indices.map { i in
      groups(i, values.count).map { group in
        lowerMedian(group.compactMap { extreme(means, about: $0, >) })
      }.filter { !$0.isNaN }.max() ?? .nan
    }
  }

  /// What levels should be at the least, by the other days.
  func due(_ values: [Double]) -> DueLevel {
    DueLevel(
      course: self, sums: prefixSums(values.map { $0.isNaN ? 0 : $0 }),
      means: smoothed(values, values.map { $0.isNaN ? 0 : 1 }))
  }

  struct DueLevel {
    fileprivate var course: DailyCourse
    fileprivate var sums: [Double]
    fileprivate var means: [Double]

    /// Each other day about the time of bucket `i`, at the height that this day had against it in the
    /// hours before bucket `start`; the lower median of what they say.
    ///
    /// - Returns: NaN where no other day tells.
    /// - Complexity: linear in the days.
    func at(_ i: Int, heightBefore start: Int) -> Double {
      let look = course.look
      guard start >= look, i < means.count else { return .nan }
      let own = sums[start] - sums[start - look]
      return course.groups(i, means.count).map { group in
        course.lowerMedian(
          group.compactMap { at in
            let theirStart = at - (i - start)
            guard theirStart >= look, let least = course.extreme(means, about: at, <) else {
              return nil
            }
            let theirs = sums[theirStart] - sums[theirStart - look]
            guard theirs > 0 else { return nil }
            return least
              * min(
                DailyCourse.heights.upperBound, max(DailyCourse.heights.lowerBound, own / theirs))
          })
      }.filter { !$0.isNaN }.min() ?? .nan
    }
  }

  /// The same time of the other days, and of those of the same weekday where there are enough.
  private func groups(_ i: Int, _ n: Int) -> [[Int]] {
    let all = (0..<days).map { i % period + $0 * period }.filter { $0 != i && $0 < n }
    let sameWeekday = all.filter { ($0 - i) % (7 * period) == 0 }
    return sameWeekday.count + 1 < DailyCourseDefault.leastWeeks ? [all] : [all, sameWeekday]
  }

  /// Means over a few minutes, per weight; NaN where there is none.
  private func smoothed(_ values: [Double], _ weights: [Double]) -> [Double] {
    let n = values.count
    let half = reach / 4
    let sums = prefixSums(values.map { $0.isNaN ? 0 : $0 })
    let weight = prefixSums(weights)
    return (0..<n).map { i in
      let (low, high) = (max(0, i - half), min(n, i + half + 1))
      let all = weight[high] - weight[low]
      return all > 0 ? (sums[high] - sums[low]) / all : .nan
    }
  }

  /// Jobs start some minutes sooner or later: what a day held is its least or its greatest about that
  /// time, whichever is the ordinary explanation.
  private func extreme(
    _ means: [Double], about at: Int, _ isBeyond: (Double, Double) -> Bool
  ) -> Double? {
    var found: Double?
    for k in max(0, at - reach)...min(means.count - 1, at + reach) where !means[k].isNaN {
      if let best = found, !isBeyond(means[k], best) { continue }
      found = means[k]
    }
    return found
  }

  private func lowerMedian(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.sorted()[(values.count - 1) / 2]
  }

  private func prefixSums(_ values: [Double]) -> [Double] {
    var result = [0.0]
    result.reserveCapacity(values.count + 1)
    var sum = 0.0
    for value in values {
      sum += value
      result.append(sum)
    }
    return result
  }
}
