import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements of the figures about tasks.
enum TaskFigureQueries {
    static func facts(of tasks: [UUID]) -> Query<TaskFact> {
        Query(
            """
            select task_id, organization_id, project_id, created_at, started_at, sequence from task_facts where task_id = any (\(tasks))
            """
        ) { row in
            TaskFact(
                id: try row.get(0), organizationId: try row.get(1), projectId: try row.get(2), createdAt: try row.get(3),
                startedAt: try row.get(4), sequence: try row.get(5))
        }
    }

    static func store(_ facts: [TaskFact]) -> Query<Void> {
        Query(
            """
            insert into task_facts (task_id, organization_id, project_id, created_at, started_at, sequence)
            select * from unnest(\(facts.map(\.id)), \(facts.map(\.organizationId)), \(facts.map(\.projectId)), \(facts.map(\.createdAt)),
                \(facts.map(\.startedAt)), \(facts.map(\.sequence)))
            on conflict (task_id) do update set started_at = excluded.started_at, sequence = excluded.sequence
            """)
    }

    static func add(_ counts: [(day: TaskDay, count: TaskCount)], by scale: FigureScale) -> Query<Void> {
        Query(
            """
            insert into \(fragment: scale.taskCounts) as d (organization_id, day, project_id, created, completed, reopened, cancelled,
                cycle_tasks, cycle_seconds, lead_seconds)
            select n.organization_id, (n.day at time zone 'UTC')::date, n.project_id, n.created, n.completed, n.reopened, n.cancelled,
                n.cycle_tasks, n.cycle_seconds, n.lead_seconds
            from unnest(\(counts.map(\.day.organizationId)), \(counts.map(\.day.day)), \(counts.map(\.day.projectId)),
                \(counts.map(\.count.created)), \(counts.map(\.count.completed)), \(counts.map(\.count.reopened)),
                \(counts.map(\.count.cancelled)), \(counts.map(\.count.cycleTasks)), \(counts.map(\.count.cycleSeconds)),
                \(counts.map(\.count.leadSeconds))) as n (organization_id, day, project_id, created, completed, reopened, cancelled,
                cycle_tasks, cycle_seconds, lead_seconds)
            on conflict (organization_id, day, project_id) do update set created = d.created + excluded.created,
                completed = d.completed + excluded.completed, reopened = d.reopened + excluded.reopened,
                cancelled = d.cancelled + excluded.cancelled, cycle_tasks = d.cycle_tasks + excluded.cycle_tasks,
                cycle_seconds = d.cycle_seconds + excluded.cycle_seconds, lead_seconds = d.lead_seconds + excluded.lead_seconds
            """)
    }

    static func add(_ times: [(time: TaskTime, tasks: Int64)], by scale: FigureScale) -> Query<Void> {
        Query(
            """
            insert into \(fragment: scale.taskTimes) as d (organization_id, day, project_id, measure, class, tasks)
            select n.organization_id, (n.day at time zone 'UTC')::date, n.project_id, n.measure, n.class, n.tasks
            from unnest(\(times.map(\.time.day.organizationId)), \(times.map(\.time.day.day)), \(times.map(\.time.day.projectId)),
                \(times.map(\.time.measure.rawValue)), \(times.map(\.time.place)), \(times.map(\.tasks)))
                as n (organization_id, day, project_id, measure, class, tasks)
            on conflict (organization_id, day, project_id, measure, class) do update set tasks = d.tasks + excluded.tasks
            """)
    }

    // MARK: Purging

    static func deleteFacts(of organizations: [UUID]) -> Query<Void> {
        Query("delete from task_facts where organization_id = any (\(organizations))")
    }

    /// Out of the sums too.
    static func deleteCounts(of organizations: [UUID], by scale: FigureScale) -> Query<Void> {
        Query(
            """
            with gone as (delete from \(fragment: scale.taskCounts) where organization_id = any (\(organizations)) returning *)
            update \(fragment: scale.taskCounts) as d set created = d.created - g.created, completed = d.completed - g.completed,
                reopened = d.reopened - g.reopened, cancelled = d.cancelled - g.cancelled, cycle_tasks = d.cycle_tasks - g.cycle_tasks,
                cycle_seconds = d.cycle_seconds - g.cycle_seconds, lead_seconds = d.lead_seconds - g.lead_seconds
            from (select day, sum(created)::bigint as created, sum(completed)::bigint as completed, sum(reopened)::bigint as reopened,
                    sum(cancelled)::bigint as cancelled, sum(cycle_tasks)::bigint as cycle_tasks,
                    sum(cycle_seconds)::bigint as cycle_seconds, sum(lead_seconds)::bigint as lead_seconds
                from gone group by day) as g
            where d.organization_id = \(UUID.everybody) and d.day = g.day
            """)
    }

    static func deleteTimes(of organizations: [UUID], by scale: FigureScale) -> Query<Void> {
        Query(
            """
            with gone as (delete from \(fragment: scale.taskTimes) where organization_id = any (\(organizations)) returning *)
            update \(fragment: scale.taskTimes) as t set tasks = t.tasks - g.tasks
            from (select day, measure, class, sum(tasks)::bigint as tasks from gone group by day, measure, class) as g
            where t.organization_id = \(UUID.everybody) and t.day = g.day and t.measure = g.measure and t.class = g.class
            """)
    }

    static func deleteEmptyCounts(by scale: FigureScale) -> Query<Void> {
        Query(
            """
            delete from \(fragment: scale.taskCounts)
            where organization_id = \(UUID.everybody) and (created, completed, reopened, cancelled) = (0, 0, 0, 0)
            """)
    }

    static func deleteEmptyTimes(by scale: FigureScale) -> Query<Void> {
        Query("delete from \(fragment: scale.taskTimes) where organization_id = \(UUID.everybody) and tasks = 0")
    }

    // MARK: Looking

    static func counts(_ filter: TaskFigureFilter) -> Query<TaskFigureRow> {
        let columns: SQL = "project_id, created, completed, reopened, cancelled, cycle_tasks, cycle_seconds, lead_seconds"
        return Query(
            """
            select \(fragment: filter.key), sum(created)::bigint, sum(completed)::bigint, sum(reopened)::bigint, sum(cancelled)::bigint,
                sum(cycle_tasks)::bigint, sum(cycle_seconds)::bigint, sum(lead_seconds)::bigint
            from (\(fragment: filter.rows(of: \.taskCounts, columns))) as d group by 1, 2
            """
        ) { row in
            TaskFigureRow(
                key: TaskFigureKey(start: try row.get(0), projectId: try row.get(1)),
                count: TaskCount(
                    created: try row.get(2), completed: try row.get(3), reopened: try row.get(4), cancelled: try row.get(5),
                    cycleTasks: try row.get(6), cycleSeconds: try row.get(7), leadSeconds: try row.get(8)))
        }
    }

    /// Counts come as arrays, as they are stored: to group those of days by class, begin their bucket for each and send them as rows costs several times
    /// what it takes to find them. Those of a project are too many for that; they are added up first, or all would have to be sorted.
    static func times(_ filter: TaskFigureFilter) -> Query<TaskFigureTimes> {
        let stored = filter.rows(of: \.taskTimes, "project_id, measure, class, tasks")
        let added: SQL = "select project_id, measure, class, sum(tasks)::bigint as tasks from (\(fragment: stored)) as s group by 1, 2, 3"
        let (rows, group): (SQL, SQL) = filter.byProject ? (added, "project_id") : (stored, "day")
        return Query(
            """
            select \(fragment: filter.key), measure, array_agg(class), array_agg(tasks) from (\(fragment: rows)) as t group by \(fragment: group), measure
            """
        ) { row in
            let places: [Int16] = try row.get(3)
            let tasks: [Int64] = try row.get(4)
            return TaskFigureTimes(
                key: TaskFigureKey(start: try row.get(0), projectId: try row.get(1)), measure: try row.get(2),
                counts: zip(places, tasks).map { (place: $0, tasks: $1) })
        }
    }
}

/// What a line of figures is about: a time, or a project over the whole range.
struct TaskFigureKey: Sendable, Hashable {
    let start: Timestamp?
    let projectId: UUID?
}

struct TaskFigureRow: Sendable {
    let key: TaskFigureKey
    let count: TaskCount
}

/// Some of the times of a line: those of a day or of a month, which may be one of many in it.
struct TaskFigureTimes: Sendable {
    let key: TaskFigureKey
    let measure: TaskTime.Measure
    /// In no order, a class once for each row that has it.
    let counts: [(place: Int16, tasks: Int64)]
}

extension TaskFigureFilter {
    fileprivate var key: SQL {
        byProject ? "null::timestamptz, project_id" : "\(fragment: range.start(of: "day")), null::uuid"
    }

    fileprivate func rows(of table: (FigureScale) -> SQL, _ columns: SQL) -> SQL {
        let owner: SQL = "organization_id = \(organizationId ?? .everybody)"
        let condition: SQL = projectId.map { "\(fragment: owner) and project_id = \($0)" } ?? owner
        return range.rows(of: table, columns, where: condition, wholly: byProject)
    }
}
