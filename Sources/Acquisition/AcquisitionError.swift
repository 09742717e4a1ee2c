import Foundation

/// Why a path that was named cannot be read at all. Damage within a source is not an error.
public struct AcquisitionError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Reason: Equatable, Sendable {
    case cannotOpen(errno: Int32)
    /// A container or an encoding that is recognised and not read.
    case unsupported(String)
    case readFailed(errno: Int32)
  }

  public var path: String
  public var reason: Reason

  public var description: String {
    switch reason {
    case .cannotOpen(let code):
      unsafe "\(path): cannot be opened (\(String(cString: strerror(code)))). Check the path and that you may read it."
    case .unsupported(let what):
      "\(path): \(what) is not read. Unpack it first and name the folder."
    case .readFailed(let code):
      unsafe "\(path): reading failed (\(String(cString: strerror(code))))."
    }
  }
}
