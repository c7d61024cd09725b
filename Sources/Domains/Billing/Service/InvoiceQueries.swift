import BillingEvents
import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements of invoices. None of them changes one.
enum InvoiceQueries {
    /// The organizations' accounts are locked, so that numbers leave no gap. Several of one organization are numbered in the order given. Who has
    /// waited for the lock with an earlier time than that of the last number gets the next instant: times are in the order of numbers.
    static func insert(_ drafts: [InvoiceLedger.Draft]) -> Query<(id: UUID, number: Int64, issuedAt: Timestamp)> {
        Query(
            """
            insert into invoices (id, organization_id, subscription_id, number, kind, cause, currency, amount, line_count, period_start, period_end,
                corrects, issued_at)
            select d.id, d.organization_id, d.subscription_id,
                coalesce(last.number, 0) + row_number() over (partition by d.organization_id order by d.nth),
                d.kind, d.cause, d.currency, d.amount, d.line_count, d.period_start, d.period_end, d.corrects,
                case when d.issued_at < last.issued_at then last.issued_at + interval '1 microsecond' else d.issued_at end
            from unnest(\(drafts.map(\.id)), \(drafts.map(\.organizationId)), \(drafts.map(\.subscriptionId)), \(drafts.map(\.bill.kind.rawValue)),
                \(drafts.map(\.bill.cause.rawValue)), \(drafts.map(\.bill.total.currency)), \(drafts.map(\.bill.total.amount)),
                \(drafts.map(\.bill.lines.count)), \(drafts.map(\.bill.periodStart)), \(drafts.map(\.bill.periodEnd)), \(drafts.map(\.corrects)),
                \(drafts.map(\.issuedAt)))
                with ordinality as d (id, organization_id, subscription_id, kind, cause, currency, amount, line_count, period_start, period_end,
                    corrects, issued_at, nth)
                left join lateral (
                    select i.number, i.issued_at from invoices as i where i.organization_id = d.organization_id order by i.number desc limit 1
                ) as last on true
            returning id, number, issued_at
            """
        ) { (try $0.get(0), try $0.get(1), try $0.get(2)) }
    }

    /// All lines of an invoice come in one statement, at whose end the server adds them up.
    static func insertLines(of drafts: [InvoiceLedger.Draft]) -> Query<Void> {
        let rows = drafts.flatMap { draft in draft.bill.lines.enumerated().map { (id: draft.id, position: $0 + 1, line: $1) } }
        return Query(
            """
            insert into invoice_lines (invoice_id, position, kind, plan, plan_version, period_start, period_end, days, of_days, amount)
            select * from unnest(\(rows.map(\.id)), \(rows.map(\.position)), \(rows.map(\.line.kind.rawValue)), \(rows.map(\.line.plan)),
                \(rows.map(\.line.planVersion)), \(rows.map(\.line.periodStart)), \(rows.map(\.line.periodEnd)), \(rows.map(\.line.days)),
                \(rows.map(\.line.ofDays)), \(rows.map(\.line.amount.amount)))
            """)
    }

    /// An invoice before it has its lines.
    struct Head: Sendable {
        let id: UUID
        let make: @Sendable ([Bill.Line]) -> Invoice
        let currency: String
    }

    private static let columns: SQL = """
        id, organization_id, subscription_id, number, kind, cause, amount, currency, period_start, period_end, issued_at, corrects
        """

    private static func head(_ row: Row) throws -> Head {
        let bare = Invoice(
            id: try row.get(0), organizationId: try row.get(1), subscriptionId: try row.get(2), number: try row.get(3),
            kind: try row.get(4),
            cause: try row.get(5), total: Money(amount: try row.get(6), currency: try row.get(7)), periodStart: try row.get(8),
            periodEnd: try row.get(9), lines: [], issuedAt: try row.get(10), corrects: try row.get(11))
        return Head(
            id: bare.id,
            make: { lines in
                Invoice(
                    id: bare.id, organizationId: bare.organizationId, subscriptionId: bare.subscriptionId, number: bare.number,
                    kind: bare.kind,
                    cause: bare.cause, total: bare.total, periodStart: bare.periodStart, periodEnd: bare.periodEnd, lines: lines,
                    issuedAt: bare.issuedAt, corrects: bare.corrects)
            }, currency: bare.total.currency)
    }

    static func find(id: UUID) -> Query<Head> {
        Query("select \(fragment: columns) from invoices where id = \(id)", head)
    }

    static func find(number: Int64, organizationId: UUID) -> Query<Head> {
        Query("select \(fragment: columns) from invoices where organization_id = \(organizationId) and number = \(number)", head)
    }

    /// Newest first; ties broken by id, so that pages neither overlap nor leave out.
    static func list(organizationId: UUID?, kind: InvoiceKind?, before cursor: PageCursor?, limit: Int) -> Query<Head> {
        var conditions: [SQL] = ["true"]
        if let organizationId { conditions.append("organization_id = \(organizationId)") }
        if let kind { conditions.append("kind = \(kind.rawValue)") }
        if let cursor { conditions.append("(issued_at, id) < (\(cursor.time), \(cursor.id))") }
        return Query(
            """
            select \(fragment: columns) from invoices where \(fragment: SQL.joined(conditions, separator: " and "))
            order by issued_at desc, id desc limit \(limit)
            """, head)
    }

    struct Line: Sendable {
        let invoiceId: UUID
        let make: @Sendable (_ currency: String) -> Bill.Line
    }

    static func lines(of invoices: [UUID]) -> Query<Line> {
        Query(
            """
            select invoice_id, kind, plan, plan_version, period_start, period_end, days, of_days, amount
            from invoice_lines where invoice_id = any (\(invoices)) order by invoice_id, position
            """
        ) { row in
            let kind: Bill.Line.Kind = try row.get(1)
            let (plan, version): (String, Int) = (try row.get(2), try row.get(3))
            let (start, end): (Timestamp, Timestamp) = (try row.get(4), try row.get(5))
            let (days, ofDays, amount): (Int, Int, Int64) = (try row.get(6), try row.get(7), try row.get(8))
            return Line(invoiceId: try row.get(0)) { currency in
                Bill.Line(
                    kind: kind, plan: plan, planVersion: version, periodStart: start, periodEnd: end, days: days, ofDays: ofDays,
                    amount: Money(amount: amount, currency: currency))
            }
        }
    }

    /// What of an invoice was given back by corrections so far, below zero.
    static func corrected(_ id: UUID) -> Query<Int64> {
        Query("select coalesce(sum(amount), 0)::bigint from invoices where corrects = \(id)") { try $0.get(0) }
    }
}
