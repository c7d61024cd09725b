import TestSupport
import Testing

/// All faults at once, at random, under load, for as long as `SOAK_SECONDS` says. `make soak` runs it; no other run of tests does.
@Suite(.enabled(if: Stress.soakSeconds != nil), .timeLimit(.minutes(240))) struct SoakTests {
    @Test func `whatever happens to workers and databases, each event takes effect once and in order`() async throws {
        let seconds = try #require(Stress.soakSeconds)
        let seed = Stress.soakSeed
        print("soak: \(seconds) seconds, SOAK_SEED=\(seed)")
        // Few enough connections to be used up.
        try await withOwnServer(["max_connections": "200"]) { server in
            try await withCommandLine(server.databases) { cli in
                try await Soak.prepare(server)
                let load = try await Load(seed: seed, on: server.databases)
                let soak = Soak(server: server, cli: cli, load: load, seed: seed)
                let tally = try await soak.run(for: .seconds(seconds))
                print("soak: \(tally)")
                let unexpected = tally.findings
                #expect(unexpected == [])
                try await soak.drain()
                print("soak: \(soak.tally.dropped) partitions dropped")
            }
            try await Oracle.check()
        }
    }
}
