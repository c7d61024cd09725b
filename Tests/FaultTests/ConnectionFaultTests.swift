import Glibc
import Postgres
import TestSupport
import Testing

/// Connections that end, or fall silent, under a worker.
@Suite(.hangLimit) struct ConnectionFaultTests {
    @Test func `connections that are ended all the time cost nothing but time`() async throws {
        try await withOwnServer { server in
            let load = try await Load(seed: 21, on: server.databases)
            let sessions = WorkerSessions(watcher: try await server.administrator())
            try await withCommandLine(server.databases) { cli in
                let results = try await cli.following(2) {
                    try await load.write(writers: 3) {
                        var random = SeededGenerator(seed: 22)
                        for role in WorkerSessions.Role.allCases {
                            for _ in 0..<8 * Stress.factor { try await sessions.terminate(role, using: &random) }
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

    /// The same process has to go on: it holds the chunk that it could not commit, the one it has read ahead, and a place in the window.
    @Test(
        .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"),
        arguments: KillPoint.all.filter { !$0.terminates && !$0.commitsAfterwards }, [true, false])
    func `a worker whose connection ends at any step goes on with another`(_ point: KillPoint, newComes: Bool) async throws {
        let databases = TestDatabases.current
        let load = try await Load(seed: 23, on: databases)
        try await load.burst(membersOfEach: 100)
        let held = try await HeldWorker(at: point)
        try await withCommandLine(databases) { cli in
            let result = try await cli.run("worker", "run") { _ in
                let blocked = try await held.untilBlocked()
                // Without anything new, nothing but what it has kept in mind tells it that there is something left.
                if newComes { try await load.write(transactions: 20) }
                try await held.sessions.terminate(blocked)
                try await held.letGo()
            }
            #expect(result.status == 0, "\(result)")
            #expect(try await cli.isLevel())
            #expect(try await cli.run("worker", "run").status == 0)
        }
        try await Oracle.check()
    }

    @Test func `a source whose connection falls silent is asked by another one`() async throws {
        try await withOwnServer { server in
            let load = try await Load(seed: 24, on: server.databases)
            let sessions = WorkerSessions(watcher: try await server.administrator())
            try await withCommandLine(server.databases) { cli in
                let results = try await cli.following(1, "--statement-timeout", "1s") {
                    try await cli.untilLevel()
                    let silent = try await sessions.backend(.listening, in: server.databases["organization"])
                    try RunningProgram(processID: silent).send(signal: SIGSTOP)
                    try await load.write(transactions: 20)
                    try await cli.untilLevel()
                    try RunningProgram(processID: silent).send(signal: SIGCONT)
                    try await sessions.untilGone(silent)
                }
                #expect(results.map(\.status) == [143], "\(results)")
            }
            try await Oracle.check()
        }
    }

    @Test func `a lane whose connection falls silent in the middle of a chunk is left, and taken up when its session has ended`()
        async throws
    {
        try await withOwnServer { server in
            let load = try await Load(seed: 25, on: server.databases)
            try await load.burst(membersOfEach: 100)
            try await withCommandLine(server.databases) { cli in
                let held = try await HeldWorker(at: .midWindow)
                let result = try await cli.run("worker", "run", "--statement-timeout", "2s") { _ in
                    try RunningProgram(processID: await held.untilBlocked()).send(signal: SIGSTOP)
                }
                // It has let go of a lane that its own session on the server still holds.
                #expect(result.status == 0, "\(result)")
                let silent = try await held.untilBlocked()
                let status = try await cli.run("worker", "status", "-o", "json")
                #expect(status.stdout.contains("\(silent)"), "\(status)")
                try await held.letGo()
                try RunningProgram(processID: silent).send(signal: SIGCONT)
                try await held.sessions.untilGone(silent)
                #expect(try await cli.run("worker", "run").status == 0)
            }
            try await Oracle.check()
        }
    }
}
