public import Records
import Sketches
import Surveys

/// A stretch of time in which a source that used to speak is silent.
public struct CoverageGap: Sendable {
  public var source: String
  public var from: Int64
  public var to: Int64
  public var kind: Kind

  public enum Kind: String, Sendable {
    case silence
    /// Nothing between the last record of a rotated file and the first of the next.
    case rotationHole = "hole between rotated files"
    /// A rotated file begins before the one before it ends.
    case rotationOverlap = "overlap of rotated files"
    /// Within a file, from the earlier time to the later.
    case clockStep = "times go back"
    /// Of a host, by journald's two clocks; from the earlier time to the later.
    case clockSet = "clock set, or asleep"
    case disorder = "times go back over and over: not in order"
  }
}

/// What was read, what was not understood, what is missing.
public struct CoverageReport: Sendable {
  public var records: UInt64
  public var unparsed: UInt64
  public var damaged: Int
  public var gaps: [CoverageGap]
  public var rolesPresent: Set<Role>
  /// Sources that hold records of the baseline (before the onset).
  public var sourcesWithBaseline: Int
  /// Notices of loggers that they dropped messages.
  public var suppressions: UInt64 = 0
  /// Sources that tell who asked for service (of servers, proxies and support machines) and spoke
  /// within `CoverageDefault.witnessSeconds` before the onset.
  public var witnesses = 0
  /// Those of them that are silent for as long after it.
  public var silentWitnesses = 0
  /// Nobody who could tell who asked has anything to say of the time that matters.
  public var isBlindAtOnset: Bool { witnesses > 0 && silentWitnesses == witnesses }
  /// Share of frames that were understood.
  public var parsedShare: Double {
    let all = Double(records + unparsed)
    return all == 0 ? 0 : Double(records) / all
  }
}

public enum CoverageDefault {
  /// Silence is a gap when it lasts this many times the source's usual step and this many buckets.
  public static let gapSteps = 6.0
  public static let leastBuckets = 3
  /// Between rotated files less than this is no hole, seconds.
  public static let leastHole: Int64 = 600
  public static let limit = 40
  /// A clock that goes back more often is no clock that was set.
  public static let mostClockSteps: UInt64 = 16
  /// The time before and after the onset in which a source counts as speaking or silent.
  public static let witnessSeconds: Int64 = 1800
}

func coverage(_ survey: Survey, frame: CaseFrame, onset: Int64?) -> CoverageReport {
  var report = CoverageReport(
    records: 0, unparsed: 0, damaged: 0, gaps: [], rolesPresent: [], sourcesWithBaseline: 0)
  let width = frame.coarseWidth
  for account in survey.accounts.values.sorted(by: { $0.label < $1.label }) {
    report.records &+= account.records
    report.unparsed &+= account.unparsed
    report.damaged += account.damages.count
    if account.records > 0 { report.rolesPresent.insert(account.role) }
    if let onset, account.first.isKnown, account.first.seconds < onset - width {
      report.sourcesWithBaseline += 1
    }
    if let worst = account.clockSteps.first, account.clockStepCount > CoverageDefault.mostClockSteps
    {
      report.gaps.append(
        CoverageGap(
          source: account.label, from: worst.to.seconds, to: worst.from.seconds, kind: .disorder))
    } else {
      for step in account.clockSteps where report.gaps.count < CoverageDefault.limit {
        report.gaps.append(
          CoverageGap(
            source: "\(account.label):\(step.line)", from: step.to.seconds, to: step.from.seconds,
            kind: .clockStep))
      }
    }
    let buckets = account.activity.cells.map(\.bucket)
    if let onset, [.server, .proxy, .support].contains(account.role) {
      let reach = max(CoverageDefault.witnessSeconds, 3 * width)
      func speaks(_ from: Int64, _ to: Int64) -> Bool {
        buckets.contains { Int64($0) * width >= from - width && Int64($0) * width < to }
      }
      if speaks(onset - reach, onset - width) {
        report.witnesses += 1
        // The bucket of the onset itself may hold what came before it.
        if !buckets.contains(where: {
          Int64($0) * width > onset && Int64($0) * width < onset + reach
        }) {
          report.silentWitnesses += 1
        }
      }
    }
    guard buckets.count >= 6 else { continue }
    var steps: [Int64] = []
    for i in 1..<buckets.count { steps.append(Int64(buckets[i]) - Int64(buckets[i - 1])) }
    let typical = steps.sorted()[steps.count * 9 / 10]
    let limit = max(
      Int64(CoverageDefault.leastBuckets), Int64(Double(typical) * CoverageDefault.gapSteps))
    for i in 1..<buckets.count where Int64(buckets[i]) - Int64(buckets[i - 1]) > limit {
      guard report.gaps.count < CoverageDefault.limit else { break }
      report.gaps.append(
        CoverageGap(
          source: account.label, from: (Int64(buckets[i - 1]) + 1) * width,
          to: Int64(buckets[i]) * width, kind: .silence))
    }
  }
  for (host, boots) in survey.bootsByHost {
    for setting in boots.flatMap(\.clockSettings) where report.gaps.count < CoverageDefault.limit {
      let before = setting.at.subtractingReportingOverflow(setting.forward).partialValue
      report.gaps.append(
        CoverageGap(
          source: host, from: min(before, setting.at), to: max(before, setting.at), kind: .clockSet)
      )
    }
  }
  addRotations(of: survey, width: width, to: &report)
  for series in survey.fine.entries
  where series.key.dimension == .event && series.key.kind == EventKind.suppressed.rawValue {
    report.suppressions &+= series.cells.cells.reduce(0) { $0 &+ UInt64($1.count) }
  }
  return report
}

/// Holes and overlaps between the members of rotated families.
private func addRotations(of survey: Survey, width: Int64, to report: inout CoverageReport) {
  let rotated = Dictionary(grouping: survey.accounts.values.filter { $0.records > 0 }) {
    rotation(of: $0.label).family
  }
  for (_, members) in rotated.sorted(by: { $0.key < $1.key }) where members.count > 1 {
    let inOrder = members.sorted {
      ($0.first.seconds, $0.last.seconds, $0.label) < ($1.first.seconds, $1.last.seconds, $1.label)
    }
    // How long the family is silent usually: between buckets that hold records.
    var steps: [Int64] = []
    for member in inOrder {
      let buckets = member.activity.cells.map { Int64($0.bucket) }
      for (a, b) in zip(buckets, buckets.dropFirst()) { steps.append((b - a) * width) }
    }
    steps.sort()
    let usual = steps.isEmpty ? width : steps[steps.count * 9 / 10]
    let limit = max(
      CoverageDefault.leastHole,
      Int64(Double(max(usual, width)) * CoverageDefault.gapSteps))
    for (older, newer) in zip(inOrder, inOrder.dropFirst())
    where report.gaps.count < CoverageDefault.limit {
      let distance = newer.first.seconds - older.last.seconds
      if distance > limit {
        report.gaps.append(
          CoverageGap(
            source: newer.label, from: older.last.seconds, to: newer.first.seconds,
            kind: .rotationHole))
      } else if distance < -limit {
        report.gaps.append(
          CoverageGap(
            source: newer.label, from: newer.first.seconds,
            to: min(older.last.seconds, newer.last.seconds), kind: .rotationOverlap))
      }
    }
  }
}
