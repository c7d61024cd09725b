import FoundationEssentials
import Kernel
import Notification
import NotificationEvents
import Outbox
import Postgres
import TestSupport
import Testing

/// Reading, and what is unread.
@Suite(.databases("notification")) struct NotificationReadTests {
    /// So many notifications of a user, oldest first.
    private func prepare(_ count: Int, of user: UInt64 = 1, from first: Int64 = 1, on database: Connection) async throws -> [UUID] {
        for offset in 0..<count {
            let position = first + Int64(offset)
            let time = OperationContext.ofTest().now.advanced(by: .seconds(Int(position) - 1_000))
            try await database.hear(.registered(user, position: position, at: time))
        }
        return try await database.notes(of: .numbered(user)).map(\.id).reversed()
    }

    @Test func `what is marked is read from now on, is no more unread, and that is told`() async throws {
        let database = try await connect()
        let ids = try await prepare(3, on: database)
        #expect(try await database.unread(of: .numbered(1)) == 3)
        let change = try await database.markRead([ids[0], ids[2]])
        #expect(change.value == ReadNotifications(read: [ids[0], ids[2]].sorted(), unread: 1))
        #expect(try await database.notes(of: .numbered(1), unread: true).map(\.id) == [ids[1]])
        let now = OperationContext.ofTest().now
        #expect(try await database.notes(of: .numbered(1)).map(\.readAt) == [now, nil, now])
        #expect(change.events.map(\.type.description) == ["saas.notification.read.v1", "saas.notification.read.v1"])
        #expect(change.events.map(\.subject) == [ids[0], ids[2]].sorted())
        #expect(change.events.map(\.sequence) == [2, 2])
        #expect(try change.events[0].decoded() == NotificationRead(notificationId: change.events[0].subject, userId: .numbered(1)))
        #expect(change.rows.map(\.table) == ["notifications", "notifications"])
    }

    // RFC 9110, section 9.2.2: doing it again has the effect of doing it once.
    @Test func `what was read before stays read since then, and nothing is told`() async throws {
        let database = try await connect()
        let ids = try await prepare(2, on: database)
        try await database.markRead([ids[0]])
        let later = OperationContext.ofTest(at: OperationContext.ofTest().now.advanced(by: .seconds(60)))
        let again = try await database.markRead([ids[0]], later)
        #expect(again.value == ReadNotifications(read: [], unread: 1) && again.rows.isEmpty && again.events.isEmpty)
        let both = try await database.markRead(ids, later)
        #expect(both.value == ReadNotifications(read: [ids[1]], unread: 0) && both.events.count == 1)
        #expect(try await database.notes(of: .numbered(1)).map(\.readAt) == [later.now, OperationContext.ofTest().now])
        #expect(try await database.markAllRead(of: .numbered(1)).events.isEmpty)
    }

    @Test func `of several either all are marked or none`() async throws {
        let database = try await connect()
        let ids = try await prepare(1, on: database)
        await #expect(throws: NotificationError.notFound(.numbered(0xFF))) { try await database.markRead([ids[0], .numbered(0xFF)]) }
        #expect(try await database.unread(of: .numbered(1)) == 1)
    }

    // OWASP API Security Top 10 2023, API1: whether there is an object of somebody else is not to be learnt either.
    @Test func `to a user who acts there are the own ones alone`() async throws {
        let database = try await connect()
        let own = try await prepare(1, on: database)
        let other = try await prepare(1, of: 2, from: 50, on: database)
        await #expect(throws: NotificationError.notFound(other[0])) { try await database.markRead(own + other, .by(1)) }
        #expect(try await database.unread(of: .numbered(1)) == 1)
        #expect(try await database.markRead(own, .by(1)).value.read == own)
        #expect(try await database.unread(of: .numbered(2)) == 1)
    }

    @Test func `all of a user's are marked, and nobody else's`() async throws {
        let database = try await connect()
        let ids = try await prepare(4, on: database)
        _ = try await prepare(2, of: 2, from: 50, on: database)
        try await database.markRead([ids[1]])
        let change = try await database.markAllRead(of: .numbered(1))
        #expect(change.value == ReadNotifications(read: [ids[0], ids[2], ids[3]].sorted(), unread: 0))
        #expect(try await database.unread(of: .numbered(2)) == 2)
    }

    @Test func `more than is marked at a time is left for the next time, the newest of it`() async throws {
        let database = try await connect()
        let limit = NotificationService.markLimit
        try await database.execute(
            """
            insert into notifications (id, user_id, template, event_id, event_sequence, created_at)
            select gen_random_uuid(), \(UUID.numbered(1)), 'welcome', gen_random_uuid(), 1, \(OperationContext.ofTest().now)::timestamptz - n * interval '1 second'
            from generate_series(0, \(limit)) as n
            """)
        let newest = try #require(try await database.notes(of: .numbered(1), limit: 1).first)
        let first = try await database.markAllRead(of: .numbered(1))
        #expect(first.value.read.count == limit && first.value.unread == 1 && first.events.count == limit)
        #expect(try await database.markAllRead(of: .numbered(1)).value == ReadNotifications(read: [newest.id], unread: 0))
    }

    @Test func `a clock that was set back marks nothing as read before it was there`() async throws {
        let database = try await connect()
        let ids = try await prepare(1, on: database)
        try await database.markRead(ids, .ofTest(at: Timestamp(year: 2020, month: 1, day: 1)))
        let note = try #require(try await database.notes(of: .numbered(1)).first)
        #expect(note.readAt == note.createdAt)
    }

    // PostgreSQL 15, section 13.2.1: who waited for a row sees it as the other transaction has left it.
    @Test func `two who read the same at once mark each notification once, and neither counts it as unread`() async throws {
        let database = try await connect()
        let ids = try await prepare(5, on: database)
        let mark: @Sendable (Session) throws -> ReadNotifications = { session in
            let change = try NotificationService.markAllRead(of: .numbered(1), in: session, context: .ofTest())
            try OutboxWriter(service: "notification").append(change.events, in: session, context: .ofTest())
            return change.value
        }
        let (first, second) = try await rivalry(connect(), mark, against: connect(), mark)
        #expect(first == ReadNotifications(read: ids.sorted(), unread: 0))
        #expect(try second.get() == ReadNotifications(read: [], unread: 0))
        let told = try await database.outbox(of: "notification").filter { $0.type == "saas.notification.read.v1" }
        #expect(told.count == 5 && Set(told.map(\.subject)) == Set(ids) && told.allSatisfy { $0.sequence == 2 })
    }

    @Test func `what arrives while somebody reads stays unread and is counted`() async throws {
        let database = try await connect()
        _ = try await prepare(2, on: database)
        let event = try StoredEvent.registered(1, position: 70)
        let (marked, arrived) = try await rivalry(
            connect(), { try NotificationService.markAllRead(of: .numbered(1), in: $0, context: .ofTest()).value },
            against: connect(),
            {
                try NotificationConsumer().apply(
                    EventChunk(source: "identity", events: [event]), in: $0, context: ConsumerContext(now: event.time)
                ).count
            })
        #expect(marked.read.count == 2)
        #expect(try arrived.get() == 1)
        #expect(try await database.unread(of: .numbered(1)) == 1)
    }
}
