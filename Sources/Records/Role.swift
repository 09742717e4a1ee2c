/// What kind of machine or program wrote a source.
public enum Role: String, Sendable, Codable, CaseIterable {
  case client, supernode, server, proxy, support, host, operations, unknown
}
