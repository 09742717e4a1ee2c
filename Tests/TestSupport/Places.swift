import Foundation

/// Where test input lies. Nothing is copied into the test bundle.
public enum Places {
  public static let project = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  public static let fixtures = project.appending(path: "Fixtures")
  /// Real logs with known truth, beside the project on machines that have them.
  public static let realLogs = project.deletingLastPathComponent().appending(path: "shared/data")
  public static var hasRealLogs: Bool { FileManager.default.fileExists(atPath: realLogs.path) }
}
