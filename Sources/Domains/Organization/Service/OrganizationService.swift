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
        let (created, owned) = try session.pipeline(
            OrganizationQueries.insert(id: id, slug: slug, name: name, events: 2, at: context.now),
            OrganizationQueries.insertMembership(id: context.newId(), organizationId: id, userId: owner, role: .owner, at: context.now))
        guard let organization = created.rows.first, let membership = owned.rows.first else {
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

    /// - Parameter reference: an id or a slug.
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

    /// One page of organizations, newest first.
    ///
    /// - Parameter glob: matches slugs as a shell would, with `*` and `?`.
    public static func list(
        before cursor: PageCursor? = nil, matching glob: String? = nil, limit: Int, in session: Session
    ) throws -> Page<Organization> {
        let rows = try session.all(OrganizationQueries.list(before: cursor, pattern: glob.map(likePattern), limit: limit + 1))
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
