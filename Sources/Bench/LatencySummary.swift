import Histogram

/// A histogram in a few numbers, in microseconds.
public struct LatencySummary: Codable, Sendable, Hashable {
    public let count: Int
    public let mean: Int64
    public let p50: Int64
    public let p90: Int64
    public let p99: Int64
    public let p999: Int64
    public let max: Int64

    /// - Returns: `nil` for a histogram without values.
    init?(_ histogram: Histogram<UInt64>) {
        guard histogram.totalCount > 0 else { return nil }
        func value(_ percentile: Double) -> Int64 { Int64(clamping: histogram.valueAtPercentile(percentile)) }
        count = Int(clamping: histogram.totalCount)
        mean = Int64(histogram.mean)
        p50 = value(50)
        p90 = value(90)
        p99 = value(99)
        p999 = value(99.9)
        max = Int64(clamping: histogram.max)
    }

    /// - Parameter values: microseconds.
    init?(of values: [Int64]) {
        var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
        for value in values { histogram.record(UInt64(Swift.max(0, value))) }
        self.init(histogram)
    }
}
