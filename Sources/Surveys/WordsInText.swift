/// Whether `text` holds `word` at `place`.
@inline(__always)
func has(_ word: StaticString, in text: Span<UInt8>, at place: Int) -> Bool {
  let count = word.utf8CodeUnitCount
  guard place >= 0, count <= text.count - place else { return false }
  return word.withUTF8Buffer { bytes in
    (0..<count).allSatisfy { unsafe text[place &+ $0] == bytes[$0] }
  }
}

/// Whether `text` holds `word`, which is in small letters, anywhere and in letters of either size.
func holds(_ word: StaticString, in text: Span<UInt8>) -> Bool {
  let count = word.utf8CodeUnitCount
  guard count > 0, count <= text.count else { return false }
  return word.withUTF8Buffer { bytes in
    (0...(text.count - count)).contains { start in
      (0..<count).allSatisfy { k in
        let byte = text[start &+ k]
        return unsafe (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) == bytes[k]
      }
    }
  }
}
