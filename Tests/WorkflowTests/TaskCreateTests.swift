import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing
import Workflow
import WorkflowEvents

@Suite(.databases("workflow")) struct TaskCreateTests {
    @Test func `a task, its row and its events come to be together`() async throws {
        let database = try await connect()
        let project = try await database.prepare()
        let context = OperationContext.ofTest()
        let task = try await database.createTask("  Fix the login page ", in: project, context)
        #expect(task.key == "WEB-1" && task.title == "Fix the login page" && task.status == .todo && task.priority == .unset)
        #expect(task.projectId == project.id && task.organizationId == .numbered(1) && task.version == 1)
        #expect(task.assigneeId == nil && task.dueAt == nil && task.description == nil && task.completedAt == nil)
        #expect(task.createdAt == context.now && task.updatedAt == context.now)
        #expect(try await database.task("WEB-1") == task)
        let told = try await database.outbox(of: "workflow").last
        #expect(told?.organizationId == .numbered(1))
        #expect(
            try told?.decode()
                == TaskCreated(
                    taskId: task.id, projectId: project.id, organizationId: .numbered(1), number: 1, status: .todo, priority: .unset))
        #expect(try await database.told(of: task.id) == ["task.created #1"])
    }

    @Test func `who has it from the beginning is told behind it`() async throws {
        let database = try await connect()
        let task = try await database.createTask(in: database.prepare(), assignee: 3)
        #expect(task.assigneeId == .numbered(3))
        #expect(try await database.told(of: task.id) == ["task.created #1", "task.assigned #2"])
        try await database.move(task, to: .done)
        #expect(try await database.told(of: task.id).last == "task.status_changed #3")
    }

    // PostgreSQL manual, section 9.17: a sequence never takes a number back, so one with no gaps needs a lock.
    @Test func `each project counts for itself, and what was undone leaves no gap`() async throws {
        let database = try await connect()
        let project = try await database.prepare()
        let other = try await database.createProject("APP").value
        #expect(try await database.createTask(in: project).key == "WEB-1")
        #expect(try await database.createTask(in: other).key == "APP-1")
        try await database.transaction(TransactionOptions(ending: .rollback)) { session in
            _ = try TaskService.create(
                TaskDraft(title: TaskTitle("Undone")), in: project.id, of: .acme, in: session, context: .ofTest())
        }
        await #expect(throws: TaskError.assigneeNotMember("user9@example.org", organization: "acme")) {
            try await database.createTask(in: project, assignee: 9)
        }
        #expect(try await database.createTask(in: project).key == "WEB-2")
        #expect(try await database.createTask(in: other).key == "APP-2")
    }

    @Test func `what a plan says of tasks limits the open ones; a plan that says nothing does not`() async throws {
        let database = try await connect()
        let project = try await database.prepare()
        var tasks: [WorkflowTask] = []
        for _ in 0..<5 { tasks.append(try await database.createTask(in: project)) }
        try await database.limitTasks(5, version: 2)
        await #expect(throws: TaskError.limit(limit: 5, used: 5)) { try await database.createTask(in: project) }
        // What is closed does not count.
        try await database.move(tasks[0], to: .done)
        try await database.move(tasks[1], to: .cancelled)
        try await database.createTask(in: project)
        try await database.createTask(in: project)
        await #expect(throws: TaskError.limit(limit: 5, used: 5)) { try await database.createTask(in: project) }
        // What nobody can close any more neither.
        let other = try await database.createProject("APP").value
        try await database.archive(project)
        try await database.createTask(in: other)
        // A lower limit takes nothing away, and one without a number is none.
        try await database.limitTasks(0, version: 3)
        await #expect(throws: TaskError.limit(limit: 0, used: 1)) { try await database.createTask(in: other) }
        try await database.limitTasks(nil, version: 4)
        try await database.createTask(in: other)
    }

    @Test func `the error names limit, usage and the plan's key`() {
        let failure = TaskError.limit(limit: 5, used: 6).failure
        #expect(failure.code.name == "TASK_LIMIT" && failure.code.exit == .conflict)
        #expect(failure.message == #"the plan's limit "tasks" is 5, and 6 are open"#)
        #expect(WorkflowError.projectLimit(limit: 3, used: 3).failure.message == #"the plan's limit "projects" is 3, and 3 are active"#)
    }

    @Test func `while nothing has been heard of the organization, nothing is created and nothing found`() async throws {
        let database = try await connect()
        try await database.hear(.member(1, .owner, sequence: 2), from: "organization")
        await #expect(throws: WorkflowError.organizationUnknown("acme")) { try await database.task("WEB-1") }
        let project = try await database.prepare()
        try await connect(as: .owner).execute("truncate entitlement_set_cache, entitlement_cache")
        await #expect(throws: WorkflowError.organizationUnknown("acme")) { try await database.createTask(in: project) }
        #expect(WorkflowError.organizationUnknown("acme").failure.hint == "saasctl worker run --once")
    }

    @Test func `another organization's project and task are nowhere`() async throws {
        let database = try await connect()
        let project = try await database.prepare()
        let task = try await database.createTask(in: project)
        try await database.hear(.entitlements(version: 1, projects: nil, of: .numbered(2)), from: "billing")
        let other = Tenant(id: .numbered(2), label: "other")
        try await database.transaction { session in
            #expect(throws: WorkflowError.projectNotFound(project.id.text, organization: "other")) {
                try TaskService.create(TaskDraft(title: TaskTitle("X")), in: project.id, of: other, in: session, context: .ofTest())
            }
            #expect(throws: TaskError.notFound(task.id.text, organization: "other")) {
                try TaskService.move(task.id, to: .done, of: other, in: session, context: .ofTest())
            }
            #expect(throws: TaskError.notFound("WEB-1", organization: "other")) {
                try TaskService.task(TaskReference("WEB-1"), label: "WEB-1", of: other, in: session)
            }
            #expect(throws: TaskError.notFound(task.id.text, organization: "other")) {
                try TaskService.task(.id(task.id), label: task.id.text, of: other, in: session)
            }
            let found = try TaskService.task(.id(task.id), label: task.id.text, of: nil, in: session)
            #expect(found == task)
            #expect(throws: WorkflowError.projectNotFound(project.id.text, organization: "other")) {
                try WorkflowService.archiveProject(project.id, of: other, in: session, context: .ofTest())
            }
        }
    }

    @Test(arguments: TaskStatus.allCases) func `a task begins open, and not in review`(_ status: TaskStatus) async throws {
        let database = try await connect()
        let project = try await database.prepare()
        if [.backlog, .todo, .inProgress].contains(status) {
            #expect(try await database.createTask(in: project, status: status).status == status)
        } else {
            await #expect(throws: TaskError.initialStatus(status)) { try await database.createTask(in: project, status: status) }
        }
    }

    @Test func `a title is one line, a description several`() throws {
        for bad in ["", "  ", "a\nb", "a\u{0}", String(repeating: "x", count: 201)] {
            #expect(throws: TaskError.invalidTitle(bad)) { try TaskTitle(bad) }
        }
        #expect(try TaskTitle(" Wébsite \u{1F680} ").text == "Wébsite \u{1F680}")
        for bad in ["a\u{0}", "a\r\nb", String(repeating: "x", count: 10_001)] {
            #expect(throws: TaskError.invalidDescription) { try TaskDescription(bad) }
        }
        #expect(try TaskDescription(" one\n\ttwo\n").text == "one\n\ttwo")
        #expect(try TaskDescription(" \n ").text == nil)
        #expect(try TaskDescription(String(repeating: "\u{1F680}", count: 10_000)).text != nil)
    }

    @Test func `a task is named by key and number, in any case, or by its id`() throws {
        let key = try ProjectKey("WEB")
        #expect(try TaskReference("WEB-12") == .numbered(key, 12))
        #expect(try TaskReference("web-12") == .numbered(key, 12))
        #expect(try TaskReference(UUID.numbered(5).text) == .id(.numbered(5)))
        let refused = [
            "", "WEB", "WEB-", "-1", "WEB-0", "WEB--1", "WEB-01", "WEB-+1", "WEB-x", "W-1", "wEß-1", "WEB-1-2",
            "WEB-99999999999999999999",
        ]
        for bad in refused {
            #expect(throws: TaskError.invalidReference(bad)) { try TaskReference(bad) }
        }
        #expect(try ProjectReference("web") == .key(key))
        #expect(try ProjectReference(UUID.numbered(5).text) == .id(.numbered(5)))
        #expect(throws: WorkflowError.invalidProjectKey("W")) { try ProjectReference("W") }
    }
}
