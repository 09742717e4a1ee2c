/// Where an address belongs: facts that are not in the logs.
public struct AddressPlace: Sendable, Hashable {
  /// The operator's autonomous system, "AS64500 Example"; empty where that is not known.
  public var system: String
  /// ISO 3166 code; empty where that is not known.
  public var country: String

  public init(system: String, country: String) {
    self.system = system
    self.country = country
  }
}

/// How much of those who are new, and of those who were there before, belongs to one operator or
/// country.
public struct OriginShare: Sendable {
  public var isCountry: Bool
  public var name: String
  public var actors: Double
  public var share: Double
  public var shareBefore: Double
  /// Its share of the new actors' records.
  public var recordShare: Double

  public var stands: Bool {
    share >= OriginDefault.leastShare && share >= OriginDefault.lift * shareBefore
  }
}

public enum OriginDefault {
  /// Share of the new actors, and times the share before, for an origin to stand out.
  public static let leastShare = 0.3
  public static let lift = 3.0
  /// Operators and countries that are told.
  public static let limit = 6
  /// Actors that are looked up on each side: shares are known to a few per cent then.
  static let sample = 4096
}

/// Shares of operators and countries among new actors, the commonest first; of each kind some.
///
/// - Parameters:
///   - newOnes, oldOnes: addresses, and the records of each.
func originShares(
  _ newOnes: [(address: String, records: Double)], _ oldOnes: [(address: String, records: Double)],
  weight: Double, place: (String) -> AddressPlace?
) -> [OriginShare] {
  struct Key: Hashable {
    var isCountry: Bool
    var name: String
  }
  func counts(_ actors: [(address: String, records: Double)]) -> (
    [Key: (actors: Double, records: Double)], actors: Double, records: Double
  ) {
    var result: [Key: (actors: Double, records: Double)] = [:]
    var total = (actors: 0.0, records: 0.0)
    for actor in actors.prefix(OriginDefault.sample) {
      total.actors += 1
      total.records += actor.records
      guard let found = place(actor.address) else { continue }
      for key in [
        Key(isCountry: false, name: found.system), Key(isCountry: true, name: found.country),
      ] where !key.name.isEmpty {
        result[key, default: (0, 0)].actors += 1
        result[key, default: (0, 0)].records += actor.records
      }
    }
    return (result, total.actors, total.records)
  }
  let (new, newActors, newRecords) = counts(newOnes)
  let (old, oldActors, _) = counts(oldOnes)
  guard newActors > 0 else { return [] }
  let scale = Double(newOnes.count) / newActors * weight
  let all = new.map { key, count in
    OriginShare(
      isCountry: key.isCountry, name: key.name, actors: count.actors * scale,
      share: count.actors / newActors, shareBefore: (old[key]?.actors ?? 0) / max(1, oldActors),
      recordShare: count.records / max(1, newRecords))
  }.sorted { ($1.share, $0.name) < ($0.share, $1.name) }
  return Array(all.filter { !$0.isCountry }.prefix(OriginDefault.limit))
    + Array(all.filter(\.isCountry).prefix(OriginDefault.limit))
}
