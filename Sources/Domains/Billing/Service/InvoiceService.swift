public import BillingEvents
public import FoundationEssentials
public import Kernel
public import Outbox
public import Postgres

/// What can be asked about invoices, and how one is corrected. What makes them are the rules of subscriptions.
public enum InvoiceService {
    /// How far ahead one can look.
    public static let longestOutlook = Duration.seconds(3_660 * 86_400)

    /// - Parameters:
    ///   - reference: the invoice's id, or its number.
    ///   - organizationId: whose number it is.
    /// - Throws: ``BillingError/invoiceNotFound(_:)``.
    public static func find(_ reference: String, of organizationId: UUID?, in session: Session) throws -> Invoice {
        let head: InvoiceQueries.Head?
        if let id = UUID(uuidString: reference) {
            head = try session.first(InvoiceQueries.find(id: id))
        } else if let number = Int64(reference), let organizationId {
            head = try session.first(InvoiceQueries.find(number: number, organizationId: organizationId))
        } else {
            head = nil
        }
        guard let head, let invoice = try complete([head], in: session).first else { throw BillingError.invoiceNotFound(reference) }
        return invoice
    }

    /// One page of invoices and credit notes, newest first.
    ///
    /// - Parameter organizationId: only this organization's.
    public static func list(
        of organizationId: UUID? = nil, _ kind: InvoiceKind? = nil, before cursor: PageCursor? = nil, limit: Int, in session: Session
    ) throws -> Page<Invoice> {
        let heads = try session.all(InvoiceQueries.list(organizationId: organizationId, kind: kind, before: cursor, limit: limit + 1))
        return Page(try complete(heads, in: session), limit: limit) { PageCursor(time: $0.issuedAt, id: $0.id) }
    }

    /// What is going to be invoiced until an instant if nobody changes anything: what the worker would invoice then, to the cent.
    ///
    /// - Parameter until: `nil` for the end of the current period.
    /// - Throws: ``BillingError/noEntitlements(_:)``, ``BillingError/organizationDeleted(_:)``, ``BillingError/outlookTooLong``.
    public static func preview(
        for subscriber: SubscriptionService.Subscriber, until: Timestamp?, at now: Timestamp, in session: Session
    ) throws -> [Bill] {
        if let until, until > now.advanced(by: longestOutlook) { throw BillingError.outlookTooLong }
        guard var contract = try HeldContract.look(at: subscriber, in: session, at: now).contract else { return [] }
        if let until = until ?? contract.wakesAt, until > now { try contract.catchUp(to: until) }
        return contract.bills
    }

    /// Gives back an invoice, or a part of it, by a credit note; the invoice stays what it is. Also after the organization was deleted.
    ///
    /// - Parameter amount: above zero; `nil` for all that was not given back before by corrections.
    /// - Throws: ``BillingError/creditNotPositive(_:)``, ``BillingError/invoiceNotFound(_:)``, ``BillingError/notCreditable(_:rest:)``, `MoneyError`
    ///   for another currency.
    public static func credit(
        _ id: UUID, _ amount: Money?, in session: Session, context: OperationContext
    ) throws -> Change<Invoice> {
        if let amount, amount.amount <= 0 { throw BillingError.creditNotPositive(amount) }
        let invoice = try find(id.text, of: nil, in: session)
        try session.run(ContractQueries.lockAccounts(of: [invoice.organizationId]))
        let rest = try invoice.total + Money(amount: session.one(InvoiceQueries.corrected(id)), currency: invoice.total.currency)
        let back = amount ?? rest
        guard back.currency == rest.currency else { throw MoneyError.mixedCurrencies(rest.currency, back.currency) }
        guard invoice.kind == .invoice, back.amount > 0, back.amount <= rest.amount, let first = invoice.lines.first else {
            throw BillingError.notCreditable(invoice.id, rest: rest)
        }
        let line = Bill.Line(
            kind: .correction, plan: first.plan, planVersion: first.planVersion, periodStart: invoice.periodStart,
            periodEnd: invoice.periodEnd, days: first.ofDays, ofDays: first.ofDays, amount: try back.negated())
        let period = PaidPeriod(start: invoice.periodStart, end: invoice.periodEnd)
        guard let bill = try Bill(.correction, for: period, [line]) else { throw BillingError.notCreditable(invoice.id, rest: rest) }
        let draft = InvoiceLedger.Draft(
            bill, organizationId: invoice.organizationId, subscriptionId: invoice.subscriptionId, corrects: id, id: context.newId(),
            issuedAt: context.now)
        guard let note = try InvoiceLedger.issue([draft], in: session).first else { throw BillingError.invoiceNotFound(draft.id.text) }
        return Change(note, rows: [try ChangedRow(.insert, "invoices", note)], events: [try note.finalized])
    }

    private static func complete(_ heads: [InvoiceQueries.Head], in session: Session) throws -> [Invoice] {
        guard !heads.isEmpty else { return [] }
        let lines = Dictionary(grouping: try session.all(InvoiceQueries.lines(of: heads.map(\.id))), by: \.invoiceId)
        return heads.map { head in head.make(lines[head.id, default: []].map { $0.make(head.currency) }) }
    }
}
