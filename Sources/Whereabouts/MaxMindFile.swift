internal import CMaxMind
import Correlation
internal import Foundation

/// A file in MaxMind's DB format (version 2), as MaxMind, DB-IP and IPinfo publish them.
///
/// Source: *MaxMind DB File Format Specification*; the names of fields are GeoLite2's and IPinfo's.
@safe final class MaxMindFile: @unchecked Sendable {
  // Read only once it is open: libmaxminddb's lookups do not change it.
  private var handle = unsafe MMDB_s()
  let about: String

  /// - Returns: `nil` for a file in another format.
  /// - Throws: `DirectoryError` for one that cannot be opened or is damaged.
  init?(path: String) throws {
    let status = unsafe MMDB_open(path, UInt32(MMDB_MODE_MMAP), &handle)
    if status == MMDB_INVALID_METADATA_ERROR {
      about = ""
      return nil
    }
    guard status == MMDB_SUCCESS else {
      about = ""
      let reason = unsafe MMDB_strerror(status).map { unsafe String(cString: $0) }
      throw DirectoryError(path: path, reason: reason ?? "cannot be opened.")
    }
    let kind = unsafe handle.metadata.database_type.map { unsafe String(cString: $0) } ?? ""
    let built = unsafe Date(timeIntervalSince1970: Double(handle.metadata.build_epoch))
    about =
      "\(URL(filePath: path).lastPathComponent): \(kind), built \(built.formatted(.iso8601.year().month().day()))"
    isOpen = true
  }

  private var isOpen = false

  deinit {
    if isOpen { unsafe MMDB_close(&handle) }
  }

  /// What the file knows of an address; empty where it knows nothing.
  func place(of address: String) -> AddressPlace {
    var failure: Int32 = 0
    var problem: Int32 = 0
    let found = unsafe MMDB_lookup_string(&handle, address, &failure, &problem)
    guard failure == 0, problem == MMDB_SUCCESS, unsafe found.found_entry else {
      return AddressPlace(system: "", country: "")
    }
    let entry = unsafe found.entry
    var number = unsafe text(entry, ["autonomous_system_number"])
    if number.isEmpty { number = unsafe text(entry, ["asn"]) }
    var name = unsafe text(entry, ["autonomous_system_organization"])
    if name.isEmpty { name = unsafe text(entry, ["as_name"]) }
    if !number.isEmpty, !number.hasPrefix("AS") { number = "AS" + number }
    var country = unsafe text(entry, ["country", "iso_code"])
    if country.isEmpty { country = unsafe text(entry, ["country_code"]) }
    if country.isEmpty { country = unsafe text(entry, ["country"]) }
    return AddressPlace(
      system: [number, name].filter { !$0.isEmpty }.joined(separator: " "), country: country)
  }

  /// A string or a number under a path of keys, as text; empty where there is none.
  private func text(_ entry: MMDB_entry_s, _ path: [StaticString]) -> String {
    var entry = unsafe entry
    var data = unsafe MMDB_entry_data_s()
    // C strings that live as long as the program, and the null that ends the list.
    var keys = unsafe path.map { key -> UnsafePointer<CChar>? in
      unsafe UnsafeRawPointer(key.utf8Start).assumingMemoryBound(to: CChar.self)
    }
    unsafe keys.append(nil)
    let status = unsafe MMDB_aget_value(&entry, &data, keys)
    guard status == MMDB_SUCCESS, unsafe data.has_data else { return "" }
    switch unsafe data.type {
    case UInt32(MMDB_DATA_TYPE_UTF8_STRING):
      guard let start = unsafe data.utf8_string else { return "" }
      let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(data.data_size))
      return unsafe String(decoding: bytes, as: UTF8.self)
    case UInt32(MMDB_DATA_TYPE_UINT32): return unsafe String(data.uint32)
    case UInt32(MMDB_DATA_TYPE_UINT16): return unsafe String(data.uint16)
    default: return ""
    }
  }
}
