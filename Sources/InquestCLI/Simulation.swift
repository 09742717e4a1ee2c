public import ArgumentParser
import Findings
import Foundation
import InquestKit
import Simulator

extension Scale: ExpressibleByArgument {}

struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the logs of a simulated outage, and its truth beside them.",
    discussion: """
      EXAMPLES
        inquest simulate list
        inquest simulate skype-2010 --seed 7 --scale small -o sim
        inquest sim/logs
        inquest score sim
      """)

  @Argument(help: "A scenario, or: list.")
  var scenario: String

  @Option(help: "The same seed gives the same logs.")
  var seed: UInt64 = 1

  @Option(help: "small, medium or large, of the peer-to-peer scenarios.")
  var scale: Scale = .small

  @Option(
    help: "For web-curve: a file of requests a minute, one number a line, that arrivals follow.",
    completion: .file())
  var rates: String?

  @Option(help: "For web-curve: how many times the shop's usual load comes.")
  var load: Double = 1

  @Option(
    name: [.customShort("o"), .long], help: "Folder for logs/ and truth.json.",
    completion: .directory)
  var output: String?

  @Flag(name: [.customShort("q"), .long], help: "Print nothing but errors.")
  var quiet = false

  func run() throws {
    if scenario == "list" {
      let all =
        Scenario.all.map { ($0.name, $0.title, $0.summary) }
        + WebScenario.all.map { ($0.name, $0.title, $0.summary) }
      for (name, title, summary) in all {
        try Output.write(
          name.padding(toLength: 20, withPad: " ", startingAt: 0) + title + "\n"
            + String(repeating: " ", count: 20) + summary + "\n")
      }
      return
    }
    let network = Scenario.named(scenario)
    let web = try rates.map { try curve($0, load) } ?? WebScenario.named(scenario)
    guard network != nil || web != nil else {
      let names = Scenario.all.map(\.name) + WebScenario.all.map(\.name)
      throw Status.usage(
        "no scenario is called \"\(scenario)\"; known: \(names.joined(separator: ", ")).")
    }
    guard let output else { throw Status.usage("simulate needs a folder: -o DIR.") }
    let folder = URL(filePath: output)
    let logs = folder.appending(path: "logs").path
    if FileManager.default.fileExists(atPath: logs) {
      throw Status.failure("\(logs) exists. Name another folder, or remove it first.")
    }
    let result: SimulationResult
    if let web {
      result = try simulate(web, seed: seed, into: folder)
    } else if let network {
      result = try simulate(network, seed: seed, scale: scale, into: folder)
    } else {
      return
    }
    guard !quiet else { return }
    try Output.write(
      "\(result.lines) lines in \(result.files) files, \(result.bytes / 1000) kB, in \(logs)\n")
    for (name, value) in result.facts.sorted(by: { $0.key < $1.key }) {
      try Output.write(
        "  " + name.padding(toLength: 28, withPad: " ", startingAt: 0)
          + String(format: "%.3f", value) + "\n")
    }
  }
}

/// The scenario whose arrivals follow the numbers in a file.
private func curve(_ path: String, _ load: Double) throws -> WebScenario {
  let text = try String(contentsOfFile: path, encoding: .utf8)
  let numbers = text.split(separator: "\n").compactMap { Double($0) }
  guard numbers.count >= 60, numbers.allSatisfy({ $0 >= 0 && $0 < 1e9 }) else {
    throw Status.usage("\(path) must hold sixty numbers or more, one a line.")
  }
  guard load > 0, load <= 100 else { throw Status.usage("--load is a number up to 100.") }
  return .crowd(following: numbers, load: load)
}

struct Score: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Verdicts against known truth.",
    discussion:
      "Reads folders that hold logs/ and truth.json, at any depth below DIR. Prints a table with probabilities, the share that is right, and the Brier score."
  )

  @Argument(help: "Folders.", completion: .directory)
  var directories: [String]

  @Option(name: [.customShort("F"), .long], help: "text or jsonl.")
  var outputFormat = "text"

  @Option(name: [.customShort("j"), .long], help: "Threads; default: the cores.")
  var jobs: Int = 0

  func run() throws {
    var folders: [String] = []
    for directory in directories { folders += caseFolders(directory) }
    guard !folders.isEmpty else {
      throw Status.usage(
        "no folder with logs/ and truth.json is below \(directories.joined(separator: ", ")).")
    }
    var scores: [CaseScore] = []
    for folder in folders.sorted() {
      let score = try scoreCase(folder, jobs: jobs)
      scores.append(score)
      if outputFormat == "jsonl" { try Output.write(score.json + "\n") }
    }
    if outputFormat != "jsonl" { try Output.write(scoreTable(scores)) }
  }

  private func caseFolders(_ path: String) -> [String] {
    let manager = FileManager.default
    if manager.fileExists(atPath: path + "/truth.json"), manager.fileExists(atPath: path + "/logs")
    {
      return [path]
    }
    return ((try? manager.contentsOfDirectory(atPath: path)) ?? []).sorted().flatMap {
      name -> [String] in
      var isFolder: ObjCBool = false
      let next = path + "/" + name
      return unsafe manager.fileExists(atPath: next, isDirectory: &isFolder) && isFolder.boolValue
        && name != "logs" ? caseFolders(next) : []
    }
  }
}
