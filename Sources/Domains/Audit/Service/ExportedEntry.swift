public import FoundationEssentials
public import Kernel
public import Outbox

/// An entry with all that its hash and its leaf are made of, for those who have no database.
public struct ExportedEntry: Sendable, Hashable, Codable {
    /// The place in the tree.
    public let leaf: Int64?
    public let source: String
    public let position: Int64
    public let id: UUID
    public let type: String
    public let subject: UUID
    public let sequence: Int64
    public let time: Timestamp
    public let organizationId: UUID?
    public let correlationId: UUID
    public let causationId: UUID?
    public let actor: String
    public let traceparent: String?
    /// The JSON text, byte for byte as stored.
    public let data: String
    /// SHA-256 of the event in lower-case hexadecimal, as stored.
    public let hash: String

    public init(_ record: AuditRecord) {
        let event = record.event
        leaf = record.leaf
        source = event.source
        position = event.position
        id = event.id
        type = event.type
        subject = event.subject
        sequence = event.sequence
        time = event.time
        organizationId = event.organizationId
        correlationId = event.correlationId
        causationId = event.causationId
        actor = event.actor
        traceparent = event.traceparent
        data = event.data
        hash = event.hash.hexadecimal
    }

    /// The event, with the hash that its own bytes give.
    public var recomputed: StoredEvent {
        func event(_ hash: [UInt8]) -> StoredEvent {
            StoredEvent(
                source: source, position: position, id: id, type: type, subject: subject, sequence: sequence, time: time,
                organizationId: organizationId, correlationId: correlationId, causationId: causationId, actor: actor,
                traceparent: traceparent, data: data, hash: hash)
        }
        return event(EventHash.hash(of: event([])))
    }
}
