public import Billing
import BillingEvents
public import CommandKit
import Kernel

extension Entitlement: Listable {
    public static let resourceKind = "Entitlement"

    public static var columns: [Column<Entitlement>] {
        [
            Column("key", mayShrink: false) { $0.key }, Column("kind") { (entitlement: Entitlement) in entitlement.kind.rawValue },
            Column("quantity", alignment: .trailing) { entitlement in
                entitlement.kind == .boolean ? "yes" : LimitText.shown(entitlement.quantity, isSoft: entitlement.isSoft)
            },
        ]
    }

    public var identifier: String { key }
}
