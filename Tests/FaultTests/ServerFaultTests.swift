import Postgres
import PostgresServer
import TestSupport
import Testing

/// Servers that stop, crash and come back, and databases that are away for a while.
@Suite(.hangLimit) struct ServerFaultTests {
    @Test func `workers outlive restarts and crashes of their server`() async throws {
        try await withOwnServer { server in
            let load = try await Load(seed: 41, on: server.databases)
            try await withCommandLine(server.databases) { cli in
                let results = try await cli.following(2) {
                    try await load.write(writers: 3, bearingFaults: true) {
                        for _ in 0..<Stress.factor {
                            try await server.stop(.fast)
                            try await server.start()
                            try await load.write(transactions: 15, bearingFaults: true)
                            try await server.stop(.immediate)
                            try await server.start()
                            try await load.write(transactions: 15, bearingFaults: true)
                            try await server.crash()
                        }
                    }
                    try await cli.untilLevel()
                }
                #expect(results.map(\.status) == [143, 143], "\(results)")
                #expect(try await cli.run("worker", "run").status == 0)
            }
            try await Oracle.check()
        }
    }

    @Test func `a worker that is told to apply what is there says that its server is down, and nothing is lost`() async throws {
        try await withOwnServer { server in
            let load = try await Load(seed: 42, on: server.databases)
            try await load.write(transactions: 20)
            try await withCommandLine(server.databases) { cli in
                try await server.stop(.fast)
                let down = try await cli.run("worker", "run", "--once")
                #expect(down.status == 69 && down.stderr.hasPrefix("error: no lane can run: "), "\(down)")
                try await server.start()
                #expect(try await cli.run("worker", "run", "--once").status == 0)
            }
            try await Oracle.check()
        }
    }

    @Test func `while one database is away the lanes of the others go on, and it is named`() async throws {
        try await withOwnServer { server in
            let load = try await Load(seed: 43, on: server.databases)
            let audit = try await server.databases["audit"].connect(as: .superuser)
            try await withCommandLine(server.databases) { cli in
                let results = try await cli.following {
                    try await cli.untilLevel()
                    try await server.take("billing", away: true)
                    try await load.write(transactions: 40)
                    // What does not need it arrives.
                    for source in ["identity", "organization"] {
                        let database = try await server.databases[source].connect(as: .superuser)
                        let written = try await database.fetchOne("select count(*) from outbox", as: Int.self)
                        try await wait(on: audit, until: "(select count(*) = \(written) from entries where source = \(source))")
                    }
                    let status = try await cli.run("worker", "status", "-o", "json")
                    let standing = try status.json()["items"]?.elements.filter { $0["state"]?.string == "unavailable" }
                        .compactMap { lane in
                            lane["consumer"]?.string.flatMap { consumer in lane["source"]?.string.map { "\(consumer)<\($0)" } }
                        }
                    #expect(
                        standing?.sorted() == [
                            "analytics<billing", "audit<billing", "billing<organization", "organization<billing", "workflow<billing",
                        ],
                        "\(status)")
                    let once = try await cli.run("worker", "run", "--once")
                    #expect(once.status == 69, "\(once)")
                    #expect(
                        once.stderr.hasPrefix(
                            "error: analytics<billing, audit<billing, billing<organization, organization<billing, workflow<billing"
                                + " and timers of billing cannot run: database "), "\(once)")
                    try await server.take("billing", away: false)
                    try await cli.untilLevel()
                }
                #expect(results.map(\.status) == [143], "\(results)")
            }
            try await Oracle.check()
        }
    }
}
