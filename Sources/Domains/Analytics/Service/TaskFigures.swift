public import FoundationEssentials
public import Kernel

/// Which tasks are asked about.
public struct TaskFigureFilter: Sendable, Hashable {
    public var range: FigureRange
    /// `nil` for all organizations together.
    public var organizationId: UUID?
    /// One of that organization; `nil` for all.
    public var projectId: UUID?
    /// One line for each project over the whole range, instead of one for each of its buckets.
    public var byProject: Bool

    public init(_ range: FigureRange, organizationId: UUID? = nil, projectId: UUID? = nil, byProject: Bool = false) {
        self.range = range
        self.organizationId = organizationId
        self.projectId = projectId
        self.byProject = byProject
    }
}

/// How many tasks were done in a time, and how long they had taken. docs/analytics.md defines each figure.
public struct TaskFigures: Sendable, Hashable, Codable {
    /// Of times of tasks, in seconds: the mean exactly, the others to within a thirty-second.
    public struct Times: Sendable, Hashable, Codable {
        public let tasks: Int64
        public let mean: Int64
        public let p50: Int64
        public let p85: Int64
        public let p95: Int64
    }

    /// `[from, until)`.
    public let from: Timestamp
    public let until: Timestamp
    /// `nil` where the figures are of several.
    public let projectId: UUID?
    public let created: Int64
    public let completed: Int64
    public let reopened: Int64
    public let cancelled: Int64
    /// From the first beginning until done; `nil` where nothing was done that somebody had begun.
    public let cycleSeconds: Times?
    /// From the creation until done.
    public let leadSeconds: Times?

    init(_ count: TaskCount, from: Timestamp, until: Timestamp, projectId: UUID?) {
        self.from = from
        self.until = until
        self.projectId = projectId
        created = count.created
        completed = count.completed
        reopened = count.reopened
        cancelled = count.cancelled
        cycleSeconds = Times(count.cycleTimes, tasks: count.cycleTasks, seconds: count.cycleSeconds)
        leadSeconds = Times(count.leadTimes, tasks: count.completed, seconds: count.leadSeconds)
    }
}

extension TaskFigures.Times {
    fileprivate init?(_ times: TimeCounts, tasks: Int64, seconds: Int64) {
        let percentiles = times.percentiles([50, 85, 95])
        guard tasks > 0, percentiles.count == 3 else { return nil }
        self.init(tasks: tasks, mean: (2 * seconds + tasks) / (2 * tasks), p50: percentiles[0], p85: percentiles[1], p95: percentiles[2])
    }
}
