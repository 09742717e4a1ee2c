public import Records

/// How far a clock is ahead over time: straight pieces between knots, constant before the first and
/// after the last. Two knots at one time are a step.
///
/// No knots: a clock that is right.
public struct ClockCourse: Sendable, Equatable {
  public struct Knot: Sendable, Equatable {
    /// Nanoseconds since 1970.
    public var time: Int64
    /// Seconds that the clock is ahead; negative where it is behind.
    public var ahead: Double

    public init(time: Int64, ahead: Double) {
      self.time = time
      self.ahead = ahead
    }
  }

  /// In order of time.
  public private(set) var knots: [Knot]

  public init(_ knots: [Knot] = []) { self.knots = knots }

  public init(constant seconds: Double) {
    knots = seconds == 0 ? [] : [Knot(time: 0, ahead: seconds)]
  }

  /// - Parameter includesStep: whether a step just at `time` has happened.
  /// - Complexity: linear in the knots, of which there are a handful.
  public func ahead(at time: Int64, includesStep: Bool = true) -> Double {
    guard let first = knots.first else { return 0 }
    var before = first
    for knot in knots {
      if includesStep ? knot.time > time : knot.time >= time {
        guard knot.time > before.time, time >= before.time else { return before.ahead }
        let share = (Double(time) - Double(before.time)) / (Double(knot.time) - Double(before.time))
        return before.ahead + share * (knot.ahead - before.ahead)
      }
      before = knot
    }
    return before.ahead
  }

  /// What a record that bears `time` is set back to.
  public func corrected(_ time: Timestamp) -> Timestamp {
    var result = time
    let shift = (ahead(at: time.nanoseconds) * 1e9).rounded()
    guard let nanoseconds = Int64(exactly: shift) else { return time }
    result.nanoseconds = time.nanoseconds.subtractingReportingOverflow(nanoseconds).partialValue
    return result
  }

  /// The same course by the times that the clock itself shows, as records bear them.
  public var asShown: ClockCourse {
    ClockCourse(
      knots.map {
        Knot(
          time: $0.time.addingReportingOverflow(Int64(exactly: ($0.ahead * 1e9).rounded()) ?? 0)
            .partialValue, ahead: $0.ahead)
      })
  }

  /// Both together, or what one is ahead of the other with `sign` -1.
  public func adding(_ other: ClockCourse, sign: Double = 1) -> ClockCourse {
    if other.knots.isEmpty { return self }
    // The time of a lone knot says nothing.
    let changing = [self, other].filter { $0.knots.count > 1 }.flatMap(\.knots)
    guard !changing.isEmpty else {
      return ClockCourse(constant: ahead(at: 0) + sign * other.ahead(at: 0))
    }
    var result: [Knot] = []
    for time in Set(changing.map(\.time)).sorted() {
      let before =
        ahead(at: time, includesStep: false) + sign * other.ahead(at: time, includesStep: false)
      let after = ahead(at: time) + sign * other.ahead(at: time)
      result.append(Knot(time: time, ahead: before))
      // Less is the rounding of a straight piece.
      if abs(after - before) > 1e-6 { result.append(Knot(time: time, ahead: after)) }
    }
    return ClockCourse(result)
  }

  /// The knot farthest off.
  public var extreme: Double { knots.map(\.ahead).max { abs($0) < abs($1) } ?? 0 }

  /// The largest step, and when.
  public var step: (time: Int64, seconds: Double)? {
    zip(knots, knots.dropFirst()).filter { $0.time == $1.time }
      .map { ($0.time, $1.ahead - $0.ahead) }.max { abs($0.1) < abs($1.1) }
  }

  /// Seconds gained in a day between the first and the last knot, steps left out; 0 where it keeps
  /// pace.
  public var drift: Double {
    guard let first = knots.first, let last = knots.last, last.time > first.time else { return 0 }
    let steps = zip(knots, knots.dropFirst()).filter { $0.time == $1.time }
      .reduce(0) { $0 + $1.1.ahead - $1.0.ahead }
    return (last.ahead - first.ahead - steps) / (Double(last.time) - Double(first.time)) * 86_400e9
  }
}
