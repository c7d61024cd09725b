import Kernel
import Postgres

/// The statements behind ``RebaseReader``.
enum RebaseQueries {
    /// The frozen transaction id: before the first that is ever handed out, and so visible in every snapshot.
    static let retired = Xid8(2)

    /// A dump makes the outbox's key after it has loaded the rows, so what was inserted before the key is old. Where the rows were loaded into
    /// tables that were there, what many transactions had written was inserted by one, or by an earlier one than it names; a row that names an
    /// earlier transaction may be of a savepoint, which is in doubt then.
    static func restoredRows() -> Query<RebaseReader.RestoredRows> {
        Query(
            """
            with now as (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next),
            key as (
                select next - ((next - c.xmin::text::bigint) & 4294967295) as made from now, pg_constraint as c
                where c.conrelid = 'outbox'::regclass and c.contype = 'p'),
            inserts as (
                select o.xmin, min(o.txid::text::bigint) as first, max(o.txid::text::bigint) as last, max(o.position) as position
                from outbox as o where o.txid <> \(retired) group by o.xmin),
            judged as (
                select i.*, k.made, n.next - ((n.next - i.xmin::text::bigint) & 4294967295) as xid
                from now as n, key as k, inserts as i),
            old as (select coalesce(max(position), 0) as position, coalesce(bool_or(xid <= made), false) as by_key from judged
                where xid <= made or first <> last or last > xid)
            select old.position, not old.by_key and exists (
                select from judged as j where j.first = j.last and j.last < j.xid and j.position > old.position)
            from old
            """
        ) { RebaseReader.RestoredRows(last: try $0.get(0), isDoubtful: try $0.get(1)) }
    }

    static func lastPosition() -> Query<Int64> {
        Query("select coalesce(max(position), 0) from outbox")
    }

    static func newestTransaction(upTo position: Int64) -> Query<Xid8> {
        Query("select txid from outbox where position <= \(position) order by txid desc limit 1")
    }

    static func unseen(by checkpoint: LaneCheckpoint, upTo position: Int64) -> Query<Int> {
        Query(
            """
            select count(*) from outbox as o, (select \(checkpoint.lo)::pg_snapshot as lo, \(checkpoint.window?.hi)::pg_snapshot as hi) as c
            where o.position <= \(position) and not pg_visible_in_snapshot(o.txid, c.lo)
                and not (c.hi is not null and pg_visible_in_snapshot(o.txid, c.hi) and o.position <= \(checkpoint.position))
            """)
    }

    static func lastWindow(after lo: Snapshot, upTo position: Int64) -> Query<WindowCursor.Opening> {
        Query(
            """
            select coalesce(min(o.position), 0) from outbox as o
            where o.position <= \(position) and not pg_visible_in_snapshot(o.txid, \(lo)::pg_snapshot)
            """
        ) { row in
            let floor: Int64 = try row.get(0)
            let window = Window(hi: RebaseReader.everything, floor: floor, ceil: floor == 0 ? 0 : position, late: [])
            return WindowCursor.Opening(window: window, lowestLate: nil, isForward: true, isStandby: false)
        }
    }

    static func retire(after position: Int64, upTo last: Int64) -> Query<Int64?> {
        Query(
            """
            with batch as (
                select o.position from outbox as o where o.position > \(position) and o.position <= \(last) order by o.position limit 20000),
            done as (update outbox as o set txid = \(retired) from batch as b where o.position = b.position and o.txid <> \(retired))
            select max(position) from batch
            """
        ) { try $0.get(0) }
    }

    static func tail(_ tail: [LaneCheckpoint.Tail]) -> Query<RebaseReader.TailRow> {
        Query(
            """
            select t.position, t.id, o.position is not null, coalesce(o.id = t.id, false)
            from unnest(\(tail.map(\.position)), \(tail.map(\.id))) with ordinality as t (position, id, nth)
            left join outbox as o on o.position = t.position order by t.nth
            """
        ) { row in
            RebaseReader.TailRow(
                tail: LaneCheckpoint.Tail(position: try row.get(0), id: try row.get(1)), isTaken: try row.get(2), isThere: try row.get(3))
        }
    }

    static func holds(_ transaction: Xid8) -> Query<Bool> {
        Query("select exists (select from outbox where txid = \(transaction))")
    }

    /// By rebases that have ended: in the middle of one, lanes that had nothing left of the old rows stand where they stood. Records of one epoch
    /// follow those of the epochs before it.
    static func hasRetired(since epoch: Epoch) -> Query<Bool> {
        Query(
            """
            select exists (select from outbox_rebases where retired_at is not null and ended_at is not null
                and id > coalesce((select max(id) from outbox_rebases where epoch = \(epoch.description)), 0))
            """)
    }

    static func lastRetired(in epoch: Epoch) -> Query<Int64?> {
        Query("select max(last_position) from outbox_rebases where epoch = \(epoch.description) and retired_at is not null") {
            try $0.get(0)
        }
    }

    // MARK: Records

    static func unfinished(in epoch: Epoch) -> Query<RebaseRecord> {
        Query(
            """
            select id, way, last_position, new_txid, retired_at is not null from outbox_rebases
            where epoch = \(epoch.description) and ended_at is null order by id desc limit 1
            """
        ) { row in
            RebaseRecord(
                id: try row.get(0),
                decision: RebaseDecision(
                    epoch: epoch, way: try row.get(1), lastPosition: try row.get(2), newTransaction: try row.get(3)),
                isRetired: try row.get(4))
        }
    }

    static func record(_ decision: RebaseDecision, raisedBy count: Int64, at now: Timestamp) -> Query<Int64> {
        Query(
            """
            insert into outbox_rebases (epoch, way, last_position, new_txid, raised_by, decided_at)
            values (\(decision.epoch.description), \(decision.way.rawValue), \(decision.lastPosition), \(decision.newTransaction), \(count),
                \(now))
            returning id
            """)
    }

    /// Tables of aggregates whose events are numbered, with all that counts their changes: `version` too is told to consumers. Not the heads of
    /// the audit log, which nobody may change and whose events nobody acts on.
    static func counters() -> Query<(table: String, columns: [String])> {
        Query(
            """
            select c.relname::text, array_agg(a.attname::text order by a.attname) from pg_class as c join pg_attribute as a on a.attrelid = c.oid
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not a.attisdropped and a.atttypid = 'bigint'::regtype
                and a.attname in ('event_sequence', 'version') and has_column_privilege(c.oid, a.attnum, 'update')
            group by c.relname having bool_or(a.attname = 'event_sequence') order by c.relname
            """
        ) { (try $0.get(0), try $0.get(1)) }
    }

    static func raise(_ columns: [String], of table: String, by count: Int64) -> Query<Void> {
        let changes = columns.map { "\(identifier: $0) = \(identifier: $0) + \(count)" as SQL }
        return Query("update \(identifier: table) set \(fragment: .joined(changes, separator: ", "))")
    }

    static func retired(_ id: Int64, at now: Timestamp) -> Query<Void> {
        Query("update outbox_rebases set retired_at = \(now) where id = \(id)")
    }

    static func ended(_ epoch: Epoch, at now: Timestamp) -> Query<Void> {
        Query("update outbox_rebases set ended_at = \(now) where epoch = \(epoch.description) and ended_at is null")
    }
}
