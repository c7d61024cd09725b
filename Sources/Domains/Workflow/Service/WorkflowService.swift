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
        guard name.isPrintableLine(ofLength: 1...200) else { throw WorkflowError.invalidProjectName(name) }
        guard let limit = try session.first(WorkflowQueries.lockProjectLimit(organizationId: organizationId)) else {
            throw WorkflowError.organizationUnknown(label)
        }
        if let limit {
            let used = try session.one(WorkflowQueries.countActiveProjects(organizationId: organizationId))
            guard used < limit else { throw WorkflowError.projectLimit(limit: limit, used: used) }
        }
        let insert = WorkflowQueries.insertProject(
            id: context.newId(), organizationId: organizationId, key: key, name: name, at: context.now)
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
