import Records
import Sketches
import Statistics
import Surveys

/// What requests are told apart by.
public enum MixAspect: String, Sendable, CaseIterable {
  case node, address, user
  /// Blocks of addresses that one customer holds: /24, of version 6 /48.
  case network
  case operation, agent, version, platform, region
}

/// What requests are made up of during the incident, against before.
///
/// Measures of a mixture have no level that is right everywhere: twenty nodes may take 44 % of all
/// requests on the best of days. Each is therefore held against what parts of the time before show of
/// it among themselves.
public struct MixShift: Sendable {
  public var aspect: MixAspect
  public var membersBefore: Int
  public var members: Int
  public var before: Evenness
  public var during: Evenness
  /// Evenness of the parts of the time before; empty where that time is too short.
  public var usual: [Evenness]
  /// Jensen-Shannon divergence of the incident from before, bits: 0 is the same, 1 disjoint.
  public var divergence: Double
  /// Rényi's of order 2, bits.
  public var collisionDivergence: Double
  /// The greatest that a part of the time before has from the rest of it.
  public var usualDivergence: Double?
  /// Share of the records by members that were not there before, and the greatest such share that a
  /// later part of the time before has.
  public var newShare: Double
  public var usualNewShare: Double?
  /// Members whose shares moved most, the most first.
  public var moved: [MixMember]

  /// Whether the mixture changed beyond what it does by itself.
  public var isNotable: Bool {
    guard let usualDivergence else { return false }
    return divergence >= max(MixDefault.leastDivergence, MixDefault.beyond * usualDivergence)
  }

  /// Whether a measure lies beyond all that the time before shows, by some of their own range.
  func isBeyond(_ measure: KeyPath<Evenness, Double>) -> Int {
    let values = usual.map { $0[keyPath: measure] }
    guard let low = values.min(), let high = values.max() else { return 0 }
    let slack = max(MixDefault.leastRange, high - low) * (MixDefault.beyond - 1)
    let value = during[keyPath: measure]
    return value > high + slack ? 1 : value < low - slack ? -1 : 0
  }

  /// 1 where records are spread more evenly than ever before, -1 where less, 0 where as before.
  public var spreading: Int { isBeyond(\.normalized) }
}

/// How evenly records are spread over members.
public struct Evenness: Sendable {
  /// Rényi's entropy of order 2, bits.
  public var collisionBits: Double
  /// Shannon's over its maximum: 1 is even, 0 is one alone.
  public var normalized: Double
  /// Share of the largest twenty.
  public var topShare: Double
  public var gini: Double

  init?(_ counts: [Double]) {
    guard let collision = collisionEntropy(counts), let normalized = normalizedEntropy(counts),
      let gini = Statistics.gini(counts),
      let top = Statistics.topShare(counts, k: MixDefault.top)
    else { return nil }
    collisionBits = collision
    self.normalized = normalized
    topShare = top
    self.gini = gini
  }
}

/// One member of a mixture.
public struct MixMember: Sendable {
  public var name: String
  public var shareBefore: Double
  public var share: Double
  /// Whether it has no record before.
  public var isNew: Bool
}

public enum MixDefault {
  /// Parts of the time before at the most, and those that must hold enough records at the least.
  public static let parts = 12
  public static let leastParts = 5
  public static let leastRecords = 50.0
  /// Beyond the usual is half as much again as the greatest of it, and no less than this, bits.
  public static let beyond = 1.5
  public static let leastDivergence = 0.05
  /// Measures from 0 to 1 that hardly ever move still vary by so much.
  public static let leastRange = 0.02
  /// Largest members that are counted together; twenty is the number of the Skype measurements
  /// (Baset and Schulzrinne 2006), where they held 43.8 % of connections on ordinary days.
  public static let top = 20
  public static let moved = 5
  public static let leastMembers = 2
}

/// Counts of members in windows of time: the parts before, and last the incident.
struct MixTable {
  var windows: Int
  var names: [String] = []
  var counts: [Double] = []
  var places: [String: Int] = [:]

  init(windows: Int) { self.windows = windows }

  mutating func add(_ name: String, _ window: Int, _ count: Double) {
    let place: Int
    if let known = places[name] {
      place = known
    } else {
      place = names.count
      places[name] = place
      names.append(name)
      counts.append(contentsOf: repeatElement(0, count: windows))
    }
    counts[place * windows + window] += count
  }

  func window(_ w: Int, of places: [Int]) -> [Double] { places.map { counts[$0 * windows + w] } }
}

/// The mixtures of a case by every aspect that it tells, in a fixed order.
///
/// Of actors those count whose activity is kept over time, a uniform sample.
///
/// - Parameter from: start of the time before, in seconds; it ends with the onset.
/// - Complexity: linear in the members, times windows and blocks.
func trafficMix(
  _ survey: Survey, frame: CaseFrame, from: Int64, onset: Int64, end: Int64
) -> [MixShift] {
  let coarse = frame.coarseWidth
  guard coarse > 0 else { return [] }
  // The blocks that hold the onset and the beginning belong to neither side.
  let first = (from + coarse - 1) / coarse
  let onsetBlock = onset / coarse
  let last = (end + coarse - 1) / coarse
  guard onsetBlock > first else { return [] }
  let blocks = onsetBlock - first
  let parts = Int(min(Int64(MixDefault.parts), blocks))
  func window(_ block: Int64) -> Int? {
    if block < first || block >= last || block == onsetBlock && last > onsetBlock + 1 { return nil }
    if block >= onsetBlock { return parts }
    return min(parts - 1, Int((block - first) * Int64(parts) / blocks))
  }
  var tables: [MixAspect: MixTable] = [:]
  func add(_ aspect: MixAspect, _ name: String, _ block: Int64, _ count: UInt32) {
    guard let w = window(block) else { return }
    tables[aspect, default: MixTable(windows: parts + 1)].add(name, w, Double(count))
  }
  for series in survey.coarse.entries {
    let key = series.key
    switch key.dimension {
    case .operation:
      for cell in series.cells.cells {
        add(.operation, key.detail, Int64(cell.bucket), cell.count)
      }
    case .agent where key.kind == CohortClass.all.rawValue && !key.label.isEmpty:
      for cell in series.cells.cells { add(.agent, key.label, Int64(cell.bucket), cell.count) }
    default: break
    }
  }
  let cohorts: [Dimension: MixAspect] = [
    .version: .version, .platform: .platform, .region: .region,
  ]
  for series in survey.fine.entries
  where series.key.kind == CohortClass.all.rawValue && !series.key.label.isEmpty {
    guard let aspect = cohorts[series.key.dimension] else { continue }
    for cell in series.cells.cells {
      add(aspect, series.key.label, Int64(cell.bucket) * frame.fineWidth / coarse, cell.count)
    }
  }
  let kinds: [ActorKind: MixAspect] = [.node: .node, .address: .address, .user: .user]
  let actors = survey.population.actors.span
  for i in actors.indices where !actors[i].activity.isEmpty {
    // Who never asked is no requester: servers and loggers.
    guard let aspect = kinds[actors[i].kind], actors[i].isAsker else { continue }
    let name = actors[i].name
    let network = AddressPrefix(
      address: actors[i].kind == .address ? name : actors[i].address.value)?.customer.description
    for cell in actors[i].activity {
      add(aspect, name, Int64(cell.bucket), cell.records)
      if let network { add(.network, network, Int64(cell.bucket), cell.records) }
    }
  }
  return MixAspect.allCases.compactMap { aspect in
    tables[aspect].flatMap { mixShift(aspect, $0) }
  }
}

/// - Returns: `nil` where there are too few records before or during.
func mixShift(_ aspect: MixAspect, _ table: MixTable) -> MixShift? {
  let parts = table.windows - 1
  // In an order that threads do not change: sums of shares differ in their last bits otherwise.
  let places = table.names.indices.sorted { table.names[$0] < table.names[$1] }
  let during = table.window(parts, of: places)
  let slices = (0..<parts).map { table.window($0, of: places) }
  let before = slices.reduce([Double](repeating: 0, count: during.count)) { zip($0, $1).map(+) }
  let total = during.reduce(0, +)
  let totalBefore = before.reduce(0, +)
  guard total >= MixDefault.leastRecords, totalBefore >= MixDefault.leastRecords,
    during.count >= MixDefault.leastMembers,
    let shares = divergenceParts(during, before),
    let evenBefore = Evenness(before), let evenDuring = Evenness(during)
  else { return nil }
  let full = slices.filter { $0.reduce(0, +) >= MixDefault.leastRecords }
  let isLong = full.count >= MixDefault.leastParts
  var usualDivergence: Double?
  var usualNew: Double?
  if isLong {
    usualDivergence =
      full.compactMap { part in jensenShannon(part, zip(before, part).map(-)) }.max()
    // What the second half of the time before holds that was not there earlier.
    var seen = [Bool](repeating: false, count: during.count)
    for (i, part) in slices.enumerated() {
      let sum = part.reduce(0, +)
      if i * 2 >= parts, sum >= MixDefault.leastRecords {
        let new = zip(part, seen).reduce(0) { $1.1 ? $0 : $0 + $1.0 } / sum
        usualNew = max(usualNew ?? 0, new)
      }
      for k in part.indices where part[k] > 0 { seen[k] = true }
    }
  }
  let new = zip(during, before).reduce(0) { $1.1 > 0 ? $0 : $0 + $1.0 } / total
  let order = during.indices.sorted {
    shares[$0] == shares[$1] ? $0 < $1 : shares[$0] > shares[$1]
  }
  return MixShift(
    aspect: aspect,
    membersBefore: before.count { $0 > 0 }, members: during.count { $0 > 0 },
    before: evenBefore, during: evenDuring, usual: isLong ? full.compactMap(Evenness.init) : [],
    divergence: min(1, max(0, shares.reduce(0, +))),
    collisionDivergence: collisionDivergence(during, from: before) ?? 0,
    usualDivergence: usualDivergence, newShare: new, usualNewShare: usualNew,
    moved: order.prefix(MixDefault.moved).map {
      MixMember(
        name: table.names[places[$0]], shareBefore: before[$0] / totalBefore,
        share: during[$0] / total, isNew: before[$0] == 0)
    })
}
