import BillingEvents
import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// Makes invoices of bills.
enum InvoiceLedger {
    /// - Parameter contract: whose account is locked.
    static func issue(_ bill: Bill, of contract: Contract, in session: Session, context: OperationContext) throws -> Change<Invoice> {
        try issue(
            bill, organizationId: contract.organizationId, subscriptionId: contract.id, corrects: nil, in: session, context: context)
    }

    /// The same for a bill that no contract has made. The account is locked.
    static func issue(
        _ bill: Bill, organizationId: UUID, subscriptionId: UUID, corrects: UUID?, in session: Session, context: OperationContext
    ) throws -> Change<Invoice> {
        let id = context.newId()
        let (numbers, _) = try session.pipeline(
            InvoiceQueries.insert(
                bill, id: id, organizationId: organizationId, subscriptionId: subscriptionId, corrects: corrects, at: context.now),
            InvoiceQueries.insertLines(bill.lines, of: id))
        guard let number = numbers.first else { throw BillingError.invoiceNotFound(id.text) }
        let invoice = Invoice(
            id: id, organizationId: organizationId, subscriptionId: subscriptionId, number: number, kind: bill.kind, cause: bill.cause,
            total: bill.total, periodStart: bill.periodStart, periodEnd: bill.periodEnd, lines: bill.lines, issuedAt: context.now,
            corrects: corrects)
        let told = InvoiceFinalized(
            invoiceId: id, organizationId: organizationId, subscriptionId: subscriptionId, kind: bill.kind, number: number,
            total: bill.total,
            periodStart: bill.periodStart, periodEnd: bill.periodEnd)
        return Change(
            invoice, rows: [try ChangedRow(.insert, "invoices", invoice)],
            events: [try PendingEvent(told, subject: id, sequence: 1, organization: organizationId)])
    }
}
