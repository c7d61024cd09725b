import Postgres

/// A transaction that somebody has forgotten, in each of some databases: it has an id and a snapshot, and stays open.
struct HeldTransaction {
    private let holders: [(connection: Connection, task: Task<Void, any Error>)]

    /// Returns when all of them are open.
    init(on server: BenchServer, services: [String]) async throws {
        var holders: [(connection: Connection, task: Task<Void, any Error>)] = []
        do {
            for service in services {
                let connection = try await Connection.open(server.superuserConfiguration(database: BenchServer.database(of: service)))
                holders.append((connection, Task { try await connection.session { try $0.script(HeldQueries.hold) } }))
            }
            try await server.connected(to: "postgres") { connection in
                while try await connection.session({ try $0.one(HeldQueries.open()) }) < services.count {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        } catch {
            await Self.end(holders)
            throw error
        }
        self.holders = holders
    }

    func end() async {
        await Self.end(holders)
    }

    private static func end(_ holders: [(connection: Connection, task: Task<Void, any Error>)]) async {
        for (connection, task) in holders {
            task.cancel()
            _ = await task.result
            await connection.close()
        }
    }
}

private enum HeldQueries {
    static let hold = "begin isolation level repeatable read; select pg_current_xact_id(); select pg_sleep(864000)"

    static func open() -> Query<Int> {
        Query("select count(*) from pg_stat_activity where wait_event = 'PgSleep' and backend_xid is not null") { try $0.get(0) }
    }
}
