import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport

/// What the aggregates of these tests tell.
struct ThingChanged: DomainEvent {
    static let eventType = EventType("saas.thing.changed", version: 2)
    static let aggregateType = "thing"

    let thingId: UUID
    let number: Int?
    let text: String?

    init(thingId: UUID, number: Int? = nil, text: String? = nil) {
        self.thingId = thingId
        self.number = number
        self.text = text
    }
}

extension PendingEvent {
    /// An event of an aggregate that has no row: these tests arrange the order themselves.
    static func thing(_ id: UUID = .id(1), sequence: Int64 = 1, text: String? = nil, organization: UUID? = nil) throws -> PendingEvent {
        try PendingEvent(ThingChanged(thingId: id, text: text), subject: id, sequence: sequence, organization: organization)
    }
}

extension UUID {
    static func id(_ number: UInt64) -> UUID { UUID(high: 0x019C_ECE3_51C7_7000, low: 0x8000_0000_0000_0000 | number) }
}

extension OperationContext {
    static let test = OperationContext(
        now: Timestamp(microseconds: 1_773_500_966_535_897), actor: .operatorAccount("ada"), correlationId: .id(3))
}

extension StoredEvent {
    static func sample(position: Int64, id: UUID? = nil, type: String = "saas.thing.changed.v2", data: String = "{}") -> StoredEvent {
        StoredEvent(
            source: "organization", position: position, id: id ?? .id(UInt64(position)), type: type, subject: .id(1), sequence: 1,
            time: OperationContext.test.now, organizationId: nil, correlationId: .id(3), causationId: nil, actor: "operator:ada",
            traceparent: nil, data: data, hash: [])
    }
}

extension Connection {
    func run(_ sql: SQL) async throws {
        try await session { try $0.run(Query(sql)) }
    }

    func value<T: PostgresDecodable & Sendable>(_ sql: SQL, as type: T.Type = T.self) async throws -> T {
        try await session { try $0.one(Query<T>(sql)) }
    }

    func values<T: PostgresDecodable & Sendable>(_ sql: SQL, as type: T.Type = T.self) async throws -> [T] {
        try await session { try $0.all(Query<T>(sql)) }
    }

    /// The whole outbox, by position.
    func storedEvents(source: String = "organization") async throws -> [StoredEvent] {
        try await session { session in
            try session.all(
                Query("select \(fragment: StoredEvent.columns) from outbox order by position") { try StoredEvent($0, source: source) })
        }
    }

    /// Appends in a transaction of its own.
    @discardableResult
    func append(_ events: [PendingEvent], service: String = "organization", context: OperationContext = .test) async throws -> [UUID] {
        try await transaction { try OutboxWriter(service: service).append(events, in: $0, context: context) }
    }
}

func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
