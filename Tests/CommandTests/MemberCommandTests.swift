import Kernel
import Postgres
import TestSupport
import Testing

/// Members and names of organizations, as an operator works with them.
@Suite(.databases("identity", "organization")) struct MemberCommandTests {
    /// Registers these users and makes an organization of the first one.
    private func prepare(_ program: Program, _ slug: String = "acme", users: String...) async throws -> [String] {
        var ids: [String] = []
        for user in users {
            ids.append(try #require(await program.run("identity", "user", "register", "\(user)@example.org", "-o", "name").lines.first))
        }
        let created = await program.run("org", "create", slug, "--owner", "\(users[0])@example.org")
        #expect(created.status == 0, "\(created)")
        return ids
    }

    @Test func `members are added, listed by their addresses, changed and removed`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let ids = try await prepare(program, users: "ada", "bob")
            let added = await program.run("org", "member", "add", "Bob@Example.org", "--role", "admin", "--org", "acme", "-o", "json")
            #expect(added.status == 0, "\(added)")
            let membership = try added.json()
            #expect(membership["kind"]?.string == "Membership" && membership["user_id"]?.string == ids[1])
            #expect(membership["role"]?.string == "admin")

            let list = await program.run("org", "member", "list", "acme", "-o", "json")
            let items = try #require(try list.json()["items"]?.elements)
            #expect(Set(items.compactMap { $0["email"]?.string }) == ["ada@example.org", "bob@example.org"])
            #expect(await program.run("org", "member", "list", "acme", "--role", "owner", "-o", "name").lines == [ids[0]])
            #expect(await program.run("org", "members", "list", "--org", "acme").stdout.contains("bob@example.org  admin"))

            #expect(await program.run("org", "member", "role", "bob@example.org", "viewer", "--org", "acme").status == 0)
            let removed = await program.run("org", "member", "remove", ids[1], "--org", "acme", "-o", "json")
            #expect(try removed.json()["ended_at"]?.string != nil, "\(removed)")
            #expect(await program.run("org", "member", "list", "acme", "-o", "name").lines == [ids[0]])
            // Done before: success, and nothing more is written down.
            #expect(await program.run("org", "member", "remove", ids[1], "--org", "acme").status == 0)
            let database = TestDatabases.current["organization"]
            #expect(
                try await database.texts("select command from operations order by at") == [
                    "org create", "org member add", "org member role", "org member remove",
                ])
        }
    }

    @Test func `what is not there, not possible or not permitted has its exit status`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            _ = try await prepare(program, users: "ada", "bob", "cyd")
            await program.run("org", "member", "add", "bob@example.org", "--org", "acme")
            let before = try await TestDatabases.current.contents()
            func expect(_ status: Int32, _ code: String, _ arguments: String...) async {
                let result = await program.run(arguments)
                #expect(result.status == status && result.code == code && result.stdout.isEmpty, "\(result)")
            }
            await expect(5, "LAST_OWNER", "org", "member", "remove", "ada@example.org", "--org", "acme")
            await expect(5, "LAST_OWNER", "org", "member", "role", "ada@example.org", "viewer", "--org", "acme")
            await expect(5, "MEMBER_EXISTS", "org", "member", "add", "bob@example.org", "--role", "admin", "--org", "acme")
            await expect(3, "MEMBER_NOT_FOUND", "org", "member", "remove", "cyd@example.org", "--org", "acme")
            await expect(3, "USER_NOT_FOUND", "org", "member", "add", "eve@example.org", "--org", "acme")
            await expect(3, "ORG_NOT_FOUND", "org", "member", "add", "cyd@example.org", "--org", "nowhere")
            await expect(3, "ORG_NOT_FOUND", "org", "member", "list", "019cece3-51c7-7000-8000-000000000009")
            await expect(3, "ORG_NOT_FOUND", "org", "rename", "019cece3-51c7-7000-8000-000000000009", "X")
            await expect(4, "NOT_PERMITTED", "org", "member", "add", "cyd@example.org", "--org", "acme", "--as", "bob@example.org")
            await expect(4, "NOT_PERMITTED", "org", "member", "add", "cyd@example.org", "--org", "acme", "--as", "cyd@example.org")
            await expect(4, "NOT_PERMITTED", "org", "rename", "acme", "Mine", "--as", "bob@example.org")
            #expect(await program.run("org", "member", "add", "cyd@example.org", "--role", "king", "--org", "acme").status == 64)
            #expect(await program.run("org", "member", "role", "bob@example.org", "--org", "acme").status == 64)
            #expect(await program.run("org", "member", "add", "cyd@example.org").status == 64)
            #expect(await program.run("org", "rename", "acme").status == 64)
            #expect(try await TestDatabases.current.contents() == before)
        }
    }

    @Test func `a member acts, and may leave; the operator is recorded beside`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let ids = try await prepare(program, users: "ada", "bob")
            let added = await program.run("org", "member", "add", "bob@example.org", "--org", "acme", "--as", "ada@example.org")
            #expect(added.status == 0, "\(added)")
            let left = await program.run("org", "member", "remove", "bob@example.org", "--org", "acme", "--as", "bob@example.org")
            #expect(left.status == 0, "\(left)")
            let database = TestDatabases.current["organization"]
            #expect(
                try await database.texts("select actor from operations where command <> 'org create' order by at") == [
                    "user:\(ids[0])", "user:\(ids[1])",
                ])
            #expect(try await database.texts("select distinct (os_user is not null)::text from operations") == ["true"])
        }
    }

    @Test func `a dry run shows the row and the event, and a key is used once`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            _ = try await prepare(program, users: "ada", "bob")
            let before = try await TestDatabases.current.contents()
            let add = ["org", "member", "add", "bob@example.org", "--org", "acme"]
            let rehearsed = await program.run(add + ["--dry-run"])
            #expect(
                rehearsed.stdout.contains("would insert memberships") && rehearsed.stdout.contains("would publish saas.member.added.v1 #3"))
            #expect(try await TestDatabases.current.contents() == before)
            let first = await program.run(add + ["--idempotency-key", "k1", "-o", "json"])
            let second = await program.run(add + ["--idempotency-key", "k1", "-o", "json"])
            #expect(first.status == 0 && second.status == 0 && first.stdout == second.stdout, "\(second)")
            let other = await program.run(add + ["--role", "admin", "--idempotency-key", "k1"])
            #expect(other.status == 5 && other.code == "IDEMPOTENCY_KEY_REUSED", "\(other)")
        }
    }

    @Test func `an organization is found by every slug that it had`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            _ = try await prepare(program, users: "ada")
            let renamed = await program.run("org", "rename", "acme", "Acme SE", "--slug", "acme-europe", "-o", "json")
            #expect(renamed.status == 0, "\(renamed)")
            for slug in ["acme", "acme-europe"] {
                #expect(try await program.run("org", "get", slug, "-o", "json").json()["name"]?.string == "Acme SE")
                #expect(await program.run("org", "member", "list", "--org", slug).status == 0)
            }
            let taken = await program.run("org", "create", "acme", "--owner", "ada@example.org")
            #expect(taken.status == 5 && taken.code == "SLUG_TAKEN", "\(taken)")
        }
    }
}
