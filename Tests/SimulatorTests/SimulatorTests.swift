import Foundation
import Simulator
import TestSupport
import Testing

@Suite("Simulator")
struct SimulatorTests {
  @Test("the collapse of 2010 emerges with the published ratios", arguments: [11, 12] as [UInt64])
  func ratios(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    let scenario = try #require(Scenario.named("skype-2010"))
    let facts = try simulate(scenario, seed: seed, scale: .small, into: folder.url).facts
    func fact(_ name: String) -> Double { facts[name] ?? .nan }
    #expect((0.4...0.6).contains(fact("sickVersionShare")))
    #expect((0.25...0.55).contains(fact("crashShareOfSickVersion")))
    #expect((0.1...0.45).contains(fact("supernodesLostByCrash")))
    #expect(fact("loadRatioPeak") > 20)
    #expect(fact("usersOnlineLowestShare") < 0.35)
    #expect(fact("usersOnlineFinalShare") > 0.75)
  }

  @Test("the same seed gives the same bytes")
  func determinism() throws {
    let scenario = try #require(Scenario.named("quiet-day"))
    let a = try TemporaryFolder()
    let b = try TemporaryFolder()
    _ = try simulate(scenario, seed: 3, scale: .small, into: a.url)
    _ = try simulate(scenario, seed: 3, scale: .small, into: b.url)
    for path in ["truth.json", "logs/ops-1/operations.log.gz", "logs/telemetry-eu/client.log.gz"] {
      #expect(
        try Data(contentsOf: a.url.appending(path: path))
          == Data(contentsOf: b.url.appending(path: path)))
    }
  }

  @Test("nothing in the logs tells the scenario")
  func secrecy() throws {
    let scenario = try #require(Scenario.named("sybil-wave"))
    let folder = try TemporaryFolder()
    _ = try simulate(scenario, seed: 2, scale: .small, into: folder.url)
    let logs = folder.url.appending(path: "logs")
    let manifest = try String(
      contentsOf: logs.appending(path: "inquest.yml"), encoding: .utf8
    ).lowercased()
    for word in ["sybil", "attack", "overload", "hostile", "scenario", "truth"] {
      #expect(!manifest.contains(word))
    }
    #expect(!FileManager.default.fileExists(atPath: logs.appending(path: "truth.json").path))
  }
}
