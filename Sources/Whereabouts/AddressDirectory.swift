public import Correlation
internal import Foundation

/// A file that cannot be used as a directory of addresses.
public struct DirectoryError: Error, CustomStringConvertible {
  public var path: String
  public var reason: String
  public var description: String { "\(path): \(reason)" }
}

/// Where addresses belong, by files that the user brings: the network's operator (autonomous system)
/// and the country. Several files complete one another; the first that knows a fact tells it.
///
/// Nothing is shipped and nothing is looked up elsewhere: such data ages, and questions would tell
/// others of the case.
public struct AddressDirectory: Sendable {
  private let databases: [MaxMindFile]
  private let lists: [AddressList]
  /// What the files say of themselves: name, kind, when built.
  public let sources: [String]

  /// - Parameter paths: MMDB files, or lists of `first,last,label` (CSV).
  /// - Throws: `DirectoryError` for a file that is neither.
  public init(paths: [String]) throws {
    var databases: [MaxMindFile] = []
    var lists: [AddressList] = []
    var sources: [String] = []
    for path in paths {
      if let database = try MaxMindFile(path: path) {
        databases.append(database)
        sources.append(database.about)
      } else {
        let list = try AddressList(path: path)
        lists.append(list)
        sources.append(list.about)
      }
    }
    self.databases = databases
    self.lists = lists
    self.sources = sources
  }

  /// - Returns: `nil` for what is no address, and for one that no file knows.
  public func place(of address: String) -> AddressPlace? {
    var result = AddressPlace(system: "", country: "")
    for database in databases {
      let found = database.place(of: address)
      if result.system.isEmpty { result.system = found.system }
      if result.country.isEmpty { result.country = found.country }
    }
    if result.system.isEmpty, let key = addressKey(address) {
      result.system = lists.lazy.compactMap { $0.label(of: key) }.first ?? ""
    }
    return result.system.isEmpty && result.country.isEmpty ? nil : result
  }
}

/// An address of either version as one number: of version 4 as version 6 maps it (RFC 4291 2.5.5.2).
func addressKey(_ text: String) -> UInt128? {
  var v4 = in_addr()
  if unsafe inet_pton(AF_INET, text, &v4) == 1 {
    return (0xffff << 32) | UInt128(UInt32(bigEndian: v4.s_addr))
  }
  var v6 = in6_addr()
  guard unsafe inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
  return unsafe withUnsafeBytes(of: &v6) { raw in
    unsafe raw.reduce(UInt128(0)) { ($0 << 8) | UInt128($1) }
  }
}

/// Ranges of addresses with a label each, one a line: `first,last,label`.
struct AddressList: Sendable {
  private struct Range: Sendable {
    var first: UInt128
    var last: UInt128
    var label: String
  }
  private let ranges: [Range]
  let about: String

  init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw DirectoryError(path: path, reason: "cannot be opened.")
    }
    var ranges: [Range] = []
    for (i, line) in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
      .enumerated()
    {
      let parts = line.split(separator: ",", maxSplits: 2).map {
        $0.trimmingCharacters(in: CharacterSet(charactersIn: " \"\t"))
      }
      guard parts.count == 3, let first = addressKey(parts[0]), let last = addressKey(parts[1]),
        first <= last
      else {
        // The names of the columns, a remark.
        if i == 0 || line.hasPrefix("#") { continue }
        throw DirectoryError(
          path: path,
          reason: "is no MMDB file, and line \(i + 1) is no range: write first,last,label.")
      }
      ranges.append(Range(first: first, last: last, label: parts[2]))
    }
    guard !ranges.isEmpty else {
      throw DirectoryError(path: path, reason: "holds no range of addresses.")
    }
    self.ranges = ranges.sorted { ($0.first, $1.last) < ($1.first, $0.last) }
    about = "\(URL(filePath: path).lastPathComponent): \(ranges.count) ranges"
  }

  /// The label of the range that holds the address and begins last.
  ///
  /// - Complexity: logarithmic, and linear in ranges that hold one another.
  func label(of key: UInt128) -> String? {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].first <= key { low = middle + 1 } else { high = middle }
    }
    for range in ranges[..<low].reversed().prefix(32) where range.last >= key {
      return range.label
    }
    return nil
  }
}
