public import FoundationEssentials
public import Kernel
import NotificationEvents
public import Outbox
public import Postgres

/// Which deliveries a list shows.
public struct DeliveryFilter: Sendable, Hashable {
    public var state: Delivery.State?
    public var userId: UUID?
    public var organizationId: UUID?

    /// All of them.
    public init(state: Delivery.State? = nil, userId: UUID? = nil, organizationId: UUID? = nil) {
        self.state = state
        self.userId = userId
        self.organizationId = organizationId
    }
}

/// What leaves the system.
public enum DeliveryService {
    /// One page of deliveries, newest first.
    public static func deliveries(
        _ filter: DeliveryFilter = DeliveryFilter(), before cursor: PageCursor? = nil, limit: Int, in session: Session
    ) throws -> Page<Delivery> {
        let rows = try session.all(DeliveryQueries.list(filter, before: cursor, limit: limit + 1))
        return Page(rows, limit: limit) { PageCursor(time: $0.createdAt, id: $0.id) }
    }

    /// - Throws: ``NotificationError/deliveryNotFound(_:)``.
    public static func delivery(_ id: UUID, in session: Session) throws -> Delivery {
        guard let found = try session.first(DeliveryQueries.find(id)) else { throw NotificationError.deliveryNotFound(id) }
        return found
    }

    /// Makes a delivery that was given up due again; what it has been tried counts on.
    ///
    /// - Throws: ``NotificationError/deliveryNotFound(_:)``, ``NotificationError/deliveryNotFailed(_:_:)``, and
    ///   ``NotificationError/deliveryExpired(_:at:)`` for what nobody can use any more.
    public static func retry(_ id: UUID, in session: Session, context: OperationContext) throws -> Change<Delivery> {
        guard let found = try session.first(DeliveryQueries.lock(id)) else { throw NotificationError.deliveryNotFound(id) }
        guard found.state == .failed else { throw NotificationError.deliveryNotFailed(id, found.state) }
        if let expiry = found.expiresAt, expiry <= context.now { throw NotificationError.deliveryExpired(id, at: expiry) }
        let (due, sequence) = try session.one(DeliveryQueries.makeDue(id, at: context.now))
        let event = DeliveryDue(deliveryId: id, channel: due.channel, attempts: due.attempts)
        return Change(
            due, rows: [try ChangedRow(.update, "deliveries", due)],
            events: [try PendingEvent(event, subject: id, sequence: sequence, organization: due.organizationId)])
    }
}
