import Postgres

/// A transaction that has written something and has neither been committed nor rolled back.
///
/// It delays no lane but for its own events; partitions are kept for it, and a forgotten one keeps the server from tidying up.
public struct OpenWriter: Sendable, Codable, Hashable {
    /// `nil` for a prepared transaction, which belongs to no session.
    public let pid: Int32?
    /// The name of a prepared transaction.
    public let prepared: String?
    public let database: String?
    public let role: String?
    public let application: String?
    /// By the server's clock; `nil` where the asking role may not see the sessions of that other one (`pg_read_all_stats`).
    public let ageMs: Int64?
}

enum OpenWriterQueries {
    /// The oldest of the whole server by its transaction id, which is shown to everybody; the time of its begin is not.
    static func oldest() -> Query<OpenWriter> {
        Query(
            """
            select pid, prepared, database, role, application, (extract(epoch from clock_timestamp() - since) * 1000)::bigint
            from (
                select pid, null as prepared, datname::text as database, usename::text as role, nullif(application_name, '') as application,
                    xact_start as since, age(backend_xid) as age
                from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()
                union all
                select null, gid, database::text, owner::text, null, prepared, age(transaction) from pg_prepared_xacts
            ) as writers order by age desc limit 1
            """
        ) { row in
            OpenWriter(
                pid: try row.get(0), prepared: try row.get(1), database: try row.get(2), role: try row.get(3), application: try row.get(4),
                ageMs: try row.get(5))
        }
    }
}
