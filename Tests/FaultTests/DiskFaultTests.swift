import Kernel
import Postgres
import PostgresServer
import TestSupport
import Testing

/// A disk that is full. Lanes that need it are unavailable and lose nothing, the others go on, and all is made up for when there is room.
@Suite(.enabled("a small file system cannot be mounted here", { await SmallFileSystem.isPossible }), .hangLimit)
struct DiskFaultTests {
    /// Lends a server whose database of one service lies on a small disk.
    private func withSmallDisk(under service: String, _ body: (OwnServer, SmallFileSystem) async throws -> Void) async throws {
        try await withScratchFolder { folder in
            try await withSmallFileSystem(megabytes: 64, in: folder) { files in
                try await withOwnServer { server in
                    let administrator = try await server.administrator()
                    // Neither statement runs in a transaction.
                    try await administrator.execute("create tablespace small location \(unsafeRaw: "'\(files.path)'")")
                    try await administrator.execute("alter database \(identifier: "saas_\(service)") set tablespace small")
                    await administrator.close()
                    try await body(server, files)
                }
            }
        }
    }

    /// The lanes of a run, by how they ended.
    private func lanes(_ result: CommandResult) throws -> [String: Set<String>] {
        try JSONValue(parsing: result.stdout)["lanes"]?.elements.reduce(into: [:]) { ends, lane in
            let (consumer, source) = (try #require(lane["consumer"]?.string), try #require(lane["source"]?.string))
            ends[try #require(lane["outcome"]?.string), default: []].insert("\(consumer)<\(source)")
        } ?? [:]
    }

    @Test func `full under a consumer`() async throws {
        try await withSmallDisk(under: "audit") { server, files in
            let load = try await Load(seed: 6, on: server.databases)
            try await load.write(transactions: 20)
            try await withCommandLine(server.databases) { cli in
                #expect(try await cli.run("worker", "run", "--once").status == 0)
                try files.fill()
                try await load.burst(membersOfEach: 200)
                let full = try await cli.run("worker", "run", "--once", "-o", "json")
                #expect(full.status == 69, "\(full)")
                #expect(full.stderr.contains("cannot be used"), "\(full)")
                let unavailable = try lanes(full)["unavailable"] ?? []
                #expect(unavailable.contains("audit<organization"))
                #expect(unavailable.allSatisfy { $0.hasPrefix("audit<") })
                var readers = OracleReader.all
                readers.removeAll { $0.name == "audit" }
                try await Oracle.check(readers: readers)

                try files.free()
                #expect(try await cli.run("worker", "run", "--once").status == 0)
                try await Oracle.check()
            }
        }
    }

    @Test func `full under a source`() async throws {
        try await withSmallDisk(under: "organization") { server, files in
            let load = try await Load(seed: 7, on: server.databases)
            try await load.write(transactions: 20)
            try files.fill()
            // Whoever writes is refused, and nothing of it is there.
            let refused = await #expect(throws: PostgresError.self) { try await load.burst(membersOfEach: 2_000) }
            #expect(refused?.sqlState == .diskFull)
            try await withCommandLine(server.databases) { cli in
                // What reads the source goes on; what would write to it waits.
                let full = try await cli.run("worker", "run", "--once", "-o", "json")
                #expect(full.status == 69, "\(full)")
                let unavailable = try lanes(full)["unavailable"] ?? []
                #expect(!unavailable.isEmpty && unavailable.allSatisfy { $0.hasPrefix("organization<") }, "\(unavailable)")
                var readers = OracleReader.all
                readers.removeAll { $0.name == "organization" }
                try await Oracle.check(readers: readers)
                try files.free()
                try await load.burst(membersOfEach: 2_000)
                #expect(try await cli.run("worker", "run", "--once").status == 0)
                try await Oracle.check()
            }
        }
    }

    @Test func `full under a whole server, which refuses, and then gives up`() async throws {
        try await withOwnServer(onDiskOf: 768) { server, files in
            let load = try await Load(seed: 8, on: server.databases)
            try await withCommandLine(server.databases) { cli in
                let ends = try await cli.following(2) {
                    try await load.write(transactions: 20)
                    try await cli.untilLevel()
                    let administrator = try await server.administrator()
                    try files.fill()
                    try await load.write(transactions: 10, bearingFaults: true)
                    await #expect(throws: PostgresError.self) { try await load.burst(membersOfEach: 2_000) }
                    // Until there is no file left that its log could go on in.
                    let lost = await #expect(throws: PostgresError.self) {
                        while true { try await administrator.execute("select pg_logical_emit_message(true, 'fill', repeat('x', 1000000))") }
                    }
                    #expect(lost?.kind == .connectionLost || lost?.sqlState == .crashShutdown, "\(String(describing: lost))")
                    await administrator.close()
                    let away = try await cli.run("worker", "run", "--once")
                    #expect(away.status == 69, "\(away)")
                    try files.free()
                    try await server.stop(.immediate)
                    try await server.start()
                    try await load.burst(membersOfEach: 500)
                    try await load.write(transactions: 20)
                    try await cli.untilLevel()
                }
                #expect(ends.map(\.status) == [143, 143], "\(ends)")
                #expect(try await cli.run("worker", "run", "--once").status == 0)
            }
            try await Oracle.check()
        }
    }
}
