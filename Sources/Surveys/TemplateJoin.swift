/// Joins templates that differ in words which vary freely: what masking cannot know to be a variable
/// is one if many words stand in its place.
///
/// Order-free: the result depends on the set of templates and their counts alone. Templates of equal
/// shape (as many words) that agree in all places but one are joined if enough different words stand
/// there; then again, for templates that vary in more than one place.
///
/// - Complexity: rounds × templates × words.
public struct TemplateJoin: Sendable {
  /// Different words that make a place variable.
  public static let leastWords = 5
  static let wildByte: UInt8 = 0x01
  /// What stands for a variable part: control characters are blanks in a masked message.
  public static let wild = "\u{01}"
  /// Rounds, each of which finds one more variable place.
  static let rounds = 4
  /// Words of a template that are looked at.
  static let wordsLimit = 64

  /// From a masked template to what it was joined to.
  public private(set) var joined: [String: String] = [:]

  /// - Parameter templates: masked templates.
  public init(_ templates: some Sequence<String>) {
    var current: [String: [String]] = [:]
    for template in templates {
      let parts = template.split(separator: " ", omittingEmptySubsequences: true)
      current[template] = parts.prefix(TemplateJoin.wordsLimit).map(String.init)
    }
    for template in current.keys { joined[template] = template }
    for _ in 0..<TemplateJoin.rounds {
      // The words that stand in a place of what is otherwise equal.
      var standing: [String: Set<String>] = [:]
      let shapes = Set(current.values.map { $0.joined(separator: " ") }).sorted()
      for shape in shapes {
        let parts = shape.split(separator: " ").map(String.init)
        for i in parts.indices where TemplateJoin.mayVary(parts, i) {
          standing[TemplateJoin.key(parts, i), default: []].insert(parts[i])
        }
      }
      var replaced: [String: String] = [:]
      for shape in shapes {
        let parts = shape.split(separator: " ").map(String.init)
        // The place in which most words stand; of equals, the last: what comes first says what it is.
        var best: (place: Int, words: Int)?
        for i in parts.indices where TemplateJoin.mayVary(parts, i) {
          let count = standing[TemplateJoin.key(parts, i)]?.count ?? 0
          if count >= TemplateJoin.leastWords, count >= best?.words ?? 0 { best = (i, count) }
        }
        guard let best else { continue }
        var wild = parts
        wild[best.place] = TemplateJoin.wild
        replaced[shape] = wild.joined(separator: " ")
      }
      guard !replaced.isEmpty else { break }
      for (template, parts) in current {
        guard let shape = replaced[parts.joined(separator: " ")] else { continue }
        current[template] = shape.split(separator: " ").map(String.init)
        joined[template] = shape
      }
    }
  }

  /// A first word names what happens, and a word beside a mark (`key=value`) is half known.
  private static func mayVary(_ parts: [String], _ i: Int) -> Bool {
    parts.count >= 3 && i > 0 && parts[i] != wild
  }

  private static func key(_ parts: [String], _ place: Int) -> String {
    var key = "\(parts.count):\(place):"
    for (i, part) in parts.enumerated() where i != place {
      key += part
      key += " "
    }
    return key
  }
}
