/// Joins templates that differ in words which vary: what masking cannot know to be a variable is one
/// if different words stand in its place.
///
/// How many different words it takes depends on what they look like: two values of one key
/// (`user=root`, `user=test`), two names (`com.a.Main`, `WindowsUpdate`, `RUNNING`), two states (`true`,
/// `off`), two words behind a noun that has a name (`user`, `driver`), two or three behind a preposition, five
/// of anything else. So `door opened` and `door closed` stay two kinds.
///
/// Order-free: the result depends on the set of templates alone. Templates of as many words that agree
/// in all places but one are joined; then again, for templates that vary in more than one place.
///
/// - Complexity: rounds × templates × words.
public struct TemplateJoin: Sendable {
  /// Different words that make a place variable, whatever they are.
  public static let leastWords = 5
  static let leastAfterPreposition = 3
  static let leastNames = 2
  /// Constant words from which on a sentence is no other one for a word behind a preposition.
  static let longSentence = 5
  /// Constant words that must be left.
  static let leastConstant = 2
  static let wildByte: UInt8 = 0x01
  /// What stands for a variable part: control characters are blanks in a masked message.
  public static let wild = "\u{01}"
  /// Rounds, each of which finds one more variable place.
  static let rounds = 8
  /// Words of a template that are looked at.
  static let wordsLimit = 96

  /// From a masked template to what it was joined to.
  public private(set) var joined: [String: String] = [:]

  private typealias Word = Substring

  /// - Parameter templates: masked templates.
  public init(_ templates: some Sequence<String>) {
    var current: [String: [Word]] = [:]
    for template in templates {
      current[template] = TemplateJoin.split(template)
    }
    for template in current.keys { joined[template] = template }
    for _ in 0..<TemplateJoin.rounds {
      let shapes = Set(current.values).sorted { $0.lexicographicallyPrecedes($1) }
      // The words that stand in a place of what is otherwise equal.
      var standing: [[Word]: Set<Word>] = [:]
      for parts in shapes {
        for i in parts.indices where !TemplateJoin.isWild(parts[i]) {
          standing[TemplateJoin.key(parts, i), default: []].insert(parts[i])
        }
      }
      // What stands for the words of a place, where they vary: the same for all that have it, and
      // there may be as many as lines.
      var stands: [[Word]: String?] = [:]
      func wild(_ key: [Word], _ words: Set<Word>, _ parts: [Word], _ place: Int) -> String? {
        if let known = stands[key] { return known }
        let result =
          TemplateJoin.vary(words, parts, place) ? TemplateJoin.common(words) : nil
        stands[key] = .some(result)
        return result
      }
      var replaced: [[Word]: [Word]] = [:]
      for parts in shapes {
        // The place in which most words stand; of equals, the last: what comes first says what it is.
        var best: (place: Int, count: Int, wild: String)?
        for i in parts.indices where !TemplateJoin.isWild(parts[i]) {
          let key = TemplateJoin.key(parts, i)
          guard let words = standing[key], words.count > 1, words.count >= best?.count ?? 0,
            let found = wild(key, words, parts, i)
          else { continue }
          best = (i, words.count, found)
        }
        guard let best else { continue }
        var shape = parts
        shape[best.place] = Word(best.wild)
        replaced[parts] = shape
      }
      guard !replaced.isEmpty else { break }
      for (template, parts) in current {
        guard let shape = replaced[parts] else { continue }
        current[template] = shape
        joined[template] = shape.joined()
      }
    }
  }

  /// Words with what follows them up to the next: blanks, commas, semicolons.
  private static func split(_ template: String) -> [Word] {
    var result: [Word] = []
    var start = template.startIndex
    var isBehind = false
    for i in template.indices {
      let isSeparator = template[i] == " " || template[i] == "," || template[i] == ";"
      if isBehind, !isSeparator, result.count < wordsLimit {
        result.append(template[start..<i])
        start = i
      }
      isBehind = isSeparator
    }
    if start < template.endIndex { result.append(template[start...]) }
    return result
  }

  private static func isWild(_ word: Word) -> Bool {
    word.hasPrefix(wild) && word.dropFirst().allSatisfy { $0 == " " || $0 == "," || $0 == ";" }
  }

  /// What all others of its kind have in common: the words but one, and which one is left out.
  private static func key(_ parts: [Word], _ place: Int) -> [Word] {
    var key = parts
    key[place] = Word("\(place)")
    return key
  }

  // MARK: - What varies

  private static func vary(_ words: Set<Word>, _ parts: [Word], _ place: Int) -> Bool {
    let constant = parts.indices.count { $0 != place && parts[$0].contains(where: \.isLetter) }
    let keys = Set(words.map(TemplateJoin.key(of:)))
    if keys.count == 1, keys.first != "" { return words.count >= leastNames }
    guard constant >= leastConstant else { return false }
    if words.allSatisfy(isName) || words.allSatisfy({ states.contains(bare($0).lowercased()) }) {
      return words.count >= leastNames
    }
    guard place > 0 else { return false }
    let before = bare(parts[place - 1]).lowercased()
    if nouns.contains(before) { return words.count >= leastNames }
    if units.isSuperset(of: words.map(bare)), parts[place - 1].contains(wild) {
      return words.count >= leastNames
    }
    guard prepositions.contains(before) else { return words.count >= leastWords }
    return words.count >= (constant >= longSentence ? leastNames : leastAfterPreposition)
  }

  /// `user=` of `user=root,`; empty if it is no pair.
  private static func key(of word: Word) -> String {
    word.firstIndex(of: "=").map { String(word[...$0]) } ?? ""
  }

  private static func bare(_ word: Word) -> String {
    var word = word
    while let first = word.first, !first.isLetter, !first.isNumber { word.removeFirst() }
    while let last = word.last, !last.isLetter, !last.isNumber { word.removeLast() }
    return String(word)
  }

  /// Words that no sentence has: capitals within, several of them, or marks between letters.
  private static func isName(_ word: Word) -> Bool {
    if word.contains(wild) { return true }
    let bare = bare(word)
    guard bare.count >= 2, !verbs.contains(bare) else { return false }
    if bare.dropFirst().contains(where: \.isUppercase) { return true }
    return bare.contains { "._/\\@:-$".contains($0) || $0.isNumber }
  }

  /// Words in capitals that say what happens.
  private static let verbs: Set<String> = [
    "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "CONNECT", "SELECT", "INSERT",
    "UPDATE", "START", "STOP", "STARTED", "STOPPED", "OPEN", "CLOSE", "BEGIN", "COMMIT", "ROLLBACK",
    "LOGIN", "LOGOUT", "UP", "DOWN", "OK", "FAIL", "FAILED", "ERROR", "WARN", "WARNING", "INFO",
    "FATAL",
  ]
  private static let states: Set<String> = [
    "true", "false", "yes", "no", "on", "off", "null", "none", "nil", "y", "n", "enabled",
    "disabled",
  ]
  /// Nouns that have a name.
  private static let nouns: Set<String> = [
    "user", "driver", "service", "host", "client", "interface", "device", "module", "program",
    "job",
    "task", "queue", "topic", "database", "table", "server", "peer", "session", "file", "account",
    "unit", "process", "thread", "container", "pod", "namespace", "action", "id", "node", "volume",
  ]
  private static let prepositions: Set<String> = [
    "for", "from", "by", "to", "on", "in", "at", "via",
  ]
  private static let units: Set<String> = [
    "B", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "bytes", "ns", "us", "ms", "s", "sec", "secs",
    "seconds", "min", "minutes", "h", "hours", "d", "days",
  ]

  private static func isInner(_ c: Character) -> Bool {
    c.isLetter || c.isNumber || "._-/\\:@$".contains(c)
  }

  /// A variable word with the marks that all have around it: `user=*,`.
  private static func common(_ words: Set<Word>) -> String {
    guard let first = words.min() else { return wild }
    var head = Array(first)
    var tail = Array(first.reversed())
    for word in words {
      head = Array(zip(head, word).prefix { $0 == $1 }.map(\.0))
      tail = Array(zip(tail, word.reversed()).prefix { $0 == $1 }.map(\.0))
    }
    // Of a word itself no part: `started` and `stopped` begin alike and have nothing in common.
    while let last = head.last, isInner(last) { head.removeLast() }
    while let last = tail.last, last.isLetter || last.isNumber || last == "_" { tail.removeLast() }
    guard words.allSatisfy({ $0.count > head.count + tail.count }) else {
      return head.isEmpty ? wild : String(head) + wild
    }
    return String(head) + wild + String(tail.reversed())
  }
}
