/// Classes of times, sixteen to each doubling: what falls into one is known to within a thirty-second of itself, and percentiles can be had of sums of
/// counts.
enum TimeScale {
    private static let steps: Int64 = 16

    /// The class of a number of seconds, below zero that of zero. Up to 31 seconds each has its own.
    static func place(of seconds: Int64) -> Int16 {
        guard seconds >= 2 * steps else { return Int16(max(0, seconds)) }
        let shift = Int64(Int64.bitWidth - seconds.leadingZeroBitCount) - 5
        return Int16(shift * steps + seconds >> shift)
    }

    /// The seconds in the middle of a class.
    static func middle(of place: Int16) -> Int64 {
        guard Int64(place) >= 2 * steps else { return Int64(place) }
        let shift = Int64(place) / steps - 1
        let first = (Int64(place) - shift * steps) << shift
        return first + (1 << shift - 1) / 2
    }

    /// The least time within which so many of a hundred were done (nearest rank), in seconds, up to the width of its class.
    ///
    /// - Parameter counts: by class, in any order; of one class there may be several.
    static func percentile(_ percent: Int64, of counts: [(place: Int16, tasks: Int64)]) -> Int64? {
        let sorted = counts.filter { $0.tasks > 0 }.sorted { $0.place < $1.place }
        let total = sorted.reduce(0) { $0 + $1.tasks }
        guard total > 0 else { return nil }
        var left = max(1, (total * percent + 99) / 100)
        for (place, tasks) in sorted {
            left -= tasks
            if left <= 0 { return middle(of: place) }
        }
        return nil
    }
}
