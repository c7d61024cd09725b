import FoundationEssentials
public import Kernel
public import Postgres

/// The checkpoints of one lane, in the database of its consumer.
public struct CheckpointStore: Sendable {
    public let consumer: String
    public let source: String

    public init(consumer: String, source: String) {
        self.consumer = consumer
        self.source = source
    }

    /// The newest checkpoint with the epoch it counts in; `nil` for a lane that has applied nothing yet.
    ///
    /// - Throws: ``LaneStop/unreadableCheckpoint(_:)``, or `PostgresError`.
    public func head(in session: Session) throws -> (checkpoint: LaneCheckpoint, epoch: Epoch)? {
        guard let stored = try session.first(CheckpointQueries.head(consumer: consumer, source: source)) else { return nil }
        guard let epoch = Epoch(stored.epoch) else { throw LaneStop.unreadableCheckpoint(stored.epoch) }
        return (stored.checkpoint, epoch)
    }

    /// The events that the checkpoints which are kept name as the last ones applied, as far as they count in this epoch.
    public func tails(in epoch: Epoch, _ session: Session) throws -> [LaneCheckpoint.Tail] {
        try session.all(CheckpointQueries.tails(consumer: consumer, source: source, epoch: epoch))
    }

    /// Appends a checkpoint in the transaction of its chunk's effects.
    ///
    /// - Returns: false where another worker has moved the lane since it was read. The caller rolls back; it is no event's fault.
    public func append(_ checkpoint: LaneCheckpoint, epoch: Epoch, at now: Timestamp, in session: Session) throws -> Bool {
        do {
            return try session.run(CheckpointQueries.append(checkpoint, epoch: epoch, at: now, consumer: consumer, source: source)) == 1
        } catch let error as PostgresError where error.sqlState == .uniqueViolation && error.constraint == "checkpoints_pkey" {
            return false
        }
    }

    /// Deletes all but the newest `keeping` checkpoints.
    public func prune(keeping: Int64, head: Int64, in session: Session) throws {
        try session.run(CheckpointQueries.prune(below: head - keeping + 1, consumer: consumer, source: source))
    }

    /// Takes the lane for this session until it ends, or says that somebody else has it. No wait.
    public func tryLock(in session: Session) throws -> Bool {
        try session.one(CheckpointQueries.tryLock(consumer: consumer, source: source))
    }

    public func unlock(in session: Session) throws {
        _ = try session.one(CheckpointQueries.unlock(consumer: consumer, source: source))
    }

    /// The session that holds the lane; `nil` while none does.
    public func holder(in session: Session) throws -> LaneHolder? {
        try session.first(CheckpointQueries.holder(consumer: consumer, source: source))
    }
}

enum CheckpointQueries {
    struct Stored: Sendable {
        let checkpoint: LaneCheckpoint
        let epoch: String
    }

    static func head(consumer: String, source: String) -> Query<Stored> {
        Query(
            """
            select seq, lo, hi, floor, ceil, late, position, epoch, tail_positions, tail_ids, events from checkpoints
            where consumer = \(consumer) and source = \(source) order by seq desc limit 1
            """, stored)
    }

    static func stored(_ row: Row) throws -> Stored {
        var window: Window?
        if let hi = try row.get(2, as: Snapshot?.self) {
            window = Window(hi: hi, floor: try row.get(3), ceil: try row.get(4), late: try row.get(5))
        }
        let tail = zip(try row.get(8, as: [Int64].self), try row.get(9, as: [UUID].self)).map(LaneCheckpoint.Tail.init)
        return Stored(
            checkpoint: LaneCheckpoint(
                lo: try row.get(1), window: window, position: try row.get(6), sequence: try row.get(0), tail: tail,
                events: try row.get(10)),
            epoch: try row.get(7))
    }

    static func tails(consumer: String, source: String, epoch: Epoch) -> Query<LaneCheckpoint.Tail> {
        Query(
            """
            select distinct t.position, t.id from checkpoints as c cross join lateral unnest(c.tail_positions, c.tail_ids) as t (position, id)
            where c.consumer = \(consumer) and c.source = \(source) and c.epoch = \(epoch.description)
            """
        ) { LaneCheckpoint.Tail(position: try $0.get(0), id: try $0.get(1)) }
    }

    static func append(_ checkpoint: LaneCheckpoint, epoch: Epoch, at now: Timestamp, consumer: String, source: String) -> Query<Void> {
        let window = checkpoint.window
        return Query(
            """
            insert into checkpoints (consumer, source, seq, lo, hi, floor, ceil, late, position, epoch, tail_positions, tail_ids, events, applied_at)
            select \(consumer)::text, \(source)::text, \(checkpoint.sequence)::bigint, \(checkpoint.lo)::pg_snapshot, \(window?.hi)::pg_snapshot,
                \(window?.floor)::bigint, \(window?.ceil)::bigint, \(window?.late ?? []), \(checkpoint.position)::bigint, \(epoch.description)::text,
                \(checkpoint.tail.map(\.position)), \(checkpoint.tail.map(\.id)), \(checkpoint.events)::bigint, \(now)::timestamptz
            where (select coalesce(max(seq), 0) from checkpoints where consumer = \(consumer) and source = \(source)) = \(checkpoint.sequence - 1)::bigint
            """)
    }

    /// Goes back a bounded way only: while somebody holds a snapshot, what was deleted before stays in the index, and each walk over all of it
    /// would be longer than the last one.
    static func prune(below seq: Int64, consumer: String, source: String) -> Query<Void> {
        Query(
            """
            delete from checkpoints where consumer = \(consumer) and source = \(source) and seq < \(seq) and seq >= \(seq - 1_000)
            """)
    }

    private static func key(_ consumer: String, _ source: String) -> SQL {
        "hashtextextended(\("saasctl.lane:\(consumer)<\(source)"), 0)"
    }

    static func tryLock(consumer: String, source: String) -> Query<Bool> {
        Query("select pg_try_advisory_lock(\(fragment: key(consumer, source)))") { try $0.get(0) }
    }

    static func unlock(consumer: String, source: String) -> Query<Bool> {
        Query("select pg_advisory_unlock(\(fragment: key(consumer, source)))") { try $0.get(0) }
    }

    /// An advisory lock on a bigint shows its halves as classid and objid (pg_locks).
    static func holder(consumer: String, source: String) -> Query<LaneHolder> {
        Query(
            """
            select l.pid, nullif(a.application_name, ''), host(a.client_addr) from pg_locks as l join pg_stat_activity as a using (pid),
                (select \(fragment: key(consumer, source)) as value) as key
            where l.locktype = 'advisory' and l.granted and l.database = (select oid from pg_database where datname = current_database())
                and l.objsubid = 1 and l.classid::bigint = (key.value >> 32) & 4294967295 and l.objid::bigint = key.value & 4294967295
            """
        ) { LaneHolder(pid: try $0.get(0), application: try $0.get(1), host: try $0.get(2)) }
    }
}
