public import FoundationEssentials
public import Kernel
import OrganizationEvents
public import Outbox
public import Postgres

/// The rules of organizations and their members. Every function runs in the caller's transaction and commits nothing.
public enum OrganizationService {
    /// Creates an organization with its first owner.
    ///
    /// - Parameter owner: a user's id, taken as given: whether that user exists is the identity service's knowledge.
    /// - Throws: ``OrganizationError/slugTaken(_:)``, also where a concurrent creation with the same slug wins.
    public static func create(
        slug: Slug, name: OrganizationName, owner: UUID, in session: Session, context: OperationContext
    ) throws -> Change<Organization> {
        let id = context.newId()
        let (_, created, owned) = try session.pipeline(
            OrganizationQueries.takeSlug(slug, organizationId: id, at: context.now),
            OrganizationQueries.insert(id: id, slug: slug, name: name, events: 2, at: context.now),
            MembershipQueries.insert(id: context.newId(), organizationId: id, userId: owner, role: .owner, at: context.now))
        guard let organization = created.first, let membership = owned.first else {
            throw OrganizationError.slugTaken(slug.text)
        }
        return Change(
            organization,
            rows: [try ChangedRow(.insert, "organizations", organization), try ChangedRow(.insert, "memberships", membership)],
            events: [
                try PendingEvent(OrganizationCreated(organizationId: id, ownerId: owner), subject: id, sequence: 1, organization: id),
                try PendingEvent(
                    MemberAdded(organizationId: id, userId: owner, role: .owner), subject: id, sequence: 2, organization: id),
            ])
    }

    /// Gives an organization another name, another slug, or both; what is not given stays. The former slug still leads to the organization, and
    /// nobody else can take it. A user who acts needs to be admin or owner.
    ///
    /// - Parameter label: what the user called the organization, for errors.
    /// - Throws: ``OrganizationError/slugTaken(_:)`` where the slug is, or was, another organization's.
    public static func rename(
        _ id: UUID, label: String, to name: OrganizationName?, slug: Slug?, in session: Session, context: OperationContext
    ) throws -> Change<Organization> {
        let locked = try LockedOrganization.take(id, label: label, in: session)
        try Authority.of(context.actor, in: locked, session).requireAdmin()
        let before = locked.organization
        let slugBefore = try Slug(before.slug)
        let newName = try name ?? OrganizationName(before.name ?? "")
        let newSlug = slug ?? slugBefore
        var events: [any DomainEvent] = []
        if newName.text != before.name { events.append(OrganizationRenamed(organizationId: id)) }
        if newSlug != slugBefore {
            guard try session.first(OrganizationQueries.takeSlug(newSlug, organizationId: id, at: context.now)) != nil else {
                throw OrganizationError.slugTaken(newSlug.text)
            }
            events.append(SlugChanged(organizationId: id))
        }
        guard !events.isEmpty else { return Change(before) }
        let (renamed, told) = try locked.change(
            OrganizationQueries.rename(id: id, name: newName, slug: newSlug, at: context.now), telling: events, in: session)
        return Change(renamed, rows: [try ChangedRow(.update, "organizations", renamed)], events: told)
    }

    /// - Parameter reference: an id or a slug, also one that the organization went by before.
    /// - Throws: ``OrganizationError/organizationNotFound(_:)``.
    public static func organization(_ reference: String, in session: Session) throws -> Organization {
        let found: Organization?
        if let id = UUID(uuidString: reference) {
            found = try session.first(OrganizationQueries.find(id: id))
        } else if let slug = try? Slug(reference) {
            found = try session.first(OrganizationQueries.find(slug: slug))
        } else {
            found = nil
        }
        guard let found else { throw OrganizationError.organizationNotFound(reference) }
        return found
    }

    /// The slugs that organizations go by; ids of none are left out.
    public static func slugs(of organizations: [UUID], in session: Session) throws -> [UUID: String] {
        Dictionary(try session.all(OrganizationQueries.slugs(of: organizations)).map { ($0.id, $0.slug) }) { first, _ in first }
    }

    /// One page of organizations, newest first.
    ///
    /// - Parameter status: only those in this state; `nil` for all.
    /// - Parameter isOwnerless: only those that have no owner who can act.
    /// - Parameter glob: matches slugs as a shell would, with `*` and `?`.
    public static func list(
        _ status: Organization.Status? = .active, isOwnerless: Bool = false, before cursor: PageCursor? = nil, matching glob: String? = nil,
        limit: Int,
        in session: Session
    ) throws -> Page<Organization> {
        let rows = try session.all(
            OrganizationQueries.list(status, isOwnerless: isOwnerless, before: cursor, pattern: glob.map(likePattern), limit: limit + 1))
        return Page(rows, limit: limit) { PageCursor(time: $0.createdAt, id: $0.id) }
    }

    static func likePattern(fromGlob glob: String) -> String {
        // By scalars, as PostgreSQL reads it: a character may be a wildcard with an accent.
        glob.unicodeScalars.reduce(into: "") { pattern, scalar in
            switch scalar {
            case "*": pattern.unicodeScalars.append("%")
            case "?": pattern.unicodeScalars.append("_")
            case "%", "_", "\\": pattern.unicodeScalars.append(contentsOf: ["\\", scalar])
            default: pattern.unicodeScalars.append(scalar)
            }
        }
    }
}
