public import FoundationEssentials
public import Kernel

/// An invoice, or a credit note, is there, and will never be another. Its only event.
public struct InvoiceFinalized: DomainEvent {
    public static let eventType = EventType("saas.invoice.finalized", version: 1)
    public static let aggregateType = "invoice"

    public let invoiceId: UUID
    public let organizationId: UUID
    public let subscriptionId: UUID
    public let kind: InvoiceKind
    /// Counts the organization's, from 1.
    public let number: Int64
    /// Below zero for a credit note.
    public let total: Money
    /// `[periodStart, periodEnd)`, in UTC.
    public let periodStart: Timestamp
    public let periodEnd: Timestamp

    public init(
        invoiceId: UUID, organizationId: UUID, subscriptionId: UUID, kind: InvoiceKind, number: Int64, total: Money, periodStart: Timestamp,
        periodEnd: Timestamp
    ) {
        self.invoiceId = invoiceId
        self.organizationId = organizationId
        self.subscriptionId = subscriptionId
        self.kind = kind
        self.number = number
        self.total = total
        self.periodStart = periodStart
        self.periodEnd = periodEnd
    }
}

public enum InvoiceKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Something is to be paid.
    case invoice
    /// Something is given back.
    case creditNote = "credit_note"
}
