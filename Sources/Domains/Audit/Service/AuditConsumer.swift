public import Kernel
public import Outbox
public import Postgres

/// Copies every event of every service into the log, as opaque bytes: whatever an event says, it is recorded.
public struct AuditConsumer: Consumer {
    public let name = "audit"
    public let service = "audit"
    public let sources: [String]
    public let understands: [EventType]? = nil
    public let settles = true
    public let replay = ReplayPolicy.refused(
        because: "the audit log is the archive from which others are replayed", instead: "restore its database from a backup")

    private let sequencer: AuditSequencer

    /// - Parameter sources: all services, the audit service included.
    public init(sources: [String]) {
        self.sources = sources
        self.sequencer = AuditSequencer(sources: sources)
    }

    public func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        // Only this lane inserts entries of this source, so the highest ordinal cannot move under us.
        let last = try session.one(AuditQueries.lastOrdinal(source: chunk.source))
        _ = try session.copyIn(AuditQueries.copyEntries) { writer in
            for (offset, event) in chunk.events.enumerated() {
                try writer.row { row in
                    row.append(chunk.source)
                    row.append(last + Int64(offset) + 1)
                    row.append(event)
                }
            }
        }
        return []
    }

    public func settle(in session: Session, context: ConsumerContext) throws -> Settlement {
        try sequencer.run(in: session, now: context.now)
    }
}
