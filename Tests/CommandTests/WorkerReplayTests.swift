import Kernel
import Postgres
import TestSupport
import Testing

/// `worker replay`: what it prints, refuses, asks and records.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct WorkerReplayTests {
    private static let replay = ["worker", "replay", "--consumer", "analytics"]

    private var analytics: TestDatabase { TestDatabases.current["analytics"] }

    private func prepare(_ program: Program) async throws {
        #expect(await program.run("db", "seed").status == 0)
        for slug in ["acme", "umbrella"] {
            #expect(await program.run("org", "create", slug, "--owner", OutputTests.owner).status == 0)
        }
        #expect(await program.run("worker", "run", "--once").status == 0)
    }

    @Test func `compares, mends, records and tells`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            let equal = await program.run(Self.replay + ["--yes"])
            #expect(equal.status == 0 && equal.stderr.isEmpty, "\(equal)")
            #expect(equal.lines[0].contains("nothing was changed") && equal.stdout.contains("plan_facts            equal"), "\(equal)")
            #expect(try await analytics.number("select count(*) from operations") == 0)

            try await analytics.run("delete from plan_facts")
            try await analytics.run("update event_counts set events = events + 1")
            let looked = await program.run(Self.replay + ["--dry-run", "-o", "json"])
            let json = try looked.json()
            #expect(looked.status == 0 && json["kind"]?.string == "Replay" && json["outcome"]?.string == "differs", "\(looked)")
            let plans = json["tables"]?.elements.first { $0["name"]?.string == "plan_facts" }
            #expect(plans?["only_rebuilt"] == .integer(1) && plans?["only_live"] == .integer(0))
            #expect(try await analytics.number("select count(*) from plan_facts") == 0)

            let mended = await program.run(Self.replay + ["--yes", "--reason", "ticket 17"])
            #expect(mended.status == 0 && mended.stdout.contains("plan_facts            1 only rebuilt"), "\(mended)")
            #expect(try await analytics.number("select count(*) from plan_facts") == 1)
            let operations = try await analytics.texts("select command || ' ' || flags::text || ' ' || reason from operations")
            #expect(operations == ["worker replay {--consumer,--reason,--yes} ticket 17"])
            let events = try await analytics.texts(
                "select type || ' ' || actor from outbox where type <> 'saas.read_model.started.v1' or sequence > 1 order by position")
            #expect(events.count == 2 && events.allSatisfy { $0?.contains(" operator:") == true }, "\(events)")
            #expect(await program.run(Self.replay + ["--yes", "-o", "name"]).lines == ["analytics"])
            #expect(await program.run("worker", "run", "--once").status == 0)
        }
    }

    @Test func `what is refused`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            try await analytics.run("delete from plan_facts")
            for consumer in ["billing", "notification", "audit"] {
                let refused = await program.run("worker", "replay", "--consumer", consumer, "--yes")
                #expect(refused.status == 6 && refused.code == "REPLAY_REFUSED" && refused.stderr.contains("try: "), "\(refused)")
            }
            #expect(await program.run("worker", "replay", "--consumer", "nobody", "--yes").status == 64)
            #expect(await program.run("worker", "replay").status == 64)
            #expect(await program.run(Self.replay + ["--yes", "--reason", " "]).status == 64)
            let unasked = await program.run(Self.replay)
            #expect(unasked.status == 6 && unasked.stderr.contains("--yes"), "\(unasked)")
            for arguments in [Self.replay + ["--yes"], Self.replay + ["--dry-run"]] {
                #expect(await program.run(arguments + ["--read-only"]).code == "READ_ONLY")
                #expect(await program.run(arguments + ["--as", OutputTests.owner]).status == 4)
            }
            let careful = try program.with(profile: "careful", "require_reason: true")
            #expect(await careful.run(Self.replay + ["--yes"]).code == "REASON_NEEDED")
            #expect(try await analytics.number("select count(*) from plan_facts") == 0)
        }
    }

    @Test func `a role without the right to temporary tables is told what is missing`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            try await analytics.run("revoke temporary on database \(identifier: analytics.name) from saasctl_app, analytics_app")
            let refused = await program.run(Self.replay + ["--dry-run"])
            #expect(refused.status == 78 && refused.code == "REPLAY_RIGHTS" && refused.stderr.contains("grant temporary"), "\(refused)")
        }
    }

    @Test func `a database that is down is 69`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            for service in ["AUDIT", "ANALYTICS", "BILLING"] {
                let variables = ["SAASCTL_\(service)_DATABASE": "host=/nowhere dbname=x"]
                #expect(await program.run(Self.replay + ["--yes"], variables: variables).status == 69, "\(service)")
            }
        }
    }
}
