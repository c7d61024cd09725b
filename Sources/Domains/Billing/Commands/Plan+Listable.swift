public import Billing
import BillingEvents
public import CommandKit
import FoundationEssentials
import Kernel

extension Plan: Listable {
    public static let resourceKind = "Plan"

    public static var columns: [Column<Plan>] {
        [
            Column("slug", mayShrink: false) { $0.slug }, Column("name") { $0.name }, Column("status") { $0.status.rawValue },
            Column("default") { $0.isDefault ? "yes" : "no" }, Column("price", alignment: .trailing) { $0.currentVersion.price },
            Column("period") { $0.currentVersion.period.rawValue }, Column("version", alignment: .trailing) { $0.currentVersion.number },
        ]
    }

    public static var fields: [Column<Plan>] {
        columns + [
            Column("trial days") { $0.currentVersion.trialDays },
            Column("entitlements") { plan in
                plan.currentVersion.entitlements.isEmpty
                    ? nil : plan.currentVersion.entitlements.map { Entitlement($0).shortText }.joined(separator: ", ")
            },
            Column("id", mayShrink: false) { $0.id }, Column("created at") { $0.createdAt },
        ]
    }

    public var identifier: String { slug }
}

extension Entitlement {
    /// As one would ask for it: `sso`, `projects=20`, `members=10:soft`.
    var shortText: String {
        guard kind != .boolean else { return key }
        return "\(key)=\(quantity.map { String($0) } ?? "unlimited")\(isSoft ? ":soft" : "")"
    }
}
