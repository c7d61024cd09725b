import CommandKit
import FoundationEssentials
import Kernel
import Organization
import OrganizationEvents

/// A membership with what the identity service says of the user.
struct Member: Listable {
    static let resourceKind = "Member"

    static var columns: [Column<Member>] {
        [
            Column("user", mayShrink: false) { $0.email ?? $0.userId.text }, Column("role") { $0.role.rawValue },
            Column("since") { $0.createdAt }, Column("user id", mayShrink: false) { $0.userId },
        ]
    }

    let id: UUID
    let organizationId: UUID
    let userId: UUID
    /// `nil` for a user whom the identity service does not know.
    let email: String?
    let role: MemberRole
    let createdAt: Timestamp

    init(_ membership: Membership, email: String?) {
        id = membership.id
        organizationId = membership.organizationId
        userId = membership.userId
        self.email = email
        role = membership.role
        createdAt = membership.createdAt
    }

    var identifier: String { userId.text }
}
