import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements of what is due.
enum DueQueries {
    static func insert(_ kind: String, _ appointments: [DueStore.Appointment]) -> Query<Void> {
        Query(
            """
            insert into due (id, kind, subject, due_at, next_at, correlation_id)
            select a.id, \(kind), a.subject, a.due_at, a.due_at, a.correlation_id
            from unnest(\(appointments.map(\.id)), \(appointments.map(\.subject)), \(appointments.map(\.due)), \(appointments.map(\.correlation)))
                as a (id, subject, due_at, correlation_id)
            """)
    }

    static func outlook(_ kinds: [String], at now: Timestamp, failingAfter attempts: Int) -> Query<DueStore.Outlook> {
        Query(
            """
            select exists (select from due where next_at <= \(now) and kind = any (\(kinds))), count(f.*),
                (array_agg(f.kind order by f.due_at, f.id))[1], (array_agg(f.subject order by f.due_at, f.id))[1],
                (array_agg(f.attempts order by f.due_at, f.id))[1], (array_agg(f.error order by f.due_at, f.id))[1]
            from due as f where f.attempts > 0 and f.attempts >= \(attempts) and f.kind = any (\(kinds))
            """
        ) { row in
            let kind: String? = try row.get(2)
            return DueStore.Outlook(
                isDue: try row.get(0), failing: try row.get(1),
                first: try kind.map {
                    DueStore.Trouble(kind: $0, subject: try row.get(3), attempts: try row.get(4), error: try row.get(5))
                })
        }
    }

    static func tryLock() -> Query<Bool> {
        Query("select pg_try_advisory_xact_lock(hashtextextended('saasctl.due', 0))") { try $0.get(0) }
    }

    static func claim(_ kinds: [String], at now: Timestamp, limit: Int) -> Query<DueEntry> {
        Query(
            """
            select id, kind, subject, due_at, correlation_id, attempts from due where next_at <= \(now) and kind = any (\(kinds))
            order by next_at, due_at, id limit \(limit) for update skip locked
            """
        ) { row in
            DueEntry(
                id: try row.get(0), kind: try row.get(1), subject: try row.get(2), dueAt: try row.get(3), correlationId: try row.get(4),
                attempts: try row.get(5))
        }
    }

    static func remove(_ ids: [UUID]) -> Query<Void> {
        Query("delete from due where id = any (\(ids))")
    }

    static func putOff(_ id: UUID, until next: Timestamp, because failure: Failure, at now: Timestamp) -> Query<Void> {
        Query(
            """
            update due set next_at = greatest(\(next), due_at), attempts = attempts + 1, attempted_at = \(now),
                error_code = \(failure.code.name), error = \(failure.message)
            where id = \(id)
            """)
    }
}
