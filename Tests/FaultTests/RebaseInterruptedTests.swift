import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

/// `worker rebase` is killed at each of its steps, has rivals, and meets workers.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct RebaseInterruptedTests {
    /// Where the program waits when it is killed: for a table that the test has locked.
    struct Step: Sendable, CustomTestStringConvertible {
        let service: String
        let table: String
        let mode: String
        /// Whether events are left that lanes have not applied.
        let leavesOld: Bool
        /// The source is in another cluster; otherwise on another timeline.
        let isForeign: Bool

        var testDescription: String { "\(isForeign ? "anew" : "on"): \(service).\(table) in \(mode)" }
    }

    static let steps = [
        // Before anything is written down, and while it is.
        Step(service: "organization", table: "outbox_rebases", mode: "access exclusive", leavesOld: true, isForeign: true),
        Step(service: "organization", table: "outbox_rebases", mode: "share", leavesOld: true, isForeign: true),
        // In the transaction of the old events of some lane.
        Step(service: "billing", table: "checkpoints", mode: "share", leavesOld: true, isForeign: true),
        Step(service: "audit", table: "entries", mode: "share", leavesOld: true, isForeign: true),
        // While the rows are retired.
        Step(service: "organization", table: "outbox", mode: "share", leavesOld: true, isForeign: true),
        // While lanes go over, of which some have.
        Step(service: "analytics", table: "checkpoints", mode: "share", leavesOld: false, isForeign: true),
        Step(service: "audit", table: "checkpoints", mode: "share", leavesOld: false, isForeign: true),
        Step(service: "audit", table: "checkpoints", mode: "share", leavesOld: false, isForeign: false),
        Step(service: "workflow", table: "outbox", mode: "share", leavesOld: true, isForeign: false),
    ]

    private var databases: TestDatabases { TestDatabases.current }

    /// As a restore leaves it; see ``RestoreTests`` for those of the real tools.
    private func becomeAnother(isForeign: Bool) async throws {
        if isForeign { try await databases["organization"].reloadOutbox() }
        let changed: SQL = isForeign ? "'1' || epoch" : "regexp_replace(epoch, '^(\\d+)/\\d+', '\\1/99')"
        for consumer in ["analytics", "audit", "billing", "workflow"] {
            let connection = try await databases[consumer].connect(as: .superuser)
            try await connection.execute("update checkpoints set epoch = \(fragment: changed) where source = 'organization'")
            await connection.close()
        }
    }

    private static let rebase = ["worker", "rebase", "organization", "--yes"]

    private func check() async throws {
        #expect(try await databases.findings() == [])
        let organization = try await databases["organization"].connect(as: .superuser)
        let unfinished: Int = try await organization.fetchOne("select count(*) from outbox_rebases where ended_at is null")
        #expect(unfinished == 0)
        await organization.close()
    }

    @Test(arguments: steps) func `killed, it is finished by the next run, whatever workers did meanwhile`(step: Step) async throws {
        let load = try await Load(seed: 31, on: databases)
        try await load.write(transactions: 20)
        try await withCommandLine(databases) { cli in
            #expect(try await cli.run("worker", "run", "--once").status == 0)
            if step.leavesOld { try await load.write(transactions: 15) }
            try await becomeAnother(isForeign: step.isForeign)
            try await cli.killRebase(["organization"], waitingFor: step.table, in: step.mode, of: databases[step.service], among: databases)
            try await load.write(transactions: 10)
            _ = try await cli.run("worker", "run", "--once")
            let second = try await cli.run(Self.rebase)
            #expect(second.status == 0, "\(second)")
            #expect(try await cli.run("worker", "run", "--once").status == 0)
            try await load.write(transactions: 10)
            #expect(try await cli.run("worker", "run", "--once").status == 0)
            let third = try await cli.run(Self.rebase)
            #expect(third.status == 0 && third.stderr.contains("no lane that reads"), "\(third)")
        }
        try await check()
    }

    @Test(arguments: [true, false]) func `of several at once each does it or is told to come again`(isForeign: Bool) async throws {
        let load = try await Load(seed: 32, on: databases)
        try await load.write(transactions: 20)
        try await withCommandLine(databases) { cli in
            #expect(try await cli.run("worker", "run", "--once").status == 0)
            try await load.write(transactions: 20)
            try await becomeAnother(isForeign: isForeign)
            let isDone = Flag()
            let results = try await withThrowingTaskGroup(of: [CommandResult].self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        var results: [CommandResult] = []
                        repeat { results.append(try await cli.run(Self.rebase)) } while results.last?.status == 75
                        return results
                    }
                }
                let worker = Task {
                    while !isDone.isRaised {
                        let run = try await cli.run("worker", "run", "--once")
                        #expect(run.status == 0 || run.status == 8, "\(run)")
                    }
                }
                let writer = Task { try await load.write(writers: 2) { !isDone.isRaised } }
                let results = try await group.reduce(into: []) { $0 += $1 }
                isDone.raise()
                try await worker.value
                try await writer.value
                return results
            }
            #expect(results.allSatisfy { $0.status == 0 || $0.status == 75 && $0.stderr.contains("LANE_LOCKED") }, "\(results)")
            #expect(results.count { $0.status == 0 && $0.stderr.isEmpty } >= 1, "\(results)")
            #expect(try await cli.run("worker", "run", "--once").status == 0)
        }
        try await check()
    }
}
