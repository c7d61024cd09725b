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

    public var identifier: String { slug }
}
