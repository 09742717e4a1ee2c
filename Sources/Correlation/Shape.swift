import Statistics

/// The course that a signal takes away from its usual level.
public enum Shape: Sendable, Equatable {
  /// At once, and it lasts.
  case step
  /// Level by level up to its top.
  case ramp
  /// Up and over within minutes.
  case burst
  /// Again and again at one distance, seconds.
  case comb(period: Double)
  /// Down and back.
  case dip
  /// Down for good.
  case drop
}

public enum ShapeDefault {
  /// What is over within so many seconds is a burst.
  public static let burst: Int64 = 900
  /// Most bins in which the time about a run is looked at.
  static let bins = 360
  /// A ramp takes so much of the run to its top, in so many levels, and begins below this share of it.
  static let rampShare = 0.3
  static let rampLevels = 3
  static let rampBegin = 0.5
  /// A comb has so many teeth, with distances that vary by no more than this share of their mean.
  static let teeth = 4
  static let combVariation = 0.15
  /// Means are counted as if the usual held so many events: noise of a fifth.
  static let meanScale = 20.0
}

extension Run {
  /// Its shape, by the levels of an optimal segmentation about it.
  ///
  /// - Parameter all: the runs of all signals: teeth of a comb may be runs of their own.
  /// - Complexity: linear in the run's buckets and the runs, and at most square in the bins.
  ///
  /// Source: the segmentation is PELT's (see `pelt`).
  public func shape(among all: [Run], frame: CaseFrame) -> Shape {
    if direction == .down { return isOpenEnded ? .drop : .dip }
    let starts = all.filter { $0.signal.id == signal.id && $0.direction == .up }
      .map { Double($0.onset.at) }
    if let period = regularDistance(starts) { return .comb(period: period) }
    let range = frame.indices(from: onset.at, to: end)
    let around = max(range.count, 8)
    let window =
      max(0, range.lowerBound - around)..<min(frame.count, range.upperBound + around)
    let per = max(1, (window.count + ShapeDefault.bins - 1) / ShapeDefault.bins)
    var bins: [Double] = []
    var last = usual
    for start in stride(from: window.lowerBound, to: window.upperBound, by: per) {
      let part = signal.values[start..<min(window.upperBound, start + per)].filter { !$0.isNaN }
      if signal.isMean {
        if !part.isEmpty { last = part.reduce(0, +) / Double(part.count) }
        bins.append(last / max(1e-9, usual) * ShapeDefault.meanScale)
      } else {
        bins.append(part.reduce(0, +))
      }
    }
    let base = signal.isMean ? ShapeDefault.meanScale : usual * Double(per)
    let size = seasonalDispersion(
      Array(bins.prefix(max(4, around / per))),
      expected: [Double](repeating: base, count: bins.count))
    let segments = pelt(bins, cost: .negativeBinomial(size: size))
    let top = segments.map(\.mean).max() ?? 0
    let middle = base + (top - base) / 2
    // Stretches above the middle: each is a tooth.
    var teeth: [Double] = []
    var isAbove = false
    for segment in segments {
      if segment.mean > middle, !isAbove {
        teeth.append(Double(segment.start * per) * Double(frame.width))
      }
      isAbove = segment.mean > middle
    }
    if let period = regularDistance(teeth) { return .comb(period: period) }
    if !isOpenEnded, end - onset.at <= ShapeDefault.burst { return .burst }
    let begin = (range.lowerBound - window.lowerBound) / per
    let rise = segments.filter { $0.end > begin }.prefix { $0.mean < top }
    let first = rise.first { $0.mean > base * 1.05 }
    let levels = rise.count { $0.mean > base * 1.05 } + 1
    let isRising = zip(rise, rise.dropFirst()).allSatisfy { $0.mean <= $1.mean }
    if let first, isRising, levels >= ShapeDefault.rampLevels,
      first.mean - base <= ShapeDefault.rampBegin * (top - base),
      Double(rise.last?.end ?? begin) - Double(begin)
        >= ShapeDefault.rampShare * Double(range.count / per)
    {
      return .ramp
    }
    return .step
  }
}

/// The distance of instants that keep to one; `nil` for fewer than a comb has teeth.
private func regularDistance(_ times: [Double]) -> Double? {
  let gaps = zip(times.dropFirst(), times).map(-)
  guard times.count >= ShapeDefault.teeth, let variation = coefficientOfVariation(gaps),
    variation <= ShapeDefault.combVariation
  else { return nil }
  return gaps.reduce(0, +) / Double(gaps.count)
}
