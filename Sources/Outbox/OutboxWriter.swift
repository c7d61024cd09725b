public import FoundationEssentials
public import Kernel
public import Postgres

/// Appends events to the outbox of the database that a session is connected to.
public struct OutboxWriter: Sendable {
    /// The service that owns the outbox.
    public let service: String

    public init(service: String) {
        self.service = service
    }

    /// Stores events in the caller's transaction, in the given order, and wakes a sleeping worker if there is one.
    ///
    /// The caller holds the lock on each event's aggregate already (it has inserted or updated the row), which is what keeps the events of
    /// one aggregate in order. Makes the transaction's commit synchronous: an event that a consumer has applied must not be lost by a crash
    /// of its source. Does nothing for no events.
    ///
    /// - Parameter context: supplies time and actor, and the correlation of the events that have no cause of their own.
    /// - Throws: `PostgresError`; the transaction is then to be rolled back.
    /// - Returns: the ids of the events, in the same order.
    @discardableResult
    public func append(_ events: [PendingEvent], in session: Session, context: OperationContext) throws -> [UUID] {
        let stored = seal([(events, context)])
        _ = try session.pipeline(statements(storing: stored))
        return stored.map(\.id)
    }

    /// The same for what several operations at one instant have to tell, each in its own context.
    public func append(_ told: [(events: [PendingEvent], context: OperationContext)], in session: Session) throws {
        _ = try session.pipeline(statements(storing: seal(told)))
    }

    /// What ``append(_:in:context:)`` runs, for callers that have more to send in the same round trip. None for no events.
    public func statements(storing events: [PendingEvent], context: OperationContext) -> [Query<Void>] {
        statements(storing: seal([(events, context)]))
    }

    private func statements(storing events: [StoredEvent]) -> [Query<Void>] {
        events.isEmpty ? [] : [OutboxQueries.announceAppend(), OutboxQueries.insert(events)]
    }

    /// Ids of one instant have no order of their own; sorted, they keep that of the events.
    private func seal(_ told: [(events: [PendingEvent], context: OperationContext)]) -> [StoredEvent] {
        let events = told.flatMap { told in told.events.map { (event: $0, context: told.context) } }
        let ids = events.map { $0.context.newId() }.sorted()
        return zip(events, ids).map { seal($0.event, id: $1, context: $0.context) }
    }

    /// The event as it will be stored, hash and all, but for its position.
    public func seal(_ event: PendingEvent, id: UUID, context: OperationContext) -> StoredEvent {
        let unhashed = StoredEvent(
            source: service, position: 0, id: id, type: event.type.description, subject: event.subject,
            sequence: event.sequence, time: context.now, organizationId: event.organizationId,
            correlationId: event.cause?.correlationId ?? context.correlationId, causationId: event.cause?.eventId ?? context.causationId,
            actor: context.actor.description, traceparent: nil, data: event.data, hash: [])
        return unhashed.with(hash: EventHash.hash(of: unhashed))
    }
}

extension StoredEvent {
    fileprivate func with(hash: [UInt8]) -> StoredEvent {
        StoredEvent(
            source: source, position: position, id: id, type: type, subject: subject, sequence: sequence, time: time,
            organizationId: organizationId, correlationId: correlationId, causationId: causationId, actor: actor, traceparent: traceparent,
            data: data, hash: hash)
    }
}
