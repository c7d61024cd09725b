import Dispatch
import Postgres
import Testing

/// Waits until a query says true; the server paces the loop.
func wait(on connection: Connection, until condition: SQL) async throws {
    let query = Query<Bool>("select \(fragment: condition) from (select pg_sleep(0.002)) pause")
    while try await !connection.session({ try $0.one(query) }) {}
}

/// Waits until a server process sleeps in `pg_sleep`, or for a lock.
func waitUntilBlocked(_ pid: Int32, watcher: Connection) async throws {
    try await wait(
        on: watcher,
        until: """
            exists (select 1 from pg_stat_activity where pid = \(pid) and state = 'active' and wait_event in ('PgSleep', 'transactionid', 'tuple'))
            """)
}

/// The ``PostgresError`` that `body` throws; anything else is an issue.
func postgresError<R>(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> R
) async throws -> PostgresError {
    try #require(
        await #expect(throws: PostgresError.self, sourceLocation: sourceLocation) { _ = try await body() }, sourceLocation: sourceLocation)
}

extension Connection {
    func pid() async throws -> Int32 {
        try await session { $0.backendPID }
    }

    func run(_ sql: SQL) async throws {
        try await session { try $0.run(Query(sql)) }
    }

    func value<T: PostgresDecodable & Sendable>(_ sql: SQL, as type: T.Type = T.self) async throws -> T {
        try await session { try $0.one(Query<T>(sql)) }
    }
}

/// Lets a closure on a connection's thread wait for something asynchronous. The thread is the connection's own, so nobody else waits.
func blocking(_ body: @escaping @Sendable () async throws -> Void) {
    let done = DispatchSemaphore(value: 0)
    Task {
        do { try await body() } catch { Issue.record(error) }
        done.signal()
    }
    done.wait()
}

struct Boom: Error, Equatable {}
