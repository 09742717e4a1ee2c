public import Formats
import Foundation
import Records
import Yams

/// Formats that users write down: YAML of our own, and lnav's JSON as it is.
///
/// Our own form is a mapping, a list of mappings, or a mapping with a list under `formats`; keys:
/// `name`, `title`, `family`, `role`, `service`, `pattern` or `patterns`, `json` (a list of keys that
/// each record has, or `true`), `fields` (name: meaning), `time-format`, `levels` (level: pattern),
/// `multiline`, `severity`, `outcome`, `accepts`, `refuses`.
///
/// Source of the other form: lnav's documentation, *Log Formats*.
public struct DefinedFormats: Sendable {
  public var formats: [LogFormat] = []
  /// What is wrong, one sentence each; the other formats are used all the same.
  public var faults: [String] = []
  /// Files that were read.
  public var files: [String] = []

  public init() {}

  /// The user's own folder: `$XDG_CONFIG_HOME/inquest/formats`, by default below `~/.config`.
  public static var userFolder: String {
    let environment = ProcessInfo.processInfo.environment
    let base =
      environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 }
      ?? (environment["HOME"] ?? "") + "/.config"
    return base + "/inquest/formats"
  }

  /// Reads all definitions of a folder, or one file.
  public mutating func read(path: String) {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      faults.append("\(path): there is no such file or folder")
      return
    }
    guard isFolder.boolValue else {
      readFile(path)
      return
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    for name in names.sorted()
    where [".yml", ".yaml", ".json", ".json.sample"].contains(where: name.hasSuffix) {
      readFile(path + "/" + name)
    }
  }

  private mutating func readFile(_ path: String) {
    files.append(path)
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      faults.append("\(path): cannot be read as text")
      return
    }
    let root: Node
    do {
      // YAML holds JSON; lnav's comments are not JSON, and go first.
      guard let found = try Yams.compose(yaml: path.contains(".json") ? plainJSON(text) : text)
      else { return }
      root = found
    } catch {
      faults.append("\(path): \(error)")
      return
    }
    var definitions: [FormatDefinition] = []
    if let mapping = root.mapping, isLnav(mapping) {
      for (key, value) in mapping {
        guard let name = key.string, let body = value.mapping, !name.hasPrefix("$") else {
          continue
        }
        // lnav's converters and searches for other programs' files hold no expressions.
        guard body["regex"] != nil || body["json"] != nil else { continue }
        let definition = lnavDefinition(name, body)
        if definition.isJSON || !definition.patterns.isEmpty { definitions.append(definition) }
      }
    } else {
      let list = root.mapping?["formats"]?.sequence ?? root.sequence ?? [root]
      for node in list {
        guard let mapping = node.mapping else {
          faults.append("\(path): a format must be a mapping of keys such as name and pattern")
          continue
        }
        definitions.append(ownDefinition(mapping, path))
      }
    }
    for definition in definitions {
      do throws(FormatDefinition.Fault) {
        formats.append(try definition.format())
      } catch {
        faults.append("\(path): \(error)")
      }
    }
  }

  private func isLnav(_ mapping: Node.Mapping) -> Bool {
    if mapping["$schema"]?.string?.contains("lnav") == true { return true }
    return mapping["name"] == nil && mapping["formats"] == nil
      && mapping.contains { $0.value.mapping?["regex"]?.mapping != nil }
  }

  private mutating func ownDefinition(_ map: Node.Mapping, _ path: String) -> FormatDefinition {
    var result = FormatDefinition()
    for (keyNode, value) in map {
      let key = keyNode.string ?? ""
      switch key {
      case "name": result.name = value.string ?? ""
      case "title": result.title = value.string ?? ""
      case "family": result.family = value.string ?? ""
      case "service": result.service = value.string ?? ""
      case "role": result.role = Role(rawValue: value.string ?? "") ?? .unknown
      case "pattern", "patterns": result.patterns = strings(value)
      case "json":
        result.isJSON = value.bool != false
        if value.sequence != nil { result.marks = strings(value) }
      case "fields":
        result.fields = pairs(value)
      case "time-format", "timestamp-format": result.layouts = strings(value)
      case "levels": result.levels = pairs(value).map { ($0.0, $0.1) }
      case "multiline": result.joins = value.bool ?? false
      case "severity": result.severity = severityNamed(value.string ?? "")
      case "outcome":
        result.outcome = Outcome.allCases.first { "\($0)" == value.string } ?? .unknown
      case "accepts": result.accepts = strings(value)
      case "refuses": result.refuses = strings(value)
      default: faults.append("\(path): the key \"\(key)\" is not known and was left out")
      }
    }
    return result
  }

  private func lnavDefinition(_ name: String, _ map: Node.Mapping) -> FormatDefinition {
    var result = FormatDefinition()
    result.name = name
    result.title = map["title"]?.string ?? name
    result.family = "lnav"
    result.layouts = map["timestamp-format"].map(strings) ?? []
    result.isJSON = map["json"]?.bool ?? false
    result.joins = !result.isJSON && map["multiline"]?.bool != false
    // An expression without a time reads what another format has cut out: none of a whole line.
    let timeGroup = "<\(map["timestamp-field"]?.string ?? "timestamp")>"
    let patterns = (map["regex"]?.mapping ?? [:]).compactMap {
      $0.value.mapping?["pattern"]?.string
    }.filter { $0.contains(timeGroup) }
    // lnav ties each expression to the beginning of a line, and names groups as Python does.
    result.patterns = patterns.map {
      let text = $0.hasSuffix("\n") ? String($0.dropLast()) : $0
      return (text.hasPrefix("^") ? "" : "^") + "(?:" + text.replacing("(?P<", with: "(?<") + ")"
    }
    var fields = DefinedFormats.lnavNames
    func path(_ text: String) -> String { text.replacing("/", with: ".") }
    if let field = map["timestamp-field"]?.string { fields.append((path(field), "time")) }
    if let field = map["level-field"]?.string { fields.append((path(field), "level")) }
    if let field = map["body-field"]?.string { fields.append((path(field), "msg")) }
    if let field = map["opid-field"]?.string { fields.append((path(field), "request_id")) }
    result.fields = fields
    for (level, pattern) in map["level"]?.mapping ?? [:] {
      guard let word = level.string, let text = pattern.string else { continue }
      // lnav has levels that loggers do not.
      let known = word.hasPrefix("debug") ? "debug" : word == "stats" ? "notice" : word
      result.levels.append((known, text))
    }
    if result.isJSON {
      result.marks = [map["timestamp-field"]?.string ?? "timestamp"].filter { !$0.contains("/") }
    }
    for sample in map["sample"]?.sequence ?? [] {
      if let line = sample.mapping?["line"]?.string { result.accepts.append(line) }
    }
    return result
  }

  /// Names that lnav's own formats give their groups.
  private static let lnavNames: [(name: String, meaning: String)] = [
    ("c_ip", "ip"), ("client_ip", "ip"), ("ipaddr", "ip"), ("cs_method", "method"),
    ("cs_uri_stem", "path"), ("cs_username", "user"), ("loginid", "user"), ("owner", "user"),
    ("cs_user_agent", "user_agent"), ("cs_referer", "referrer"), ("sc_status", "status_code"),
    ("sc_bytes", "bytes"), ("log_hostname", "host"), ("logging_host", "host"),
    ("log_procname", "service"), ("process_name", "service"), ("prc", "service"),
    ("module", "service"), ("comp", "service"), ("class", "service"), ("opid", "request_id"),
    ("timestamp", "time"), ("body", "msg"), ("level", "level"),
  ]

  private func strings(_ node: Node) -> [String] {
    if let list = node.sequence { return list.compactMap(\.string) }
    return node.string.map { [$0] } ?? []
  }

  private func pairs(_ node: Node) -> [(name: String, meaning: String)] {
    (node.mapping ?? [:]).compactMap { key, value in
      guard let name = key.string, let text = value.string else { return nil }
      return (name, text)
    }
  }

  private func severityNamed(_ word: String) -> Severity {
    Severity.allCases.first { "\($0)" == word } ?? .unknown
  }

  /// JSON without comments of C's kinds, which lnav allows.
  private func plainJSON(_ text: String) -> String {
    var result: [UInt8] = []
    let bytes = Array(text.utf8)
    var i = 0
    var isQuoted = false
    while i < bytes.count {
      let c = bytes[i]
      if isQuoted {
        result.append(c)
        if c == 0x5c, i + 1 < bytes.count {
          result.append(bytes[i + 1])
          i += 1
        } else if c == 0x22 {
          isQuoted = false
        }
      } else if c == 0x2f, i + 1 < bytes.count, bytes[i + 1] == 0x2f {
        while i < bytes.count, bytes[i] != 0x0a { i += 1 }
        continue
      } else if c == 0x2f, i + 1 < bytes.count, bytes[i + 1] == 0x2a {
        i += 2
        while i + 1 < bytes.count, !(bytes[i] == 0x2a && bytes[i + 1] == 0x2f) { i += 1 }
        i += 2
        continue
      } else {
        // YAML wants blanks where JSON may have tabs.
        result.append(c == 0x09 ? 0x20 : c)
        if c == 0x22 { isQuoted = true }
      }
      i += 1
    }
    return String(decoding: result, as: UTF8.self)
  }
}
