import Kernel
import Postgres

/// What monitors ask of the tables that all services have.
enum VitalsQueries {
    /// What costs nothing but the way to the server and back.
    static let roundTrip = Query<Void>("select")

    /// A partition that was never analyzed has -1 rows by `reltuples`, and none by `n_live_tup` after a crash.
    static func vitals(at now: Timestamp) -> Query<ServiceVitals> {
        Query(
            """
            select split_part(current_setting('server_version'), ' ', 1),
                (select coalesce(sum(greatest(c.reltuples::bigint, s.n_live_tup, 0)), 0)::bigint
                    from pg_inherits as i join pg_class as c on c.oid = i.inhrelid left join pg_stat_all_tables as s on s.relid = c.oid
                    where i.inhparent = 'outbox'::regclass),
                (select coalesce(max(upper), 1) from outbox_partitions) - 1 - (select coalesce(max(position), 0) from outbox),
                (select count(*) from (select from due where next_at <= \(now) limit \(ServiceVitals.limit)) as o),
                (select count(*) from (select from due where attempts > 0 and attempts >= \(DueStore.notableFailures)
                    limit \(ServiceVitals.limit)) as f)
            """
        ) { row in
            ServiceVitals(
                serverVersion: try row.get(0), outboxRows: try row.get(1), outboxRoom: try row.get(2), overdueTimers: try row.get(3),
                failingTimers: try row.get(4))
        }
    }
}
