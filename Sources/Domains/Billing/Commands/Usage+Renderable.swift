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

    public static var fields: [Column<EntitlementVerdict>] { fields { $0 } }

    fileprivate static func fields<Row>(_ verdict: @escaping @Sendable (Row) -> EntitlementVerdict) -> [Column<Row>] {
        [
            Column("key") { verdict($0).key }, Column("allowed") { verdict($0).isAllowed ? "yes" : "no" },
            Column("because") { verdict($0).reason.rawValue.replacing("_", with: " ") }, Column("asked for") { verdict($0).quantity },
            Column("used") { verdict($0).used },
            Column("limit") { row in
                let verdict = verdict(row)
                return verdict.kind == nil || verdict.kind == .boolean ? nil : LimitText.shown(verdict.limit, isSoft: verdict.isSoft)
            },
            Column("period end") { verdict($0).periodEnd }, Column("plan") { verdict($0).plan.map { "\($0.slug), version \($0.version)" } },
            Column("plan grants") { verdict($0).planGrant?.shortText }, Column("override") { verdict($0).override?.shortText },
        ]
    }

    public var identifier: String { isAllowed ? "yes" : "no" }
}

/// What a change of what is agreed beside a plan came to: the verdict, which is named by what was changed and not by an answer.
struct OverriddenEntitlement: Renderable {
    static let resourceKind = EntitlementVerdict.resourceKind
    static var fields: [Column<OverriddenEntitlement>] { EntitlementVerdict.fields(\.verdict) }

    let verdict: EntitlementVerdict

    init(_ verdict: EntitlementVerdict) {
        self.verdict = verdict
    }

    init(from decoder: any Decoder) throws {
        verdict = try EntitlementVerdict(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
        try verdict.encode(to: encoder)
    }

    var identifier: String { verdict.key }
}
