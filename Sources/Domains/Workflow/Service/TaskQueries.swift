import FoundationEssentials
import Kernel
import Postgres
import WorkflowEvents

/// The SQL statements of tasks.
enum TaskQueries {
    /// Of `tasks as t` and `projects as p`.
    private static let columns: SQL = """
        t.id, t.organization_id, t.project_id, p.key || '-' || t.number, t.title, t.description, t.status, t.priority, t.assignee_id, t.due_at,
        t.version, t.created_at, t.updated_at, t.completed_at
        """

    private static func task(_ row: Row) throws -> WorkflowTask {
        WorkflowTask(
            id: try row.get(0), organizationId: try row.get(1), projectId: try row.get(2), key: try row.get(3), title: try row.get(4),
            description: try row.get(5), status: try row.get(6), priority: try row.get(7), assigneeId: try row.get(8),
            dueAt: try row.get(9), version: try row.get(10), createdAt: try row.get(11), updatedAt: try row.get(12),
            completedAt: try row.get(13))
    }

    /// Under the lock on the project, which counts on: a rolled back creation takes no number.
    ///
    /// - Parameter events: how many events tell of it.
    static func insert(_ task: WorkflowTask, number: Int64, events: Int64) -> Query<Void> {
        Query(
            """
            with counted as (update projects set task_count = \(number) where id = \(task.projectId))
            insert into tasks (id, organization_id, project_id, number, title, description, status, priority, assignee_id, due_at, version,
                event_sequence, created_at, updated_at)
            values (\(task.id), \(task.organizationId), \(task.projectId), \(number), \(task.title), \(task.description),
                \(task.status.rawValue), \(task.priority.rawValue), \(task.assigneeId), \(task.dueAt), \(task.version), \(events),
                \(task.createdAt), \(task.updatedAt))
            """)
    }

    /// With the number of its events.
    static func lock(_ id: UUID, organizationId: UUID) -> Query<LockedTask> {
        Query(
            """
            select \(fragment: columns), t.event_sequence from tasks as t join projects as p on p.id = t.project_id
            where t.id = \(id) and t.organization_id = \(organizationId) for no key update of t
            """
        ) { LockedTask(task: try task($0), eventSequence: try $0.get(14)) }
    }

    /// Writes what may change about a task, under the lock on it.
    static func save(_ changed: WorkflowTask, events: Int64, at now: Timestamp) -> Query<WorkflowTask> {
        Query(
            """
            update tasks as t set title = \(changed.title), description = \(changed.description), status = \(changed.status.rawValue),
                priority = \(changed.priority.rawValue), assignee_id = \(changed.assigneeId), due_at = \(changed.dueAt),
                completed_at = \(changed.completedAt), version = t.version + 1, event_sequence = t.event_sequence + \(events),
                updated_at = greatest(\(now), t.updated_at)
            from projects as p where t.id = \(changed.id) and p.id = t.project_id
            returning \(fragment: columns)
            """, task)
    }

    /// Those that the limit counts: what is in an archived project cannot be closed any more. Nothing is counted where there is no limit, or where
    /// all tasks that these projects ever had would not reach it. Projects are looked at once each, not once for each task.
    static func countOpenWhereLimited(organizationId: UUID) -> Query<Int64> {
        Query(
            """
            select coalesce(sum(t.tasks), 0)::bigint from (
                select project_id, count(*) as tasks from tasks
                where organization_id = \(organizationId) and status = any (\(open))
                    and (
                        select quantity from entitlement_cache where organization_id = \(organizationId) and key = \(TaskLimit.key)
                    ) <= (
                        select coalesce(sum(task_count), 0) from projects where organization_id = \(organizationId) and status = 'active')
                group by project_id
            ) as t join projects as p on p.id = t.project_id
            where p.status = 'active'
            """)
    }

    static let open = TaskStatus.open.map(\.rawValue)

    /// By its number in the organization, or by its id; then the organization may be left out.
    static func find(_ reference: TaskReference, organizationId: UUID?) -> Query<WorkflowTask> {
        let condition: SQL =
            switch reference {
            case .id(let id): "t.id = \(id) and (\(organizationId)::uuid is null or t.organization_id = \(organizationId)::uuid)"
            case .numbered(let key, let number): "p.organization_id = \(organizationId) and p.key = \(key.text) and t.number = \(number)"
            }
        return Query(
            "select \(fragment: columns) from tasks as t join projects as p on p.id = t.project_id where \(fragment: condition)", task)
    }

    static func keys(of tasks: [UUID]) -> Query<(id: UUID, key: String)> {
        Query(
            "select t.id, p.key || '-' || t.number from tasks as t join projects as p on p.id = t.project_id where t.id = any (\(tasks))"
        ) { (try $0.get(0), try $0.get(1)) }
    }

    /// Newest first; ties broken by id, so that pages neither overlap nor leave out. Each combination of filters is a statement of its own, so
    /// that each finds its index.
    static func list(organizationId: UUID, _ filter: TaskFilter, before cursor: PageCursor?, limit: Int) -> Query<WorkflowTask> {
        var conditions: [SQL] = ["t.organization_id = \(organizationId)"]
        if let project = filter.projectId {
            conditions.append("t.project_id = \(project)")
        } else {
            conditions.append("p.status = 'active'")
        }
        if !filter.statuses.isEmpty { conditions.append("t.status = any (\(filter.statuses.map(\.rawValue)))") }
        switch filter.assignee {
        case nil: break
        case .nobody: conditions.append("t.assignee_id is null")
        case .user(let id): conditions.append("t.assignee_id = \(id)")
        }
        if let cursor { conditions.append("(t.created_at, t.id) < (\(cursor.time)::timestamptz, \(cursor.id)::uuid)") }
        return Query(
            """
            select \(fragment: columns) from tasks as t join projects as p on p.id = t.project_id
            where \(fragment: SQL.joined(conditions, separator: " and ")) order by t.created_at desc, t.id desc limit \(limit)
            """, task)
    }

    // MARK: Unassigning

    struct OpenTask: Sendable {
        let id: UUID
        let organizationId: UUID
        let assigneeId: UUID
    }

    private static func openTask(_ row: Row) throws -> OpenTask {
        OpenTask(id: try row.get(0), organizationId: try row.get(1), assigneeId: try row.get(2))
    }

    /// The open tasks of these users in these organizations, archived projects' too, locked in the order of their ids.
    static func lockOpen(ofUsers users: [UUID], in organizations: [UUID]) -> Query<OpenTask> {
        Query(
            """
            select t.id, t.organization_id, t.assignee_id from tasks as t
            join unnest(\(organizations), \(users)) as k (organization_id, user_id)
                on t.organization_id = k.organization_id and t.assignee_id = k.user_id
            where t.status = any (\(open)) order by t.id for no key update of t
            """, openTask)
    }

    /// The open tasks of users who are not members, locked in the order of their ids.
    static func lockOpenOfStrangers() -> Query<OpenTask> {
        Query(
            """
            select t.id, t.organization_id, t.assignee_id from tasks as t
            where t.assignee_id is not null and t.status = any (\(open))
                and not exists (
                    select from membership_cache as m
                    where m.organization_id = t.organization_id and m.user_id = t.assignee_id and m.role is not null)
            order by t.id for no key update of t
            """, openTask)
    }

    /// Gives back the number of the event that tells of each.
    static func unassign(_ ids: [UUID], at now: Timestamp) -> Query<(id: UUID, sequence: Int64)> {
        Query(
            """
            update tasks set assignee_id = null, version = version + 1, event_sequence = event_sequence + 1,
                updated_at = greatest(\(now), updated_at)
            where id = any (\(ids))
            returning id, event_sequence
            """
        ) { (try $0.get(0), try $0.get(1)) }
    }
}
