import FoundationEssentials
import Kernel
import OrganizationEvents
import Postgres

/// What whoever acts may do in one organization: an operator everything, a user what the role allows. Nobody acts on a role above the own, nor
/// gives one.
enum Authority: Sendable, Hashable {
    case unlimited
    case member(UUID, MemberRole)

    /// - Parameter organization: locked, so that the role cannot change before the transaction ends.
    /// - Throws: ``OrganizationError/notAMember(_:)``.
    static func of(_ actor: Actor, in organization: LockedOrganization, _ session: Session) throws -> Authority {
        guard case .user(let user) = actor else { return .unlimited }
        guard let membership = try session.first(MembershipQueries.live(userId: user, organizationId: organization.id)) else {
            throw OrganizationError.notAMember(organization.organization.slug)
        }
        return .member(user, membership.role)
    }

    /// - Throws: ``OrganizationError/roleTooLow(_:needs:)``.
    func requireAdmin() throws {
        guard case .member(_, let role) = self, role < .admin else { return }
        throw OrganizationError.roleTooLow(role, needs: .admin)
    }

    /// - Throws: ``OrganizationError/roleTooLow(_:needs:)``.
    func requireOwner() throws {
        guard case .member(_, let role) = self, role < .owner else { return }
        throw OrganizationError.roleTooLow(role, needs: .owner)
    }

    /// For giving this role, or for acting on who has it.
    ///
    /// - Throws: ``OrganizationError/roleTooLow(_:needs:)``.
    func requireAdmin(over other: MemberRole) throws {
        try requireAdmin()
        guard case .member(_, let role) = self, role < other else { return }
        throw OrganizationError.roleTooLow(role, needs: other)
    }

    func isUser(_ id: UUID) -> Bool {
        if case .member(id, _) = self { true } else { false }
    }
}
