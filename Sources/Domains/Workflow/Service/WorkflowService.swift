public import FoundationEssentials
public import Kernel
import OrganizationEvents
public import Outbox
public import Postgres
import WorkflowEvents

/// The rules of projects. Every function runs in the caller's transaction and commits nothing. A user who acts (`--as`) needs to be admin or
/// owner, as far as workflow has heard.
public enum WorkflowService {
    /// Creates a project within the organization's limit, as the entitlement cache knows it. While no entitlements have arrived for the
    /// organization, nothing is created: an unknown limit is not no limit.
    ///
    /// - Parameter label: what the user called the organization, for errors.
    /// - Throws: ``WorkflowError``.
    public static func createProject(
        key: ProjectKey, name: String, organizationId: UUID, label: String, in session: Session, context: OperationContext
    ) throws -> Change<Project> {
        let trimmed = name.trimmed
        guard trimmed.isPrintableLine(ofLength: 1...200) else { throw WorkflowError.invalidProjectName(name) }
        // Statements of their own, because each sees what was committed while the one before waited for its lock; a join with the locked row
        // would still see the limit as it was before.
        let tenant = Tenant(id: organizationId, label: label)
        let (roles, set, limits, counts, frozen) = try session.pipeline(
            CachedRoles.lock([context.actor.userId], of: tenant), WorkflowQueries.lockEntitlements(organizationId: organizationId),
            WorkflowQueries.limit("projects", organizationId: organizationId),
            WorkflowQueries.countActiveProjects(organizationId: organizationId), FreezeQueries.isFrozen(organizationId))
        try CachedRoles(roles.rows, of: tenant).require(.admin, of: context.actor)
        guard !set.rows.isEmpty else { throw WorkflowError.organizationUnknown(label) }
        guard frozen.first == false else { throw WorkflowError.organizationDeleted(label) }
        if let limit = limits.rows.first ?? nil, let used = counts.first, used >= limit {
            throw WorkflowError.projectLimit(limit: limit, used: used)
        }
        let insert = WorkflowQueries.insertProject(
            id: context.newId(), organizationId: organizationId, key: key, name: trimmed, at: context.now)
        guard let project = try session.first(insert) else { throw WorkflowError.projectKeyTaken(key.text) }
        let event = ProjectCreated(projectId: project.id, organizationId: organizationId)
        return Change(
            project, rows: [try ChangedRow(.insert, "projects", project)],
            events: [try PendingEvent(event, subject: project.id, sequence: 1, organization: organizationId)])
    }

    /// Archives a project: nothing in it can be changed any more, it is hidden from lists, and it no longer counts against the limit. Waits
    /// for those who are changing something in it.
    ///
    /// - Throws: ``WorkflowError``.
    public static func archiveProject(
        _ id: UUID, of tenant: Tenant, in session: Session, context: OperationContext
    ) throws -> Change<Project> {
        let (roles, projects) = try session.pipeline(
            CachedRoles.lock([context.actor.userId], of: tenant),
            WorkflowQueries.lockProject(id, organizationId: tenant.id, .archiving))
        try CachedRoles(roles.rows, of: tenant).require(.admin, of: context.actor)
        guard let project = projects.first else { throw WorkflowError.projectNotFound(id.text, organization: tenant.label) }
        guard project.status == .active else { return Change(project) }
        guard !project.isFrozen else { throw WorkflowError.projectFrozen(project.key) }
        let (archived, sequence) = try session.one(WorkflowQueries.archiveProject(id, at: context.now))
        return Change(
            archived, rows: [try ChangedRow(.update, "projects", archived)],
            events: [
                try PendingEvent(
                    ProjectArchived(projectId: id, organizationId: tenant.id), subject: id, sequence: sequence, organization: tenant.id)
            ])
    }

    /// - Parameter tenant: needed for a key; an id without one is looked for everywhere.
    /// - Parameter reader: the user who looks, a member of the organization; `nil` for an operator.
    /// - Throws: ``WorkflowError/projectNotFound(_:organization:)``, ``WorkflowError/organizationUnknown(_:)``, ``WorkflowError/notAMember(_:)``.
    public static func project(
        _ reference: ProjectReference, label: String, of tenant: Tenant?, for reader: UUID? = nil, in session: Session
    ) throws -> Project {
        let query = WorkflowQueries.find(reference, organizationId: tenant?.id)
        if let found = try find(query, of: tenant, for: reader, in: session, organization: \.organizationId) { return found }
        try refuseUnknown(tenant, in: session)
        throw WorkflowError.projectNotFound(label, organization: tenant?.label)
    }

    /// One page of an organization's projects in one status, newest first.
    public static func projects(
        of organizationId: UUID, status: Project.Status = .active, before cursor: PageCursor? = nil, limit: Int, in session: Session
    ) throws -> Page<Project> {
        let rows = try session.all(
            WorkflowQueries.listProjects(organizationId: organizationId, status: status, before: cursor, limit: limit + 1))
        return Page(rows, limit: limit) { PageCursor(time: $0.createdAt, id: $0.id) }
    }

    /// - Returns: the key of each of these projects; ids of nothing are left out.
    public static func projectKeys(of projects: [UUID], in session: Session) throws -> [UUID: String] {
        Dictionary(try session.all(WorkflowQueries.projectKeys(of: projects)).map { ($0.id, $0.key) }) { first, _ in first }
    }

    /// Whether a user may look at what an organization has: every member may.
    ///
    /// - Parameter user: who reads; `nil` for an operator.
    /// - Throws: ``WorkflowError/notAMember(_:)``.
    public static func requireReader(_ user: UUID?, of tenant: Tenant, in session: Session) throws {
        guard let user else { return }
        let roles = try session.all(WorkflowQueries.roles(of: [user], organizationId: tenant.id, isLocking: false))
        try CachedRoles(roles, of: tenant).require(.viewer, of: .user(user))
    }

    /// What a user who reads may see of it.
    ///
    /// - Throws: as ``requireReader(_:of:in:)``, where there is something to see.
    static func find<Found: Sendable>(
        _ query: Query<Found>, of tenant: Tenant?, for reader: UUID?, in session: Session, organization: (Found) -> UUID
    ) throws -> Found? {
        guard let reader else { return try session.first(query) }
        guard let tenant else {
            let found = try session.first(query)
            if let found {
                let owner = organization(found)
                try requireReader(reader, of: Tenant(id: owner, label: owner.text), in: session)
            }
            return found
        }
        let (rows, roles) = try session.pipeline(
            query, WorkflowQueries.roles(of: [reader], organizationId: tenant.id, isLocking: false))
        guard let found = rows.first else { return nil }
        try CachedRoles(roles.rows, of: tenant).require(.viewer, of: .user(reader))
        return found
    }

    /// What is not found because nothing has been heard of the organization yet is another matter than what is not there.
    ///
    /// - Throws: ``WorkflowError/organizationUnknown(_:)``.
    static func refuseUnknown(_ tenant: Tenant?, in session: Session) throws {
        guard let tenant, try !session.one(WorkflowQueries.hasHeard(of: tenant.id)) else { return }
        throw WorkflowError.organizationUnknown(tenant.label)
    }
}
