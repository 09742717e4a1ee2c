import Foundation
import Statistics
import Surveys

/// How far one clock is ahead of another: constant, drifting, or set once.
struct ClockFit {
  var course: ClockCourse
  /// Of single differences about the course, seconds (1.48 times the median absolute deviation).
  var spread: Double
  var count: Int
  /// Whether it is read off common bursts, not off requests.
  var isByBursts = false
}

/// Fits what two clocks' difference does over time.
///
/// Three courses are tried: constant (the median), a line (Theil-Sen through medians of bins of equal
/// count: Sen 1968), and one step (the split with the least absolute deviations). Differences about
/// medians are Laplacian enough; the Bayesian criterion of that law decides, and the change must be
/// large enough to matter. What is no clock's doing looks alike: waiting grows in an overload. So a
/// line must hold from end to end, and a step may be asked to be larger than any waiting.
///
/// - Parameters:
///   - differences: nanoseconds since 1970, and seconds that the second clock is ahead, of requests.
///   - leastStep: smaller steps are not believed; infinity for none.
/// - Complexity: n log n.
func fitClock(_ differences: [(time: Int64, ahead: Double)], leastStep: Double) -> ClockFit? {
  let sorted = differences.sorted { ($0.time, $0.ahead) < ($1.time, $1.ahead) }
  guard let first = sorted.first, let last = sorted.last,
    let middle = median(sorted.map(\.ahead))
  else { return nil }
  let seconds = sorted.map {
    Double($0.time.subtractingReportingOverflow(first.time).partialValue) / 1e9
  }
  let n = Double(sorted.count)
  func score(_ residuals: [Double], _ parameters: Double) -> Double {
    let scale = residuals.reduce(0) { $0 + abs($1) } / n
    return 2 * n * log(scale + ClockDefault.resolution) + parameters * log(n)
  }
  func fit(_ course: ClockCourse, _ residuals: [Double]) -> ClockFit {
    ClockFit(
      course: course, spread: 1.4826 * (median(residuals.map(abs)) ?? 0), count: sorted.count)
  }
  var best = fit(ClockCourse(constant: middle), sorted.map { $0.ahead - middle })
  var least = score(sorted.map { $0.ahead - middle }, 1)

  let bins = min(ClockDefault.bins, sorted.count / ClockDefault.leastInBin)
  guard bins >= ClockDefault.leastBins else { return best }
  let points = (0..<bins).map { k in
    let part = (k * sorted.count / bins)..<((k + 1) * sorted.count / bins)
    return (x: median(Array(seconds[part])) ?? 0, y: median(part.map { sorted[$0].ahead }) ?? 0)
  }

  let length = seconds[seconds.count - 1]
  if let (slope, base) = theilSen(x: points.map(\.x), y: points.map(\.y)),
    abs(slope) * length >= ClockDefault.leastDrift
  {
    let residuals = zip(sorted, seconds).map { $0.ahead - base - slope * $1 }
    let holds = points.allSatisfy {
      abs($0.y - base - slope * $0.x) <= ClockDefault.bend * abs(slope) * length
    }
    let found = score(residuals, 2)
    if holds, found < least {
      least = found
      best = fit(
        ClockCourse([
          .init(time: first.time, ahead: base),
          .init(time: last.time, ahead: base + slope * length),
        ]), residuals)
    }
  }

  var split: (place: Int, cost: Double)?
  for k in 1..<bins {
    let (left, right) = (points[..<k].map(\.y), points[k...].map(\.y))
    guard let a = median(left), let b = median(right) else { continue }
    let cost = left.reduce(0) { $0 + abs($1 - a) } + right.reduce(0) { $0 + abs($1 - b) }
    if cost < split?.cost ?? .infinity { split = (k, cost) }
  }
  if let split {
    let near = split.place * sorted.count / bins
    // Within the bins beside the split, to the very request.
    let reach = sorted.count / bins
    let before = median(sorted[..<max(1, near - reach)].map(\.ahead)) ?? 0
    let after = median(sorted[min(sorted.count - 1, near + reach)...].map(\.ahead)) ?? 0
    var place = max(1, near - reach)
    var cost = 0.0
    var lowest = 0.0
    for i in place..<min(sorted.count, near + reach) {
      cost += abs(sorted[i].ahead - before) - abs(sorted[i].ahead - after)
      if cost < lowest {
        lowest = cost
        place = i + 1
      }
    }
    let residuals = sorted.enumerated().map { $1.ahead - ($0 < place ? before : after) }
    if abs(after - before) >= leastStep, score(residuals, 3) < least, place < sorted.count {
      let time = sorted[place].time
      best = fit(
        ClockCourse([.init(time: time, ahead: before), .init(time: time, ahead: after)]),
        residuals)
    }
  }
  return best
}
