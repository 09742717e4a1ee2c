public import Acquisition
public import Correlation
import Foundation
import Records
public import Surveys

/// A case opened: its sources in order, its manifest, what was left out.
public struct CaseReading: Sendable {
  public var inventory: Inventory
  public var manifest: CaseManifest
  public var options: ReadingOptions

  /// - Parameters:
  ///   - manifestPath: of `inquest.yml`; else one in the case's folder is taken.
  ///   - now: what relative times of the manifest count from.
  /// - Throws: `AcquisitionError` for a named path that cannot be opened, `ManifestError`.
  public init(paths: [String], manifestPath: String?, options: ReadingOptions) throws {
    inventory = try Acquisition.inventory(of: paths, limits: options.archives)
    let name = CaseReading.name(of: paths)
    if let path = manifestPath ?? inventory.manifest {
      manifest = try CaseManifest(path: path, defaultName: name)
    } else {
      manifest = CaseManifest(name: name)
    }
    self.options = options
    // Flags come after the manifest: the last that matches wins.
    self.options.roles = manifest.roles + options.roles
    self.options.zones = manifest.zones + options.zones
    self.options.toldClocks = manifest.clocks + options.toldClocks
    for clock in self.options.toldClocks {
      self.options.clocks[hostIdentity(clock.host)] = ClockCourse(constant: clock.ahead)
    }
    if !self.options.reference.isKnown { self.options.reference = manifest.collected }
    self.options.neighbours = NeighbourTimes(inventory.sources)
  }

  /// The case's name where none is given: that of its folder or file.
  static func name(of paths: [String]) -> String {
    guard let first = paths.first, first != "-" else { return "standard-input" }
    var url = URL(filePath: first).standardizedFileURL
    if url.lastPathComponent == "logs" || url.lastPathComponent == "log" {
      url = url.deletingLastPathComponent()
    }
    var name = url.lastPathComponent
    while let dot = name.lastIndex(of: "."), dot != name.startIndex,
      [".gz", ".log", ".txt", ".json", ".jsonl", ".export", ".csv"].contains(
        String(name[dot...]).lowercased())
    {
      name = String(name[..<dot])
    }
    return name.isEmpty || name == "/" ? "case" : name
  }

  /// Reads everything into one survey; where clocks of hosts turn out to be off, once more with the
  /// clocks set right.
  ///
  /// - Returns: also what could not be opened, and how clocks were found; `nil` where none was set
  ///   right, be it that all are, or that a pipe cannot be read again.
  public func surveyWithClocks(progress: (@Sendable (Progress) -> Void)? = nil) throws -> (
    survey: Survey, skipped: [Inventory.Skipped], clocks: [ClockOffset]?
  ) {
    let first = try survey(progress: progress)
    let clocks = clockOffsets(first.survey, told: Set(options.clocks.keys))
    let off = clocks.filter(\.isOff)
    guard !off.isEmpty, options.stop?.isSet != true,
      !inventory.sources.contains(where: { $0.location == .standardInput })
    else { return (first.survey, first.skipped, nil) }
    var again = self
    for clock in off {
      again.options.clocks[clock.id] =
        (options.clocks[clock.id] ?? ClockCourse()).adding(clock.course.asShown)
    }
    let second = try again.survey(progress: progress)
    return (second.survey, second.skipped, clocks)
  }

  /// Reads everything into one survey.
  ///
  /// - Returns: also what could not be opened.
  public func survey(progress: (@Sendable (Progress) -> Void)? = nil) throws -> (
    survey: Survey, skipped: [Inventory.Skipped]
  ) {
    let investigation = Investigation(inventory.sources, options: options, progress: progress)
    let survey = try investigation.survey()
    return (
      survey,
      (inventory.skipped + investigation.skipped).sorted { $0.label < $1.label }
    )
  }
}
