import Kernel
import MigrationFiles
import Postgres

/// One migration on its way into a database.
struct MigrationRun: Sendable {
    private let migration: Migration
    private let service: String
    private let version: SaasctlVersion
    private let clock: any WallClock
    private let appliedBefore: Int

    init(_ migration: Migration, service: String, version: SaasctlVersion, clock: any WallClock, appliedBefore: Int) {
        self.migration = migration
        self.service = service
        self.version = version
        self.clock = clock
        self.appliedBefore = appliedBefore
    }

    /// - Returns: how many milliseconds the statements took.
    /// - Throws: ``MigrationError``; `PostgresError` for the runner's own statements.
    func perform(on connection: Connection) async throws -> Int {
        let statements: [SQLStatement]
        do {
            statements = try SQLStatement.split(migration.sql)
        } catch {
            throw MigrationError.malformed(MigrationFileError(migration.path, line: error.line, .unterminated(error.kind)))
        }
        return migration.runsInTransaction
            ? try await performInTransaction(statements, on: connection)
            : try await performAlone(statements, on: connection)
    }

    /// The statements go one by one, so that a failure names its line.
    private func performInTransaction(_ statements: [SQLStatement], on connection: Connection) async throws -> Int {
        do {
            return try await connection.transaction { session in
                let start = ContinuousClock.now
                for statement in statements { try execute(statement, session) }
                let duration = milliseconds(since: start)
                try session.run(MigrationQueries.record(migration, by: version, durationMs: duration, at: clock.now()))
                return duration
            }
        } catch let error as PostgresError {
            throw failed(error, line: nil)
        }
    }

    private func performAlone(_ statements: [SQLStatement], on connection: Connection) async throws -> Int {
        let duration = try await connection.session { session in
            let patience = try session.one(MigrationQueries.setting("lock_timeout"))
            _ = try session.one(MigrationQueries.set("lock_timeout", "0"))
            let start = ContinuousClock.now
            for statement in statements { try execute(statement, session) }
            let duration = milliseconds(since: start)
            _ = try session.one(MigrationQueries.set("lock_timeout", patience))
            return duration
        }
        try await connection.transaction { session in
            let unfinished = try session.all(MigrationQueries.invalidIndexes())
            guard unfinished.isEmpty else { throw MigrationError.invalidIndexes(path: migration.path, names: unfinished) }
            try session.run(MigrationQueries.record(migration, by: version, durationMs: duration, at: clock.now()))
        }
        return duration
    }

    private func execute(_ statement: SQLStatement, _ session: Session) throws {
        do {
            try session.script(String(statement.text))
        } catch let error as PostgresError {
            throw failed(error, line: statement.line)
        }
    }

    private func failed(_ error: PostgresError, line: Int?) -> MigrationError {
        .failed(
            MigrationFailure(
                service: service, path: migration.path, line: line, rolledBack: migration.runsInTransaction && !error.commitOutcomeUnknown,
                appliedBefore: appliedBefore, cause: error))
    }

    private func milliseconds(since start: ContinuousClock.Instant) -> Int {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
