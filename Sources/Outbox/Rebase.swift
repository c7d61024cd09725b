import FoundationEssentials
public import Kernel
public import Postgres

/// How a lane goes on with a source that was restored, failed over or dumped into another cluster, whose transaction ids mean nothing to the
/// checkpoint any more. Derived in docs/outbox.md, "After a restore".
///
/// Every row that was there before is applied or not, which its stored txid and the old checkpoint still tell: both are only numbers. So the
/// lane first applies what is left of them, as one last window of the old kind; then the rows get a txid before all windows; then the
/// checkpoint starts anew in front of the first new row.
public struct RebaseReader: Sendable {
    public let source: String
    /// Beyond all transaction ids that there will ever be: what the last window of the old kind reaches up to. Not a power of two, because an
    /// id whose lower half is 0 is none.
    public static let everything = Snapshot(xmin: Xid8((1 << 62) - 1), xmax: Xid8((1 << 62) - 1))

    public init(source: String) {
        self.source = source
    }

    /// The highest position of the rows that were there before; 0 for none.
    ///
    /// - Parameter isDump: the rows were inserted by a restore. Those differ from new ones: the transaction that inserted them is not the one
    ///   that they name. Otherwise all rows there are count as old.
    public func lastOldPosition(isDump: Bool, in session: Session) throws -> Int64 {
        try session.one(RebaseQueries.lastOldPosition(isDump: isDump))
    }

    /// The last window of the old kind: all old rows that are not visible in `lo`, whatever has become of their transactions.
    public func lastWindow(after lo: Snapshot, upTo position: Int64, in session: Session) throws -> WindowCursor.Opening {
        try session.one(RebaseQueries.lastWindow(after: lo, upTo: position))
    }

    /// Puts old rows before all windows, a batch in a transaction of its own. Needs the rights of the owner.
    ///
    /// - Returns: the last position of the batch; `nil` where none is left.
    public func retire(after position: Int64, upTo last: Int64, in session: Session) throws -> Int64? {
        try session.one(RebaseQueries.retire(after: position, upTo: last))
    }

    /// Which of the events are there.
    public func surviving(_ tail: [LaneCheckpoint.Tail], in session: Session) throws -> [LaneCheckpoint.Tail] {
        try session.all(RebaseQueries.surviving(tail))
    }
}

extension WindowCursor {
    /// Where a lane stands in front of a source whose old rows have all been retired.
    ///
    /// - Parameter tail: those of the last applied events that are still there.
    public func rebased(keeping tail: [LaneCheckpoint.Tail]) -> LaneCheckpoint {
        LaneCheckpoint(
            lo: LaneCheckpoint.start.lo, window: nil, position: checkpoint.position, sequence: checkpoint.sequence + 1, tail: tail,
            events: checkpoint.events)
    }
}

/// A lane was told to go on with a source that is not the one it had read.
public struct LaneRebased: DomainEvent {
    public static let eventType = EventType("saas.lane.rebased", version: 1)
    public static let aggregateType = "lane"

    public let consumer: String
    public let source: String
    /// The last old position.
    public let position: Int64
    /// Events that the lane applied from the old rows before it went over.
    public let applied: Int64

    public init(consumer: String, source: String, position: Int64, applied: Int64) {
        self.consumer = consumer
        self.source = source
        self.position = position
        self.applied = applied
    }
}

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
