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

    init(_ count: TaskCount, times: [TaskFigureTimes], from: Timestamp, until: Timestamp, projectId: UUID?) {
        self.from = from
        self.until = until
        self.projectId = projectId
        created = count.created
        completed = count.completed
        reopened = count.reopened
        cancelled = count.cancelled
        func summary(_ measure: TaskTime.Measure, tasks: Int64, seconds: Int64) -> Times? {
            // Once for the three percentiles: what is in order is sorted in no time.
            let counts = times.filter { $0.measure == measure }.flatMap(\.counts).sorted { $0.place < $1.place }
            guard tasks > 0, let p50 = TimeScale.percentile(50, of: counts), let p85 = TimeScale.percentile(85, of: counts),
                let p95 = TimeScale.percentile(95, of: counts)
            else { return nil }
            return Times(tasks: tasks, mean: (2 * seconds + tasks) / (2 * tasks), p50: p50, p85: p85, p95: p95)
        }
        cycleSeconds = summary(.cycle, tasks: count.cycleTasks, seconds: count.cycleSeconds)
        leadSeconds = summary(.lead, tasks: count.completed, seconds: count.leadSeconds)
    }
}
