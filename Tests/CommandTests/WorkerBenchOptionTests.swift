import TestSupport
import Testing

/// What `worker bench` refuses before it starts anything.
@Suite struct WorkerBenchOptionTests {
    @Test(arguments: [
        (["--events", "0"], "--events must be between 1 and 100000000"),
        (["--rounds", "0"], "--rounds must be between 1 and 1000"),
        (["--writers", "65"], "--writers must be between 1 and 64"),
        (["--follow", "--rate", "0"], "--rate must be between 1 and 100000"),
        (["--follow", "--events", "10"], "--events is for a backlog"),
        (["--follow", "--hold-transaction"], "--hold-transaction is for a backlog"),
        (["--follow", "--lane", "noop"], "a lane without effects has nothing to wait for"),
        (["--rate", "10"], "--rate and --duration belong to --follow"),
        (["--duration", "10s"], "--rate and --duration belong to --follow"),
        (["--lane", "billing"], "billing"),
        (["--against", "true"], "true"),
        (["--against", "Upper=true"], "Upper=true"),
        (["--against", "a=true", "--against", "a=false"], "each --against needs a name of its own"),
        (["--against", "saasctl=true"], "each --against needs a name of its own"),
    ])
    func `options that make no sense together`(_ arguments: [String], _ message: String) async throws {
        try await Program.lend { program in
            let result = await program.run(["worker", "bench"] + arguments)
            #expect(result.status == 64 && result.stdout.isEmpty && result.stderr.contains(message), "\(result)")
        }
    }
}
