import Foundation
import TestSupport
import Testing

@testable import Correlation
@testable import Whereabouts

@Suite("Whereabouts of addresses")
struct WhereaboutsTests {
  private func database(_ place: TemporaryFolder) throws -> String {
    let file = MaxMindWriter.file(
      [
        (
          MaxMindWriter.bits(203, 0, length: 8),
          .map([
            ("autonomous_system_number", .number(64_500, kind: 6)),
            ("autonomous_system_organization", .text("Example Hosting")),
          ])
        ),
        (
          MaxMindWriter.bits(198, 51, length: 16),
          .map([("country", .map([("iso_code", .text("DE"))])), ("asn", .text("AS64501"))])
        ),
      ], kind: "Test")
    let url = place.url.appending(path: "t.mmdb")
    try file.write(to: url)
    return url.path
  }

  @Test("operators and countries by MMDB of either kind of field names, and by a list")
  func looksUp() throws {
    let place = try TemporaryFolder()
    defer { withExtendedLifetime(place) {} }
    let list = place.url.appending(path: "own.csv")
    try Data(
      """
      first,last,label
      192.0.2.0,192.0.2.255,"Office, Hamburg"
      192.0.2.64,192.0.2.127,Laboratory
      2001:db8::,2001:db8::ffff,Test net
      """.utf8
    ).write(to: list)
    let directory = try AddressDirectory(paths: [try database(place), list.path])
    #expect(directory.place(of: "203.0.113.7")?.system == "AS64500 Example Hosting")
    #expect(
      directory.place(of: "198.51.100.1") == AddressPlace(system: "AS64501", country: "DE"))
    #expect(directory.place(of: "192.0.2.7")?.system == "Office, Hamburg")
    #expect(directory.place(of: "192.0.2.70")?.system == "Laboratory")
    #expect(directory.place(of: "2001:db8::7")?.system == "Test net")
    #expect(directory.place(of: "192.0.3.1") == nil)
    #expect(directory.place(of: "no address") == nil)
    #expect(directory.sources == ["t.mmdb: Test, built 2023-11-14", "own.csv: 3 ranges"])
  }

  @Test("files that cannot be used are named, damaged ones trap nothing")
  func refuses() throws {
    let place = try TemporaryFolder()
    defer { withExtendedLifetime(place) {} }
    let whole = try Data(contentsOf: URL(filePath: try database(place)))
    #expect(throws: DirectoryError.self) { try AddressDirectory(paths: ["/nowhere.mmdb"]) }
    let url = place.url.appending(path: "bad.mmdb")
    for cut in stride(from: 0, to: whole.count, by: 97) {
      try whole.prefix(cut).write(to: url)
      #expect(throws: DirectoryError.self) { try AddressDirectory(paths: [url.path]) }
    }
    for step in 3..<40 {
      var damaged = whole
      for i in Swift.stride(from: 0, to: damaged.count, by: step) { damaged[i] ^= 0x5a }
      try damaged.write(to: url)
      let directory = try? AddressDirectory(paths: [url.path])
      for k in 0..<256 { _ = directory?.place(of: "\(k).51.100.1") }
    }
  }

  @Test("an operator that holds most newcomers and hardly any of those of before stands out")
  func shares() {
    let old = (0..<200).map { (address: "10.0.\($0).1", records: 5.0) }
    let new = (0..<300).map { (address: $0 < 240 ? "20.0.\($0).1" : "10.1.\($0).1", records: 9.0) }
    let found = originShares(new, old, weight: 2) {
      AddressPlace(system: $0.hasPrefix("20.") ? "AS1 Hoster" : "AS2 Access", country: "DE")
    }
    #expect(found.map(\.name) == ["AS1 Hoster", "AS2 Access", "DE"])
    #expect(found.first?.stands == true)
    #expect(found.first?.actors == 480)
    #expect(found.map(\.stands) == [true, false, false])
  }
}
