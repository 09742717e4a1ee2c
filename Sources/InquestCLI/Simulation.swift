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

  @Option(help: "small, medium or large.")
  var scale: Scale = .small

  @Option(
    name: [.customShort("o"), .long], help: "Folder for logs/ and truth.json.",
    completion: .directory)
  var output: String?

  @Flag(name: [.customShort("q"), .long], help: "Print nothing but errors.")
  var quiet = false

  func run() throws {
    if scenario == "list" {
      for item in Scenario.all {
        try Output.write(
          item.name.padding(toLength: 18, withPad: " ", startingAt: 0) + item.title + "\n"
            + String(repeating: " ", count: 18) + item.summary + "\n")
      }
      return
    }
    guard let chosen = Scenario.named(scenario) else {
      throw Status.usage(
        "no scenario is called \"\(scenario)\"; known: \(Scenario.all.map(\.name).joined(separator: ", "))."
      )
    }
    guard let output else { throw Status.usage("simulate needs a folder: -o DIR.") }
    let folder = URL(filePath: output)
    let logs = folder.appending(path: "logs").path
    if FileManager.default.fileExists(atPath: logs) {
      throw Status.failure("\(logs) exists. Name another folder, or remove it first.")
    }
    let result = try simulate(chosen, seed: seed, scale: scale, into: folder)
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
