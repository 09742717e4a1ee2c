/// A line of text that shows the course of `values`, from 0 (or the least, if negative) to the most.
///
/// - Parameters:
///   - values: in time order; `nil` and what is not finite is drawn as a gap.
///   - width: the most characters; where there are more values each shows the greatest of its share.
///   - ascii: for terminals without block characters.
/// - Returns: an empty string for no values or no width.
public func sparkline(_ values: [Double?], width: Int, ascii: Bool = false) -> String {
  guard width > 0, !values.isEmpty else { return "" }
  let marks: [Character] = ascii ? Array("_.-=+*%#") : Array("▁▂▃▄▅▆▇█")
  let gap: Character = ascii ? " " : "·"
  let columns = min(width, values.count)
  let shown: [Double?] = (0..<columns).map { c in
    let from = c * values.count / columns
    let to = max(from + 1, (c + 1) * values.count / columns)
    return values[from..<to].compactMap { $0 }.filter(\.isFinite).max()
  }
  let seen = shown.compactMap { $0 }
  let low = min(0, seen.min() ?? 0)
  let high = max(0, seen.max() ?? 0)
  return String(
    shown.map { value -> Character in
      guard let value else { return gap }
      // Halved first, so that the range of two huge numbers does not overflow.
      let range = high / 2 - low / 2
      guard range > 0 else { return marks[0] }
      let part = (value / 2 - low / 2) / range
      return marks[min(marks.count - 1, max(0, Int(part * Double(marks.count - 1) + 0.5)))]
    })
}
