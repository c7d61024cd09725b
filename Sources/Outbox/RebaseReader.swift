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
