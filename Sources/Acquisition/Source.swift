public import Records

/// Where a source's bytes are.
public enum Location: Sendable, Hashable {
  case file(String)
  case standardInput
  /// A member of an archive: the archive's path, and the member's place in it; within an archive in
  /// an archive one place for each.
  case member(String, [Int])
  /// Journal files of one folder, read as one.
  case journal([String])
}

/// One log stream.
public struct Source: Sendable, Hashable {
  /// Path relative to the case's root, or `-`. A label only: it is never opened.
  public var label: String
  public var location: Location
  public var modified: Timestamp
  /// Size on disk; -1 for a pipe.
  public var size: Int64
  /// Label without what rotation adds to it: `logs/a/access.log` for `logs/a/access.log.2.gz`.
  public var family: String
  /// Sorts the members of a family, oldest first.
  public var age: RotationAge
  public var limits = ArchiveLimits()

  public init(label: String, location: Location, modified: Timestamp, size: Int64) {
    self.label = label
    self.location = location
    self.modified = modified
    self.size = size
    (family, age) = rotation(of: label)
  }
}
