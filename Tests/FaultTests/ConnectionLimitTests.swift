import Postgres
import TestSupport
import Testing

/// Servers and databases that take no more connections. The worker says so, and goes on when there are some again.
@Suite(.hangLimit) struct ConnectionLimitTests {
    /// Opens connections until the server refuses one.
    private func exhaust(_ server: OwnServer) async throws -> [Connection] {
        var taken: [Connection] = []
        while true {
            do {
                taken.append(try await server.databases["workflow"].connect())
            } catch let error as PostgresError where error.sqlState == .tooManyConnections {
                return taken
            }
        }
    }

    @Test func `all connections of a server taken`() async throws {
        try await withOwnServer(["max_connections": "40"]) { server in
            let load = try await Load(seed: 8, on: server.databases)
            try await load.write(transactions: 20)
            try await withCommandLine(server.databases) { cli in
                var taken = try await exhaust(server)
                #expect(taken.count > 20)
                let refused = try await cli.run("worker", "run", "--once")
                #expect(refused.status == 69, "\(refused)")
                #expect(refused.stderr.contains("cannot be used"), "\(refused)")
                // Some are free, but not for all lanes at once: a run gets some way, and the next ones the rest of it.
                for connection in taken.prefix(10) { await connection.close() }
                taken.removeFirst(10)
                var scarce = try await cli.run("worker", "run", "--once")
                for _ in 0..<50 where scarce.status != 0 {
                    #expect(scarce.status == 69, "\(scarce)")
                    scarce = try await cli.run("worker", "run", "--once")
                }
                #expect(scarce.status == 0, "\(scarce)")
                for connection in taken { await connection.close() }
                try await Oracle.check()
            }
        }
    }

    @Test func `a database that is closed to all keeps back its own lanes, also while the worker follows`() async throws {
        try await withOwnServer { server in
            let load = try await Load(seed: 9, on: server.databases)
            let administrator = try await server.administrator()
            try await administrator.execute("alter database saas_billing connection limit 0")
            try await load.write(transactions: 20)
            try await withCommandLine(server.databases) { cli in
                let refused = try await cli.run("worker", "run", "--once")
                #expect(refused.status == 69, "\(refused)")
                let analytics = try await server.databases["analytics"].connect(as: .superuser)
                let members = "select coalesce(sum(events), 0)::bigint from event_counts where type = 'saas.member.added.v1'" as SQL
                #expect(try await analytics.fetchOne(members, as: Int64.self) > 0)
                let ended = try await cli.run("worker", "run", "--follow") { worker in
                    try await load.write(transactions: 20)
                    try await administrator.execute("alter database saas_billing connection limit -1")
                    let billing = try await server.databases["billing"].connect(as: .superuser)
                    let organization = try await server.databases["organization"].connect(as: .superuser)
                    let wanted: Int = try await organization.fetchOne("select count(*) from organizations")
                    while try await billing.fetchOne("select count(*) from subscriptions", as: Int.self) < wanted {
                        try await Task.sleep(for: .milliseconds(20))
                    }
                    try worker.send(signal: 15)
                }
                #expect(ended.status == 143 || ended.status == 0, "\(ended)")
                #expect(try await cli.run("worker", "run", "--once").status == 0)
                try await Oracle.check()
            }
        }
    }
}
