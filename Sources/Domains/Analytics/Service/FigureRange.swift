public import Kernel

/// Days, weeks or months of UTC, of which figures are asked: `[since, until)`, cut off at both ends.
public struct FigureRange: Sendable, Hashable {
    public enum Bucket: String, Sendable, Hashable, Codable, CaseIterable {
        case day
        /// From Monday on, as ISO 8601 has it.
        case week
        case month
    }

    /// How many of them are shown at most.
    public static let most = 400

    public let since: Timestamp
    public let until: Timestamp
    public let bucket: Bucket
    /// When each of them begins; the first may begin in the middle of its week or month.
    public let starts: [Timestamp]

    /// - Parameters:
    ///   - since: `nil` for the last 30 days, 12 weeks or 12 months, the current one included.
    ///   - until: `nil` for the end of today.
    /// - Throws: ``AnalyticsError/rangeInvalid(_:)``.
    public init(by bucket: Bucket, since: Timestamp?, until: Timestamp?, now: Timestamp) throws(AnalyticsError) {
        for instant in [since, until].compactMap({ $0 }) where instant != instant.startOfDay {
            throw .rangeInvalid("figures are kept by the day: \(instant) is none of UTC")
        }
        let end = until ?? now.startOfDay.advanced(byDays: 1)
        let start = since ?? Self.start(of: bucket, before: end)
        guard start < end else { throw .rangeInvalid("the time from \(start) until \(end) has no day") }
        var starts = [start]
        var next = Self.next(bucket, after: start)
        while next < end {
            starts.append(next)
            guard starts.count <= Self.most else {
                throw .rangeInvalid("the time from \(start) until \(end) has more than \(Self.most) \(bucket.rawValue)s")
            }
            next = Self.next(bucket, after: next)
        }
        self.since = start
        self.until = end
        self.bucket = bucket
        self.starts = starts
    }

    /// When the bucket that begins there ends.
    func end(of start: Timestamp) -> Timestamp {
        min(Self.next(bucket, after: start), until)
    }

    private static func start(of bucket: Bucket, before end: Timestamp) -> Timestamp {
        let last = begin(of: bucket, containing: end.advanced(byDays: -1))
        return switch bucket {
        case .day: last.advanced(byDays: -29)
        case .week: last.advanced(byDays: -7 * 11)
        case .month: last.advanced(byMonths: -11)
        }
    }

    private static func next(_ bucket: Bucket, after start: Timestamp) -> Timestamp {
        let begin = begin(of: bucket, containing: start)
        return switch bucket {
        case .day: begin.advanced(byDays: 1)
        case .week: begin.advanced(byDays: 7)
        case .month: begin.advanced(byMonths: 1)
        }
    }

    private static func begin(of bucket: Bucket, containing instant: Timestamp) -> Timestamp {
        let day = instant.startOfDay
        return switch bucket {
        case .day: day
        case .week: day.advanced(byDays: -day.weekday)
        case .month: day.startOfMonth
        }
    }
}

extension Timestamp {
    private static var microsecondsPerDay: Int64 { 86_400_000_000 }

    /// Days since 1970-01-01, of UTC.
    private var dayNumber: Int64 {
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: Self.microsecondsPerDay)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Midnight UTC.
    var startOfDay: Timestamp { Timestamp(microseconds: dayNumber * Self.microsecondsPerDay) }

    /// Midnight UTC of the first of its month.
    var startOfMonth: Timestamp { Timestamp(year: yearAndMonth.year, month: yearAndMonth.month, day: 1) }

    func advanced(byDays days: Int) -> Timestamp {
        Timestamp(microseconds: microseconds + Int64(days) * Self.microsecondsPerDay)
    }

    /// 0 for Monday; 1970-01-01 was a Thursday.
    fileprivate var weekday: Int { Int(((dayNumber + 3) % 7 + 7) % 7) }

    fileprivate var yearAndMonth: (year: Int, month: Int) {
        let parts = description.split(separator: "-", maxSplits: 2)
        return (Int(parts[0]) ?? 1970, Int(parts[1]) ?? 1)
    }
}
