import Acquisition
public import Findings
import Formats
public import PostMortem
import Records

/// Whether citations still hold.
public struct Verification: Sendable {
  public struct Failure: Sendable {
    public var place: String
    public var citation: Citation
    public var reason: String
  }
  public var checked = 0
  public var failures: [Failure] = []
}

/// Re-reads the sources and compares each cited record's digest with what stands there now.
///
/// O(bytes of the cited sources); each is read once.
public func verify(_ citations: [WrittenCitation], paths: [String]) throws -> Verification {
  var result = Verification()
  var wanted: [String: [WrittenCitation]] = [:]
  for citation in Set(citations) { wanted[citation.citation.source, default: []].append(citation) }
  let sources = try inventory(of: paths).sources
  var byLabel: [String: Source] = [:]
  for source in sources { byLabel[source.label] = source }
  for (label, list) in wanted.sorted(by: { $0.key < $1.key }) {
    result.checked += list.count
    guard let source = byLabel[label] else {
      for item in list {
        result.failures.append(
          Verification.Failure(
            place: item.place, citation: item.citation, reason: "the source is not there"))
      }
      continue
    }
    let prepared = try prepare(source, ReadingOptions())
    var pending: [UInt64: [WrittenCitation]] = [:]
    for item in list { pending[item.citation.offset, default: []].append(item) }
    while !pending.isEmpty, let block = try prepared.reader.next(framer: prepared.format.framer) {
      forEachFrame(of: block, prepared.format.framer) { frame, position in
        guard let items = pending.removeValue(forKey: position.offset) else { return }
        let hex = String(fingerprint(frame), radix: 16)
        let digest = String(repeating: "0", count: 16 - hex.count) + hex
        for item in items where item.citation.digest != digest {
          result.failures.append(
            Verification.Failure(
              place: item.place, citation: item.citation, reason: "the line there is another now"))
        }
      }
    }
    for items in pending.values {
      for item in items {
        result.failures.append(
          Verification.Failure(
            place: item.place, citation: item.citation,
            reason: "no record begins at byte \(item.citation.offset)"))
      }
    }
  }
  result.failures.sort {
    ($0.citation.source, $0.citation.offset, $0.place)
      < ($1.citation.source, $1.citation.offset, $1.place)
  }
  return result
}
