import Acquisition
import ArgumentParser
import Findings
import Formats
import Foundation
import InquestKit
import PostMortem
import Records
import Surveys

// MARK: - JSON by hand: fixed key order, any bytes

func jsonText(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0x22: result += "\\\""
    case 0x5c: result += "\\\\"
    case 0x0a: result += "\\n"
    case 0x0d: result += "\\r"
    case 0x09: result += "\\t"
    case 0..<0x20, 0x7f:
      let hex = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

func reportSkipped(_ item: Inventory.Skipped) {
  Output.error("inquest: left out \(item.label): \(item.reason)")
}

struct Parse: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print records as JSON Lines.",
    discussion:
      "Keys: path, line, time, format, host, source_ip, user, severity, message, fields. Frames that were not understood are counted on standard error and shown with --unparsed."
  )

  @OptionGroup var input: InputOptions

  @Option(name: [.customShort("F"), .long], help: "jsonl.")
  var outputFormat = "jsonl"

  @Flag(help: "Also print what was not understood, with time null.")
  var unparsed = false

  func run() throws {
    guard outputFormat == "jsonl" else {
      throw Status.usage("parse writes jsonl, not \"\(outputFormat)\".")
    }
    let reading = try input.reading()
    var records = 0
    var missed = 0
    var example: String?
    var buffer = ""
    try forEachRecord(
      of: reading.inventory.sources, options: reading.options,
      skipped: reportSkipped
    ) { line in
      if line.isParsed {
        records += 1
      } else {
        missed += 1
        if example == nil { example = "\(line.path):\(line.line): \(line.message.prefix(160))" }
        if !unparsed { return true }
      }
      buffer += json(line) + "\n"
      if buffer.utf8.count > 65536 {
        try Output.write(buffer)
        buffer = ""
      }
      return true
    }
    try Output.write(buffer)
    if missed > 0 {
      Output.error(
        "inquest: \(missed) frames were not understood, the first: \(example.map { printable($0) } ?? "")"
      )
    }
    if records == 0 { throw Status(code: 2, message: "inquest: no record could be read.") }
  }

  private func json(_ line: RecordLine) -> String {
    let fields = line.fields.map { "\(jsonText($0.name)):\(jsonText($0.value))" }
    return
      "{\"path\":\(jsonText(line.path)),\"line\":\(line.line),\"time\":\(line.time.isKnown && line.isParsed ? jsonText(line.time.rfc3339) : "null"),\"format\":\(jsonText(line.format)),\"host\":\(jsonText(line.host)),\"source_ip\":\(jsonText(line.sourceIP)),\"user\":\(jsonText(line.user)),\"severity\":\"\(line.severity)\",\"message\":\(jsonText(line.message)),\"fields\":{\(fields.joined(separator: ","))}}"
  }
}

func printable(_ text: String) -> String {
  String(
    String.UnicodeScalarView(
      text.unicodeScalars.map { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) ? "?" : $0 }))
}

/// Where a line leaves a format, in words.
func departure(of line: [UInt8], at reach: Int) -> String {
  func shown(_ range: Range<Int>) -> String {
    printable(String(decoding: line[range], as: UTF8.self))
  }
  return
    "fits for \(reach) bytes, up to \"\(shown(max(0, reach - 24)..<reach))\"; then comes \"\(shown(reach..<min(line.count, reach + 24)))\""
}

struct Formats: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List formats, or say what each source is and why.",
    subcommands: [List.self, Detect.self, Check.self, Speed.self], defaultSubcommand: List.self)

  struct Speed: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "How fast each format is read on this machine, from its own samples.",
      discussion:
        "Columns: format; nanoseconds a record; megabytes a second; its time as a share of what PCRE2's JIT takes to match the same lines (the format's own expression, or one that finds the same parts); for formats read by hand also as a share of having the same record by that match; with --against, its time as a share of reading so many megabytes a second."
    )
    @OptionGroup var own: OwnFormats
    @Argument(help: "Names of formats; default: all.")
    var names: [String] = []
    @Option(help: "Megabytes a second to compare with, such as those of gzip -dc.")
    var against: Double?
    @Option(help: "Records of each format.")
    var records: Int = 100_000

    func run() throws {
      guard records > 0, records <= 100_000_000 else {
        throw Status.usage("--records is a positive number.")
      }
      for format in own.read().formats + FormatRegistry.all
      where names.isEmpty || names.contains(format.name) {
        guard let found = speed(of: format, records: records, clock: processorTime) else {
          continue
        }
        let rate = found.bytes / found.nanoseconds * 1000
        var line =
          found.format.padding(toLength: 22, withPad: " ", startingAt: 0)
          + column(found.nanoseconds, 0) + " ns" + column(rate, 0) + " MB/s"
          + column(found.nanoseconds / found.pattern, 2)
          + (found.isByHand
            ? " of PCRE2's match," + column(found.nanoseconds / found.patternRecord, 2)
              + " of its record" : " of its own pattern")
        if let against { line += column(against / rate, 2) + " of the comparison" }
        try Output.write(line + "\n")
      }
    }

    private func processorTime() -> UInt64 {
      var time = timespec()
      guard unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return 0 }
      return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private func column(_ value: Double, _ digits: Int) -> String {
      let text = value.formatted(
        .number.precision(.fractionLength(digits)).grouping(.never)
          .locale(Locale(identifier: "en_US_POSIX")))
      return String(repeating: " ", count: max(1, 9 - text.count)) + text
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Try your own formats on the samples in them.",
      discussion:
        "Each line under accepts (sample in lnav's form) must be read, each under refuses must not. Where a line does not match, the place is shown up to which it does. Leaves with 1 if anything is wrong."
    )
    @OptionGroup var own: OwnFormats
    @Argument(help: "Files or folders of definitions.", completion: .file())
    var paths: [String] = []

    func run() throws {
      var own = own
      own.folders += paths
      let defined = own.read()
      guard !defined.files.isEmpty || !defined.faults.isEmpty else {
        throw Status.usage(
          "there is no format to check: name a file, or put some into \(DefinedFormats.userFolder)."
        )
      }
      var wrong = defined.faults.count
      for fault in defined.faults { try Output.write("\(printable(fault))\n") }
      let context = StampContext(reference: Timestamp(seconds: Int64(Date().timeIntervalSince1970)))
      for format in defined.formats {
        let checks = checkSamples(format, context: context)
        let bad = checks.filter { !$0.isRight }
        wrong += bad.count
        try Output.write(
          "\(printable(format.name)): \(checks.count - bad.count) of \(checks.count) samples are right"
            + (checks.isEmpty ? "; give it some under accepts and refuses" : "") + "\n")
        for check in bad {
          let line = printable(check.line)
          try Output.write(
            "  \(check.isAccepted ? "is read, but should not be" : "is not read"): \(line.prefix(200))\n"
          )
          guard !check.isAccepted, let reach = check.reach else { continue }
          let bytes = Array(check.line.utf8)
          if reach >= bytes.count {
            try Output.write("    it matches, but its time cannot be read: set time-format\n")
          } else {
            try Output.write("    \(departure(of: bytes, at: reach))\n")
          }
        }
      }
      if wrong > 0 { throw Status(code: 1, message: nil) }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "All formats, your own first.")
    @OptionGroup var own: OwnFormats
    func run() throws {
      for format in own.read().formats + FormatRegistry.all {
        try Output.write(
          format.name.padding(toLength: 18, withPad: " ", startingAt: 0) + format.title + "\n")
      }
    }
  }

  struct Detect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "What each source is, and why.")
    @OptionGroup var input: InputOptions
    @Flag(help: "JSON Lines: path, format, title, family, share, reason.")
    var json = false

    func run() throws {
      let reading = try input.reading()
      var readable = 0
      for source in reading.inventory.sources {
        let prepared: PreparedSource
        do {
          prepared = try prepare(source, reading.options)
        } catch let error as AcquisitionError {
          try Output.write(
            json
              ? "{\"path\":\(jsonText(source.label)),\"format\":null,\"reason\":\(jsonText(error.description))}\n"
              : "\(source.label): not read. \(error.description)\n")
          continue
        }
        if prepared.format.name != "plain-text" { readable += 1 }
        if json {
          try Output.write(
            "{\"path\":\(jsonText(source.label)),\"format\":\(jsonText(prepared.format.name)),\"title\":\(jsonText(prepared.format.title)),\"family\":\(jsonText(prepared.format.family)),\"reason\":\(jsonText(prepared.reason))}\n"
          )
          continue
        }
        try Output.write(
          "\(printable(source.label)): \(prepared.format.name) (\(prepared.format.title))\n  \(prepared.reason)\n  \(prepared.stampNote)\n"
        )
        for candidate in prepared.candidates.prefix(3)
        where candidate.name != prepared.format.name && !candidate.mismatch.isEmpty {
          try Output.write(
            "  not \(candidate.name): \(Int(candidate.share * 100)) % read; first that is not: \(printable(candidate.mismatch))\n"
          )
        }
      }
      if readable == 0 { throw Status(code: 2, message: nil) }
    }
  }
}

struct Templates: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Kinds of message: lines with their variable parts masked.",
    discussion:
      "Columns: LineId (the record's first line), EventId, EventTemplate, in which <*> stands for what varies. Several files count their lines one after the other."
  )

  @OptionGroup var input: InputOptions
  @Option(name: [.customShort("F"), .long], help: "csv.")
  var outputFormat = "csv"

  func run() throws {
    guard outputFormat == "csv" else {
      throw Status.usage("templates writes csv, not \"\(outputFormat)\".")
    }
    let reading = try input.reading()
    // What varies shows only once all is read: templates are numbered, and joined at the end.
    var index = TemplateIndex()
    var lines: [(line: UInt64, template: UInt32)] = []
    var current = 0
    var base: UInt64 = 0
    var last: UInt64 = 0
    try forEachMessage(
      of: reading.inventory.sources, options: reading.options, skipped: reportSkipped
    ) { message, source, line, lineCount in
      if source != current {
        base = last
        current = source
      }
      last = base + line + UInt64(lineCount - 1)
      lines.append((base + line, index.number(of: message)))
    }
    let names = index.names
    let join = TemplateJoin(names)
    let shown = names.map { name -> String in
      let template = (join.joined[name] ?? name).replacing(TemplateJoin.wild, with: "<*>")
      let id = String(fingerprint(template), radix: 16)
      return "\(id),\"\(template.replacing("\"", with: "\"\""))\""
    }
    try Output.write("LineId,EventId,EventTemplate\n")
    var buffer = ""
    for (line, template) in lines {
      buffer += "\(line),\(shown[Int(template)])\n"
      if buffer.utf8.count > 65536 {
        try Output.write(buffer)
        buffer = ""
      }
    }
    try Output.write(buffer)
  }
}

struct Signatures: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Signs of probing in requests, and password guessing.")

  @Argument(help: "Paths, or: list.", completion: .file())
  var words: [String] = []

  @Option(name: [.customShort("F"), .long], help: "jsonl.")
  var outputFormat = "jsonl"

  func run() throws {
    if words.isEmpty || words == ["list"] {
      for probe in probeClasses {
        try Output.write(
          probe.id.padding(toLength: 20, withPad: " ", startingAt: 0)
            + "\(probe.title) (\(probe.technique))\n")
      }
      return
    }
    var input = InputOptions()
    input = try InputOptions.parse(words)
    let reading = try input.reading()
    try forEachRecord(
      of: reading.inventory.sources, options: reading.options,
      skipped: reportSkipped
    ) { line in
      guard let target = line.fields.first(where: { $0.name == "target" })?.value else {
        return true
      }
      for probe in probeClassesOf(target) {
        try Output.write(
          "{\"id\":\(jsonText("probe-" + probe.id)),\"title\":\(jsonText(probe.title)),\"path\":\(jsonText(line.path)),\"line\":\(line.line),\"time\":\(jsonText(line.time.rfc3339)),\"source_ip\":\(jsonText(line.sourceIP)),\"level\":\"low\"}\n"
        )
      }
      return true
    }
  }
}

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Re-read every cited line: does each citation still hold?")

  @Argument(help: "The report's folder.", completion: .directory)
  var directory: String

  @Option(
    name: .customLong("logs"),
    help: "Where the logs are; default: the paths of the command line in manifest.json; repeat.",
    completion: .directory)
  var logs: [String] = []

  func run() throws {
    let findings = try Data(contentsOf: URL(filePath: directory + "/findings.json"))
    let written = try writtenCitations([UInt8](findings))
    var paths = logs
    if paths.isEmpty {
      let manifest = try Data(contentsOf: URL(filePath: directory + "/manifest.json"))
      let root = try JSONSerialization.jsonObject(with: manifest) as? [String: Any]
      let words = (root?["commandLine"] as? [String])?.dropFirst() ?? []
      paths = words.filter {
        $0 != "analyze" && !$0.hasPrefix("-") && FileManager.default.fileExists(atPath: $0)
      }
    }
    guard !paths.isEmpty else {
      throw Status.usage("where are the logs? Name them with --logs.")
    }
    let report = try verify(written, paths: paths)
    for failure in report.failures {
      try Output.write(
        "\(failure.place): \(printable(failure.citation.source)) line \(failure.citation.line): \(failure.reason)\n"
      )
    }
    try Output.write(
      "\(report.checked - report.failures.count) of \(report.checked) cited records hold.\n")
    if !report.failures.isEmpty { throw Status(code: 1, message: nil) }
  }
}

struct Completions: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Completion script for bash, zsh or fish.")
  @Argument(help: "bash, zsh or fish.")
  var shell: String

  func run() throws {
    guard let kind = CompletionShell(rawValue: shell) else {
      throw Status.usage("completions knows bash, zsh and fish, not \"\(shell)\".")
    }
    try Output.write(InquestCommand.completionScript(for: kind) + "\n")
  }
}
