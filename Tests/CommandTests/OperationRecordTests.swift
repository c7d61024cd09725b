import Kernel
import Postgres
import TestSupport
import Testing

@testable import SaasctlApp

/// What `operations` keeps about a change.
@Suite(.databases("identity", "organization")) struct OperationRecordTests {
    @Test func `path, flags by name, actor, profile, accounts, reason, version`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let profile = try program.with(profile: "trial", "require_reason: true")
            let result = await profile.run(
                "--debug", "orgs", "create", "acme", "--name=Acme Secret Project", "--owner", OutputTests.owner, "-ojson", "--reason",
                "ticket 17")
            #expect(result.status == 0, "\(result)")
            let database = TestDatabases.current["organization"]
            let record = try #require(try await database.texts("select row_to_json(operations)::text from operations").first ?? nil)
            let operation = try JSONValue(parsing: record)
            #expect(operation["command"]?.string == "org create")
            #expect(operation["flags"]?.elements.compactMap(\.string) == ["--debug", "--name", "--output", "--owner", "--reason"])
            #expect(operation["actor"]?.string == "operator:\(ProcessAccount.name)")
            #expect(operation["os_user"]?.string == ProcessAccount.name)
            #expect(operation["profile"]?.string == "trial")
            #expect(operation["database_user"]?.string == "organization_app")
            #expect(operation["reason"]?.string == "ticket 17")
            #expect(operation["version"]?.string == SaasctlVersion.current.description)
            #expect(!record.contains("Secret Project") && !record.contains(OutputTests.owner), "values of flags are no one's business")
            #expect(
                try await database.texts("select distinct correlation_id::text from outbox") == [operation["correlation_id"]?.string],
                "by which the events are found")
        }
    }

    @Test func `what failed or was only looked at leaves no record`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await program.run("org", "create", "acme", "--owner", OutputTests.owner)
            await program.run("org", "create", "acme", "--owner", OutputTests.owner)
            await program.run("org", "list")
            await program.run("org", "create", "beta", "--owner", OutputTests.owner, "--dry-run")
            let records = try await TestDatabases.current["organization"].number("select count(*) from operations")
            #expect(records == 1)
        }
    }

    @Test func `events carry the actor and the clock of the context`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            var program = program
            program.clock = FixedClock(Timestamp(year: 2027, month: 2, day: 28))
            await program.run("org", "create", "acme", "--owner", OutputTests.owner)
            let database = TestDatabases.current["organization"]
            let actors = try await database.texts("select distinct actor from outbox")
            #expect(actors == ["operator:\(ProcessAccount.name)"])
            let times = try await database.texts(
                """
                select time::text from outbox union select created_at::text from organizations union select created_at::text from memberships
                union select at::text from operations
                """)
            #expect(times == ["2027-02-28 00:00:00+00"])
        }
    }
}
