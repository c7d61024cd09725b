import FoundationEssentials
import Kernel
import Postgres

/// The statements behind ``WindowReader``.
enum WindowQueries {
    /// Without statistics the planner prefers to sort the rest of the window for each chunk; just-in-time compilation takes longer than
    /// an empty poll.
    static func settings() -> Query<Void> {
        Query(
            """
            select set_config('enable_bitmapscan', 'off', false), set_config('enable_seqscan', 'off', false),
                set_config('enable_sort', 'off', false), set_config('jit', 'off', false)
            """)
    }

    /// No row value on a standby, which has no WAL position of its own. pg_control_checkpoint() would show the old timeline after a
    /// promotion; the name of the current WAL file does not.
    static func identity() -> Query<Epoch?> {
        Query(
            """
            select pg_is_in_recovery(), (select system_identifier from pg_control_system())::text,
                case when not pg_is_in_recovery() then ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint end,
                (select oid from pg_database where datname = current_database())::bigint, 'outbox'::regclass::oid::bigint
            """
        ) { row in
            if try row.get(0, as: Bool.self) { return nil }
            return Epoch(systemIdentifier: try row.get(1), timeline: try row.get(2), database: try row.get(3), outbox: try row.get(4))
        }
    }

    static func count(of tail: [LaneCheckpoint.Tail]) -> Query<Int> {
        Query(
            """
            select count(*) from unnest(\(tail.map(\.position)), \(tail.map(\.id))) as t (position, id)
            join outbox as o on o.position = t.position and o.id = t.id
            """
        ) { try $0.get(0) }
    }

    /// One statement, and so one snapshot for hi and for all that is derived from it. It writes nothing, so the session has no
    /// transaction id that hi could list as running.
    ///
    /// What hi sees beyond the newest row is cut off: it changes nothing now, but those transaction ids may not have been written to disk yet,
    /// and a server that crashes hands them out again.
    static func open(after lo: Snapshot) -> Query<WindowCursor.Opening> {
        Query(
            """
            with s as materialized (select pg_current_snapshot() as hi, \(lo)::pg_snapshot as lo),
            late as materialized (
                select l.xid, r.position from s cross join lateral pg_snapshot_xip(s.lo) as l (xid)
                cross join lateral (
                    select o.position from outbox as o where \(fragment: isOf("l.xid", after: 0)) order by o.txid, o.position limit 1) as r
                where pg_visible_in_snapshot(l.xid, s.hi)),
            ordinary as materialized (
                select min(o.position) as floor, max(o.position) as ceil from s, outbox as o
                where o.txid >= pg_snapshot_xmax(s.lo) and o.txid < pg_snapshot_xmax(s.hi) and pg_visible_in_snapshot(o.txid, s.hi))
            select s.hi, coalesce(ordinary.floor, 0), coalesce(ordinary.ceil, 0), array(select xid from late order by xid),
                (select min(position) from late),
                pg_snapshot_xmin(s.hi) >= pg_snapshot_xmin(s.lo) and pg_snapshot_xmax(s.hi) >= pg_snapshot_xmax(s.lo),
                pg_is_in_recovery(),
                case when ordinary.ceil is not null then (
                    select o.txid from outbox as o
                    where o.txid >= pg_snapshot_xmax(s.lo) and o.txid < pg_snapshot_xmax(s.hi) and pg_visible_in_snapshot(o.txid, s.hi)
                    order by o.txid desc limit 1) end
            from s, ordinary
            """
        ) { row in
            let hi = try row.get(0, as: Snapshot.self)
            let newest = try row.get(7, as: Xid8?.self)
            return WindowCursor.Opening(
                window: Window(
                    hi: newest.map { hi.limited(to: $0.next) } ?? hi, floor: try row.get(1), ceil: try row.get(2), late: try row.get(3)),
                lowestLate: try row.get(4), isForward: try row.get(5), isStandby: try row.get(6))
        }
    }

    /// A condition on rows `o`, to be ordered by `txid, position`. Were it `txid = …`, the planner would take that for constant, and where it
    /// believes the transaction to be large, walk along the positions of all others to find it.
    private static func isOf(_ xid: SQL, after position: Int64) -> SQL {
        """
        (o.txid, o.position) > (\(fragment: xid), \(position)::bigint) and (o.txid, o.position) <= (\(fragment: xid), \(Int64.max)::bigint)
            and o.position > \(position)
        """
    }

    /// The rows of late transactions are read by an index scan each; the ordinary ones by one range scan over positions. A condition on
    /// txid in the range scan would make the planner take the other index and sort the whole window for every chunk.
    ///
    /// Its parameters have a text form.
    static func chunk(_ request: ChunkRequest) -> SQL {
        let window = request.window
        let start = max(request.after, window.floor - 1)
        let ordinary: SQL = """
            select \(fragment: StoredEvent.columns) from outbox
            where position > \(start) and position <= \(window.ceil) and pg_visible_in_snapshot(txid, \(window.hi)::pg_snapshot)
                and not pg_visible_in_snapshot(txid, \(request.lo)::pg_snapshot)
            """
        guard !window.late.isEmpty else { return "\(fragment: ordinary) order by position limit \(request.limit)" }
        let late: SQL = "\("{\(window.late.map { String($0.value) }.joined(separator: ","))}")::xid8[]"
        // Ordinary rows beyond the last one that late transactions fill the chunk to are not looked for: among a million late rows that
        // would be a long way, and the same one for each chunk.
        return """
            with late as materialized (
                select r.* from unnest(\(fragment: late)) as l (xid)
                cross join lateral (
                    select \(fragment: StoredEvent.columns) from outbox as o
                    where \(fragment: isOf("l.xid", after: request.after)) order by txid, position limit \(request.limit)) as r)
            select * from (
                (\(fragment: ordinary) and txid <> all (\(fragment: late))
                    and position <= coalesce((select position from late order by position offset \(request.limit - 1) limit 1), \(window.ceil))
                    order by position limit \(request.limit))
                union all (select * from late)
            ) as both_kinds order by position limit \(request.limit)
            """
    }

    static func backlogs(beyond checkpoints: [LaneCheckpoint]) -> Query<WindowReader.Backlog> {
        Query(
            """
            with c as (
                select lo::pg_snapshot, hi::pg_snapshot, position, nth
                from unnest(\(checkpoints.map(\.lo.text)), \(checkpoints.map { $0.window?.hi.text }), \(checkpoints.map(\.position)))
                    with ordinality as c (lo, hi, position, nth))
            select b.events, b.oldest from c cross join lateral (
                select count(*) as events, min(o.time) as oldest from (
                    select o.txid, o.position, o.time from outbox as o where o.txid >= pg_snapshot_xmax(c.lo)
                    union all
                    select o.txid, o.position, o.time from pg_snapshot_xip(c.lo) as l (xid) join outbox as o on o.txid = l.xid) as o
                where c.hi is null or not pg_visible_in_snapshot(o.txid, c.hi) or o.position > c.position) as b
            order by c.nth
            """
        ) { WindowReader.Backlog(events: try $0.get(0), oldest: try $0.get(1)) }
    }
}
