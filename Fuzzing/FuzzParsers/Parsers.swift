import Formats
import Records

private let context = StampContext(reference: Timestamp(seconds: 1_293_100_000, nanoseconds: 0))
nonisolated(unsafe) private var record = LogRecord()

/// Every parser: whatever the bytes, it returns, and all ranges lie within the record's text.
///
/// The first two bytes choose the format.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard count > 2, let data else { return 0 }
  let bytes = Span(_unsafeStart: data, count: count)
  let formats = FormatRegistry.all
  let format = formats[(Int(bytes[0]) << 8 | Int(bytes[1])) % formats.count]
  let text = bytes.extracting(2..<count)
  var start = 0
  while start < text.count,
    let end = format.framer.frameEnd(in: text, from: start, isLast: true)
  {
    let frame = text.extracting(start..<end)
    record.reset()
    if format.parser.parse(frame, context: context, into: &record) == .parsed {
      precondition(record.time.isKnown, "a record without a time was parsed")
      check(record.usesDecoded ? record.decoded.count : frame.count)
    }
    start = end
  }
  return 0
}

private func check(_ limit: Int) {
  for name in FieldName.allCases {
    let range = record[name]
    precondition(range.isEmpty || Int(range.upper) <= limit, "a field lies outside of its text")
  }
  precondition(record.gaugeCount <= LogRecord.gaugeLimit)
  for i in 0..<record.gaugeCount {
    let range = record.gauges[i].name
    precondition(range.isEmpty || Int(range.upper) <= limit, "a name lies outside of its text")
  }
}
