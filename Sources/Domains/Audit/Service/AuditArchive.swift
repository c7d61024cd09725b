public import Outbox
public import Postgres

/// The log as the place from which consumers are replayed.
public struct AuditArchive: EventArchive {
    public let service = "audit"
    /// Entries that one question looks at, however few of them are of the types asked for.
    private static let reach: Int64 = 50_000

    public init() {}

    public func reach(into sources: [String], in session: Session) throws -> [ArchiveReach] {
        try sources.map { source in
            ArchiveReach(
                source: source, head: try CheckpointStore(consumer: "audit", source: source).head(in: session),
                entries: try session.one(AuditQueries.lastOrdinal(source: source)))
        }
    }

    public func read(_ request: ArchiveRequest, in session: Session) throws -> ArchiveChunk {
        let end = min(request.upTo, request.after + Self.reach)
        return try ArchiveChunk(session.rows(AuditQueries.archive(request, upTo: end)), of: request, upTo: end)
    }
}
