import Kernel
import Postgres
import TestSupport
import Testing

/// What a sandbox lives through, and the commands that meet it.
@Suite struct SandboxLifeTests {
    @Test(.hangLimit) func `stopped it is no place to go to, started again it has kept everything`() async throws {
        try await withCommandLine { cli in
            let nothing = try await cli.run("org", "list")
            #expect(nothing.status == 78 && nothing.stderr.contains("try: saasctl sandbox start"), "\(nothing)")

            #expect(try await cli.run("sandbox", "start", "-q").status == 0)
            #expect(try await cli.run("identity", "user", "register", "ada@example.org").status == 0)
            #expect(try await cli.run("sandbox", "stop").status == 0)
            for command in [
                ["org", "list"], ["worker", "run"], ["identity", "user", "register", "bob@example.org"], ["sandbox", "env"],
            ] {
                let result = try await cli.run(command)
                #expect(result.status == 78 && result.stderr.contains("try: saasctl sandbox start"), "\(result)")
            }
            #expect(try await cli.run("sandbox", "status").status == 8)

            #expect(try await cli.run("sandbox", "start").status == 0)
            let users = try await cli.run("identity", "user", "list", "-o", "json").json()
            #expect(users["items"]?.elements.map { $0["email"]?.string } == ["ada@example.org"])
            #expect(try await cli.run("db", "verify").status == 0)

            let refused = try await cli.run("sandbox", "reset")
            #expect(refused.status == 6 && refused.stderr.contains("try: add --yes"), "\(refused)")
            #expect(try await cli.run("sandbox", "reset", "--yes").status == 0)
            #expect(try await cli.run("org", "list").status == 78)
        }
    }

    @Test(.hangLimit) func `a start that takes its time says what it does, to a person`() async throws {
        try await withCommandLine { cli in
            _ = try await cli.runAtTerminal("sandbox", "start", limit: .seconds(120)) { terminal in
                try await terminal.expect("creating the cluster…\r\n")
                try await terminal.expect("migrating 7 databases…\r\n")
                try await terminal.expect("made a new sandbox\r\n")
            }
            let again = try await cli.run("sandbox", "start")
            #expect(again.stderr == "the sandbox is running already\n", "\(again)")
        }
    }

    @Test(.hangLimit) func `its clock goes into events, subscriptions and the audit log`() async throws {
        try await withCommandLine { cli in
            #expect(try await cli.run("sandbox", "start", "-q").status == 0)
            #expect(try await cli.run("identity", "user", "register", "ada@example.org").status == 0)
            let set = try await cli.run("sandbox", "clock", "set", "2031-01-31T12:00:00Z", "-o", "json").json()
            #expect(set["now"]?.string?.hasPrefix("2031-01-31T12:00:0") == true, "\(set)")
            let created = try await cli.run("org", "create", "acme", "--owner", "ada@example.org", "-o", "json").json()
            #expect(created["created_at"]?.string?.hasPrefix("2031-01-31T12:0") == true, "\(created)")
            #expect(try await cli.run("sandbox", "clock", "advance", "14d").status == 0)
            #expect(try await cli.run("worker", "run", "--once").status == 0)
            let log = try #require(try await cli.run("audit", "query", "--org", "acme", "-o", "json").json()["items"]?.elements)
            let times = Dictionary(grouping: log) { $0["type"]?.string ?? "" }.mapValues { $0[0]["time"]?.string?.prefix(10) }
            #expect(times["saas.organization.created.v1"] == "2031-01-31", "when it happened")
            #expect(times["saas.subscription.activated.v1"] == "2031-02-14", "when the worker came to it")
            let subscription = try await cli.run("billing", "sub", "get", "acme", "-o", "json").json()
            #expect(subscription["period_start"] == created["created_at"], "from when the organization came to be")
            #expect(subscription["period_end"]?.string?.hasPrefix("2031-02-28T12:00:") == true, "a month that has no 31st")

            #expect(try await cli.run("sandbox", "clock", "reset").status == 0)
            let later = try await cli.run("org", "create", "beta", "--owner", "ada@example.org", "-o", "json").json()
            #expect(later["created_at"]?.string?.hasPrefix("2031") == false, "\(later)")
        }
    }

    /// A killed backend takes its whole server down for a moment, so not on the server that the other tests use.
    @Test(.hangLimit) func `a server that dies in mid-query is 69, and nothing is left behind`() async throws {
        try await withCommandLine { cli in
            #expect(try await cli.run("sandbox", "start", "-q").status == 0)
            let databases = try await SandboxDatabases(of: cli)
            let holder = try await databases.connect("organization")
            let watcher = try await databases.connect("organization")
            let result = try await withHeldTransaction(on: holder, "lock table organizations in exclusive mode") {
                try await cli.run("org", "create", "acme", "--owner", "0192f3a4-5b6c-7d8e-9f01-23456789abcd") { _ in
                    let backend = try await LockWait.backend(in: "saas_organization", watcher: watcher)
                    try RunningProgram(processID: backend).send(signal: 9)
                }
            }
            #expect(result.status == 69 && result.stdout.isEmpty, "\(result)")
            #expect(result.stderr.contains("error: database \"saas_organization\" went away in mid-command"), "\(result)")
            #expect(result.stderr.contains("code: DATABASE_UNAVAILABLE"), "\(result)")

            // The server recovers by itself; until then it refuses with 69.
            var list = try await cli.run("org", "list", "-o", "name")
            while list.status == 69 { list = try await cli.run("org", "list", "-o", "name") }
            #expect(list.status == 0 && list.stdout.isEmpty, "\(list)")
        }
    }
}
