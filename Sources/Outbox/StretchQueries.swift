import FoundationEssentials
import Kernel
import Postgres

/// The statements behind ``LaneStretch``.
enum StretchQueries {
    static func passed(by checkpoint: LaneCheckpoint) -> SQL {
        let lo: SQL = "pg_visible_in_snapshot(txid, \(checkpoint.lo)::pg_snapshot)"
        guard let window = checkpoint.window else { return lo }
        return "(\(fragment: lo) or position <= \(checkpoint.position) and pg_visible_in_snapshot(txid, \(window.hi)::pg_snapshot))"
    }

    private static func passed(byAll checkpoints: [LaneCheckpoint]) -> SQL {
        checkpoints.isEmpty ? "false" : SQL.joined(checkpoints.map(passed(by:)), separator: " and ")
    }

    /// Every transaction below xmin has been passed whole.
    static func start(of stretch: LaneStretch) -> Query<Int64?> {
        guard let xmin = stretch.from.map(\.lo.xmin).min() else { return Query("select min(position) from outbox") { try $0.get(0) } }
        return Query(
            """
            select min(position) from outbox where txid >= \(xmin) and txid < \(stretch.to.horizon.xmax)
                and not (\(fragment: passed(byAll: stretch.from)))
            """
        ) { try $0.get(0) }
    }

    /// Its parameters have a text form.
    static func chunk(of stretch: LaneStretch, after position: Int64, limit: Int) -> SQL {
        """
        select \(fragment: StoredEvent.columns) from outbox
        where position > \(position) and \(fragment: passed(by: stretch.to)) and not (\(fragment: passed(byAll: stretch.from)))
        order by position limit \(limit)
        """
    }

    struct Present: Sendable {
        let snapshot: Snapshot
        /// The transaction of the newest row.
        let newest: Xid8?
        let isStandby: Bool
    }

    static func present() -> Query<Present> {
        Query("select pg_current_snapshot(), (select txid from outbox order by txid desc limit 1), pg_is_in_recovery()") {
            Present(snapshot: try $0.get(0), newest: try $0.get(1), isStandby: try $0.get(2))
        }
    }

    static func firstUnpassed(by checkpoint: LaneCheckpoint) -> Query<Int64?> {
        Query(
            """
            select min(position) from outbox
            where txid >= \(checkpoint.lo.xmin) and not \(fragment: passed(by: checkpoint))
            """
        ) { try $0.get(0) }
    }

    static func unpassed(_ positions: [Int64], by checkpoint: LaneCheckpoint) -> Query<UUID> {
        Query("select id from outbox where position = any(\(positions)) and not \(fragment: passed(by: checkpoint))")
    }

    static func hasDropped(_ positions: [Int64]) -> Query<Bool> {
        Query(
            "select exists (select from outbox_drops join unnest(\(positions)) as p (position) on position >= lower and position < upper)"
        ) { try $0.get(0) }
    }

    static func lacksBeginning(ifAsked isAsked: Bool) -> Query<Bool> {
        Query(
            """
            select \(isAsked) and (exists (select from outbox_drops) or exists (select from outbox where txid = \(RebaseQueries.retired)))
            """
        ) { try $0.get(0) }
    }
}
