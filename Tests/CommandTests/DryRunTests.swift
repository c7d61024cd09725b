import Kernel
import Postgres
import TestSupport
import Testing

@Suite(.databases("identity", "organization")) struct DryRunTests {
    private static let create = ["org", "create", "acme", "--name", "Acme GmbH", "--owner", OutputTests.owner]

    @Test func `shows the rows and the events, and leaves nothing behind`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await program.run("org", "create", "earlier", "--owner", OutputTests.owner)
            let before = try await TestDatabases.current.contents()
            let rehearsal = await program.run(
                Self.create + ["--dry-run", "--reason", "a test", "--idempotency-key", "k1", "-o", "json"])
            let after = try await TestDatabases.current.contents()
            #expect(after == before, "\(after["organization"]?.differences(from: before["organization"]!) ?? [])")

            #expect(rehearsal.status == 0 && rehearsal.stderr.isEmpty, "\(rehearsal)")
            let shown = try rehearsal.json()
            #expect(shown["kind"]?.string == "DryRun")
            let rows = try #require(shown["rows"]?.elements)
            #expect(rows.map { $0["table"]?.string } == ["organizations", "memberships"])
            #expect(rows.allSatisfy { $0["operation"]?.string == "insert" })
            #expect(rows[0]["values", "slug"]?.string == "acme" && rows[0]["values", "name"]?.string == "Acme GmbH")
            #expect(rows[1]["values", "user_id"]?.string == OutputTests.owner && rows[1]["values", "role"]?.string == "owner")
            let events = try #require(shown["events"]?.elements)
            #expect(events.map { $0["type"]?.string } == ["saas.organization.created.v1", "saas.member.added.v1"])
            #expect(events.map { $0["sequence"]?.integer } == [1, 2])
            #expect(events.allSatisfy { $0["subject"] == rows[0]["values", "id"] && $0["organization_id"] == rows[0]["values", "id"] })
        }
    }

    @Test func `the table is for people`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let result = await program.run(Self.create + ["-n"])
            #expect(result.lines.first == "dry run: nothing was changed", "\(result)")
            #expect(result.lines.filter { $0.hasPrefix("would insert ") }.count == 2)
            #expect(result.lines.filter { $0.hasPrefix("would publish saas.") }.count == 2)
            #expect(await program.run("org", "get", "acme").status == 3)
        }
    }

    @Test func `fails like the command itself`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await program.run(Self.create)
            let taken = await program.run(Self.create + ["--dry-run"])
            #expect(taken.status == 5 && taken.code == "SLUG_TAKEN" && taken.stdout.isEmpty, "\(taken)")
            #expect(await program.run("org", "create", "beta", "--owner", "nobody@example.org", "--dry-run").status == 3)
        }
    }

    @Test func `does what the command then does`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let rehearsal = try await program.run(Self.create + ["--dry-run", "-o", "json"]).json()
            await program.run(Self.create)
            let database = TestDatabases.current["organization"]
            #expect(
                try await database.texts("select type from outbox order by position")
                    == rehearsal["events"]?.elements.map { $0["type"]?.string })
            #expect(
                try await database.texts("select name from organizations")
                    == rehearsal["rows"]?.elements.prefix(1).map { $0["values", "name"]?.string })
        }
    }
}
