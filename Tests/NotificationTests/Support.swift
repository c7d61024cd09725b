import FoundationEssentials
import IdentityEvents
import Kernel
import Notification
import Outbox
import Postgres
import TestSupport

func connect(as role: TestDatabase.Role = .app) async throws -> Connection {
    try await TestDatabases.current["notification"].connect(as: role)
}

extension Connection {
    @discardableResult
    func hear(_ events: StoredEvent...) async throws -> [PendingEvent] {
        try await apply(events, from: "identity", to: NotificationConsumer())
    }

    func notes(of user: UUID, limit: Int = 100) async throws -> [NotificationNote] {
        try await session { try NotificationService.notifications(of: user, limit: limit, in: $0) }.items
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
}
