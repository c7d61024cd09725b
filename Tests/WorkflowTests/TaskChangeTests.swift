import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing
import Workflow
import WorkflowEvents

@Suite(.databases("workflow")) struct TaskChangeTests {
    private static let later = OperationContext.ofTest(at: OperationContext.ofTest().now.advanced(by: .seconds(60)))

    // MARK: Update

    @Test func `an update changes what is given, and its event names what changed`() async throws {
        let database = try await connect()
        let task = try await database.createTask("Old", in: database.prepare())
        var changes = TaskChanges()
        changes.title = try TaskTitle("New")
        changes.priority = .high
        changes.due = DueTime(Timestamp(year: 2026, month: 12, day: 31))
        let updated = try await database.update(task, changes, Self.later)
        #expect(updated.value.title == "New" && updated.value.priority == .high && updated.value.version == 2)
        #expect(updated.value.dueAt == Timestamp(year: 2026, month: 12, day: 31) && updated.value.updatedAt == Self.later.now)
        #expect(updated.value.createdAt == task.createdAt && updated.value.status == .todo)
        #expect(updated.rows == [try ChangedRow(.update, "tasks", updated.value)])
        #expect(
            try updated.events.map { try $0.decoded(TaskUpdated.self) } == [
                TaskUpdated(taskId: task.id, organizationId: .numbered(1), fields: [.title, .priority, .due])
            ])
        // A part of it is so already.
        changes.description = try TaskDescription("Why")
        changes.due = DueTime(nil)
        let again = try await database.update(task, changes)
        #expect(try again.events.map { try $0.decoded(TaskUpdated.self).fields } == [[.description, .due]])
        #expect(again.value.description == "Why" && again.value.dueAt == nil)
        #expect(again.value.updatedAt == Self.later.now, "no row goes back in time")
        changes.description = try TaskDescription("")
        #expect(try await database.update(task, changes).value.description == nil)
        #expect(try await database.told(of: task.id) == ["task.created #1", "task.updated #2", "task.updated #3", "task.updated #4"])
        #expect(try await database.outbox(of: "workflow").allSatisfy { !$0.data.contains("Why") && !$0.data.contains("New") })
    }

    @Test func `what is so already succeeds, changes nothing and tells nothing`() async throws {
        let database = try await connect()
        let task = try await database.createTask(in: database.prepare(), assignee: 3)
        let before = try await database.outbox(of: "workflow").count
        var changes = TaskChanges()
        changes.title = try TaskTitle(task.title)
        changes.priority = .unset
        changes.due = DueTime(nil)
        changes.description = try TaskDescription("")
        for change in [
            try await database.update(task, changes, Self.later), try await database.update(task, changes, version: 1),
            try await database.update(task, TaskChanges()), try await database.assign(task, to: 3, Self.later),
            try await database.move(task, to: .todo, Self.later),
        ] {
            #expect(change.value == task && change.rows.isEmpty && change.events.isEmpty)
        }
        #expect(try await database.outbox(of: "workflow").count == before)
        #expect(try await database.task("WEB-1") == task)
    }

    // RFC 9110, section 13.1.1, on the lost update.
    @Test func `a version that is gone is refused, and the error names the one that is there`() async throws {
        let database = try await connect()
        let task = try await database.createTask(in: database.prepare())
        var changes = TaskChanges()
        changes.priority = .low
        for stale in [0, 2, -1] as [Int64] {
            await #expect(throws: TaskError.staleVersion(task: "WEB-1", given: stale, current: 1)) {
                try await database.update(task, changes, version: stale)
            }
        }
        #expect(try await database.update(task, changes, version: 1).value.version == 2)
        // Everything that changes a task makes another version of it.
        #expect(try await database.assign(task, to: 3).value.version == 3)
        #expect(try await database.move(task, to: .inProgress).value.version == 4)
        changes.priority = .high
        await #expect(throws: TaskError.staleVersion(task: "WEB-1", given: 2, current: 4)) {
            try await database.update(task, changes, version: 2)
        }
        let failure = TaskError.staleVersion(task: "WEB-1", given: 2, current: 4).failure
        #expect(failure.code.exit == .conflict && failure.message.contains("its version is 4, not 2"))
    }

    // MARK: Assign

    @Test func `a task is given to members in any role, and to nobody`() async throws {
        let database = try await connect()
        let task = try await database.createTask(in: database.prepare())
        for user in 1...4 as ClosedRange<UInt64> {
            let change = try await database.assign(task, to: user)
            #expect(change.value.assigneeId == .numbered(user))
            #expect(
                try change.events.map { try $0.decoded(TaskAssigned.self) } == [
                    TaskAssigned(taskId: task.id, organizationId: .numbered(1), assigneeId: .numbered(user))
                ])
        }
        let nobody = try await database.assign(task, to: nil)
        #expect(nobody.value.assigneeId == nil)
        #expect(
            try nobody.events.map { try $0.decoded(TaskAssigned.self) } == [
                TaskAssigned(taskId: task.id, organizationId: .numbered(1), assigneeId: nil)
            ])
        #expect(try await database.assign(task, to: nil).events.isEmpty)
        // A member of another organization, somebody who left, and somebody never heard of.
        try await database.hear(.member(8, .owner, sequence: 2, of: .numbered(2)), from: "organization")
        try await database.hear(.memberRemoved(3, sequence: 6), from: "organization")
        for user in [8, 3, 9] as [UInt64] {
            await #expect(throws: TaskError.assigneeNotMember("user\(user)@example.org", organization: "acme")) {
                try await database.assign(task, to: user)
            }
        }
    }

    // MARK: Status

    private static let legal: [TaskStatus: Set<TaskStatus>] = [
        .backlog: [.todo, .inProgress, .cancelled], .todo: [.backlog, .inProgress, .done, .cancelled],
        .inProgress: [.backlog, .todo, .inReview, .done, .cancelled], .inReview: [.todo, .inProgress, .done, .cancelled],
        .done: [.todo, .inProgress], .cancelled: [.backlog, .todo],
    ]

    // The groups are those of a workflow state in Linear's API: backlog, unstarted, started, completed, cancelled.
    @Test(arguments: TaskStatus.allCases) func `a task goes where it may, and nowhere else`(_ from: TaskStatus) async throws {
        let database = try await connect()
        let task = try await database.createTask(in: database.prepare())
        let completed: SQL = from == .done ? "created_at" : "null"
        for to in TaskStatus.allCases where to != from {
            try await database.execute("update tasks set status = \(from.rawValue), completed_at = \(fragment: completed)")
            if Self.legal[from, default: []].contains(to) {
                let change = try await database.move(task, to: to, Self.later)
                #expect(change.value.status == to)
                #expect(change.value.completedAt == (to == .done ? Self.later.now : nil))
                #expect(
                    try change.events.map { try $0.decoded(TaskStatusChanged.self) } == [
                        TaskStatusChanged(taskId: task.id, organizationId: .numbered(1), from: from, to: to)
                    ])
            } else {
                await #expect(throws: TaskError.transition(task: "WEB-1", from: from, to: to)) {
                    try await database.move(task, to: to)
                }
            }
        }
    }

    @Test func `a task that is done says since when, and no longer when it is opened again`() async throws {
        let database = try await connect()
        let task = try await database.createTask(in: database.prepare())
        let done = try await database.move(task, to: .done, Self.later)
        #expect(done.value.completedAt == Self.later.now)
        #expect(try done.events[0].decoded(TaskStatusChanged.self).isCompleted)
        // What else changes about it leaves that alone.
        #expect(try await database.assign(task, to: 3).value.completedAt == Self.later.now)
        let open = try await database.move(task, to: .inProgress)
        #expect(open.value.completedAt == nil && open.value.assigneeId == .numbered(3))
        #expect(try !open.events[0].decoded(TaskStatusChanged.self).isCompleted)
        #expect(try await database.move(task, to: .cancelled).value.completedAt == nil)
    }

    @Test func `a task that is opened again counts, and becomes nobody's where its assignee has left`() async throws {
        let database = try await connect()
        let project = try await database.prepare(tasks: 1)
        let task = try await database.createTask(in: project, assignee: 3)
        try await database.move(task, to: .done)
        let other = try await database.createTask(in: project)
        await #expect(throws: TaskError.limit(limit: 1, used: 1)) { try await database.move(task, to: .todo) }
        try await database.move(other, to: .cancelled)
        try await database.hear(.memberRemoved(3, sequence: 6), from: "organization")
        #expect(try await database.task("WEB-1").assigneeId == .numbered(3), "who has done it, has done it")
        let opened = try await database.move(task, to: .todo)
        #expect(opened.value.assigneeId == nil)
        #expect(try await database.told(of: task.id).suffix(2) == ["task.status_changed #4", "task.assigned #5"])
        // Between open statuses nothing is counted.
        try await database.limitTasks(0, version: 2)
        try await database.move(task, to: .inProgress)
    }

    @Test func `while the cache has lost the entitlements nothing is opened again, and everything else goes on`() async throws {
        let database = try await connect()
        let task = try await database.createTask(in: database.prepare())
        try await connect(as: .owner).execute("truncate entitlement_set_cache, entitlement_cache")
        try await database.move(task, to: .inProgress)
        try await database.move(task, to: .done)
        await #expect(throws: WorkflowError.organizationUnknown("acme")) { try await database.move(task, to: .todo) }
    }

    // MARK: Who acts

    @Test func `viewers look on, members work, admins see to projects`() async throws {
        let database = try await connect()
        let project = try await database.prepare()
        let task = try await database.createTask(in: project)
        var changes = TaskChanges()
        changes.priority = .high
        let wanted = changes
        typealias Deed = @Sendable (Connection, OperationContext) async throws -> Void
        let member: [Deed] = [
            { _ = try await $0.createTask(in: project, $1) }, { _ = try await $0.update(task, wanted, $1) },
            { _ = try await $0.assign(task, to: 3, $1) }, { _ = try await $0.move(task, to: .inProgress, $1) },
        ]
        let admin: [Deed] = [{ _ = try await $0.createProject("APP", $1) }, { _ = try await $0.archive(project, $1) }]
        for deed in member + admin {
            for stranger in [9, 8] as [UInt64] {
                try await database.hear(.member(8, .owner, sequence: 2, of: .numbered(2)), from: "organization")
                await #expect(throws: WorkflowError.notAMember("acme")) { try await deed(database, .ofTest(as: stranger)) }
            }
        }
        for deed in member {
            await #expect(throws: WorkflowError.roleTooLow(.viewer, needs: .member)) { try await deed(database, .ofTest(as: 4)) }
            try await deed(database, .ofTest(as: 3))
        }
        for deed in admin {
            await #expect(throws: WorkflowError.roleTooLow(.member, needs: .admin)) { try await deed(database, .ofTest(as: 3)) }
            await #expect(throws: WorkflowError.roleTooLow(.viewer, needs: .admin)) { try await deed(database, .ofTest(as: 4)) }
            try await deed(database, .ofTest(as: 2))
        }
        #expect(WorkflowError.notAMember("acme").failure.code == .notPermitted)
        #expect(WorkflowError.roleTooLow(.viewer, needs: .member).failure.code == .notPermitted)
        try await database.session { session in
            for reader in [nil, 1, 2, 3, 4] as [UInt64?] {
                try WorkflowService.requireReader(reader.map { .numbered($0) }, of: .acme, in: session)
            }
            #expect(throws: WorkflowError.notAMember("acme")) {
                try WorkflowService.requireReader(.numbered(9), of: .acme, in: session)
            }
        }
    }
}
