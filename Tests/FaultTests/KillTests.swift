import Glibc
import Postgres
import TestSupport
import Testing

/// Workers that are killed, by SIGKILL, which gives nobody a last word.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct KillTests {
    @Test(arguments: KillPoint.all) func `a worker that is killed at any step loses nothing and does nothing twice`(_ point: KillPoint)
        async throws
    {
        let databases = TestDatabases.current
        let load = try await Load(seed: 3, on: databases)
        // More than the first chunk of a lane.
        try await load.burst(membersOfEach: 100)
        try await load.write(transactions: 40)
        let held = try await HeldWorker(at: point)
        try await withCommandLine(databases) { cli in
            let killed = try await cli.run("worker", "run") { worker in
                let blocked = try await held.untilBlocked()
                try worker.send(signal: SIGKILL)
                if point.terminates { try await held.sessions.terminate(blocked) }
            }
            #expect(killed.status == 128 + SIGKILL, "\(killed)")

            try await held.untilOthersAreGone()
            let before = try await held.checkpoints()
            // What it was killed over is older than what comes now.
            try await load.write(transactions: 20)
            try await held.letGo()
            try await held.sessions.untilNone(in: databases)
            let after = try await held.checkpoints()
            #expect((after > before) == point.commitsAfterwards, "\(before) checkpoints before, \(after) after")

            let next = try await cli.run("worker", "run")
            #expect(next.status == 0 && next.stderr.isEmpty, "\(next)")
        }
        try await Oracle.check()
    }
}

extension HeldWorker {
    fileprivate func checkpoints() async throws -> Int {
        try await connection.fetchOne("select count(*) from checkpoints")
    }
}
