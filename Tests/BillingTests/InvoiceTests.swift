import BillingEvents
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Billing

/// Invoices that are there.
@Suite(.databases("billing")) struct InvoiceTests {
    private static let start = Timestamp(year: 2026, month: 4, day: 1)

    private func prepare(_ price: String = "30 EUR") async throws -> (Connection, Invoice) {
        let database = try await connect()
        try await database.prepareAcme(.priced("pro", price), at: Self.start)
        try await database.move(to: "pro", at: Self.start)
        return (database, try #require(try await database.invoices().first))
    }

    @Test func `a final invoice is changed by nobody, not by the owner of the tables`() async throws {
        let (app, invoice) = try await prepare()
        let owner = try await connect(as: .owner)
        for change: SQL in [
            "update invoices set amount = 1", "update invoices set issued_at = now()", "delete from invoices", "truncate invoices cascade",
            "update invoice_lines set amount = 1", "delete from invoice_lines", "truncate invoice_lines",
        ] {
            #expect(try await owner.refusal(of: change) == SQLState("23000"), "\(change.text)")
            #expect(try await app.refusal(of: change) == .insufficientPrivilege, "\(change.text)")
        }
        // Nor is a line added to it, were it one of nothing.
        func line(_ amount: Int64, _ position: Int) -> SQL {
            """
            insert into invoice_lines select invoice_id, \(position), kind, plan, plan_version, period_start, period_end, days, of_days, \(amount)
            from invoice_lines where invoice_id = \(invoice.id) and position = 1
            """
        }
        for database in [app, owner] {
            for lines in [[line(1, 2)], [line(5, 2), line(-5, 3)]] {
                let error = await #expect(throws: PostgresError.self) {
                    try await database.transaction { session in for line in lines { try session.run(Query(line)) } }
                }
                #expect(error?.sqlState == SQLState("23000"))
            }
        }
        #expect(try await app.invoices() == [invoice])
    }

    @Test func `the tables refuse what no rule would let through`() async throws {
        let (database, invoice) = try await prepare()
        func copy(_ columns: String, _ values: SQL) -> SQL {
            let taken = columns.split(separator: ",").map { $0.trimmingPrefix(" ") }
            let rest = [
                "organization_id", "subscription_id", "number", "kind", "cause", "currency", "amount", "line_count", "period_start",
                "period_end", "corrects", "issued_at",
            ].filter { name in !taken.contains { $0 == name } }.joined(separator: ", ")
            return """
                insert into invoices (id, \(unsafeRaw: columns), \(unsafeRaw: rest))
                select gen_random_uuid(), \(fragment: values), \(unsafeRaw: rest) from invoices where id = \(invoice.id)
                """
        }
        #expect(try await database.refusal(of: copy("number", "1")) == .uniqueViolation)
        for bad in [
            copy("number", "0"), copy("number, kind", "2, 'bill'"), copy("number, cause", "2, 'whim'"), copy("number, amount", "2, -1"),
            copy("number, kind", "2, 'credit_note'"), copy("number, currency", "2, 'eur'"), copy("number, line_count", "2, 0"),
            copy("number, period_end", "2, period_start"), copy("number, cause", "2, 'correction'"),
        ] {
            #expect(try await database.refusal(of: bad) == .checkViolation, "\(bad.text)")
        }
        func commit(_ statements: SQL...) async -> SQLState? {
            let error = await #expect(throws: PostgresError.self) {
                try await database.transaction { session in for statement in statements { try session.run(Query(statement)) } }
            }
            return error?.sqlState
        }
        #expect(await commit(copy("number, cause", "2, 'renewal'"), copy("number, cause", "3, 'renewal'")) == .uniqueViolation)
        // One without lines.
        #expect(await commit(copy("number", "2")) == SQLState("23000"))
    }

    @Test func `a correction is a credit note, and gives back no more than there was`() async throws {
        let (database, invoice) = try await prepare()
        func credit(_ id: UUID, _ amount: String?) async throws -> Change<Invoice> {
            let amount = try amount.map { try Money(text: $0) }
            return try await database.change("billing", .ofTest(at: Self.start.advanced(by: .seconds(60)))) {
                try InvoiceService.credit(id, amount, in: $0, context: $1)
            }
        }
        let first = try await credit(invoice.id, "10.01 EUR")
        #expect(first.value.kind == .creditNote && first.value.total.amount == -1_001 && first.value.corrects == invoice.id)
        #expect(first.value.number == 2 && first.value.cause == .correction)
        #expect(try first.events.map { try $0.decoded(InvoiceFinalized.self).total.amount } == [-1_001])
        for (amount, rest) in [
            ("20.00 EUR", "19.99 EUR"), ("92233720368547758.07 EUR", "19.99 EUR"),
        ] {
            await #expect(throws: BillingError.notCreditable(invoice.id, rest: try Money(text: rest))) {
                try await credit(invoice.id, amount)
            }
        }
        for amount in ["0 EUR", "-1 EUR"] {
            await #expect(throws: BillingError.creditNotPositive(try Money(text: amount))) { try await credit(invoice.id, amount) }
        }
        await #expect(throws: MoneyError.mixedCurrencies("EUR", "USD")) { try await credit(invoice.id, "1 USD") }
        #expect(try await credit(invoice.id, nil).value.total.amount == -1_999)
        await #expect(throws: BillingError.self) { try await credit(invoice.id, nil) }
        await #expect(throws: BillingError.self) { try await credit(first.value.id, nil) }
        await #expect(throws: BillingError.invoiceNotFound(UUID.numbered(1).text)) { try await credit(.numbered(1), nil) }
        #expect(try await database.invoices().map(\.total.amount) == [3_000, -1_001, -1_999])
        #expect(try await database.invoices()[0] == invoice)
    }

    @Test func `of two corrections at once the later finds what the first has left`() async throws {
        let (database, invoice) = try await prepare()
        let most = try Money(text: "20 EUR")
        let correct: @Sendable (Session) throws -> Int64 = {
            try InvoiceService.credit(invoice.id, most, in: $0, context: .ofTest()).value.number
        }
        let (first, second) = try await rivalry(database, correct, against: connect(), correct)
        #expect(first == 2)
        #expect(throws: BillingError.notCreditable(invoice.id, rest: try Money(text: "10 EUR"))) { try second.get() }
    }

    @Test func `of sixteen corrections at once numbers and times are in one order, whoever began first`() async throws {
        let (database, invoice) = try await prepare()
        let cent = Money(amount: 1, currency: "EUR")
        let notes = try await withThrowingTaskGroup(of: Invoice.self) { group in
            // The later one begins, the earlier its time.
            for turn in 0..<16 {
                let now = Self.start.advanced(by: .seconds(3_600 - turn))
                group.addTask {
                    let connection = try await connect()
                    let note = try await connection.change("billing", .ofTest(at: now)) {
                        try InvoiceService.credit(invoice.id, cent, in: $0, context: $1)
                    }
                    await connection.close()
                    return note.value
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.number < $1.number }
        }
        #expect(notes.map(\.number) == Array(2...17))
        #expect(zip(notes, notes.dropFirst()).allSatisfy { $0.issuedAt < $1.issuedAt }, "\(notes.map(\.issuedAt))")
        #expect(try await database.invoices() == [invoice] + notes)
        // Whose clock is behind is no exception.
        let late = try await database.change("billing", .ofTest(at: Self.start)) {
            try InvoiceService.credit(invoice.id, cent, in: $0, context: $1)
        }.value
        #expect(late.number == 18 && late.issuedAt == notes[15].issuedAt.advanced(by: .microseconds(1)))
        #expect(try await database.session { try InvoiceService.list(limit: 1, in: $0).items } == [late])
    }

    @Test func `invoices are found by id and by number, and listed newest first`() async throws {
        let (database, invoice) = try await prepare("1000 JPY")
        try await database.wake(at: Timestamp(year: 2026, month: 5, day: 1))
        try await database.cancel(.now, at: Timestamp(year: 2026, month: 5, day: 16))
        try await database.session { session in
            let all = try InvoiceService.list(limit: 10, in: session).items
            #expect(all.map(\.number) == [3, 2, 1] && all.map(\.total.description) == ["-516 JPY", "1000 JPY", "1000 JPY"])
            #expect(try InvoiceService.list(.creditNote, limit: 10, in: session).items == [all[0]])
            #expect(try InvoiceService.list(of: .numbered(1), limit: 10, in: session).items.isEmpty)
            let page = try InvoiceService.list(of: acme.organizationId, limit: 2, in: session)
            let rest = try InvoiceService.list(of: acme.organizationId, before: page.next, limit: 2, in: session)
            #expect(page.items + rest.items == all && rest.next == nil)
            #expect(try InvoiceService.find(invoice.id.text, of: nil, in: session) == invoice)
            #expect(try InvoiceService.find("1", of: acme.organizationId, in: session) == invoice)
            for (reference, organization) in [
                ("1", nil), ("4", acme.organizationId), ("-1", acme.organizationId), ("x", acme.organizationId), ("1", UUID.numbered(1)),
                ("99999999999999999999", acme.organizationId), (UUID.numbered(1).text, nil),
            ] {
                #expect(throws: BillingError.invoiceNotFound(reference)) {
                    try InvoiceService.find(reference, of: organization, in: session)
                }
            }
        }
    }
}
