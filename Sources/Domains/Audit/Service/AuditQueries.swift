import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// Every SQL statement of the audit service.
enum AuditQueries {
    static func lastOrdinal(source: String) -> Query<Int64> {
        Query("select coalesce(max(ordinal), 0) from entries where source = \(source)") { try $0.get(0) }
    }

    static let copyEntries: SQL = """
        copy entries (source, ordinal, \(fragment: StoredEvent.columns)) from stdin (format binary)
        """

    // MARK: Sequencing

    /// One sequencer at a time, whatever number of workers there are; held until the transaction ends. Two ends of indexes for each source: a
    /// join would be planned while the log is small, and read all of it ever after.
    ///
    /// - Returns: whether this is the one; `nil` where no entry waits for its leaf.
    static func takeSequencer(sources: [String]) -> Query<Bool?> {
        Query(
            """
            select case when exists (
                select from \(fragment: next(sources))
                where (select ordinal from entries where source = s.source order by ordinal desc limit 1) >= next.ordinal)
            then pg_try_advisory_xact_lock(hashtextextended('saasctl.audit.sequencer', 0)) end
            """
        ) { try $0.get(0) }
    }

    /// Ordinals are dense per source, so the last run of a source says where to go on.
    private static func next(_ sources: [String]) -> SQL {
        """
        unnest(\(sources)) with ordinality as s (source, nth)
        cross join lateral (
            select coalesce((
                select first_ordinal + entries from leaf_runs where source = s.source order by first_ordinal desc limit 1), 1) as ordinal
        ) as next
        """
    }

    struct Head: Sendable {
        let size: Int64
        let frontier: [[UInt8]]
        let eventSequence: Int64
    }

    static func head() -> Query<Head> {
        Query("select size, frontier, event_sequence from tree_heads order by size desc limit 1") { row in
            Head(size: try row.get(0), frontier: try row.get(1, as: [Bytea].self).map(\.bytes), eventSequence: try row.get(2))
        }
    }

    struct Unsequenced: Sendable {
        let source: String
        let ordinal: Int64
        let position: Int64
        let hash: [UInt8]
        let type: String
    }

    /// The next entries of each source that have no leaf yet, in the order of their arrival. A range of ordinals holds what a limit would,
    /// whatever the planner knows of the table.
    static func unsequenced(sources: [String], limit: Int) -> Query<Unsequenced> {
        Query(
            """
            select e.source, e.ordinal, e.position, e.hash, e.type from \(fragment: next(sources))
            join entries as e on e.source = s.source and e.ordinal >= next.ordinal and e.ordinal < next.ordinal + \(limit)::int
            order by s.nth, e.ordinal limit \(limit)
            """
        ) { row in
            Unsequenced(
                source: try row.get(0), ordinal: try row.get(1), position: try row.get(2), hash: try row.get(3, as: Bytea.self).bytes,
                type: try row.get(4))
        }
    }

    /// Leaves that follow each other, of entries of one source that do.
    struct Run: Sendable {
        let firstLeaf: Int64
        let source: String
        let firstOrdinal: Int64
        var entries: Int32
        /// 32 bytes for each.
        var hashes: [UInt8]
    }

    static func insertRuns(_ runs: [Run]) -> Query<Void> {
        Query(
            """
            insert into leaf_runs (first_leaf, source, first_ordinal, entries, hashes)
            select * from unnest(\(runs.map(\.firstLeaf)), \(runs.map(\.source)), \(runs.map(\.firstOrdinal)), \(runs.map(\.entries)),
                \(runs.map { Bytea($0.hashes) }))
            """)
    }

    static func insertHead(_ tree: MerkleFrontier, eventSequence: Int64, at now: Timestamp) -> Query<Void> {
        Query(
            """
            insert into tree_heads (size, root, frontier, event_sequence, made_at)
            values (\(tree.size), \(Bytea(tree.root)), \(tree.subtrees.map { Bytea($0) }), \(eventSequence), \(now))
            """)
    }

    /// Puts the keys of entries that wait for it into the index by which entries are found; commits nothing, and a rollback does not undo it.
    static func placeKeys() -> Query<Int64> {
        Query("select place_entry_keys()") { try $0.get(0) }
    }

    // MARK: Archive

    /// An underscore in a type matches any character, so that a few more types may come. The row with which the bytes are reached is the last.
    static func archive(_ request: ArchiveRequest, upTo end: Int64) -> SQL {
        let types: SQL = request.types.map { "and type like any (\($0.map { "\($0).v%" }))" } ?? ""
        return """
            select ordinal, \(fragment: StoredEvent.columns) from (
                select *, coalesce(sum(octet_length(data::text)) over (
                    order by ordinal rows between unbounded preceding and 1 preceding), 0) as bytes_before
                from (
                    select ordinal, \(fragment: StoredEvent.columns) from entries
                    where source = \(request.source) and ordinal > \(request.after) and ordinal <= \(end) \(fragment: types)
                    order by ordinal limit \(request.limit)) as rows
            ) as counted where bytes_before < \(request.bytes) order by ordinal
            """
    }

    // MARK: Reading

    /// As the index `entries_keys` has them.
    private static let keys: SQL = "array[e.organization_id, e.subject, e.correlation_id]"

    private static func matches(_ filter: AuditFilter) -> SQL {
        """
        (\(filter.organizationId)::uuid is null or e.organization_id = \(filter.organizationId)::uuid
                and \(fragment: keys) @> array[\(filter.organizationId)::uuid])
            and (\(filter.correlationId)::uuid is null or e.correlation_id = \(filter.correlationId)::uuid
                and \(fragment: keys) @> array[\(filter.correlationId)::uuid])
            and (\(filter.subject)::uuid is null or e.subject = \(filter.subject)::uuid
                and \(fragment: keys) @> array[\(filter.subject)::uuid])
            and (\(filter.actor)::text is null or e.actor = \(filter.actor)::text)
            and (\(filter.type)::text is null or e.type = \(filter.type)::text
                or regexp_replace(e.type, '[.]v[0-9]+$', '') = \(filter.type)::text)
            and (\(filter.source)::text is null or e.source = \(filter.source)::text)
            and (\(filter.since)::timestamptz is null or e.time >= \(filter.since)::timestamptz)
            and (\(filter.until)::timestamptz is null or e.time < \(filter.until)::timestamptz)
        """
    }

    /// The columns that ``record(_:)`` reads, of `e` and of the run `r` in which it has its leaf.
    private static let record: SQL = """
        e.source, case when r.entries > e.ordinal - r.first_ordinal then r.first_leaf + e.ordinal - r.first_ordinal end,
        e.position, e.id, e.type, e.subject, e.sequence, e.time, e.organization_id, e.correlation_id, e.causation_id, e.actor, e.traceparent,
        e.data, e.hash
        """

    private static func record(_ row: Row) throws -> AuditRecord {
        AuditRecord(leaf: try row.get(1), event: try StoredEvent(row, source: try row.get(0), startingAt: 2))
    }

    /// Newest first.
    static func list(_ filter: AuditFilter, before cursor: PageCursor?, limit: Int) -> Query<AuditRecord> {
        Query(
            """
            select \(fragment: record)
            from entries as e left join lateral (
                select first_leaf, first_ordinal, entries from leaf_runs
                where source = e.source and first_ordinal <= e.ordinal order by first_ordinal desc limit 1) as r on true
            where \(fragment: matches(filter))
                and (\(cursor?.time)::timestamptz is null or e.time <= \(cursor?.time)::timestamptz
                    and (e.time, e.id) < (\(cursor?.time)::timestamptz, \(cursor?.id)::uuid))
            order by e.time desc, e.id desc limit \(limit)
            """, record)
    }

    /// Those of some leaves, in the order of the tree. Without the offset the planner would join, and read the whole log for each few leaves.
    static func stretch(_ leaves: Range<Int64>, _ filter: AuditFilter) -> Query<AuditRecord> {
        Query(
            """
            select \(fragment: record)
            from (
                select first_leaf, source, first_ordinal, entries from leaf_runs where first_leaf < \(leaves.upperBound)
                    and first_leaf >= coalesce((
                        select first_leaf from leaf_runs where first_leaf <= \(leaves.lowerBound) order by first_leaf desc limit 1), 0)
            ) as r
            cross join lateral (
                select * from entries where source = r.source
                    and ordinal >= r.first_ordinal + greatest(0, \(leaves.lowerBound) - r.first_leaf)
                    and ordinal < r.first_ordinal + least(r.entries, \(leaves.upperBound) - r.first_leaf)
                offset 0
            ) as e
            where \(fragment: matches(filter)) order by 2
            """, record)
    }

    /// Where the time is known an index finds it; otherwise all entries are looked at.
    static func record(of event: UUID, at instants: Range<Timestamp>?) -> Query<AuditRecord> {
        Query(
            """
            select \(fragment: record)
            from entries as e left join lateral (
                select first_leaf, first_ordinal, entries from leaf_runs
                where source = e.source and first_ordinal <= e.ordinal order by first_ordinal desc limit 1) as r on true
            where e.id = \(event) and (\(instants?.lowerBound)::timestamptz is null
                or e.time >= \(instants?.lowerBound)::timestamptz and e.time < \(instants?.upperBound)::timestamptz)
            limit 1
            """, record)
    }

    /// The number of leaves.
    static func size() -> Query<Int64> {
        Query("select coalesce(max(size), 0) from tree_heads") { try $0.get(0) }
    }
}
