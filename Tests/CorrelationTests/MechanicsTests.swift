import Foundation
import Records
import Surveys
import Testing

@testable import Correlation

@Suite("Mechanics")
struct MechanicsTests {
  private let frame = CaseFrame(start: 1_700_006_400, width: 60, count: 600)

  private func signal(
    _ kind: SignalKind, _ name: String = "", values: (Int) -> Double,
    attempts: ((Int) -> Double)? = nil
  ) -> Signal {
    let all = 0..<frame.count
    return Signal(
      id: "\(kind)/web/\(name)", kind: kind, service: "web", name: name, role: .unknown,
      values: all.map(values), attempts: attempts.map { all.map($0) } ?? [],
      isMean: kind == .gauge, series: [])
  }
  private func at(_ minute: Int) -> Int64 { frame.second(ofIndex: minute) }

  @Test(
    "a pool that is full when the harm begins is a ceiling; what fills later, or was as full, is not"
  )
  func ceiling() {
    let onset = Dated(at: at(300), earliest: at(299), latest: at(301))
    func found(_ values: @escaping (Int) -> Double) -> [Ceiling] {
      ceilings(
        [signal(.gauge, "pool", values: values)], frame: frame, from: at(0), onset: onset,
        end: at(400))
    }
    let full = found { (300..<360).contains($0) ? 50 : 20 + Double($0 % 5) }
    #expect(full.map(\.height) == [50])
    #expect(full.first?.from == at(300))
    #expect(found { (330..<360).contains($0) ? 50 : 20 + Double($0 % 5) }.isEmpty)
    #expect(found { _ in 50 }.isEmpty)
    #expect(found { (300..<360).contains($0) ? 30 + Double($0 % 20) : 20 }.isEmpty)
  }

  @Test(
    "what comes back under half of the load that it fell under has hysteresis, and its cure is named"
  )
  func hysteresis() throws {
    let asked = { (i: Int) -> Double in i < 300 ? 100 : i < 420 ? 300 : 40 }
    let failing = signal(
      .failures, values: { (300..<420).contains($0) ? 250 : 0 }, attempts: asked)
    let run = Run(
      signal: failing, direction: .up, onset: Dated(exactly: at(300)), end: at(420),
      isOpenEnded: false, alarm: at(301), usual: 0, mean: 250, peak: 250, peakAt: at(310),
      excess: 30_000, share: 0.8, usualShare: 0, strength: 900, citations: [])
    var incident = Incident(
      onset: run.onset, end: at(420), isOpenEnded: false, runs: [run], weight: 1)
    let effect = StepEffect(
      signal: failing.id, service: "web", quantity: "failed operations of web", before: 250,
      after: 0, size: -9, isHarm: true)
    let step = OperatorStep(
      kind: .throttle, from: at(410), to: at(410), count: 1, text: "limit 40", targets: [],
      citations: [], isFromManifest: true, effects: [effect])
    let back = try #require(comeback([failing], [step], incident, frame: frame))
    #expect(back.askedAtOnset == 100)
    #expect(back.askedAtEnd == 40)
    #expect(back.hasHysteresis)
    #expect(back.cure?.text == "limit 40")
    incident.isOpenEnded = true
    #expect(comeback([failing], [step], incident, frame: frame) == nil)
  }

  @Test("a return by doubling, one along a line, and one that stands still are told apart")
  func returns() throws {
    func level(_ course: (Double) -> Double) -> ServedLevel {
      let values = (0..<frame.count).map { i -> Double in
        i < 100 ? 1000 : max(0, min(1000, course(Double(i - 100)) * 1000))
      }
      let reached = [0.5, 0.8, 0.9].compactMap { share -> (share: Double, at: Int64)? in
        values.indices.first { $0 > 100 && values[$0] >= share * 1000 }.map { (share, at($0)) }
      }
      return ServedLevel(
        name: "users_online", isGauge: true, values: values,
        expected: [Double](repeating: 1000, count: frame.count), usualShares: nil, method: "",
        lowest: values[100], lowestAt: at(100), lowestShare: values[100] / 1000, finalShare: 1,
        reached: reached, missing: 0, dips: 0, disagreement: nil, otherCounter: nil)
    }
    func course(_ level: ServedLevel, hasLimits: Bool = false) throws -> ReturnCourse {
      try #require(returnCourse(level, [], hasLimits: hasLimits, frame: frame))
    }
    // Doubles each hour from a tenth.
    let doubling = try course(level { 0.1 * exp($0 / 60 * logarithm(2)) })
    #expect(!doubling.isStraight)
    #expect(abs((doubling.told ?? 0) - 3600) < 60)
    guard case .organic = doubling.kind else {
      Issue.record("\(doubling.kind)")
      return
    }
    let straight = try course(level { 0.1 + 0.2 * $0 / 60 }, hasLimits: true)
    #expect(straight.isStraight)
    #expect(abs(straight.slope - 0.2) < 0.01)
    guard case .throttled = straight.kind else {
      Issue.record("\(straight.kind)")
      return
    }
    let still = try course(level { 0.1 + 0.4 * min($0, 60) / 60 + 0.5 * max(0, $0 - 240) / 120 })
    guard case .stalled(let from, let until, let share) = still.kind else {
      Issue.record("\(still.kind)")
      return
    }
    #expect(abs(from - at(158)) <= 300 && abs(until - at(345)) <= 600)
    #expect(abs(share - 0.5) < 0.05)
    #expect(still.told == nil)
  }
}
