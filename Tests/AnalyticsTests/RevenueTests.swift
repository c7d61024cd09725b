import Analytics
import BillingEvents
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

/// The recurring revenue and its movements, as those who publish such figures define them.
@Suite(.databases("analytics")) struct RevenueTests {
    private func apply(_ life: Life, to database: Connection) async throws {
        try await database.apply(life.events, from: "billing", to: AnalyticsConsumer())
    }

    /// ChartMogul, "Lifecycle of a subscription" (help.chartmogul.com, article 201244842): Gold costs $50 a month or $500 a year, Silver $30. Four Gold
    /// yearly are $2,000, new business of $166.67 ($2,000 / 12). The end of what is paid for is churn at the end of the period. Three Gold monthly
    /// afterwards are a reactivation of $150. Here a customer has one subscription, so that what ChartMogul adds as a second one is another plan.
    @Test func `the published life of a customer has the published movements`() async throws {
        var life = Life()
        try life.begin(1, of: 1, "2000.00 USD", .year, at: Life.day(1, 5))
        try life.change(1, of: 1, to: "226.67 USD", at: Life.day(2, 5))
        try life.change(1, of: 1, to: "166.67 USD", at: Life.day(3, 5))
        try life.end(1, of: 1, at: Life.day(5, 5), ended: Life.day(5, 5))
        try life.begin(2, of: 1, "150.00 USD", at: Life.day(7, 1))
        let database = try await connect()
        try await apply(life, to: database)
        #expect(
            try await database.movements() == [
                "2026-01 USD 0 16667 0 0 0 0 16667 1", "2026-02 USD 16667 0 6000 0 0 0 22667 1",
                "2026-03 USD 22667 0 0 0 -6000 0 16667 1", "2026-05 USD 16667 0 0 0 0 -16667 0 0",
                "2026-07 USD 0 0 0 15000 0 0 15000 1",
            ])
    }

    /// Stripe, "Metric definitions" (docs.stripe.com/billing/subscriptions/analytics/glossary): 100 subscribers at 100 USD a month and 50 at 600 USD a year
    /// are 12,500 USD. "MRR calculations exclude subscriptions in trial periods, […] any subscribers on free plans."
    @Test func `the published sum of monthly and yearly plans comes out, without trials and free plans`() async throws {
        var life = Life()
        for number in 1...100 as ClosedRange<UInt64> { try life.begin(number, of: number, "100.00 USD", at: Life.day(1, 10)) }
        for number in 101...150 as ClosedRange<UInt64> { try life.begin(number, of: number, "600.00 USD", .year, at: Life.day(1, 10)) }
        try life.begin(151, of: 151, "900.00 USD", at: Life.day(1, 10), trialUntil: Life.day(2, 9))
        try life.begin(152, of: 152, "0.00 USD", at: Life.day(1, 10))
        let database = try await connect()
        try await apply(life, to: database)
        let january = try #require(try await database.revenue().first)
        #expect(january.closing == Money(amount: 1_250_000, currency: "USD") && january.closingSubscribers == 150)
        #expect(january.arr == Money(amount: 15_000_000, currency: "USD"))
    }

    /// ChartMogul, "Average Revenue Per Account" (article 203359301): customers who pay 1, 1, 3, 5 and 5 dollars are $15 by 5, $3.
    @Test func `the revenue per subscriber is the published one`() async throws {
        var life = Life()
        for (number, price) in zip(1..., ["1.00", "1.00", "3.00", "5.00", "5.00"]) {
            try life.begin(UInt64(number), of: UInt64(number), "\(price) USD", at: Life.day(1, 10))
        }
        let database = try await connect()
        try await apply(life, to: database)
        let months = try await database.revenue()
        #expect(months[0].arpa == Money(amount: 300, currency: "USD") && months[0].closing.amount == 1_500)
        #expect(try await database.revenue(since: Timestamp(year: 2025, month: 12, day: 1)).first?.arpa == nil)
    }

    /// ChartMogul, "MRR Churn Rate" (article 203359341): of $100 at the beginning of a month $10 are churn and $10 contraction, and one customer pays $10
    /// more: gross 20 %, net 10 %.
    @Test func `what was lost is the published part`() async throws {
        var life = Life()
        for (number, price) in zip(1..., ["10.00", "30.00", "60.00"]) {
            try life.begin(UInt64(number), of: UInt64(number), "\(price) USD", at: Life.day(1, 10))
        }
        try life.end(1, of: 1, at: Life.day(2, 10))
        try life.change(2, of: 2, to: "20.00 USD", at: Life.day(2, 11))
        try life.change(3, of: 3, to: "70.00 USD", at: Life.day(2, 12))
        let database = try await connect()
        try await apply(life, to: database)
        let months = try await database.revenue()
        #expect(months[1].opening.amount == 10_000 && months[1].grossChurnPercent == 20 && months[1].netChurnPercent == 10)
        #expect(months[1].customerChurnPercent == 33.33)
        #expect(months[0].customerChurnPercent == nil && months[0].grossChurnPercent == nil, "nothing was there to lose")
    }

    @Test func `a trial counts from the instant at which it is paid for, whatever happens in it`() async throws {
        var life = Life()
        try life.begin(1, of: 1, "10.00 EUR", at: Life.day(1, 20), trialUntil: Life.day(2, 3))
        try life.renew(1, of: 1, period: Life.day(2, 3), at: Life.day(4, 1))
        try life.renew(1, of: 1, period: Life.day(3, 3), at: Life.day(4, 1))
        try life.begin(2, of: 2, "0.00 EUR", at: Life.day(1, 20))
        try life.change(2, of: 2, to: "20.00 EUR", at: Life.day(1, 25), trialUntil: Life.day(3, 8))
        try life.change(2, of: 2, to: "40.00 EUR", at: Life.day(2, 25), trialUntil: Life.day(3, 8))
        try life.renew(2, of: 2, period: Life.day(3, 8))
        // Leaves before anything is paid for.
        try life.begin(3, of: 3, "99.00 EUR", at: Life.day(1, 20), trialUntil: Life.day(2, 3))
        try life.end(3, of: 3, at: Life.day(2, 3), ended: Life.day(2, 3))
        let database = try await connect()
        try await apply(life, to: database)
        #expect(
            try await database.movements() == ["2026-02 EUR 0 1000 0 0 0 0 1000 1", "2026-03 EUR 1000 4000 0 0 0 0 5000 2"])
    }

    @Test func `a change moves when it takes effect, and to a plan that costs nothing is churn`() async throws {
        var life = Life()
        try life.begin(1, of: 1, "30.00 EUR", at: Life.day(1, 1))
        // Told in May, of a period that ended in March.
        try life.change(1, of: 1, to: "10.00 EUR", at: Life.day(5, 2), effective: Life.day(3, 1))
        try life.change(1, of: 1, to: "0.00 EUR", at: Life.day(6, 1))
        try life.change(1, of: 1, to: "5.00 EUR", at: Life.day(8, 1))
        let database = try await connect()
        try await apply(life, to: database)
        #expect(
            try await database.movements() == [
                "2026-01 EUR 0 3000 0 0 0 0 3000 1", "2026-03 EUR 3000 0 0 0 -2000 0 1000 1", "2026-06 EUR 1000 0 0 0 0 -1000 0 0",
                "2026-08 EUR 0 0 0 500 0 0 500 1",
            ])
    }

    @Test func `another currency is churn in the one and new in the other, and back again a reactivation`() async throws {
        var life = Life()
        try life.begin(1, of: 1, "10.00 EUR", at: Life.day(1, 1))
        try life.change(1, of: 1, to: "12.00 USD", at: Life.day(2, 1))
        try life.change(1, of: 1, to: "10.00 EUR", at: Life.day(3, 1))
        let database = try await connect()
        try await apply(life, to: database)
        #expect(
            try await database.movements() == [
                "2026-01 EUR 0 1000 0 0 0 0 1000 1", "2026-02 EUR 1000 0 0 0 0 -1000 0 0", "2026-03 EUR 0 0 0 1000 0 0 1000 1",
                "2026-02 USD 0 1200 0 0 0 0 1200 1", "2026-03 USD 1200 0 0 0 0 -1200 0 0",
            ])
        #expect(try await database.revenue(currency: "USD").map(\.currency) == Array(repeating: "USD", count: 12))
    }

    @Test func `a deletion that is taken back is churn and a reactivation, and what passed meanwhile is not counted back`() async throws {
        var life = Life()
        try life.begin(1, of: 1, "10.00 EUR", at: Life.day(1, 1))
        try life.change(1, of: 1, to: "20.00 EUR", at: Life.day(1, 2), effective: Life.day(1, 2))
        try life.end(1, of: 1, at: Life.day(2, 20))
        try life.takeBack(1, of: 1, at: Life.day(3, 10))
        // The end of a period lay in the time in which it was deleted.
        try life.change(1, of: 1, to: "5.00 EUR", at: Life.day(3, 10), effective: Life.day(3, 1))
        let database = try await connect()
        try await apply(life, to: database)
        #expect(
            try await database.movements() == [
                "2026-01 EUR 0 1000 1000 0 0 0 2000 1", "2026-02 EUR 2000 0 0 0 0 -2000 0 0", "2026-03 EUR 0 0 0 500 0 0 500 1",
            ], "what happens in one instant is one movement")
    }

    @Test func `a subscription that another follows in the same instant is no churn`() async throws {
        var life = Life()
        try life.begin(1, of: 1, "10.00 EUR", at: Life.day(1, 1))
        try life.end(1, of: 1, at: Life.day(2, 1), ended: Life.day(2, 1))
        try life.begin(2, of: 1, "15.00 EUR", at: Life.day(2, 1))
        let database = try await connect()
        try await apply(life, to: database)
        #expect(try await database.movements() == ["2026-01 EUR 0 1000 0 0 0 0 1000 1", "2026-02 EUR 1000 0 500 0 0 0 1500 1"])
    }

    @Test func `a twelfth of a year's price is rounded half up, once`() async throws {
        // 12ths of 100.00, of 0.05, 0.06 and 0.18.
        let prices = ["100.00", "0.05", "0.06", "0.18"]
        var life = Life()
        for (number, price) in zip(1..., prices) {
            try life.begin(UInt64(number), of: UInt64(number), "\(price) EUR", .year, at: Life.day(1, number))
        }
        try life.end(1, of: 1, at: Life.day(2, 1))
        let database = try await connect()
        try await apply(life, to: database)
        let january = try await database.revenue(by: .day, until: Timestamp(year: 2026, month: 2, day: 2))
        #expect(january.prefix(4).map(\.new.amount) == [833, 0, 1, 2])
        #expect(january.last?.churn.amount == -833 && january.last?.closing.amount == 3)
    }

    @Test func `days are those of UTC, and a range begins with what was before it`() async throws {
        let midnight = Timestamp(year: 2026, month: 3, day: 1)
        var life = Life()
        try life.begin(1, of: 1, "1.00 EUR", at: midnight.advanced(by: .microseconds(-1)))
        try life.begin(2, of: 2, "2.00 EUR", at: midnight)
        try life.begin(3, of: 3, "4.00 EUR", at: midnight.advanced(by: .microseconds(86_399_999_999)))
        try life.begin(4, of: 4, "8.00 EUR", at: midnight.advanced(by: .microseconds(86_400_000_000)))
        let database = try await connect()
        try await apply(life, to: database)
        let day = try await database.revenue(by: .day, since: midnight, until: Timestamp(year: 2026, month: 3, day: 2))
        #expect(day.map(\.opening.amount) == [100] && day.map(\.new.amount) == [600] && day.map(\.closing.amount) == [700])
        #expect(day.map(\.openingSubscribers) == [1] && day.map(\.closingSubscribers) == [3])
        // A month that is cut off at the range, and its rest.
        let weeks = try await database.revenue(by: .week, since: midnight, until: Timestamp(year: 2026, month: 3, day: 12))
        #expect(weeks.map(\.from.description) == ["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z"])
        #expect(weeks.map(\.closing.amount) == [700, 1_500, 1_500])
    }

    @Test func `the same comes of the same events in whatever chunks and order, as often as they come`() async throws {
        var life = Life()
        try life.begin(1, of: 1, "10.00 EUR", at: Life.day(1, 1))
        try life.end(1, of: 1, at: Life.day(2, 1))
        try life.begin(2, of: 1, "25.00 EUR", at: Life.day(3, 1))
        try life.change(2, of: 1, to: "5.00 EUR", at: Life.day(4, 1))
        try life.end(2, of: 1, at: Life.day(5, 1))
        try life.begin(3, of: 1, "7.00 EUR", at: Life.day(5, 9))
        try life.begin(4, of: 2, "7.00 EUR", .year, at: Life.day(5, 9))
        let database = try await connect()
        let consumer = AnalyticsConsumer()
        try await database.apply(life.events, from: "billing", to: consumer)
        let model = try await database.model()
        let movements = try await database.movements()
        #expect(movements.count == 5, "\(movements)")
        // Again, whole and in parts.
        for again in [life.events, Array(life.events.prefix(3)), life.events.reversed()] {
            try await database.apply(again, from: "billing", to: consumer)
            #expect(try await database.model() == model)
        }
        // A customer's subscriptions in any order, each with its own events in theirs: letters may hold one of them back.
        let bySubscription = Dictionary(grouping: life.events, by: \.subject).values.map { Array($0) }
        var random = SeededGenerator(seed: 7)
        for _ in 0..<6 {
            try await connect(as: .owner).execute(
                "truncate event_counts, plan_facts, subscription_facts, subscription_counts, mrr_steps, mrr_days")
            var waiting = bySubscription.shuffled(using: &random)
            while !waiting.isEmpty {
                let place = Int.random(in: waiting.indices, using: &random)
                let count = Int.random(in: 1...waiting[place].count, using: &random)
                try await database.apply(Array(waiting[place].prefix(count)), from: "billing", to: consumer)
                waiting[place].removeFirst(count)
                waiting.removeAll { $0.isEmpty }
            }
            #expect(try await database.model() == model)
        }
    }

    @Test func `what is purged stays in the sums and is nobody's`() async throws {
        var life = Life()
        try life.begin(1, of: 1, "10.00 EUR", at: Life.day(1, 1))
        try life.end(1, of: 1, at: Life.day(2, 1))
        try life.begin(2, of: 1, "30.00 EUR", at: Life.day(2, 3))
        try life.end(2, of: 1, at: Life.day(3, 1))
        try life.begin(3, of: 2, "40.00 EUR", at: Life.day(2, 3))
        let database = try await connect()
        try await apply(life, to: database)
        let before = try await database.movements()
        try life.purge(1, of: 1, at: Life.day(4, 1))
        try life.purge(2, of: 1, at: Life.day(4, 1))
        try await database.apply(Array(life.events.suffix(2)), from: "billing", to: AnalyticsConsumer())
        #expect(try await database.movements() == before)
        let text = try await database.model().joined(separator: "\n")
        for id in [Life.organization(1), .numbered(1), .numbered(2)] { #expect(!text.contains(id.text)) }
        #expect(text.contains(Life.organization(2).text))
        // What comes late of the same customer belongs to what is there.
        try await connect(as: .owner).execute(
            "truncate event_counts, plan_facts, subscription_facts, subscription_counts, mrr_steps, mrr_days")
        let consumer = AnalyticsConsumer()
        let second = life.events.filter { $0.subject == .numbered(2) }
        try await database.apply(second + life.events.filter { $0.subject == .numbered(3) }, from: "billing", to: consumer)
        try await database.apply(life.events.filter { $0.subject == .numbered(1) }, from: "billing", to: consumer)
        #expect(try await database.movements() == before)
        #expect(try await database.model().joined(separator: "\n") == text)
    }

    @Test func `a subscription that is purged while it counts is churn`() async throws {
        var life = Life()
        try life.begin(1, of: 1, "10.00 EUR", at: Life.day(1, 1))
        try life.purge(1, of: 1, at: Life.day(2, 1))
        let database = try await connect()
        try await apply(life, to: database)
        #expect(try await database.movements() == ["2026-01 EUR 0 1000 0 0 0 0 1000 1", "2026-02 EUR 1000 0 0 0 0 -1000 0 0"])
    }
}
