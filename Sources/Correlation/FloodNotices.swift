import Sketches
public import Surveys

/// What kernels and firewalls say of floods that reach no service: half-open connections, tables of
/// connections that are full.
///
/// Sources of the words: Linux, net/ipv4/tcp_input.c ("Possible SYN flooding on port") and
/// net/netfilter/nf_conntrack_core.c ("table full, dropping packet"); Windows Filtering Platform,
/// Juniper and Cisco screens ("SYN flood", "UDP flood", "ICMP flood").
public struct FloodNotice: Sendable {
  public var template: Template
  /// Records within the incident.
  public var during: UInt64
  /// Whether a full table says no more than that very many connections are open.
  public var isTableFull: Bool
}

public enum FloodNoticeDefault {
  static let words = ["syn flood", "udp flood", "icmp flood", "flood attack", "flood detected"]
  static let tableWords = ["conntrack: table full", "conntrack table full"]
  /// Times as often within the incident as before it, by time.
  static let leastRise = 4.0
}

/// Notices of floods that are far commoner in the incident than before it, the commonest first.
func floodNotices(_ survey: Survey, frame: CaseFrame, onset: Int64, end: Int64) -> [FloodNotice] {
  let d = FloodNoticeDefault.self
  var result: [FloodNotice] = []
  for template in survey.templates.entries {
    let text = template.text.lowercased()
    let isTable = d.tableWords.contains(where: text.contains)
    guard isTable || d.words.contains(where: text.contains) else { continue }
    var (before, during) = (0.0, 0.0)
    for cell in template.cells.cells {
      let second = Int64(cell.bucket) * frame.coarseWidth
      if second + frame.coarseWidth <= onset {
        before += Double(cell.count)
      } else if second < end {
        during += Double(cell.count)
      }
    }
    let usual = before / Double(max(frame.coarseWidth, onset - frame.start))
    guard during > 0, during / Double(max(frame.coarseWidth, end - onset)) >= d.leastRise * usual
    else { continue }
    result.append(
      FloodNotice(template: template, during: UInt64(during), isTableFull: isTable))
  }
  return result.sorted { ($1.during, $0.template.id) < ($0.during, $1.template.id) }
}
