import Kernel
import Postgres
import TestSupport
import Testing

/// What users are told and what leaves the system, as operators and users see it.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct NotificationCommandTests {
    /// The organization acme of ada, with bob as its member, who has the task WEB-1.
    private func prepare(_ program: Program) async throws {
        func succeed(_ arguments: String...) async {
            let result = await program.run(arguments)
            #expect(result.status == 0, "\(result)")
        }
        await succeed("db", "seed")
        for user in ["ada", "bob"] { await succeed("identity", "user", "register", "\(user)@example.org") }
        await succeed("org", "create", "acme", "--owner", "ada@example.org")
        await succeed("worker", "run", "--once")
        await succeed("org", "member", "add", "bob@example.org", "--org", "acme", "--as", "ada@example.org")
        await succeed("worker", "run", "--once")
        await succeed("workflow", "project", "create", "WEB", "--org", "acme")
        await succeed("workflow", "task", "create", "Fix it", "--project", "WEB", "--org", "acme", "--assignee", "bob@example.org")
        await succeed("org", "invite", "send", "zoe@example.org", "--org", "acme", "--role", "viewer")
        await succeed("identity", "password", "request", "bob@example.org")
        await succeed("worker", "run", "--once")
    }

    private func ids(_ program: Program, _ arguments: String...) async -> [String] {
        await program.run(["notification", "list", "-o", "name"] + arguments).lines
    }

    @Test func `a user is told in words, reads, and has read`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            let list = try await program.run("notification", "list", "bob@example.org", "-o", "json").json()
            #expect(list["kind"]?.string == "NotificationList")
            #expect(
                list["items"]?.elements.map { $0["text"]?.string } == [
                    "Task WEB-1 of acme is yours.", "You belong to acme now, as member.", "Welcome!",
                ])
            #expect(list["items"]?.elements.map { $0["organization"]?.string } == ["acme", "acme", nil])
            #expect(await program.run("notification", "list", "bob@example.org").stdout.contains("Task WEB-1 of acme is yours."))

            let notes = await ids(program, "bob@example.org")
            #expect(notes.count == 3)
            let marked = await program.run("notification", "read", notes[0], "-o", "json")
            #expect(marked.status == 0, "\(marked)")
            let document = try marked.json()
            #expect(document["kind"]?.string == "ReadNotifications" && document["unread"] == .integer(2))
            #expect(document["read"]?.elements == [.string(notes[0])])
            #expect(await ids(program, "bob@example.org", "--unread") == Array(notes[1...]))
            let again = await program.run("notification", "read", notes[0], "-o", "name")
            #expect(again.status == 0 && again.stdout.isEmpty, "\(again)")
            #expect(await program.run("notification", "list", "bob@example.org", "--unread", "--count", "-o", "name").stdout == "2\n")
            #expect(await program.run("notification", "list", "bob@example.org", "--unread", "--count").stdout == "2\n")
            #expect(await program.run("notification", "list", "bob@example.org", "--count").stdout == "3\n")
            let count = try await program.run("notification", "list", "--as", "bob@example.org", "--unread", "--count", "-o", "json").json()
            #expect(count["kind"]?.string == "NotificationCount" && count["count"] == .integer(2))

            let all = await program.run("notification", "read", "--all", "--as", "bob@example.org")
            #expect(all.status == 0, "\(all)")
            #expect(await program.run("notification", "list", "--as", "bob@example.org", "--unread", "--count").stdout == "0\n")
            #expect(await program.run("notification", "read", "bob@example.org", "--all").status == 0)
            #expect(await program.run("worker", "run", "--once").status == 0)
            let told = "select count(*) from outbox where type = 'saas.notification.read.v1'"
            #expect(try await TestDatabases.current["notification"].number(SQL(unsafeRaw: told)) == 3)
            try await Oracle.check()
        }
    }

    @Test func `a user sees and marks the own ones, and nobody else's`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            let others = await ids(program, "bob@example.org")
            for denied in [["list", "bob@example.org"], ["list", "bob@example.org", "--count"], ["read", "bob@example.org", "--all"]] {
                let result = await program.run(["notification"] + denied + ["--as", "ada@example.org"])
                #expect(result.status == 4 && result.stderr.contains("NOT_PERMITTED"), "\(result)")
            }
            let hidden = await program.run("notification", "read", others[0], "--as", "ada@example.org")
            #expect(hidden.status == 3 && hidden.stderr.contains("NOTIFICATION_NOT_FOUND"), "\(hidden)")
            for usage in [["list"], ["read"], ["read", "bob@example.org"], ["read", "--all"], ["read", "a", "b", "--all"]] {
                #expect(await program.run(["notification"] + usage).status == 64, "\(usage)")
            }
            for command in [["delivery", "list"], ["delivery", "get", others[0]], ["delivery", "retry", others[0]]] {
                #expect(await program.run(["notification"] + command + ["--as", "ada@example.org"]).status == 4, "\(command)")
            }
            #expect(await program.run("notification", "list", "bob@example.org", "--unread", "--count").stdout == "3\n")
        }
    }

    @Test func `whom nobody knows is not found, by an id as by an address`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await program.run("identity", "user", "register", "ada@example.org")
            let ada = try #require(await program.run("identity", "user", "get", "ada@example.org", "-o", "json").id)
            let commands = [["list"], ["list", "--count"], ["delivery", "list", "--user"], ["read", "--all"]]
            for (command, user) in commands.flatMap({ command in
                ["019cece3-51c7-7000-8000-0000000000ff", "nobody@example.org"].map { (command, $0) }
            }) {
                let result = await program.run(["notification"] + command + [user])
                #expect(result.status == 3 && result.code == "USER_NOT_FOUND", "\(result)")
            }
            #expect(await program.run("identity", "user", "erase", ada, "--confirm", "ada@example.org").status == 0)
            for command in commands {
                let result = await program.run(["notification"] + command + [ada])
                #expect(result.status == 0, "who was erased was somebody: \(result)")
            }
        }
    }

    @Test func `a dry run marks nothing, and a key makes two commands one`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            let notes = await ids(program, "bob@example.org")
            let rehearsed = await program.run("notification", "read", notes[0], "--dry-run", "-o", "json")
            let document = try rehearsed.json()
            #expect(document["kind"]?.string == "DryRun" && document["events"]?.elements.count == 1, "\(rehearsed)")
            #expect(await ids(program, "bob@example.org", "--unread").count == 3)
            let first = await program.run("notification", "read", notes[0], "--idempotency-key", "k", "-o", "json")
            let second = await program.run("notification", "read", notes[0], "--idempotency-key", "k", "-o", "json")
            #expect(first.status == 0 && second.stdout == first.stdout, "\(second)")
            #expect(await program.run("notification", "read", notes[1], "--idempotency-key", "k").status == 5)
        }
    }

    @Test func `deliveries are due, and tried again when they have failed`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            let list = try await program.run("notification", "delivery", "list", "-o", "json").json()
            #expect(list["kind"]?.string == "DeliveryList")
            #expect(
                Set(list["items"]?.elements.compactMap { $0["template"]?.string } ?? []) == ["invitation", "password_reset"], "\(list)")
            #expect(list["items"]?.elements.allSatisfy { $0["state"]?.string == "due" && $0["channel"]?.string == "email" } == true)
            func named(_ arguments: String...) async -> [String] {
                await program.run(["notification", "delivery", "list", "-o", "name"] + arguments).lines
            }
            let invitation = try #require(await named("--org", "acme").first)
            #expect(await named("--org", "acme").count == 1)
            #expect(await named("--user", "bob@example.org").count == 1)
            #expect(await named("--state", "failed").isEmpty)

            let early = await program.run("notification", "delivery", "retry", invitation)
            #expect(early.status == 5 && early.stderr.contains("DELIVERY_NOT_FAILED"), "\(early)")
            let unknown = await program.run("notification", "delivery", "get", "019cece3-51c7-7000-8000-0000000000ff")
            #expect(unknown.status == 3 && unknown.stderr.contains("DELIVERY_NOT_FOUND"), "\(unknown)")
            let database = TestDatabases.current["notification"]
            try await database.run(
                """
                update deliveries set state = 'failed', attempts = 3, error_code = 'SMTP_REFUSED', due_at = null, finished_at = created_at
                where template = 'invitation'
                """)
            #expect(await named("--state", "failed") == [invitation])
            let retried = try await program.run("notification", "delivery", "retry", invitation, "-o", "json").json()
            #expect(retried["state"]?.string == "due" && retried["attempts"] == .integer(3), "\(retried)")
            let shown = await program.run("notification", "delivery", "get", invitation)
            #expect(shown.status == 0 && shown.stdout.contains("SMTP_REFUSED"), "\(shown)")
            #expect(await program.run("worker", "run", "--once").status == 0)
            try await Oracle.check()
        }
    }

    // GDPR, article 5(1)(c): whoever sends asks for the address then, so it is stored in one place.
    @Test func `no address, name, title or token gets into the notification database`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            let invited = await program.run("org", "invite", "send", "yan@example.org", "--org", "acme", "-o", "json")
            let requested = await program.run("identity", "password", "request", "ada@example.org", "-o", "json")
            let tokens = [try invited.json()["token"]?.string, try requested.json()["token"]?.string].compactMap(\.self)
            #expect(tokens.count == 2)
            #expect(await program.run("worker", "run", "--once").status == 0)
            let contents = try await TestDatabases.current["notification"].texts(
                """
                select n::text from notifications as n union all select d::text from deliveries as d union all select o.data::text from outbox as o
                """
            ).compactMap(\.self)
            #expect(contents.count > 10)
            for secret in ["@", "bob", "acme", "WEB", "Fix"] + tokens {
                #expect(!contents.contains { $0.contains(secret) }, "\(secret)")
            }
        }
    }
}
