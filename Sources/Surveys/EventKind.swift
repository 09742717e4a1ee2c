/// What a record says happened to a program, a machine or a service, as far as its words tell.
public enum EventKind: UInt8, CaseIterable, Sendable, Codable {
  case none
  case start, stop, restart
  case crash, outOfMemory
  /// A process leaves by itself because its operating limits are exceeded.
  case selfProtection
  /// A limit was hit: descriptors, connections, queue, pool, memory, disk.
  case exhaustion
  /// Something on the other side was lost: session, leader, upstream, supernode.
  case lost
  case join, leave
  case deploy, configuration, redeployment, failover
  /// Requests are admitted by rate, or shed.
  case throttle
  /// Something was said to the public.
  case statement
  /// A person or a machine was alarmed.
  case alarm
  /// A packet or connection that nobody asked for arrived.
  case unsolicited
  /// A logger says that it dropped messages.
  case suppressed

  /// Short name for tables and files.
  public var name: String {
    switch self {
    case .none: "none"
    case .start: "start"
    case .stop: "stop"
    case .restart: "restart"
    case .crash: "crash"
    case .outOfMemory: "out of memory"
    case .selfProtection: "self-protective exit"
    case .exhaustion: "limit reached"
    case .lost: "connection lost"
    case .join: "join"
    case .leave: "leave"
    case .deploy: "deployment"
    case .configuration: "configuration change"
    case .redeployment: "redeployment"
    case .failover: "fail-over"
    case .throttle: "throttling"
    case .statement: "public statement"
    case .alarm: "alarm"
    case .unsolicited: "unsolicited packet"
    case .suppressed: "messages dropped"
    }
  }

  /// Steps that operators or their automation take.
  public var isOperatorStep: Bool {
    switch self {
    case .deploy, .configuration, .redeployment, .failover, .throttle, .statement, .alarm: true
    default: false
    }
  }
}
