import Kernel
import Postgres

/// The statements on `worker_runs`, in the database of the consumer.
enum RunRecordQueries {
    /// What a monitor reads is not worth waiting for the disk.
    static func relax() -> Query<Void> {
        Query("select set_config('synchronous_commit', 'off', true)")
    }

    static func put(_ record: RunRecord) throws -> Query<Void> {
        let lanes = JSONText(try JSONCoding.encode(record.lanes))
        return Query(
            """
            insert into worker_runs as old (consumer, started_at, ended_at, outcome, error_code, error, succeeded_at, events, lanes, host, pid, version)
            values (\(record.consumer), \(record.startedAt), \(record.endedAt), \(record.outcome), \(record.errorCode), \(record.error),
                \(record.succeededAt), \(record.events), \(lanes), \(record.host), \(record.pid), \(record.version))
            on conflict (consumer) do update set started_at = excluded.started_at, ended_at = excluded.ended_at, outcome = excluded.outcome,
                error_code = excluded.error_code, error = excluded.error, succeeded_at = coalesce(excluded.succeeded_at, old.succeeded_at),
                events = excluded.events, lanes = excluded.lanes, host = excluded.host, pid = excluded.pid, version = excluded.version
            """)
    }

    static func get(consumer: String) -> Query<RunRecord> {
        Query(
            """
            select consumer, started_at, ended_at, outcome, error_code, error, succeeded_at, events, lanes, host, pid, version
            from worker_runs where consumer = \(consumer)
            """
        ) { row in
            RunRecord(
                consumer: try row.get(0), startedAt: try row.get(1), endedAt: try row.get(2), outcome: try row.get(3),
                errorCode: try row.get(4), error: try row.get(5), succeededAt: try row.get(6), events: try row.get(7),
                lanes: try JSONCoding.decode(from: try row.get(8, as: JSONText.self).text), host: try row.get(9), pid: try row.get(10),
                version: try row.get(11))
        }
    }
}
