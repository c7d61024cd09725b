public import FoundationEssentials
public import Kernel
public import Outbox
public import Postgres
import WorkflowEvents

/// The rules of projects. Every function runs in the caller's transaction and commits nothing.
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
        // Three statements, because each sees what was committed while the first one waited for the lock; a join with the locked row would
        // still see the limit as it was before.
        let (set, limits, counts) = try session.pipeline(
            WorkflowQueries.lockEntitlements(organizationId: organizationId), WorkflowQueries.projectLimit(organizationId: organizationId),
            WorkflowQueries.countActiveProjects(organizationId: organizationId))
        guard !set.rows.isEmpty else { throw WorkflowError.organizationUnknown(label) }
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

    /// One page of an organization's active projects, newest first.
    public static func projects(
        of organizationId: UUID, before cursor: PageCursor? = nil, limit: Int, in session: Session
    ) throws -> Page<Project> {
        let rows = try session.all(WorkflowQueries.listProjects(organizationId: organizationId, before: cursor, limit: limit + 1))
        return Page(rows, limit: limit) { PageCursor(time: $0.createdAt, id: $0.id) }
    }
}
