import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing
import Workflow
import WorkflowEvents

@Suite(.databases("workflow")) struct ProjectArchiveTests {
    @Test func `an archived project stays, and is told of once`() async throws {
        let database = try await connect()
        let project = try await database.prepare()
        let archived = try await database.archive(project)
        #expect(archived.value.status == .archived && archived.value.version == 2 && archived.value.id == project.id)
        #expect(archived.rows == [try ChangedRow(.update, "projects", archived.value)])
        #expect(
            try archived.events.map { try $0.decoded(ProjectArchived.self) } == [
                ProjectArchived(projectId: project.id, organizationId: .numbered(1))
            ])
        let again = try await database.archive(project)
        #expect(again.value == archived.value && again.rows.isEmpty && again.events.isEmpty)
        #expect(try await database.told(of: project.id) == ["project.created #1", "project.archived #2"])
        let found = try await database.session { try WorkflowService.project(.key(ProjectKey("WEB")), label: "WEB", of: .acme, in: $0) }
        #expect(found == archived.value)
    }

    @Test func `nothing in it can be changed, and lists leave it out`() async throws {
        let database = try await connect()
        let project = try await database.prepare()
        let task = try await database.createTask(in: project)
        let done = try await database.createTask(in: project)
        try await database.move(done, to: .done)
        let other = try await database.createProject("APP").value
        try await database.createTask(in: other)
        #expect(try await Set(database.tasks()) == ["WEB-1", "WEB-2", "APP-1"])
        try await database.archive(project)
        let before = try await database.outbox(of: "workflow").count
        var changes = TaskChanges()
        changes.priority = .high
        let refused = WorkflowError.projectArchived("WEB")
        await #expect(throws: refused) { try await database.createTask(in: project) }
        await #expect(throws: refused) { try await database.update(task, changes) }
        await #expect(throws: refused) { try await database.assign(task, to: 3) }
        await #expect(throws: refused) { try await database.move(task, to: .done) }
        await #expect(throws: refused) { try await database.move(done, to: .todo) }
        #expect(refused.failure.code.exit == .conflict)
        #expect(try await database.outbox(of: "workflow").count == before)
        #expect(try await database.task("WEB-1") == task)
        #expect(try await database.tasks() == ["APP-1"])
        var filter = TaskFilter()
        filter.projectId = project.id
        #expect(try await Set(database.tasks(filter)) == ["WEB-1", "WEB-2"])
        #expect(try await database.projects() == ["APP"])
        let hidden = try await database.session {
            try WorkflowService.projects(of: .numbered(1), status: .archived, limit: 10, in: $0).items.map(\.key)
        }
        #expect(hidden == ["WEB"])
    }

    @Test func `it gives its place to another, and keeps its key`() async throws {
        let database = try await connect()
        try await database.hear(.entitlements(version: 1, projects: 1), from: "billing")
        let project = try await database.createProject("WEB").value
        await #expect(throws: WorkflowError.projectLimit(limit: 1, used: 1)) { try await database.createProject("APP") }
        try await database.archive(project)
        try await database.createProject("APP")
        try await database.hear(.entitlements(version: 2, projects: 2), from: "billing")
        await #expect(throws: WorkflowError.projectKeyTaken("WEB")) { try await database.createProject("WEB") }
    }
}
