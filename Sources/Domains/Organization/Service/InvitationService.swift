public import Cryptography
public import FoundationEssentials
public import Kernel
public import OrganizationEvents
public import Outbox
public import Postgres

/// The rules of invitations. Every function that changes one runs in the caller's transaction, locks the organization's row first, and commits
/// nothing. What is so already succeeds and changes nothing.
///
/// An invitation whose time is up has expired, whoever notices; one that has ended in any way stays so.
public enum InvitationService {
    /// Whom to invite, where, and to what.
    public struct Offer: Sendable {
        public let organizationId: UUID
        /// What the user called the organization, for errors.
        public let organization: String
        public let email: EmailAddress
        /// Who has that address, where anybody has.
        public let userId: UUID?
        public let role: MemberRole
        public let lifetime: InvitationLifetime

        public init(
            organizationId: UUID, organization: String, email: EmailAddress, userId: UUID?, role: MemberRole,
            lifetime: InvitationLifetime = .standard
        ) {
            self.organizationId = organizationId
            self.organization = organization
            self.email = email
            self.userId = userId
            self.role = role
            self.lifetime = lifetime
        }
    }

    /// A user who answers an invitation.
    public struct Guest: Sendable {
        public let userId: UUID
        public let email: EmailAddress

        public init(userId: UUID, email: EmailAddress) {
            self.userId = userId
            self.email = email
        }
    }

    /// Invites an address. An invitation of it whose time is up is ended with it. A user who acts needs to be admin or owner, and gives no role
    /// above the own.
    ///
    /// - Parameter key: of the profile, for ``InvitationToken/keyPurpose``.
    /// - Throws: ``OrganizationError/memberExists(_:role:organization:)``, ``OrganizationError/invitationExists(_:organization:)``.
    public static func send(
        _ offer: Offer, key: [UInt8], in session: Session, context: OperationContext
    ) throws -> Change<SentInvitation> {
        let organization = try LockedOrganization.take(offer.organizationId, label: offer.organization, in: session)
        let slug = organization.organization.slug
        try Authority.of(context.actor, in: organization, session).requireAdmin(over: offer.role)
        if let user = offer.userId, let member = try session.first(MembershipQueries.live(userId: user, organizationId: organization.id)) {
            throw OrganizationError.memberExists(offer.email.text, role: member.role, organization: slug)
        }
        var rows: [ChangedRow] = []
        var events: [any DomainEvent] = []
        let former = try session.first(InvitationQueries.newest(for: offer.email, organizationId: organization.id, at: context.now))
        if let former, former.endedAt == nil {
            guard former.status == .expired else { throw OrganizationError.invitationExists(offer.email.text, organization: slug) }
            let expired = try session.one(InvitationQueries.end(id: former.id, as: .expired, at: context.now))
            rows.append(try ChangedRow(.update, "invitations", expired))
            events.append(InvitationExpired(organizationId: organization.id, invitationId: expired.id))
        }
        let id = context.newId()
        let expiry = context.now.advanced(by: offer.lifetime.duration)
        let token = InvitationToken(id: id, expiresAt: expiry, key: key)
        events.append(InvitationSent(organizationId: organization.id, invitationId: id, role: offer.role, expiresAt: expiry))
        let (invitation, told) = try organization.change(
            InvitationQueries.insert(
                id: id, organizationId: organization.id, email: offer.email, addressee: offer.userId, role: offer.role,
                tokenHash: token.hash, at: context.now,
                until: expiry),
            telling: events, in: session)
        rows.append(try ChangedRow(.insert, "invitations", invitation))
        try DueStore.schedule(expiryKind, id, at: expiry, in: session, correlation: context.correlationId, id: context.newId())
        return Change(SentInvitation(invitation, to: offer.email, token: token), rows: rows, events: told)
    }

    /// Makes a user the member that the invitation offers; who is a member already stays it in the same role. A second time by the same user
    /// changes nothing.
    ///
    /// - Throws: ``OrganizationError/tokenUnknown``, ``OrganizationError/invitedOther(_:organization:)``; what the invitation has come to, where
    ///   that is something else.
    public static func accept(
        _ token: InvitationToken, by guest: Guest, in session: Session, context: OperationContext
    ) throws -> Change<Invitation> {
        let (organization, invitation) = try open(token, in: session, context: context)
        if invitation.status == .accepted, invitation.userId == guest.userId { return Change(invitation) }
        try requirePending(invitation, of: organization)
        try requireInvited(guest, to: invitation, of: organization)
        let member = try session.first(MembershipQueries.live(userId: guest.userId, organizationId: organization.id))
        var events: [any DomainEvent] = [
            InvitationAccepted(organizationId: organization.id, invitationId: invitation.id, userId: guest.userId)
        ]
        if member == nil {
            events.append(MemberAdded(organizationId: organization.id, userId: guest.userId, role: invitation.role))
        }
        let (accepted, told) = try organization.change(
            InvitationQueries.end(id: invitation.id, as: .accepted, by: guest.userId, at: context.now), telling: events, in: session)
        var rows = [try ChangedRow(.update, "invitations", accepted)]
        if member == nil {
            let membership = try session.one(
                MembershipQueries.insert(
                    id: context.newId(), organizationId: organization.id, userId: guest.userId, role: invitation.role, at: context.now))
            rows.append(try ChangedRow(.insert, "memberships", membership))
        }
        return Change(accepted, rows: rows, events: told)
    }

    /// Ends an invitation because whoever got it does not want it. A second time changes nothing.
    ///
    /// - Parameter guest: the user who acts; `nil` where none does, because no account is needed.
    /// - Throws: as ``accept(_:by:in:context:)``.
    public static func reject(
        _ token: InvitationToken, by guest: Guest?, in session: Session, context: OperationContext
    ) throws -> Change<Invitation> {
        let (organization, invitation) = try open(token, in: session, context: context)
        if let guest { try requireInvited(guest, to: invitation, of: organization) }
        guard invitation.status != .rejected else { return Change(invitation) }
        try requirePending(invitation, of: organization)
        return try end(
            invitation, of: organization, as: .rejected,
            InvitationRejected(organizationId: organization.id, invitationId: invitation.id), in: session, context: context)
    }

    /// Takes an invitation back. One that nobody can accept any more, for whatever reason, is left as it is. A user who acts needs to be admin or
    /// owner, and takes back no role above the own.
    ///
    /// - Parameter reference: the invitation's id, or the address that is invited.
    /// - Parameter label: what the user called the organization, for errors.
    /// - Throws: ``OrganizationError/invitationNotFound(_:organization:)``, ``OrganizationError/invitationUsed(organization:)``.
    public static func revoke(
        _ reference: String, of organizationId: UUID, label: String, in session: Session, context: OperationContext
    ) throws -> Change<Invitation> {
        let organization = try LockedOrganization.take(organizationId, label: label, in: session)
        let authority = try Authority.of(context.actor, in: organization, session)
        try authority.requireAdmin()
        guard let invitation = try find(reference, of: organization, in: session, context: context) else {
            throw OrganizationError.invitationNotFound(reference, organization: organization.organization.slug)
        }
        try authority.requireAdmin(over: invitation.role)
        switch invitation.status {
        case .rejected, .revoked, .expired: return Change(invitation)
        case .pending, .accepted: try requirePending(invitation, of: organization)
        }
        return try end(
            invitation, of: organization, as: .revoked,
            InvitationRevoked(organizationId: organization.id, invitationId: invitation.id), in: session, context: context)
    }

    private static let expiryKind = "invitation_expiry"

    /// Ends an invitation whose time is up and that nobody has ended before.
    static let expiry = ServiceTimer(expiryKind) { entry, session, context in
        guard let seal = try session.first(InvitationQueries.seal(of: entry.subject)),
            let organization = try LockedOrganization.takeAny(seal.organizationId, in: session),
            let invitation = try session.first(
                InvitationQueries.find(id: entry.subject, organizationId: organization.id, at: context.now)),
            invitation.status == .expired, invitation.endedAt == nil
        else { return [] }
        return try end(
            invitation, of: organization, as: .expired,
            InvitationExpired(organizationId: organization.id, invitationId: invitation.id), in: session, context: context
        ).events
    }

    /// One page of an organization's invitations, newest first.
    ///
    /// - Parameter status: only those in this state.
    /// - Parameter now: the instant at which one may have expired.
    public static func list(
        of organizationId: UUID, status: Invitation.Status? = nil, before cursor: PageCursor? = nil, limit: Int, at now: Timestamp,
        in session: Session
    ) throws -> Page<Invitation> {
        let rows = try session.all(
            InvitationQueries.list(organizationId: organizationId, status: status, before: cursor, limit: limit + 1, at: now))
        return Page(rows, limit: limit) { PageCursor(time: $0.createdAt, id: $0.id) }
    }

    /// The invitation that the token is for, with its organization locked. A token for nothing and a forged one are the same to the bearer.
    private static func open(
        _ token: InvitationToken, in session: Session, context: OperationContext
    ) throws -> (LockedOrganization, Invitation) {
        guard let seal = try session.first(InvitationQueries.seal(of: token.id)), token.matches(seal.tokenHash) else {
            throw OrganizationError.tokenUnknown
        }
        let organization = try LockedOrganization.take(seal.organizationId, label: seal.organization, in: session)
        return (
            organization,
            try session.one(InvitationQueries.find(id: token.id, organizationId: organization.id, at: context.now))
        )
    }

    private static func find(
        _ reference: String, of organization: LockedOrganization, in session: Session, context: OperationContext
    ) throws -> Invitation? {
        if let id = UUID(uuidString: reference) {
            return try session.first(InvitationQueries.find(id: id, organizationId: organization.id, at: context.now))
        }
        guard let email = try? EmailAddress(reference) else { return nil }
        return try session.first(InvitationQueries.newest(for: email, organizationId: organization.id, at: context.now))
    }

    private static func requirePending(_ invitation: Invitation, of organization: LockedOrganization) throws {
        let slug = organization.organization.slug
        switch invitation.status {
        case .pending: return
        case .accepted: throw OrganizationError.invitationUsed(organization: slug)
        case .rejected: throw OrganizationError.invitationRejected(organization: slug)
        case .revoked: throw OrganizationError.invitationRevoked(organization: slug)
        case .expired: throw OrganizationError.invitationExpired(organization: slug)
        }
    }

    private static func requireInvited(_ guest: Guest, to invitation: Invitation, of organization: LockedOrganization) throws {
        guard invitation.isFor(guest.email) else {
            throw OrganizationError.invitedOther(guest.email.text, organization: organization.organization.slug)
        }
    }

    private static func end(
        _ invitation: Invitation, of organization: LockedOrganization, as status: Invitation.Status, _ event: any DomainEvent,
        in session: Session, context: OperationContext
    ) throws -> Change<Invitation> {
        let (ended, told) = try organization.change(
            InvitationQueries.end(id: invitation.id, as: status, at: context.now), telling: [event], in: session)
        return Change(ended, rows: [try ChangedRow(.update, "invitations", ended)], events: told)
    }
}
