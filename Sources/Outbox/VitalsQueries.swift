import Kernel
import Postgres

/// What monitors ask of the tables that all services have.
enum VitalsQueries {
    /// What costs nothing but the way to the server and back.
    static let roundTrip = Query<Void>("select")

    /// A partition that was never analyzed has -1 rows by `reltuples`, and none by `n_live_tup` after a crash.
    /// What was tried in vain waits for its next attempt, and is as overdue. Each half is as short as what it finds, by its index.
    static func vitals(at now: Timestamp) -> Query<ServiceVitals> {
        Query(
            """
            select split_part(current_setting('server_version'), ' ', 1),
                (select coalesce(sum(greatest(c.reltuples::bigint, s.n_live_tup, 0)), 0)::bigint
                    from pg_inherits as i join pg_class as c on c.oid = i.inhrelid left join pg_stat_all_tables as s on s.relid = c.oid
                    where i.inhparent = 'outbox'::regclass),
                (select coalesce(max(upper), 1) from outbox_partitions) - 1 - (select coalesce(max(position), 0) from outbox),
                o.number,
                (select count(*) from (select from due where attempts > 0 and attempts >= \(DueStore.notableFailures)
                    limit \(ServiceVitals.limit)) as f),
                o.first
            from (select count(*), min(due_at) from (
                (select due_at from due where next_at <= \(now) order by next_at, due_at, id limit \(ServiceVitals.limit))
                union all
                (select due_at from due where attempts > 0 and next_at > \(now) and due_at <= \(now) limit \(ServiceVitals.limit))
            ) as d) as o (number, first)
            """
        ) { row in
            let overdue: Int64 = try row.get(3)
            return ServiceVitals(
                serverVersion: try row.get(0), outboxRows: try row.get(1), outboxRoom: try row.get(2),
                overdueTimers: min(overdue, Int64(ServiceVitals.limit)), failingTimers: try row.get(4), overdueSince: try row.get(5))
        }
    }
}
