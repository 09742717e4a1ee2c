import Records
import Sketches
public import Surveys

/// One address that in a short time made more records than all others in the whole case.
///
/// Where records tell no outcome, as a name server's queries do, nothing fails and no surge of what is
/// asked shows: what one address does to the volume is then all there is to see.
public struct LoneBurst: Sendable {
  public var actor: Actor
  /// Its share of all addresses' records.
  public var share: Double
  /// Its records in an hour against those of all others together.
  public var rateRatio: Double
}

public enum LoneBurstDefault {
  public static let share = 0.5
  public static let rateRatio = 10.0
  /// It is a burst if it takes less than this part of the case.
  public static let part = 0.35
  public static let leastRecords: UInt64 = 1000
}

/// - Complexity: linear in the actors.
func loneBurst(_ survey: Survey, frame: CaseFrame) -> LoneBurst? {
  let actors = survey.population.actors.span
  var total: UInt64 = 0
  var top: Int?
  for i in actors.indices where actors[i].kind == .address {
    total &+= actors[i].records
    // By position: an actor is some 600 bytes.
    let isMore =
      top.map { best in
        (actors[best].records, actors[i].id) < (actors[i].records, actors[best].id)
      } ?? true
    if isMore { top = i }
  }
  guard let top, actors[top].records >= LoneBurstDefault.leastRecords, total > 0 else { return nil }
  let one = actors[top]
  let lasted = max(60, one.last.seconds - one.first.time.seconds)
  let own = Double(one.records)
  let others = max(1, Double(total) * survey.population.sample.weight - own)
  let rateRatio = own / Double(lasted) / (others / Double(max(60, frame.span)))
  let share = own / (own + others)
  guard share >= LoneBurstDefault.share, rateRatio >= LoneBurstDefault.rateRatio,
    Double(lasted) <= LoneBurstDefault.part * Double(frame.span)
  else { return nil }
  return LoneBurst(actor: one, share: share, rateRatio: rateRatio)
}
