public import FoundationEssentials
public import Postgres

/// The set of events visible in snapshot `hi` and not in the snapshot before it, found by one statement and read by position.
public struct Window: Sendable, Hashable {
    public let hi: Snapshot
    /// Lowest and highest position of the ordinary rows, whose transactions began after the last window; both 0 where there are none.
    public let floor: Int64
    public let ceil: Int64
    /// Transactions that were running at the last window's end, have ended since, and have rows. Those may lie far below `floor`.
    public let late: [Xid8]

    public init(hi: Snapshot, floor: Int64, ceil: Int64, late: [Xid8]) {
        self.hi = hi
        self.floor = floor
        self.ceil = ceil
        self.late = late
    }
}

/// One row of `checkpoints`: how far a lane has come after a chunk, and all that is needed to go on from there.
public struct LaneCheckpoint: Sendable, Hashable {
    /// Everything visible in this snapshot is applied.
    public var lo: Snapshot
    /// The window that is partly applied; `nil` between windows.
    public var window: Window?
    /// The last position applied.
    public var position: Int64
    /// Rises by one with each chunk; the guard against two workers on one lane.
    public var sequence: Int64
    /// The last few events applied. They must still be in the source when a worker comes back.
    public var tail: [Tail]
    /// Events that the lane has applied since it began.
    public var events: Int64

    /// One event that was applied, by where it lay and what it was.
    public struct Tail: Sendable, Hashable {
        public let position: Int64
        public let id: UUID

        public init(position: Int64, id: UUID) {
            self.position = position
            self.id = id
        }
    }

    public init(lo: Snapshot, window: Window?, position: Int64, sequence: Int64, tail: [Tail], events: Int64) {
        self.lo = lo
        self.window = window
        self.position = position
        self.sequence = sequence
        self.tail = tail
        self.events = events
    }

    /// Before the first chunk: nothing is visible in the snapshot 3:3:, because 3 is the first transaction id that PostgreSQL hands out
    /// (`FirstNormalTransactionId`).
    public static let start = LaneCheckpoint(
        lo: Snapshot(xmin: Xid8(3), xmax: Xid8(3)), window: nil, position: 0, sequence: 0, tail: [], events: 0)

    /// How many applied events a checkpoint names.
    static let tailLength = 4
}
