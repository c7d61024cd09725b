import Kernel
import Postgres
import TestSupport
import Testing

/// Plans, as an operator works with them.
@Suite(.databases("billing", "identity", "organization")) struct PlanCommandTests {
    private static let create = ["billing", "plan", "create", "team", "--price"]

    @Test func `a plan is made, changed, shown and retired`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let flags = [
                "--trial-days", "14", "--limit", "projects=20", "--limit", "members=10:soft", "--metered", "api_calls=unlimited",
                "--feature",
                "sso",
            ]
            let created = try await program.run(Self.create + ["19.99 EUR"] + flags + ["-o", "json"]).json()
            #expect(created["kind"]?.string == "Plan" && created["name"]?.string == "team" && created["is_default"] == .bool(false))
            let version = try #require(created["current_version"])
            #expect(version.keys == ["entitlements", "id", "number", "period", "price", "trial_days"])
            #expect(version["price", "amount"] == .integer(1_999) && version["price", "currency"]?.string == "EUR")
            #expect(version["entitlements"]?.elements.compactMap { $0["key"]?.string } == ["api_calls", "members", "projects", "sso"])
            #expect(
                version["entitlements"]?.elements.map { $0["is_soft"] } == [.bool(false), .bool(true), .bool(false), .bool(false)],
                "as in a list of entitlements")

            let unchanged = await program.run(Self.create + ["19.99 EUR"] + flags + ["-o", "json"])
            #expect(try unchanged.json() == created, "what is so already changes nothing")
            let changed = await program.run(Self.create + ["500 JPY", "--name", " Team ", "--period", "year", "-o", "json"])
            #expect(try changed.json()["current_version", "number"] == .integer(2), "\(changed)")

            let shown = await program.run("billing", "plan", "get", "team")
            #expect(shown.stdout.contains("500 JPY") && shown.lines.contains { $0.hasSuffix("Team") }, "\(shown)")
            let first = await program.run("billing", "plans", "get", "team", "--version", "1")
            #expect(first.stdout.contains("api_calls=unlimited, members=10:soft, projects=20, sso"), "\(first)")

            let retire = ["billing", "plan", "retire", "team", "--reason", "replaced", "-o", "name"]
            #expect(await program.run(retire).stdout == "team\n")
            #expect(await program.run(retire).status == 0, "retiring again changes nothing")
            #expect(await program.run("billing", "plan", "list", "-o", "name").stdout.isEmpty)
            #expect(await program.run("billing", "plan", "list", "--status", "retired", "-o", "name").stdout == "team\n")
            #expect(
                try await TestDatabases.current["billing"].texts("select command from operations order by at") == [
                    "billing plan create", "billing plan create", "billing plan retire",
                ])
        }
    }

    @Test func `a dry run shows the version, and a key makes it once`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let before = try await TestDatabases.current.contents()
            let rehearsal = try await program.run(Self.create + ["1 EUR", "--dry-run", "-o", "json"]).json()
            #expect(rehearsal["rows"]?.elements.map { $0["table"]?.string } == ["plans", "plan_versions"])
            #expect(
                rehearsal["events"]?.elements.map { $0["type"]?.string } == ["saas.plan.created.v1", "saas.plan.version_published.v1"])
            #expect(try await TestDatabases.current.contents() == before)

            let key = ["--idempotency-key", "k", "-o", "json"]
            let first = await program.run(Self.create + ["1 EUR"] + key)
            _ = await program.run(Self.create + ["2 EUR"])
            #expect(await program.run(Self.create + ["1.00 EUR"] + key).stdout == first.stdout)
            let other = await program.run(Self.create + ["3 EUR"] + key)
            #expect(other.status == 5 && other.stderr.contains("IDEMPOTENCY_KEY_REUSED"), "\(other)")
            #expect(try await TestDatabases.current["billing"].number("select count(*) from plan_versions") == 2)
        }
    }

    @Test func `what is wrong is named, with its exit status, and nothing is changed`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await program.run(Self.create + ["1 EUR"])
            await program.run("db", "seed")
            let before = try await TestDatabases.current.contents()
            for (flags, status, code) in [
                (["1"], 64, "AMOUNT_INVALID"), (["1.999 EUR"], 64, "AMOUNT_INVALID"), (["1.5 JPY"], 64, "AMOUNT_INVALID"),
                (["1 eur"], 64, "CURRENCY_UNKNOWN"), (["1 XXX"], 64, "CURRENCY_UNKNOWN"), (["10000000000.01 EUR"], 64, "PLAN_INVALID"),
                (["99999999999999999999 EUR"], 64, "AMOUNT_TOO_LARGE"), (["1 EUR", "--trial-days", "731"], 64, "PLAN_INVALID"),
                (["1 EUR", "--limit", "projects"], 64, "USAGE"), (["1 EUR", "--limit", "projects=-1"], 64, "USAGE"),
                (["1 EUR", "--limit", "projects=many"], 64, "USAGE"), (["1 EUR", "--limit", "projects=unlimited:soft"], 64, "USAGE"),
                (["1 EUR", "--limit", "projects=99999999999999999999"], 64, "USAGE"),
                (["1 EUR", "--limit", "projects=1", "--metered", "projects=1"], 64, "PLAN_INVALID"),
                (["1 EUR", "--feature", "SSO"], 64, "PLAN_INVALID"), (["1 EUR", "--name", " "], 64, "PLAN_INVALID"),
            ] {
                let result = await program.run(Self.create + flags)
                #expect(result.status == Int32(status) && result.code == code && result.stdout.isEmpty, "\(result)")
            }
            // A negative number looks like a flag, unless it is joined to its own.
            let negative = await program.run("billing", "plan", "create", "team", "--price=-1 EUR")
            #expect(negative.status == 64 && negative.code == "PLAN_INVALID", "\(negative)")
            for (arguments, status, code) in [
                (["get", "nosuch"], 3, "PLAN_NOT_FOUND"), (["get", "team", "--version", "2"], 3, "PLAN_NOT_FOUND"),
                (["retire", "nosuch"], 3, "PLAN_NOT_FOUND"), (["retire", "free"], 5, "PLAN_IS_DEFAULT"),
            ] {
                let result = await program.run(["billing", "plan"] + arguments)
                #expect(result.status == Int32(status) && result.code == code && result.stdout.isEmpty, "\(result)")
            }
            #expect(try await TestDatabases.current.contents() == before)
        }
    }
}
