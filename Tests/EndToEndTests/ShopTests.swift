import Findings
import Foundation
import InquestKit
import Simulator
import TestSupport
import Testing

/// Whole cases of a system that is no peer-to-peer network.
@Suite("A web shop")
struct ShopTests {
  private func score(_ name: String, seed: UInt64) throws -> CaseScore {
    let folder = try TemporaryFolder()
    let scenario = try #require(WebScenario.named(name))
    _ = try simulate(scenario, seed: seed, into: folder.url)
    return try scoreCase(folder.url.path, jobs: 0)
  }

  @Test("one sick host among four: named first, dated to the minute, clocks set right")
  func sickHost() throws {
    let found = try score("web-sick-host", seed: 31)
    #expect(found.verdict == "overload")
    #expect(found.culpritRank == 1)
    #expect(abs(found.onsetError ?? .infinity) <= 60)
    #expect(found.clockErrors.count == 1)
    #expect(found.clockErrors.allSatisfy { $0 < 2 })
    #expect(found.wrongClocks == 0)
    #expect(abs((found.failedRatio ?? 0) - 1) < 0.1)
  }

  @Test("a flood of strangers is an attack, and they are named")
  func flood() throws {
    let found = try score("web-flood", seed: 32)
    #expect(found.verdict == "attack" || found.verdict == "mixed")
    #expect(found.culpritRank == 1)
    #expect(abs(found.onsetError ?? .infinity) <= 60)
  }

  @Test("guessing that sixty addresses share is found though none stands out")
  func guessing() throws {
    let found = try score("web-guessing", seed: 33)
    #expect(found.verdict == "attack")
    #expect(abs(found.onsetError ?? .infinity) <= 60)
  }

  @Test("a crowd that behaves is no attack; a quiet day is quiet")
  func peaceful() throws {
    #expect(try score("web-crowd", seed: 34).verdict == "overload")
    #expect(try score("web-quiet", seed: 35).verdict == "benign")
  }
}
