public import Billing
import BillingEvents
public import CommandKit
import FoundationEssentials
import Kernel

extension Subscription: Listable {
    public static let resourceKind = "Subscription"

    public static var columns: [Column<Subscription>] {
        [
            Column("id", mayShrink: false) { $0.id }, Column("organization id", mayShrink: false) { $0.organizationId },
            Column("plan") { $0.plan.slug }, Column("status") { $0.status.rawValue }, Column("price", alignment: .trailing) { $0.price },
            Column("period") { $0.period.rawValue }, Column("period end") { $0.periodEnd },
        ]
    }

    public static var fields: [Column<Subscription>] {
        [
            Column("id", mayShrink: false) { $0.id }, Column("organization id", mayShrink: false) { $0.organizationId },
            Column("plan") { $0.plan.slug }, Column("plan version") { $0.plan.version }, Column("status") { $0.status.rawValue },
            Column("price") { $0.price }, Column("period") { $0.period.rawValue }, Column("trial end") { $0.trialEnd },
            Column("period start") { $0.periodStart }, Column("period end") { $0.periodEnd }, Column("then") { $0.scheduled?.text },
            Column("anchor") { $0.anchor }, Column("created at") { $0.createdAt }, Column("ended at") { $0.endedAt },
            Column("version") { $0.version },
        ]
    }

    public var identifier: String { id.text }
}

extension Subscription.Scheduled {
    /// `change to team`
    fileprivate var text: String {
        guard let plan else { return action.rawValue }
        return "\(action.rawValue) to \(plan.slug)"
    }
}
