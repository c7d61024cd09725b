public import Kernel
public import Outbox
public import Postgres

/// Does nothing with the events it gets, so that its lane only moves the checkpoint: what reading costs.
public struct NoopConsumer: Consumer {
    public let name = "noop"
    /// Where its checkpoints are.
    public let service: String
    public let sources: [String]
    public let understands: [EventType]? = nil

    public init(service: String, sources: [String]) {
        self.service = service
        self.sources = sources
    }

    public func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] { [] }
}
