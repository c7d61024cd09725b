public import FoundationEssentials
public import Kernel
import OrganizationEvents
public import Outbox
public import Postgres
public import WorkflowEvents

/// The rules of tasks. Every function runs in the caller's transaction and commits nothing. What is so already succeeds and changes nothing.
///
/// Locks are taken in one order: memberships, entitlements, project, task. A user who acts (`--as`) needs to be a member, and no viewer.
public enum TaskService {
    /// Creates a task under the next number of its project, within the organization's limit of open tasks where it has one. While no
    /// entitlements have arrived for the organization, nothing is created: an unknown limit is not no limit.
    ///
    /// - Throws: ``TaskError``, ``WorkflowError``.
    public static func create(
        _ draft: TaskDraft, in projectId: UUID, of tenant: Tenant, in session: Session, context: OperationContext
    ) throws -> Change<WorkflowTask> {
        guard TaskStatus.initial.contains(draft.status) else { throw TaskError.initialStatus(draft.status) }
        // Statements of their own, because each sees what was committed while the one before waited for its lock.
        let (roles, set, limits, open, projects) = try session.pipeline(
            CachedRoles.lock([context.actor.userId, draft.assignee?.id], of: tenant),
            WorkflowQueries.lockEntitlements(organizationId: tenant.id),
            WorkflowQueries.limit(TaskLimit.key, organizationId: tenant.id),
            TaskQueries.countOpenWhereLimited(organizationId: tenant.id),
            WorkflowQueries.lockProjectForNumbering(projectId, organizationId: tenant.id))
        let members = CachedRoles(roles.rows, of: tenant)
        try members.require(.member, of: context.actor)
        guard !set.rows.isEmpty else { throw WorkflowError.organizationUnknown(tenant.label) }
        guard let (project, numbered) = projects.first else {
            throw WorkflowError.projectNotFound(projectId.text, organization: tenant.label)
        }
        guard project.status == .active else { throw WorkflowError.projectArchived(project.key) }
        guard !project.isFrozen else { throw WorkflowError.projectFrozen(project.key) }
        try members.require(draft.assignee)
        try TaskLimit(limits, open: open).refuseAnother()

        let number = numbered + 1
        let task = WorkflowTask(draft, id: context.newId(), number: number, in: project, at: context.now)
        var events: [any DomainEvent] = [
            TaskCreated(
                taskId: task.id, projectId: projectId, organizationId: tenant.id, number: number, status: task.status,
                priority: task.priority)
        ]
        if let assignee = task.assigneeId { events.append(TaskAssigned(taskId: task.id, organizationId: tenant.id, assigneeId: assignee)) }
        try session.enqueue(TaskQueries.insert(task, number: number, events: Int64(events.count)))
        return Change(task, rows: [try ChangedRow(.insert, "tasks", task)], events: try task.events(events))
    }

    /// Changes what people read of a task.
    ///
    /// - Parameter version: the version that the caller has seen; `nil` changes whatever is there.
    /// - Throws: ``TaskError/staleVersion(task:given:current:)``, ``TaskError``, ``WorkflowError``.
    public static func update(
        _ id: UUID, _ changes: TaskChanges, version: Int64? = nil, of tenant: Tenant, in session: Session, context: OperationContext
    ) throws -> Change<WorkflowTask> {
        let (locked, _) = try take(id, of: tenant, in: session, context: context)
        var task = locked.task
        if let version, version != task.version {
            throw TaskError.staleVersion(task: task.key, given: version, current: task.version)
        }
        var fields: [TaskField] = []
        func set<Value: Equatable>(_ property: WritableKeyPath<WorkflowTask, Value>, _ field: TaskField, to value: Value) {
            guard task[keyPath: property] != value else { return }
            task[keyPath: property] = value
            fields.append(field)
        }
        if let title = changes.title { set(\.title, .title, to: title.text) }
        if let description = changes.description { set(\.description, .description, to: description.text) }
        if let priority = changes.priority { set(\.priority, .priority, to: priority) }
        if let due = changes.due { set(\.dueAt, .due, to: due.at) }
        guard !fields.isEmpty else { return Change(task) }
        let event = TaskUpdated(taskId: id, organizationId: tenant.id, fields: fields)
        return try locked.save(task, [event], in: session, context: context)
    }

    /// Gives a task to a member of the organization, in whatever role, or to nobody.
    ///
    /// - Throws: ``TaskError/assigneeNotMember(_:organization:)``, ``TaskError``, ``WorkflowError``.
    public static func assign(
        _ id: UUID, to assignee: Assignee?, of tenant: Tenant, in session: Session, context: OperationContext
    ) throws -> Change<WorkflowTask> {
        let (locked, members) = try take(id, of: tenant, with: assignee, in: session, context: context)
        try members.require(assignee)
        var task = locked.task
        guard task.assigneeId != assignee?.id else { return Change(task) }
        task.assigneeId = assignee?.id
        let event = TaskAssigned(taskId: id, organizationId: tenant.id, assigneeId: assignee?.id)
        return try locked.save(task, [event], in: session, context: context)
    }

    /// Moves a task to another status. One that is opened again counts against the limit of open tasks, and becomes nobody's where its
    /// assignee has left meanwhile.
    ///
    /// - Throws: ``TaskError/transition(task:from:to:)``, ``TaskError/limit(limit:used:)``, ``TaskError``, ``WorkflowError``.
    public static func move(
        _ id: UUID, to status: TaskStatus, of tenant: Tenant, in session: Session, context: OperationContext
    ) throws -> Change<WorkflowTask> {
        let (locked, _) = try take(id, of: tenant, mayOpen: status.isOpen, in: session, context: context)
        let before = locked.task
        guard before.status != status else { return Change(before) }
        guard before.status.successors.contains(status) else {
            throw TaskError.transition(task: before.key, from: before.status, to: status)
        }
        var task = before
        task.status = status
        task.completedAt = status.group == .completed ? context.now : nil
        var events: [any DomainEvent] = [
            TaskStatusChanged(taskId: id, organizationId: tenant.id, from: before.status, to: status)
        ]
        if status.isOpen, !before.status.isOpen {
            try refuseToOpenBeyondLimit(of: tenant, in: session)
            if let assignee = before.assigneeId, try hasLeft(assignee, tenant, in: session) {
                task.assigneeId = nil
                events.append(TaskAssigned(taskId: id, organizationId: tenant.id, assigneeId: nil))
            }
        }
        return try locked.save(task, events, in: session, context: context)
    }

    // MARK: Reading

    /// - Parameter tenant: needed for a number; an id without one is looked for everywhere.
    /// - Parameter reader: the user who looks, a member of the organization; `nil` for an operator.
    /// - Throws: ``TaskError/notFound(_:organization:)``, ``WorkflowError/organizationUnknown(_:)``, ``WorkflowError/notAMember(_:)``.
    public static func task(
        _ reference: TaskReference, label: String, of tenant: Tenant?, for reader: UUID? = nil, in session: Session
    ) throws -> WorkflowTask {
        let query = TaskQueries.find(reference, organizationId: tenant?.id)
        if let found = try WorkflowService.find(query, of: tenant, for: reader, in: session, organization: \.organizationId) {
            return found
        }
        try WorkflowService.refuseUnknown(tenant, in: session)
        throw TaskError.notFound(label, organization: tenant?.label)
    }

    /// One page of an organization's tasks, newest first. Those of archived projects are in it only where the filter names their project.
    public static func tasks(
        of organizationId: UUID, _ filter: TaskFilter = TaskFilter(), before cursor: PageCursor? = nil, limit: Int, in session: Session
    ) throws -> Page<WorkflowTask> {
        let rows = try session.all(TaskQueries.list(organizationId: organizationId, filter, before: cursor, limit: limit + 1))
        return Page(rows, limit: limit) { PageCursor(time: $0.createdAt, id: $0.id) }
    }

    /// What people call tasks: `WEB-12`. Ids of no task are left out.
    public static func keys(of tasks: [UUID], in session: Session) throws -> [UUID: String] {
        Dictionary(try session.all(TaskQueries.keys(of: tasks)).map { ($0.id, $0.key) }) { first, _ in first }
    }

    // MARK: Parts

    /// A task that whoever acts may change, locked as everything is that has to stay as it is for that.
    ///
    /// - Parameter mayOpen: the entitlements are locked too, because they may have to be counted against.
    private static func take(
        _ id: UUID, of tenant: Tenant, with assignee: Assignee? = nil, mayOpen: Bool = false, in session: Session, context: OperationContext
    ) throws -> (LockedTask, CachedRoles) {
        let (roles, _, projects, tasks) = try session.pipeline(
            CachedRoles.lock([context.actor.userId, assignee?.id], of: tenant),
            WorkflowQueries.lockEntitlements(organizationId: tenant.id, where: mayOpen),
            WorkflowQueries.lockProject(ofTask: id, organizationId: tenant.id), TaskQueries.lock(id, organizationId: tenant.id))
        let members = CachedRoles(roles.rows, of: tenant)
        try members.require(.member, of: context.actor)
        guard let project = projects.first, let task = tasks.first else {
            throw TaskError.notFound(id.text, organization: tenant.label)
        }
        guard project.status == .active else { throw WorkflowError.projectArchived(project.key) }
        guard !project.isFrozen else { throw WorkflowError.projectFrozen(project.key) }
        return (task, members)
    }

    private static func refuseToOpenBeyondLimit(of tenant: Tenant, in session: Session) throws {
        let (heard, limits, open) = try session.pipeline(
            WorkflowQueries.hasHeard(of: tenant.id), WorkflowQueries.limit(TaskLimit.key, organizationId: tenant.id),
            TaskQueries.countOpenWhereLimited(organizationId: tenant.id))
        guard heard.first == true else { throw WorkflowError.organizationUnknown(tenant.label) }
        try TaskLimit(limits, open: open).refuseAnother()
    }

    /// Asked behind the lock on the task, which has to be read first. The worker, which takes memberships first, waits for open tasks alone; where
    /// this one was closed only just now and both wait for each other, the server ends one of them, which is tried again.
    private static func hasLeft(_ user: UUID, _ tenant: Tenant, in session: Session) throws -> Bool {
        try !CachedRoles(session.all(CachedRoles.lock([user], of: tenant)), of: tenant).isMember(user)
    }
}

/// How many tasks of an organization may be open, and how many are, both read under the lock on its entitlements.
struct TaskLimit {
    /// What plans call it.
    static let key = "tasks"

    /// `nil` where there is none.
    private let limit: Int64?
    private let used: Int64

    init(_ limits: Answer<Int64?>, open: Answer<Int64>) {
        limit = limits.first ?? nil
        used = open.first ?? 0
    }

    func refuseAnother() throws {
        if let limit, used >= limit { throw TaskError.limit(limit: limit, used: used) }
    }
}

/// Which tasks of an organization are listed.
public struct TaskFilter: Sendable, Hashable {
    public enum AssigneeFilter: Sendable, Hashable {
        case nobody
        case user(UUID)
    }

    public var projectId: UUID?
    /// In any of these; empty for all.
    public var statuses: [TaskStatus] = []
    public var assignee: AssigneeFilter?

    public init() {}
}
