import Postgres

/// Looks on while a command waits.
enum LockWait {
    /// Waits until a command waits for a lock of the test, and says in which backend.
    static func backend(in database: String, watcher: Connection) async throws -> Int32 {
        let query = Query<Int32?>(
            """
            select (select pid from pg_stat_activity
                where datname = \(database) and application_name = 'saasctl' and wait_event_type = 'Lock' limit 1)
            from (select pg_sleep(0.005)) pause
            """
        ) { try $0.get(0) }
        while true {
            if let backend = try await watcher.session({ try $0.one(query) }) { return backend }
        }
    }

    /// Waits until the backend has stopped waiting. Without a cancel it would go on: it does not notice that its client has gone.
    static func end(of backend: Int32, watcher: Connection) async throws {
        let query = Query<Bool>(
            """
            select exists (select from pg_stat_activity where pid = \(backend) and wait_event_type = 'Lock')
            from (select pg_sleep(0.005)) pause
            """
        ) { try $0.get(0) }
        while try await watcher.session({ try $0.one(query) }) {}
    }
}
