import FoundationEssentials
public import Kernel
public import Postgres

/// What a consumer's database knows of all of its lanes at once: queries that may share a round trip. Each gives a row for a lane that it has
/// something to say about, whatever the number of lanes.
public struct ConsumerLanes: Sendable {
    public let consumer: String
    public let sources: [String]

    public init(consumer: String, sources: [String]) {
        self.consumer = consumer
        self.sources = sources
    }

    /// How far a lane has come.
    public struct Head: Sendable {
        public let source: String
        public let checkpoint: LaneCheckpoint
        /// `nil` where what is stored cannot be read: ``LaneStop/unreadableCheckpoint(_:)``.
        public let epoch: Epoch?
        public let epochText: String
    }

    /// Who has a lane.
    public struct Holding: Sendable {
        public let source: String
        public let holder: LaneHolder
    }

    /// A lane that has letters.
    public struct Outlook: Sendable {
        public let source: String
        /// When the first of them may be tried; `nil` where all are dead.
        public let due: Timestamp?
    }

    /// What a lane has set aside.
    public struct Letters: Sendable {
        public let source: String
        public let count: DeadLetterCount
        /// What the newest of those that were tried met.
        public let error: String?
    }

    /// Where a lane stands before it does anything.
    public struct Standing: Sendable {
        /// `nil` for a lane that has applied nothing yet.
        public let head: Head?
        public let hasLetters: Bool
        /// When the first of its letters may be tried.
        public let due: Timestamp?
    }

    /// All lanes, in one round trip.
    public func standings(in session: Session) throws -> [String: Standing] {
        let (heads, outlooks) = try session.pipeline(heads, outlooks)
        return Dictionary(
            sources.map { source in
                let outlook = outlooks.rows.first { $0.source == source }
                let head = heads.rows.first { $0.source == source }
                return (source, Standing(head: head, hasLetters: outlook != nil, due: outlook?.due))
            }
        ) { first, _ in first }
    }

    public var heads: Query<Head> {
        Query(
            """
            select h.seq, h.lo, h.hi, h.floor, h.ceil, h.late, h.position, h.epoch, h.tail_positions, h.tail_ids, h.events, l.source
            from unnest(\(sources)) as l (source) cross join lateral (
                select * from checkpoints as c where c.consumer = \(consumer) and c.source = l.source order by c.seq desc limit 1) as h
            """
        ) { row in
            let stored = try CheckpointQueries.stored(row)
            return Head(source: try row.get(11), checkpoint: stored.checkpoint, epoch: Epoch(stored.epoch), epochText: stored.epoch)
        }
    }

    public var holders: Query<Holding> {
        Query(
            """
            select h.pid, nullif(a.application_name, ''), host(a.client_addr), l.source
            from unnest(\(sources)) as l (source)
            cross join lateral hashtextextended('saasctl.lane:' || \(consumer) || '<' || l.source, 0) as key (value)
            join pg_locks as h on h.locktype = 'advisory' and h.granted and h.objsubid = 1
                and h.database = (select oid from pg_database where datname = current_database())
                and h.classid::bigint = (key.value >> 32) & 4294967295 and h.objid::bigint = key.value & 4294967295
            join pg_stat_activity as a using (pid)
            """
        ) { row in
            Holding(
                source: try row.get(3), holder: LaneHolder(pid: try row.get(0), application: try row.get(1), host: try row.get(2)))
        }
    }

    /// Only lanes that have letters.
    public var outlooks: Query<Outlook> {
        Query(
            """
            select l.source, (\(fragment: DeadLetterQueries.nextAttempt(consumer, "l.source"))) from unnest(\(sources)) as l (source)
            where exists (select from dead_letters as d where d.consumer = \(consumer) and d.source = l.source)
            """
        ) { Outlook(source: try $0.get(0), due: try $0.get(1)) }
    }

    /// Counts each state up to ``DeadLetterCount/limit``.
    public var letters: Query<Letters> {
        Query(
            """
            select l.source, n.retrying, n.dead, n.parked, (
                select newest.error from (
                    (select d.turn, d.error from dead_letters as d
                    where d.consumer = \(consumer) and d.source = l.source and d.state = 'retrying' order by d.turn desc limit 1)
                    union all
                    (select d.turn, d.error from dead_letters as d
                    where d.consumer = \(consumer) and d.source = l.source and d.state = 'dead' order by d.turn desc limit 1)
                ) as newest order by newest.turn desc limit 1)
            from unnest(\(sources)) as l (source) cross join lateral (\(fragment: DeadLetterQueries.counts(consumer, "l.source"))) as n
            """
        ) { row in
            Letters(source: try row.get(0), count: try DeadLetterQueries.count(row, startingAt: 1), error: try row.get(4))
        }
    }
}
