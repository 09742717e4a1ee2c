import Formats
import Records

/// Every framer: it moves on, stays within its bytes, and cuts the same frames wherever the bytes
/// are split into blocks.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard count > 2, let data else { return 0 }
  let bytes = Span(_unsafeStart: data, count: count)
  let framers = framersInUse
  let framer = framers[Int(bytes[0]) % framers.count]
  let text = bytes.extracting(1..<count)
  var whole: [Int] = []
  var start = 0
  while start < text.count {
    guard let end = framer.frameEnd(in: text, from: start, isLast: true) else {
      fatalError("a last frame was not given out")
    }
    precondition(end > start && end <= text.count, "a frame ends outside of its bytes")
    whole.append(end)
    start = end
  }
  // A block ends at the last boundary; the next begins there.
  let boundary = framer.lastBoundary(in: text)
  precondition(boundary >= 0 && boundary <= text.count)
  precondition(boundary == 0 || whole.contains(boundary), "a boundary lies within a frame")
  var parts: [Int] = []
  start = 0
  let block = text.extracting(0..<boundary)
  while start < boundary {
    guard let end = framer.frameEnd(in: block, from: start, isLast: true) else { break }
    parts.append(end)
    start = end
  }
  precondition(parts.elementsEqual(whole.prefix(parts.count)), "a block has other frames")
  return 0
}

private let framersInUse: [any Framer] = {
  var seen: Set<String> = []
  return FormatRegistry.all.compactMap { format in
    seen.insert(String(describing: type(of: format.framer))).inserted ? format.framer : nil
  }
}()
