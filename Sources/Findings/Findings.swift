public import Figures
public import Verdicts

/// One cited record: source, line, byte offset in the decompressed stream, digest of the line.
public struct Citation: Sendable, Hashable, Encodable {
  public var source: String
  public var line: UInt64
  public var offset: UInt64
  /// Sixteen hexadecimal digits: the record's fingerprint.
  public var digest: String
  /// RFC 3339 in UTC.
  public var time: String

  public init(source: String, line: UInt64, offset: UInt64, digest: String, time: String) {
    self.source = source
    self.line = line
    self.offset = offset
    self.digest = digest
    self.time = time
  }
}

/// A sentence and what bears it out.
public struct Statement: Sendable, Hashable, Encodable {
  public var text: Prose
  public var citations: [Citation]
  /// Identifiers of evidence that it rests on.
  public var evidence: [String]

  public init(_ text: Prose, citations: [Citation] = [], evidence: [String] = []) {
    self.text = text
    self.citations = citations
    self.evidence = evidence
  }
}

public struct Table: Sendable, Hashable, Encodable {
  public struct Column: Sendable, Hashable, Encodable {
    public var title: String
    public var isNumeric: Bool
    public init(_ title: String, numeric: Bool = false) {
      self.title = title
      isNumeric = numeric
    }
  }
  public struct Row: Sendable, Hashable, Encodable {
    public var cells: [Prose]
    public var citations: [Citation]
    public init(_ cells: [Prose], citations: [Citation] = []) {
      self.cells = cells
      self.citations = citations
    }
  }
  public var id: String
  public var title: String
  public var columns: [Column]
  public var rows: [Row]
  /// How the numbers were got, and their limits.
  public var note: String

  public init(id: String, title: String, columns: [Column], rows: [Row], note: String = "") {
    self.id = id
    self.title = title
    self.columns = columns
    self.rows = rows
    self.note = note
  }
}

/// A part of the post-mortem, in the order in which it is read.
public struct Section: Sendable, Hashable, Encodable {
  public enum Item: Sendable, Hashable, Encodable {
    case paragraph([Statement])
    case list([Statement])
    case table(Table)
    /// Identifier of a figure.
    case figure(String)
    case subheading(String)
    /// A question that the logs cannot answer.
    case prompt(String)
    /// A sentence that may be published as it stands.
    case quotation(Statement)
  }
  public var id: String
  public var title: String
  public var items: [Item]

  public init(id: String, title: String, items: [Item]) {
    self.id = id
    self.title = title
    self.items = items
  }
}

/// The one model that every output renders. Schema `inquest.findings/1`.
public struct Findings: Sendable, Encodable {
  public static let schemaName = "inquest.findings/1"

  public struct Verdict: Sendable, Encodable {
    /// attack, overload, mixed, benign or open.
    public var `class`: String
    public var probabilities: [String: Double]
    public var sentence: String
    /// Probability of the leading class in words (ICD 203).
    public var words: String
    /// What would change it.
    public var wouldChange: [String]
    public var hypotheses: [Hypothesis]
  }
  public struct Hypothesis: Sendable, Encodable {
    public var id: String
    public var title: String
    public var probability: Double
    public var words: String
    /// ruled out, no sign of it, not ruled out, supported, established.
    public var standing: String
    /// Identifiers of evidence.
    public var evidenceFor: [String]
    public var evidenceAgainst: [String]
    public var absent: [String]
    public var unobtainable: [String]
  }
  public struct Incident: Sendable, Encodable {
    public var onset: String
    public var onsetEarliest: String
    public var onsetLatest: String
    public var end: String?
    public var `class`: String

    private enum CodingKeys: String, CodingKey {
      case onset
      case onsetEarliest = "onset_earliest"
      case onsetLatest = "onset_latest"
      case end, `class`
    }
  }
  public struct Suspect: Sendable, Encodable {
    /// ip, prefix, host, version, service, template or user.
    public var kind: String
    public var value: String
    public var score: Double
    public var reason: String
  }
  public struct Gap: Sendable, Encodable {
    public var source: String
    public var from: String
    public var to: String
    public var kind: String
  }
  /// A host whose clock was compared with those of others.
  public struct Clock: Sendable, Encodable {
    public var host: String
    /// Seconds that it is ahead, where it is farthest off.
    public var ahead: Double
    /// Standard error of that, seconds.
    public var error: Double
    public var pairs: Int
    /// Whether its records were set back by it.
    public var isCorrected: Bool
    /// Seconds that it gains in a day; 0 where it keeps pace.
    public var drift: Double
    /// When it was set, and by how many seconds forward.
    public var stepAt: String?
    public var step: Double?
    /// Whether it is read off bursts that hosts of the service have in common; `pairs` are buckets then.
    public var isByBursts: Bool
    /// Whether it was compared with one other alone, so that which of them is right is not known.
    public var isOneOfTwo: Bool
  }
  /// How much of the new requesters, and of those of before, belongs to an operator or a country.
  public struct Origin: Sendable, Encodable {
    public var kind: String
    public var name: String
    public var share: Double
    public var shareBefore: Double
    public var recordShare: Double
  }
  /// What requests were made up of by one aspect, during the main incident against before.
  public struct Mix: Sendable, Encodable {
    public struct Member: Sendable, Encodable {
      public var name: String
      public var shareBefore: Double
      public var share: Double
      public var isNew: Bool
    }
    /// node, address, user, network, operation, agent, version, platform or region.
    public var aspect: String
    public var membersBefore: Int
    public var members: Int
    /// Shannon's entropy over its maximum: 1 is even.
    public var evennessBefore: Double
    public var evenness: Double
    /// Rényi's entropy of order 2, bits.
    public var collisionBitsBefore: Double
    public var collisionBits: Double
    /// Share of the largest twenty members, and Gini's coefficient.
    public var topShareBefore: Double
    public var topShare: Double
    public var giniBefore: Double
    public var gini: Double
    /// Jensen-Shannon divergence from before, bits, the greatest that parts of the time before have
    /// among themselves, and Rényi's of order 2.
    public var divergence: Double
    public var usualDivergence: Double?
    public var collisionDivergence: Double
    /// Share of the records by members that were not there before.
    public var newShare: Double
    /// Whether it changed beyond what it does by itself.
    public var isNotable: Bool
    /// Members whose shares moved most.
    public var moved: [Member]
  }
  /// What the main incident did to those who asked; lower bounds where coverage is incomplete.
  public struct Impact: Sendable, Encodable {
    public var service: String
    public var failedOperations: Double
    public var attempts: Double
    public var affected: Double
    public var requesters: Double
    public var errorMinutes: Double
    public var isLowerBound: Bool
  }
  public struct Coverage: Sendable, Encodable {
    public var records: UInt64
    public var unparsed: UInt64
    public var damaged: UInt64
    public var gaps: [Gap]
  }
  public struct Signature: Sendable, Encodable {
    public var id: String
    public var title: String
    public var hits: UInt64
    public var sources: [String]
    public var first: String
    public var last: String
  }
  public struct Pattern: Sendable, Encodable {
    public var id: String
    public var title: String
    public var score: Double
    public var first: String
    public var last: String
  }
  public struct Evidence: Sendable, Encodable {
    public var id: String
    public var hypothesis: String
    /// for, against, absent or unobtainable.
    public var direction: String
    public var weight: Double
    public var family: String
    public var statement: Prose
    public var citations: [Citation]
  }
  public struct TimelineEntry: Sendable, Encodable {
    public var time: String
    public var kind: String
    public var statement: Prose
    /// Error of the time in seconds, where it is an estimate.
    public var uncertainty: Double?
    public var citations: [Citation]
  }
  public struct SourceRow: Sendable, Encodable {
    public var path: String
    public var format: String
    public var reason: String
    public var role: String
    public var host: String
    public var lines: UInt64
    public var records: UInt64
    public var unparsed: UInt64
    public var bytes: UInt64
    public var first: String?
    public var last: String?
    public var sha256: String
    public var stamps: String
    public var damages: [Damage]
    public var examples: [String]
  }
  /// A number in a kind of message that differs in the incident.
  public struct MessageNumber: Sendable, Encodable {
    public var service: String
    public var template: String
    public var example: String
    /// Which number of the message, from 1.
    public var place: Int
    /// Medians before and during.
    public var before: Double
    public var during: Double
    public var adjustedP: Double
    public var first: Citation
  }
  /// A kind of message that changed with the main incident.
  public struct Message: Sendable, Encodable {
    public var change: String
    public var service: String
    public var template: String
    public var example: String
    /// Records an hour.
    public var before: Double
    public var during: Double
    public var adjustedP: Double
    public var first: Citation
  }
  public struct Damage: Sendable, Encodable {
    public var kind: String
    public var compressedOffset: UInt64
    public var decompressedOffset: UInt64
    public var detail: String
  }

  public var schema = Findings.schemaName
  public var caseName: String
  public var from: String
  public var to: String
  public var verdict: Verdict
  public var incidents: [Incident]
  public var suspects: [Suspect]
  public var coverage: Coverage
  public var impact: Impact?
  /// Numbers in messages that the main incident moved.
  public var numbers: [MessageNumber] = []
  /// What requests were made up of.
  public var mixes: [Mix] = []
  /// Operators and countries of new requesters, where files tell them.
  public var origins: [Origin] = []
  /// Hosts whose clocks were compared.
  public var clocks: [Clock] = []
  /// Kinds of message that changed with the main incident.
  public var messages: [Message] = []
  public var signatures: [Signature]
  public var patterns: [Pattern]
  public var evidence: [Evidence]
  public var timeline: [TimelineEntry]
  public var sources: [SourceRow]
  public var sections: [Section]
  public var figures: [Figure]
  /// Values for the terminal's sparkline: the quantity that tells the incident best.
  public var pulse: [Double?]
  public var pulseTitle: String
  /// Whether reading was cut short by a signal.
  public var isIncomplete: Bool
}
