public import FoundationEssentials
public import Kernel
public import Outbox
public import Postgres

extension UUID {
    /// An id that a test can name.
    public static func numbered(_ number: UInt64) -> UUID {
        UUID(high: 0x019C_ECE3_51C7_7000, low: 0x8000_0000_0000_0000 | number)
    }
}

extension OperationContext {
    /// A command of the operator `ada`, on a day in March 2026 unless told otherwise.
    public static func ofTest(at now: Timestamp = Timestamp(year: 2026, month: 3, day: 14, hour: 15, minute: 9, second: 26))
        -> OperationContext
    {
        OperationContext(now: now, actor: .operatorAccount("ada"), correlationId: .numbered(0xC0))
    }
}

extension StoredEvent {
    /// An event as a lane would read it, made by hand.
    ///
    /// - Parameter position: also makes the event's id, so that the same call makes the same event.
    public static func handMade(
        _ event: some DomainEvent, from source: String, position: Int64, subject: UUID, sequence: Int64 = 1, organization: UUID? = nil,
        context: OperationContext = .ofTest()
    ) throws -> StoredEvent {
        let pending = try PendingEvent(event, subject: subject, sequence: sequence, organization: organization)
        let sealed = OutboxWriter(service: source).seal(pending, id: .numbered(UInt64(0xE000 + position)), context: context)
        return StoredEvent(
            source: source, position: position, id: sealed.id, type: sealed.type, subject: subject, sequence: sequence, time: sealed.time,
            organizationId: organization, correlationId: sealed.correlationId, causationId: sealed.causationId, actor: sealed.actor,
            traceparent: nil, data: sealed.data, hash: sealed.hash)
    }
}

extension PendingEvent {
    /// The data as a typed event.
    public func decoded<Event: DomainEvent>(_ type: Event.Type = Event.self) throws -> Event {
        try JSONCoding.decode(Event.self, from: data)
    }
}

extension Connection {
    /// Makes a change as the frame of a mutation does: what it tells goes into the outbox in the same transaction.
    @discardableResult
    public func change<Value>(
        _ service: String, _ context: OperationContext = .ofTest(), _ body: @Sendable (Session, OperationContext) throws -> Change<Value>
    ) async throws -> Change<Value> {
        try await transaction { session in
            let change = try body(session, context)
            try OutboxWriter(service: service).append(change.events, in: session, context: context)
            return change
        }
    }

    /// Makes a change or leaves the record of a refusal, as the frame of a mutation does.
    @discardableResult
    public func decide<Value>(
        _ service: String, _ context: OperationContext = .ofTest(), _ body: @Sendable (Session, OperationContext) throws -> Decision<Value>
    ) async throws -> Result<Change<Value>, Failure> {
        try await transaction { session in
            let writer = OutboxWriter(service: service)
            switch try body(session, context) {
            case .accepted(let change):
                try writer.append(change.events, in: session, context: context)
                return .success(change)
            case .refused(let failure, let change):
                try writer.append(change.events, in: session, context: context)
                return .failure(failure)
            }
        }
    }

    /// Applies one chunk as a lane does, events told in turn included.
    @discardableResult
    public func apply(
        _ events: [StoredEvent], from source: String, to consumer: any Consumer, at now: Timestamp = OperationContext.ofTest().now
    )
        async throws -> [PendingEvent]
    {
        try await transaction { session in
            let told = try consumer.apply(EventChunk(source: source, events: events), in: session, context: ConsumerContext(now: now))
            let context = OperationContext(now: now, actor: .service(consumer.name), correlationId: .numbered(0xC1))
            try OutboxWriter(service: consumer.service).append(told, in: session, context: context)
            return told
        }
    }

    /// The whole outbox, by position.
    public func outbox(of service: String) async throws -> [StoredEvent] {
        try await session { session in
            try session.all(
                Query("select \(fragment: StoredEvent.columns) from outbox order by position") { try StoredEvent($0, source: service) })
        }
    }
}
