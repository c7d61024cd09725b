import Analytics
import Audit
import Billing
import FoundationEssentials
import Identity
import Kernel
import Organization
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing
import Worker
import Workflow
import WorkflowEvents

/// The deletion of an organization through all services (docs/organization.md, "Deletion").
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct DeletionTests {
    private static let noon = Timestamp(year: 2026, month: 3, day: 14, hour: 12)
    private static func day(_ days: Int, _ seconds: Int = 0) -> Timestamp { noon.advanced(by: .seconds(days * 86_400 + seconds)) }

    /// An organization with a member, an open invitation, a subscription, and a project with a task.
    private func arrange() async throws -> Organization {
        let context = System.context(at: Self.noon)
        try await System.makeFreePlan()
        let ada = try await System.register("ada@example.org", context)
        let acme = try await System.create("acme", owner: ada.id, context)
        _ = try await System.create("bolt", owner: ada.id, context)
        let offer = InvitationService.Offer(
            organizationId: acme.id, organization: "acme", email: try EmailAddress("bob@example.org"), userId: nil, role: .member,
            lifetime: try InvitationLifetime(.seconds(20 * 86_400)))
        _ = try await System.perform("organization", context) {
            try InvitationService.send(offer, key: [UInt8](repeating: 9, count: 32), in: $0, context: context)
        }
        await run(at: Self.noon)
        try await System.createTask(of: ada, in: acme, context)
        await run(at: Self.noon)
        return acme
    }

    @discardableResult
    private func run(_ consumers: [any Consumer] = System.consumers, at now: Timestamp, timed: [TimedService] = System.timed) async
        -> WorkerReport
    {
        let report = await WorkerRun(
            consumers: consumers, timed: timed, databases: TestWorkerDatabases(), clock: FixedClock(now)
        ).untilLevel()
        #expect(report.failure == nil, "\(report.summary)")
        return report
    }

    private func saga(_ organization: Organization) async throws -> SagaReport {
        try await connect("organization").session { try SagaService.saga(organization.id.text, in: $0) }
    }

    private func text(_ service: String, _ sql: SQL) async throws -> String {
        try await connect(service).value("select coalesce((\(fragment: sql))::text, 'none')", as: String.self)
    }

    /// What each service has of an organization.
    private func state(of organization: Organization) async throws -> [String] {
        let id = organization.id
        return [
            try await text("organization", "select status from organizations where id = \(id)"),
            try await text("organization", "select string_agg(status, ',') from invitations where organization_id = \(id)"),
            try await text("billing", "select string_agg(status, ',') from subscriptions where organization_id = \(id)"),
            try await text("workflow", "select string_agg(is_frozen::text, ',') from projects where organization_id = \(id)"),
            try await text("analytics", "select string_agg(status, ',') from subscription_facts where organization_id = \(id)"),
        ]
    }

    @Test func `each service does its step, and after the grace period what there is of the organization is gone`() async throws {
        let acme = try await arrange()
        let log = try await connect("audit").value("select count(*) from entries", as: Int64.self)
        #expect(try await state(of: acme) == ["active", "pending", "active", "false", "active"])
        let deleted = try await System.delete(acme, System.context(at: Self.day(1)))
        #expect(deleted.status == .deleted && deleted.purgeAt == Self.day(31))
        #expect(try await saga(acme).steps.map(\.state) == [.requested, .requested, .requested])
        await run(at: Self.day(1, 60))
        #expect(try await state(of: acme) == ["deleted", "revoked", "cancelled", "true", "cancelled"])
        let waiting = try await saga(acme)
        #expect(waiting.state == .waiting && waiting.steps.allSatisfy { $0.state == .done && $0.attempts == 0 && !$0.isUndo })
        #expect(waiting.steps.map(\.service) == ["billing", "workflow", "organization"])
        #expect(waiting.steps.allSatisfy { $0.requestedAt == Self.day(1) && $0.endedAt == Self.day(1, 60) })
        try await Oracle.check()

        await run(at: Self.day(31, -1))
        #expect(try await saga(acme).state == .waiting)
        await run(at: Self.day(31))
        #expect(try await saga(acme).state == .completed)
        #expect(try await state(of: acme) == ["purged", "none", "none", "none", "none"])
        #expect(try await text("organization", "select name from organizations where id = \(acme.id)") == "none")
        for (service, table) in [
            ("organization", "memberships"), ("billing", "entitlements"), ("workflow", "membership_cache"),
            ("workflow", "entitlement_cache"), ("workflow", "tasks"),
        ] {
            let left: Int64 = try await connect(service).value(
                "select count(*) from \(identifier: table) where organization_id = \(acme.id)")
            #expect(left == 0, "\(service) \(table)")
        }
        // The other organization has all of its, and the log everything.
        #expect(try await text("billing", "select status from subscriptions") == "active")
        #expect(try await text("workflow", "select count(*) from membership_cache") == "1")
        #expect(try await connect("audit").value("select count(*) from entries", as: Int64.self) > log)
        try await Oracle.check()
        // Nothing more comes of it, ever.
        #expect(await run(at: Self.day(400)).events == 0)
    }

    @Test func `restored in time it is as it was`() async throws {
        let acme = try await arrange()
        try await System.delete(acme, System.context(at: Self.day(1)))
        await run(at: Self.day(1, 60))
        let restored = try await System.restore(acme, System.context(at: Self.day(2)))
        #expect(restored.status == .active && restored.deletedAt == nil && restored.purgeAt == nil)
        #expect(try await saga(acme).state == .compensating)
        await run(at: Self.day(2, 60))
        #expect(try await state(of: acme) == ["active", "pending", "active", "false", "active"])
        let report = try await saga(acme)
        #expect(report.state == .compensated && report.steps.allSatisfy { $0.isUndo && $0.state == .done })
        // What was due is not done to it.
        await run(at: Self.day(19))
        #expect(try await state(of: acme) == ["active", "pending", "active", "false", "active"])
        await run(at: Self.day(60))
        #expect(try await state(of: acme) == ["active", "expired", "active", "false", "active"])
        try await Oracle.check()

        // And again, for good.
        try await System.delete(acme, System.context(at: Self.day(61)))
        await run(at: Self.day(61))
        await run(at: Self.day(91))
        #expect(try await state(of: acme) == ["purged", "none", "none", "none", "none"])
        try await Oracle.check()
    }

    /// Requests to do and to undo are in one lane, so that the last word counts, whatever was answered meanwhile.
    @Test func `restored before any service has heard, nothing is left of the deletion`() async throws {
        let acme = try await arrange()
        try await System.delete(acme, System.context(at: Self.day(1)))
        // Billing has done its step, and its answer is on the way.
        await run([BillingConsumer()], at: Self.day(1), timed: [])
        try await System.restore(acme, System.context(at: Self.day(1, 30)))
        await run(at: Self.day(1, 60))
        #expect(try await state(of: acme) == ["active", "pending", "active", "false", "active"])
        #expect(try await saga(acme).state == .compensated)
        try await Oracle.check()
    }

    @Test func `the worker may end after every single event, and goes on where it was`() async throws {
        let acme = try await arrange()
        try await System.delete(acme, System.context(at: Self.day(1)))
        // One lane at a time, each by a worker of its own, whose connections are all closed before the next begins.
        for round in 0..<12 {
            for consumer in System.consumers.shuffled() { await run([consumer], at: Self.day(1, round), timed: []) }
        }
        #expect(try await saga(acme).state == .waiting)
        await run([], at: Self.day(31))
        #expect(try await state(of: acme).first == "purged")
        for _ in 0..<12 {
            for consumer in System.consumers.shuffled() { await run([consumer], at: Self.day(31), timed: []) }
        }
        #expect(try await state(of: acme) == ["purged", "none", "none", "none", "none"])
        try await Oracle.check()
    }

    /// The session of the consumer ends when it has done its step and is about to commit.
    @Test(arguments: ["billing", "workflow-saga", "organization"])
    func `a worker that is killed in a step has done all of it once`(_ name: String) async throws {
        let acme = try await arrange()
        try await System.delete(acme, System.context(at: Self.day(1)))
        let wasKilled = Flag()
        let consumers = System.consumers.map { $0.name == name ? DyingConsumer(inner: $0, hasDied: wasKilled) as any Consumer : $0 }
        await run(consumers, at: Self.day(1))
        #expect(wasKilled.isRaised)
        #expect(try await state(of: acme) == ["deleted", "revoked", "cancelled", "true", "cancelled"])
        #expect(try await saga(acme).state == .waiting)
        try await Oracle.check()
    }

    // MARK: Steps that fail

    @Test func `a step that fails is asked for again, a few times, then waits for somebody`() async throws {
        let acme = try await arrange()
        try await System.delete(acme, System.context(at: Self.day(1)))
        await run(at: Self.day(1))
        // Somebody has given it another subscription, by hand, so that the former one cannot come back.
        let billing = try await connect("billing", as: .superuser)
        try await billing.run(
            """
            insert into subscriptions (id, organization_id, plan_version_id, status, anchor, period_start, period_end, event_sequence, created_at,
                updated_at)
            select \(UUID.id(77)), organization_id, plan_version_id, 'active', anchor, period_start, period_end, 0, now(), now()
            from subscriptions where organization_id = \(acme.id)
            """)
        try await System.restore(acme, System.context(at: Self.day(2)))
        for attempt in 1...4 {
            // Each within the bound of its pause.
            await run(at: Self.day(2, attempt * 100))
            let report = try await saga(acme)
            #expect(report.state == .compensating && report.steps[0].state == .retrying && report.steps[0].attempts == attempt)
            #expect(report.steps[0].error == "SUBSCRIPTION_EXISTS" && report.steps[1].state == .done)
        }
        await run(at: Self.day(2, 500))
        #expect(try await saga(acme).state == .compensationFailed)
        #expect(try await saga(acme).steps.map(\.state) == [.failed, .done, .done])
        await run(at: Self.day(20))
        #expect(try await saga(acme).steps[0].attempts == 5)

        // A deletion waits until that is settled.
        await #expect(throws: OrganizationError.restoreUnfinished("acme")) {
            try await System.delete(acme, System.context(at: Self.day(20)))
        }
        try await billing.run("delete from subscriptions where id = \(UUID.id(77))")
        let id = try await saga(acme).id
        let context = System.context(at: Self.day(21))
        let retried = try await System.perform("organization", context) { try SagaService.retry(id, in: $0, context: context) }
        #expect(retried.state == .compensating && retried.steps.map(\.state) == [.requested, .done, .done])
        await run(at: Self.day(21))
        #expect(try await saga(acme).state == .compensated)
        #expect(try await state(of: acme)[2] == "active")
    }

    @Test func `an answer counts once, and only to the last request`() async throws {
        let acme = try await arrange()
        try await System.delete(acme, System.context(at: Self.day(1)))
        let step = try await saga(acme).steps[1]
        let sagaId = try await saga(acme).id
        func answer(_ event: some DomainEvent, sequence: Int64) async throws {
            _ = try await System.perform("workflow", System.context(at: Self.day(1))) { _ in
                Change((), events: [try PendingEvent(event, subject: step.id, sequence: sequence, organization: acme.id)])
            }
        }
        func failed(_ request: Int) -> SagaStepFailed {
            SagaStepFailed(sagaId: sagaId, stepId: step.id, organizationId: acme.id, request: request, code: "BUSY")
        }
        // Workflow itself is not running; somebody answers in its place.
        let others: [any Consumer] = [OrganizationConsumer()]
        try await answer(failed(7), sequence: 1)
        await run(others, at: Self.day(1))
        #expect(try await saga(acme).steps[1].state == .requested)
        try await answer(failed(1), sequence: 2)
        try await answer(failed(1), sequence: 3)
        try await answer(SagaStepCompleted(sagaId: sagaId, stepId: step.id, organizationId: acme.id, request: 1), sequence: 4)
        await run(others, at: Self.day(1), timed: [])
        let after = try await saga(acme).steps[1]
        #expect(after.attempts == 1 && after.state == .retrying)
        #expect(try await connect("organization").value("select count(*) from due where kind = 'saga_step_retry'", as: Int64.self) == 1)
    }

    @Test func `where a step has failed nothing is purged, until it is done or taken back`() async throws {
        let acme = try await arrange()
        try await System.delete(acme, System.context(at: Self.day(1)))
        let consumers = System.consumers.map { $0.name == "workflow-saga" ? RefusingConsumer(inner: $0) as any Consumer : $0 }
        for attempt in 0..<5 { await run(consumers, at: Self.day(1, attempt * 100)) }
        #expect(try await saga(acme).state == .failed)
        await run(consumers, at: Self.day(40))
        #expect(try await state(of: acme) == ["deleted", "revoked", "cancelled", "false", "cancelled"])
        let context = System.context(at: Self.day(41))
        await #expect(throws: OrganizationError.graceEnded("acme", at: Self.day(31))) { try await System.restore(acme, context) }
        let id = try await saga(acme).id
        _ = try await System.perform("organization", context) { try SagaService.retry(id, in: $0, context: context) }
        // The last step done, the purge follows at once.
        await run(at: Self.day(41))
        #expect(try await state(of: acme) == ["purged", "none", "none", "none", "none"])
        await #expect(throws: OrganizationError.organizationPurged("acme")) { try await System.restore(acme, context) }
        await #expect(throws: OrganizationError.sagaCompleted(id)) {
            _ = try await System.perform("organization", context) { try SagaService.abort(id, in: $0, context: context) }
        }
        let again = try await System.delete(acme, context)
        #expect(again.status == .purged)
    }

    @Test func `a saga with a failed step can be aborted when its grace period is over`() async throws {
        let acme = try await arrange()
        try await System.delete(acme, System.context(at: Self.day(1)))
        let consumers = System.consumers.map { $0.name == "workflow-saga" ? RefusingConsumer(inner: $0) as any Consumer : $0 }
        for attempt in 0..<5 { await run(consumers, at: Self.day(1, attempt * 100)) }
        let id = try await saga(acme).id
        let context = System.context(at: Self.day(41))
        for _ in 0..<2 { _ = try await System.perform("organization", context) { try SagaService.abort(id, in: $0, context: context) } }
        await run(at: Self.day(41))
        #expect(try await saga(acme).state == .compensated)
        // The invitation's time was up meanwhile.
        #expect(try await state(of: acme) == ["active", "revoked", "active", "false", "active"])
    }

    // MARK: What is deleted

    @Test func `nothing in what is deleted can be changed, and what was changed before the freeze stays`() async throws {
        let acme = try await arrange()
        let tenant = Tenant(id: acme.id, label: "acme")
        try await System.delete(acme, System.context(at: Self.day(1)))
        await run(at: Self.day(1))
        let context = System.context(at: Self.day(1))
        let task: UUID = try await connect("workflow").value("select id from tasks")
        let project: UUID = try await connect("workflow").value("select id from projects")
        let frozen = WorkflowError.projectFrozen("WEB")
        await #expect(throws: frozen) {
            try await System.perform("workflow", context) { try TaskService.move(task, to: .done, of: tenant, in: $0, context: context) }
        }
        await #expect(throws: frozen) {
            try await System.perform("workflow", context) {
                try TaskService.create(TaskDraft(title: TaskTitle("More")), in: project, of: tenant, in: $0, context: context)
            }
        }
        await #expect(throws: frozen) {
            try await System.perform("workflow", context) {
                try WorkflowService.archiveProject(project, of: tenant, in: $0, context: context)
            }
        }
        func createProject() async throws {
            _ = try await System.perform("workflow", context) {
                try WorkflowService.createProject(
                    key: ProjectKey("NEW"), name: "New", organizationId: acme.id, label: "acme", in: $0, context: context)
            }
        }
        await #expect(throws: WorkflowError.organizationDeleted("acme")) { try await createProject() }
        await #expect(throws: OrganizationError.organizationDeleted("acme")) {
            let subject = MembershipService.Subject(organizationId: acme.id, organization: "acme", userId: .id(5), user: "x")
            _ = try await System.perform("organization", context) {
                try MembershipService.add(subject, role: .member, in: $0, context: context)
            }
        }
        await run(at: Self.day(31))
        await #expect(throws: WorkflowError.organizationDeleted("acme")) { try await createProject() }
    }

    @Test func `caches that are replayed are as they were, and nothing is answered or removed again`() async throws {
        let acme = try await arrange()
        try await System.delete(acme, System.context(at: Self.day(1)))
        await run(at: Self.day(1))
        await run(at: Self.day(31))
        let outbox: Int64 = try await connect("workflow").value("select count(*) from outbox")
        for consumer in [WorkflowConsumer() as any Consumer, AnalyticsConsumer()] {
            let report = try await WorkerRun(consumers: [consumer], databases: TestWorkerDatabases(), clock: SystemClock())
                .replay(consumer, from: AuditArchive(), ReplayTerms(operation: System.context(), isDryRun: true) { _ in })
            #expect(report.outcome == .equal, "\(report.tables)")
        }
        #expect(try await connect("workflow").value("select count(*) from outbox", as: Int64.self) == outbox)
    }
}

/// Ends its session, once, when its work on a step is done.
private struct DyingConsumer: Consumer {
    let inner: any Consumer
    let hasDied: Flag

    var name: String { inner.name }
    var service: String { inner.service }
    var sources: [String] { inner.sources }
    var understands: [EventType]? { inner.understands }

    func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        let told = try inner.apply(chunk, in: session, context: context)
        if !hasDied.isRaised, chunk.events.contains(where: { $0.eventType?.name == SagaStepRequested.eventType.name }) {
            hasDied.raise()
            try session.run(Query("select pg_terminate_backend(pg_backend_pid())"))
        }
        return told
    }
}

/// Answers no to every step.
private struct RefusingConsumer: Consumer {
    let inner: any Consumer

    var name: String { inner.name }
    var service: String { inner.service }
    var sources: [String] { inner.sources }
    var understands: [EventType]? { inner.understands }

    func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        try chunk.all(SagaStepRequested.self).filter { $0.data.action.service == service }.map { stored, request in
            try PendingEvent(
                request.failed("BUSY"), subject: request.stepId, sequence: EventCounters.next(of: request.stepId, in: session),
                organization: request.organizationId, causedBy: stored)
        }
    }
}
