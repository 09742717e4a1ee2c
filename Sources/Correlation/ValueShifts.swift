private import Foundation
import Sketches
import Statistics
public import Surveys

/// A number in a kind of message that the incident moved.
public struct ValueShift: Sendable {
  public var template: Template
  /// Which number of the message, from 1.
  public var place: Int
  /// Medians over the buckets before and during.
  public var before: Double
  public var during: Double
  /// Smallest rate of false discoveries at which the shift counts.
  public var adjusted: Double

  public var ratio: Double { during / before }
}

public enum ValueShiftDefault {
  /// Buckets with the number, before and during.
  public static let leastBefore = 6
  public static let leastDuring = 3
  /// Ratio of medians that is worth telling, in either direction.
  public static let leastRatio = 2.0
  /// Halves of the time before differ by less, or the number drifts by itself, as counters do.
  public static let steadyRatio = 1.5
  public static let falseDiscoveries = 0.05
}

/// Numbers in messages whose level differs in the incident from before, the largest ratio first.
///
/// Rank sums of the buckets' means (Mann and Whitney 1947), with Benjamini and Hochberg's control over
/// all numbers: neither the shape of the counts nor single wild values matter.
///
/// - Complexity: numbers times buckets, times the logarithm.
func valueShifts(_ survey: Survey, frame: CaseFrame, onset: Int64, end: Int64) -> [ValueShift] {
  let d = ValueShiftDefault.self
  var templates: [UInt64: Template] = [:]
  for template in survey.templates.entries { templates[template.id] = template }
  var found: [ValueShift] = []
  var p: [Double] = []
  for entry in survey.templateValues.entries.sorted(by: { $0.id < $1.id }) {
    guard let template = templates[entry.template] else { continue }
    var before: [Double] = []
    var during: [Double] = []
    for cell in entry.cells.cells {
      let start = Int64(cell.bucket) * frame.coarseWidth
      if start >= frame.start, start + frame.coarseWidth <= onset {
        before.append(cell.mean)
      } else if start >= onset, start < end {
        during.append(cell.mean)
      }
    }
    guard before.count >= d.leastBefore, during.count >= d.leastDuring,
      let usual = median(before), let now = median(during),
      let first = median(Array(before[..<(before.count / 2)])),
      let second = median(Array(before[(before.count / 2)...])),
      usual > 0, now > 0, first > 0, second > 0
    else { continue }
    found.append(
      ValueShift(template: template, place: entry.place, before: usual, during: now, adjusted: 1))
    let isSteady = max(first, second) <= d.steadyRatio * min(first, second)
    p.append(isSteady ? rankSum(before, during) : 1)
  }
  let judged = benjaminiHochberg(p, rate: d.falseDiscoveries)
  for i in found.indices { found[i].adjusted = judged.adjusted[i] }
  func distance(_ shift: ValueShift) -> Double { abs(log(shift.ratio)) }
  return found.indices.filter { judged.rejected[$0] && distance(found[$0]) >= log(d.leastRatio) }
    .map { found[$0] }
    .sorted {
      (distance($1), $0.template.first, $0.place) < (distance($0), $1.template.first, $1.place)
    }
}
