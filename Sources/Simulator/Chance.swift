import Foundation

/// A seeded source of chance: the same seed gives the same run on every machine.
///
/// Source: G. L. Steele Jr., D. Lea, C. H. Flood, *Fast Splittable Pseudorandom Number Generators*
/// (OOPSLA 2014).
struct Chance {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 0x1234_5678_9abc_def1 }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Uniform in 0 to 1.
  mutating func share() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

  mutating func happens(_ p: Double) -> Bool { share() < p }

  mutating func below(_ n: Int) -> Int { n <= 0 ? 0 : Int(next() % UInt64(n)) }

  mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * share() }

  /// Waiting time until the next of events that come at random.
  mutating func wait(mean: Double) -> Double { -mean * log(max(1e-12, 1 - share())) }

  mutating func normal() -> Double {
    let u = max(1e-12, share())
    return (-2 * log(u)).squareRoot() * cos(2 * .pi * share())
  }

  mutating func logNormal(median: Double, spread: Double) -> Double {
    median * exp(spread * normal())
  }

  mutating func poisson(_ mean: Double) -> Int {
    if mean > 50 { return max(0, Int((mean + mean.squareRoot() * normal()).rounded())) }
    let limit = exp(-mean)
    var product = share()
    var count = 0
    while product > limit {
      product *= share()
      count += 1
    }
    return count
  }

  mutating func pick<T>(_ weighted: [(T, Double)]) -> T {
    let total = weighted.reduce(0) { $0 + $1.1 }
    var at = share() * total
    for (value, weight) in weighted {
      at -= weight
      if at < 0 { return value }
    }
    return weighted[weighted.count - 1].0
  }

  mutating func hex(_ digits: Int) -> String {
    let alphabet = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for _ in 0..<digits { text.append(alphabet[below(16)]) }
    return String(decoding: text, as: UTF8.self)
  }
}
