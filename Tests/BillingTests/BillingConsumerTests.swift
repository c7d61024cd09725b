import BillingEvents
import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Billing

@Suite(.databases("billing")) struct BillingConsumerTests {
    @Test func `a new organization is subscribed to the default plan, and told what it may use`() async throws {
        let database = try await connect()
        let plan = try await database.createPlan(.free).value
        try await database.createPlan(.team())
        let organization = UUID.numbered(0xA)
        let created = Timestamp(year: 2026, month: 1, day: 31, hour: 12)
        let event = try StoredEvent.created(organization, position: 5, at: created)
        let told = try await database.hear([event])

        let subscription = try await database.subscription(of: organization)
        #expect(subscription.status == .active)
        #expect(subscription.plan == Subscription.PlanReference(id: plan.id, slug: "free", version: 1))
        #expect(subscription.price == plan.currentVersion.price && subscription.period == .month)
        // From the organization's first moment, whenever the worker came; to the last day of a month that has no 31st.
        #expect(subscription.periodStart == created)
        #expect(subscription.periodEnd == Timestamp(year: 2026, month: 2, day: 28, hour: 12))
        #expect(subscription.createdAt == created)
        #expect(
            try await database.entitlements(of: organization)
                == PlanDraft.free.entitlements.map { Entitlement(key: $0.key, kind: $0.kind, quantity: $0.quantity, isSoft: false) })

        #expect(told.map(\.type.description) == ["saas.subscription.activated.v1", "saas.entitlements.updated.v1"])
        #expect(told.map(\.subject) == [subscription.id, organization])
        #expect(told.map(\.sequence) == [1, 1])
        #expect(told.map(\.organizationId) == [organization, organization])
        #expect(
            try told[0].decoded()
                == SubscriptionActivated(
                    subscriptionId: subscription.id, organizationId: organization, planId: plan.id, planVersionId: plan.currentVersion.id,
                    price: plan.currentVersion.price, period: .month, periodStart: created, periodEnd: subscription.periodEnd))
        #expect(
            try told[1].decoded()
                == EntitlementsUpdated(organizationId: organization, version: 1, entitlements: PlanDraft.free.entitlements))
        // The story goes on: cause and correlation are those of the event.
        let stored = try await database.outbox(of: "billing").suffix(2)
        #expect(stored.map(\.causationId) == [event.id, event.id])
        #expect(stored.map(\.correlationId) == [event.correlationId, event.correlationId])
        #expect(stored.map(\.actor) == ["service:billing", "service:billing"])
    }

    @Test func `the same events again change nothing and tell nothing`() async throws {
        let database = try await connect()
        try await database.createPlan(.free)
        let events = try (1...3).map { try StoredEvent.created(.numbered(UInt64($0)), position: Int64($0)) }
        #expect(try await database.hear(events).count == 6)
        let before = try await state(database)
        #expect(try await database.hear(events).isEmpty)
        #expect(try await database.hear(events.reversed()).isEmpty)
        // Old ones and a new one together.
        #expect(
            try await database.hear([events[0], .created(.numbered(4), position: 4), events[2]]).map(\.organizationId) == [
                .numbered(4), .numbered(4),
            ])
        #expect(try await state(database).prefix(3) == before.prefix(3))
    }

    private func state(_ database: Connection) async throws -> [String] {
        try await database.fetch(
            """
            select concat_ws(' ', s.organization_id, s.id, s.period_start, s.period_end, s.version, s.event_sequence, e.version, e.event_sequence,
                (select string_agg(concat(key, kind, quantity), ',' order by key) from entitlements where organization_id = s.organization_id))
            from subscriptions as s join entitlement_sets as e on e.organization_id = s.organization_id order by s.organization_id
            """)
    }

    @Test func `twice in one chunk is once`() async throws {
        let database = try await connect()
        try await database.createPlan(.free)
        let told = try await database.hear([
            .created(.numbered(1), position: 1), .created(.numbered(2), position: 2), .created(.numbered(1), position: 3),
        ])
        #expect(told.map(\.organizationId) == [.numbered(1), .numbered(1), .numbered(2), .numbered(2)])
        #expect(try await state(database).count == 2)
    }

    @Test func `an empty chunk, and one of other events, touch nothing`() async throws {
        let database = try await connect()
        // Without a default plan: so not even that is asked.
        #expect(try await database.hear([]).isEmpty)
        let member = try StoredEvent.handMade(
            MemberAdded(organizationId: .numbered(1), userId: .numbered(2), role: .owner), from: "organization", position: 1,
            subject: .numbered(1))
        #expect(try await database.hear([member]).isEmpty)
    }

    @Test func `without a default plan the chunk is refused whole`() async throws {
        let database = try await connect()
        try await database.createPlan(.team())
        await #expect(throws: ConsumerNotReady.self) { try await database.hear([.created(.numbered(1), position: 1)]) }
        try await database.createPlan(.free)
        try await database.execute("update plans set status = 'retired' where is_default")
        await #expect(throws: ConsumerNotReady.self) { try await database.hear([.created(.numbered(1), position: 1)]) }
        #expect(try await database.fetchOne("select count(*) from subscriptions", as: Int.self) == 0)
    }

    @Test func `an event that cannot be read is named, and nothing of its chunk is kept`() async throws {
        let database = try await connect()
        try await database.createPlan(.free)
        let good = try StoredEvent.created(.numbered(1), position: 1)
        let bad = StoredEvent(
            source: "organization", position: 2, id: .numbered(9), type: good.type, subject: .numbered(2), sequence: 1, time: good.time,
            organizationId: nil, correlationId: good.correlationId, causationId: nil, actor: "operator:ada", traceparent: nil,
            data: #"{"organization_id":"x"}"#, hash: good.hash)
        let error = try await #require(throws: UnreadableEvent.self) { try await database.hear([good, bad]) }
        #expect(error.id == .numbered(9) && error.position == 2)
        #expect(try await database.fetchOne("select count(*) from subscriptions", as: Int.self) == 0)
    }

    @Test func `subscribers stay on the version that they took, and later ones get the newest`() async throws {
        let database = try await connect()
        let plan = try await database.createPlan(.free).value
        try await database.hear([.created(.numbered(1), position: 1)])
        try await database.execute(
            """
            insert into plan_versions (id, plan_id, number, amount, currency, period, published_at)
            values (\(UUID.numbered(0xF)), \(plan.id), 2, 500, 'EUR', 'year', now())
            """)
        let told = try await database.hear([.created(.numbered(2), position: 2)])
        #expect(try await database.subscription(of: .numbered(1)).plan.version == 1)
        let second = try await database.subscription(of: .numbered(2))
        #expect(second.plan.version == 2 && second.price.amount == 500 && second.period == .year)
        #expect(second.periodEnd == second.periodStart.advanced(byMonths: 12))
        // That version grants nothing, and says so.
        #expect(try await database.entitlements(of: .numbered(2)).isEmpty)
        #expect(told.map(\.type) == [SubscriptionActivated.eventType, InvoiceFinalized.eventType, EntitlementsUpdated.eventType])
        #expect(try told[2].decoded(EntitlementsUpdated.self).entitlements.isEmpty)
        #expect(try await database.session { try PlanService.plan(slug: "free", in: $0) }?.currentVersion.number == 2)
    }

    @Test func `of two workers with the same event one subscribes`() async throws {
        try await connect().createPlan(.free)
        let event = try StoredEvent.created(.numbered(1), position: 1)
        let apply: @Sendable (Session) throws -> Int = { session in
            try BillingConsumer().apply(
                EventChunk(source: "organization", events: [event]), in: session, context: ConsumerContext(now: event.time)
            ).count
        }
        let (first, second) = try await rivalry(connect(), apply, against: connect(), apply)
        #expect(first == 2)
        #expect(try second.get() == 0)
        #expect(try await connect().subscription(of: .numbered(1)).version == 1)
    }

    @Test func `a thousand organizations are one chunk`() async throws {
        let database = try await connect()
        try await database.createPlan(.free)
        let events = try (1...1_000).map { try StoredEvent.created(.numbered(UInt64($0)), position: Int64($0)) }
        let told = try await database.hear(events)
        #expect(told.count == 2_000)
        #expect(try await database.fetchOne("select count(*) from entitlements", as: Int.self) == 3_000)
    }
}
