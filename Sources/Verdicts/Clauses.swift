public import Correlation
import Foundation
import Records

/// Numbers as a report prints them: no more digits than they bear.
public enum Clause {
  /// `37 %`, `0.4 %`.
  public static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "unknown" }
    let p = share * 100
    if p != 0, abs(p) < 1 { return trimmed(p, 1) + " %" }
    return trimmed(p, abs(p) < 10 && p != p.rounded() ? 1 : 0) + " %"
  }

  /// Two or three significant digits, thousands with SI-free separators.
  public static func number(_ x: Double) -> String {
    guard x.isFinite else { return "unknown" }
    let a = abs(x)
    if a >= 1000 { return grouped(x.rounded()) }
    if a >= 100 { return trimmed(x, 0) }
    if a >= 10 { return trimmed(x, a == a.rounded() ? 0 : 1) }
    if a >= 1 { return trimmed(x, a == a.rounded() ? 0 : 1) }
    return trimmed(x, 2)
  }

  public static func factor(_ x: Double) -> String {
    guard x.isFinite else { return "unbounded" }
    return "\(number(x))×"
  }

  public static func duration(_ seconds: Double) -> String {
    let s = max(0, seconds)
    if s < 1 { return trimmed(s * 1000, 0) + " ms" }
    if s < 120 { return trimmed(s, s < 10 && s != s.rounded() ? 1 : 0) + " s" }
    if s < 7200 { return trimmed(s / 60, 0) + " min" }
    if s < 172_800 { return trimmed(s / 3600, 1) + " h" }
    return trimmed(s / 86400, 1) + " days"
  }

  static func trimmed(_ x: Double, _ digits: Int) -> String {
    let text = String(format: "%.\(digits)f", x)
    guard digits > 0, text.contains(".") else { return text == "-0" ? "0" : text }
    var end = text.endIndex
    while end > text.startIndex, text[text.index(before: end)] == "0" {
      end = text.index(before: end)
    }
    if end > text.startIndex, text[text.index(before: end)] == "." {
      end = text.index(before: end)
    }
    let short = String(text[..<end])
    return short == "-0" ? "0" : short
  }

  static func grouped(_ x: Double) -> String {
    guard abs(x) < 1e15 else { return String(format: "%.2e", x) }
    let digits = String(Int64(abs(x)))
    var result = ""
    for (i, digit) in digits.enumerated() {
      if i > 0, (digits.count - i) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return (x < 0 ? "-" : "") + result
  }

  /// `2010-12-22 16:03:11`, with its error where that is more than a minute.
  public static func instant(_ dated: Dated) -> String {
    let half = max(dated.at - dated.earliest, dated.latest - dated.at)
    let text = dated.timestamp.clock
    return half >= 2 ? "\(text) (± \(duration(Double(half))))" : text
  }
}
