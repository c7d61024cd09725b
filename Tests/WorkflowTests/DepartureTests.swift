import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing
import Workflow
import WorkflowEvents

/// What becomes of the tasks of members who leave.
@Suite(.databases("workflow")) struct DepartureTests {
    @Test func `open tasks become nobody's, which is told because of the event`() async throws {
        let database = try await connect()
        let project = try await database.prepare()
        let open = try await database.createTask(in: project, assignee: 3)
        let started = try await database.createTask(in: project, status: .inProgress, assignee: 3)
        let done = try await database.createTask(in: project, assignee: 3)
        let cancelled = try await database.createTask(in: project, assignee: 3)
        let others = try await database.createTask(in: project, assignee: 2)
        try await database.move(done, to: .done)
        try await database.move(cancelled, to: .cancelled)
        // An archived project's too: nobody there could take it from them.
        let old = try await database.createProject("OLD").value
        let frozen = try await database.createTask(in: old, assignee: 3)
        try await database.archive(old)

        let removal = try StoredEvent.memberRemoved(3, sequence: 6)
        let told = try await database.hear(removal, from: "organization")
        #expect(told.map(\.subject).sorted() == [open.id, started.id, frozen.id].sorted())
        for event in told {
            #expect(event.cause?.eventId == removal.id && event.cause?.correlationId == removal.correlationId)
            #expect(event.sequence == 3 && event.organizationId == .numbered(1))
            #expect(
                try event.decoded(TaskAssigned.self) == TaskAssigned(taskId: event.subject, organizationId: .numbered(1), assigneeId: nil))
        }
        for key in ["WEB-1", "WEB-2", "OLD-1"] {
            let task = try await database.task(key)
            #expect(task.assigneeId == nil && task.version == 2)
        }
        for key in ["WEB-3", "WEB-4"] { #expect(try await database.task(key).assigneeId == .numbered(3)) }
        #expect(try await database.task("WEB-5").assigneeId == others.assigneeId)
        #expect(try await database.told(of: open.id) == ["task.created #1", "task.assigned #2", "task.assigned #3"])
    }

    @Test func `only in the organization that was left`() async throws {
        let database = try await connect()
        let project = try await database.prepare()
        let task = try await database.createTask(in: project, assignee: 3)
        let elsewhere = try StoredEvent.handMade(
            MemberRemoved(organizationId: .numbered(2), userId: .numbered(3)), from: "organization", position: 9, subject: .numbered(2),
            sequence: 9, organization: .numbered(2))
        #expect(try await database.hear(elsewhere, from: "organization").isEmpty)
        #expect(try await database.task("WEB-1") == task)
    }

    @Test func `what was heard before takes nothing away again`() async throws {
        let database = try await connect()
        let project = try await database.prepare()
        let task = try await database.createTask(in: project, assignee: 3)
        try await database.hear(.memberRemoved(3, sequence: 6), from: "organization")
        try await database.hear(.member(3, .member, sequence: 7), from: "organization")
        try await database.assign(task, to: 3)
        // The same event once more, alone and before a newer one of the same member.
        #expect(try await database.hear(.memberRemoved(3, sequence: 6), from: "organization").isEmpty)
        #expect(
            try await database.hear(.memberRemoved(3, sequence: 6), .roleChanged(3, .admin, sequence: 8), from: "organization").isEmpty)
        #expect(try await database.task("WEB-1").assigneeId == .numbered(3))
    }

    @Test func `who leaves and comes back within one chunk has left, as if the worker had come between`() async throws {
        let database = try await connect()
        let project = try await database.prepare()
        try await database.createTask(in: project, assignee: 3)
        let told = try await database.hear(.memberRemoved(3, sequence: 6), .member(3, .viewer, sequence: 7), from: "organization")
        #expect(told.count == 1)
        #expect(try await database.task("WEB-1").assigneeId == nil)
        #expect(try await database.cachedMembers().contains("3 viewer 7"))
    }

    @Test func `many members and tasks in one chunk`() async throws {
        let database = try await connect()
        let project = try await database.prepare()
        var events: [StoredEvent] = []
        for user in 100..<140 as Range<UInt64> { events.append(try .member(user, .member, sequence: Int64(user))) }
        _ = try await database.apply(events, from: "organization", to: WorkflowConsumer())
        for user in 100..<140 as Range<UInt64> {
            for _ in 0..<3 { try await database.createTask(in: project, assignee: user) }
        }
        let removals = try (100..<130 as Range<UInt64>).map { try StoredEvent.memberRemoved($0, sequence: Int64($0) + 100) }
        let told = try await database.apply(removals, from: "organization", to: WorkflowConsumer())
        #expect(told.count == 90)
        #expect(Set(told.map(\.subject)).count == 90)
        #expect(try await database.fetchOne("select count(*) from tasks where assignee_id is not null", as: Int.self) == 30)
    }

    @Test func `a replay takes nothing away`() async throws {
        let database = try await connect()
        let project = try await database.prepare()
        let task = try await database.createTask(in: project, assignee: 3)
        let replaying = try applying(.memberRemoved(3, sequence: 6), isReplay: true)
        try await database.transaction { try replaying($0) }
        #expect(try await database.task("WEB-1") == task)
        #expect(try await database.cachedMembers().contains("3 none 6"))
    }

    @Test func `where a replay has mended who is a member, open tasks of others become nobody's`() async throws {
        let database = try await connect()
        let project = try await database.prepare()
        let lost = try await database.createTask(in: project, assignee: 3)
        let gone = try await database.createTask(in: project, assignee: 4)
        let done = try await database.createTask(in: project, assignee: 3)
        try await database.createTask(in: project, assignee: 2)
        try await database.move(done, to: .done)
        try await database.execute("update membership_cache set role = null where user_id = \(UUID.numbered(3))")
        try await database.execute("delete from membership_cache where user_id = \(UUID.numbered(4))")
        let told = try await database.transaction { session in
            try WorkflowConsumer().replayed(in: session, context: ConsumerContext(now: OperationContext.ofTest().now))
        }
        #expect(told.map(\.subject).sorted() == [lost.id, gone.id].sorted())
        #expect(told.allSatisfy { $0.sequence == 3 && $0.cause == nil })
        #expect(try await database.fetchOne("select count(*) from tasks where assignee_id is not null", as: Int.self) == 2)
    }
}
