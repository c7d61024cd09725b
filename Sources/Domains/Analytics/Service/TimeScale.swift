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
}

/// How many tasks took how long, by class.
struct TimeCounts: Sendable, Hashable {
    /// No class without a task.
    private var tasks: [Int16: Int64] = [:]

    init() {}

    /// As it is stored: the number of tasks of each class.
    init(classes: [Int16], tasks: [Int64]) {
        self.tasks = Dictionary(zip(classes, tasks)) { $0 + $1 }
    }

    mutating func add(seconds: Int64) {
        tasks[TimeScale.place(of: seconds), default: 0] += 1
    }

    static func += (left: inout TimeCounts, right: TimeCounts) {
        left.tasks.merge(right.tasks) { $0 + $1 }
    }

    static func -= (left: inout TimeCounts, right: TimeCounts) {
        for (place, tasks) in right.tasks {
            let rest = left.tasks[place, default: 0] - tasks
            left.tasks[place] = rest == 0 ? nil : rest
        }
    }

    private var sorted: [(key: Int16, value: Int64)] { tasks.sorted { $0.key < $1.key } }

    /// The classes and the numbers of their tasks in the same order, as PostgreSQL writes arrays.
    var classesText: String { "{\(sorted.map { String($0.key) }.joined(separator: ","))}" }
    var tasksText: String { "{\(sorted.map { String($0.value) }.joined(separator: ","))}" }

    /// The least times within which so many of a hundred were done (nearest rank), in seconds, up to the width of their class. None where there is no task.
    ///
    /// - Parameter percents: in rising order.
    func percentiles(_ percents: [Int64]) -> [Int64] {
        let total = tasks.values.reduce(0, +)
        var asked = percents[...]
        var done: Int64 = 0
        var times: [Int64] = []
        for (place, tasks) in sorted {
            done += tasks
            while let percent = asked.first, done >= max(1, (total * percent + 99) / 100) {
                times.append(TimeScale.middle(of: place))
                asked.removeFirst()
            }
        }
        return times
    }
}
