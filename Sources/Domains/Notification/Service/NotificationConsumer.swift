import FoundationEssentials
import IdentityEvents
public import Kernel
import NotificationEvents
import OrganizationEvents
public import Outbox
public import Postgres

/// Tells people what the table of triggers names, inside the product at once and elsewhere by a delivery that is due, and removes what there is
/// of an organization that is purged, or of a user who is erased. One notification per event and recipient, whatever is read again.
public struct NotificationConsumer: Consumer {
    public let name = "notification"
    public let service = "notification"
    public let sources = ["identity", "organization", "workflow"]
    public let understands: [EventType]? = NotificationTrigger.all.map(\.type) + [UserErased.eventType, OrganizationPurged.eventType]
    public let replay = ReplayPolicy.refused(
        because: "what it sends reaches people, and would reach them again",
        instead: "for an event that failed, saasctl dlq retry; for a lost database, a backup")

    public init() {}

    public func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        let purged = Set(try chunk.all(OrganizationPurged.self).map(\.data.organizationId)).sorted()
        let erased = Set(try chunk.all(UserErased.self).map(\.data.userId)).sorted()
        let told = try NotificationTrigger.told(of: chunk)
        let forgets = !purged.isEmpty || !erased.isEmpty
        guard forgets || !told.isEmpty else { return [] }
        // Another source's chunk may be about the same people: either it sees that they are gone, or what it adds is seen here.
        try session.run(NotificationQueries.lockGone(alone: forgets))
        let events = try notify(told, in: session) + deliver(told, in: session)
        if forgets {
            _ = try session.pipeline(
                NotificationQueries.noteErased(erased), NotificationQueries.notePurged(purged),
                NotificationQueries.delete(ofOrganizations: purged), NotificationQueries.delete(ofUsers: erased),
                DeliveryQueries.delete(ofOrganizations: purged), DeliveryQueries.delete(ofUsers: erased))
        }
        return events
    }

    private func notify(_ told: [NotificationTrigger.Told], in session: Session) throws -> [PendingEvent] {
        let notes = try told.filter { $0.trigger.channels.contains(.inApp) }.compactMap { told in
            try told.notice.recipient.userId.map { try NotificationQueries.NewNote(told, userId: $0) }
        }
        guard !notes.isEmpty else { return [] }
        var inserted = Set(try session.all(NotificationQueries.insert(notes)))
        return try notes.filter { inserted.remove($0.id) != nil }.map { note in
            try PendingEvent(
                NotificationDelivered(notificationId: note.id, userId: note.userId, channel: .inApp), subject: note.id, sequence: 1,
                organization: note.told.notice.organization, causedBy: note.told.cause)
        }
    }

    private func deliver(_ told: [NotificationTrigger.Told], in session: Session) throws -> [PendingEvent] {
        let deliveries = try told.flatMap { told in
            try told.trigger.channels.filter { $0 != .inApp }.map { try DeliveryQueries.NewDelivery(told, channel: $0) }
        }
        guard !deliveries.isEmpty else { return [] }
        var inserted = Set(try session.all(DeliveryQueries.insert(deliveries)))
        return try deliveries.filter { inserted.remove($0.id) != nil }.map { delivery in
            try PendingEvent(
                DeliveryDue(deliveryId: delivery.id, channel: delivery.channel, attempts: 0), subject: delivery.id, sequence: 1,
                organization: delivery.told.notice.organization, causedBy: delivery.told.cause)
        }
    }
}
