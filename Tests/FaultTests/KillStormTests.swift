import Glibc
import Postgres
import TestSupport
import Testing

/// Workers that are killed at any moment while others work beside them and the load goes on.
@Suite(.hangLimit) struct KillStormTests {
    /// `SAASCTL_TEST_STRESS` makes all of it as many times larger.
    @Test func `workers that are killed again and again, beside five cron runs and then twenty, lose and double nothing`() async throws {
        let stress = Stress.factor
        try await withOwnServer(["max_connections": "1000"]) { server in
            let load = try await Load(seed: 11, on: server.databases)
            try await withCommandLine(server.databases) { cli in
                let storm = Storm(cli: cli)
                try await load.write(during: {
                    try await withThrowingTaskGroup { group in
                        for number in 0..<2 {
                            group.addTask { try await storm.follow(killing: 5 * stress, seed: UInt64(number)) }
                        }
                        group.addTask {
                            for round in 0..<UInt64(2 * stress) { try await storm.cron(5, killing: true, seed: round) }
                        }
                        try await group.waitForAll()
                    }
                })
                try await WorkerSessions(watcher: server.administrator()).untilNone(in: server.databases)
                try await storm.cron(20, killing: false, seed: 0)
                let last = try await cli.run("worker", "run")
                #expect(last.status == 0, "\(last)")
            }
            try await Oracle.check()
        }
    }
}

/// Runs of the worker that are killed, or not.
private struct Storm: Sendable {
    let cli: CommandLineFixture

    /// Starts a worker as a service again and again, each killed after less than half a second.
    func follow(killing times: Int, seed: UInt64) async throws {
        var random = SeededGenerator(seed: 100 + seed)
        for _ in 0..<times {
            let life = Duration.milliseconds(Int.random(in: 60...500, using: &random))
            let result = try await cli.run("worker", "run", "--follow") { worker in
                try await Task.sleep(for: life)
                try worker.send(signal: SIGKILL)
            }
            #expect(result.status == 128 + SIGKILL, "\(result)")
        }
    }

    /// Runs that overlap.
    func cron(_ runs: Int, killing: Bool, seed: UInt64) async throws {
        try await withThrowingTaskGroup { group in
            for number in 0..<UInt64(runs) {
                group.addTask {
                    var random = SeededGenerator(seed: 1_000 + seed * 100 + number)
                    let life = Duration.milliseconds(Int.random(in: 20...200, using: &random))
                    let isKilled = killing && random.happens(60)
                    // All of them wait for the one that brings the log into its final order.
                    // The load goes on for as long as the runs do, so that on a slow machine none of them would ever be level.
                    let limits = killing ? ["--max-runtime", "10s"] : []
                    let result = try await cli.run(["worker", "run", "--once"] + limits, limit: .seconds(240)) { worker in
                        guard isKilled else { return }
                        try await Task.sleep(for: life)
                        // It may have ended by itself before.
                        do { try worker.send(signal: SIGKILL) } catch {}
                    }
                    #expect(result.status == 0 || isKilled && result.status == 128 + SIGKILL, "\(result)")
                }
            }
            try await group.waitForAll()
        }
    }
}
