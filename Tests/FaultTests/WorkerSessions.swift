import Postgres
import TestSupport

/// The sessions of worker processes, seen from the server.
struct WorkerSessions: Sendable {
    /// Of the superuser.
    let watcher: Connection

    /// As the program names itself.
    private static let application = "saasctl worker"

    /// What a worker uses a session for.
    enum Role: CaseIterable {
        /// Reads an outbox, or asks short questions.
        case reading
        /// Reads an outbox, and is to be woken by the next append.
        case listening
        /// Holds a lane.
        case applying

        fileprivate var condition: SQL {
            let held: SQL = "exists (select from locks where locks.pid = a.pid"
            return switch self {
            case .reading: "not \(fragment: held))"
            case .listening: "\(fragment: held) and is_bell)"
            case .applying: "\(fragment: held) and not is_bell)"
            }
        }
    }

    /// The sessions of a role, by the time at which they began.
    private static func backends(_ role: Role, in database: TestDatabase?) -> Query<Int32> {
        Query(
            """
            with key as (select hashtextextended('saasctl.outbox.sleep', 0) as value),
            locks as (
                select pid, classid::bigint = (value >> 32) & 4294967295 and objid::bigint = value & 4294967295 as is_bell from pg_locks, key
                where locktype = 'advisory' and mode = 'ExclusiveLock' and granted)
            select a.pid from pg_stat_activity as a, (select pg_sleep(0.01)) as pause
            where a.application_name = \(application) and \(fragment: role.condition)
                and (\(database?.name)::text is null or a.datname = \(database?.name)::text)
            order by a.backend_start, a.pid
            """)
    }

    /// Waits until there is one.
    func backend(_ role: Role, in database: TestDatabase) async throws -> Int32 {
        while true {
            if let found = try await watcher.session({ try $0.first(Self.backends(role, in: database)) }) { return found }
        }
    }

    /// Those that there are now.
    func backends(_ role: Role) async throws -> [Int32] {
        try await watcher.session { try $0.all(Self.backends(role, in: nil)) }
    }

    /// Ends one, if there is any.
    ///
    /// - Returns: whether there was.
    @discardableResult
    func terminateOne(_ role: Role, using random: inout SeededGenerator) async throws -> Bool {
        guard let victim = try await backends(role).randomElement(using: &random) else { return false }
        try await terminate(victim)
        return true
    }

    /// Waits until there is one, and ends it.
    func terminate(_ role: Role, using random: inout SeededGenerator) async throws {
        while try await !terminateOne(role, using: &random) {}
    }

    func terminate(_ backend: Int32) async throws {
        _ = try await watcher.fetchOne("select pg_terminate_backend(\(backend))", as: Bool.self)
    }

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

    /// Waits until the sessions of dead workers have ended in a database, but for those that wait for what a backend holds: until then the
    /// server does not know that their client died, and does what it was told last.
    func untilGone(from database: TestDatabase, exceptBlockedBy holder: Int32) async throws {
        try await wait(
            on: watcher,
            until: """
                not exists (select from pg_stat_activity where datname = \(database.name) and application_name = \(Self.application)
                    and not \(holder) = any (pg_blocking_pids(pid)))
                """)
    }

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
