private import CArchive
import Foundation

/// Bytes that come piece by piece. Empty at the end.
protocol ByteFeed: AnyObject {
  /// The next piece; it stays valid until the next call.
  func nextPiece() -> UnsafeRawBufferPointer
}

extension RawInput: ByteFeed {
  func nextPiece() -> UnsafeRawBufferPointer {
    advance(handedOut)
    let bytes = unsafe available
    handedOut = bytes.count
    return unsafe bytes
  }
}

/// What an archive says of one member.
struct ArchiveMember {
  /// A label only: it is never opened.
  var path: String
  var isFile: Bool
  var modified: Int64
}

/// One pass over an archive or a compressed stream, by libarchive. Nothing is unpacked to disk.
///
/// Its gzip filter is left out on purpose: it does not check the CRC. gzip goes through our own
/// reader, and what that gives is fed in here.
///
/// Source: libarchive_internals(3), archive_read(3).
@safe final class ArchiveStream: PullSource, @unchecked Sendable {
  enum Form {
    /// One compressed stream: zstd, xz, bzip2, lz4.
    case compressed
    /// tar, zip, 7z.
    case archive
  }

  private let archive: OpaquePointer
  private let feed: (any ByteFeed)?
  private(set) var failure: String?
  /// Members whose bytes are at hand or passed.
  private(set) var membersBegun = 0
  /// Keeps the file that is read.
  private let copy: SpooledBytes?

  /// - Parameters:
  ///   - path: a file that libarchive reads by itself, so that it may seek; else `feed`.
  ///   - copy: what the path leads to, if it is a copy.
  init?(_ form: Form, feed: (any ByteFeed)?, path: String? = nil, copy: SpooledBytes? = nil) {
    self.copy = copy
    guard let handle = unsafe archive_read_new() else { return nil }
    unsafe archive = handle
    self.feed = feed
    switch form {
    case .compressed:
      unsafe archive_read_support_filter_zstd(handle)
      unsafe archive_read_support_filter_xz(handle)
      unsafe archive_read_support_filter_lzma(handle)
      unsafe archive_read_support_filter_bzip2(handle)
      unsafe archive_read_support_filter_lz4(handle)
      unsafe archive_read_support_format_raw(handle)
    case .archive:
      unsafe archive_read_support_format_tar(handle)
      unsafe archive_read_support_format_zip(handle)
      unsafe archive_read_support_format_7zip(handle)
    }
    let code: Int32
    if let path {
      code = unsafe archive_read_open_filename(handle, path, 256 << 10)
    } else {
      let context = unsafe Unmanaged.passUnretained(self).toOpaque()
      code = unsafe archive_read_open(
        handle, context, nil,
        { _, context, out in
          guard let context = unsafe context, let out = unsafe out else { return 0 }
          let stream = unsafe Unmanaged<ArchiveStream>.fromOpaque(context).takeUnretainedValue()
          guard let piece = unsafe stream.feed?.nextPiece() else { return 0 }
          unsafe out.pointee = piece.baseAddress
          return piece.count
        }, nil)
    }
    if code != ARCHIVE_OK { failure = message }
  }

  deinit { unsafe archive_read_free(archive) }

  private var message: String {
    unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "unknown fault"
  }

  /// What was found damaged in the stream that the archive lies in.
  var outerDamages: [Damage] { (feed as? SourceReader)?.facts.damages ?? [] }

  /// Goes on to the next member; `nil` at the end, or where `failure` says why.
  func nextMember() -> ArchiveMember? {
    guard failure == nil else { return nil }
    var entry: OpaquePointer?
    let code = unsafe archive_read_next_header(archive, &entry)
    guard code == ARCHIVE_OK || code == ARCHIVE_WARN, let entry = unsafe entry else {
      if code != ARCHIVE_EOF { failure = message }
      return nil
    }
    membersBegun += 1
    let path = unsafe archive_entry_pathname(entry).map { unsafe String(cString: $0) } ?? "member"
    return unsafe ArchiveMember(
      path: path, isFile: archive_entry_filetype(entry) == 0o100000,
      modified: Int64(archive_entry_mtime(entry)))
  }

  /// Bytes of the member at hand. Returns 0 at its end, and where `failure` says why.
  func read(into room: UnsafeMutableRawBufferPointer) -> Int {
    guard failure == nil else { return 0 }
    let count = unsafe archive_read_data(archive, room.baseAddress, room.count)
    if count < 0 {
      failure = message
      return 0
    }
    return count
  }
}
