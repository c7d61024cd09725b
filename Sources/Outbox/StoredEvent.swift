public import FoundationEssentials
public import Kernel
public import Postgres

/// An event as it lies in an outbox: the CloudEvents 1.0 envelope with the stored text of its data, unread.
///
/// `datacontenttype` is `application/json` for every event and therefore not a column; `specversion` is 1.0.
public struct StoredEvent: Sendable {
    private enum Storage: Sendable {
        case values(Values)
        case row(EventRows, Int)
    }

    private let storage: Storage

    /// The service that published it; CloudEvents' `source` is `/saasctl/<service>`.
    public var source: String {
        switch storage {
        case .values(let values): values.source
        case .row(let rows, _): rows.source
        }
    }

    /// Where it lies in its source's outbox. Unique there, assigned before commit, so not an order of visibility.
    public var position: Int64 {
        switch storage {
        case .values(let values): values.position
        case .row(let rows, let row): rows.int64(row, .position)
        }
    }

    public var id: UUID {
        switch storage {
        case .values(let values): values.id
        case .row(let rows, let row): rows.uuid(row, .id)
        }
    }

    /// With the version: `saas.organization.created.v1`.
    public var type: String {
        switch storage {
        case .values(let values): values.type
        case .row(let rows, let row): rows.type(row).text
        }
    }

    /// Name and version of the type; `nil` where the stored text is none.
    public var eventType: EventType? {
        switch storage {
        case .values(let values): EventType(values.type)
        case .row(let rows, let row): rows.type(row).type
        }
    }

    /// The id of the aggregate.
    public var subject: UUID {
        switch storage {
        case .values(let values): values.subject
        case .row(let rows, let row): rows.uuid(row, .subject)
        }
    }

    /// Counts the events of the aggregate, from 1, without gaps.
    public var sequence: Int64 {
        switch storage {
        case .values(let values): values.sequence
        case .row(let rows, let row): rows.int64(row, .sequence)
        }
    }

    public var time: Timestamp {
        switch storage {
        case .values(let values): values.time
        case .row(let rows, let row): rows.timestamp(row, .time)
        }
    }

    public var organizationId: UUID? {
        switch storage {
        case .values(let values): values.organizationId
        case .row(let rows, let row): rows.optionalUUID(row, .organizationId)
        }
    }

    public var correlationId: UUID {
        switch storage {
        case .values(let values): values.correlationId
        case .row(let rows, let row): rows.uuid(row, .correlationId)
        }
    }

    public var causationId: UUID? {
        switch storage {
        case .values(let values): values.causationId
        case .row(let rows, let row): rows.optionalUUID(row, .causationId)
        }
    }

    public var actor: String {
        switch storage {
        case .values(let values): values.actor
        case .row(let rows, let row): rows.text(row, .actor)
        }
    }

    public var traceparent: String? {
        switch storage {
        case .values(let values): values.traceparent
        case .row(let rows, let row): rows.optionalText(row, .traceparent)
        }
    }

    /// The JSON text, byte for byte as stored.
    public var data: String {
        switch storage {
        case .values(let values): values.data
        case .row(let rows, let row): rows.text(row, .data)
        }
    }

    /// SHA-256 over ``EventHash/preimage(of:)``, as stored; nobody has checked it yet.
    public var hash: [UInt8] {
        switch storage {
        case .values(let values): values.hash
        case .row(let rows, let row): rows.bytes(row, .hash)
        }
    }

    /// The columns of a row that ``init(_:source:startingAt:)`` reads, in its order, the same in outboxes and in the audit log.
    public static let columns: SQL = """
        position, id, type, subject, sequence, time, organization_id, correlation_id, causation_id, actor, traceparent, data, hash
        """

    /// Of a row that stays in memory as long as the event does.
    init(_ rows: EventRows, _ row: Int) {
        storage = .row(rows, row)
    }
}

extension StoredEvent {
    private final class Values: Sendable {
        let source: String
        let position: Int64
        let id: UUID
        let type: String
        let subject: UUID
        let sequence: Int64
        let time: Timestamp
        let organizationId: UUID?
        let correlationId: UUID
        let causationId: UUID?
        let actor: String
        let traceparent: String?
        let data: String
        let hash: [UInt8]

        init(
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
    }

    public init(
        source: String, position: Int64, id: UUID, type: String, subject: UUID, sequence: Int64, time: Timestamp, organizationId: UUID?,
        correlationId: UUID, causationId: UUID?, actor: String, traceparent: String?, data: String, hash: [UInt8]
    ) {
        storage = .values(
            Values(
                source: source, position: position, id: id, type: type, subject: subject, sequence: sequence, time: time,
                organizationId: organizationId, correlationId: correlationId, causationId: causationId, actor: actor,
                traceparent: traceparent, data: data, hash: hash))
    }

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
}

extension StoredEvent: Hashable {
    public static func == (left: StoredEvent, right: StoredEvent) -> Bool {
        left.position == right.position && left.id == right.id && left.source == right.source && left.type == right.type
            && left.subject == right.subject && left.sequence == right.sequence && left.time == right.time
            && left.organizationId == right.organizationId && left.correlationId == right.correlationId
            && left.causationId == right.causationId && left.actor == right.actor && left.traceparent == right.traceparent
            && left.data == right.data && left.hash == right.hash
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(position)
        hasher.combine(id)
    }
}

extension CopyRow {
    /// Appends all values of an event, in the order of ``StoredEvent/columns``.
    public mutating func append(_ event: StoredEvent) {
        event.append(to: &self)
    }
}

extension StoredEvent {
    fileprivate func append(to row: inout CopyRow) {
        if case .row(let rows, let index) = storage { return rows.append(index, to: &row) }
        row.append(position)
        row.append(id)
        row.append(type)
        row.append(subject)
        row.append(sequence)
        row.append(time)
        row.append(organizationId)
        row.append(correlationId)
        row.append(causationId)
        row.append(actor)
        row.append(traceparent)
        row.append(JSONText(data))
        row.append(Bytea(hash))
    }
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
