public import CommandKit
import FoundationEssentials
import Kernel
public import Organization
import OrganizationEvents

extension Membership: Renderable {
    public static let resourceKind = "Membership"

    public static var fields: [Column<Membership>] {
        [
            Column("user", mayShrink: false) { $0.userId }, Column("role") { $0.role.rawValue },
            Column("organization", mayShrink: false) { $0.organizationId }, Column("id", mayShrink: false) { $0.id },
            Column("created at") { $0.createdAt }, Column("ended at") { $0.endedAt },
        ]
    }

    public var identifier: String { userId.text }
}
