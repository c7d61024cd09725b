public import FoundationEssentials
public import Postgres

/// The events between two points of a lane: what one checkpoint has passed and others have not.
///
/// A checkpoint has passed what is visible in its `lo`, and of its open window what lies up to its position. Of one aggregate that is always the
/// first so many events, and positions rise with them. So the difference of any two checkpoints, read by position, goes on in order where the
/// earlier one ended, whatever windows led there.
public struct LaneStretch: Sendable {
    public let source: String
    /// What is left out: the events that all of these have passed. Empty: nothing is left out.
    public let from: [LaneCheckpoint]
    public let to: LaneCheckpoint

    public init(source: String, from: [LaneCheckpoint], to: LaneCheckpoint) {
        self.source = source
        self.from = from
        self.to = to
    }

    /// In front of its first event, or somewhat before.
    public func start(in session: Session) throws -> Int64 {
        try session.one(StretchQueries.start(of: self)).map { $0 - 1 } ?? .max
    }

    /// The next events behind a position.
    ///
    /// - Returns: fewer than `limit` where bytes cut them, and none at the end.
    public func read(after position: Int64, limit: Int, bytes: Int64 = 4 << 20, in session: Session) throws -> [StoredEvent] {
        guard position < .max else { return [] }
        return try EventRows(
            copying: StretchQueries.chunk(of: self, after: position, limit: limit), source: source, upToBytes: bytes, in: session
        ).events
    }
}

extension WindowReader {
    /// What is visible now, and a checkpoint that has passed all of it and names no position. As windows are, that one is cut off behind the
    /// newest row.
    ///
    /// - Throws: ``LaneStop/readingFromStandby``, or `PostgresError`.
    public func present(in session: Session) throws -> (snapshot: Snapshot, checkpoint: LaneCheckpoint) {
        let now = try session.one(StretchQueries.present())
        if now.isStandby { throw LaneStop.readingFromStandby }
        let lo = now.newest.map { now.snapshot.limited(to: $0.next) } ?? LaneCheckpoint.start.lo
        return (now.snapshot, LaneCheckpoint(lo: lo, window: nil, position: 0, sequence: 0, tail: [], events: 0))
    }

    /// The lowest position that a checkpoint has not passed; `nil` where it has passed everything.
    public func firstUnpassed(by checkpoint: LaneCheckpoint, in session: Session) throws -> Int64? {
        try session.one(StretchQueries.firstUnpassed(by: checkpoint))
    }

    /// The events at some positions that a checkpoint has not passed. What a source has dropped, every lane has passed.
    public func unpassed(_ positions: [Int64], by checkpoint: LaneCheckpoint, in session: Session) throws -> Set<UUID> {
        Set(try session.all(StretchQueries.unpassed(positions, by: checkpoint)))
    }

    /// Whether events that a checkpoint names as its last lay in partitions that were dropped. None is dropped while a checkpoint names its
    /// events, so this one comes from a backup of its database that is older than the drop.
    public func hasDropped(_ tail: [LaneCheckpoint.Tail], in session: Session) throws -> Bool {
        try session.one(StretchQueries.hasDropped(tail.map(\.position)))
    }

    /// Whether a lane that starts now would miss events: partitions were dropped, or rows retired by a rebase.
    public func lacksBeginning(in session: Session) throws -> Bool {
        try session.one(lacksBeginning(ifAsked: true))
    }

    /// The same for callers that have more to ask in the same round trip; false where it is not asked.
    public func lacksBeginning(ifAsked isAsked: Bool) -> Query<Bool> {
        StretchQueries.lacksBeginning(ifAsked: isAsked)
    }
}

extension LaneCheckpoint {
    /// Everything that it has passed, or will have with its open window, is visible in this.
    public var horizon: Snapshot { window?.hi ?? lo }
}

extension Snapshot {
    /// Whether all that is visible in the other is visible here. Of two snapshots of one server one always covers the other.
    public func covers(_ other: Snapshot) -> Bool {
        xmin >= other.xmin && xmax >= other.xmax && !running.contains { other.sees($0) }
    }
}
