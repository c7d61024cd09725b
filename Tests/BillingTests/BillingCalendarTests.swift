import BillingEvents
import Kernel
import TestSupport
import Testing

@testable import Billing

@Suite struct BillingCalendarTests {
    private func time(_ text: String) throws -> Timestamp {
        try #require(Timestamp(text), "\(text)")
    }

    /// The beginnings of the periods from one on.
    private func beginnings(_ anchor: String, _ interval: BillingPeriod, from start: String, count: Int) throws -> [String] {
        let calendar = BillingCalendar(anchor: try time(anchor), interval: interval)
        var instant = try time(start)
        return (0..<count).map { _ in
            let period = calendar.period(containing: instant)
            instant = period.end
            return String(period.start.description.prefix(10))
        }
    }

    /// "A monthly subscription with a billing cycle anchor date of January 31 bills the last day of the month closest to the anchor date, so February 28
    /// (or February 29 in a leap year), then March 31, April 30, and so on": https://stripe.com/docs/subscriptions/billing-cycle, where September 2
    /// "always bills on the 2nd day of the month".
    @Test func `an anchor on day 31 clamps and comes back to 31`() throws {
        #expect(
            try beginnings("2026-01-31", .month, from: "2026-01-31", count: 6) == [
                "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30",
            ])
        #expect(
            try beginnings("2028-01-31", .month, from: "2028-01-31", count: 4) == [
                "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30",
            ])
        #expect(
            try beginnings("2026-09-02", .month, from: "2027-01-02", count: 3) == ["2027-01-02", "2027-02-02", "2027-03-02"])
    }

    @Test func `a year from 29 February clamps and comes back in leap years`() throws {
        #expect(
            try beginnings("2028-02-29", .year, from: "2028-03-01", count: 6) == [
                "2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29", "2033-02-28",
            ])
    }

    @Test(arguments: [
        ("2026-01-31T12:00:00Z", BillingPeriod.month, "2026-02-28T11:59:59.999999Z", "2026-01-31T12:00:00Z", "2026-02-28T12:00:00Z"),
        ("2026-01-31T12:00:00Z", .month, "2026-02-28T12:00:00Z", "2026-02-28T12:00:00Z", "2026-03-31T12:00:00Z"),
        // Before the anchor.
        ("2026-01-31T12:00:00Z", .month, "2026-01-31T11:00:00Z", "2025-12-31T12:00:00Z", "2026-01-31T12:00:00Z"),
        ("2026-01-31T00:00:00Z", .month, "2025-02-28T00:00:00Z", "2025-02-28T00:00:00Z", "2025-03-31T00:00:00Z"),
        ("2026-05-01T00:00:00Z", .year, "2020-05-01T00:00:00Z", "2020-05-01T00:00:00Z", "2021-05-01T00:00:00Z"),
        ("2026-05-01T00:00:00Z", .year, "2326-04-30T23:00:00Z", "2325-05-01T00:00:00Z", "2326-05-01T00:00:00Z"),
    ])
    func `a period has its first instant and not its last`(
        anchor: String, interval: BillingPeriod, instant: String, start: String, end: String
    ) throws {
        let period = BillingCalendar(anchor: try time(anchor), interval: interval).period(containing: try time(instant))
        #expect(period == PaidPeriod(start: try time(start), end: try time(end)))
        #expect(period.contains(try time(instant)) && !period.contains(period.end))
    }

    @Test func `periods leave no gap, whatever the anchor`() {
        var random = SeededGenerator(seed: 31)
        for _ in 0..<500 {
            let calendar = BillingCalendar(
                anchor: Timestamp(microseconds: .random(in: 0...4_000_000_000_000_000, using: &random)),
                interval: random.happens(50) ? .month : .year)
            var period = calendar.period(containing: Timestamp(microseconds: .random(in: 0...4_000_000_000_000_000, using: &random)))
            for _ in 0..<30 {
                let next = calendar.period(containing: period.end)
                #expect(next.start == period.end && next.days >= 28)
                #expect(calendar.period(containing: Timestamp(microseconds: period.end.microseconds - 1)) == period)
                period = next
            }
        }
    }

    /// Lago bills plan A for "14 days prorated" of January where the change comes on the 15th: its day belongs to the new plan, which has the other 17.
    /// https://getlago.com/docs/guide/subscriptions/upgrades-downgrades
    @Test(arguments: [
        ("2026-01-15T00:00:00Z", 17), ("2026-01-15T23:59:59Z", 17), ("2026-01-01T00:00:00Z", 31), ("2026-01-31T23:59:59Z", 1),
        ("2026-02-01T00:00:00Z", 0), ("2026-03-01T00:00:00Z", 0), ("2025-12-01T00:00:00Z", 31),
    ])
    func `the day that has begun is left`(instant: String, left: Int) throws {
        let january = PaidPeriod(start: try time("2026-01-01"), end: try time("2026-02-01"))
        #expect(january.days == 31)
        #expect(january.daysLeft(at: try time(instant)) == left)
        #expect(try Money(text: "100 EUR").prorated(january.days - 17, of: january.days) == Money(text: "45.16 EUR"))
    }

    @Test func `days are counted from the time of day at which the period began`() throws {
        let period = BillingCalendar(anchor: try time("2026-01-10T15:00:00Z"), interval: .month).period(
            containing: try time("2026-01-20"))
        #expect(period.daysLeft(at: try time("2026-01-11T14:59:59Z")) == 31)
        #expect(period.daysLeft(at: try time("2026-01-11T15:00:00Z")) == 30)
    }
}
