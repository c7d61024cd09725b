import Kernel
import Postgres
import TestSupport
import Testing

/// Who may change something, and on which profile.
@Suite struct PermissionTests {
    @Test(.databases("identity", "organization")) func `read-only runs and profiles refuse with 6, dry runs too`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await program.run("identity", "user", "register", "ada@example.org")
            let strict = try program.with(profile: "strict", "read_only: true")
            let before = try await TestDatabases.current.contents()
            for change in [["org", "create", "acme", "--owner", "ada@example.org"], ["identity", "user", "register", "b@example.org"]] {
                for refused in [
                    await program.run(change + ["--read-only"]), await program.run(change, variables: ["SAASCTL_READ_ONLY": "1"]),
                    await strict.run(change), await strict.run(change + ["--dry-run"]), await strict.run(change + ["--reason", "because"]),
                ] {
                    #expect(refused.status == 6 && refused.code == "READ_ONLY" && refused.stdout.isEmpty, "\(refused)")
                }
                #expect(await strict.run(change).stderr.contains("profile \"strict\" is read-only"))
            }
            #expect(await strict.run("worker", "run", "--once").status == 6)
            #expect(try await TestDatabases.current.contents() == before)
            #expect(await strict.run("identity", "user", "get", "ada@example.org").status == 0)
            #expect(await program.run("org", "list", "--read-only").status == 0)
            #expect(await program.run("org", "list", variables: ["SAASCTL_READ_ONLY": "maybe"]).status == 78)
            #expect(
                await program.run("org", "create", "x1", "--owner", OutputTests.owner, variables: ["SAASCTL_READ_ONLY": "maybe"]).status
                    == 78)
        }
    }

    @Test(.databases("organization")) func `a profile may ask for a reason`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let strict = try program.with(profile: "strict", "require_reason: true")
            let create = ["org", "create", "acme", "--owner", OutputTests.owner]
            let refused = await strict.run(create)
            #expect(refused.status == 6 && refused.code == "REASON_NEEDED", "\(refused)")
            #expect(refused.stderr.contains("try: add --reason 'why'"), "\(refused)")
            #expect(await strict.run(create + ["--reason", "  "]).status == 64)
            #expect(await strict.run(create + ["--reason", "-r: begins with a dash"]).status == 0)
            #expect(try await TestDatabases.current["organization"].texts("select reason from operations") == ["-r: begins with a dash"])
            #expect(await strict.run("org", "list").status == 0)
        }
    }

    // Kubernetes, "User impersonation": the rights are those of the user, and the record names who acted.
    @Test(.databases("identity", "organization")) func `as a user one may do what that user may`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let ada = try #require(await program.run("identity", "user", "register", "ada@example.org", "-o", "name").lines.first)
            await program.run("identity", "user", "register", "bob@example.org")
            let create = ["org", "create", "acme", "--owner", "ada@example.org"]

            let before = try await TestDatabases.current.contents()
            for refused in [
                await program.run(create + ["--as", "bob@example.org"]),
                await program.run("identity", "user", "register", "eve@example.org", "--as", "ada@example.org"),
                await program.run(create + ["--as", "bob@example.org", "--dry-run"]),
            ] {
                #expect(refused.status == 4 && refused.code == "NOT_PERMITTED" && refused.stdout.isEmpty, "\(refused)")
            }
            #expect(await program.run(create + ["--as", "nobody@example.org"]).status == 3)
            #expect(try await TestDatabases.current.contents() == before)

            let permitted = await program.run(create + ["--as", "ada@example.org"])
            #expect(permitted.status == 0, "\(permitted)")
            let database = TestDatabases.current["organization"]
            #expect(try await database.texts("select distinct actor from outbox") == ["user:\(ada)"])
            #expect(try await database.texts("select actor from operations") == ["user:\(ada)"])
        }
    }

    @Test(.databases("billing", "identity", "organization", "workflow")) func `what only the operator may is 4 for everybody else`()
        async throws
    {
        try await Program.lend(TestDatabases.current) { program in
            await program.run("identity", "user", "register", "ada@example.org")
            let created = try await program.run("org", "create", "acme", "--owner", "ada@example.org", "-o", "json").json()
            for change in [
                ["db", "seed"], ["workflow", "project", "create", "WEB", "--org", try #require(created["id"]?.string)],
            ] {
                let refused = await program.run(change + ["--as", "ada@example.org"])
                #expect(refused.status == 4 && refused.code == "NOT_PERMITTED", "\(refused)")
            }
            #expect(await program.run("db", "seed").status == 0)
        }
    }

    @Test(.databases("identity", "organization")) func `who may not log in, and who is nobody, acts for nobody`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let ada = try #require(await program.run("identity", "user", "register", "ada@example.org", "-o", "name").lines.first)
            await program.run("org", "create", "acme", "--owner", ada)
            #expect(await program.run("identity", "user", "disable", ada).status == 0)
            let before = try await TestDatabases.current.contents()
            for reference in [ada, "ada@example.org"] {
                let refused = await program.run("org", "rename", "acme", "Other", "--as", reference)
                #expect(refused.status == 4 && refused.code == "USER_DISABLED", "\(refused)")
            }
            let nobody = await program.run("org", "rename", "acme", "Other", "--as", OutputTests.owner)
            #expect(nobody.status == 3 && nobody.code == "USER_NOT_FOUND", "\(nobody)")
            #expect(try await TestDatabases.current.contents() == before)
            #expect(await program.run("identity", "user", "enable", ada).status == 0)
            #expect(await program.run("org", "rename", "acme", "Other", "--as", ada).status == 0)
        }
    }
}
