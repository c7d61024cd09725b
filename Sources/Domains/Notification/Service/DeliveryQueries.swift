import FoundationEssentials
import Kernel
import NotificationEvents
import Outbox
import Postgres

/// The SQL statements of what leaves the system.
enum DeliveryQueries {
    private static let columns: SQL = """
        id, state, channel, template, recipient_kind, recipient_id, organization_id, data, attempts, error_code, created_at, due_at, expires_at,
        finished_at
        """

    private static func delivery(_ row: Row) throws -> Delivery {
        Delivery(
            id: try row.get(0), state: try row.get(1), channel: try row.get(2), template: try row.get(3),
            recipient: DeliveryRecipient(kind: try row.get(4), id: try row.get(5)), organizationId: try row.get(6),
            data: try JSONCoding.decode(from: row.get(7)), attempts: try row.get(8), errorCode: try row.get(9), createdAt: try row.get(10),
            dueAt: try row.get(11), expiresAt: try row.get(12), finishedAt: try row.get(13))
    }

    struct NewDelivery: Sendable {
        let id: UUID
        let channel: NotificationChannel
        let data: String
        let told: NotificationTrigger.Told

        init(_ told: NotificationTrigger.Told, channel: NotificationChannel) throws {
            id = told.cause.derivedId("saas.delivery \(channel.rawValue)")
            self.channel = channel
            data = try JSONCoding.encode(told.notice.data)
            self.told = told
        }
    }

    /// Inserts the deliveries that no earlier run of the same events has made, but for whom and what is gone; gives back the ids of those
    /// inserted.
    static func insert(_ deliveries: [NewDelivery]) -> Query<UUID> {
        Query(
            """
            insert into deliveries (
                id, event_id, channel, recipient_kind, recipient_id, organization_id, template, data, due_at, expires_at, event_sequence,
                created_at)
            select d.id, d.event_id, d.channel, d.kind, d.recipient, d.organization_id, d.template, d.data::json, d.created_at, d.expires_at, 1,
                d.created_at
            from unnest(\(deliveries.map(\.id)), \(deliveries.map(\.told.cause.id)), \(deliveries.map(\.channel.rawValue)),
                \(deliveries.map(\.told.notice.recipient.kind.rawValue)), \(deliveries.map(\.told.notice.recipient.id)),
                \(deliveries.map(\.told.notice.organization)), \(deliveries.map(\.told.trigger.template.rawValue)),
                \(deliveries.map(\.data)), \(deliveries.map(\.told.notice.expiresAt)), \(deliveries.map(\.told.cause.time)))
                as d (id, event_id, channel, kind, recipient, organization_id, template, data, expires_at, created_at)
            where not exists (select from erased_users as u where u.user_id = d.recipient)
                and not exists (select from purged_organizations as o where o.organization_id = d.organization_id)
            on conflict (event_id, recipient_id, channel) do nothing
            returning id
            """
        ) { try $0.get(0) }
    }

    static func delete(ofOrganizations organizations: [UUID]) -> Query<Void> {
        Query("delete from deliveries where organization_id = any (\(organizations))")
    }

    static func delete(ofUsers users: [UUID]) -> Query<Void> {
        Query("delete from deliveries where recipient_kind = 'user' and recipient_id = any (\(users))")
    }

    static func list(_ filter: DeliveryFilter, before cursor: PageCursor?, limit: Int) -> Query<Delivery> {
        var conditions: [SQL] = ["true"]
        if let state = filter.state { conditions.append("state = \(state.rawValue)") }
        // The index of what is open has no rows of what was delivered, and the planner sees that from a literal alone.
        if let state = filter.state, state != .delivered { conditions.append("state <> 'delivered'") }
        if let userId = filter.userId { conditions.append("recipient_kind = 'user' and recipient_id = \(userId)") }
        if let organizationId = filter.organizationId { conditions.append("organization_id = \(organizationId)") }
        return Query(
            """
            select \(fragment: columns) from deliveries
            where \(fragment: .joined(conditions, separator: " and "))
                and (\(cursor?.time)::timestamptz is null or (created_at, id) < (\(cursor?.time)::timestamptz, \(cursor?.id)::uuid))
            order by created_at desc, id desc limit \(limit)
            """, delivery)
    }

    static func find(_ id: UUID) -> Query<Delivery> {
        Query("select \(fragment: columns) from deliveries where id = \(id)", delivery)
    }

    static func lock(_ id: UUID) -> Query<Delivery> {
        Query("select \(fragment: columns) from deliveries where id = \(id) for no key update", delivery)
    }

    /// The error stays, as that of the last attempt.
    static func makeDue(_ id: UUID, at now: Timestamp) -> Query<(delivery: Delivery, eventSequence: Int64)> {
        Query(
            """
            update deliveries set state = 'due', due_at = \(now), finished_at = null, event_sequence = event_sequence + 1
            where id = \(id) returning \(fragment: columns), event_sequence
            """
        ) { (try delivery($0), try $0.get(14)) }
    }
}
