public import Billing
public import CommandKit
import FoundationEssentials
import Kernel

extension SubscriptionPreview: Renderable {
    public static let resourceKind = "SubscriptionPreview"

    public static var fields: [Column<SubscriptionPreview>] {
        [
            Column("plan") { $0.plan.slug }, Column("plan version") { $0.plan.version }, Column("price") { $0.price },
            Column("takes effect at") { $0.effectiveAt }, Column("trial end") { $0.trialEnd },
            Column("invoiced now") { preview in
                preview.invoices.isEmpty ? nil : preview.invoices.map { $0.total.description }.joined(separator: ", ")
            },
            Column("lines") { preview in
                preview.invoices.isEmpty ? nil : preview.invoices.flatMap(\.lines).map(\.shortText).joined(separator: "; ")
            },
            Column("next invoice") { $0.nextInvoice?.total }, Column("next invoice from") { $0.nextInvoice?.periodStart },
        ]
    }

    public var identifier: String { plan.slug }
}
