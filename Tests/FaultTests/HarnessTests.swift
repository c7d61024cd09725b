import Postgres
import PostgresServer
import TestSupport
import Testing

/// The server, the load and the program that the other suites here put together.
@Suite(.hangLimit) struct HarnessTests {
    @Test func `the built worker drains what the load has written, before and after a crash of the server`() async throws {
        try await withOwnServer { server in
            let load = try await Load(seed: 1, on: server.databases)
            try await load.write(transactions: 40)
            try await withCommandLine(server.databases) { cli in
                let first = try await cli.run("worker", "run", "--once")
                #expect(first.status == 0 && first.stderr.isEmpty, "\(first)")
                try await load.write(transactions: 40)
                try await server.stop(.immediate)
                #expect(try await cli.run("worker", "run", "--once").status == 69)
                try await server.start()
                #expect(try await cli.run("worker", "run", "--once").status == 0)
            }
            let organization = try await server.databases["organization"].connect(as: .superuser)
            let written = try await organization.fetchOne("select count(*) from outbox", as: Int.self)
            let audit = try await server.databases["audit"].connect(as: .superuser)
            let applied = try await audit.fetchOne("select count(*) from entries where source = 'organization'", as: Int.self)
            #expect(written > 80 && applied == written)
        }
    }

    @Test func `a backend that is killed takes all sessions with it, and the server comes back by itself`() async throws {
        try await withOwnServer { server in
            let other = try await server.databases["billing"].connect()
            try await server.crash()
            await #expect(throws: PostgresError.self) { try await other.fetchOne("select 1", as: Int.self) }
            #expect(try await server.administrator().fetchOne("select 1", as: Int.self) == 1)
        }
    }
}
