private import CCrypto

/// SHA-256 of a stream of bytes, by OpenSSL.
@safe final class Digest {
  private let context: OpaquePointer?

  init() {
    unsafe context = EVP_MD_CTX_new()
    unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  func update(_ bytes: UnsafeRawBufferPointer) {
    unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  /// 64 hexadecimal digits. Ends the stream.
  func finish() -> String {
    var bytes = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      _ = unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, &length)
    }
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
