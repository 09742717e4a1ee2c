import Formats
import Records

private let context = StampContext(reference: Timestamp(seconds: 1_293_100_000, nanoseconds: 0))
nonisolated(unsafe) private var record = LogRecord()

/// The detector: it decides on any sample, decides the same again, and what it chose reads the
/// sample without harm.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard count > 0, let data else { return 0 }
  let bytes = Span(_unsafeStart: data, count: count)
  let found = detectFormat(sample: bytes, context: context)
  precondition(found.share >= 0 && found.share <= 1)
  precondition(found.format.name == detectFormat(sample: bytes, context: context).format.name)
  var start = 0
  while start < count,
    let end = found.format.framer.frameEnd(in: bytes, from: start, isLast: true)
  {
    record.reset()
    _ = found.format.parser.parse(bytes.extracting(start..<end), context: context, into: &record)
    start = end
  }
  return 0
}
