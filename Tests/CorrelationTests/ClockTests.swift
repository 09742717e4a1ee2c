import Records
import Surveys
import TestSupport
import Testing

@testable import Correlation

@Suite("Clocks")
struct ClockTests {
  private static let start: Int64 = 1_700_000_000_000_000_000
  private static let hour: Int64 = 3_600_000_000_000

  /// Differences over eight hours: what `ahead` says at each second, and half a second of noise.
  private func differences(_ count: Int, _ ahead: (Double) -> Double) -> [(
    time: Int64, ahead: Double
  )] {
    var numbers = SplitMix(state: 7)
    return (0..<count).map { _ in
      let second = Double.random(in: 0..<28_800, using: &numbers)
      let noise = Double.random(in: -0.5...0.5, using: &numbers)
      return (ClockTests.start + Int64(second * 1e9), ahead(second) + noise)
    }
  }

  @Test("a course by shown times sets a clock's records back to the true ones")
  func shown() {
    let courses = [
      ClockCourse(constant: -312.5),
      ClockCourse([
        .init(time: ClockTests.start, ahead: 20),
        .init(time: ClockTests.start + 8 * ClockTests.hour, ahead: -40),
      ]),
      ClockCourse([
        .init(time: ClockTests.start + ClockTests.hour, ahead: -90),
        .init(time: ClockTests.start + ClockTests.hour, ahead: 0),
      ]),
    ]
    for course in courses {
      for minute in stride(from: Int64(1), to: 480, by: 7) {
        let time = ClockTests.start + minute * 60_000_000_000 + 1
        let shown = time + Int64((course.ahead(at: time) * 1e9).rounded())
        let back = course.asShown.corrected(Timestamp(nanoseconds: shown))
        #expect(abs(back.nanoseconds - time) < 100_000_000, "\(course) at minute \(minute)")
      }
    }
  }

  @Test("sums of courses are sums at every time")
  func sums() {
    let a = ClockCourse([.init(time: 100, ahead: 1), .init(time: 200, ahead: 3)])
    let b = ClockCourse([.init(time: 150, ahead: 5), .init(time: 150, ahead: -5)])
    for (x, y) in [(a, b), (b, a), (a, a), (b, ClockCourse(constant: 2)), (ClockCourse(), a)] {
      for sign in [1.0, -1] {
        let sum = x.adding(y, sign: sign)
        for time in stride(from: Int64(50), through: 250, by: 5) {
          #expect(abs(sum.ahead(at: time) - x.ahead(at: time) - sign * y.ahead(at: time)) < 1e-9)
        }
      }
    }
  }

  @Test("constant, drifting and set clocks are told apart")
  func fits() throws {
    let constant = try #require(fitClock(differences(400) { _ in 41 }, leastStep: 2))
    #expect(constant.course.knots.count == 1)
    #expect(abs(constant.course.extreme - 41) < 0.2)

    let drifting = try #require(
      fitClock(differences(400) { 3 + $0 * 20 / 28_800 }, leastStep: 2))
    #expect(drifting.course.step == nil)
    #expect(abs(drifting.course.drift - 60) < 2)

    let set = try #require(fitClock(differences(400) { $0 < 9000 ? 12 : 0 }, leastStep: 2))
    let step = try #require(set.course.step)
    #expect(abs(step.seconds + 12) < 0.3)
    #expect(abs(Double(step.time - ClockTests.start) / 1e9 - 9000) < 300)
  }

  @Test("waiting that grows and passes is no clock's doing")
  func waiting() throws {
    let overload = differences(600) { second in
      second > 12_000 && second < 20_000 ? min(30, (second - 12_000) / 100) : 0
    }
    let found = try #require(fitClock(overload, leastStep: ClockDefault.leastLoneStep))
    #expect(found.course.knots.count == 1)
    #expect(abs(found.course.extreme) < 1)
  }

  @Test("hosts of a service are compared by their bursts where requests tell nothing")
  func bursts() throws {
    var numbers = SplitMix(state: 11)
    var surveyor = Surveyor()
    var swarms: [Int64] = []
    for second in Int64(0)..<14_400 where Int.random(in: 0..<40, using: &numbers) == 0 {
      swarms.append(second)
    }
    for (host, ahead) in [("web-1", Int64(0)), ("web-2", 0), ("web-3", 137)] {
      let source = SourceContext(
        label: "\(host)/app.log", role: .server, host: host, service: "app")
      var account = SourceAccount(id: source.id, label: source.label)
      account.host = host
      account.service = "app"
      surveyor.account(account)
      for swarm in swarms {
        for _ in 0..<Int.random(in: 4..<30, using: &numbers) {
          var record = LogRecord()
          record.time = Timestamp(seconds: 1_700_000_000 + swarm + ahead)
          record.severity = .info
          surveyor.observe(
            record, frame: [0x61].span, in: source, at: FramePosition(offset: 0, line: 1))
        }
      }
    }
    let clocks = clockOffsets(surveyor.finish())
    let off = clocks.filter(\.isOff)
    #expect(off.map(\.host) == ["web-3"])
    #expect(abs((off.first?.seconds ?? 0) - 137) <= 5)
    #expect(off.map(\.isByBursts) == [true])
  }
}
