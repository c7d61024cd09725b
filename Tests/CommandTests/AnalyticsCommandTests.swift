import Kernel
import Postgres
import TestSupport
import Testing

/// Figures, as an operator reads them (docs/analytics.md).
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct AnalyticsCommandTests {
    private func on(_ date: String, _ program: Program) throws -> Program {
        var program = program
        program.clock = FixedClock(try #require(Timestamp(date)))
        return program
    }

    private func all(_ lines: [[String]], _ program: Program) async {
        for arguments in lines {
            let result = await program.run(arguments)
            #expect(result.status == 0, "\(result)")
        }
    }

    private func prepare(_ program: Program) async throws {
        await all(
            [
                ["db", "seed"], ["identity", "user", "register", "ada@example.org"],
                ["org", "create", "acme", "--owner", "ada@example.org"],
                ["billing", "plan", "create", "team", "--price", "10 EUR", "--metered", "api_calls=1000"],
                ["billing", "plan", "create", "business", "--price", "250 EUR", "--period", "year", "--metered", "api_calls=1000"],
                ["worker", "run", "--once"], ["billing", "sub", "change", "team", "--org", "acme"],
            ], try on("2026-01-05", program))
        await all(
            [
                ["billing", "sub", "change", "business", "--org", "acme"], ["workflow", "project", "create", "WEB", "--org", "acme"],
                ["workflow", "task", "create", "Fix it", "--project", "WEB", "--org", "acme"],
                ["workflow", "task", "status", "WEB-1", "in_progress", "--org", "acme"],
                ["billing", "usage", "record", "api_calls", "40", "--key", "a", "--org", "acme"],
            ], try on("2026-02-10", program))
        await all(
            [
                ["workflow", "task", "status", "WEB-1", "done", "--org", "acme"],
                ["billing", "usage", "record", "api_calls", "2", "--key", "b", "--org", "acme"],
                ["billing", "sub", "cancel", "acme", "--at", "now", "--yes"], ["worker", "run", "--once"],
            ], try on("2026-02-11", program))
    }

    @Test func `the recurring revenue is shown by month, with what moved it`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            let now = try on("2026-03-03", program)
            let result = await now.run("analytics", "subscriptions", "--by", "month", "--since", "2026-01-01", "-o", "json")
            let document = try result.json()
            #expect(document["kind"]?.string == "RecurringRevenueList", "\(result)")
            let months = try #require(document["items"]?.elements)
            #expect(
                months.first?.keys == [
                    "arpa", "arr", "churn", "churned_subscribers", "closing", "closing_subscribers", "contraction", "contractions",
                    "currency", "expansion", "expansions", "from", "new", "new_subscribers", "opening", "opening_subscribers",
                    "reactivated_subscribers", "reactivation", "until",
                ])
            #expect(months.map { $0["from"]?.string?.prefix(7) } == ["2026-01", "2026-02", "2026-03"])
            #expect(months.map { $0["new", "amount"] } == [.integer(1_000), .integer(0), .integer(0)])
            #expect(months[1]["expansion", "amount"] == .integer(1_083) && months[1]["churn", "amount"] == .integer(-2_083))
            #expect(months[1]["customer_churn_percent"] == .integer(100) && months[1]["closing_subscribers"] == .integer(0))
            let table = await now.run(
                "analytics", "subscriptions", "--by", "month", "--since", "2026-01-01", variables: ["LC_ALL": "de_DE.UTF-8"])
            #expect(table.stdout.contains("2026-02-01") && table.stdout.contains("-20.83") && table.stdout.contains("█"), "\(table)")
            #expect(table.lines.contains { $0.contains(" 100.00") && $0.hasPrefix("2026-02-01") }, "\(table)")
            let one = await now.run("analytics", "subscriptions", "--org", "acme")
            #expect(one.status == 0 && one.stderr.contains("of all organizations"), "\(one)")
            #expect(await now.run("analytics", "subscriptions").stderr.isEmpty)
            let plain = await now.run("analytics", "subscriptions", "--by", "month", "--since", "2026-01-01")
            #expect(plain.stdout.contains("####") && plain.stdout.utf8.allSatisfy { $0 < 0x80 }, "\(plain)")
            let plans = try await now.run("analytics", "subscriptions", "-o", "json").json()
            #expect(plans["kind"]?.string == "SubscriptionSummaryList")
            #expect(plans["items"]?.elements.first?.keys == ["period", "plan", "plan_id", "price", "status", "subscriptions"])
            #expect(
                try await now.run("analytics", "subscriptions", "--by", "day", "--currency", "usd", "-o", "json").json()["items"]
                    == .array([]))
            let verbose = await now.run("analytics", "subscriptions", "--verbose")
            #expect(verbose.stderr.contains("events were last taken in at 2026-02-11T00:00:00Z"), "\(verbose)")
        }
    }

    @Test func `tasks are shown by time and by project, of one organization or all`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            let now = try on("2026-02-12", program)
            for scope in [["--org", "acme"], ["--org", "acme", "--project", "web"], []] {
                let result = await now.run(["analytics", "tasks", "--by", "week", "-o", "json"] + scope)
                let weeks = try #require(try result.json()["items"]?.elements)
                #expect(weeks.count == 12 && weeks.last?["from"]?.string == "2026-02-09T00:00:00Z", "\(result)")
                #expect(weeks.last?["created"] == .integer(1) && weeks.last?["completed"] == .integer(1), "\(result)")
                #expect(weeks.last?["cycle_seconds", "mean"] == .integer(86_400) && weeks.last?["lead_seconds", "p50"] != nil)
            }
            let projects = await now.run("analytics", "tasks", "--by", "project", "--org", "acme")
            #expect(projects.lines.count == 2 && projects.stdout.contains("WEB") && projects.stdout.contains("1d"), "\(projects)")
            #expect(await now.run("analytics", "tasks", "--by", "project", "--org", "acme", "-o", "name").stdout == "WEB\n")
            let unknown = await now.run("analytics", "tasks", "--org", "acme", "--project", "LAB")
            #expect(unknown.status == 3 && unknown.code == "PROJECT_NOT_FOUND", "\(unknown)")
            let nowhere = await now.run("analytics", "tasks", "--org", "nosuch")
            #expect(nowhere.status == 3 && nowhere.code == "ORG_NOT_FOUND", "\(nowhere)")
            #expect(await now.run("analytics", "tasks", "--by", "project").status == 64)
            #expect(await now.run("analytics", "tasks", "--project", "WEB").status == 64)
        }
    }

    @Test func `usage is shown with its course, and who has used most`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            let now = try on("2026-02-12", program)
            let all = try await now.run("analytics", "usage", "-o", "json").json()
            let figures = try #require(all["items"]?.elements.first)
            #expect(figures["entitlement"]?.string == "api_calls" && figures["quantity"] == .integer(42))
            #expect(figures["series"]?.elements.suffix(3) == [.integer(40), .integer(2), .integer(0)])
            let line = await now.run("analytics", "usage", "--org", "acme", variables: ["LANG": "C.UTF-8"])
            #expect(line.stdout.contains("▁") && line.stdout.contains("█"), "\(line)")
            let users = await now.run("analytics", "usage", "--by", "organization", "--entitlement", "api_calls")
            #expect(users.lines.count == 2 && users.stdout.contains("acme") && users.stdout.contains("####"), "\(users)")
            // Whose they are has another database; programs get the ids, which are here.
            let gone = ["SAASCTL_ORGANIZATION_DATABASE": "host=/nowhere dbname=x"]
            let ids = await now.run(
                ["analytics", "usage", "--by", "organization", "--entitlement", "api_calls", "-o", "json"], variables: gone)
            #expect(ids.status == 0, "\(ids)")
            #expect(try ids.json()["items"]?.elements.map { $0["organization_id"]?.string == nil } == [false])
            let names = await now.run(["analytics", "usage", "--by", "organization", "--entitlement", "api_calls"], variables: gone)
            #expect(names.status == 69, "\(names)")
            let days = try await now.run("analytics", "usage", "--by", "day", "--since", "2026-02-10", "-o", "json").json()
            #expect(days["items"]?.elements.map { $0["quantity"] } == [.integer(40), .integer(2), .integer(0)])
            #expect(await now.run("analytics", "usage", "--by", "organization").status == 64)
            let compare = ["analytics", "usage", "--by", "organization", "--entitlement", "x"]
            let flag = await now.run(compare + ["--org", "acme"])
            #expect(flag.status == 64 && flag.stderr.contains("--org names one"), "\(flag)")
            let variable = await now.run(compare, variables: ["SAASCTL_ORG": "acme"])
            #expect(variable.status == 64 && variable.stderr.contains("SAASCTL_ORG names one"), "\(variable)")
        }
    }

    @Test func `what is no range is refused`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            for arguments in [
                ["tasks", "--since", "2026-03-01", "--until", "2026-03-01"], ["usage", "--since", "2026-03-01T01:00:00Z"],
                ["subscriptions", "--by", "day", "--since", "2020-01-01", "--until", "2026-03-01"],
            ] {
                let result = await program.run(["analytics"] + arguments)
                #expect(result.status == 64 && result.code == "RANGE_INVALID" && result.stdout.isEmpty, "\(result)")
            }
            #expect(await program.run("analytics", "subscriptions", "--since", "2026-03-01").status == 64)
            let currency = await program.run("analytics", "subscriptions", "--by", "day", "--currency", "XQX")
            #expect(currency.status == 64 && currency.code == "CURRENCY_UNKNOWN", "\(currency)")
        }
    }
}
