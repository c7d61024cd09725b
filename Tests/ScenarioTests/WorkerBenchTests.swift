import FoundationEssentials
import Kernel
import Postgres
import PostgresServer
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// `worker bench`, with servers of its own.
@Suite(.databases("organization", "audit"), .hangLimit) struct WorkerBenchTests {
    private static let benchmarks = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Benchmarks").path

    /// Builds the reference as `make bench` does.
    private func reference(_ cli: CommandLineFixture) async throws -> String {
        let program = cli.scratch.file("reference")
        let built = try await cli.shell(
            "cc -O1 -std=c11 -Wall -Wextra -Werror -I\"$(pg_config --includedir)\" -o '\(program)' '\(Self.benchmarks)/reference.c' "
                + "-L\"$(pg_config --libdir)\" -lpq -lpthread")
        #expect(built.status == 0, "\(built)")
        return program
    }

    /// A folder of the test's own for the servers.
    private func temporary(_ cli: CommandLineFixture) throws -> [String: String?] {
        try cli.scratch.makeFolder("tmp")
        return ["TMPDIR": cli.scratch.file("tmp")]
    }

    @Test(arguments: ["noop", "audit"]) func `the reference and the worker apply the same events`(_ lane: String) async throws {
        try await withCommandLine { cli in
            let program = try await reference(cli)
            let variables = try temporary(cli)
            let result = try await cli.run(
                "worker", "bench", "--lane", lane, "--events", "12000", "--rounds", "2", "--against", "reference=\(program) \(lane)", "-o",
                "json",
                variables: variables)
            #expect(result.status == 0 && result.stderr.isEmpty, "\(result)")
            let report = try result.json()
            #expect(report["kind"]?.string == "WorkerBench" && report["lane"]?.string == lane)
            let turns = try #require(report["turns"]?.elements)
            #expect(turns.map { $0["contender"]?.string } == ["saasctl", "reference", "reference", "saasctl"], "in turn")
            #expect(turns.map { $0["round"]?.integer } == [1, 1, 2, 2])
            #expect(
                turns.allSatisfy { $0["events"]?.integer == 12_000 && $0["applied"]?.integer == 12_000 && ($0["us"]?.integer ?? 0) > 0 })
            #expect(turns.allSatisfy { $0["published"]?.integer == 0 }, "neither lane publishes anything")
            let own = try #require(turns.first { $0["contender"]?.string == "saasctl" })
            for key in ["us", "user_us", "peak_memory_kib"] { #expect((own[key]?.integer ?? 0) > 0, "\(key) in \(own)") }
            #expect((own["chunks", "count"]?.integer ?? 0) > 0)
            let summaries = try #require(report["summaries"]?.elements)
            #expect(summaries.map { $0["contender"]?.string } == ["saasctl", "reference"])
            #expect(summaries[1]["worker_ratio"] != nil && summaries[0]["worker_ratio"] == nil)
            #expect(try Files.names(in: FilePath(cli.scratch.file("tmp"))).isEmpty, "everything is removed")
        }
    }

    @Test func `all lanes, with a transaction open, and nothing configured is touched`() async throws {
        try await withCommandLine(TestDatabases.current) { cli in
            let watchers = (
                try await TestDatabases.current["organization"].connect(as: .superuser),
                try await TestDatabases.current["audit"].connect(as: .superuser)
            )
            let before = (try await DatabaseContents(of: watchers.0), try await DatabaseContents(of: watchers.1))
            var variables = try temporary(cli)
            variables["PGHOST"] = "/nowhere"
            let result = try await cli.run(
                "worker", "bench", "--events", "3000", "--rounds", "2", "--hold-transaction", "-o", "json", variables: variables)
            #expect(result.status == 0, "\(result)")
            let report = try result.json()
            #expect(report["lane"]?.string == "all" && report["holds_transaction"] == .bool(true))
            #expect(report["turns"]?.elements.count == 2)
            #expect(
                report["turns"]?.elements.allSatisfy { ($0["events"]?.integer ?? 0) >= 3_000 && ($0["applied"]?.integer ?? 0) > 3_000 }
                    == true)
            // Of each organization billing tells two things and notification one.
            #expect(report["turns"]?.elements.allSatisfy { ($0["published"]?.integer ?? 0) > 900 } == true, "\(report)")
            #expect(report["summaries"]?.elements.first?["waiting_events_per_second"] != nil)
            let after = (try await DatabaseContents(of: watchers.0), try await DatabaseContents(of: watchers.1))
            #expect(after.0 == before.0 && after.1 == before.1)
        }
    }

    @Test func `from commit to effect, for the worker and the reference`() async throws {
        try await withCommandLine { cli in
            let program = try await reference(cli)
            let result = try await cli.run(
                "worker", "bench", "--follow", "--lane", "audit", "--rate", "40", "--duration", "1s", "--rounds", "2", "--against",
                "reference=\(program) latency", "-o", "json", variables: try temporary(cli))
            #expect(result.status == 0, "\(result)")
            let turns = try #require(try result.json()["turns"]?.elements)
            #expect(turns.count == 4)
            for turn in turns {
                #expect(turn["events"]?.integer == turn["latency", "count"]?.integer && (turn["events"]?.integer ?? 0) >= 40, "\(turn)")
                let latency = ["p50", "p90", "p99", "p999", "max"].compactMap { turn["latency", $0]?.integer }
                #expect(latency.count == 5 && latency == latency.sorted() && latency[0] > 0, "\(turn)")
            }
        }
    }

    @Test(arguments: [
        (#"echo '{"events":1999,"us":1}'"#, "\"liar\" has applied 1999 of 2000 events"),
        (#"echo '{"events":2000,"us":1,"positions":7}'"#, "the sum of their positions is 7, not 2001000"),
        ("echo nonsense >&2; exit 3", "\"liar\" has failed"),
    ])
    func `who leaves something out has no figures`(_ command: String, _ message: String) async throws {
        try await withCommandLine { cli in
            let result = try await cli.run(
                "worker", "bench", "--lane", "noop", "--events", "2000", "--rounds", "1", "--against", "liar=\(command)",
                variables: try temporary(cli))
            #expect(result.status == 1 && result.stdout.isEmpty && result.stderr.contains(message), "\(result)")
            #expect(try Files.names(in: FilePath(cli.scratch.file("tmp"))).isEmpty)
        }
    }

    @Test(arguments: [(SIGTERM, Int32(143)), (SIGINT, Int32(130))]) func `a signal ends it, and nothing is left`(
        _ number: Int32, _ status: Int32
    )
        async throws
    {
        try await withCommandLine { cli in
            let variables = try temporary(cli)
            let folder = FilePath(cli.scratch.file("tmp"))
            let marker = cli.scratch.file("against")
            // The other program has the first turn of the second round, so all is at work when it says so.
            let result = try await cli.run(
                "worker", "bench", "--lane", "noop", "--events", "1000", "--rounds", "2", "--against",
                "sleeper=touch '\(marker)'; exec sleep 600", variables: variables
            ) { program in
                while try Files.names(in: FilePath(cli.scratch.path.string)).contains("against") == false {
                    try await Task.sleep(for: .milliseconds(10))
                }
                try program.send(signal: number)
            }
            #expect(result.status == status && result.stdout.isEmpty, "\(result)")
            #expect(try Files.names(in: folder).isEmpty)
            let left = try await cli.shell("ps -eo args | grep -F '\(folder)' | grep -v grep")
            #expect(left.stdout.isEmpty, "\(left)")
        }
    }
}
