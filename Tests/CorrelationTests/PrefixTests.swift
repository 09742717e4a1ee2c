import Testing

@testable import Correlation

@Suite("Blocks of addresses")
struct PrefixTests {
  private func heaviest(_ addresses: [String]) -> [String] {
    var weights: [AddressPrefix: Double] = [:]
    for address in addresses {
      if let one = AddressPrefix(address: address) { weights[one, default: 0] += 1 }
    }
    return heaviestPrefixes(weights).map(\.prefix.description)
  }

  @Test("as small as they can be: an address, a block of 256, a provider's, of either version")
  func sizes() {
    #expect(heaviest([String](repeating: "192.0.2.7", count: 30)) == ["192.0.2.7"])
    #expect(heaviest((0..<200).map { "203.0.113.\($0)" }) == ["203.0.113.0/24"])
    let provider = (0..<400).map { "198.18.\($0 % 200).\($0 / 2 % 250)" }
    #expect(heaviest(provider) == ["198.18.0.0/16"])
    let six = (0..<100).map { "2001:db8:7:\(String($0, radix: 16))::1" }
    #expect(heaviest(six) == ["2001:db8:7::/56"])
    #expect(heaviest(["::ffff:192.0.2.7", "192.0.2.7"]) == ["192.0.2.7"])
  }

  @Test("addresses from everywhere have no block, and what is no address is left out")
  func none() {
    let scattered = (0..<240).map { "\($0 + 1).\($0 * 7 % 251).\($0 * 13 % 251).9" }
    #expect(heaviest(scattered).isEmpty)
    #expect(heaviest(["", "nobody", "300.1.1.1", "1.2.3", "fe80::1%eth0"]) == ["fe80::1"])
  }

  @Test("two sources side by side are both named, in any order")
  func order() {
    let both =
      (0..<60).map { "203.0.113.\($0)" } + [String](repeating: "192.0.2.7", count: 40)
    #expect(heaviest(both) == heaviest(both.reversed()))
    #expect(heaviest(both).contains("192.0.2.7"))
    #expect(heaviest(both).first == "203.0.113.0/24")
  }
}
