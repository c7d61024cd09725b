import Postgres

/// The session advisory lock under which a database is migrated.
struct MigrationLock: Sendable {
    /// "saasmigr" in ASCII; advisory locks are per database, so one key serves all.
    static let key: Int64 = 0x7361_6173_6D69_6772

    let service: String
    let patience: Duration

    /// Runs `body` while the connection holds the lock.
    ///
    /// The lock is tried again and again rather than waited for in the server: a waiting statement holds a snapshot, and the
    /// `create index concurrently` of the run that has the lock would wait for that snapshot to end (manual, `CREATE INDEX`).
    ///
    /// - Throws: ``MigrationError/locked(service:holder:)`` when patience ends.
    func hold<Result: Sendable>(on connection: Connection, _ body: () async throws -> Result) async throws -> Result {
        try await afterwards(on: connection, { _ = try $0.first(MigrationQueries.unlock(Self.key)) }) {
            try await acquire(on: connection)
            return try await body()
        }
    }

    private func acquire(on connection: Connection) async throws {
        let deadline = ContinuousClock.now + patience
        var pause = Duration.milliseconds(20)
        while try await !connection.session({ try $0.one(MigrationQueries.tryLock(Self.key)) }) {
            guard ContinuousClock.now < deadline else {
                let holder = try await connection.session { try $0.first(MigrationQueries.lockHolder(Self.key)) }
                throw MigrationError.locked(service: service, holder: holder)
            }
            try await Task.sleep(for: min(pause, deadline - .now))
            pause = min(pause * 2, .milliseconds(500))
        }
    }
}

/// The session settings under which migrations run, put back afterwards.
struct MigrationSettings: Sendable {
    let patience: MigrationRunner.Patience

    func apply<Result: Sendable>(to connection: Connection, _ body: () async throws -> Result) async throws -> Result {
        let (seconds, attoseconds) = patience.forTables.components
        let milliseconds = max(1, seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
        let wanted = [
            // A migration takes as long as it takes; what it must not do is wait long for a lock.
            ("statement_timeout", "0"), ("lock_timeout", "\(milliseconds)ms"),
            ("search_path", "public"),
            // Without what `if exists` has to say.
            ("client_min_messages", "warning"),
        ]
        let before = try await connection.session { session in
            let before = try session.pipeline(wanted.map { MigrationQueries.setting($0.0) }).flatMap(\.rows)
            _ = try session.pipeline(wanted.map { MigrationQueries.set($0.0, $0.1) })
            return zip(wanted, before).map { MigrationQueries.set($0.0, $1) }
        }
        return try await afterwards(on: connection, { _ = try $0.pipeline(before) }, body)
    }
}

/// Runs `body`, then `cleanup`, whether the body throws or not, and also in a task that was cancelled: in its own one, every wait on the
/// connection would end at once.
///
/// Of two errors the body's is thrown: the cleanup's says the same again, that the connection is gone, which took lock and settings along.
private func afterwards<Result: Sendable>(
    on connection: Connection, _ cleanup: @escaping @Sendable (Session) throws -> Void, _ body: () async throws -> Result
) async throws -> Result {
    let result: Result
    do {
        result = try await body()
    } catch {
        _ = await Task { try await connection.session(cleanup) }.result
        throw error
    }
    try await Task { try await connection.session(cleanup) }.value
    return result
}
