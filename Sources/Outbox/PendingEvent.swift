public import FoundationEssentials
public import Kernel

/// An event that a service has decided on and that nobody has stored yet.
public struct PendingEvent: Sendable, Hashable {
    public let type: EventType
    public let subject: UUID
    public let sequence: Int64
    public let organizationId: UUID?
    /// The event that a consumer reacted to; it passes on correlation and causation. `nil` in a command.
    public private(set) var cause: Cause?
    public let data: String

    public struct Cause: Sendable, Hashable {
        public let eventId: UUID
        public let correlationId: UUID
    }

    /// - Parameter subject: the id of the aggregate that changed.
    /// - Parameter sequence: the aggregate's event counter after this event, taken from its row, which the caller has locked or inserted in
    ///   this transaction. That lock is what keeps the events of one aggregate in order.
    /// - Parameter organization: whose data this is; `nil` for what belongs to no organization.
    /// - Parameter cause: in a consumer, the event reacted to.
    /// - Throws: `EncodingError`.
    public init<Event: DomainEvent>(
        _ event: Event, subject: UUID, sequence: Int64, organization: UUID?, causedBy cause: StoredEvent? = nil
    ) throws {
        self.type = Event.eventType
        self.subject = subject
        self.sequence = sequence
        self.organizationId = organization
        self.cause = cause.map { Cause(eventId: $0.id, correlationId: $0.correlationId) }
        self.data = try JSONCoding.encode(event)
    }

    /// The same, as what a consumer makes of an event.
    public func caused(by event: StoredEvent) -> PendingEvent {
        var copy = self
        copy.cause = Cause(eventId: event.id, correlationId: event.correlationId)
        return copy
    }

    /// Events of one aggregate, in the order given.
    ///
    /// - Parameter sequence: the aggregate's event counter before them.
    public static func numbered(
        _ events: [any DomainEvent], behind sequence: Int64 = 0, subject: UUID, organization: UUID?
    ) throws -> [PendingEvent] {
        try events.enumerated().map { offset, event in
            try PendingEvent(event, subject: subject, sequence: sequence + Int64(offset) + 1, organization: organization)
        }
    }
}
