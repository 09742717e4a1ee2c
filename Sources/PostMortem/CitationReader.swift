public import Findings
import Foundation

/// A citation as it stands in a written `findings.json`.
public struct WrittenCitation: Sendable, Hashable {
  /// Where in the findings: an evidence id, `timeline`, or a section's id.
  public var place: String
  public var citation: Citation
}

/// All citations of a written `findings.json`.
///
/// - Throws: if the bytes are no JSON object of our schema.
public func writtenCitations(_ json: [UInt8]) throws -> [WrittenCitation] {
  guard let root = try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any],
    root["schema"] as? String == Findings.schemaName
  else {
    throw ReportFolderError(
      description: "findings.json is not of the schema \(Findings.schemaName).")
  }
  var result: [WrittenCitation] = []
  func collect(_ value: Any, _ place: String) {
    if let list = value as? [Any] {
      for item in list { collect(item, place) }
    } else if let object = value as? [String: Any] {
      let here = object["id"] as? String ?? place
      if let source = object["source"] as? String, let line = object["line"] as? NSNumber,
        let offset = object["offset"] as? NSNumber, let digest = object["digest"] as? String
      {
        result.append(
          WrittenCitation(
            place: place,
            citation: Citation(
              source: source, line: line.uint64Value, offset: offset.uint64Value, digest: digest,
              time: object["time"] as? String ?? "")))
        return
      }
      for key in object.keys.sorted() { if let next = object[key] { collect(next, here) } }
    }
  }
  for key in ["evidence", "timeline", "sections"] {
    if let value = root[key] { collect(value, key) }
  }
  return result
}
