import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

/// The flags that every command understands, wherever they stand.
@Suite(.databases("identity", "organization")) struct GlobalFlagTests {
    @Test(
        arguments: [
            ["-o", "json", "org", "list", "--limit", "5"], ["org", "-o", "json", "list", "--limit", "5"],
            ["org", "list", "-o", "json", "--limit", "5"], ["org", "list", "--limit", "5", "-o", "json"],
            ["--output=json", "org", "list", "--limit=5"], ["org", "-ojson", "list", "--limit", "5"],
            ["--quiet", "orgs", "--output", "json", "list", "--limit", "5"],
        ])
    func `before, between and behind`(_ arguments: [String]) async throws {
        try await Program.lend(TestDatabases.current) { program in
            let result = await program.run(arguments)
            #expect(result.status == 0 && result.stderr.isEmpty, "\(result)")
            let list = try result.json()
            #expect(list["kind"]?.string == "OrganizationList")
        }
    }

    @Test func `the last one wins over earlier ones, a flag over its variable`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await program.run("org", "create", "acme", "--owner", OutputTests.owner)
            #expect(await program.run("-o", "json", "org", "list", "-o", "name").stdout == "acme\n")
            #expect(await program.run("org", "list", "-o", "name", variables: ["SAASCTL_OUTPUT": "json"]).stdout == "acme\n")
            #expect(await program.run("org", "list", variables: ["SAASCTL_OUTPUT": "name"]).stdout == "acme\n")
        }
    }

    @Test func `the organization may come from its argument, the flag or the variable`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await program.run("org", "create", "acme", "--owner", OutputTests.owner)
            await program.run("org", "create", "beta", "--owner", OutputTests.owner)
            #expect(await program.run("--org", "acme", "org", "get", "-o", "name").stdout == "acme\n")
            #expect(await program.run("org", "get", "-o", "name", variables: ["SAASCTL_ORG": "acme"]).stdout == "acme\n")
            let both = await program.run("org", "get", "beta", "-o", "name", variables: ["SAASCTL_ORG": "acme"])
            #expect(both.stdout == "beta\n", "the variable only stands in: \(both)")
            let same = await program.run("org", "get", "beta", "-o", "name", "--org", "beta")
            #expect(same.stdout == "beta\n", "\(same)")
            let contradiction = await program.run("org", "get", "beta", "--org", "acme")
            #expect(contradiction.status == 64 && contradiction.code == "USAGE", "\(contradiction)")
            #expect(contradiction.stderr.contains("\"beta\"") && contradiction.stderr.contains("\"acme\""), "\(contradiction)")
        }
    }

    @Test func `the correlation id goes into events, operations and errors`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let id = "0192F3A4-5B6C-7D8E-9F01-0123456789AB"
            let created = await program.run("org", "create", "acme", "--owner", OutputTests.owner, "--correlation-id", id)
            #expect(created.status == 0, "\(created)")
            let database = TestDatabases.current["organization"]
            let recorded = try await database.texts(
                "select correlation_id::text from outbox union select correlation_id::text from operations")
            #expect(recorded == [id.lowercased()])
            let failed = await program.run("--correlation-id", id, "org", "create", "acme", "--owner", OutputTests.owner)
            #expect(failed.stderr.contains("ref: \(id.lowercased())"), "\(failed)")
            #expect(await program.run("org", "list", "--correlation-id", "soon").status == 64)

            await program.run("org", "create", "beta", "--owner", OutputTests.owner)
            await program.run("org", "create", "gamma", "--owner", OutputTests.owner)
            let stories = try await database.number("select count(distinct correlation_id) from outbox")
            #expect(stories == 3, "each command is a story of its own")
        }
    }

    @Test(arguments: [["org", "list"], ["sandbox", "status"], ["completion", "bash"]])
    func `a nonsensical SAASCTL_READ_ONLY is refused by every command`(_ arguments: [String]) async throws {
        try await Program.lend(TestDatabases.current) { program in
            let result = await program.run(arguments, variables: ["SAASCTL_READ_ONLY": "maybe"])
            #expect(result.status == 78 && result.stderr.contains("SAASCTL_READ_ONLY is \"maybe\""), "\(result)")
        }
    }

    @Test func `a dry run under --read-only is refused, with the reason`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let result = await program.run("--read-only", "org", "create", "acme", "--owner", OutputTests.owner, "--dry-run")
            #expect(result.status == 6 && result.stderr.contains("a dry run makes the change and then undoes it"), "\(result)")
            let other = await program.run("--read-only", "org", "create", "acme", "--owner", OutputTests.owner)
            #expect(other.status == 6 && !other.stderr.contains("dry run"), "\(other)")
        }
    }

    @Test func `quiet leaves out notices, not errors`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            for slug in ["a1", "b2"] { await program.run("org", "create", slug, "--owner", OutputTests.owner) }
            #expect(await program.run("org", "list", "--limit", "1").stderr.contains("there is more"))
            #expect(await program.run("org", "list", "--limit", "1", "-q").stderr.isEmpty)
            #expect(await program.run("org", "get", "nosuch", "-q").stderr.contains("ORG_NOT_FOUND"))
        }
    }
}
