public import FoundationEssentials
public import Kernel
public import OrganizationEvents
public import Outbox
public import Postgres

/// The rules of who belongs to an organization. Every function runs in the caller's transaction, locks the organization's row, and commits
/// nothing. What is so already succeeds and changes nothing.
///
/// A user who acts (`--as`) needs to be admin or owner, cannot act on a role above the own, and can always leave.
public enum MembershipService {
    /// A user in an organization, as ids and as the user called them in the command, for errors.
    public struct Subject: Sendable {
        public let organizationId: UUID
        public let organization: String
        public let userId: UUID
        public let user: String

        public init(organizationId: UUID, organization: String, userId: UUID, user: String) {
            self.organizationId = organizationId
            self.organization = organization
            self.userId = userId
            self.user = user
        }
    }

    /// Makes a user a member. Whether that user exists is the identity service's knowledge.
    ///
    /// - Throws: ``OrganizationError/memberExists(_:role:organization:)`` where the user is a member in another role.
    public static func add(
        _ subject: Subject, role: MemberRole, in session: Session, context: OperationContext
    ) throws -> Change<Membership> {
        let organization = try LockedOrganization.take(subject.organizationId, label: subject.organization, in: session)
        try Authority.of(context.actor, in: organization, session).requireAdmin(over: role)
        if let live = try session.first(MembershipQueries.live(userId: subject.userId, organizationId: organization.id)) {
            guard live.role == role else {
                throw OrganizationError.memberExists(subject.user, role: live.role, organization: organization.organization.slug)
            }
            return Change(live)
        }
        let (membership, events) = try organization.change(
            MembershipQueries.insert(
                id: context.newId(), organizationId: organization.id, userId: subject.userId, role: role, at: context.now),
            telling: [MemberAdded(organizationId: organization.id, userId: subject.userId, role: role)], in: session)
        return Change(membership, rows: [try ChangedRow(.insert, "memberships", membership)], events: events)
    }

    /// Ends a membership. A user may always end the own.
    ///
    /// - Throws: ``OrganizationError/memberNotFound(_:organization:)`` for a user who never was a member,
    ///   ``OrganizationError/lastOwner(_:organization:)``.
    public static func remove(_ subject: Subject, in session: Session, context: OperationContext) throws -> Change<Membership> {
        let (organization, authority, membership) = try find(subject, in: session, context: context)
        guard membership.endedAt == nil else {
            try authority.requireAdmin()
            return Change(membership)
        }
        if !authority.isUser(subject.userId) { try authority.requireAdmin(over: membership.role) }
        try keepAnOwner(besides: membership, of: organization, subject, in: session)
        let (former, events) = try organization.change(
            MembershipQueries.end(id: membership.id, at: context.now),
            telling: [MemberRemoved(organizationId: organization.id, userId: subject.userId)], in: session)
        return Change(former, rows: [try ChangedRow(.update, "memberships", former)], events: events)
    }

    /// Gives a member another role.
    ///
    /// - Throws: ``OrganizationError/memberNotFound(_:organization:)``, ``OrganizationError/lastOwner(_:organization:)``.
    public static func changeRole(
        _ subject: Subject, to role: MemberRole, in session: Session, context: OperationContext
    ) throws -> Change<Membership> {
        let (organization, authority, membership) = try find(subject, in: session, context: context)
        guard membership.endedAt == nil else { throw OrganizationError.memberNotFound(subject.user, organization: subject.organization) }
        try authority.requireAdmin(over: max(membership.role, role))
        guard membership.role != role else { return Change(membership) }
        try keepAnOwner(besides: membership, of: organization, subject, in: session)
        let (member, events) = try organization.change(
            MembershipQueries.setRole(role, id: membership.id),
            telling: [RoleChanged(organizationId: organization.id, userId: subject.userId, role: role, formerRole: membership.role)],
            in: session)
        return Change(member, rows: [try ChangedRow(.update, "memberships", member)], events: events)
    }

    /// One page of those who are members, newest first.
    ///
    /// - Parameter role: only members in this role.
    public static func list(
        of organizationId: UUID, role: MemberRole? = nil, before cursor: PageCursor? = nil, limit: Int, in session: Session
    ) throws -> Page<Membership> {
        let rows = try session.all(
            MembershipQueries.list(organizationId: organizationId, role: role, before: cursor, limit: limit + 1))
        return Page(rows, limit: limit) { PageCursor(time: $0.createdAt, id: $0.id) }
    }

    /// A user's membership, live or ended, with the organization locked and what whoever acts may do there.
    private static func find(
        _ subject: Subject, in session: Session, context: OperationContext
    ) throws -> (LockedOrganization, Authority, Membership) {
        let organization = try LockedOrganization.take(subject.organizationId, label: subject.organization, in: session)
        let authority = try Authority.of(context.actor, in: organization, session)
        guard let membership = try session.first(MembershipQueries.newest(userId: subject.userId, organizationId: organization.id)) else {
            throw OrganizationError.memberNotFound(subject.user, organization: subject.organization)
        }
        return (organization, authority, membership)
    }

    /// The organization is locked, so that of two owners who go at the same moment the second one finds itself the last.
    private static func keepAnOwner(
        besides membership: Membership, of organization: LockedOrganization, _ subject: Subject, in session: Session
    ) throws {
        guard membership.role == .owner else { return }
        guard try session.one(MembershipQueries.hasOwner(besides: membership.id, organizationId: organization.id)) else {
            throw OrganizationError.lastOwner(subject.user, organization: organization.organization.slug)
        }
    }
}
