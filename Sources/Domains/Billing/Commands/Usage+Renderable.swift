public import Billing
import BillingEvents
public import CommandKit
import FoundationEssentials
import Kernel

extension UsageRecord: Renderable {
    public static let resourceKind = "UsageRecord"

    public static var fields: [Column<UsageRecord>] {
        [
            Column("id", mayShrink: false) { $0.id }, Column("organization id", mayShrink: false) { $0.organizationId },
            Column("entitlement") { $0.entitlement }, Column("key") { $0.key }, Column("quantity") { $0.quantity },
            Column("used at") { $0.usedAt }, Column("recorded at") { $0.recordedAt },
        ]
    }

    public var identifier: String { id.text }
}

extension UsageSummary: Renderable {
    public static let resourceKind = "UsageSummary"

    public static var fields: [Column<UsageSummary>] {
        [
            Column("entitlement") { $0.entitlement }, Column("used") { $0.used },
            Column("limit") { summary in LimitText.shown(summary.limit, isSoft: summary.isSoft) }, Column("records") { $0.records },
            Column("period start") { $0.periodStart }, Column("period end") { $0.periodEnd },
        ]
    }

    public var identifier: String { String(used) }
}

extension EntitlementVerdict: Renderable {
    public static let resourceKind = "EntitlementVerdict"

    public static var fields: [Column<EntitlementVerdict>] {
        [
            Column("key") { $0.key }, Column("allowed") { $0.isAllowed ? "yes" : "no" },
            Column("because") { $0.reason.rawValue.replacing("_", with: " ") }, Column("asked for") { $0.quantity },
            Column("used") { $0.used },
            Column("limit") { verdict in
                verdict.kind == nil || verdict.kind == .boolean ? nil : LimitText.shown(verdict.limit, isSoft: verdict.isSoft)
            },
            Column("period end") { $0.periodEnd }, Column("plan") { $0.plan.map { "\($0.slug), version \($0.version)" } },
            Column("plan grants") { $0.planGrant?.shortText }, Column("override") { $0.override?.shortText },
        ]
    }

    public var identifier: String { isAllowed ? "yes" : "no" }
}
