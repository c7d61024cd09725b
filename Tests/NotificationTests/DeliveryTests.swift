import FoundationEssentials
import IdentityEvents
import Kernel
import Notification
import NotificationEvents
import Outbox
import Postgres
import TestSupport
import Testing

/// What leaves the system.
@Suite(.databases("notification")) struct DeliveryTests {
    private static let end = OperationContext.ofTest().now.advanced(by: .seconds(3_600))

    /// An invitation's mail, given up after three attempts.
    private func fail(on database: Connection) async throws -> UUID {
        try await database.hear(.invited(position: 1, until: Self.end), from: "organization")
        try await database.execute(
            """
            update deliveries set state = 'failed', attempts = 3, error_code = 'SMTP_REFUSED', due_at = null, finished_at = created_at
            """)
        return try #require(try await database.deliveries().first).id
    }

    private func retry(_ id: UUID, on database: Connection, _ context: OperationContext = .ofTest()) async throws -> Change<Delivery> {
        try await database.change("notification", context) { try DeliveryService.retry(id, in: $0, context: $1) }
    }

    // Standard Webhooks, "webhook-id": what is sent again is the same message, under the same id.
    @Test func `one that has failed is due again, as the same delivery, and that is told`() async throws {
        let database = try await connect()
        let id = try await fail(on: database)
        let change = try await retry(id, on: database)
        let now = OperationContext.ofTest().now
        #expect(change.value.id == id && change.value.state == .due && change.value.dueAt == now && change.value.finishedAt == nil)
        #expect(change.value.attempts == 3 && change.value.errorCode == "SMTP_REFUSED", "what it was tried counts on")
        #expect(change.events.map(\.subject) == [id] && change.events.map(\.sequence) == [2])
        #expect(change.events.map(\.organizationId) == [.numbered(0xA)])
        #expect(try change.events[0].decoded() == DeliveryDue(deliveryId: id, channel: .email, attempts: 3))
        #expect(try await database.session { try DeliveryService.delivery(id, in: $0) } == change.value)
    }

    @Test func `what has not failed, has expired or does not exist is not tried again`() async throws {
        let database = try await connect()
        let id = try await fail(on: database)
        await #expect(throws: NotificationError.deliveryExpired(id, at: Self.end)) {
            try await retry(id, on: database, .ofTest(at: Self.end))
        }
        _ = try await retry(id, on: database)
        await #expect(throws: NotificationError.deliveryNotFailed(id, .due)) { try await retry(id, on: database) }
        try await database.execute("update deliveries set state = 'delivered', due_at = null, finished_at = created_at")
        await #expect(throws: NotificationError.deliveryNotFailed(id, .delivered)) { try await retry(id, on: database) }
        await #expect(throws: NotificationError.deliveryNotFound(.numbered(0xFF))) { try await retry(.numbered(0xFF), on: database) }
        #expect(NotificationError.deliveryNotFailed(id, .due).failure.code.exit == .conflict)
        #expect(try await database.outbox(of: "notification").count == 2)
    }

    @Test func `of two who retry at once one does`() async throws {
        let database = try await connect()
        let id = try await fail(on: database)
        let retry: @Sendable (Session) throws -> Int = {
            try DeliveryService.retry(id, in: $0, context: .ofTest()).events.count
        }
        let (first, second) = try await rivalry(connect(), retry, against: connect(), retry)
        #expect(first == 1)
        #expect(throws: NotificationError.deliveryNotFailed(id, .due)) { try second.get() }
    }

    @Test func `lists are narrowed by state, user and organization, and come in pages`() async throws {
        let database = try await connect()
        let failed = try await fail(on: database)
        for number in 1...6 {
            let time = OperationContext.ofTest().now.advanced(by: .seconds(number / 2))
            try await database.hear(
                .ofUser(
                    PasswordChanged(userId: .numbered(UInt64(number % 2 + 1)), byReset: false), UInt64(number % 2 + 1),
                    position: Int64(10 + number), .ofTest(at: time)))
        }
        #expect(try await database.deliveries(DeliveryFilter(state: .failed)).map(\.id) == [failed])
        #expect(try await database.deliveries(DeliveryFilter(state: .due)).count == 6)
        #expect(try await database.deliveries(DeliveryFilter(state: .delivered)).isEmpty)
        #expect(try await database.deliveries(DeliveryFilter(userId: .numbered(1))).count == 3)
        #expect(try await database.deliveries(DeliveryFilter(organizationId: .numbered(0xA))).map(\.id) == [failed])
        let all = try await database.fetch("select id from deliveries order by created_at desc, id desc", as: UUID.self)
        for limit in [1, 3, 7] {
            let pages = try await pages { cursor in
                try await database.session { try DeliveryService.deliveries(before: cursor, limit: limit, in: $0) }
            }
            #expect(pages.flatMap(\.self).map(\.id) == all)
        }
    }

    @Test func `the table holds a state and what belongs to it together, and no text that could be anything`() async throws {
        let database = try await connect()
        _ = try await fail(on: database)
        for bad: SQL in [
            "update deliveries set state = 'due'", "update deliveries set state = 'delivered', finished_at = null",
            "update deliveries set error_code = null", "update deliveries set attempts = 0", "update deliveries set attempts = -1",
            "update deliveries set state = 'lost'", "update deliveries set error_code = 'ada@example.org is unknown'",
            "update deliveries set data = '[]'", "update deliveries set recipient_kind = 'address'",
        ] {
            #expect(try await database.refusal(of: bad) == .checkViolation, "\(bad.text)")
        }
    }
}
