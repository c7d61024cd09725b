public import BillingEvents
public import FoundationEssentials
public import Kernel

/// A bill that counts: numbered, final, and never changed. What is wrong with it is corrected by a credit note.
public struct Invoice: Sendable, Hashable, Codable {
    public let id: UUID
    public let organizationId: UUID
    public let subscriptionId: UUID
    /// Counts the organization's invoices and credit notes, from 1, without gaps.
    public let number: Int64
    public let kind: InvoiceKind
    public let cause: Bill.Cause
    /// Below zero for a credit note.
    public let total: Money
    /// `[periodStart, periodEnd)`.
    public let periodStart: Timestamp
    public let periodEnd: Timestamp
    public let lines: [Bill.Line]
    public let issuedAt: Timestamp
    /// The invoice that a correction corrects.
    public let corrects: UUID?

    /// `kind` is what a document says of itself.
    private enum CodingKeys: String, CodingKey {
        case id, organizationId, subscriptionId, number
        case kind = "type"
        case cause, total, periodStart, periodEnd, lines, issuedAt, corrects
    }
}
