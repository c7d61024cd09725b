public import Kernel
public import Postgres

/// The statements of a lane's reading side, run on a connection of their own to the source.
///
/// The rules of reading by snapshot windows are derived in docs/outbox.md.
public struct WindowReader: Sendable {
    /// The service whose outbox is read.
    public let source: String
    /// A chunk is cut when the data of its rows passes this many bytes.
    public let chunkBytes: Int64

    public init(source: String, chunkBytes: Int64 = 4 << 20) {
        self.source = source
        self.chunkBytes = chunkBytes
    }

    /// Which incarnation of the source this is.
    ///
    /// - Throws: ``LaneStop/readingFromStandby``, or `PostgresError`.
    public func identify(in session: Session) throws -> Epoch {
        guard let epoch = try session.one(WindowQueries.identity()) else { throw LaneStop.readingFromStandby }
        return epoch
    }

    /// ``prepare(_:)`` and ``identify(in:)`` in one round trip.
    public func begin(_ session: Session) throws -> Epoch {
        let (_, identity) = try session.pipeline(WindowQueries.settings(), WindowQueries.identity())
        guard let epoch = identity.first ?? nil else { throw LaneStop.readingFromStandby }
        return epoch
    }

    /// Whether the given events are still in the source.
    public func holds(_ tail: [LaneCheckpoint.Tail], in session: Session) throws -> Bool {
        try session.one(WindowQueries.count(of: tail)) == tail.count
    }

    /// Makes a session read outboxes by their indexes in position order, whatever the statistics of a young table say.
    public func prepare(_ session: Session) throws {
        try session.run(WindowQueries.settings())
    }

    public func open(after lo: Snapshot, in session: Session) throws -> WindowCursor.Opening {
        try session.one(opening(after: lo))
    }

    /// One row, for callers that have more to ask in the same round trip.
    public func opening(after lo: Snapshot) -> Query<WindowCursor.Opening> {
        WindowQueries.open(after: lo)
    }

    /// - Returns: the rows in position order, and whether they are the last of their window.
    public func read(_ request: ChunkRequest, in session: Session) throws -> (events: [StoredEvent], reachedEnd: Bool) {
        let rows = try EventRows(copying: WindowQueries.chunk(request), source: source, upToBytes: chunkBytes, in: session)
        return (rows.events, rows.count < request.limit && rows.dataBytes < chunkBytes)
    }

    /// What the source holds beyond a checkpoint.
    public func backlog(beyond checkpoint: LaneCheckpoint, in session: Session) throws -> Backlog {
        try session.one(backlogs(beyond: [checkpoint]))
    }

    /// The same for several checkpoints, a row for each in their order.
    public func backlogs(beyond checkpoints: [LaneCheckpoint]) -> Query<Backlog> {
        WindowQueries.backlogs(beyond: checkpoints)
    }

    /// How many committed events a lane has not applied yet, and when the oldest of them happened.
    public struct Backlog: Sendable, Hashable {
        public let events: Int64
        public let oldest: Timestamp?
    }
}
