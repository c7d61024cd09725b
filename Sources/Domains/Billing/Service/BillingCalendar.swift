import BillingEvents
import Kernel

/// A stretch of time that is paid for: `[start, end)`, in UTC.
struct PaidPeriod: Sendable, Hashable {
    let start: Timestamp
    let end: Timestamp

    private static let day: Int64 = 86_400_000_000

    /// Days from beginning to end. The ends of periods have the same time of day, so that they are whole.
    var days: Int { Int((end.microseconds - start.microseconds) / Self.day) }

    /// Days that are left at an instant, of which the one that has begun is the first: a change takes effect for the whole of its day.
    func daysLeft(at instant: Timestamp) -> Int {
        days - min(days, max(0, Int((instant.microseconds - start.microseconds) / Self.day)))
    }

    func contains(_ instant: Timestamp) -> Bool {
        start <= instant && instant < end
    }
}

/// The periods that follow from one instant, the anchor: each begins on the anchor's day and time of day, or on the last day of a month that has no such
/// day, and the one after that on the anchor's day again.
struct BillingCalendar: Sendable, Hashable {
    let anchor: Timestamp
    let interval: BillingPeriod

    /// The period in which an instant lies, before the anchor too.
    func period(containing instant: Timestamp) -> PaidPeriod {
        // Near it, and never behind it by many.
        var index = Int((instant.microseconds - anchor.microseconds) / 2_678_400_000_000) / interval.months
        while boundary(index) > instant { index -= 1 }
        while boundary(index + 1) <= instant { index += 1 }
        return PaidPeriod(start: boundary(index), end: boundary(index + 1))
    }

    private func boundary(_ index: Int) -> Timestamp {
        anchor.advanced(byMonths: index * interval.months)
    }
}

extension BillingPeriod {
    var months: Int {
        switch self {
        case .month: 1
        case .year: 12
        }
    }
}
