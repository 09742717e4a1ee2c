public import Correlation
import Foundation
public import Records
import Whereabouts
import Yams

/// The manifest `inquest.yml` of a case. Every key is optional; unknown keys are named, not fatal.
public struct CaseManifest: Sendable {
  public var knowledge: CaseKnowledge
  public var collected: Timestamp = .unknown
  public var zones: [(glob: String, zone: String)] = []
  /// Files that tell operators and countries of addresses; paths are relative to the manifest.
  public var networks: [String] = []
  /// Seconds that hosts' clocks are ahead.
  public var clocks: [(host: String, ahead: Double)] = []
  public var roles: [(glob: String, role: Role)] = []
  public var notes: [String] = []

  public init(name: String) { knowledge = CaseKnowledge(name: name) }
}

public struct ManifestError: Error, CustomStringConvertible {
  public var path: String
  public var reason: String
  public var description: String { "\(path): \(reason)" }
}

extension CaseManifest {
  /// Reads a manifest.
  ///
  /// - Throws: `ManifestError` if it is no YAML mapping or a time in it cannot be read.
  public init(path: String, defaultName: String) throws {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw ManifestError(path: path, reason: "cannot be read: check the path and its permissions.")
    }
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw ManifestError(path: path, reason: "is not valid YAML: \(error)")
    }
    self.init(name: defaultName)
    guard let root else { return }
    guard let mapping = root.mapping else {
      throw ManifestError(
        path: path, reason: "must be a mapping of keys such as case, roles, changes.")
    }
    func time(_ node: Node?, _ what: String) throws -> Timestamp {
      guard let text = node?.scalar?.string else { return .unknown }
      guard let value = parseInstant(text, now: .unknown) else {
        throw ManifestError(
          path: path,
          reason: "\(what): cannot read the time \"\(text)\"; write 2010-12-22T16:00:00Z.")
      }
      return value
    }
    func number(_ node: Node?) -> Double? { node?.scalar.flatMap { Double($0.string) } }
    for (keyNode, value) in mapping {
      let key = keyNode.scalar?.string ?? ""
      switch key {
      case "case": knowledge.name = value.scalar?.string ?? defaultName
      case "collected": collected = try time(value, key)
      case "time-zones":
        for (glob, zone) in value.mapping ?? [:] {
          zones.append((glob.scalar?.string ?? "", zone.scalar?.string ?? ""))
        }
      case "networks":
        let folder = URL(filePath: path).deletingLastPathComponent()
        for item in value.sequence ?? [] {
          if let name = item.scalar?.string {
            networks.append(URL(filePath: name, relativeTo: folder).path)
          }
        }
      case "clocks":
        for (host, ahead) in value.mapping ?? [:] {
          let name = host.scalar?.string ?? ""
          guard let seconds = number(ahead), abs(seconds) <= ReadingOptions.farthestClock else {
            notes.append(
              "\(path): the clock of \(name) is no number of seconds and was left out.")
            continue
          }
          clocks.append((name, seconds))
        }
      case "roles":
        for (glob, role) in value.mapping ?? [:] {
          let name = role.scalar?.string ?? ""
          // Roles beyond the known ones ("telemetry") are other servers.
          roles.append((glob.scalar?.string ?? "", Role(rawValue: name) ?? Self.role(of: name)))
        }
      case "baseline":
        let from = try time(value.mapping?["from"], "baseline")
        let to = try time(value.mapping?["to"], "baseline")
        if from.isKnown, to.isKnown { knowledge.baseline = (from, to) }
      case "changes", "mitigations", "communications":
        for item in value.sequence ?? [] {
          let map = item.mapping
          let note = CaseKnowledge.Note(
            time: try time(map?["time"], key),
            text: map?["what"]?.scalar?.string ?? map?["text"]?.scalar?.string ?? "",
            place: map?["where"]?.scalar?.string ?? map?["channel"]?.scalar?.string ?? "")
          switch key {
          case "changes": knowledge.changes.append(note)
          case "mitigations": knowledge.mitigations.append(note)
          default: knowledge.communications.append(note)
          }
        }
      case "users":
        knowledge.expectedUsers = number(value.mapping?["expected"])
        for (name, share) in value.mapping?["segments"]?.mapping ?? [:] {
          knowledge.segments.append((name.scalar?.string ?? "", number(share) ?? 0))
        }
      case "compensation":
        for item in value.sequence ?? [] {
          knowledge.compensation.append(
            (
              item.mapping?["segment"]?.scalar?.string ?? "",
              item.mapping?["grant"]?.scalar?.string ?? ""
            ))
        }
      case "topology":
        for item in value.sequence ?? [] {
          let from = item.mapping?["from"]?.scalar?.string ?? ""
          let to = item.mapping?["to"]?.scalar?.string ?? ""
          guard !from.isEmpty, !to.isEmpty else {
            notes.append("\(path): an entry of topology lacks from or to and was left out.")
            continue
          }
          knowledge.topology.append((from, to))
        }
      case "objectives":
        for item in value.sequence ?? [] {
          let service = item.mapping?["service"]?.scalar?.string ?? ""
          guard let success = number(item.mapping?["success"]), success > 0, success < 1 else {
            notes.append(
              "\(path): the objective of \(service) is no share between 0 and 1, such as 0.999, and was left out."
            )
            continue
          }
          knowledge.objectives.append((service, success))
        }
      default: notes.append("\(path): the key \"\(key)\" is not known and was left out.")
      }
    }
  }

  /// Has addresses looked up in the manifest's files and in these.
  ///
  /// - Throws: `DirectoryError` for a file that cannot be used.
  public mutating func lookUp(_ more: [String]) throws {
    let paths = networks + more
    guard !paths.isEmpty else { return }
    let directory = try AddressDirectory(paths: paths)
    knowledge.place = { directory.place(of: $0) }
    knowledge.placeSources = directory.sources
  }

  static func role(of name: String) -> Role {
    switch name.lowercased() {
    case "telemetry", "clients": .client
    case "supernodes", "relay", "directory": .supernode
    case "edge", "lb", "balancer", "gateway": .proxy
    case "ops", "operator": .operations
    default: .server
    }
  }
}

/// Matches a path or host with a glob: `*` within a component, `**` across, `?` one character.
public func globMatches(_ pattern: String, _ text: String) -> Bool {
  let p = Array(pattern.utf8)
  let t = Array(text.utf8)
  // Iterative, so that a hostile pattern costs at most O(n m).
  var reach = [Bool](repeating: false, count: t.count + 1)
  reach[0] = true
  var i = 0
  while i < p.count {
    var next = [Bool](repeating: false, count: t.count + 1)
    if p[i] == 0x2a {
      let deep = i + 1 < p.count && p[i + 1] == 0x2a
      if deep { i += 1 }
      // "**/" also stands for nothing.
      let slash = deep && i + 1 < p.count && p[i + 1] == 0x2f
      var open = false
      for k in 0...t.count {
        if reach[k] { open = true }
        next[k] = open
        if !deep, k < t.count, t[k] == 0x2f { open = false }
      }
      if slash {
        i += 1
        var after = [Bool](repeating: false, count: t.count + 1)
        for k in 0...t.count {
          if reach[k] { after[k] = true }
          if k > 0, next[k - 1], t[k - 1] == 0x2f { after[k] = true }
        }
        next = after
      }
    } else {
      for k in 0..<t.count where reach[k] && (p[i] == 0x3f ? t[k] != 0x2f : p[i] == t[k]) {
        next[k + 1] = true
      }
    }
    reach = next
    i += 1
  }
  return reach[t.count]
}

/// Whether a glob of the manifest or a flag means a source: by its path, its host, or the path's
/// first folder.
func globMeans(_ pattern: String, label: String, host: String) -> Bool {
  globMatches(pattern, label) || globMatches(pattern, host)
    || globMatches(pattern + "/**", label)
}
