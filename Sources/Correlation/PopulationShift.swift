import Records
import Sketches
import Statistics
public import Surveys

/// Who is asking, during the incident against before.
public struct PopulationShift: Sendable {
  public var kind: ActorKind
  /// Actors with records before the onset.
  public var before: Double
  /// Actors with records during the incident.
  public var during: Double
  /// Of those, seen before.
  public var known: Double
  /// Share of the incident's records that come from actors seen before.
  public var knownRecordShare: Double
  /// Share of the incident's bad records that come from actors seen before.
  public var knownBadShare: Double
  /// Records an actor and hour, before and during.
  public var rateBefore: Double
  public var rateDuring: Double
  /// The same in the median, which a few heavy ones do not move.
  public var medianRateBefore: Double
  public var medianRateDuring: Double
  /// Share of the incident's records by actors that were served before it.
  public var provenRecordShare: Double
  /// Blocks of addresses of one customer (/24, of version 6 /48) during the incident, and of those the
  /// share that was seen before; addresses change hands within a block, so it tells more than they do.
  public var clusters: Int
  public var knownClusterShare: Double
  /// Share of the newcomers' addresses that lie in such a block seen before.
  public var newInKnownClusters: Double
  /// Addresses during the incident in each block.
  public var addressesPerCluster: Double
  /// log2 of volume = log2 of actors + log2 of rate (P4).
  public var volumeRatio: Double
  public var actorRatio: Double
  public var rateRatio: Double
  /// Networks (/16, of version 6 /32) among new actors with addresses.
  public var newNetworks: Int
  /// Blocks of addresses that hold most of the new actors, each as small as it can be.
  public var newPrefixes: [PrefixShare]
  /// The first of them.
  public var topNewNetwork: String
  public var topNewNetworkShare: Double
  /// Share of the same network among the actors of before.
  public var topNewNetworkShareBefore: Double
  /// Operators and countries of the new actors, where files tell them.
  public var origins: [OriginShare]
  /// Share of new actors among those that joined with the commonest first two characters of id.
  public var topIdentityPrefix: String
  public var topIdentityPrefixShare: Double
  /// New actors that never succeeded though they tried.
  public var newWithoutSuccess: Double
  public var newCount: Double
  /// New actors that ask and ask and nearly never succeed, and their share of the records of all who
  /// asked during the incident.
  public var heavyStrangers: Double
  public var heavyRecordShare: Double
  /// Records of one of them in the mean, and of one of the others.
  public var heavyRecordsEach: Double
  public var otherRecordsEach: Double
  /// What the newcomers who were served, and those of before, do beside asking.
  public var newcomers: Manner
  public var residents: Manner
  /// Actors during the incident of which an attempt is on record: without any, nobody asks here.
  public var askers: Double
  /// Whether there was enough time before the onset to know who is known.
  public var hasBaseline: Bool

  /// Share of the newcomers who never succeeded.
  public var hopelessShare: Double { newCount == 0 ? 0 : newWithoutSuccess / newCount }

  /// Whether some who came after the onset ask and ask unserved and make much of all requests.
  public var isByHeavyStrangers: Bool {
    heavyStrangers >= 5 && heavyRecordShare >= 0.3
      && heavyRecordsEach >= 5 * max(1, otherRecordsEach)
  }

  public var knownShare: Double { during == 0 ? 0 : known / during }
}

/// How a group of requesters behaves.
public struct Manner: Sendable, Equatable {
  /// Parts of pages fetched for each request that was served.
  public var partsPerSuccess = 0.0
  /// Share of the records that name where they come from.
  public var referrerShare = 0.0
  /// Failures of one, in the median.
  public var failuresEach = 0.0
  /// Of those who were served: the share that fetched a part of a page, and of these the share that
  /// went on to write a form. People do some of each.
  public var fetchers = 0.0
  public var writers = 0.0
  /// Bytes sent for one record.
  public var bytesEach = 0.0
}

/// How much of those who are new, and of those who were there before, a block of addresses holds.
public struct PrefixShare: Sendable {
  public var prefix: AddressPrefix
  public var actors: Double
  public var share: Double
  public var shareBefore: Double
  /// Its share of the new actors' records.
  public var recordShare: Double
}

public enum PopulationDefault {
  /// Residents fetch parts of pages, or name where they come from, at least this often for their
  /// not doing so to tell of newcomers, and newcomers do less than this share of it.
  public static let mannerLeast = 0.08
  public static let mannerShare = 0.15
  /// Share of newcomers who never succeed in anything, beyond which they are no crowd.
  public static let hopeless = 0.5
  /// Failures after which people have given up, in the median.
  public static let persistence = 15.0
  /// P1: below, the crowd is new; above, it is known; between, no weight. Science: flash events
  /// show some 40 to 80 % old clusters, floods 1 to 15 % (Jung, Krishnamurthy, Rabinovich 2002).
  public static let newBelow = 0.15
  public static let knownAbove = 0.40
  /// Share of new addresses in blocks of known customers, from which they may be old customers under
  /// new addresses.
  public static let renumbered = 0.6
  /// Least share of the span that must lie before the onset.
  public static let leastBaselineShare = 0.08
  public static let leastActors = 12.0
  /// Blocks of addresses that are told of new actors.
  public static let prefixes = 8
  /// A newcomer who failed this often, and ten times as often as it succeeded, is a heavy stranger.
  /// People give up long before.
  public static let heavyFailures: UInt64 = 25
  public static let heavySuccessShare = 0.1
  /// Share of the requesters of an incident that newcomers must be to be a crowd.
  public static let crowdShare = 0.25
  /// Share of all requests that few strangers must make to be what happens.
  public static let overwhelming = 0.5
  /// Strangers that came so long before harm was seen may be its cause, seconds; and how many there
  /// must be to date it.
  public static let strangersBeforeHarm: Int64 = 900
  public static let leastStrangers = 12
}

extension Actor {
  /// Whether it came after the onset and asks and asks without being served.
  public func isHeavyStranger(since onset: Int64) -> Bool {
    first.time.seconds >= onset && failures >= PopulationDefault.heavyFailures
      && Double(successes) <= PopulationDefault.heavySuccessShare * Double(failures)
  }

  /// Whether it came after the onset and goes on without fetching what a browser would, served or not.
  public func isPersistentStranger(since onset: Int64) -> Bool {
    first.time.seconds >= onset && Double(failures) >= PopulationDefault.persistence && assets == 0
  }

  /// Whether anything that it asked for has an outcome: servers and loggers only write.
  var isAsker: Bool { successes > 0 || failures > 0 }

  /// Failures and time-outs: what was neither refused nor wrongly asked.
  var unserved: UInt64 { failures - min(failures, rejections &+ invalids) }
}

func populationShift(
  _ survey: Survey, frame: CaseFrame, kind: ActorKind, role: Role?, onset: Int64, end: Int64,
  place: ((String) -> AddressPlace?)?
) -> PopulationShift? {
  let level = survey.population.sample
  let weight = level.weight
  // By position: an actor is some 600 bytes, and there are many.
  let list = survey.population.actors
  let all = list.span
  let coarse = frame.coarseWidth
  var before = 0.0
  var during = 0.0
  var known = 0.0
  var askers = 0.0
  var recordsBefore = 0.0
  var recordsDuring = 0.0
  var recordsKnown = 0.0
  var badDuring = 0.0
  var badKnown = 0.0
  var newOnes: [Int] = []
  var oldOnes: [Int] = []
  var recordsProven = 0.0
  var stayed: [Int] = []
  // Records in each coarse bucket of each actor.
  var cellsBefore: [Double] = []
  var cellsDuring: [Double] = []
  // The coarse bucket that holds the onset belongs to neither side.
  let onsetBucket = UInt32(clamping: onset / coarse)
  let endBucket = UInt32(clamping: (end + coarse - 1) / coarse)
  for i in all.indices where all[i].kind == kind && (role == nil || all[i].has(role ?? .unknown)) {
    let isKnown = all[i].first.time.seconds < onset
    let presentDuring = all[i].last.seconds >= onset && all[i].first.time.seconds < end
    if isKnown {
      before += 1
      oldOnes.append(i)
    }
    if presentDuring {
      if all[i].isAsker { askers += 1 }
      during += 1
      if isKnown {
        known += 1
        stayed.append(i)
      } else if all[i].isAsker {
        // Only who asked for something: new servers are no new requesters.
        newOnes.append(i)
      }
    }
    for cell in all[i].activity {
      if cell.bucket < onsetBucket {
        recordsBefore += Double(cell.records)
        cellsBefore.append(Double(cell.records))
      } else if cell.bucket > onsetBucket || isKnown == false || frame.count < 8 {
        guard cell.bucket < endBucket else { continue }
        recordsDuring += Double(cell.records)
        badDuring += Double(cell.bad)
        cellsDuring.append(Double(cell.records))
        if all[i].firstSuccess.isKnown, all[i].firstSuccess.seconds < onset {
          recordsProven += Double(cell.records)
        }
        if isKnown {
          recordsKnown += Double(cell.records)
          badKnown += Double(cell.bad)
        }
      }
    }
  }
  guard during > 0 || before > 0 else { return nil }
  var heavy = 0.0
  var heavyRecords = 0.0
  var otherNewRecords = 0.0
  for i in newOnes {
    if all[i].isHeavyStranger(since: onset) {
      heavy += 1
      heavyRecords += Double(all[i].records)
    } else {
      otherNewRecords += Double(all[i].records)
    }
  }
  let others =
    otherNewRecords + recordsKnown * survey.population.activitySample.weight / max(1, weight)
  let hoursBefore = max(1.0 / 60, Double(onset - frame.start) / 3600)
  let hoursDuring = max(1.0 / 60, Double(end - onset) / 3600)
  // Actors and records per hour; activity may be a finer sample than the population.
  let rateBefore = recordsBefore / Double(max(1, cellsBefore.count))
  let rateDuring = recordsDuring / Double(max(1, cellsDuring.count))
  let perHourBefore = recordsBefore / hoursBefore
  let perHourDuring = recordsDuring / hoursDuring
  let volumeRatio = (perHourDuring + 0.5) / (perHourBefore + 0.5)
  let rateRatio = (rateDuring + 0.1) / (rateBefore + 0.1)

  func address(_ i: Int) -> String {
    list[i].kind == .address ? list[i].name : list[i].address.value
  }
  func requests(_ places: [Int]) -> [(address: String, records: Double)] {
    // In an order that threads do not change: some of many are looked up.
    places.sorted { list[$0].id < list[$1].id }.map { (address($0), Double(list[$0].records)) }
      .filter { !$0.0.isEmpty }
  }
  let origins =
    place.map { originShares(requests(newOnes), requests(oldOnes), weight: weight, place: $0) }
    ?? []

  var blocks: [Int: AddressPrefix] = [:]
  for i in newOnes + oldOnes { blocks[i] = AddressPrefix(address: address(i)) }
  func addresses(_ places: [Int], _ weight: (Actor) -> Double) -> [AddressPrefix: Double] {
    var weights: [AddressPrefix: Double] = [:]
    for i in places {
      if let one = blocks[i] { weights[one, default: 0] += weight(list[i]) }
    }
    return weights
  }
  let oldClusters = Set(oldOnes.compactMap { blocks[$0]?.customer })
  let addressesDuring = Set((newOnes + stayed).compactMap { blocks[$0] })
  let clusters = Set(addressesDuring.map(\.customer))
  let newAddresses = addresses(newOnes) { _ in 1 }
  let newRecords = addresses(newOnes) { Double($0.records) }
  let oldAddresses = addresses(oldOnes) { _ in 1 }
  func share(_ prefix: AddressPrefix, of weights: [AddressPrefix: Double]) -> Double {
    let total = weights.values.reduce(0, +)
    let within = weights.reduce(0) { prefix.contains($1.key) ? $0 + $1.value : $0 }
    return total == 0 ? 0 : within / total
  }
  let newPrefixes = heaviestPrefixes(newAddresses).prefix(PopulationDefault.prefixes).map {
    PrefixShare(
      prefix: $0.prefix, actors: $0.weight * weight, share: share($0.prefix, of: newAddresses),
      shareBefore: share($0.prefix, of: oldAddresses),
      recordShare: share($0.prefix, of: newRecords))
  }
  let newNetworks = Set(newAddresses.keys.map { $0.network })
  var prefixes: [String: Int] = [:]
  if kind == .node {
    for i in newOnes where list[i].name.utf8.count >= 6 {
      prefixes[String(list[i].name.prefix(2)), default: 0] += 1
    }
  }
  func manner(_ places: [Int]) -> Manner {
    var result = Manner()
    var (records, parts, served, referred, bytes) = (0.0, 0.0, 0.0, 0.0, 0.0)
    var (guests, fetched, wrote) = (0.0, 0.0, 0.0)
    for i in places {
      records += Double(all[i].records)
      parts += Double(all[i].assets)
      served += Double(all[i].successes)
      referred += Double(all[i].withReferrer)
      bytes += Double(all[i].bytes)
      guard all[i].successes > 0 else { continue }
      guests += 1
      guard all[i].assets > 0 else { continue }
      fetched += 1
      if all[i].writes > 0 { wrote += 1 }
    }
    result.partsPerSuccess = parts / max(1, served)
    result.referrerShare = referred / max(1, records)
    result.failuresEach = median(places.map { Double(all[$0].failures) }) ?? 0
    result.fetchers = fetched / max(1, guests)
    result.writers = wrote / max(1, fetched)
    result.bytesEach = bytes / max(1, records)
    return result
  }
  let topPrefix = prefixes.max { ($0.value, $1.key) < ($1.value, $0.key) }
  return PopulationShift(
    kind: kind, before: before * weight, during: during * weight, known: known * weight,
    knownRecordShare: recordsDuring == 0 ? 0 : recordsKnown / recordsDuring,
    knownBadShare: badDuring == 0 ? 0 : badKnown / badDuring,
    rateBefore: rateBefore * 3600 / Double(coarse), rateDuring: rateDuring * 3600 / Double(coarse),
    medianRateBefore: (median(cellsBefore) ?? 0) * 3600 / Double(coarse),
    medianRateDuring: (median(cellsDuring) ?? 0) * 3600 / Double(coarse),
    provenRecordShare: recordsDuring == 0 ? 0 : recordsProven / recordsDuring,
    clusters: clusters.count,
    knownClusterShare: clusters.isEmpty
      ? 0 : Double(clusters.count(where: oldClusters.contains)) / Double(clusters.count),
    newInKnownClusters: newAddresses.isEmpty
      ? 0
      : Double(newAddresses.keys.count { oldClusters.contains($0.customer) })
        / Double(newAddresses.count),
    addressesPerCluster: Double(addressesDuring.count) / Double(max(1, clusters.count)),
    volumeRatio: volumeRatio, actorRatio: volumeRatio / max(1e-9, rateRatio), rateRatio: rateRatio,
    newNetworks: newNetworks.count, newPrefixes: newPrefixes,
    topNewNetwork: newPrefixes.first?.prefix.description ?? "",
    topNewNetworkShare: newPrefixes.first?.share ?? 0,
    topNewNetworkShareBefore: newPrefixes.first?.shareBefore ?? 0,
    origins: origins, topIdentityPrefix: topPrefix?.key ?? "",
    topIdentityPrefixShare: newOnes.isEmpty
      ? 0 : Double(topPrefix?.value ?? 0) / Double(newOnes.count),
    newWithoutSuccess: Double(
      newOnes.count { list[$0].successes == 0 && list[$0].failures > 0 }) * weight,
    newCount: Double(newOnes.count) * weight, heavyStrangers: heavy * weight,
    heavyRecordShare: heavyRecords / max(1, heavyRecords + others),
    heavyRecordsEach: heavyRecords / max(1, heavy),
    otherRecordsEach: others / max(1, during - heavy), newcomers: manner(newOnes),
    residents: manner(oldOnes), askers: askers * weight,
    hasBaseline: Double(onset - frame.start) / Double(max(1, frame.span))
      >= PopulationDefault.leastBaselineShare)
}
