import Acquisition
import ArgumentParser
import Correlation
import Findings
import Foundation
import InquestKit
import PostMortem
import Records
import Surveys
import Synchronization

/// What becomes of findings: shared by `analyze` and `report`.
struct ReportOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .long],
    help: "Folder of the report; default: Reports/<case>/.", completion: .directory)
  var output: String?

  @Flag(help: "Print findings.json instead of the summary.")
  var json = false

  @Flag(help: "Write into a folder that holds other files.")
  var force = false

  @Flag(name: [.customShort("q"), .long], help: "Print nothing but errors.")
  var quiet = false

  @Option(help: "Colours: auto, always or never.")
  var color: ColorMode = .auto

  @Option(help: "Leave with status 4 on these verdicts: attack, overload, mixed, open; repeat.")
  var failOn: [String] = []

  @Option(help: "Leave with status 3 if a smaller share of the frames was understood, 0 to 1.")
  var minCoverage: Double = 0

  /// Writes, prints, and returns the exit status.
  func deliver(_ findings: Findings, options: [(name: String, value: String)]) throws -> Int32 {
    for name in failOn where !["attack", "overload", "mixed", "open", "benign"].contains(name) {
      throw Status.usage("--fail-on knows attack, overload, mixed and open, not \"\(name)\".")
    }
    let folder = output ?? "Reports/" + safeName(findings.caseName)
    let files = try reportFiles(
      findings,
      facts: RunFacts(
        toolVersion: inquestVersion, commandLine: ["inquest"] + CommandLine.arguments.dropFirst(),
        options: options))
    do {
      try writeReport(files, to: folder, force: force)
    } catch {
      throw Status.failure("\(error)")
    }
    if json {
      try Output.write(try findingsJSON(findings))
    } else if !quiet {
      try Output.write(
        terminalSummary(
          findings, reportPath: folder + "/post-mortem.md", color: Output.wantsColor(color),
          width: Output.width))
    }
    if failOn.contains(findings.verdict.class) { return 4 }
    let all = Double(findings.coverage.records + findings.coverage.unparsed)
    let share = all > 0 ? Double(findings.coverage.records) / all : 0
    if findings.coverage.damaged > 0 || share < minCoverage { return 3 }
    return 0
  }

  private func safeName(_ name: String) -> String {
    let kept = name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" }
    let text = String(kept).trimmingCharacters(in: CharacterSet(charactersIn: "."))
    return text.isEmpty ? "case" : text
  }
}

/// First SIGINT: stop reading and report what there is. Second: leave.
enum Interrupt {
  static let flag = StopFlag()
  private static let count = Atomic<Int>(0)

  static var seen: Bool { flag.isSet }

  static func install() {
    // Without SA_RESTART: a blocking read must return when the signal comes.
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = { _ in
      if Interrupt.count.add(1, ordering: .relaxed).newValue > 1 { _exit(130) }
      Interrupt.flag.set()
    }
    unsafe sigaction(SIGINT, &action, nil)
  }
}

struct Analyze: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Examine logs: report, figures, findings. The default command.")

  @OptionGroup var input: InputOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    Interrupt.install()
    let reading = try input.reading(stop: Interrupt.flag)
    let (survey, skipped, clocks) = try readSurvey(
      reading, input, quiet: report.quiet, settingClocks: true)
    let readable = survey.accounts.values.contains { $0.records > 0 }
    guard readable else {
      throw Status(code: 2, message: nothingReadable(survey, skipped))
    }
    let result = findingsOf(survey, reading, clocks: clocks, incomplete: Interrupt.seen)
    var status = try report.deliver(result, options: optionFacts(reading.options))
    if Interrupt.seen { status = 130 }
    if status != 0 { throw Status(code: status, message: nil) }
  }
}

/// Reads a case with progress, and says what was left out.
///
/// - Parameter settingClocks: whether to read again where clocks are off.
/// - Returns: also how clocks were found, if they were looked at.
func readSurvey(
  _ reading: CaseReading, _ input: InputOptions, quiet: Bool, settingClocks: Bool = false
) throws -> (Survey, [Inventory.Skipped], [ClockOffset]?) {
  let line = ProgressLine(enabled: !input.noProgress && !quiet)
  let result: (survey: Survey, skipped: [Inventory.Skipped], clocks: [ClockOffset]?)
  let show: @Sendable (InquestKit.Progress) -> Void = { progress in
    line.show(
      read: progress.bytesRead, total: progress.bytesTotal, done: progress.sourcesDone,
      sources: progress.sources)
  }
  do {
    if settingClocks {
      let found = try reading.surveyWithClocks(progress: show)
      result = (found.survey, found.skipped, found.clocks)
    } else {
      let found = try reading.survey(progress: show)
      result = (found.survey, found.skipped, nil)
    }
  } catch let error as ReadingError {
    throw Status.usage(error.description)
  }
  line.clear()
  for note in reading.manifest.notes { Output.error("inquest: \(note)") }
  for item in result.skipped.prefix(12) {
    Output.error("inquest: left out \(item.label): \(item.reason)")
  }
  if result.skipped.count > 12 {
    Output.error("inquest: left out \(result.skipped.count - 12) more.")
  }
  return result
}

func nothingReadable(_ survey: Survey, _ skipped: [Inventory.Skipped]) -> String {
  var text = "inquest: no record with a time could be read."
  for account in survey.accounts.values.sorted(by: { $0.label < $1.label }).prefix(5) {
    text += "\n  \(printable(account.label)): \(account.formatReason)"
    for damage in account.damages.prefix(2) {
      text += "\n    \(damage.kind) at byte \(damage.compressedOffset): \(damage.detail)"
    }
  }
  if survey.accounts.isEmpty, skipped.isEmpty { text += " There is no file to read." }
  return text + "\nTry inquest formats detect PATH, or name the format with --format."
}

func findingsOf(
  _ survey: Survey, _ reading: CaseReading, clocks: [ClockOffset]?, incomplete: Bool
) -> Findings {
  var knowledge = reading.manifest.knowledge
  knowledge.clocks = clocks
  return findings(of: survey, knowledge: knowledge, isIncomplete: incomplete)
}

func optionFacts(_ options: ReadingOptions) -> [(name: String, value: String)] {
  var result: [(name: String, value: String)] = []
  if options.window.since.isKnown { result.append(("since", options.window.since.rfc3339)) }
  if options.window.until.isKnown { result.append(("until", options.window.until.rfc3339)) }
  if let format = options.format { result.append(("format", format)) }
  if let year = options.assumedYear { result.append(("assume-year", String(year))) }
  if options.reference.isKnown { result.append(("reference-time", options.reference.rfc3339)) }
  for (i, item) in options.roles.enumerated() {
    result.append(("role.\(i)", "\(item.glob)=\(item.role.rawValue)"))
  }
  for (i, item) in options.zones.enumerated() {
    result.append(("time-zone.\(i)", "\(item.glob)=\(item.zone)"))
  }
  for (i, item) in options.toldClocks.enumerated() {
    result.append(("clock.\(i)", "\(item.host)=\(item.ahead)"))
  }
  for (i, item) in options.exclude.enumerated() { result.append(("exclude.\(i)", item)) }
  return result
}
