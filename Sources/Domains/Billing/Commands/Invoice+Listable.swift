public import Billing
import BillingEvents
public import CommandKit
import FoundationEssentials
import Kernel

extension Invoice: Listable {
    public static let resourceKind = "Invoice"

    public static var columns: [Column<Invoice>] {
        [
            Column("id", mayShrink: false) { $0.id }, Column("organization id", mayShrink: false) { $0.organizationId },
            Column("number", alignment: .trailing) { $0.number }, Column("kind") { $0.kind.label }, Column("for") { $0.cause.rawValue },
            Column("total", alignment: .trailing) { $0.total }, Column("issued at") { $0.issuedAt },
        ]
    }

    public static var fields: [Column<Invoice>] {
        columns + [
            Column("period start") { $0.periodStart }, Column("period end") { $0.periodEnd },
            Column("lines") { $0.lines.map(\.shortText).joined(separator: "; ") }, Column("corrects") { $0.corrects },
            Column("subscription id", mayShrink: false) { $0.subscriptionId },
        ]
    }

    public var identifier: String { id.text }
}

extension Bill: Listable {
    public static let resourceKind = "InvoicePreview"

    public static var columns: [Column<Bill>] {
        [
            Column("period start", mayShrink: false) { $0.periodStart }, Column("period end") { $0.periodEnd },
            Column("kind") { $0.kind.label }, Column("for") { $0.cause.rawValue },
            Column("lines") { $0.lines.map(\.shortText).joined(separator: "; ") }, Column("total", alignment: .trailing) { $0.total },
        ]
    }

    public var identifier: String { periodStart.description }
}

extension InvoiceKind {
    fileprivate var label: String {
        switch self {
        case .invoice: "invoice"
        case .creditNote: "credit note"
        }
    }
}

extension Bill.Line {
    /// `remaining team 17/31 days 10.96 EUR`
    var shortText: String {
        "\(kind.rawValue) \(plan) \(days)/\(ofDays) days \(amount)"
    }
}
