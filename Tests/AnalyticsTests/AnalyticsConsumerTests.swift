import Analytics
import AnalyticsEvents
import BillingEvents
import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing

@Suite(.databases("analytics")) struct AnalyticsConsumerTests {
    @Test func `subscriptions are summed by plan, status and price`() async throws {
        let database = try await connect()
        try await database.hear(
            .plan(1, slug: "free"), .plan(2, slug: "team"), .activated(1, plan: 1), .activated(2, plan: 1),
            .activated(3, plan: 2, amount: 1_999),
            .activated(4, plan: 2, amount: 19_990, period: .year), .activated(5, plan: 2, amount: 1_999), from: "billing")
        let summaries = try await database.summaries()
        #expect(summaries.map(\.plan) == ["free", "team", "team"])
        #expect(summaries.map(\.planId) == [.numbered(1), .numbered(2), .numbered(2)])
        #expect(summaries.map(\.price.amount) == [0, 1_999, 19_990])
        #expect(summaries.map(\.period) == ["month", "month", "year"])
        #expect(summaries.map(\.subscriptions) == [2, 2, 1])
        #expect(Set(summaries.map(\.status)) == ["active"])
    }

    @Test func `nothing is a summary too`() async throws {
        #expect(try await connect().summaries().isEmpty)
    }

    @Test func `a plan may be named after its use`() async throws {
        let database = try await connect()
        try await database.hear(.activated(1, plan: 1), from: "billing")
        #expect(try await database.summaries().map(\.plan) == [nil])
        try await database.hear(.plan(1, slug: "free"), from: "billing")
        #expect(try await database.summaries().map(\.plan) == ["free"])
    }

    @Test func `facts are the same however often and in whatever order they come`() async throws {
        let database = try await connect()
        let events = try [
            StoredEvent.plan(1, slug: "free"), .plan(2, slug: "team"), .activated(1, plan: 1),
            .activated(1, plan: 2, amount: 1_999, sequence: 3),
            .activated(2, plan: 1, sequence: 1),
        ]
        let consumer = AnalyticsConsumer()
        try await database.apply(events, from: "billing", to: consumer)
        let facts = try await database.facts()
        #expect(facts.count == 4)
        #expect(try await database.summaries().map(\.plan) == ["free", "team"])
        for again in [events, events.reversed(), events + events, [events[2]], [events[2], events[3], events[2]]] {
            try await database.apply(again, from: "billing", to: consumer)
            #expect(try await database.facts() == facts)
        }
    }

    @Test func `an older fact never overwrites a newer one`() async throws {
        let database = try await connect()
        try await database.hear(.activated(1, plan: 2, amount: 1_999, sequence: 5), from: "billing")
        try await database.hear(.activated(1, plan: 1, amount: 0, sequence: 2), from: "billing")
        #expect(try await database.summaries().map(\.price.amount) == [1_999])
        try await database.hear(.activated(1, plan: 1, amount: 500, sequence: 6), from: "billing")
        #expect(try await database.summaries().map(\.price.amount) == [500])
    }

    @Test func `a subscription that changes has the newest plan, in one chunk as in several`() async throws {
        let database = try await connect()
        let events = try [
            StoredEvent.activated(1, plan: 1, amount: 1_000, sequence: 1, position: 1),
            .changed(1, to: 2, amount: 2_000, sequence: 2, position: 2), .changed(1, to: 3, amount: 3_000, sequence: 3, position: 3),
            .ended(1, sequence: 4, position: 4), .activated(2, plan: 1, amount: 1_000, sequence: 1, position: 5),
            .ended(2, sequence: 2, position: 6),
        ]
        try await database.apply(events, from: "billing", to: AnalyticsConsumer())
        let together = try await database.facts()
        #expect(
            try await database.fetch("select concat_ws(' ', amount, currency, period, status, sequence) from subscription_facts order by 1")
                == [
                    "1000 EUR month cancelled 2", "3000 USD year cancelled 4",
                ])
        try await connect(as: .owner).execute("truncate event_counts, plan_facts, subscription_facts, subscription_counts")
        for event in events { try await database.hear(event, from: "billing") }
        #expect(try await database.facts() == together)
        // An old change again is no news.
        try await database.hear(events[1], from: "billing")
        #expect(try await database.facts() == together)
    }

    @Test func `events are counted by day of UTC and type`() async throws {
        let database = try await connect()
        let day = Timestamp(year: 2026, month: 3, day: 14)
        let last = day.advanced(by: .microseconds(86_399_999_999))
        try await database.hear(
            .registered(1, at: day), .registered(2, at: last), .registered(3, at: last.advanced(by: .microseconds(1))),
            .registered(4, at: day.advanced(by: .microseconds(-1))), from: "identity")
        try await database.hear(.registered(5, at: day), from: "identity")
        try await database.hear(.plan(1, slug: "free"), from: "billing")
        #expect(
            try await database.counts() == [
                "2026-03-13 user.registered.v1 1", "2026-03-14 plan.created.v1 1", "2026-03-14 user.registered.v1 3",
                "2026-03-15 user.registered.v1 1",
            ])
    }

    @Test func `events that no read model needs are not counted`() async throws {
        let database = try await connect()
        let entitlements = try StoredEvent.handMade(
            EntitlementsUpdated(organizationId: .numbered(1), version: 1, entitlements: []), from: "billing", position: 1,
            subject: .numbered(1))
        #expect(try await database.hear(entitlements, from: "billing").isEmpty)
        #expect(try await database.hear(from: "billing").isEmpty)
        #expect(try await database.counts().isEmpty)
        #expect(try await database.fetchOne("select count(*) from read_models", as: Int.self) == 0)
    }

    @Test func `the first event that counts starts the read model, once`() async throws {
        let database = try await connect()
        let event = try StoredEvent.registered(1, position: 7)
        let told = try await database.hear(event, from: "identity")
        #expect(told.map(\.type.description) == ["saas.read_model.started.v1"])
        let started: ReadModelStarted = try #require(told.first).decoded()
        #expect(started.name == "subscriptions" && started.generation == 1)
        #expect(told.map(\.subject) == [started.readModelId])
        #expect(told.map(\.sequence) == [1])
        #expect(told.map(\.cause?.eventId) == [event.id])
        #expect(try await database.fetch("select id from read_models", as: UUID.self) == [started.readModelId])
        #expect(try await database.hear(.plan(1, slug: "free"), from: "billing").isEmpty)
        #expect(try await database.outbox(of: "analytics").count == 1)
    }

    @Test func `of two lanes that begin at once one starts the read model, and both count`() async throws {
        let apply: @Sendable (StoredEvent, String) -> @Sendable (Session) throws -> Int = { event, source in
            { session in
                try AnalyticsConsumer().apply(
                    EventChunk(source: source, events: [event]), in: session, context: ConsumerContext(now: event.time)
                ).count
            }
        }
        let (first, second) = try await rivalry(
            connect(), apply(.registered(1), "identity"), against: connect(), apply(.plan(1, slug: "free"), "billing"))
        #expect(first == 1)
        #expect(try second.get() == 0)
        #expect(try await connect().counts() == ["2026-03-14 plan.created.v1 1", "2026-03-14 user.registered.v1 1"])
    }

    @Test func `a rebuilt model equals the first`() async throws {
        let events = try [
            StoredEvent.plan(1, slug: "free", position: 1), .activated(1, plan: 1, position: 2), .activated(2, plan: 1, position: 3),
        ]
        let database = try await connect()
        try await database.apply(events, from: "billing", to: AnalyticsConsumer())
        let first = try await (database.facts(), database.counts())
        try await connect(as: .owner).execute("truncate event_counts, plan_facts, subscription_facts, subscription_counts")
        // In other chunks and another order of the plan's and its subscribers' events.
        for event in events.reversed() { try await database.hear(event, from: "billing") }
        #expect(try await (database.facts(), database.counts()) == first)
    }
}

@Suite(.databases("analytics")) struct AnalyticsSchemaTests {
    @Test func `the tables refuse what no rule would let through`() async throws {
        let database = try await connect()
        try await database.hear(.activated(1, plan: 1), from: "billing")
        for bad: SQL in [
            "update subscription_facts set status = 'gone'", "update subscription_facts set sequence = 0",
            "update event_counts set events = 0",
            "insert into read_models values ('Models', gen_random_uuid(), 1, 0, now())", "update read_models set generation = 0",
        ] {
            #expect(try await database.refusal(of: bad) == .checkViolation, "\(bad.text)")
        }
        #expect(try await database.refusal(of: "insert into plan_facts values (gen_random_uuid(), null)") == .notNullViolation)
    }

    @Test func `the role that runs the worker may not empty a model, nor forget that there was one`() async throws {
        let database = try await connect()
        for forbidden: SQL in ["truncate event_counts", "delete from read_models", "drop table plan_facts", "create table t ()"] {
            #expect(try await database.refusal(of: forbidden) == .insufficientPrivilege, "\(forbidden.text)")
        }
    }
}
