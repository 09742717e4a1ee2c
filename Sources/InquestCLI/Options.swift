import Acquisition
import ArgumentParser
import Formats
import Foundation
import InquestKit
import Records
import Surveys

import struct Correlation.CaseKnowledge

enum ColorMode: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}

/// Where a user's own formats lie.
struct OwnFormats: ParsableArguments {
  @Option(
    name: .customLong("formats"),
    help:
      "Folder or file of your own formats (YAML, or lnav's JSON); repeat. ~/.config/inquest/formats is always read.",
    completion: .directory)
  var folders: [String] = []

  /// Those of the XDG folder if there is one, and those named.
  func read() -> DefinedFormats {
    var result = DefinedFormats()
    if FileManager.default.fileExists(atPath: DefinedFormats.userFolder) {
      result.read(path: DefinedFormats.userFolder)
    }
    for folder in folders { result.read(path: folder) }
    return result
  }

  /// As `read`; what is wrong with the others is said on standard error.
  func usable() -> [LogFormat] {
    let defined = read()
    for fault in defined.faults { Output.error("inquest: format left out: \(fault)") }
    return defined.formats
  }
}

/// What is known beside the logs.
struct KnowledgeOptions: ParsableArguments {
  @Option(help: "What is taken for usual, FROM..TO; default: read off the logs.")
  var baseline: String?

  @Option(
    name: .customLong("networks"),
    help: "Operators and countries of addresses: MMDB, or CSV of first,last,label; repeat.",
    completion: .file())
  var networks: [String] = []

  @Option(name: .customLong("case"), help: "The case's manifest, inquest.yml.", completion: .file())
  var manifest: String?

  var baselineEnds: [String?] { baseline?.components(separatedBy: "..") ?? [] }

  /// Adds what flags say to what the manifest says.
  func apply(to described: inout CaseManifest, now: Timestamp) throws {
    if let baseline {
      let ends = baselineEnds
      guard ends.count == 2 else {
        throw Status.usage("--baseline: write FROM..TO, not \"\(baseline)\".")
      }
      let first = try instant(ends[0], "--baseline", now: now)
      let last = try instant(ends[1], "--baseline", now: now)
      guard first < last else { throw Status.usage("--baseline: FROM lies before TO.") }
      described.knowledge.baseline = (first, last)
    }
    try described.lookUp(networks)
  }
}

/// A time as people write it; unknown where there is none.
func instant(_ text: String?, _ flag: String, now: Timestamp) throws -> Timestamp {
  guard let text else { return .unknown }
  guard let value = parseInstant(text, now: now) else {
    throw Status.usage(
      "\(flag): cannot read the time \"\(text)\". Write 2010-12-22T16:00:00Z, \"2010-12-22 16:00\", @1293033600, -2h or today."
    )
  }
  return value
}

/// What is read, and how.
struct InputOptions: ParsableArguments {
  @Argument(
    help:
      "Files, folders, or - for standard input (also meant when it is a pipe and no path is given).",
    completion: .file())
  var paths: [String] = []

  @Option(help: "Read the paths from a file, one a line; - for standard input.")
  var filesFrom: String?

  @Option(
    name: [.customShort("S"), .long],
    help: "Leave out records before: RFC 3339, \"2010-12-22 16:00\", @epoch, -2h, today.")
  var since: String?

  @Option(name: [.customShort("U"), .long], help: "Leave out records from this time on.")
  var until: String?

  @Option(help: "What relative times count from; default: the newest record.")
  var now: String?

  @Option(name: .customLong("time-zone"), help: "Zone of stamps without one, [GLOB=]ZONE; repeat.")
  var timeZones: [String] = []

  @Option(
    name: .customLong("clock"),
    help: "Seconds that a host's clock is ahead, HOST=SECONDS; repeat. Others are found.")
  var clocks: [String] = []

  @Option(help: "Year of stamps that have none.")
  var assumeYear: Int32?

  @Option(help: "Stamps without a year are the latest not after this; default: the file's time.")
  var referenceTime: String?

  @Option(name: .customLong("role"), help: "Role of sources, GLOB=ROLE; repeat.")
  var roles: [String] = []

  @Option(name: .customLong("exclude"), help: "Leave out sources that match a glob; repeat.")
  var exclude: [String] = []

  @Option(name: [.customShort("f"), .long], help: "Format of all sources, instead of detection.")
  var format: String?

  @OptionGroup var own: OwnFormats

  @OptionGroup var known: KnowledgeOptions

  @Option(name: [.customShort("j"), .long], help: "Threads; default: the cores.")
  var jobs: Int = 0

  @Option(help: "Library that inflates: isal or zlib.")
  var inflater: String = "isal"

  @Option(help: "Archives within archives that are opened.")
  var archiveDepth: Int = ArchiveLimits().depth

  @Option(help: "Members of one archive that are read.")
  var archiveMembers: Int = ArchiveLimits().members

  @Option(help: "Bytes that may come out of one byte of an archive.")
  var archiveRatio: UInt64 = ArchiveLimits().ratio

  @Flag(help: "No progress line.")
  var noProgress = false

  func allPaths() throws -> [String] {
    var result = paths
    if let list = filesFrom {
      let data =
        list == "-"
        ? FileHandle.standardInput.readDataToEndOfFile()
        : try Data(contentsOf: URL(filePath: list))
      let separator: UInt8 = data.contains(0) ? 0 : 0x0a
      result += data.split(separator: separator).map { String(decoding: $0, as: UTF8.self) }
    }
    if result.isEmpty {
      guard !Output.isTerminal(0) else {
        throw Status.usage(
          "nothing to read. Name a file or a folder, or pipe logs in; inquest --help has examples.")
      }
      result = ["-"]
    }
    return result
  }

  private func pair(_ text: String, _ what: String) throws -> (String, String) {
    guard let equals = text.lastIndex(of: "=") else {
      throw Status.usage("\(what) wants GLOB=VALUE, not \"\(text)\".")
    }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }

  func reading(stop: StopFlag? = nil) throws -> CaseReading {
    var options = ReadingOptions()
    options.stop = stop
    options.format = format
    options.jobs = jobs
    options.exclude = exclude
    options.assumedYear = assumeYear
    guard let kind = InflaterKind(rawValue: inflater) else {
      throw Status.usage("--inflater is isal or zlib, not \"\(inflater)\".")
    }
    options.inflater = kind
    guard archiveDepth >= 0, archiveMembers > 0, archiveRatio > 0 else {
      throw Status.usage("the limits of archives are positive numbers.")
    }
    options.archives.depth = archiveDepth
    options.archives.members = archiveMembers
    options.archives.ratio = archiveRatio
    options.formats = own.usable()
    for text in roles {
      let (glob, name) = try pair(text, "--role")
      guard let role = Role(rawValue: name) else {
        throw Status.usage(
          "--role: \"\(name)\" is no role; known: \(Role.allCases.map(\.rawValue).joined(separator: ", "))."
        )
      }
      options.roles.append((glob, role))
    }
    for text in timeZones {
      options.zones.append(text.contains("=") ? try pair(text, "--time-zone") : ("**", text))
    }
    for text in clocks {
      let (host, ahead) = try pair(text, "--clock")
      guard let seconds = Double(ahead), abs(seconds) <= ReadingOptions.farthestClock else {
        throw Status.usage("--clock: write HOST=SECONDS, such as api-2=-37.5, not \"\(text)\".")
      }
      options.toldClocks.append((host, seconds))
    }
    options.reference = try instant(referenceTime, "--reference-time", now: .unknown)
    var reading = try CaseReading(
      paths: try allPaths(), manifestPath: known.manifest, options: options)
    let relative = ([since, until] + known.baselineEnds).contains {
      $0.map {
        $0.hasPrefix("-") || $0.hasPrefix("+") || ["now", "today", "yesterday"].contains($0)
      }
        ?? false
    }
    var from: Timestamp = try instant(now, "--now", now: .unknown)
    if relative, !from.isKnown {
      from = try newest(reading)
      Output.error("inquest: relative times count from the newest record, \(from.rfc3339).")
    }
    try known.apply(to: &reading.manifest, now: from)
    reading.options.window = TimeWindow(
      since: try instant(since, "--since", now: from),
      until: try instant(until, "--until", now: from))
    return reading
  }

  /// The newest record's time: a first reading, only where a relative time asks for it.
  private func newest(_ reading: CaseReading) throws -> Timestamp {
    if reading.inventory.sources.contains(where: { $0.location == .standardInput }) {
      throw Status.usage(
        "a relative time needs --now when reading from a pipe: the newest record is not known yet.")
    }
    let survey = try reading.survey().survey
    return survey.accounts.values.map(\.last).filter(\.isKnown).max() ?? .unknown
  }
}
