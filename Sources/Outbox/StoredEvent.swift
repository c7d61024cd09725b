public import FoundationEssentials
public import Kernel
public import Postgres

/// An event as it lies in an outbox: the CloudEvents 1.0 envelope with the stored text of its data, unread.
///
/// `datacontenttype` is `application/json` for every event and therefore not a column; `specversion` is 1.0.
public struct StoredEvent: Sendable, Hashable {
    /// The service that published it; CloudEvents' `source` is `/saasctl/<service>`.
    public let source: String
    /// Where it lies in its source's outbox. Unique there, assigned before commit, so not an order of visibility.
    public let position: Int64
    public let id: UUID
    /// With the version: `saas.organization.created.v1`.
    public let type: String
    /// The id of the aggregate.
    public let subject: UUID
    /// Counts the events of the aggregate, from 1, without gaps.
    public let sequence: Int64
    public let time: Timestamp
    public let organizationId: UUID?
    public let correlationId: UUID
    public let causationId: UUID?
    public let actor: String
    public let traceparent: String?
    /// The JSON text, byte for byte as stored.
    public let data: String
    /// SHA-256 over ``EventHash/preimage(of:)``, as stored; nobody has checked it yet.
    public let hash: [UInt8]

    public init(
        source: String, position: Int64, id: UUID, type: String, subject: UUID, sequence: Int64, time: Timestamp, organizationId: UUID?,
        correlationId: UUID, causationId: UUID?, actor: String, traceparent: String?, data: String, hash: [UInt8]
    ) {
        self.source = source
        self.position = position
        self.id = id
        self.type = type
        self.subject = subject
        self.sequence = sequence
        self.time = time
        self.organizationId = organizationId
        self.correlationId = correlationId
        self.causationId = causationId
        self.actor = actor
        self.traceparent = traceparent
        self.data = data
        self.hash = hash
    }

    /// The columns of a row that ``init(_:source:startingAt:)`` reads, in its order, the same in outboxes and in the audit log.
    public static let columns: SQL = """
        position, id, type, subject, sequence, time, organization_id, correlation_id, causation_id, actor, traceparent, data, hash
        """

    /// - Parameter source: the service whose outbox the row comes from.
    /// - Parameter first: the index of `position` in the row.
    public init(_ row: Row, source: String, startingAt first: Int = 0) throws {
        self.init(
            source: source, position: try row.get(first), id: try row.get(first + 1), type: try row.get(first + 2),
            subject: try row.get(first + 3), sequence: try row.get(first + 4), time: try row.get(first + 5),
            organizationId: try row.get(first + 6), correlationId: try row.get(first + 7), causationId: try row.get(first + 8),
            actor: try row.get(first + 9), traceparent: try row.get(first + 10), data: try row.get(first + 11),
            hash: try row.get(first + 12, as: Bytea.self).bytes)
    }

    /// Name and version of the type; `nil` where the stored text is none, which the outbox's check forbids.
    public var eventType: EventType? { EventType(type) }
}

extension StoredEvent {
    /// The data as a typed event.
    ///
    /// - Throws: ``UnreadableEvent`` where the stored text does not fit the type: the fault of this one event.
    public func decode<Event: DomainEvent>(_ type: Event.Type = Event.self) throws -> Event {
        do {
            return try JSONCoding.decode(Event.self, from: data)
        } catch {
            throw UnreadableEvent(source: source, position: position, id: id, type: self.type, reason: String(describing: error))
        }
    }
}

/// An event whose data does not fit its type.
public struct UnreadableEvent: DomainError {
    public let source: String
    public let position: Int64
    public let id: UUID
    public let type: String
    public let reason: String

    public var failure: Failure {
        Failure(
            ErrorCode("EVENT_UNREADABLE", .pending), "event \"\(id.text)\" at \(source) \(position) is not a readable \"\(type)\"",
            details: [reason])
    }
}
