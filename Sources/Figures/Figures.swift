/// Placeholder of the figure model while it is drawn elsewhere.
public enum Figure: Sendable, Codable, Equatable {
  case none
  public var id: String { "" }
}
