import Formats
import Records

private let contexts = [
  StampContext(reference: Timestamp(seconds: 1_293_100_000, nanoseconds: 0)),
  StampContext(
    zone: ZoneTable(
      name: "x", base: 3600, steps: [.init(localStart: 1_269_741_600, offsetSeconds: 7200)]),
    reference: .unknown, assumedYear: 2012),
]

/// Every reader of stamps: it ends, and says an end within the bytes and behind its beginning.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard count > 0, let data else { return 0 }
  let bytes = Span(_unsafeStart: data, count: count)
  for context in contexts {
    for i in 0..<min(count, 24) {
      check(Stamps.any(bytes, i, context), i, count)
      check(Stamps.timeOfDay(bytes, i, context), i, count)
      check(Stamps.tai64n(bytes, i), i, count)
      _ = Stamps.epoch(bytes, i..<count)
    }
  }
  return 0
}

private func check(_ stamp: Stamp?, _ start: Int, _ count: Int) {
  guard let stamp else { return }
  precondition(stamp.end > start && stamp.end <= count, "a stamp ends outside of its bytes")
}
