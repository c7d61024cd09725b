import BillingEvents
import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// Makes invoices of bills.
enum InvoiceLedger {
    /// A bill, and what makes an invoice of it but for its number.
    struct Draft: Sendable {
        let bill: Bill
        let id: UUID
        let organizationId: UUID
        let subscriptionId: UUID
        /// The invoice that a correction corrects.
        let corrects: UUID?
        /// When it was decided; the invoice is never earlier than the one before it.
        let issuedAt: Timestamp

        init(_ bill: Bill, organizationId: UUID, subscriptionId: UUID, corrects: UUID? = nil, id: UUID, issuedAt: Timestamp) {
            self.bill = bill
            self.id = id
            self.organizationId = organizationId
            self.subscriptionId = subscriptionId
            self.corrects = corrects
            self.issuedAt = issuedAt
        }
    }

    /// Numbers and stores them, set by set.
    ///
    /// - Parameter drafts: of organizations whose accounts are locked.
    /// - Returns: the invoices, in the same order.
    static func issue(_ drafts: [Draft], in session: Session) throws -> [Invoice] {
        guard !drafts.isEmpty else { return [] }
        let (numbered, _) = try session.pipeline(InvoiceQueries.insert(drafts), InvoiceQueries.insertLines(of: drafts))
        let stored = Dictionary(numbered.rows.map { ($0.id, $0) }) { first, _ in first }
        return try drafts.map { draft in
            guard let stored = stored[draft.id] else { throw BillingError.invoiceNotFound(draft.id.text) }
            return Invoice(draft, number: stored.number, issuedAt: stored.issuedAt)
        }
    }
}

extension Invoice {
    init(_ draft: InvoiceLedger.Draft, number: Int64, issuedAt: Timestamp) {
        self.init(
            id: draft.id, organizationId: draft.organizationId, subscriptionId: draft.subscriptionId, number: number, kind: draft.bill.kind,
            cause: draft.bill.cause, total: draft.bill.total, periodStart: draft.bill.periodStart, periodEnd: draft.bill.periodEnd,
            lines: draft.bill.lines, issuedAt: issuedAt, corrects: draft.corrects)
    }

    /// What is told of it.
    var finalized: PendingEvent {
        get throws {
            let told = InvoiceFinalized(
                invoiceId: id, organizationId: organizationId, subscriptionId: subscriptionId, kind: kind, number: number, total: total,
                periodStart: periodStart, periodEnd: periodEnd)
            return try PendingEvent(told, subject: id, sequence: 1, organization: organizationId)
        }
    }
}
