import FoundationEssentials
import IdentityEvents
public import Kernel
import NotificationEvents
import OrganizationEvents
public import Outbox
public import Postgres

/// Welcomes each new user inside the product, and removes what there is of an organization that is purged, or of a user who is erased. One
/// notification per event and recipient, whatever is read again.
public struct NotificationConsumer: Consumer {
    public let name = "notification"
    public let service = "notification"
    public let sources = ["identity", "organization"]
    public let understands: [EventType]? = [UserRegistered.eventType, UserErased.eventType, OrganizationPurged.eventType]
    public let replay = ReplayPolicy.refused(
        because: "what it sends reaches people, and would reach them again",
        instead: "for an event that failed, saasctl dlq retry; for a lost database, a backup")

    public init() {}

    public func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        let purged = Set(try chunk.all(OrganizationPurged.self).map(\.data.organizationId)).sorted()
        if !purged.isEmpty { try session.run(NotificationQueries.delete(ofOrganizations: purged)) }
        let told = try welcome(chunk, in: session, context: context)
        let erased = Set(try chunk.all(UserErased.self).map(\.data.userId)).sorted()
        if !erased.isEmpty { try session.run(NotificationQueries.delete(ofUsers: erased)) }
        return told
    }

    private func welcome(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        let registered = try chunk.all(UserRegistered.self)
        guard !registered.isEmpty else { return [] }
        let notes = registered.map { event in
            (
                cause: event.stored,
                row: NotificationQueries.NewNote(
                    id: context.newId(), userId: event.data.userId, eventId: event.stored.id, createdAt: event.stored.time)
            )
        }
        let inserted = Set(try session.all(NotificationQueries.insert(notes.map(\.row), template: .welcome)))
        return try notes.filter { inserted.contains($0.row.id) }.map { cause, row in
            try PendingEvent(
                NotificationDelivered(notificationId: row.id, userId: row.userId, channel: .inApp), subject: row.id, sequence: 1,
                organization: nil, causedBy: cause)
        }
    }
}
