public import Sketches

/// An entry of a `SampledTable`: it has an identity, and two of the same identity can be joined.
protocol Sampled: Sendable {
  var id: UInt64 { get }
  mutating func merge(_ other: Self)
}

/// Entries by identity: all of them up to the capacity, beyond that a uniform sample.
///
/// Which are kept depends on the set of identities alone (see `SampleLevel`), so tables of parts
/// merge to the table of the whole.
public struct SampledTable<Entry: Sendable>: Sendable {
  public internal(set) var entries: [Entry] = []
  public internal(set) var sample: SampleLevel
  var table = IdentityTable()

  init(capacity: Int) { sample = SampleLevel(capacity: capacity) }
}

extension SampledTable where Entry: Sampled {
  init(capacity: Int, level: Int, entries: [Entry]) {
    sample = SampleLevel(capacity: capacity, level: level)
    self.entries = entries
    rebuild()
  }

  /// Hands the entry with this identity to `body`.
  ///
  /// - Returns: false if there is none: then ask `keeps` and `insert`.
  @inline(__always)
  mutating func revise(_ id: UInt64, _ body: (inout Entry) -> Void) -> Bool {
    guard let found = table.position(of: id) else { return false }
    // The table holds positions of entries only.
    var span = entries.mutableSpan
    unsafe body(&span[unchecked: found])
    return true
  }

  @inline(__always)
  func keeps(_ id: UInt64) -> Bool { sample.keeps(id) }

  /// Adds an entry whose identity is not there yet, unless it is outside the sample.
  @inline(never)
  mutating func insert(_ entry: Entry) {
    guard sample.keeps(entry.id) else { return }
    table.set(entry.id, position: entries.count)
    entries.append(entry)
    if entries.count > sample.capacity { thin() }
  }

  mutating func thin() {
    while entries.count > sample.capacity, sample.level < 64 {
      sample.level += 1
      let kept = sample
      entries.removeAll { !kept.keeps($0.id) }
    }
    rebuild()
  }

  private mutating func rebuild() {
    table = IdentityTable(minimumCapacity: entries.count)
    for i in entries.indices { table.set(entries[i].id, position: i) }
  }

  mutating func mutateEach(_ body: (inout Entry) -> Void) {
    for i in entries.indices { body(&entries[i]) }
  }

  mutating func merge(_ other: SampledTable<Entry>) {
    if other.sample.level > sample.level {
      sample.level = other.sample.level
      let kept = sample
      entries.removeAll { !kept.keeps($0.id) }
      rebuild()
    }
    for theirs in other.entries where sample.keeps(theirs.id) {
      if let found = table.position(of: theirs.id) {
        entries[found].merge(theirs)
      } else {
        entries.append(theirs)
        table.set(theirs.id, position: entries.count - 1)
      }
    }
    if entries.count > sample.capacity { thin() }
  }
}
