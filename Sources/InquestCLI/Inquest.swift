public import ArgumentParser
private import CPlatform
import Foundation

public let inquestVersion = "0.1.0"

/// The command line.
public struct InquestCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "inquest",
    abstract: "Examine the logs of an outage and return a verdict that argues.",
    discussion: """
      EXAMPLES
        inquest logs/                           examine a folder of logs, write Reports/<case>/
        journalctl -o export --since -2h | inquest
        inquest analyze logs/ --until "2010-12-22 18:00"
        inquest formats detect logs/            what each file is, and why
        inquest parse access.log.gz | head      records as JSON Lines
        inquest survey logs/ -o a.survey        partials of parts, on many machines
        inquest merge a.survey b.survey -o all.survey && inquest report all.survey
        inquest simulate skype-2010 --seed 1 -o sim && inquest sim/logs

      EXIT STATUS
        0 done; 1 failure; 2 usage, or nothing readable; 3 done, but input was damaged or coverage
        is below --min-coverage; 4 --fail-on matched; 130 after SIGINT.
      """,
    version: inquestVersion,
    subcommands: [
      Analyze.self, Parse.self, Formats.self, Signatures.self, Templates.self, Explain.self,
      SurveyCommand.self, Merge.self, Report.self, Verify.self, Simulate.self, Score.self,
      Completions.self,
    ], defaultSubcommand: Analyze.self)

  public init() {}
}

/// Runs the command line and leaves the process with its exit status.
public func runInquest() -> Never {
  signal(SIGPIPE, SIG_IGN)
  // glibc raises this by itself to what was freed last. Then the large buffers of ten thousand small
  // sources lie between what is kept of them, and their holes are never given back: 550 MB in place
  // of 80.
  inquest_map_large_allocations(128 << 10)
  do {
    var command = try InquestCommand.parseAsRoot()
    try command.run()
    exit(0)
  } catch let status as Status {
    if let message = status.message { Output.error(message) }
    exit(status.code)
  } catch is Output.BrokenPipe {
    exit(141)
  } catch {
    let code = InquestCommand.exitCode(for: error)
    if code == .success || error is CleanExit {
      print(InquestCommand.fullMessage(for: error))
      exit(0)
    }
    if code == .validationFailure {
      Output.error(InquestCommand.fullMessage(for: error))
      exit(2)
    }
    Output.error("inquest: \(error)")
    exit(1)
  }
}

/// An exit status with what is to be said.
struct Status: Error {
  var code: Int32
  var message: String?

  static func failure(_ message: String) -> Status {
    Status(code: 1, message: "inquest: \(message)")
  }
  static func usage(_ message: String) -> Status { Status(code: 2, message: "inquest: \(message)") }
}
