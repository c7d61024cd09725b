import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing
import Workflow
import WorkflowEvents

@Suite(.databases("workflow")) struct ProjectCreateTests {
    @Test func `a project, a row and an event come to be together`() async throws {
        let database = try await connect()
        try await database.hear(.entitlements(version: 1, projects: 3), from: "billing")
        let context = OperationContext.ofTest()
        let change = try await database.createProject("WEB", name: "Website", context)
        let project = change.value
        #expect(project.organizationId == .numbered(1))
        #expect(project.key == "WEB" && project.name == "Website" && project.status == .active && project.version == 1)
        #expect(project.createdAt == context.now)
        #expect(change.rows == [try ChangedRow(.insert, "projects", project)])
        let stored = try await database.outbox(of: "workflow")
        #expect(stored.map(\.type) == ["saas.project.created.v1"])
        #expect(stored.map(\.subject) == [project.id])
        #expect(stored.map(\.sequence) == [1])
        #expect(stored.map(\.organizationId) == [.numbered(1)])
        #expect(try stored.first?.decode() == ProjectCreated(projectId: project.id, organizationId: .numbered(1)))
        #expect(try await database.fetch("select event_sequence from projects", as: Int64.self) == [1])
    }

    @Test func `an unknown limit is not no limit`() async throws {
        let database = try await connect()
        try await database.hear(.member(1, .owner, sequence: 2), from: "organization")
        await #expect(throws: WorkflowError.organizationUnknown("acme")) { try await database.createProject("WEB") }
    }

    @Test func `a plan without the entitlement does not limit, nor does one without a number`() async throws {
        let database = try await connect()
        try await database.hear(
            .entitlements(version: 1, projects: nil), .entitlements(version: 1, projects: 0, of: .numbered(2)), from: "billing")
        for number in 10..<20 { try await database.createProject("P\(number)") }
        #expect(try await database.projects().count == 10)
        // Nought is a number.
        await #expect(throws: WorkflowError.projectLimit(limit: 0, used: 0)) { try await database.createProject("WEB", in: .numbered(2)) }
    }

    @Test func `archived projects do not count, other organizations' neither, and a lower limit takes nothing away`() async throws {
        let database = try await connect()
        try await database.hear(
            .entitlements(version: 1, projects: 2), .entitlements(version: 1, projects: 2, of: .numbered(2)), from: "billing")
        for key in ["AA", "BB"] { try await database.createProject(key) }
        try await database.createProject("AA", in: .numbered(2))
        await #expect(throws: WorkflowError.projectLimit(limit: 2, used: 2)) { try await database.createProject("CC") }
        try await database.execute("update projects set status = 'archived' where key = 'BB'")
        try await database.createProject("CC")
        #expect(try await database.projects() == ["AA", "CC"])
        try await database.hear(.entitlements(version: 2, projects: 1), from: "billing")
        await #expect(throws: WorkflowError.projectLimit(limit: 1, used: 2)) { try await database.createProject("DD") }
        #expect(try await database.projects() == ["AA", "CC"])
    }

    @Test func `a taken key is refused in this organization alone, an archived project's too`() async throws {
        let database = try await connect()
        try await database.hear(
            .entitlements(version: 1, projects: 9), .entitlements(version: 1, projects: 9, of: .numbered(2)), from: "billing")
        try await database.createProject("WEB")
        await #expect(throws: WorkflowError.projectKeyTaken("WEB")) { try await database.createProject("WEB") }
        try await database.createProject("WEB", in: .numbered(2))
        try await database.execute("update projects set status = 'archived'")
        await #expect(throws: WorkflowError.projectKeyTaken("WEB")) { try await database.createProject("WEB") }
        #expect(try await database.outbox(of: "workflow").count == 2)
    }

    @Test func `a name is one line`() async throws {
        let database = try await connect()
        try await database.hear(.entitlements(version: 1, projects: 9), from: "billing")
        for name in ["", "  ", "a\nb", "a\u{0}", String(repeating: "x", count: 201)] {
            await #expect(throws: WorkflowError.invalidProjectName(name)) { try await database.createProject("WEB", name: name) }
        }
        #expect(try await database.createProject("WEB", name: " Wébsite \u{1F680}\u{A0}").value.name == "Wébsite \u{1F680}")
        #expect(try await database.createProject("LONG", name: String(repeating: "\u{1F680}", count: 200)).value.name.count == 200)
    }

    @Test func `of eight creations at once as many succeed as the limit allows`() async throws {
        try await connect().hear(.entitlements(version: 1, projects: 3), from: "billing")
        let databases = try await connections(8)
        let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for (number, database) in databases.enumerated() {
                group.addTask {
                    do {
                        try await database.createProject("P\(number)")
                        return true
                    } catch WorkflowError.projectLimit(let limit, let used) {
                        #expect(limit == 3 && used == 3)
                        return false
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter(\.self).count == 3)
        let database = try await connect()
        #expect(try await database.projects().count == 3)
        #expect(try await database.outbox(of: "workflow").count == 3)
    }

    private func creating(_ key: String) throws -> @Sendable (Session) throws -> UUID {
        let key = try ProjectKey(key)
        return {
            try WorkflowService.createProject(
                key: key, name: "Website", organizationId: .numbered(1), label: "acme", in: $0, context: .ofTest()
            ).value.id
        }
    }

    @Test func `the last place goes to the earlier of two, and to the later where that one is undone`() async throws {
        try await connect().hear(.entitlements(version: 1, projects: 1), from: "billing")
        let (_, heir) = try await rivalry(connect(), ending: .rollback, creating("AA"), against: connect(), creating("BB"))
        #expect(try await connect().fetch("select id from projects", as: UUID.self) == [heir.get()])
        try await connect().hear(.entitlements(version: 2, projects: 2), from: "billing")
        let (_, late) = try await rivalry(connect(), creating("CC"), against: connect(), creating("DD"))
        #expect(throws: WorkflowError.projectLimit(limit: 2, used: 2)) { try late.get() }
    }

    @Test func `of two with one key at once the later waits, and is refused`() async throws {
        try await connect().hear(.entitlements(version: 1, projects: nil), from: "billing")
        let (first, second) = try await rivalry(connect(), creating("WEB"), against: connect(), creating("WEB"))
        #expect(throws: WorkflowError.projectKeyTaken("WEB")) { try second.get() }
        #expect(try await connect().fetch("select id from projects", as: UUID.self) == [first])
    }

    /// PostgreSQL looks again at the row that it waited for, but not at the others of a join (manual, 13.2.1).
    @Test func `who waited while the limit was lowered is held to the lower one`() async throws {
        try await connect().hear(.entitlements(version: 1, projects: 5), from: "billing")
        try await connect().createProject("AA")
        let lower = try StoredEvent.entitlements(version: 2, projects: 1)
        let (_, late) = try await rivalry(
            connect(),
            { session in
                _ = try WorkflowConsumer().apply(
                    EventChunk(source: "billing", events: [lower]), in: session, context: ConsumerContext(now: lower.time))
            }, against: connect(), creating("BB"))
        #expect(throws: WorkflowError.projectLimit(limit: 1, used: 1)) { try late.get() }
    }
}
