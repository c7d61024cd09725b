import FoundationEssentials
import Kernel
import Outbox
import WorkflowEvents

/// What later events of a task do not say themselves.
struct TaskFact: Sendable, Hashable {
    let id: UUID
    let organizationId: UUID
    let projectId: UUID
    let createdAt: Timestamp
    /// When somebody began with it for the first time.
    var startedAt: Timestamp?
    var sequence: Int64
}

/// Whose figures of which day, or of which month (UTC).
struct TaskDay: Sendable, Hashable, Comparable {
    /// Nil UUIDs for all organizations.
    let organizationId: UUID
    let projectId: UUID
    /// Of a month its first.
    let day: Timestamp

    static func < (left: TaskDay, right: TaskDay) -> Bool {
        (left.organizationId, left.day, left.projectId) < (right.organizationId, right.day, right.projectId)
    }
}

/// What is added to the figures of a day.
struct TaskCount: Sendable, Hashable {
    var created: Int64 = 0
    var completed: Int64 = 0
    var reopened: Int64 = 0
    var cancelled: Int64 = 0
    var cycleTasks: Int64 = 0
    var cycleSeconds: Int64 = 0
    var leadSeconds: Int64 = 0
    /// From the first beginning until done.
    var cycleTimes = TimeCounts()
    /// From the creation until done.
    var leadTimes = TimeCounts()

    mutating func complete(lead: Int64, cycle: Int64?) {
        completed += 1
        leadSeconds += lead
        leadTimes.add(seconds: lead)
        guard let cycle else { return }
        cycleTasks += 1
        cycleSeconds += cycle
        cycleTimes.add(seconds: cycle)
    }

    static func += (left: inout TaskCount, right: TaskCount) {
        for counter in counters { left[keyPath: counter] += right[keyPath: counter] }
        left.cycleTimes += right.cycleTimes
        left.leadTimes += right.leadTimes
    }

    static func -= (left: inout TaskCount, right: TaskCount) {
        for counter in counters { left[keyPath: counter] -= right[keyPath: counter] }
        left.cycleTimes -= right.cycleTimes
        left.leadTimes -= right.leadTimes
    }

    private static var counters: [WritableKeyPath<TaskCount, Int64>] {
        [\.created, \.completed, \.reopened, \.cancelled, \.cycleTasks, \.cycleSeconds, \.leadSeconds]
    }
}

/// Follows tasks through their events, each in its order, and counts what happened to them.
struct TaskLedger {
    private enum News {
        case created(TaskCreated)
        case moved(TaskStatusChanged)
    }

    private let entries: [(taskId: UUID, organizationId: UUID, sequence: Int64, time: Timestamp, news: News)]
    private(set) var facts: [UUID: TaskFact] = [:]
    private(set) var counts: [FigureScale: [TaskDay: TaskCount]] = [:]

    /// - Throws: `UnreadableEvent`.
    init(_ chunk: EventChunk) throws {
        let created = try chunk.all(TaskCreated.self).map {
            ($0.data.taskId, $0.data.organizationId, $0.stored.sequence, $0.stored.time, News.created($0.data))
        }
        let moved = try chunk.all(TaskStatusChanged.self).map {
            ($0.data.taskId, $0.data.organizationId, $0.stored.sequence, $0.stored.time, News.moved($0.data))
        }
        entries = (created + moved).sorted { ($0.0, $0.2) < ($1.0, $1.2) }
    }

    var isEmpty: Bool { entries.isEmpty }
    var tasks: [UUID] { Set(entries.map(\.taskId)).sorted() }
    var organizations: [UUID] { Set(entries.map(\.organizationId)).sorted() }

    /// - Parameters:
    ///   - known: what is stored of them; an event that is not newer than that has been counted.
    ///   - purged: organizations of which nothing is kept.
    mutating func follow(from known: [TaskFact], without purged: Set<UUID>) {
        facts = Dictionary(known.map { ($0.id, $0) }) { first, _ in first }
        for entry in entries where !purged.contains(entry.organizationId) && entry.sequence > (facts[entry.taskId]?.sequence ?? 0) {
            switch entry.news {
            case .created(let data):
                let fact = TaskFact(
                    id: data.taskId, organizationId: data.organizationId, projectId: data.projectId, createdAt: entry.time,
                    startedAt: data.status.group == .started ? entry.time : nil, sequence: entry.sequence)
                count(fact, at: entry.time) { $0.created += 1 }
                if data.status == .cancelled { count(fact, at: entry.time) { $0.cancelled += 1 } }
                if data.status.group == .completed { complete(fact, at: entry.time) }
                facts[fact.id] = fact
            case .moved(let data):
                // One whose creation was given up by an operator belongs to no project.
                guard var fact = facts[data.taskId] else { continue }
                fact.sequence = entry.sequence
                if data.to.group == .started { fact.startedAt = fact.startedAt ?? entry.time }
                if !data.from.isOpen, data.to.isOpen { count(fact, at: entry.time) { $0.reopened += 1 } }
                if data.to == .cancelled { count(fact, at: entry.time) { $0.cancelled += 1 } }
                if data.to.group == .completed { complete(fact, at: entry.time) }
                facts[fact.id] = fact
            }
        }
    }

    private mutating func complete(_ fact: TaskFact, at instant: Timestamp) {
        let lead = Self.seconds(from: fact.createdAt, until: instant)
        let cycle = fact.startedAt.map { Self.seconds(from: $0, until: instant) }
        count(fact, at: instant) { $0.complete(lead: lead, cycle: cycle) }
    }

    private mutating func count(_ fact: TaskFact, at instant: Timestamp, _ body: (inout TaskCount) -> Void) {
        for scale in FigureScale.allCases {
            for day in Self.days(of: fact, at: instant, by: scale) { body(&counts[scale, default: [:]][day, default: TaskCount()]) }
        }
    }

    /// Its project's, and that of all organizations together.
    private static func days(of fact: TaskFact, at instant: Timestamp, by scale: FigureScale) -> [TaskDay] {
        let day = scale.start(of: instant.startOfDay)
        return [
            TaskDay(organizationId: fact.organizationId, projectId: fact.projectId, day: day),
            TaskDay(organizationId: .everybody, projectId: .everybody, day: day),
        ]
    }

    /// Whole ones. A clock that was set back makes nothing negative.
    private static func seconds(from start: Timestamp, until end: Timestamp) -> Int64 {
        max(0, (end.microseconds - start.microseconds) / 1_000_000)
    }
}

extension UUID {
    /// The nil UUID, under which the sums over all organizations stand.
    static let everybody = UUID(high: 0, low: 0)
}
