import Kernel
import Postgres
import TestSupport
import Testing

/// Usage and what may be used, as an operator works with them.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct UsageCommandTests {
    @Test func `usage is recorded once, limits are asked about, and an override lets more through`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            for arguments in [
                ["db", "seed"], ["identity", "user", "register", "ada@example.org"],
                ["org", "create", "acme", "--owner", "ada@example.org"], ["worker", "run", "--once"],
            ] { #expect(await program.run(arguments).status == 0) }
            var program = program
            program.environment["SAASCTL_ORG"] = "acme"

            let record = ["billing", "usage", "record", "api_calls", "900", "--key", "batch-17", "-o", "json"]
            let first = await program.run(record)
            #expect(first.status == 0, "\(first)")
            #expect(try first.json()["kind"]?.string == "UsageRecord" && first.json()["quantity"] == .integer(900))
            #expect(await program.run(record).stdout == first.stdout, "the same usage counts once")
            let other = await program.run("billing", "usage", "record", "api_calls", "1", "--key", "batch-17")
            #expect(other.status == 5 && other.code == "USAGE_KEY_TAKEN", "\(other)")
            let rehearsal = try await program.run("billing", "usage", "record", "api_calls", "100", "--key", "b", "-n", "-o", "json").json()
            #expect(
                rehearsal["events"]?.elements.map { $0["type"]?.string } == ["saas.usage.recorded.v1", "saas.usage.limit_reached.v1"])
            let summary = try await program.run("billing", "usage", "get", "api_calls", "-o", "json").json()
            #expect(summary["used"] == .integer(900) && summary["limit"] == .integer(1_000) && summary["records"] == .integer(1))

            let beyond = await program.run("billing", "usage", "record", "api_calls", "101", "--key", "b")
            #expect(beyond.status == 5 && beyond.code == "USAGE_LIMIT" && beyond.stdout.isEmpty, "\(beyond)")
            #expect(await program.run("billing", "entitlement", "check", "api_calls", "--quantity", "100", "-o", "name").stdout == "yes\n")
            let denied = await program.run("billing", "entitlement", "check", "api_calls", "--quantity", "101", "-o", "name")
            #expect(denied.status == 5 && denied.stdout == "no\n" && denied.code == "NOT_ENTITLED", "\(denied)")

            let overridden = await program.run(
                "billing", "entitlement", "override", "--metered", "api_calls=2000:soft", "--reason", "x", "-o", "name")
            #expect(overridden.status == 0 && overridden.stdout == "api_calls\n", "\(overridden)")
            let agreed = try await program.run("billing", "entitlement", "explain", "api_calls", "-o", "json").json()
            #expect(agreed["plan_grant", "is_soft"] == .bool(false) && agreed["override", "is_soft"] == .bool(true), "\(agreed)")
            let explained = await program.run("billing", "entitlement", "explain", "api_calls", "--quantity", "101")
            for text in ["within limit", "900", "2000 (soft)", "free, version 1", "api_calls=1000", "api_calls=2000:soft"] {
                #expect(explained.stdout.contains(text), "\(text): \(explained)")
            }
            #expect(await program.run("billing", "usage", "record", "api_calls", "101", "--key", "b").status == 0)
            #expect(await program.run("billing", "entitlement", "override", "--remove", "api_calls").status == 0)
            #expect(await program.run("billing", "entitlement", "check", "api_calls").status == 5)
            for (arguments, status, code) in [
                (["usage", "record", "api_calls", "0", "--key", "k"], 64, "USAGE_INVALID"),
                (["usage", "record", "api_calls", "many", "--key", "k"], 64, "USAGE"),
                (["usage", "record", "api_calls", "1"], 64, "USAGE"),
                (["usage", "record", "api_calls", "1", "--key", "k", "--at", "2999-01-01"], 64, "USAGE_INVALID"),
                (["usage", "record", "api_calls", "1", "--key", "k", "--at", "2026-02-30"], 64, "USAGE"),
                (["usage", "record", "projects", "1", "--key", "k"], 5, "NOT_METERED"), (["usage", "get", "nosuch"], 5, "NOT_METERED"),
                (["entitlement", "check", "api_calls", "--quantity", "0"], 64, "USAGE"),
                (["entitlement", "override"], 64, "USAGE"), (["entitlement", "override", "--feature", "a", "--remove", "b"], 64, "USAGE"),
                (["entitlement", "override", "--feature", "SSO"], 64, "PLAN_INVALID"),
                (["entitlement", "override", "--limit", "api_calls=5"], 5, "ENTITLEMENT_KIND"),
                (["entitlement", "override", "--limit", "projects=99999999999999999999"], 64, "USAGE"),
                (["usage", "record", "api_calls", "1", "--key", "k", "--org", "nosuch"], 3, "ORG_NOT_FOUND"),
            ] {
                let result = await program.run(["billing"] + arguments)
                #expect(result.status == Int32(status) && result.code == code && result.stdout.isEmpty, "\(result)")
            }
        }
    }
}
