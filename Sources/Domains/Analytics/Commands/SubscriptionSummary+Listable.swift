public import Analytics
public import CommandKit
import FoundationEssentials
import Kernel

extension SubscriptionSummary: Listable {
    public static let resourceKind = "SubscriptionSummary"

    public static var columns: [Column<SubscriptionSummary>] {
        [
            Column("plan") { $0.plan ?? $0.planId.text }, Column("status") { $0.status },
            Column("price", alignment: .trailing) { $0.price }, Column("period") { $0.period },
            Column("subscriptions", alignment: .trailing) { $0.subscriptions },
        ]
    }

    public var identifier: String { plan ?? planId.text }
}
