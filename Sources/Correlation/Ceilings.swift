import Statistics
import Surveys

/// A number that a system reports of itself and that rose to a height and stayed there: a pool, a
/// queue or a memory that is full.
public struct Ceiling: Sendable {
  public var service: String
  public var name: String
  public var height: Double
  public var usual: Double
  public var from: Int64
  public var until: Int64
}

public enum CeilingDefault {
  /// A top is flat where so many reports in a row lie within this share of the greatest.
  public static let leastReports = 5
  public static let flatness = 0.01
  /// It stands out where the usual lies below this share of it.
  public static let usualShare = 0.8
  /// It may be reached so long after the first harm is seen, seconds, and still explain it.
  public static let afterHarm: Int64 = 120
  public static let limit = 6
}

/// Flat tops that were reached no later than the first harm, the earliest first.
///
/// - Complexity: linear in the gauges' values.
func ceilings(_ all: [Signal], frame: CaseFrame, from: Int64, onset: Dated, end: Int64) -> [Ceiling]
{
  let earlier = frame.indices(from: from, to: onset.earliest)
  let within = frame.indices(from: onset.earliest, to: end)
  var result: [Ceiling] = []
  for signal in all where signal.kind == .gauge {
    let before = signal.values[earlier].filter { !$0.isNaN }
    guard before.count >= CeilingDefault.leastReports, let usual = median(before),
      let greatestBefore = before.max(),
      let height = signal.values[within].filter({ !$0.isNaN }).max(), height > 0,
      usual <= CeilingDefault.usualShare * height,
      greatestBefore < (1 - CeilingDefault.flatness) * height
    else { continue }
    var run: (first: Int, last: Int, reports: Int)?
    for i in within where !signal.values[i].isNaN {
      if signal.values[i] >= (1 - CeilingDefault.flatness) * height {
        run = (run?.first ?? i, i, (run?.reports ?? 0) + 1)
      } else if run?.reports ?? 0 >= CeilingDefault.leastReports {
        break
      } else {
        run = nil
      }
    }
    guard let run, run.reports >= CeilingDefault.leastReports,
      frame.second(ofIndex: run.first) <= onset.latest + CeilingDefault.afterHarm
    else { continue }
    result.append(
      Ceiling(
        service: signal.service, name: signal.name, height: height, usual: usual,
        from: frame.second(ofIndex: run.first), until: frame.second(ofIndex: run.last + 1)))
  }
  return Array(
    result.sorted { ($0.from, $0.service, $0.name) < ($1.from, $1.service, $1.name) }.prefix(
      CeilingDefault.limit))
}
