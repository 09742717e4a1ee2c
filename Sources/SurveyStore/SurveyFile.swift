import Foundation
import GRDB
public import Surveys

/// Why a survey file cannot be written, read or merged: what, where, and what to do.
public struct SurveyFileError: Error, CustomStringConvertible {
  public var path: String
  public var reason: String
  public var description: String { "\(path): \(reason)" }
}

/// Survey files: SQLite databases that any SQLite tool can open.
public enum SurveyFile {
  /// "inqs" as SQLite's application id: tells our files from other databases.
  static let applicationID = 0x696e_7173
  /// SQLite's user version: the number in `surveySchema`.
  static let formatVersion = 1
  /// Bytes of a page, written down so that a file does not depend on how SQLite was built.
  static let pageSize = 4096

  /// Writes a survey; the same survey gives the same bytes.
  ///
  /// Temporary name in the same folder, fsync, rename: a file appears whole or not at all.
  ///
  /// - Parameter overwrite: whether a file that is already at `path` is replaced.
  /// - Throws: `SurveyFileError`.
  public static func write(_ survey: Survey, to path: String, overwrite: Bool = false) throws {
    if !overwrite, FileManager.default.fileExists(atPath: path) {
      throw SurveyFileError(
        path: path, reason: "exists already. Name another file, or remove this one first.")
    }
    let temporary = path + ".part-\(getpid())"
    try? FileManager.default.removeItem(atPath: temporary)
    defer { try? FileManager.default.removeItem(atPath: temporary) }
    do {
      var configuration = Configuration()
      configuration.prepareDatabase { db in
        // The file is new and renamed only when whole: no journal is needed.
        try db.execute(sql: "PRAGMA page_size = \(pageSize)")
        try db.execute(sql: "PRAGMA journal_mode = OFF")
        try db.execute(sql: "PRAGMA synchronous = OFF")
      }
      let queue = try DatabaseQueue(path: temporary, configuration: configuration)
      try queue.write { db in
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(formatVersion)")
        for table in survey.tables() { try write(table, db) }
      }
      try queue.close()
    } catch {
      throw SurveyFileError(
        path: path, reason: "cannot be written (\(error)). Is the folder there, and not full?")
    }
    try sync(temporary, for: path)
    // Without permission to overwrite, a file that appeared meanwhile stays: link fails, rename
    // would replace it.
    if overwrite {
      guard unsafe rename(temporary, path) == 0 else { throw systemError(path) }
    } else if unsafe link(temporary, path) != 0 {
      guard errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS else {
        throw systemError(path)
      }
      guard unsafe rename(temporary, path) == 0 else { throw systemError(path) }
    }
    // The name is on disk only when the folder is; where that cannot be asked for, it comes later.
    let folder = URL(filePath: path).deletingLastPathComponent().path
    let descriptor = unsafe Foundation.open(folder, O_RDONLY | O_CLOEXEC)
    if descriptor >= 0 {
      fsync(descriptor)
      close(descriptor)
    }
  }

  private static func systemError(_ path: String) -> SurveyFileError {
    SurveyFileError(
      path: path, reason: "cannot be written (\(unsafe String(cString: strerror(errno)))).")
  }

  /// Waits until the bytes are on disk.
  private static func sync(_ temporary: String, for path: String) throws {
    let descriptor = unsafe Foundation.open(temporary, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemError(path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw systemError(path) }
  }

  private static func write(_ table: SurveyTable, _ db: Database) throws {
    let columns = table.columns.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
    try db.execute(sql: "CREATE TABLE \(table.name) (\(columns))")
    let marks = table.columns.map { _ in "?" }.joined(separator: ", ")
    let statement = try db.makeStatement(sql: "INSERT INTO \(table.name) VALUES (\(marks))")
    for row in table.rows {
      let values = row.map { value -> DatabaseValue in
        switch value {
        case .integer(let x): x.databaseValue
        case .text(let x): x.databaseValue
        case .blob(let x): Data(x).databaseValue
        case .null: .null
        }
      }
      try statement.execute(arguments: StatementArguments(values))
    }
  }

  /// Reads a survey.
  ///
  /// - Throws: `SurveyFileError` saying what is wrong with the file and what to do.
  public static func read(_ path: String) throws -> Survey {
    try open(path) { db in
      // The names are those that a survey writes; others in the file are left alone.
      try Survey(tables: Survey().tables().map { try read($0, db) })
    }
  }

  /// Hands a file that is a survey, and whole, to `body`.
  private static func open<Result>(_ path: String, _ body: (Database) throws -> Result) throws
    -> Result
  {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw SurveyFileError(path: path, reason: "does not exist.")
    }
    guard !isFolder.boolValue else {
      throw SurveyFileError(path: path, reason: "is a folder, not a survey file.")
    }
    let notOurs = SurveyFileError(
      path: path, reason: "is no survey. inquest survey PATH... -o FILE makes one.")
    do {
      var configuration = Configuration()
      configuration.readonly = true
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      return try queue.read { db in
        guard try Int.fetchOne(db, sql: "PRAGMA application_id") == applicationID else {
          throw notOurs
        }
        guard try Int.fetchOne(db, sql: "PRAGMA user_version") == formatVersion else {
          throw SurveyFileError(
            path: path,
            reason: "was written by another version of inquest. Survey the sources again.")
        }
        try checkIsWhole(db, path)
        return try body(db)
      }
    } catch let error as SurveyFileError {
      throw error
    } catch let error as SurveyTableError {
      throw SurveyFileError(
        path: path, reason: "cannot be read as a survey (\(error)) Make or copy it again.")
    } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
      throw notOurs
    } catch {
      throw SurveyFileError(
        path: path, reason: "cannot be read (\(error)). Was it cut off? Make or copy it again.")
    }
  }

  /// A file that was cut off while it was copied often still opens: its first pages are whole.
  private static func checkIsWhole(_ db: Database, _ path: String) throws {
    let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
    let size = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    let bytes = (attributes[.size] as? NSNumber)?.intValue ?? 0
    let (needed, overflow) = pages.multipliedReportingOverflow(by: size)
    guard !overflow, bytes >= needed else {
      throw SurveyFileError(
        path: path, reason: "was cut off: \(bytes) of \(needed) bytes. Make or copy it again.")
    }
    let verdict = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer"
    guard verdict == "ok" else {
      throw SurveyFileError(path: path, reason: "is damaged (\(verdict)). Make or copy it again.")
    }
  }

  private static func read(_ expected: SurveyTable, _ db: Database) throws -> SurveyTable {
    let columns = expected.columns.map(\.name).joined(separator: ", ")
    let cursor = try Row.fetchCursor(
      db, sql: "SELECT \(columns) FROM \(expected.name) ORDER BY rowid")
    var rows: [[SurveyTable.Value]] = []
    while let row = try cursor.next() {
      rows.append(
        try (0..<expected.columns.count).map { i -> SurveyTable.Value in
          switch (row[i] as DatabaseValue).storage {
          case .int64(let x): .integer(x)
          case .string(let x): .text(x)
          case .blob(let x): .blob([UInt8](x))
          case .null: .null
          case .double:
            throw SurveyTableError(
              table: expected.name, reason: "a broken number is in column \(i + 1).")
          }
        })
    }
    return SurveyTable(name: expected.name, columns: expected.columns, rows: rows)
  }

  /// Merges survey files.
  ///
  /// A source that was read to its end and comes in two files, with the same label and digest, would
  /// be counted twice; a retried task of a cluster does that. If a file holds nothing but sources
  /// that came before, it is left out and named; if some did and some did not, the files overlap
  /// and cannot be told apart. Which files do is seen before anything is merged.
  ///
  /// - Throws: `SurveyFileError` that names the sources.
  public static func merge(_ paths: [String]) throws -> (survey: Survey, notes: [String]) {
    var listed: [(path: String, sources: [ListedSource])] = []
    for path in paths { listed.append((path, try sources(of: path))) }
    // The file with more sources first: then a file that another contains is left out, whatever
    // order they were named in.
    let ordered = listed.indices.sorted {
      let (a, b) = (listed[$0].sources.count, listed[$1].sources.count)
      return a == b ? $0 < $1 : a > b
    }
    var notes: [String] = []
    var seen: [Int64: (sha256: String, path: String)] = [:]
    var kept: [String] = []
    for (path, sources) in ordered.map({ listed[$0] }) {
      let complete = sources.filter { $0.isComplete && !$0.sha256.isEmpty }
      let again = complete.filter { seen[$0.id]?.sha256 == $0.sha256 }
      if let one = again.first {
        if again.count == sources.count {
          notes.append("\(path) holds only sources that other files hold too, and was left out.")
          continue
        }
        let names = again.prefix(3).map(\.label).joined(separator: ", ")
        let others = again.count > 3 ? " and \(again.count - 3) more" : ""
        throw SurveyFileError(
          path: path,
          reason: "holds sources that \(seen[one.id]?.path ?? "another file") holds too "
            + "(\(names)\(others)), besides others. Survey each source once.")
      }
      for source in complete { seen[source.id] = (source.sha256, path) }
      kept.append(path)
    }
    guard let first = kept.first else { return (Survey(), notes) }
    var merged = try read(first)
    for path in kept.dropFirst() {
      let part = try read(path)
      guard part.limits == merged.limits else {
        throw SurveyFileError(
          path: path, reason: "was made with other limits than \(first). Survey both with the same."
        )
      }
      merged.merge(part)
    }
    return (merged, notes)
  }

  private struct ListedSource {
    var id: Int64
    var label: String
    var sha256: String
    var isComplete: Bool
  }

  /// The sources of a file by label, without the rest of it: files may be many and large.
  private static func sources(of path: String) throws -> [ListedSource] {
    try open(path) { db in
      let rows = try Row.fetchCursor(
        db, sql: "SELECT source_id, label, sha256, complete FROM source ORDER BY label")
      var result: [ListedSource] = []
      while let row = try rows.next() {
        guard let id = Int64.fromDatabaseValue(row[0]),
          let label = String.fromDatabaseValue(row[1]),
          let sha256 = String.fromDatabaseValue(row[2]),
          let complete = Int64.fromDatabaseValue(row[3])
        else { throw SurveyFileError(path: path, reason: "has a damaged table of sources.") }
        result.append(
          ListedSource(id: id, label: label, sha256: sha256, isComplete: complete != 0))
      }
      return result
    }
  }
}
