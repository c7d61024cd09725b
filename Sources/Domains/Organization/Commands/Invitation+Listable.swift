public import CommandKit
import FoundationEssentials
import Kernel
public import Organization
import OrganizationEvents

extension Invitation: Listable {
    public static let resourceKind = "Invitation"

    public static var columns: [Column<Invitation>] {
        [
            Column("email", mayShrink: false) { $0.email }, Column("role") { $0.role.rawValue }, Column("status") { $0.status.rawValue },
            Column("created at") { $0.createdAt }, Column("expires at") { $0.expiresAt }, Column("id", mayShrink: false) { $0.id },
        ]
    }

    public static var fields: [Column<Invitation>] {
        columns + [
            Column("organization", mayShrink: false) { $0.organizationId }, Column("ended at") { $0.endedAt },
            Column("user", mayShrink: false) { $0.userId },
        ]
    }

    public var identifier: String { id.text }
}

extension SentInvitation: Renderable {
    public static let resourceKind = "Invitation"

    public static var fields: [Column<SentInvitation>] {
        [
            Column("email", mayShrink: false) { $0.email }, Column("role") { $0.role.rawValue }, Column("expires at") { $0.expiresAt },
            Column("id", mayShrink: false) { $0.id }, Column("token", mayShrink: false) { $0.token },
        ]
    }

    public var identifier: String { id.text }
}
