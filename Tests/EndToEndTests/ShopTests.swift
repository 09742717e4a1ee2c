import Correlation
import Findings
import Foundation
import InquestKit
import Simulator
import TestSupport
import Testing
import Verdicts

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

  private func report(_ name: String, seed: UInt64) throws -> Findings {
    let folder = try TemporaryFolder()
    let scenario = try #require(WebScenario.named(name))
    _ = try simulate(scenario, seed: seed, into: folder.url)
    let reading = try CaseReading(
      paths: [folder.url.appending(path: "logs").path], manifestPath: nil,
      options: ReadingOptions())
    let read = try reading.surveyWithClocks()
    var knowledge = reading.manifest.knowledge
    knowledge.clocks = read.clocks
    return findings(of: read.survey, knowledge: knowledge)
  }

  private func says(_ findings: Findings, _ words: String) -> Bool {
    findings.evidence.contains { $0.statement.plain.contains(words) }
  }

  @Test("a flood changes what requests are made up of; a sick host does not")
  func mixtures() throws {
    let flood = try report("web-flood", seed: 36)
    let notable = flood.mixes.filter(\.isNotable).map(\.aspect)
    #expect(Set(["address", "agent", "operation"]).isSubset(of: notable))
    #expect(flood.mixes.first { $0.aspect == "agent" }?.moved.first?.isNew == true)
    #expect(says(flood, "It came with the strangers."))
    let sick = try report("web-sick-host", seed: 37)
    #expect(sick.mixes.map(\.aspect).contains("agent"))
    #expect(sick.mixes.filter { $0.isNotable && $0.aspect != "version" }.isEmpty)
    #expect(says(sick, "is as before: the mixture of"))
  }

  @Test("a worker that crashes on one job is seen to crash and start by turns")
  func loop() throws {
    let stuck = try report("web-stuck-queue", seed: 38)
    #expect(says(stuck, "crashed and was started by turns"))
    #expect(stuck.patterns.contains { $0.id == "crash-loop" })
  }
}
