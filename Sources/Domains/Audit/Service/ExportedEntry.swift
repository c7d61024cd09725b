public import FoundationEssentials
public import Kernel
public import Outbox

/// An entry with all that its hash and its leaf are made of, for those who have no database.
public struct ExportedEntry: Sendable, Hashable, Codable {
    /// The place in the tree.
    public let leaf: Int64?
    /// The service that published the event.
    public let source: String
    /// The place in that service's outbox.
    public let position: Int64
    /// The event's own, in the order of time (UUID version 7).
    public let id: UUID
    /// With its version.
    public let type: String
    /// The id of the aggregate.
    public let subject: UUID
    /// Counts the events of the aggregate, from 1, without gaps.
    public let sequence: Int64
    public let time: Timestamp
    /// Whose data it is about; `nil` for what belongs to no organization.
    public let organizationId: UUID?
    /// The same for all that came of one command.
    public let correlationId: UUID
    /// The event that a consumer reacted to; `nil` for what a command did.
    public let causationId: UUID?
    /// Who did it: `operator:ada`, `user:…`, `service:billing`.
    public let actor: String
    /// The trace that it belongs to (W3C Trace Context).
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
