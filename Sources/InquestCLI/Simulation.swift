import ArgumentParser
import Foundation

struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Logs of a simulated outage with known truth.")
  func run() throws {}
}

struct Score: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Verdicts against known truth.")
  func run() throws {}
}
