import Kernel
import Postgres
import TestSupport
import Testing

/// Deleting and restoring organizations, as an operator does it.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct DeletionCommandTests {
    private static let noon = Timestamp(year: 2026, month: 3, day: 14, hour: 12)

    private func later(_ program: Program, days: Int) -> Program {
        var program = program
        program.clock = FixedClock(Self.noon.advanced(by: .seconds(days * 86_400)))
        return program
    }

    private func prepare(_ program: Program) async throws {
        #expect(await program.run("db", "seed").status == 0)
        #expect(await program.run("identity", "user", "register", "ada@example.org").status == 0)
        #expect(await program.run("org", "create", "acme", "--owner", "ada@example.org").status == 0)
        #expect(await program.run("worker", "run", "--once").status == 0)
    }

    @Test func `an organization is deleted, restored, deleted again and gone after its grace period`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let today = later(program, days: 0)
            try await prepare(today)
            let unasked = await today.run("org", "delete", "acme")
            #expect(unasked.status == 6 && unasked.code == "CONFIRMATION_NEEDED" && unasked.stderr.contains("--confirm acme"), "\(unasked)")
            #expect(await today.run("org", "delete", "acme", "--confirm", "bolt").status == 6)
            let rehearsal = await today.run("org", "delete", "acme", "--dry-run", "-o", "json")
            #expect(try rehearsal.json()["events"]?.elements.count == 4, "\(rehearsal)")
            #expect(await today.run("org", "get", "acme", "-o", "json").stdout.contains("\"status\":\"active\""))
            #expect(await today.run("org", "delete", "acme", "--confirm", "acme", "--grace", "30m").status == 64)

            let deleted = try await today.run("org", "delete", "acme", "--confirm", "acme", "-o", "json").json()
            #expect(deleted["status"]?.string == "deleted" && deleted["purge_at"]?.string == "2026-04-13T12:00:00Z")
            #expect(await today.run("org", "delete", "acme").status == 0, "done already")
            #expect(await today.run("org", "list", "-o", "name").stdout.isEmpty)
            #expect(await today.run("org", "list", "--status", "deleted", "-o", "name").lines == ["acme"])
            #expect(await today.run("org", "rename", "acme", "Other").code == "ORG_DELETED")
            let pending = await today.run("saga", "get", "acme", "-o", "json")
            #expect(pending.status == 8 && pending.stderr.contains("\"SAGA_PENDING\""), "\(pending)")
            #expect(pending.stdout.ranges(of: "\"kind\":").count == 1 && pending.stdout.contains("\"type\":\"organization_deletion\""))
            #expect(try pending.json()["steps"]?.elements.map { $0["state"]?.string } == ["requested", "requested", "requested"])
            #expect(await today.run("worker", "run", "--once").status == 0)
            let waiting = await today.run("saga", "get", "acme")
            #expect(waiting.status == 8 && waiting.stdout.contains("step 1:         billing cancel_subscription: done at"), "\(waiting)")
            #expect(try await today.run("billing", "sub", "get", "acme", "-o", "json").json()["status"]?.string == "cancelled")

            #expect(await today.run("org", "restore", "acme").status == 0)
            #expect(await today.run("worker", "run", "--once").status == 0)
            #expect(await today.run("saga", "get", "acme").status == 0)
            #expect(await today.run("saga", "list", "-o", "name").stdout.isEmpty)
            #expect(await today.run("saga", "list", "--state", "all", "-o", "name").lines.count == 1)
            #expect(try await today.run("billing", "sub", "get", "acme", "-o", "json").json()["status"]?.string == "active")

            let tomorrow = later(program, days: 1)
            #expect(await tomorrow.run("org", "delete", "acme", "--confirm", "acme", "--grace", "9d").status == 0)
            #expect(await tomorrow.run("worker", "run", "--once").status == 0)
            let tenDays = later(program, days: 10)
            let late = await tenDays.run("org", "restore", "acme")
            #expect(late.status == 5 && late.code == "GRACE_ENDED", "\(late)")
            let lateToo = await tenDays.run("saga", "abort", "acme")
            #expect(lateToo.status == 5 && lateToo.code == "GRACE_ENDED", "no step stands in the way: \(lateToo)")
            let run = try await tenDays.run("worker", "run", "--once", "-o", "json").json()
            #expect(run["timers"] == .integer(1))
            let purged = try await tenDays.run("org", "get", "acme", "-o", "json").json()
            #expect(purged["status"]?.string == "purged" && purged["name"]?.string == nil)
            let gone = await tenDays.run("org", "restore", "acme")
            #expect(gone.status == 3 && gone.code == "ORG_PURGED", "\(gone)")
            #expect(await tenDays.run("billing", "sub", "get", "acme").code == "SUBSCRIPTION_NOT_FOUND")
            #expect(await tenDays.run("saga", "get", "acme").status == 0)
            let aborted = await tenDays.run("saga", "abort", "acme")
            #expect(aborted.status == 5 && aborted.code == "SAGA_COMPLETED", "\(aborted)")
            #expect(await tenDays.run("org", "create", "acme", "--owner", "ada@example.org").code == "SLUG_TAKEN")
            #expect(await tenDays.run("audit", "query", "--org", "acme", "-o", "name").lines.count >= 10)
        }
    }

    @Test func `what there is no saga of is 3, and a user may not touch one`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(later(program, days: 0))
            let none = await program.run("saga", "get", "acme")
            #expect(none.status == 3 && none.code == "SAGA_NOT_FOUND", "\(none)")
            #expect(await program.run("saga", "get", "nobody").code == "ORG_NOT_FOUND")
            #expect(await program.run("saga", "retry", "acme").status == 3)
            #expect(await program.run("org", "delete", "acme", "--confirm", "acme").status == 0)
            #expect(await program.run("saga", "retry", "acme").status == 0, "nothing has failed")
            #expect(await program.run("saga", "abort", "acme", "--as", "ada@example.org").status == 4)
            #expect(await program.run("saga", "abort", "acme").status == 0)
            #expect(await program.run("org", "list", "-o", "name").lines == ["acme"])
        }
    }
}
