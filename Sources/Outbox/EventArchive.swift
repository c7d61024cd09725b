public import Postgres

/// Where every event is kept, those included that outboxes have dropped. Filled by lanes, so that a checkpoint tells exactly what of a source
/// is in it. Entries are only ever added.
public protocol EventArchive: Sendable {
    /// The service whose database it is in.
    var service: String { get }

    /// How far it goes. The caller's transaction sees one moment, so that checkpoints and entries belong together.
    func reach(into sources: [String], in session: Session) throws -> [ArchiveReach]

    /// The next entries of a source, in the order in which they came, which within an aggregate is that of the events.
    func read(_ request: ArchiveRequest, in session: Session) throws -> ArchiveChunk
}

/// How much of a source an archive has.
public struct ArchiveReach: Sendable {
    public let source: String
    /// What its lane has passed, and in which incarnation of the source; `nil` where the lane has not begun.
    public let head: (checkpoint: LaneCheckpoint, epoch: Epoch)?
    /// The number of the last entry; entries are numbered from 1, without gaps.
    public let entries: Int64

    public init(source: String, head: (checkpoint: LaneCheckpoint, epoch: Epoch)?, entries: Int64) {
        self.source = source
        self.head = head
        self.entries = entries
    }
}

public struct ArchiveRequest: Sendable {
    public let source: String
    /// Entries up to here are done.
    public let after: Int64
    public let upTo: Int64
    /// Names of types without their version; `nil` for all. Entries of other types may come all the same.
    public let types: [String]?
    public let limit: Int
    /// A chunk is cut when the data of its events passes this many bytes.
    public let bytes: Int64

    public init(source: String, after: Int64, upTo: Int64, types: [String]?, limit: Int, bytes: Int64 = 4 << 20) {
        self.source = source
        self.after = after
        self.upTo = upTo
        self.types = types
        self.limit = limit
        self.bytes = bytes
    }
}

public struct ArchiveChunk: Sendable {
    public let events: [StoredEvent]
    /// The entry up to which this is all.
    public let reached: Int64

    /// - Parameter rows: the entry's number, then ``StoredEvent/columns``, by number; cut by the request's limit and bytes.
    /// - Parameter end: up to where was looked.
    public init(_ rows: RowSet, of request: ArchiveRequest, upTo end: Int64) throws {
        let found = try EventRows(rows, source: request.source, startingAt: 1)
        events = found.events
        let isWhole = found.count < request.limit && found.dataBytes < request.bytes
        reached = isWhole ? end : try rows.last.map { try $0.get(0) } ?? end
    }
}
