import Dispatch
import FoundationEssentials
import Postgres
import Synchronization
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
            exists (select 1 from pg_stat_activity where pid = \(pid) and state = 'active' and (wait_event_type = 'Lock' or wait_event = 'PgSleep'))
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

/// Runs what has to fail, and lets nobody know.
func swallow<R>(_ body: () throws -> R) {
    do {
        _ = try body()
        Issue.record("no error to swallow")
    } catch {}
}

struct Boom: Error, Equatable {}

/// Where two closures on threads of their own wait for each other.
final class Meeting: Sendable {
    private let arrived = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]
    private let isSecond = Mutex(false)

    func arriveAndWait() {
        let index = isSecond.withLock { isSecond in
            defer { isSecond = true }
            return isSecond ? 1 : 0
        }
        arrived[index].signal()
        arrived[1 - index].wait()
    }
}

/// The resident size of this process, from `/proc/self/statm`.
func residentBytes() throws -> Int {
    let text = String(decoding: try Data(contentsOf: URL(filePath: "/proc/self/statm")), as: UTF8.self)
    return try #require(Int(text.split(separator: " ")[1])) * 4_096
}
