import Kernel
import Postgres
import TestSupport
import Testing

/// `db prune` in an outbox whose old rows a rebase has retired, in partitions of a thousand positions.
@Suite(.hangLimit) struct PruneAfterRebaseTests {
    private func skip(to position: Int64, in database: TestDatabase) async throws {
        let superuser = try await database.connect(as: .superuser)
        try await superuser.execute("select setval('outbox_position_seq', \(position))")
        await superuser.close()
    }

    private func expectNothing(_ databases: TestDatabases, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let findings = try await databases.findings()
        #expect(findings == [], sourceLocation: sourceLocation)
    }

    /// - Parameter fates: what becomes of the oldest partitions.
    private func prune(_ databases: TestDatabases, _ fates: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await withCommandLine(databases) { cli in
            let result = try await cli.run("db", "prune", "--service", "organization", "--older-than", "1ms", "-o", "json")
            #expect(result.status == 0, "\(result)", sourceLocation: sourceLocation)
            let found = try result.json()["items"]?.elements.prefix(fates.count).map { item in
                let words = ["action", "reason"].compactMap { item[$0]?.string }
                return ([String(item["lower"]?.integer ?? 0)] + words).joined(separator: " ")
            }
            #expect(found == fates, "\(result)", sourceLocation: sourceLocation)
        }
    }

    @Test func `what no lane needs goes, before, during and after`() async throws {
        try await withOwnServer { server in
            try await withEmptyServer { fresh in
                try await withServerFolder { folder in
                    try ServerTools.open(folder)
                    try await server.databases["organization"].makeSmallPartitions(4)
                    let load = try await Load(seed: 27, on: server.databases)
                    let test = Failover(home: server, source: server, databases: server.databases, load: load)
                    try await load.write(transactions: 30)
                    try await skip(to: 1_000, in: server.databases["organization"])
                    try await load.write(transactions: 20)
                    try await test.work(server.databases)
                    try await load.write(transactions: 15)
                    try await server.dump("organization", to: folder.file("dump"))
                    let databases = server.databases.replacing(try await fresh.load("organization", from: folder.file("dump")))
                    let later = try await Load(continuing: load, on: databases)
                    try await prune(databases, "1 kept other_epoch")

                    try await withCommandLine(databases) { cli in
                        try await cli.killRebase(
                            ["organization"], waitingFor: "outbox", in: "share", of: databases["organization"], among: databases)
                    }
                    try await prune(databases, "1 kept other_epoch")
                    try await withCommandLine(databases) { cli in
                        let rebase = try await cli.run("worker", "rebase", "organization", "--yes")
                        #expect(rebase.status == 0, "\(rebase)")
                    }

                    // Retired rows and new ones side by side, which nobody has read.
                    try await later.write(transactions: 10)
                    try await skip(to: 2_001, in: databases["organization"])
                    try await prune(databases, "1 dropped", "1001 kept behind")
                    try await test.work(databases)
                    try await expectNothing(databases)
                    try await later.write(transactions: 20)
                    try await test.work(databases)
                    try await prune(databases, "1001 dropped")
                    try await later.write(transactions: 10)
                    try await test.work(databases)
                    try await expectNothing(databases)
                }
            }
        }
    }
}
