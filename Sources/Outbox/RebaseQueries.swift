import Kernel
import Postgres

/// The statements behind ``RebaseReader``.
enum RebaseQueries {
    /// The frozen transaction id: before the first that is ever handed out, and so visible in every snapshot.
    private static let retired = Xid8(2)

    static func lastOldPosition(isDump: Bool) -> Query<Int64> {
        isDump
            ? Query("select coalesce(max(position), 0) from outbox where xmin::text::bigint <> (txid::text::bigint & 4294967295)")
            : Query("select coalesce(max(position), 0) from outbox")
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

    static func surviving(_ tail: [LaneCheckpoint.Tail]) -> Query<LaneCheckpoint.Tail> {
        Query(
            """
            select t.position, t.id from unnest(\(tail.map(\.position)), \(tail.map(\.id))) with ordinality as t (position, id, nth)
            join outbox as o on o.position = t.position and o.id = t.id order by t.nth
            """
        ) { LaneCheckpoint.Tail(position: try $0.get(0), id: try $0.get(1)) }
    }
}
