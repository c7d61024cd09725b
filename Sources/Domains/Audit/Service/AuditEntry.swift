public import FoundationEssentials
public import Kernel
public import Outbox

/// An event as the log has it, and its place in the tree.
public struct AuditRecord: Sendable, Hashable {
    /// `nil` until the sequencer has been there.
    public let leaf: Int64?
    public let event: StoredEvent

    public init(leaf: Int64?, event: StoredEvent) {
        self.leaf = leaf
        self.event = event
    }
}

/// One event in the audit log, as people read it.
public struct AuditEntry: Sendable, Hashable, Codable {
    /// The place in the Merkle tree; `nil` until the sequencer has been there.
    public let leaf: Int64?
    public let source: String
    public let position: Int64
    public let id: UUID
    /// The event's name without version and punctuation: `OrganizationCreated`.
    public let event: String
    public let type: String
    public let subject: UUID
    public let sequence: Int64
    public let time: Timestamp
    public let organizationId: UUID?
    public let correlationId: UUID
    public let causationId: UUID?
    public let actor: String
    public let data: JSONValue
    /// SHA-256 of the event in lower-case hexadecimal, as its owner stored it.
    public let hash: String

    /// - Throws: `UnreadableJSON` where somebody has put something else in the place of the data.
    public init(_ record: AuditRecord) throws {
        let stored = record.event
        leaf = record.leaf
        source = stored.source
        position = stored.position
        id = stored.id
        event = stored.eventType?.displayName ?? stored.type
        type = stored.type
        subject = stored.subject
        sequence = stored.sequence
        time = stored.time
        organizationId = stored.organizationId
        correlationId = stored.correlationId
        causationId = stored.causationId
        actor = stored.actor
        data = try JSONValue(parsing: stored.data)
        hash = stored.hash.hexadecimal
    }
}

/// Which entries to show.
public struct AuditFilter: Sendable, Hashable {
    public var organizationId: UUID?
    public var correlationId: UUID?
    public var subject: UUID?
    public var actor: String?
    /// With or without version, as stored: `saas.organization.created`.
    public var type: String?
    public var source: String?
    /// From this instant on.
    public var since: Timestamp?
    /// Up to but without this instant.
    public var until: Timestamp?

    public init() {}
}

extension EventType {
    /// `saas.plan.version_published` is `PlanVersionPublished`: the words after `saas`, capitalised and joined.
    public var displayName: String {
        name.split(separator: ".").dropFirst().flatMap { $0.split(separator: "_") }
            .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
