import Foundation

/// Runs a shell line within a folder. Returns false where a tool of it is missing or fails.
public func shell(_ line: String, in folder: URL) -> Bool {
  let process = Process()
  process.executableURL = URL(filePath: "/bin/sh")
  process.arguments = ["-c", line]
  process.currentDirectoryURL = folder
  process.standardError = FileHandle.nullDevice
  process.standardOutput = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}
