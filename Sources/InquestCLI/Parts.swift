import ArgumentParser
import Correlation
import Findings
import Foundation
import InquestKit
import Records
import SurveyStore
import Surveys

struct SurveyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "survey",
    abstract: "Fold logs into a mergeable partial: the map of a map and reduce.",
    discussion:
      "Damage in the input is recorded in the partial and the status is 0, so that a cluster does not retry it."
  )

  @OptionGroup var input: InputOptions

  @Option(name: [.customShort("o"), .long], help: "The survey file.", completion: .file())
  var output: String

  @Flag(help: "Write over a file that exists.")
  var force = false

  @Flag(name: [.customShort("q"), .long], help: "Print nothing but errors.")
  var quiet = false

  func run() throws {
    Interrupt.install()
    let reading = try input.reading(stop: Interrupt.flag)
    let (survey, _, _) = try readSurvey(reading, input, quiet: quiet)
    try SurveyFile.write(survey, to: output, overwrite: force)
    if Interrupt.seen { throw Status(code: 130, message: nil) }
  }
}

struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Merge survey files: the reduce. The order does not matter.")

  @Argument(help: "Survey files.", completion: .file())
  var files: [String]

  @Option(name: [.customShort("o"), .long], help: "The merged survey file.", completion: .file())
  var output: String

  @Flag(help: "Write over a file that exists.")
  var force = false

  func run() throws {
    let (survey, notes) = try SurveyFile.merge(files)
    for note in notes { Output.error("inquest: \(note)") }
    try SurveyFile.write(survey, to: output, overwrite: force)
  }
}

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "From a survey file to the report.")

  @Argument(help: "The survey file.", completion: .file())
  var file: String

  @OptionGroup var known: KnowledgeOptions

  @Option(help: "The case's name; default: the file's.")
  var name: String?

  @OptionGroup var report: ReportOptions

  func run() throws {
    let survey = try SurveyFile.read(file)
    let stem = URL(filePath: file).deletingPathExtension().lastPathComponent
    var described = CaseManifest(name: name ?? stem)
    if let manifest = known.manifest {
      described = try CaseManifest(path: manifest, defaultName: name ?? stem)
    }
    if let name { described.knowledge.name = name }
    let newest = survey.accounts.values.map(\.last).filter(\.isKnown).max() ?? .unknown
    try known.apply(to: &described, now: newest)
    let result = findings(of: survey, knowledge: described.knowledge)
    let status = try report.deliver(result, options: [])
    if status != 0 { throw Status(code: status, message: nil) }
  }
}
