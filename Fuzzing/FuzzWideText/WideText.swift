import ReadingLaws

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  if let data, count > 0 { ReadingLaws.wideText(Span(_unsafeStart: data, count: count)) }
  return 0
}
