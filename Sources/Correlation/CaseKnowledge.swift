public import Records

/// What the people of the case say beside the logs: the manifest, as far as analysis needs it.
public struct CaseKnowledge: Sendable {
  public struct Note: Sendable, Hashable {
    public var time: Timestamp
    public var text: String
    /// Glob of hosts or paths; empty: everywhere.
    public var place: String
    public init(time: Timestamp, text: String, place: String) {
      self.time = time
      self.text = text
      self.place = place
    }
  }

  public var name: String
  /// Users that would be online at the busiest hour.
  public var expectedUsers: Double?
  /// Share of users by segment.
  public var segments: [(name: String, share: Double)]
  public var changes: [Note]
  public var mitigations: [Note]
  public var communications: [Note]
  /// Who asks whom: roles, services or hosts.
  public var topology: [(from: String, to: String)] = []
  /// Share of a service's operations that should succeed.
  public var objectives: [(service: String, success: Double)] = []
  /// Remedy that is planned for a segment.
  public var compensation: [(segment: String, grant: String)]
  /// How hosts' clocks were found, where the logs were read again with those that are off set right;
  /// `nil` where nothing was set right.
  public var clocks: [ClockOffset]?
  /// Where addresses belong, if the user brought files that tell.
  public var place: (@Sendable (String) -> AddressPlace?)?
  /// What those files say of themselves.
  public var placeSources: [String] = []
  /// Baseline that the user asked for.
  public var baseline: (from: Timestamp, to: Timestamp)?

  public init(name: String = "case") {
    self.name = name
    segments = []
    changes = []
    mitigations = []
    communications = []
    compensation = []
  }
}
