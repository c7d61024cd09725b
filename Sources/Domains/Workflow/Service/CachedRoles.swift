import FoundationEssentials
import Kernel
import OrganizationEvents
import Postgres

/// What workflow has heard of the roles of some users in one organization. Users who are not members are not in it.
struct CachedRoles: Sendable {
    let tenant: Tenant
    private let roles: [UUID: MemberRole]

    init(_ rows: [(user: UUID, role: MemberRole)], of tenant: Tenant) {
        self.tenant = tenant
        roles = Dictionary(rows.map { ($0.user, $0.role) }) { first, _ in first }
    }

    /// Asks for them and keeps them as they are until the transaction ends: who is being removed is either gone already, or goes when this
    /// transaction has ended.
    static func lock(_ users: [UUID?], of tenant: Tenant) -> Query<(user: UUID, role: MemberRole)> {
        WorkflowQueries.roles(of: users.compactMap(\.self), organizationId: tenant.id, isLocking: true)
    }

    /// Whoever acts may do what takes this role: an operator everything, a user what the own role allows.
    ///
    /// - Throws: ``WorkflowError/notAMember(_:)``, ``WorkflowError/roleTooLow(_:needs:)``.
    func require(_ needed: MemberRole, of actor: Actor) throws {
        guard case .user(let user) = actor else { return }
        guard let role = roles[user] else { throw WorkflowError.notAMember(tenant.label) }
        guard role >= needed else { throw WorkflowError.roleTooLow(role, needs: needed) }
    }

    func isMember(_ user: UUID) -> Bool { roles[user] != nil }

    /// - Throws: ``TaskError/assigneeNotMember(_:organization:)``.
    func require(_ assignee: Assignee?) throws {
        guard let assignee, !isMember(assignee.id) else { return }
        throw TaskError.assigneeNotMember(assignee.label, organization: tenant.label)
    }
}

extension Actor {
    /// The user who acts; `nil` where it is none.
    var userId: UUID? {
        if case .user(let id) = self { id } else { nil }
    }
}
