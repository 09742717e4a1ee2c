public import Records

/// A place in a source where times go back and stay back: a clock was set, a local time was folded, or
/// files were put together in the wrong order.
public struct ClockStep: Sendable, Hashable, Comparable {
  /// Of the first record after the step.
  public var line: UInt64
  public var from: Timestamp
  public var to: Timestamp

  /// Largest first: those are kept.
  public static func < (a: ClockStep, b: ClockStep) -> Bool {
    let (first, second) = (a.seconds, b.seconds)
    return first != second
      ? first > second : (a.line, a.to.nanoseconds) < (b.line, b.to.nanoseconds)
  }

  public var seconds: Int64 { from.seconds &- to.seconds }

  /// Records bear the time at which a request began, or were written by several threads: less than
  /// this is disorder.
  public static let leastSeconds: Int64 = 60
  /// So many records behind one another must stay back, or it was one that came late.
  public static let confirmations = 4
}

/// Watches the times of records that follow one another in one block.
struct ClockWatch {
  private var before: Timestamp = .unknown
  private var candidate: ClockStep?
  private var confirmed = 0

  /// - Returns: a step that is certain by now.
  @inline(__always)
  mutating func see(_ time: Timestamp, line: UInt64) -> ClockStep? {
    defer { if candidate == nil { before = time } }
    guard
      candidate != nil || before.isKnown && time.seconds < before.seconds &- ClockStep.leastSeconds
    else { return nil }
    return judge(time, line)
  }

  @inline(never)
  private mutating func judge(_ time: Timestamp, _ line: UInt64) -> ClockStep? {
    guard let step = candidate else {
      candidate = ClockStep(line: line, from: before, to: time)
      confirmed = 1
      return nil
    }
    guard time.seconds < step.from.seconds &- ClockStep.leastSeconds else {
      candidate = nil
      return nil
    }
    confirmed += 1
    guard confirmed >= ClockStep.confirmations else { return nil }
    candidate = nil
    return step
  }
}
