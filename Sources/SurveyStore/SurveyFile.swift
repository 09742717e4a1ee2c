import Foundation
import GRDB
public import Surveys

/// Why a survey file cannot be written or read.
public struct SurveyFileError: Error, CustomStringConvertible {
  public var path: String
  public var reason: String
  public var description: String { "\(path): \(reason)" }
}

/// Survey files: SQLite databases that any SQLite tool can open.
public enum SurveyFile {
  /// "inqs" as SQLite's application id: tells our files from other databases.
  static let applicationID = 0x696e_7173

  /// Writes a survey; the same survey gives the same bytes.
  ///
  /// Temporary name, fsync, rename: a file appears whole or not at all.
  public static func write(_ survey: Survey, to path: String) throws {
    let temporary = path + ".part-\(getpid())"
    try? FileManager.default.removeItem(atPath: temporary)
    defer { try? FileManager.default.removeItem(atPath: temporary) }
    do {
      var configuration = Configuration()
      configuration.prepareDatabase { db in
        // The file is new and renamed only when whole: no journal is needed.
        try db.execute(sql: "PRAGMA journal_mode = OFF")
        try db.execute(sql: "PRAGMA synchronous = OFF")
      }
      let queue = try DatabaseQueue(path: temporary, configuration: configuration)
      try queue.write { db in
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        for table in survey.tables() { try write(table, db) }
      }
      try queue.close()
    } catch {
      throw SurveyFileError(path: path, reason: "cannot be written (\(error)).")
    }
    let descriptor = unsafe open(temporary, O_RDWR | O_CLOEXEC)
    if descriptor >= 0 {
      fsync(descriptor)
      close(descriptor)
    }
    guard unsafe rename(temporary, path) == 0 else {
      throw SurveyFileError(
        path: path, reason: "cannot be written (\(unsafe String(cString: strerror(errno)))).")
    }
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
    guard FileManager.default.fileExists(atPath: path) else {
      throw SurveyFileError(path: path, reason: "does not exist.")
    }
    do {
      var configuration = Configuration()
      configuration.readonly = true
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      let tables = try queue.read { db -> [SurveyTable] in
        guard try Int.fetchOne(db, sql: "PRAGMA application_id") == applicationID else {
          throw SurveyFileError(
            path: path, reason: "is no survey. inquest survey PATH... -o FILE makes one.")
        }
        // The names are those that a survey writes; others in the file are left alone.
        return try Survey().tables().map { expected in
          let columns = expected.columns.map(\.name).joined(separator: ", ")
          let cursor = try Row.fetchCursor(
            db, sql: "SELECT \(columns) FROM \(expected.name) ORDER BY rowid")
          var rows: [[SurveyTable.Value]] = []
          while let row = try cursor.next() {
            rows.append(
              (0..<expected.columns.count).map { i -> SurveyTable.Value in
                switch (row[i] as DatabaseValue).storage {
                case .int64(let x): .integer(x)
                case .string(let x): .text(x)
                case .blob(let x): .blob([UInt8](x))
                case .double, .null: .null
                }
              })
          }
          return SurveyTable(name: expected.name, columns: expected.columns, rows: rows)
        }
      }
      return try Survey(tables: tables)
    } catch let error as SurveyFileError {
      throw error
    } catch {
      throw SurveyFileError(
        path: path,
        reason: "cannot be read as a survey (\(error)). Was it cut off? Make or copy it again.")
    }
  }

  /// Merges survey files.
  ///
  /// A source that was read to its end and comes in two files, with the same label and digest, would
  /// be counted twice; a retried task of a cluster does that. If all sources of a file came before,
  /// the file is left out and named; if some did, the files overlap and cannot be told apart.
  public static func merge(_ paths: [String]) throws -> (survey: Survey, notes: [String]) {
    var merged = Survey()
    var notes: [String] = []
    var seen: [UInt64: String] = [:]
    for path in paths {
      let part = try read(path)
      let complete = part.accounts.values.filter { $0.isComplete && !$0.sha256.isEmpty }
      let again = complete.filter { seen[$0.id] == $0.sha256 }
      if !again.isEmpty {
        if again.count == part.accounts.count {
          notes.append("\(path) holds only sources that were merged before, and was left out.")
          continue
        }
        throw SurveyFileError(
          path: path,
          reason:
            "\(again.count) of its sources (\(again.map(\.label).sorted().prefix(3).joined(separator: ", "))) are in an earlier file too. Survey each source once."
        )
      }
      for account in complete { seen[account.id] = account.sha256 }
      merged.merge(part)
    }
    return (merged, notes)
  }
}
