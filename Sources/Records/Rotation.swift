/// Place of a file in its rotation.
///
/// A dated file is older than an undated one, a higher number is older than a lower, the bare name
/// is the newest.
public struct RotationAge: Sendable, Hashable, Comparable {
  /// Date in the name as a number that sorts, or `Int64.max`.
  public var date: Int64
  /// Number in the name, or 0.
  public var number: Int64

  public static func < (a: RotationAge, b: RotationAge) -> Bool {
    a.date != b.date ? a.date < b.date : a.number > b.number
  }
}

/// What compressing adds to a file's name.
package let compressionSuffixes = [".gz", ".z", ".xz", ".bz2", ".zst", ".lz4"]

/// Splits a name into its family and its place in the rotation.
///
/// Known forms, as logrotate, savelog, log4j and Apache's rotatelogs write them: `x.log.3`,
/// `x.log.3.gz`, `x.log-20101222[.gz]`, `x-2010-12-22.log[.gz]`, `x.log.2010-12-22-16`,
/// `x.log.2010122216`.
public func rotation(of label: String) -> (family: String, age: RotationAge) {
  var name = label
  for suffix in compressionSuffixes where name.lowercased().hasSuffix(suffix) {
    name = String(name.dropLast(suffix.count))
    break
  }
  let folder = name.lastIndex(of: "/").map { String(name[...$0]) } ?? ""
  var base = Array(name.dropFirst(folder.count).utf8)
  var age = RotationAge(date: .max, number: 0)
  func isDigit(_ c: UInt8) -> Bool { c >= 0x30 && c <= 0x39 }
  // A number at the end, after a dot.
  var end = base.count
  while end > 0, isDigit(base[end - 1]) { end -= 1 }
  let digits = base.count - end
  if digits > 0, digits <= 5, end > 0, base[end - 1] == 0x2e {
    age.number = base[end...].reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    base.removeLast(digits + 1)
  }
  // A date anywhere: eight or ten digits, or yyyy-mm-dd with an optional -hh.
  var i = 0
  while i < base.count {
    guard isDigit(base[i]), i == 0 || !isDigit(base[i - 1]) else {
      i += 1
      continue
    }
    var k = i
    var value: Int64 = 0
    var count = 0
    var dashes = 0
    while k < base.count, count < 14 {
      if isDigit(base[k]) {
        value = value * 10 + Int64(base[k] - 0x30)
        count += 1
      } else if base[k] == 0x2d || base[k] == 0x5f || base[k] == 0x2e,
        count == 4 || count == 6 || count == 8 || count == 10, k + 1 < base.count,
        isDigit(base[k + 1])
      {
        dashes += 1
      } else {
        break
      }
      k += 1
    }
    let year = count >= 8 ? value / power(10, count - 4) : 0
    if count >= 8, count % 2 == 0, (1980...2100).contains(year) {
      age.date = value * power(10, 14 - count)
      var from = i
      if from > 0, base[from - 1] == 0x2d || base[from - 1] == 0x2e || base[from - 1] == 0x5f {
        from -= 1
      }
      base.removeSubrange(from..<k)
      break
    }
    i = max(k, i + 1)
  }
  return (folder + String(decoding: base, as: UTF8.self), age)
}

private func power(_ base: Int64, _ exponent: Int) -> Int64 {
  (0..<max(0, exponent)).reduce(Int64(1)) { product, _ in product &* base }
}
