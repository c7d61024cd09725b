import BillingEvents
import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements of invoices. None of them changes one.
enum InvoiceQueries {
    /// The organization's account is locked, so that numbers leave no gap.
    ///
    /// - Returns: its number.
    static func insert(
        _ bill: Bill, id: UUID, organizationId: UUID, subscriptionId: UUID, corrects: UUID?, at now: Timestamp
    ) -> Query<Int64> {
        Query(
            """
            insert into invoices (id, organization_id, subscription_id, number, kind, cause, currency, amount, line_count, period_start, period_end,
                corrects, issued_at)
            select \(id), \(organizationId), \(subscriptionId),
                coalesce((select max(number) from invoices where organization_id = \(organizationId)), 0) + 1, \(bill.kind.rawValue),
                \(bill.cause.rawValue), \(bill.total.currency), \(bill.total.amount), \(bill.lines.count), \(bill.periodStart), \(bill.periodEnd),
                \(corrects)::uuid, \(now)
            returning number
            """
        ) { try $0.get(0) }
    }

    static func insertLines(_ lines: [Bill.Line], of id: UUID) -> Query<Void> {
        Query(
            """
            insert into invoice_lines (invoice_id, position, kind, plan, plan_version, period_start, period_end, days, of_days, amount)
            select \(id), l.position, l.kind, l.plan, l.plan_version, l.period_start, l.period_end, l.days, l.of_days, l.amount
            from unnest(\(Array(1...max(1, lines.count))), \(lines.map(\.kind.rawValue)), \(lines.map(\.plan)), \(lines.map(\.planVersion)),
                \(lines.map(\.periodStart)), \(lines.map(\.periodEnd)), \(lines.map(\.days)), \(lines.map(\.ofDays)), \(lines.map(\.amount.amount)))
                as l (position, kind, plan, plan_version, period_start, period_end, days, of_days, amount)
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
