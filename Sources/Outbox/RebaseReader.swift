public import Kernel
public import Postgres

/// The statements of a rebase on the source: what it has become, and what has to be done to its rows. Derived in docs/outbox.md, "After a
/// restore".
public struct RebaseReader: Sendable {
    public let source: String
    /// Beyond all transaction ids that there will ever be: what the last window of the old kind reaches up to. Not a power of two, because an
    /// id whose lower half is 0 is none.
    public static let everything = Snapshot(xmin: Xid8((1 << 62) - 1), xmax: Xid8((1 << 62) - 1))

    public init(source: String) {
        self.source = source
    }

    /// The rows that the restore of a dump has inserted.
    public struct RestoredRows: Sendable, Hashable {
        /// The highest position among them; 0 for none.
        public let last: Int64
        /// Beyond it are rows that may be of the restore or not.
        public let isDoubtful: Bool
    }

    /// One of the last applied events, and what lies there now.
    public struct TailRow: Sendable, Hashable {
        public let tail: LaneCheckpoint.Tail
        /// There is an event at its position.
        public let isTaken: Bool
        /// It is this one.
        public let isThere: Bool
    }

    /// Reads the whole outbox.
    public func restoredRows(in session: Session) throws -> RestoredRows {
        try session.one(RebaseQueries.restoredRows())
    }

    /// The highest position there is; 0 for none.
    public func lastPosition(in session: Session) throws -> Int64 {
        try session.one(RebaseQueries.lastPosition())
    }

    /// The newest transaction that has written up to a position.
    public func newestTransaction(upTo position: Int64, in session: Session) throws -> Xid8? {
        try session.first(RebaseQueries.newestTransaction(upTo: position))
    }

    public func tail(_ tail: [LaneCheckpoint.Tail], in session: Session) throws -> [TailRow] {
        try session.all(RebaseQueries.tail(tail))
    }

    /// Whether the newest transaction that the checkpoint has seen is there: then the source hands out none of its ids again.
    public func holdsNewest(of checkpoint: LaneCheckpoint, in session: Session) throws -> Bool {
        let bound = (checkpoint.window?.hi ?? checkpoint.lo).xmax.value
        guard bound > LaneCheckpoint.start.lo.xmax.value else { return true }
        return try session.one(RebaseQueries.holds(Xid8(bound - 1)))
    }

    /// Whether a rebase has put rows before all windows that a lane which stands here has not applied: its consumer's database was restored
    /// from a backup that is older than the rebase, and the rows no longer tell which of them it has applied.
    public func hasRetired(behind checkpoint: LaneCheckpoint, in epoch: Epoch, _ session: Session) throws -> Bool {
        // Before rows are retired each lane has applied all of them, and stands here.
        guard checkpoint.lo != Self.everything else { return false }
        return try session.one(RebaseQueries.hasRetired(since: epoch))
    }

    /// The last position that a rebase to this epoch has retired; `nil` where none has retired any.
    public func lastRetired(in epoch: Epoch, _ session: Session) throws -> Int64? {
        try session.one(RebaseQueries.lastRetired(in: epoch))
    }

    /// How many old rows a lane has not applied.
    public func unseen(by checkpoint: LaneCheckpoint, upTo position: Int64, in session: Session) throws -> Int {
        try session.one(RebaseQueries.unseen(by: checkpoint, upTo: position))
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

    // MARK: Records

    /// The decision of a rebase to this epoch that has not come to its end.
    public func unfinished(in epoch: Epoch, _ session: Session) throws -> RebaseRecord? {
        try session.first(RebaseQueries.unfinished(in: epoch))
    }

    public func noteRetired(_ record: Int64, at now: Timestamp, in session: Session) throws {
        try session.run(RebaseQueries.retired(record, at: now))
    }

    public func noteEnd(of epoch: Epoch, at now: Timestamp, in session: Session) throws {
        try session.run(RebaseQueries.ended(epoch, at: now))
    }
}

extension WindowCursor {
    /// Where a lane stands in front of a source whose old rows have all been retired.
    ///
    /// - Parameter lo: what is applied of the new rows.
    /// - Parameter tail: those of the last applied events that are still there.
    public func rebased(to lo: Snapshot, keeping tail: [LaneCheckpoint.Tail]) -> LaneCheckpoint {
        LaneCheckpoint(
            lo: lo, window: nil, position: checkpoint.position, sequence: checkpoint.sequence + 1, tail: tail,
            events: checkpoint.events)
    }

    /// Where a lane stands in a source that goes on handing out transaction ids.
    ///
    /// - Parameter newTransaction: rows of this one and of later ones are new, whatever the snapshots say of a transaction that had its id
    ///   before; `nil` where none had.
    /// - Parameter tail: those of the last applied events that are still there.
    public func carriedOver(newTransaction: Xid8?, keeping tail: [LaneCheckpoint.Tail]) -> LaneCheckpoint {
        var moved = checkpoint
        moved.sequence += 1
        moved.tail = tail
        guard let newTransaction else { return moved }
        moved.lo = moved.lo.limited(to: newTransaction)
        moved.window = moved.window.map { window in
            Window(
                hi: window.hi.limited(to: newTransaction), floor: window.floor, ceil: window.ceil,
                late: window.late.filter { $0 < newTransaction })
        }
        return moved
    }
}
