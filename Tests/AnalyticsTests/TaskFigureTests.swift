import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing
import WorkflowEvents

@testable import Analytics

@Suite(.databases("analytics")) struct TaskFigureTests {
    private static let acme = UUID.numbered(500)
    private static let web = UUID.numbered(600)

    /// What workflow tells of tasks, in the order of time.
    private struct Work {
        var events: [StoredEvent] = []
        private var states: [UInt64: (sequence: Int64, status: TaskStatus)] = [:]

        mutating func create(
            _ task: UInt64, at time: Timestamp, status: TaskStatus = .todo, project: UUID = TaskFigureTests.web,
            organization: UUID = TaskFigureTests.acme
        ) throws {
            states[task] = (1, status)
            events.append(
                try .handMade(
                    TaskCreated(
                        taskId: .numbered(task), projectId: project, organizationId: organization, number: Int64(task), status: status,
                        priority: .unset), from: "workflow", position: Int64(events.count + 1), subject: .numbered(task),
                    organization: organization, context: .ofTest(at: time)))
        }

        mutating func move(
            _ task: UInt64, to status: TaskStatus, at time: Timestamp, organization: UUID = TaskFigureTests.acme
        ) throws {
            let former = states[task] ?? (1, .todo)
            states[task] = (former.sequence + 1, status)
            events.append(
                try .handMade(
                    TaskStatusChanged(taskId: .numbered(task), organizationId: organization, from: former.status, to: status),
                    from: "workflow", position: Int64(events.count + 1), subject: .numbered(task), sequence: former.sequence + 1,
                    organization: organization, context: .ofTest(at: time)))
        }
    }

    private static func at(_ day: Int, _ hour: Int = 0, _ minute: Int = 0) -> Timestamp {
        Timestamp(year: 2026, month: 3, day: day, hour: hour, minute: minute)
    }

    private func figures(
        _ database: Connection, by bucket: FigureRange.Bucket = .day, days: ClosedRange<Int> = 1...31, organization: UUID? = acme,
        project: UUID? = nil, byProject: Bool = false
    ) async throws -> [TaskFigures] {
        let range = try FigureRange(by: bucket, since: Self.at(days.lowerBound), until: Self.at(days.upperBound + 1), now: Self.at(1))
        let filter = TaskFigureFilter(range, organizationId: organization, projectId: project, byProject: byProject)
        return try await database.session { try AnalyticsService.tasks(filter, in: $0) }
    }

    /// Kanban Guide (kanbanguides.org), "Measures": throughput is "the number of work items finished per unit of time", cycle time "the amount of elapsed
    /// time between when a work item started and when a work item finished". Lead time begins with the request.
    @Test func `what is done on a day counts there, with its times from beginning and creation`() async throws {
        var work = Work()
        try work.create(1, at: Self.at(1, 8))
        try work.move(1, to: .inProgress, at: Self.at(2, 8))
        try work.move(1, to: .inReview, at: Self.at(2, 20))
        try work.move(1, to: .done, at: Self.at(3, 9))
        // Nobody says that it was begun.
        try work.create(2, at: Self.at(3, 1))
        try work.move(2, to: .done, at: Self.at(3, 2))
        try work.create(3, at: Self.at(3, 3), status: .inProgress)
        try work.move(3, to: .done, at: Self.at(3, 3, 0).advanced(by: .seconds(20)))
        try work.create(4, at: Self.at(3, 4))
        try work.move(4, to: .cancelled, at: Self.at(3, 5))
        let database = try await connect()
        try await database.apply(work.events, from: "workflow", to: AnalyticsConsumer())
        let days = try await figures(database)
        #expect(days.count == 31)
        #expect(days.map(\.created).prefix(4) == [1, 0, 3, 0] && days.map(\.completed).prefix(4) == [0, 0, 3, 0])
        let third = days[2]
        #expect(third.cancelled == 1 && third.reopened == 0 && third.projectId == nil)
        #expect(third.cycleSeconds?.tasks == 2 && third.cycleSeconds?.mean == 45_010)
        #expect(third.cycleSeconds?.p50 == 20, "short times are exact")
        #expect(third.leadSeconds?.tasks == 3 && third.leadSeconds?.mean == 60_007)
        let longest = try #require(third.leadSeconds?.p95)
        #expect(abs(longest - 176_400) <= 176_400 / 32)
        #expect(days[0].cycleSeconds == nil && days[0].leadSeconds == nil)
    }

    @Test func `a task that is opened again counts once for each time that it is done, from its first beginning`() async throws {
        var work = Work()
        try work.create(1, at: Self.at(1))
        try work.move(1, to: .inProgress, at: Self.at(2))
        try work.move(1, to: .done, at: Self.at(3))
        try work.move(1, to: .inProgress, at: Self.at(5))
        try work.move(1, to: .done, at: Self.at(8))
        try work.move(1, to: .todo, at: Self.at(9))
        try work.move(1, to: .cancelled, at: Self.at(10))
        try work.move(1, to: .backlog, at: Self.at(11))
        let database = try await connect()
        try await database.apply(work.events, from: "workflow", to: AnalyticsConsumer())
        let days = try await figures(database)
        #expect(days.filter { $0.completed > 0 }.map(\.from) == [Self.at(3), Self.at(8)])
        #expect(days.filter { $0.reopened > 0 }.map(\.from) == [Self.at(5), Self.at(9), Self.at(11)])
        #expect(days.compactMap(\.cycleSeconds?.mean) == [86_400, 6 * 86_400])
        #expect(days.compactMap(\.leadSeconds?.mean) == [2 * 86_400, 7 * 86_400])
        let month = try await figures(database, by: .month)
        #expect(month.map(\.completed) == [2] && month.map(\.reopened) == [3] && month.map(\.cancelled) == [1])
    }

    @Test func `percentiles are the least times within which so many were done`() async throws {
        var work = Work()
        // Twenty tasks of 1 to 20 seconds, of two projects, over two days.
        for number in 1...20 as ClosedRange<UInt64> {
            let start = Self.at(number % 2 == 0 ? 4 : 5, 12)
            try work.create(number, at: start, status: .inProgress, project: number <= 10 ? Self.web : .numbered(601))
            try work.move(number, to: .done, at: start.advanced(by: .seconds(Int(number))))
        }
        let database = try await connect()
        try await database.apply(work.events, from: "workflow", to: AnalyticsConsumer())
        let month = try #require(try await figures(database, by: .month).first?.cycleSeconds)
        #expect([month.p50, month.p85, month.p95] == [10, 17, 19] && month.mean == 11)
        let projects = try await figures(database, byProject: true)
        #expect(Set(projects.compactMap(\.projectId)) == [Self.web, .numbered(601)])
        #expect(projects.first { $0.projectId == Self.web }?.cycleSeconds?.p95 == 10)
        let one = try await figures(database, by: .month, project: .numbered(601))
        #expect(one.map(\.completed) == [10] && one.first?.cycleSeconds?.p50 == 15)
        #expect(try await figures(database, by: .month, organization: .numbered(9)).map(\.created) == [0])
    }

    @Test func `nothing counts twice, in whatever chunks it comes`() async throws {
        var work = Work()
        for number in 1...6 as ClosedRange<UInt64> {
            try work.create(number, at: Self.at(1))
            try work.move(number, to: .inProgress, at: Self.at(2))
            try work.move(number, to: .done, at: Self.at(3, Int(number)))
            try work.move(number, to: .todo, at: Self.at(4))
        }
        let database = try await connect()
        let consumer = AnalyticsConsumer()
        try await database.apply(work.events, from: "workflow", to: consumer)
        let model = try await database.model()
        for again in [work.events, work.events.reversed(), [work.events[2]]] {
            try await database.apply(again, from: "workflow", to: consumer)
            #expect(try await database.model() == model)
        }
        try await connect(as: .owner).execute("truncate event_counts, task_facts, task_days, task_months")
        for event in work.events.sorted(by: { ($0.sequence, $0.position) < ($1.sequence, $1.position) }) {
            try await database.hear(event, from: "workflow")
        }
        #expect(try await database.model() == model)
    }

    @Test func `a range of days and whole months has what its days have`() async throws {
        var work = Work()
        for task in 1...120 as ClosedRange<UInt64> {
            let time = Timestamp(year: 2026, month: 1, day: 1, hour: 5).advanced(byDays: Int(task) - 1)
            try work.create(task, at: time, status: .inProgress, project: .numbered(600 + task % 3))
            try work.move(task, to: .done, at: time.advanced(by: .seconds(Int64(task))))
        }
        let database = try await connect()
        try await database.apply(work.events, from: "workflow", to: AnalyticsConsumer())
        for (since, until) in [(0, 120), (5, 119), (0, 31), (1, 31), (31, 59), (31, 60), (10, 12)] {
            let (from, until) = (Self.january(since), Self.january(until))
            @Sendable func asked(_ bucket: FigureRange.Bucket, byProject: Bool = false) throws -> TaskFigureFilter {
                TaskFigureFilter(
                    try FigureRange(by: bucket, since: from, until: until, now: until), organizationId: Self.acme, byProject: byProject)
            }
            let days = try await database.session { try AnalyticsService.tasks(asked(.day), in: $0) }
            let months = try await database.session { try AnalyticsService.tasks(asked(.month), in: $0) }
            #expect(days.map(\.completed) == days.map { _ in 1 })
            for month in months {
                let within = days.filter { month.from <= $0.from && $0.from < month.until }
                #expect(month.completed == Int64(within.count) && month.created == Int64(within.count), "\(month.from)")
                // A task takes as many seconds as its number, and the numbers rise with the days.
                #expect(month.cycleSeconds?.p50 == within[(within.count - 1) / 2].cycleSeconds?.p50, "\(month.from)")
            }
            let projects = try await database.session { try AnalyticsService.tasks(asked(.day, byProject: true), in: $0) }
            #expect(projects.reduce(0) { $0 + $1.completed } == Int64(days.count))
            #expect(projects.allSatisfy { $0.cycleSeconds?.tasks == $0.completed })
        }
    }

    private static func january(_ day: Int) -> Timestamp { Timestamp(year: 2026, month: 1, day: 1).advanced(byDays: day) }

    private func purged(_ organization: UUID) throws -> StoredEvent {
        try .handMade(
            OrganizationPurged(organizationId: organization), from: "organization", position: 99, subject: organization, sequence: 9,
            organization: organization)
    }

    @Test func `of an organization that is purged nothing is left, whichever source comes first`() async throws {
        let other = UUID.numbered(501)
        var work = Work()
        try work.create(1, at: Self.at(1))
        try work.move(1, to: .inProgress, at: Self.at(1))
        try work.move(1, to: .done, at: Self.at(2))
        let ours = work.events
        try work.create(2, at: Self.at(1), project: .numbered(602), organization: other)
        try work.move(2, to: .done, at: Self.at(2), organization: other)
        let database = try await connect()
        let consumer = AnalyticsConsumer()
        try await database.apply(Array(work.events.dropFirst(ours.count)), from: "workflow", to: consumer)
        let without = try await database.model()
        try await database.apply(ours, from: "workflow", to: consumer)
        #expect(try await figures(database, by: .month, organization: nil).map(\.completed) == [2])
        try await database.hear(purged(Self.acme), from: "organization")
        let rest = try await database.model()
        #expect(rest.filter { !$0.hasPrefix("purged") } == without)
        #expect(try await figures(database, by: .month, organization: nil).map(\.completed) == [1])
        // Workflow's outbox is behind: the purge is heard of before what it removes.
        try await connect(as: .owner).execute(
            "truncate event_counts, purged_organizations, task_facts, task_days, task_months")
        try await database.hear(purged(Self.acme), from: "organization")
        try await database.apply(work.events, from: "workflow", to: consumer)
        #expect(try await database.model() == rest)
    }

    @Test func `whoever counts waits for a purge, and a purge for whoever counts`() async throws {
        var work = Work()
        try work.create(1, at: Self.at(1))
        let events = work.events
        let count: @Sendable (Session) throws -> Void = { session in
            _ = try AnalyticsConsumer().apply(
                EventChunk(source: "workflow", events: events), in: session, context: ConsumerContext(now: Self.at(2)))
        }
        let event = try purged(Self.acme)
        let purge: @Sendable (Session) throws -> Void = { session in
            _ = try AnalyticsConsumer().apply(
                EventChunk(source: "organization", events: [event]), in: session, context: ConsumerContext(now: Self.at(2)))
        }
        // The model begins before, so that its first row is not what they wait for.
        try await connect().hear(.registered(1), from: "identity")
        let first = try await rivalry(connect(), count, against: connect(), purge)
        try first.1.get()
        #expect(try await connect().fetchOne("select count(*) from task_facts", as: Int.self) == 0)
        try await connect(as: .owner).execute(
            "truncate purged_organizations, task_facts, task_days, task_months")
        let second = try await rivalry(connect(), purge, against: connect(), count)
        try second.1.get()
        #expect(try await connect().fetchOne("select count(*) from task_days", as: Int.self) == 0)
    }
}

@Suite struct TimeScaleTests {
    @Test func `classes follow each other, and a middle is a thirty-second off at most`() {
        var before: Int16 = -1
        for seconds in 0..<5_000 as Range<Int64> {
            let place = TimeScale.place(of: seconds)
            #expect(place == before || place == before + 1, "\(seconds)")
            before = place
        }
        for seconds in [0, 1, 31, 32, 33, 63, 64, 1_000, 86_399, 86_400, 12_345_678, .max / 3, .max] as [Int64] {
            let middle = TimeScale.middle(of: TimeScale.place(of: seconds))
            #expect(TimeScale.place(of: middle) == TimeScale.place(of: seconds))
            #expect(abs(middle - seconds) <= seconds / 32, "\(seconds) \(middle)")
        }
        #expect(TimeScale.place(of: -5) == 0)
    }

    private func counts(_ seconds: Int64...) -> TimeCounts {
        var counts = TimeCounts()
        for seconds in seconds { counts.add(seconds: seconds) }
        return counts
    }

    @Test func `a percentile of nothing is none`() {
        #expect(TimeCounts().percentiles([50, 85]) == [])
        #expect(counts(3).percentiles([1, 95, 100]) == [3, 3, 3])
        #expect(counts(9, 3).percentiles([50, 51]) == [3, 9])
        #expect(counts(9, 3, 9).percentiles([33, 50]) == [3, 9])
    }

    @Test func `what is taken away leaves what was there before, and nothing of zero`() {
        var sum = counts(9, 3)
        sum += counts(3, 3, 7)
        #expect(sum == counts(3, 3, 3, 7, 9))
        sum -= counts(3, 3, 7)
        #expect(sum == counts(3, 9) && sum.classesText == "{3,9}" && sum.tasksText == "{1,1}")
        sum -= counts(3)
        sum -= counts(9)
        #expect(sum == TimeCounts() && sum.classesText == "{}")
        #expect(TimeCounts(classes: [9, 3], tasks: [1, 2]) == counts(3, 9, 3))
    }
}

@Suite struct FigureRangeTests {
    private let now = Timestamp(year: 2026, month: 3, day: 14, hour: 15)

    private func dates(_ bucket: FigureRange.Bucket, _ since: Timestamp? = nil, _ until: Timestamp? = nil) throws -> [String] {
        try FigureRange(by: bucket, since: since, until: until, now: now).starts.map { String($0.description.prefix(10)) }
    }

    @Test func `without a range it is the last days, weeks or months, the present one included`() throws {
        let days = try dates(.day)
        #expect(days.count == 30 && days.first == "2026-02-13" && days.last == "2026-03-14")
        // ISO 8601: a week begins on Monday.
        let weeks = try dates(.week)
        #expect(weeks.count == 12 && weeks.last == "2026-03-09" && weeks.first == "2025-12-22")
        let months = try dates(.month)
        #expect(months.count == 12 && months.first == "2025-04-01" && months.last == "2026-03-01")
    }

    @Test func `the first may begin and the last may end in the middle`() throws {
        let range = try FigureRange(
            by: .month, since: Timestamp(year: 2026, month: 1, day: 20), until: Timestamp(year: 2026, month: 3, day: 2), now: now)
        #expect(range.starts.map { String($0.description.prefix(10)) } == ["2026-01-20", "2026-02-01", "2026-03-01"])
        #expect(range.end(of: range.starts[0]) == Timestamp(year: 2026, month: 2, day: 1))
        #expect(range.end(of: range.starts[2]) == Timestamp(year: 2026, month: 3, day: 2))
    }

    @Test func `a range without a day, with half of one, or of too many is refused`() {
        let day = Timestamp(year: 2026, month: 1, day: 20)
        for (since, until) in [
            (day, day), (day.advanced(byMonths: 1), day), (day.advanced(by: .seconds(1)), nil), (nil, day.advanced(by: .microseconds(-1))),
            (Timestamp(year: 2025, month: 1, day: 1), day.advanced(byMonths: 1)),
        ] as [(Timestamp?, Timestamp?)] {
            #expect(throws: AnalyticsError.self, "\(String(describing: since))") {
                try FigureRange(by: .day, since: since, until: until, now: now)
            }
        }
    }
}
