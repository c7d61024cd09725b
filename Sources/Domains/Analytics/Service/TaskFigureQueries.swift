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

    // MARK: Counting

    private static let columns: SQL = """
        created, completed, reopened, cancelled, cycle_tasks, cycle_seconds, lead_seconds, cycle_classes, cycle_counts, lead_classes, lead_counts
        """

    /// - Parameter first: the index of `created` in the row.
    private static func count(_ row: Row, startingAt first: Int) throws -> TaskCount {
        TaskCount(
            created: try row.get(first), completed: try row.get(first + 1), reopened: try row.get(first + 2),
            cancelled: try row.get(first + 3), cycleTasks: try row.get(first + 4), cycleSeconds: try row.get(first + 5),
            leadSeconds: try row.get(first + 6),
            cycleTimes: TimeCounts(classes: try row.get(first + 7), tasks: try row.get(first + 8)),
            leadTimes: TimeCounts(classes: try row.get(first + 9), tasks: try row.get(first + 10)))
    }

    private static let day: SQL = "day::timestamp at time zone 'UTC'"

    /// What is there of these.
    static func counts(of days: [TaskDay], by scale: FigureScale) -> Query<(day: TaskDay, count: TaskCount)> {
        Query(
            """
            select organization_id, project_id, \(fragment: day), \(fragment: columns)
            from unnest(\(days.map(\.organizationId)), \(days.map(\.day)), \(days.map(\.projectId))) as k (organization_id, start, project_id)
            join \(fragment: scale.tasks) as t using (organization_id, project_id) where t.day = (k.start at time zone 'UTC')::date
            """
        ) { row in
            (
                TaskDay(organizationId: try row.get(0), projectId: try row.get(1), day: try row.get(2)),
                try count(row, startingAt: 3)
            )
        }
    }

    /// Puts these in the place of what is there.
    static func store(_ counts: [(day: TaskDay, count: TaskCount)], by scale: FigureScale) -> Query<Void> {
        // Arrays of arrays would have to be of one length.
        func classes(_ times: KeyPath<TaskCount, TimeCounts>) -> [String] { counts.map { $0.count[keyPath: times].classesText } }
        func tasks(_ times: KeyPath<TaskCount, TimeCounts>) -> [String] { counts.map { $0.count[keyPath: times].tasksText } }
        return Query(
            """
            insert into \(fragment: scale.tasks) (organization_id, day, project_id, \(fragment: columns))
            select n.organization_id, (n.day at time zone 'UTC')::date, n.project_id, n.created, n.completed, n.reopened, n.cancelled,
                n.cycle_tasks, n.cycle_seconds, n.lead_seconds, n.cycle_classes::smallint[], n.cycle_counts::bigint[],
                n.lead_classes::smallint[], n.lead_counts::bigint[]
            from unnest(\(counts.map(\.day.organizationId)), \(counts.map(\.day.day)), \(counts.map(\.day.projectId)),
                \(counts.map(\.count.created)), \(counts.map(\.count.completed)), \(counts.map(\.count.reopened)),
                \(counts.map(\.count.cancelled)), \(counts.map(\.count.cycleTasks)), \(counts.map(\.count.cycleSeconds)),
                \(counts.map(\.count.leadSeconds)), \(classes(\.cycleTimes)), \(tasks(\.cycleTimes)), \(classes(\.leadTimes)),
                \(tasks(\.leadTimes))) as n (organization_id, day, project_id, \(fragment: columns))
            on conflict (organization_id, day, project_id) do update set created = excluded.created, completed = excluded.completed,
                reopened = excluded.reopened, cancelled = excluded.cancelled, cycle_tasks = excluded.cycle_tasks,
                cycle_seconds = excluded.cycle_seconds, lead_seconds = excluded.lead_seconds, cycle_classes = excluded.cycle_classes,
                cycle_counts = excluded.cycle_counts, lead_classes = excluded.lead_classes, lead_counts = excluded.lead_counts
            """)
    }

    // MARK: Purging

    static func deleteFacts(of organizations: [UUID]) -> Query<Void> {
        Query("delete from task_facts where organization_id = any (\(organizations))")
    }

    /// - Returns: what they had, a row for each project and day.
    static func deleteCounts(of organizations: [UUID], by scale: FigureScale) -> Query<(day: Timestamp, count: TaskCount)> {
        Query(
            """
            delete from \(fragment: scale.tasks) where organization_id = any (\(organizations)) returning \(fragment: day), \(fragment: columns)
            """
        ) { row in (try row.get(0), try count(row, startingAt: 1)) }
    }

    static func deleteEmptySums(by scale: FigureScale) -> Query<Void> {
        Query(
            """
            delete from \(fragment: scale.tasks)
            where organization_id = \(UUID.everybody) and (created, completed, reopened, cancelled) = (0, 0, 0, 0)
            """)
    }

    // MARK: Looking

    /// In no order, and several of a line: they are for adding up where nothing has to be grouped for it.
    static func figures(_ filter: TaskFigureFilter) -> Query<(key: TaskFigureKey, count: TaskCount)> {
        Query(
            """
            select \(fragment: filter.key), \(fragment: columns)
            from (\(fragment: filter.range.rows(of: \.tasks, "project_id, \(fragment: columns)", where: filter.owner, wholly: filter.byProject))) as t
            """
        ) { row in (TaskFigureKey(start: try row.get(0), projectId: try row.get(1)), try count(row, startingAt: 2)) }
    }
}

/// What a line of figures is about: a time, or a project over the whole range.
struct TaskFigureKey: Sendable, Hashable {
    let start: Timestamp?
    let projectId: UUID?
}

extension TaskFigureFilter {
    fileprivate var key: SQL {
        byProject ? "null::timestamptz, project_id" : "\(fragment: range.start(of: "day")), null::uuid"
    }

    fileprivate var owner: SQL {
        let owner: SQL = "organization_id = \(organizationId ?? .everybody)"
        return projectId.map { "\(fragment: owner) and project_id = \($0)" } ?? owner
    }
}
