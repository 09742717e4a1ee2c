public import Records
public import Sketches

/// A place where input was damaged, and what is lost there.
public struct DamageNote: Sendable, Hashable, Comparable {
  public var kind: String
  public var compressedOffset: UInt64
  public var decompressedOffset: UInt64
  public var detail: String

  public init(kind: String, compressedOffset: UInt64, decompressedOffset: UInt64, detail: String) {
    self.kind = kind
    self.compressedOffset = compressedOffset
    self.decompressedOffset = decompressedOffset
    self.detail = detail
  }

  public static func < (a: DamageNote, b: DamageNote) -> Bool {
    if a.compressedOffset != b.compressedOffset { return a.compressedOffset < b.compressedOffset }
    if a.decompressedOffset != b.decompressedOffset {
      return a.decompressedOffset < b.decompressedOffset
    }
    return (a.kind, a.detail) < (b.kind, b.detail)
  }
}

/// A frame that was not understood, shown by example.
public struct Unparsed: Sendable, Hashable, Comparable {
  public var position: UInt64
  public var line: UInt64
  /// At most `textLimit` bytes, repaired to valid UTF-8.
  public var text: String
  public static let textLimit = 200

  public static func < (a: Unparsed, b: Unparsed) -> Bool { a.position < b.position }
}

/// What was read of one source, and what was not understood.
///
/// The reader's facts (sizes, digest, damage) come once, with the end of the source; parts of a
/// source carry them empty.
public struct SourceAccount: Sendable, Equatable {
  public var id: UInt64
  public var label: String
  public var role: Role = .unknown
  public var host = ""
  public var service = ""
  public var format = ""
  public var formatReason = ""
  /// How year and zone of the stamps were decided.
  public var stampNote = ""
  public var compression = ""
  public var compressedBytes: UInt64 = 0
  public var bytes: UInt64 = 0
  public var lines: UInt64 = 0
  public var sha256 = ""
  public var isComplete = false
  public var records: UInt64 = 0
  public var unparsed: UInt64 = 0
  public var ignored: UInt64 = 0
  public var badTimestamps: UInt64 = 0
  /// Records outside the window asked for.
  public var outside: UInt64 = 0
  public var oversized: UInt64 = 0
  public var first: Timestamp = .unknown
  public var last: Timestamp = .unknown
  public var damages: [DamageNote] = []
  public var examples: [Unparsed] = []
  /// Places where times go back, the largest steps, and how many there are in all.
  public var clockSteps: [ClockStep] = []
  public var clockStepCount: UInt64 = 0
  /// Records by coarse bucket: shows gaps.
  public var activity = SparseSeries()

  public static let exampleLimit = 3
  public static let damageLimit = 64
  public static let clockStepLimit = 8

  public init(id: UInt64, label: String) {
    self.id = id
    self.label = label
  }

  @inline(__always)
  mutating func note(_ time: Timestamp) {
    if !first.isKnown || time < first { first = time }
    if time > last { last = time }
  }

  public mutating func addExample(_ example: Unparsed) {
    if examples.count >= SourceAccount.exampleLimit, let latest = examples.last, !(example < latest)
    {
      return
    }
    if examples.contains(example) { return }
    examples.insert(example, at: examples.firstIndex { example < $0 } ?? examples.count)
    if examples.count > SourceAccount.exampleLimit { examples.removeLast() }
  }

  mutating func note(_ step: ClockStep) {
    clockStepCount &+= 1
    clockSteps = Array((clockSteps + [step]).sorted().prefix(SourceAccount.clockStepLimit))
  }

  mutating func merge(_ other: SourceAccount) {
    func take(_ mine: inout String, _ theirs: String) { mine = max(mine, theirs) }
    // Of two known roles the first in their order, so that the order of merging does not matter.
    role = Surveyor.number(of: other.role) < Surveyor.number(of: role) ? other.role : role
    take(&host, other.host)
    take(&service, other.service)
    take(&format, other.format)
    take(&formatReason, other.formatReason)
    take(&stampNote, other.stampNote)
    take(&compression, other.compression)
    take(&sha256, other.sha256)
    isComplete = isComplete || other.isComplete
    compressedBytes &+= other.compressedBytes
    bytes &+= other.bytes
    lines &+= other.lines
    records &+= other.records
    unparsed &+= other.unparsed
    ignored &+= other.ignored
    badTimestamps &+= other.badTimestamps
    outside &+= other.outside
    oversized &+= other.oversized
    if other.first.isKnown { note(other.first) }
    if other.last.isKnown { note(other.last) }
    damages = Array(Set(damages + other.damages).sorted().prefix(SourceAccount.damageLimit))
    for example in other.examples { addExample(example) }
    clockSteps = Array(
      (clockSteps + other.clockSteps).sorted().prefix(SourceAccount.clockStepLimit))
    clockStepCount &+= other.clockStepCount
    activity.merge(other.activity)
  }
}
