import BillingEvents
import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Analytics

@Suite(.databases("analytics")) struct UsageFigureTests {
    private static func day(_ day: Int, _ hour: Int = 0) -> Timestamp { Timestamp(year: 2026, month: 3, day: day, hour: hour) }
    private static let period = (Timestamp(year: 2026, month: 3, day: 1), Timestamp(year: 2026, month: 4, day: 1))

    private func used(
        _ quantity: Int64, of entitlement: String = "api_calls", by organization: UInt64, on day: Timestamp, sequence: Int64
    ) throws -> StoredEvent {
        try .handMade(
            UsageRecorded(
                organizationId: .numbered(organization), usageId: .numbered(UInt64(sequence)), entitlement: entitlement, quantity: quantity,
                usedAt: day, periodStart: Self.period.0, periodEnd: Self.period.1), from: "billing", position: sequence,
            subject: .numbered(organization), sequence: sequence, organization: .numbered(organization),
            context: .ofTest(at: Self.day(20)))
    }

    private func reached(_ entitlement: String, by organization: UInt64, sequence: Int64) throws -> StoredEvent {
        try .handMade(
            UsageLimitReached(
                organizationId: .numbered(organization), entitlement: entitlement, limit: 100, isSoft: false, periodStart: Self.period.0,
                periodEnd: Self.period.1), from: "billing", position: sequence, subject: .numbered(organization), sequence: sequence,
            organization: .numbered(organization), context: .ofTest(at: Self.day(20)))
    }

    private func filter(organization: UInt64? = nil, entitlement: String? = nil) throws -> UsageFigureFilter {
        UsageFigureFilter(
            try FigureRange(by: .day, since: Self.day(1), until: Self.day(6), now: Self.day(1)),
            organizationId: organization.map { .numbered($0) }, entitlement: entitlement)
    }

    private var events: [StoredEvent] {
        get throws {
            try [
                used(10, by: 1, on: Self.day(1), sequence: 2), used(5, by: 1, on: Self.day(3, 23), sequence: 3),
                reached("api_calls", by: 1, sequence: 4), used(7, of: "exports", by: 1, on: Self.day(2), sequence: 6),
                // Told late, of a day before what was told already.
                used(100, by: 1, on: Self.day(2), sequence: 7), used(40, by: 2, on: Self.day(2), sequence: 2),
            ]
        }
    }

    @Test func `usage counts on the day on which it was used, by organization and all together`() async throws {
        let database = try await connect()
        try await database.apply(events, from: "billing", to: AnalyticsConsumer())
        let all = try await database.session { try AnalyticsService.usage(self.filter(), in: $0) }
        #expect(all.map(\.entitlement) == ["api_calls", "exports"] && all.map(\.quantity) == [155, 7])
        #expect(all.first?.series == [10, 140, 5, 0, 0] && all.first?.records == 4)
        let one = try await database.session { try AnalyticsService.usage(self.filter(organization: 2), in: $0) }
        #expect(one.map(\.quantity) == [40] && one.first?.series == [0, 40, 0, 0, 0])
        let days = try await database.session { try AnalyticsService.usageByTime(self.filter(entitlement: "exports"), in: $0) }
        #expect(days.map(\.quantity) == [0, 7, 0, 0, 0])
        // A limit is reached when that is told.
        let reached = try await database.fetchOne(
            "select sum(limits_reached)::bigint from usage_days where day = '2026-03-20'", as: Int64.self)
        #expect(reached == 2, "the organization's, and the sum")
    }

    @Test func `those who have used most come first, and so many of them`() async throws {
        let database = try await connect()
        try await database.apply(events, from: "billing", to: AnalyticsConsumer())
        let range = try filter().range
        let users = try await database.session { try AnalyticsService.users(of: "api_calls", range, limit: 5, in: $0) }
        #expect(users.map(\.organizationId) == [.numbered(1), .numbered(2)] && users.map(\.quantity) == [115, 40])
        #expect(try await database.session { try AnalyticsService.users(of: "api_calls", range, limit: 1, in: $0) }.count == 1)
        #expect(try await database.session { try AnalyticsService.users(of: "nothing", range, limit: 5, in: $0) }.isEmpty)
    }

    @Test func `a range of days and whole months has what its days have`() async throws {
        let database = try await connect()
        let events = try (0..<150).map { day in
            try used(Int64(1) << Int64(day % 40), by: UInt64(1 + day % 3), on: Self.start(ofDay: day), sequence: Int64(day + 2))
        }
        try await database.apply(events, from: "billing", to: AnalyticsConsumer())
        for (since, until) in [(0, 150), (0, 31), (1, 31), (0, 30), (10, 20), (20, 100), (31, 62), (30, 91), (149, 150)] {
            let (from, until) = (Self.start(ofDay: since), Self.start(ofDay: until))
            @Sendable func range(_ bucket: FigureRange.Bucket) throws -> FigureRange {
                try FigureRange(by: bucket, since: from, until: until, now: until)
            }
            let months = try UsageFigureFilter(range(.month))
            let sums = try range(.month).starts.map { start in
                try events.indices.filter { (start..<(try range(.month).end(of: start))).contains(Self.start(ofDay: $0)) }
                    .reduce(Int64(0)) { $0 + Int64(1) << Int64($1 % 40) }
            }
            let found = try await database.session { try AnalyticsService.usageByTime(months, in: $0) }
            #expect(found.map(\.quantity) == sums, "\(from) \(until)")
            let byUser = try await database.session {
                try AnalyticsService.users(of: "api_calls", range(.day), limit: 5, in: $0)
            }
            #expect(byUser.reduce(0) { $0 + $1.quantity } == sums.reduce(0, +), "\(from) \(until)")
        }
    }

    private static func start(ofDay day: Int) -> Timestamp { Timestamp(year: 2025, month: 12, day: 1).advanced(byDays: day) }

    @Test func `nothing counts twice, and a purged organization no more`() async throws {
        let database = try await connect()
        let consumer = AnalyticsConsumer()
        let events = try events
        try await database.apply(events, from: "billing", to: consumer)
        let model = try await database.model()
        for again in [events, [events[1]], events.reversed()] {
            try await database.apply(again, from: "billing", to: consumer)
            #expect(try await database.model() == model)
        }
        let purged = try StoredEvent.handMade(
            OrganizationPurged(organizationId: .numbered(1)), from: "organization", position: 9, subject: .numbered(1), sequence: 9,
            organization: .numbered(1))
        try await database.hear(purged, from: "organization")
        let rest = try await database.model()
        #expect(try await database.session { try AnalyticsService.usage(self.filter(), in: $0) }.map(\.quantity) == [40])
        #expect(!rest.contains { $0.contains(UUID.numbered(1).text) && !$0.hasPrefix("purged") })
        try await connect(as: .owner).execute("truncate event_counts, purged_organizations, usage_days, usage_months, usage_sequences")
        try await database.hear(purged, from: "organization")
        try await database.apply(events, from: "billing", to: consumer)
        #expect(try await database.model() == rest)
    }
}
