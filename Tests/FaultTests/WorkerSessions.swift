import Postgres
import TestSupport

/// The sessions of worker processes, seen from the server.
struct WorkerSessions: Sendable {
    /// Of the superuser.
    let watcher: Connection

    /// As the program names itself.
    static let application = "saasctl worker"

    /// Waits until a session of a worker in a database waits for what `holder` holds, whatever kind of lock it is.
    ///
    /// - Parameter holder: a backend.
    /// - Returns: the backend that waits.
    func untilBlocked(in database: TestDatabase, by holder: Int32) async throws -> Int32 {
        let query = Query<Int32?>(
            """
            select (select pid from pg_stat_activity
                where datname = \(database.name) and application_name = \(Self.application) and \(holder) = any (pg_blocking_pids(pid)) limit 1)
            from (select pg_sleep(0.002)) as pause
            """
        ) { try $0.get(0) }
        while true {
            if let backend = try await watcher.session({ try $0.one(query) }) { return backend }
        }
    }

    /// Waits until backends have ended: until then the server does not know that their client died, and their locks are held.
    func untilGone(_ backend: Int32) async throws {
        try await wait(on: watcher, until: "not exists (select from pg_stat_activity where pid = \(backend))")
    }

    /// Waits until no worker has a session in these databases.
    func untilNone(in databases: TestDatabases) async throws {
        let names = databases.services.map { databases[$0].name }
        try await wait(
            on: watcher,
            until: """
                not exists (select from pg_stat_activity where datname = any (\(names)) and application_name = \(Self.application))
                """)
    }
}
