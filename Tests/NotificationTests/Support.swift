import FoundationEssentials
import IdentityEvents
import Kernel
import Notification
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import WorkflowEvents

func connect(as role: TestDatabase.Role = .app) async throws -> Connection {
    try await TestDatabases.current["notification"].connect(as: role)
}

extension Connection {
    @discardableResult
    func hear(_ events: StoredEvent..., from source: String = "identity") async throws -> [PendingEvent] {
        try await apply(events, from: source, to: NotificationConsumer())
    }

    func notes(of user: UUID, unread: Bool = false, limit: Int = 100) async throws -> [NotificationNote] {
        try await session { try NotificationService.notifications(of: user, unread: unread, limit: limit, in: $0) }.items
    }

    func deliveries(_ filter: DeliveryFilter = DeliveryFilter(), limit: Int = 100) async throws -> [Delivery] {
        try await session { try DeliveryService.deliveries(filter, limit: limit, in: $0) }.items
    }

    func unread(of user: UUID) async throws -> Int64 {
        try await session { try NotificationService.count(of: user, unread: true, in: $0) }.count
    }

    @discardableResult
    func markRead(_ ids: [UUID], _ context: OperationContext = .ofTest()) async throws -> Change<ReadNotifications> {
        try await change("notification", context) { try NotificationService.markRead(ids, in: $0, context: $1) }
    }

    @discardableResult
    func markAllRead(of user: UUID, _ context: OperationContext = .ofTest()) async throws -> Change<ReadNotifications> {
        try await change("notification", context) { try NotificationService.markAllRead(of: user, in: $0, context: $1) }
    }
}

extension OperationContext {
    /// The same deed, done by a user.
    static func by(_ user: UInt64) -> OperationContext {
        let operation = ofTest()
        return OperationContext(now: operation.now, actor: .user(.numbered(user)), correlationId: operation.correlationId)
    }
}

extension StoredEvent {
    static func registered(_ user: UInt64, position: Int64, at now: Timestamp = OperationContext.ofTest().now) throws -> StoredEvent {
        try handMade(
            UserRegistered(userId: .numbered(user), hasPassword: false), from: "identity", position: position, subject: .numbered(user),
            context: .ofTest(at: now))
    }

    static func erased(_ user: UInt64, position: Int64) throws -> StoredEvent {
        try handMade(
            UserErased(userId: .numbered(user)), from: "identity", position: position, subject: .numbered(user), sequence: 2,
            context: .ofTest())
    }

    static func ofUser(
        _ event: some DomainEvent, _ user: UInt64, position: Int64, _ context: OperationContext = .ofTest()
    ) throws -> StoredEvent {
        try handMade(event, from: "identity", position: position, subject: .numbered(user), sequence: 2, context: context)
    }

    /// Something about the organization 0xA.
    static func ofOrganization(
        _ event: some DomainEvent, position: Int64, _ context: OperationContext = .ofTest()
    ) throws -> StoredEvent {
        try handMade(
            event, from: "organization", position: position, subject: .numbered(0xA), organization: .numbered(0xA), context: context)
    }

    static func joined(_ user: UInt64, position: Int64, _ context: OperationContext = .ofTest()) throws -> StoredEvent {
        try ofOrganization(
            MemberAdded(organizationId: .numbered(0xA), userId: .numbered(user), role: .admin), position: position, context)
    }

    static func purged(position: Int64) throws -> StoredEvent {
        try ofOrganization(OrganizationPurged(organizationId: .numbered(0xA)), position: position)
    }

    static func invited(position: Int64, until end: Timestamp) throws -> StoredEvent {
        try ofOrganization(
            InvitationSent(organizationId: .numbered(0xA), invitationId: .numbered(0x1), role: .viewer, expiresAt: end), position: position)
    }

    static func assigned(to user: UInt64?, position: Int64, _ context: OperationContext = .ofTest()) throws -> StoredEvent {
        let event = TaskAssigned(
            taskId: .numbered(0x7), organizationId: .numbered(0xA), assigneeId: user.map { .numbered($0) })
        return try handMade(
            event, from: "workflow", position: position, subject: .numbered(0x7), sequence: 2, organization: .numbered(0xA),
            context: context)
    }
}
