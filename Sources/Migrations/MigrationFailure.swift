public import Kernel
public import Postgres

/// A statement of a migration that the server refused.
public struct MigrationFailure: Error, Sendable {
    public let service: String
    /// The file, from the source tree's root.
    public let path: String
    /// Where the statement begins in the file; `nil` where it was the commit, which checks what was deferred.
    public let line: Int?
    /// `false` where the statement may have left something behind.
    public let rolledBack: Bool
    /// How many migrations ran before it in the same run. They are committed and stay.
    public let appliedBefore: Int
    public let cause: PostgresError

    /// The code is the cause's where it says that the same migration may succeed another time or elsewhere (the database is gone, a lock is
    /// held, a right is missing), and `MIGRATION_FAILED` where it is the statement's own.
    public var failure: Failure {
        let inner = cause.failure
        let place = line.map { "\(path):\($0)" } ?? "\(path), at commit"
        var details: [String] = []
        if let hint = cause.hint { details.append("hint: \(hint)") }
        if appliedBefore > 0 { details.append("applied before it, and staying: \(appliedBefore)") }
        details.append(
            rolledBack
                ? "the database is as it was before this migration"
                : "the statement ran outside a transaction: look what it left behind before you migrate again")
        return Failure(
            inner.code == .unexpected ? .migrationFailed : inner.code, "\(place): \(cause)",
            hint: inner.code == .unexpected ? nil : inner.hint, details: details)
    }
}
