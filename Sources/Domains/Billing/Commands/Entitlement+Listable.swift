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
                entitlement.quantity.map { entitlement.isSoft ? "\($0) (soft)" : String($0) }
                    ?? (entitlement.kind == .boolean ? "yes" : "unlimited")
            },
        ]
    }

    public var identifier: String { key }
}
