import Kernel
import Postgres
import TestSupport
import Testing

/// Subscriptions and invoices, as an operator works with them.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct SubscriptionCommandTests {
    private func on(_ date: String, _ program: Program) throws -> Program {
        var program = program
        program.clock = FixedClock(try #require(Timestamp(date)))
        return program
    }

    private func prepare(_ program: Program) async throws {
        for arguments in [
            ["db", "seed"], ["identity", "user", "register", "ada@example.org"], ["org", "create", "acme", "--owner", "ada@example.org"],
            ["billing", "plan", "create", "team", "--price", "10 EUR", "--limit", "projects=10"],
            ["billing", "plan", "create", "business", "--price", "20 EUR", "--limit", "projects=20"],
            ["billing", "plan", "create", "dollars", "--price", "50 USD"], ["worker", "run", "--once"],
            ["billing", "sub", "change", "team", "--org", "acme"],
        ] {
            let result = await program.run(arguments)
            #expect(result.status == 0, "\(result)")
        }
    }

    @Test func `an upgrade is previewed and taken, a downgrade waits, and every service hears of it`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let april = try on("2026-04-01", program)
            try await prepare(april)
            let middle = try on("2026-04-16", program)
            let preview = try await middle.run("billing", "sub", "preview", "business", "--org", "acme", "-o", "json").json()
            #expect(
                preview.keys == [
                    "effective_at", "invoices", "kind", "next_invoice", "organization_id", "plan", "price", "schema",
                ], "\(preview)")
            #expect(preview["invoices"]?.elements.map { $0["total", "amount"] } == [.integer(500)])
            #expect(preview["next_invoice", "total", "amount"] == .integer(2_000))
            let kinds = [preview["invoices"]?.elements.first?["type"], preview["next_invoice", "type"]]
            #expect(kinds == [.string("invoice"), .string("invoice")], "as an invoice has it: \(preview)")
            let shown = await middle.run("billing", "sub", "preview", "business", "--org", "acme")
            #expect(shown.stdout.contains("5.00 EUR") && shown.stdout.contains("unused team 15/30 days -5.00 EUR"), "\(shown)")

            let rehearsal = try await middle.run("billing", "sub", "change", "business", "--org", "acme", "-n", "-o", "json").json()
            #expect(rehearsal["rows"]?.elements.map { $0["table"]?.string } == ["subscriptions", "invoices"])
            let changed = try await middle.run("billing", "sub", "change", "business", "--org", "acme", "-o", "json").json()
            #expect(changed["plan", "slug"]?.string == "business" && changed["scheduled"] == nil)
            let invoices = try #require(try await middle.run("billing", "invoice", "list", "acme", "-o", "json").json()["items"]?.elements)
            #expect(invoices.map { $0["number"] } == [.integer(2), .integer(1)])
            #expect(invoices[0]["lines"] == preview["invoices"]?.elements[0]["lines"] && invoices[0]["total", "amount"] == .integer(500))
            let invoice = await middle.run("billing", "invoices", "get", "2", "--org", "acme")
            #expect(invoice.stdout.contains("remaining business 15/30 days 10.00 EUR"), "\(invoice)")

            #expect(await middle.run("billing", "sub", "change", "team", "--org", "acme").stdout.contains("change to team"))
            #expect(await middle.run("worker", "run", "--once").status == 0)
            func limits(_ program: Program) async throws -> [String?] {
                try await TestDatabases.current["workflow"].texts("select quantity::text from entitlement_cache where key = 'projects'")
            }
            #expect(try await limits(middle) == ["20"])
            let foreseen = try await middle.run("billing", "invoice", "preview", "acme", "-o", "json").json()
            #expect(foreseen["items"]?.elements.map { $0["total", "amount"] } == [.integer(1_000)])

            let may = try on("2026-05-01", program)
            #expect(await may.run("worker", "run", "--once").status == 0)
            #expect(await may.run("worker", "run", "--once").status == 0)
            #expect(try await limits(may) == ["10"])
            #expect(try await may.run("billing", "sub", "get", "acme", "-o", "json").json()["plan", "slug"]?.string == "team")
            let titles = await may.run("billing", "sub", "get", "acme").lines.map { $0.prefix { $0 != ":" } }
            #expect(titles.firstIndex(of: "period end") == titles.firstIndex(of: "period start").map { $0 + 1 }, "\(titles)")
            #expect(await may.run("billing", "invoice", "list", "--org", "acme", "-o", "name").lines.count == 3)
            #expect(await may.run("billing", "sub", "list", "--plan", "team", "-o", "name").lines.count == 1)
            let figures = try await may.run("analytics", "subscriptions", "-o", "json").json()
            #expect(figures["items"]?.elements.map { $0["plan"]?.string } == ["team"])
        }
    }

    @Test func `a key makes a change once, and ending at once wants to be confirmed`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let april = try on("2026-04-01", program)
            try await prepare(april)
            let middle = try on("2026-04-16", program)
            let key = ["billing", "sub", "change", "business", "--org", "acme", "--idempotency-key", "k", "-o", "json"]
            let first = await middle.run(key)
            #expect(await middle.run(key).stdout == first.stdout)
            #expect(await middle.run(key + ["--at", "now"]).status == 5)
            #expect(try await TestDatabases.current["billing"].number("select count(*) from invoices") == 2)

            let unasked = await middle.run("billing", "sub", "cancel", "acme", "--at", "now")
            #expect(unasked.status == 6 && unasked.code == "CONFIRMATION_NEEDED", "\(unasked)")
            let ended = await middle.run("billing", "sub", "cancel", "acme", "--at", "now", "--yes", "--reason", "ticket 17")
            #expect(ended.status == 0 && ended.stdout.contains("cancelled"), "\(ended)")
            #expect(await middle.run("billing", "sub", "cancel", "acme").status == 0, "it has ended already")
            let credit = await middle.run("billing", "invoice", "list", "acme", "--kind", "credit-note")
            #expect(credit.stdout.contains("-10.00 EUR") && credit.lines.count == 2, "\(credit)")
            let again = await middle.run("billing", "sub", "create", "team", "--org", "acme", "-o", "json")
            #expect(again.status == 0 && again.id != nil, "\(again)")

            let corrected = try await middle.run(
                "billing", "invoice", "credit", "1", "--org", "acme", "--amount", "1.00 EUR", "--reason", "ticket 18", "-o", "json"
            ).json()
            #expect(corrected["kind"]?.string == "Invoice" && corrected["total", "amount"] == .integer(-100), "\(corrected)")
        }
    }

    @Test func `what is refused has its exit status, and changes nothing`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let april = try on("2026-04-01", program)
            try await prepare(april)
            #expect(await april.run("billing", "plan", "create", "old", "--price", "1 EUR").status == 0)
            #expect(await april.run("billing", "plan", "retire", "old").status == 0)
            #expect(await april.run("org", "create", "late", "--owner", "ada@example.org").status == 0)
            let before = try await TestDatabases.current.contents()
            for (arguments, status, code) in [
                (["sub", "create", "team", "--org", "acme"], 5, "SUBSCRIPTION_EXISTS"),
                (["sub", "change", "nosuch", "--org", "acme"], 3, "PLAN_NOT_FOUND"),
                (["sub", "change", "old", "--org", "acme"], 5, "PLAN_RETIRED"),
                (["sub", "preview", "old", "--org", "acme"], 5, "PLAN_RETIRED"),
                (["sub", "change", "dollars", "--org", "acme"], 5, "CURRENCY_MISMATCH"),
                (["sub", "change", "team"], 64, "USAGE"), (["sub", "change", "team", "--org", "nosuch"], 3, "ORG_NOT_FOUND"),
                (["sub", "change", "team", "--org", "late"], 3, "ENTITLEMENTS_NOT_FOUND"),
                (["sub", "cancel", "late"], 3, "ENTITLEMENTS_NOT_FOUND"),
                (["sub", "change", "team", "--org", "acme", "--at", "soon"], 64, "USAGE"),
                (["invoice", "get", "9", "--org", "acme"], 3, "INVOICE_NOT_FOUND"), (["invoice", "get", "9"], 64, "USAGE"),
                (["invoice", "preview", "acme", "--until", "2099-01-01"], 64, "INVALID_VALUE"),
                (["invoice", "credit", "1", "--org", "acme", "--amount", "10.01 EUR"], 5, "NOT_CREDITABLE"),
                (["invoice", "credit", "1", "--org", "acme", "--amount", "1 USD"], 5, "CURRENCY_MISMATCH"),
                (["invoice", "credit", "1", "--org", "acme", "--amount", "many"], 64, "AMOUNT_INVALID"),
            ] {
                let result = await april.run(["billing"] + arguments)
                #expect(result.status == Int32(status) && result.code == code && result.stdout.isEmpty, "\(result)")
            }
            #expect(try await TestDatabases.current.contents() == before)

            #expect(await april.run("org", "delete", "acme", "--confirm", "acme").status == 0)
            #expect(await april.run("worker", "run", "--once").status == 0)
            for arguments in [
                ["sub", "change", "business", "--org", "acme"], ["sub", "create", "team", "--org", "acme"], ["sub", "cancel", "acme"],
            ] {
                let result = await april.run(["billing"] + arguments)
                #expect(result.status == 5 && result.code == "ORG_DELETED", "\(result)")
            }
        }
    }
}
