import Kernel
import Postgres
import TestSupport
import Testing

/// Projects and tasks, as an operator works with them.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct WorkflowCommandTests {
    /// The organization acme with its owner ada and these members, of whom workflow has heard, and the project WEB.
    private func prepare(_ program: Program, members: [String: String] = [:]) async throws {
        #expect(await program.run("db", "seed").status == 0)
        for user in ["ada"] + members.keys.sorted() {
            #expect(await program.run("identity", "user", "register", "\(user)@example.org").status == 0)
        }
        #expect(await program.run("org", "create", "acme", "--owner", "ada@example.org").status == 0)
        for (user, role) in members {
            let added = await program.run("org", "member", "add", "\(user)@example.org", "--role", role, "--org", "acme")
            #expect(added.status == 0, "\(added)")
        }
        #expect(await program.run("worker", "run", "--once").status == 0)
        let created = await program.run("workflow", "project", "create", "WEB", "--org", "acme")
        #expect(created.status == 0, "\(created)")
    }

    @Test func `a task is created, found, given, moved, changed and done`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program, members: ["bob": "member"])
            var program = program
            program.environment["SAASCTL_ORG"] = "acme"
            let created = await program.run(
                "workflow", "task", "create", "Fix the login page", "--project", "web", "--due", "2026-12-31", "--priority", "high",
                "--description", "It says nothing.", "-o", "json")
            #expect(created.status == 0, "\(created)")
            let task = try created.json()
            #expect(task["kind"]?.string == "Task" && task["key"]?.string == "WEB-1" && task["status"]?.string == "todo")
            #expect(task["due_at"]?.string == "2026-12-31T00:00:00Z" && task["priority"]?.string == "high")
            let id = try #require(task["id"]?.string)

            #expect(await program.run("workflow", "task", "assign", "WEB-1", "Bob@Example.org", "-o", "name").lines == ["WEB-1"])
            #expect(await program.run("workflow", "tasks", "status", "web-1", "in_progress").status == 0)
            let updated = await program.run("workflow", "task", "update", id, "--title", "Mend it", "--version", "3", "--due", "none")
            #expect(updated.status == 0, "\(updated)")
            #expect(await program.run("workflow", "task", "status", id, "done").status == 0)
            // By its id it is found without the organization, too.
            let got = await program.run("workflow", "task", "get", id, "-o", "json", variables: ["SAASCTL_ORG": ""])
            let shown = try got.json()
            #expect(shown["kind"]?.string == "Task" && shown["assignee_email"]?.string == "bob@example.org", "\(got)")
            #expect(shown["title"]?.string == "Mend it" && shown["version"] == .integer(5) && shown["due_at"] == nil)
            #expect(shown["completed_at"]?.string != nil)
            #expect(await program.run("workflow", "task", "get", "WEB-1").stdout.contains("bob@example.org"))
            #expect(await program.run("workflow", "task", "assign", "WEB-1", "none", "--org", "acme").status == 0)

            let database = TestDatabases.current["workflow"]
            #expect(
                try await database.texts("select type || ' ' || sequence from outbox where type like 'saas.task.%' order by position") == [
                    "saas.task.created.v1 1", "saas.task.assigned.v1 2", "saas.task.status_changed.v1 3", "saas.task.updated.v1 4",
                    "saas.task.status_changed.v1 5", "saas.task.assigned.v1 6",
                ])
            #expect(try await database.number("select count(*) from outbox where data::text ~* 'mend|bob|login|nothing'") == 0)
            #expect(await program.run("worker", "run", "--once").status == 0)
            try await Oracle.check()
        }
    }

    @Test func `lists are narrowed by project, status and assignee`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program, members: ["bob": "viewer"])
            #expect(await program.run("workflow", "project", "create", "APP", "--org", "acme").status == 0)
            func create(_ arguments: String...) async {
                let result = await program.run(["workflow", "task", "create", "Fix it", "--org", "acme"] + arguments)
                #expect(result.status == 0, "\(result)")
            }
            await create("--project", "WEB")
            await create("--project", "WEB", "--assignee", "bob@example.org", "--status", "backlog")
            await create("--project", "APP", "--assignee", "ada@example.org", "--status", "in_progress")
            func list(_ arguments: String...) async -> [String] {
                await program.run(["workflow", "task", "list", "acme", "-o", "name"] + arguments).lines
            }
            #expect(await list() == ["APP-1", "WEB-2", "WEB-1"])
            #expect(await list("--project", "WEB") == ["WEB-2", "WEB-1"])
            #expect(await list("--status", "todo", "--status", "in_progress") == ["APP-1", "WEB-1"])
            #expect(await list("--assignee", "bob@example.org") == ["WEB-2"])
            #expect(await list("--assignee", "none", "--project", "web") == ["WEB-1"])
            let unknown = await program.run("workflow", "task", "list", "acme", "--assignee", "019cece3-51c7-7000-8000-0000000000ff")
            #expect(unknown.status == 3 && unknown.code == "USER_NOT_FOUND", "\(unknown)")
            #expect(await list("--status", "done").isEmpty)
            let table = await program.run("workflow", "task", "list", "acme")
            #expect(table.stdout.contains("bob@example.org") && table.lines.count == 4, "\(table)")
            let page = try await program.run("workflow", "task", "list", "acme", "--limit", "2", "-o", "json").json()
            let next = try #require(page["next"]?.string)
            #expect(await list("--cursor", next) == ["WEB-1"])
            #expect(page["items"]?.elements.map { $0["assignee_email"]?.string } == ["ada@example.org", "bob@example.org"])

            let archived = await program.run("workflow", "project", "archive", "web", "--org", "acme", "-o", "json")
            #expect(try archived.json()["status"]?.string == "archived", "\(archived)")
            #expect(await program.run("workflow", "project", "archive", "WEB", "--org", "acme").status == 0)
            #expect(await program.run("workflow", "project", "list", "acme", "-o", "name").lines == ["APP"])
            #expect(await program.run("workflow", "project", "list", "acme", "--archived", "-o", "name").lines == ["WEB"])
            #expect(await program.run("workflow", "project", "get", "WEB", "--org", "acme").stdout.contains("archived"))
            #expect(await list() == ["APP-1"])
            #expect(await list("--project", "WEB") == ["WEB-2", "WEB-1"])
            #expect(await program.run("workflow", "task", "get", "WEB-1", "--org", "acme").status == 0)
        }
    }

    @Test func `what is not there, not possible or not permitted has its exit status, and changes nothing`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program, members: ["bob": "member", "cyd": "viewer"])
            #expect(await program.run("identity", "user", "register", "eve@example.org").status == 0)
            #expect(await program.run("workflow", "project", "create", "OLD", "--org", "acme").status == 0)
            for project in ["WEB", "OLD"] {
                let created = await program.run("workflow", "task", "create", "Fix it", "--project", project, "--org", "acme")
                #expect(created.status == 0, "\(created)")
            }
            #expect(await program.run("workflow", "project", "archive", "OLD", "--org", "acme").status == 0)
            #expect(await program.run("org", "create", "young", "--owner", "ada@example.org").status == 0)
            let before = try await TestDatabases.current.contents()
            func expect(_ status: Int32, _ code: String, _ arguments: String..., hint: String? = nil) async {
                let result = await program.run(["workflow"] + arguments)
                #expect(result.status == status && result.code == code && result.stdout.isEmpty, "\(result)")
                if let hint { #expect(result.stderr.contains("try: \(hint)"), "\(result)") }
            }
            await expect(3, "TASK_NOT_FOUND", "task", "get", "WEB-9", "--org", "acme", hint: "saasctl workflow task list acme\n")
            await expect(3, "TASK_NOT_FOUND", "task", "status", "019cece3-51c7-7000-8000-000000000009", "done")
            await expect(3, "PROJECT_NOT_FOUND", "project", "get", "XYZ", "--org", "acme", hint: "saasctl workflow project list acme")
            await expect(3, "PROJECT_NOT_FOUND", "task", "list", "acme", "--project", "XYZ")
            await expect(3, "ENTITLEMENTS_NOT_FOUND", "task", "get", "WEB-1", "--org", "young", hint: "saasctl worker run --once")
            await expect(
                3, "ENTITLEMENTS_NOT_FOUND", "task", "create", "X", "--project", "WEB", "--org", "young", hint: "saasctl worker run --once")
            await expect(3, "USER_NOT_FOUND", "task", "assign", "WEB-1", "nobody@example.org", "--org", "acme")
            await expect(
                5, "ASSIGNEE_NOT_MEMBER", "task", "assign", "WEB-1", "eve@example.org", "--org", "acme",
                hint: "saasctl org member add eve@example.org --org acme")
            await expect(
                5, "TASK_TRANSITION", "task", "status", "WEB-1", "in_review", "--org", "acme",
                hint: "saasctl workflow task status WEB-1 backlog --org acme\n")
            await expect(5, "TASK_VERSION_STALE", "task", "update", "WEB-1", "--title", "X", "--version", "7", "--org", "acme")
            await expect(5, "PROJECT_ARCHIVED", "task", "status", "OLD-1", "done", "--org", "acme")
            await expect(5, "PROJECT_ARCHIVED", "task", "create", "X", "--project", "OLD", "--org", "acme")
            for user in ["cyd", "eve"] {
                await expect(4, "NOT_PERMITTED", "task", "status", "WEB-1", "done", "--org", "acme", "--as", "\(user)@example.org")
                await expect(
                    4, "NOT_PERMITTED", "task", "create", "X", "--project", "WEB", "--org", "acme", "--as", "\(user)@example.org")
            }
            for user in ["bob", "cyd", "eve"] {
                await expect(4, "NOT_PERMITTED", "project", "archive", "WEB", "--org", "acme", "--as", "\(user)@example.org")
                await expect(4, "NOT_PERMITTED", "project", "create", "NEW", "--org", "acme", "--as", "\(user)@example.org")
            }
            for look in [["task", "get", "WEB-1"], ["task", "list"], ["project", "get", "WEB"], ["project", "list"]] {
                let refused = await program.run(["workflow"] + look + ["--org", "acme", "--as", "eve@example.org"])
                #expect(refused.status == 4 && refused.code == "NOT_PERMITTED", "\(refused)")
                #expect(await program.run(["workflow"] + look + ["--org", "acme", "--as", "cyd@example.org"]).status == 0)
            }
            for misspelt in [
                ["task", "get", "WEB"], ["task", "create", "X"], ["task", "create", " ", "--project", "WEB"], ["task", "update", "WEB-1"],
                ["task", "create", "X", "--project", "WEB", "--status", "done"], ["task", "status", "WEB-1", "gone"],
                ["task", "assign", "WEB-1"], ["task", "assign", "WEB-1", "bob@example.org", "--unassign"],
                ["task", "update", "WEB-1", "--due", "soon"], ["task", "list", "--status", "open"], ["project", "get", "w"],
            ] {
                let result = await program.run(["workflow"] + misspelt + ["--org", "acme"])
                #expect(result.status == 64 && result.stdout.isEmpty, "\(result)")
            }
            #expect(await program.run("workflow", "task", "get", "WEB-1").status == 64)
            #expect(try await TestDatabases.current.contents() == before)
        }
    }

    @Test func `a member works under the own name, an admin sees to projects`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program, members: ["bob": "member", "cyd": "admin"])
            func act(_ user: String, _ arguments: String...) async {
                let result = await program.run(["workflow"] + arguments + ["--org", "acme", "--as", "\(user)@example.org"])
                #expect(result.status == 0, "\(result)")
            }
            await act("bob", "task", "create", "Fix it", "--project", "WEB", "--assignee", "bob@example.org")
            await act("bob", "task", "update", "WEB-1", "--priority", "low")
            await act("bob", "task", "assign", "WEB-1", "--unassign")
            await act("bob", "task", "status", "WEB-1", "cancelled")
            await act("cyd", "project", "create", "APP")
            await act("cyd", "project", "archive", "APP")
            let database = TestDatabases.current["workflow"]
            let actors = try await database.texts("select distinct actor from operations where command like 'workflow task %'")
            #expect(actors.count == 1 && actors[0]?.hasPrefix("user:") == true)
            #expect(
                try await database.number(
                    "select count(distinct actor) from outbox where type like 'saas.task.%' or type like 'saas.project.%'") == 3)
        }
    }

    @Test func `a dry run shows row and events, and a key is used once`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            let create = ["workflow", "task", "create", "Fix it", "--project", "WEB", "--assignee", "ada@example.org", "--org", "acme"]
            let before = try await TestDatabases.current.contents()
            let rehearsed = await program.run(create + ["--dry-run"])
            #expect(rehearsed.status == 0 && rehearsed.stdout.contains("would insert tasks"), "\(rehearsed)")
            #expect(rehearsed.stdout.contains("would publish saas.task.created.v1 #1"), "\(rehearsed)")
            #expect(rehearsed.stdout.contains("would publish saas.task.assigned.v1 #2"), "\(rehearsed)")
            #expect(try await TestDatabases.current.contents() == before)
            let first = await program.run(create + ["--idempotency-key", "k1", "-o", "json"])
            let second = await program.run(create + ["--idempotency-key", "k1", "-o", "json"])
            #expect(first.status == 0 && first.stdout == second.stdout, "\(first) \(second)")
            #expect(try first.json()["key"]?.string == "WEB-1", "the rehearsal took no number")
            let other = await program.run(create + ["--priority", "low", "--idempotency-key", "k1"])
            #expect(other.status == 5 && other.code == "IDEMPOTENCY_KEY_REUSED", "\(other)")
            #expect(await program.run("workflow", "task", "list", "acme", "-o", "name").lines == ["WEB-1"])
            let archive = await program.run("workflow", "project", "archive", "WEB", "--org", "acme", "--dry-run")
            #expect(archive.stdout.contains("would update projects"), "\(archive)")
            #expect(archive.stdout.contains("would publish saas.project.archived.v1 #2"), "\(archive)")
        }
    }

    @Test func `who leaves loses open tasks with the next run of the worker, once, whatever is replayed`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program, members: ["bob": "member"])
            for title in ["One", "Two"] {
                let created = await program.run(
                    "workflow", "task", "create", title, "--project", "WEB", "--assignee", "bob@example.org", "--org", "acme")
                #expect(created.status == 0, "\(created)")
            }
            #expect(await program.run("workflow", "task", "status", "WEB-2", "done", "--org", "acme").status == 0)
            #expect(await program.run("org", "member", "remove", "bob@example.org", "--org", "acme").status == 0)
            #expect(await program.run("worker", "run", "--once").status == 0)
            #expect(await program.run("workflow", "task", "list", "acme", "--assignee", "bob@example.org", "-o", "name").lines == ["WEB-2"])
            let database = TestDatabases.current["workflow"]
            let unassigned: SQL = """
                select actor || ' ' || (causation_id is not null) from outbox where type = 'saas.task.assigned.v1' and data ->> 'assignee_id' is null
                """
            #expect(try await database.texts(unassigned) == ["service:workflow true"])
            try await Oracle.check()

            // He comes back and gets the task again. A replay goes through his leaving once more.
            #expect(await program.run("org", "member", "add", "bob@example.org", "--org", "acme").status == 0)
            #expect(await program.run("worker", "run", "--once").status == 0)
            #expect(await program.run("workflow", "task", "assign", "WEB-1", "bob@example.org", "--org", "acme").status == 0)
            #expect(await program.run("worker", "run", "--once").status == 0)
            let equal = await program.run("worker", "replay", "--consumer", "workflow", "--yes", "-o", "json")
            #expect(try equal.json()["outcome"]?.string == "equal", "\(equal)")
            // What somebody has written past the rules is mended, and then nobody has a task who is no member.
            try await database.run("update membership_cache set sequence = 1, role = 'viewer'")
            let mended = await program.run("worker", "replay", "--consumer", "workflow", "--yes", "-o", "json")
            #expect(try mended.json()["outcome"]?.string == "replaced", "\(mended)")
            #expect(try await database.texts(unassigned).count == 1)
            #expect(await program.run("workflow", "task", "list", "acme", "--assignee", "bob@example.org", "-o", "name").lines.count == 2)
            #expect(await program.run("worker", "run", "--once").status == 0)
            try await Oracle.check()
        }
    }

    @Test func `a replay that finds a member gone takes the open tasks, and tells`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program, members: ["bob": "member"])
            #expect(await program.run("org", "member", "remove", "bob@example.org", "--org", "acme").status == 0)
            #expect(await program.run("worker", "run", "--once").status == 0)
            let database = TestDatabases.current["workflow"]
            // As if the caches were damaged, and a task given meanwhile.
            try await database.run("update membership_cache set role = 'member'")
            let created = await program.run(
                "workflow", "task", "create", "One", "--project", "WEB", "--assignee", "bob@example.org", "--org", "acme")
            #expect(created.status == 0, "\(created)")
            let mended = await program.run("worker", "replay", "--consumer", "workflow", "--yes", "-o", "json")
            #expect(try mended.json()["outcome"]?.string == "replaced", "\(mended)")
            #expect(
                try await database.texts("select type || ' ' || sequence from outbox where type like 'saas.task.%' order by position") == [
                    "saas.task.created.v1 1", "saas.task.assigned.v1 2", "saas.task.assigned.v1 3",
                ])
            #expect(await program.run("workflow", "task", "list", "acme", "--assignee", "none", "-o", "name").lines == ["WEB-1"])
            #expect(await program.run("worker", "run", "--once").status == 0)
            try await Oracle.check()
        }
    }
}
