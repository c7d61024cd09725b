import BillingEvents
import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing
import Workflow
import WorkflowEvents

/// What two or many do at the same moment, on connections of their own.
@Suite(.databases("workflow")) struct TaskRivalryTests {
    private func creating(_ project: Project, assignee: UInt64? = nil) throws -> @Sendable (Session) throws -> String {
        var draft = TaskDraft(title: try TaskTitle("Fix it"))
        draft.assignee = assignee.map { .numbered($0) }
        let wanted = draft
        return { try TaskService.create(wanted, in: project.id, of: .acme, in: $0, context: .ofTest()).value.key }
    }

    private func moving(_ task: WorkflowTask, to status: TaskStatus) -> @Sendable (Session) throws -> WorkflowTask {
        { try TaskService.move(task.id, to: status, of: .acme, in: $0, context: .ofTest()).value }
    }

    private func assigning(_ task: WorkflowTask, to user: UInt64) -> @Sendable (Session) throws -> WorkflowTask {
        { try TaskService.assign(task.id, to: .numbered(user), of: .acme, in: $0, context: .ofTest()).value }
    }

    private func archiving(_ project: Project) -> @Sendable (Session) throws -> Project {
        { try WorkflowService.archiveProject(project.id, of: .acme, in: $0, context: .ofTest()).value }
    }

    @Test func `sixteen at once number their tasks without gaps`() async throws {
        let project = try await connect().prepare()
        try await withThrowingTaskGroup { group in
            for connection in try await connections(16) {
                group.addTask { for _ in 0..<5 { try await connection.createTask(in: project) } }
            }
            try await group.waitForAll()
        }
        let numbers = try await connect().fetch("select number from tasks order by number", as: Int64.self)
        #expect(numbers == Array(1...80))
        #expect(try await connect().fetchOne("select task_count from projects", as: Int64.self) == 80)
    }

    // PostgreSQL manual, section 13.4.2: enforcing consistency with explicit blocking locks.
    @Test func `of sixteen at once as many succeed as the limit allows`() async throws {
        let project = try await connect().prepare(tasks: 5)
        let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for connection in try await connections(16) {
                group.addTask {
                    do {
                        try await connection.createTask(in: project)
                        return true
                    } catch TaskError.limit(let limit, let used) {
                        #expect(limit == 5 && used == 5)
                        return false
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 5)
        #expect(try await connect().fetch("select number from tasks order by 1", as: Int64.self) == [1, 2, 3, 4, 5])
    }

    @Test func `the number of a creation that is undone goes to the one that waited`() async throws {
        let project = try await connect().prepare()
        let (first, second) = try await rivalry(connect(), ending: .rollback, creating(project), against: connect(), creating(project))
        #expect(try first == "WEB-1" && second.get() == "WEB-1")
    }

    @Test func `who waited while the limit was lowered is held to the lower one`() async throws {
        let database = try await connect()
        let project = try await database.prepare(tasks: 5)
        try await database.createTask(in: project)
        let lower = try StoredEvent.entitlements(
            version: 2, projects: nil, more: [EntitlementGrant(key: "tasks", kind: .static, quantity: 1)])
        let (_, late) = try await rivalry(
            connect(),
            { session in
                let context = ConsumerContext(now: lower.time)
                _ = try WorkflowConsumer().apply(EventChunk(source: "billing", events: [lower]), in: session, context: context)
            }, against: connect(), creating(project))
        #expect(throws: TaskError.limit(limit: 1, used: 1)) { try late.get() }
    }

    @Test func `the last place is taken once, whether by a new task or by one that is opened again`() async throws {
        let database = try await connect()
        let project = try await database.prepare(tasks: 2)
        let closed = try await database.createTask(in: project)
        try await database.move(closed, to: .cancelled)
        try await database.createTask(in: project)
        let (_, late) = try await rivalry(connect(), creating(project), against: connect(), moving(closed, to: .todo))
        #expect(throws: TaskError.limit(limit: 2, used: 2)) { try late.get() }
        try await database.move(try await database.task("WEB-3"), to: .done)
        let (_, other) = try await rivalry(connect(), moving(closed, to: .backlog), against: connect(), creating(project))
        #expect(throws: TaskError.limit(limit: 2, used: 2)) { try other.get() }
    }

    @Test func `of two who saw one version the later is refused`() async throws {
        let database = try await connect()
        let task = try await database.createTask(in: database.prepare())
        let updating: @Sendable (String) -> @Sendable (Session) throws -> WorkflowTask = { title in
            { session in
                var changes = TaskChanges()
                changes.title = try TaskTitle(title)
                return try TaskService.update(task.id, changes, version: 1, of: .acme, in: session, context: .ofTest()).value
            }
        }
        let (_, late) = try await rivalry(connect(), updating("One"), against: connect(), updating("Two"))
        #expect(throws: TaskError.staleVersion(task: "WEB-1", given: 1, current: 2)) { try late.get() }
        #expect(try await database.task("WEB-1").title == "One")
    }

    @Test func `who takes a task while its project is archived is refused; who was first is waited for`() async throws {
        let database = try await connect()
        let project = try await database.prepare()
        let task = try await database.createTask(in: project)
        let (moved, archived) = try await rivalry(connect(), moving(task, to: .inProgress), against: connect(), archiving(project))
        #expect(try moved.status == .inProgress && archived.get().status == .archived)
        let other = try await database.createProject("APP").value
        let frozen = try await database.createTask(in: other)
        let (_, late) = try await rivalry(connect(), archiving(other), against: connect(), moving(frozen, to: .done))
        #expect(throws: WorkflowError.projectArchived("APP")) { try late.get() }
        let third = try await database.createProject("OPS").value
        let (_, later) = try await rivalry(connect(), archiving(third), against: connect(), creating(third))
        #expect(throws: WorkflowError.projectArchived("OPS")) { try later.get() }
    }

    @Test func `two may work on tasks of one project at the same time`() async throws {
        let database = try await connect()
        let project = try await database.prepare()
        let (one, two) = try await (database.createTask(in: project), database.createTask(in: project))
        let held = try await HeldTransaction(on: connect())
        let assigning = assigning(one, to: 3)
        _ = try await held.run { try assigning($0) }
        // If it had to wait for the other, which stays open, it would fail.
        try await database.execute("set lock_timeout = '5s'")
        try await database.assign(two, to: 3)
        try await held.commit()
    }

    @Test func `nothing stays with somebody who is being removed`() async throws {
        let database = try await connect()
        let project = try await database.prepare()
        let task = try await database.createTask(in: project)
        // Given first, then removed: the worker waits for it and takes it away.
        let removal = try StoredEvent.memberRemoved(3, sequence: 6)
        let (_, removed) = try await rivalry(connect(), assigning(task, to: 3), against: connect(), applying(removal))
        try removed.get()
        #expect(try await database.task("WEB-1").assigneeId == nil)
        // Removed first: who waited finds that out.
        let other = try StoredEvent.memberRemoved(2, sequence: 7)
        let (_, late) = try await rivalry(connect(), applying(other), against: connect(), assigning(task, to: 2))
        #expect(throws: TaskError.assigneeNotMember("user2@example.org", organization: "acme")) { try late.get() }
        let third = try StoredEvent.memberRemoved(4, sequence: 8)
        let (_, created) = try await rivalry(connect(), applying(third), against: connect(), creating(project, assignee: 4))
        #expect(throws: TaskError.assigneeNotMember("user4@example.org", organization: "acme")) { try created.get() }
    }

    @Test func `a task that is opened again while its assignee is being removed becomes nobody's, whoever is first`() async throws {
        for workerIsFirst in [true, false] {
            let database = try await connect()
            try await connect(as: .owner).execute("truncate projects, tasks, membership_cache")
            let task = try await database.createTask(in: database.prepare(), assignee: 3)
            try await database.move(task, to: .done)
            let removal = try applying(.memberRemoved(3, sequence: 6))
            if workerIsFirst {
                let (_, late) = try await rivalry(connect(), removal, against: connect(), moving(task, to: .todo))
                #expect(try late.get().assigneeId == nil)
            } else {
                let (opened, late) = try await rivalry(connect(), moving(task, to: .todo), against: connect(), removal)
                try late.get()
                #expect(opened.assigneeId == .numbered(3))
            }
            #expect(try await database.task("WEB-1").assigneeId == nil)
            #expect(try await database.task("WEB-1").status == .todo)
        }
    }

    @Test func `who is demoted meanwhile acts under the new role`() async throws {
        let database = try await connect()
        let task = try await database.createTask(in: database.prepare())
        let demotion = try StoredEvent.roleChanged(3, .viewer, sequence: 6)
        let (_, late) = try await rivalry(
            connect(), applying(demotion), against: connect(),
            { try TaskService.move(task.id, to: .done, of: .acme, in: $0, context: .ofTest(as: 3)).value })
        #expect(throws: WorkflowError.roleTooLow(.viewer, needs: .member)) { try late.get() }
    }

    @Test func `the events of a task that sixteen change at once rise by one`() async throws {
        let database = try await connect()
        let task = try await database.createTask(in: database.prepare())
        try await withThrowingTaskGroup { group in
            for (number, connection) in try await connections(16).enumerated() {
                group.addTask {
                    var changes = TaskChanges()
                    changes.title = try TaskTitle("Title \(number)")
                    try await connection.update(task, changes)
                    try await connection.assign(task, to: UInt64(number % 4 + 1))
                }
            }
            try await group.waitForAll()
        }
        let events = try await database.outbox(of: "workflow").filter { $0.subject == task.id }
        #expect(events.map(\.sequence) == Array(1...Int64(events.count)))
        #expect(try await database.task("WEB-1").version == Int64(events.count))
    }
}
