import Records
public import Sketches

/// A step of operators, or another rare event worth its own line in the timeline.
public struct Marker: Sendable, Hashable, Comparable {
  public var kind: EventKind
  public var at: Exemplar
  public var service: String
  public var host: String
  /// What it was done to.
  public var target: String
  /// The record's text, cut to `textLimit` bytes. Hostile.
  public var text: String

  public static let textLimit = 240

  public static func < (a: Marker, b: Marker) -> Bool {
    a.at == b.at ? a.kind.rawValue < b.kind.rawValue : a.at < b.at
  }
}

/// Markers of one kind: all up to `capacity`, beyond that a uniform sample.
public struct MarkerList: Sendable {
  public private(set) var markers: [Marker] = []
  public private(set) var sample: SampleLevel

  public init(capacity: Int) { sample = SampleLevel(capacity: capacity) }

  init(capacity: Int, level: Int, markers: [Marker]) {
    sample = SampleLevel(capacity: capacity, level: level)
    self.markers = markers
  }

  /// Identity by which markers are sampled: of the place, so that it is the same in every part.
  private static func identity(_ marker: Marker) -> UInt64 {
    foldedMultiply(
      marker.at.source ^ 0x9e37_79b9_7f4a_7c15, marker.at.offset &+ 0xd1b5_4a32_d192_ed03)
  }

  mutating func add(_ marker: Marker) {
    guard sample.keeps(MarkerList.identity(marker)) else { return }
    markers.append(marker)
    thin()
  }

  private mutating func thin() {
    while markers.count > sample.capacity, sample.level < 64 {
      sample.level += 1
      let kept = sample
      markers.removeAll { !kept.keeps(MarkerList.identity($0)) }
    }
  }

  mutating func merge(_ other: MarkerList) {
    sample.level = max(sample.level, other.sample.level)
    markers.append(contentsOf: other.markers)
    let kept = sample
    markers.removeAll { !kept.keeps(MarkerList.identity($0)) }
    thin()
  }

  public var sorted: [Marker] { markers.sorted() }
}
