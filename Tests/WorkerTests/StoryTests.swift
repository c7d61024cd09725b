import Analytics
import Audit
import BillingEvents
import FoundationEssentials
import Identity
import Kernel
import Notification
import Organization
import Outbox
import Postgres
import TestSupport
import Testing
import Worker
import Workflow

@testable import Billing

/// One organization's way through all seven services.
@Suite(.databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow")) struct StoryTests {
    private func entries(of organization: UUID) async throws -> [AuditEntry] {
        var filter = AuditFilter()
        filter.organizationId = organization
        let asked = filter
        return try await connect("audit").session { try AuditService.query(asked, limit: 100, in: $0).items }
    }

    @Test func `an organization gets its subscription, its entitlements, its caches, its place in the log and in the figures`() async throws {
        let plan = try await System.makeFreePlan()
        let ada = try await System.register("ada@example.org")
        let created = Timestamp(year: 2026, month: 1, day: 31, hour: 9)
        let command = System.context(correlation: .id(42), at: created)
        let acme = try await System.create("acme", owner: ada.id, command)

        let report = await WorkerRun.test(System.consumers).untilLevel()
        #expect(report.failure == nil, "\(report)")
        #expect(report.lanes.count == 14)
        #expect(report.summary.allSatisfy { $0.hasSuffix(" level") }, "\(report.summary)")

        let billing = try await connect("billing")
        let subscription = try await billing.session { try BillingService.subscription(of: acme.id, label: "acme", in: $0) }
        #expect(subscription.status == .active)
        #expect(subscription.plan == Subscription.PlanReference(id: plan.id, slug: "free", version: 1))
        // From the organization's beginning, to the last day of a shorter month.
        #expect(subscription.periodStart == created)
        #expect(subscription.periodEnd == Timestamp(year: 2026, month: 2, day: 28, hour: 9))
        let entitlements = try await billing.session { try BillingService.entitlements(of: acme.id, label: "acme", in: $0) }
        #expect(entitlements.map(\.key) == ["api_calls", "members", "projects"])
        #expect(entitlements.map(\.quantity) == [1_000, 5, 3])

        let workflow = try await connect("workflow")
        let member = "select organization_id || ' ' || user_id || ' ' || role from membership_cache" as SQL
        #expect(try await workflow.values(member, as: String.self) == ["\(acme.id.text) \(ada.id.text) owner"])
        let cached = "select key || ' ' || kind || ' ' || quantity from entitlement_cache order by key" as SQL
        #expect(try await workflow.values(cached, as: String.self) == ["api_calls metered 1000", "members static 5", "projects static 3"])

        let notes = try await connect("notification").session { try NotificationService.notifications(of: ada.id, limit: 10, in: $0).items }
        #expect(notes.map(\.template) == [.welcome])

        let summary = try await connect("analytics").session { try AnalyticsService.subscriptions(in: $0) }
        #expect(summary.map(\.plan) == ["free"])
        #expect(summary.map(\.subscriptions) == [1])

        let entries = try await entries(of: acme.id)
        #expect(
            entries.map(\.event).sorted() == ["EntitlementsUpdated", "MemberAdded", "OrganizationCreated", "SubscriptionActivated"])
        #expect(Set(entries.map(\.correlationId)) == [.id(42)])
        let cause = try #require(entries.first { $0.event == "OrganizationCreated" })
        #expect(cause.actor == "operator:ada")
        #expect(cause.causationId == nil)
        for entry in entries where entry.source == "billing" {
            #expect(entry.causationId == cause.id)
            #expect(entry.actor == "service:billing")
        }
        #expect(entries.allSatisfy { $0.leaf != nil })
    }

    @Test func `a second run changes nothing in any database`() async throws {
        try await System.makeFreePlan()
        _ = try await System.create("acme", owner: System.register("ada@example.org").id)
        #expect(await WorkerRun.test(System.consumers).untilLevel().failure == nil)
        let before = try await Fingerprint()
        #expect(before.tables["audit.entries"]?.hasPrefix("0 ") == false)
        let second = await WorkerRun.test(System.consumers).untilLevel()
        #expect(second.failure == nil)
        #expect(second.events == 0)
        #expect(second.passes == 1)
        #expect(try await Fingerprint().differences(from: before) == [])
    }

    @Test func `several workers at once do each thing once`() async throws {
        try await System.makeFreePlan()
        let ada = try await System.register("ada@example.org")
        for number in 0..<20 { _ = try await System.create("acme-\(number)", owner: ada.id) }
        let reports = await withTaskGroup(of: WorkerReport.self) { group in
            for _ in 0..<3 { group.addTask { await WorkerRun.test(System.consumers).untilLevel() } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for report in reports { #expect(report.failure == nil, "\(report)") }
        // Whoever met a lane in use has left it; a last run finishes what came after that.
        #expect(await WorkerRun.test(System.consumers).untilLevel().failure == nil)

        #expect(try await connect("billing").value("select count(*) from subscriptions", as: Int.self) == 20)
        #expect(try await connect("billing").value("select max(version) from entitlement_sets", as: Int.self) == 1)
        #expect(try await connect("workflow").value("select count(*) from entitlement_cache", as: Int.self) == 60)
        let counts = try await connect("analytics").values("select type || ' ' || events from event_counts order by type", as: String.self)
        #expect(
            counts == [
                "saas.member.added.v1 20", "saas.organization.created.v1 20", "saas.plan.created.v1 1", "saas.subscription.activated.v1 20",
                "saas.user.registered.v1 1",
            ])
        try await AuditLog.check(sources: System.services)
    }

    @Test func `the limit that a subscription brings holds, and before it has come nothing is allowed`() async throws {
        try await System.makeFreePlan()
        let acme = try await System.create("acme", owner: .id(1))
        func createProject(_ key: String) async throws {
            let context = System.context()
            _ = try await System.perform("workflow", context) { session in
                try WorkflowService.createProject(
                    key: ProjectKey(key), name: key, organizationId: acme.id, label: "acme", in: session, context: context)
            }
        }
        await #expect(throws: WorkflowError.organizationUnknown("acme")) { try await createProject("WEB") }
        #expect(await WorkerRun.test(System.consumers).untilLevel().failure == nil)
        for key in ["WEB", "API", "OPS"] { try await createProject(key) }
        await #expect(throws: WorkflowError.projectLimit(limit: 3, used: 3)) { try await createProject("TOO") }
    }

    @Test func `without a default plan billing stands, the others go on, and a plan is all it takes`() async throws {
        _ = try await System.create("acme", owner: .id(1))
        let report = await WorkerRun.test(System.consumers).untilLevel()
        #expect(report.lane("billing<organization")?.outcome.failure?.code.name == "NO_DEFAULT_PLAN")
        #expect(report.lane("billing<organization")?.events == 0)
        #expect(report.lanes.filter { $0.outcome.failure != nil }.count == 1)
        #expect(report.failure?.code.name == "NO_DEFAULT_PLAN")
        #expect(try await connect("workflow").value("select count(*) from membership_cache", as: Int.self) == 1)

        try await System.makeFreePlan()
        #expect(await WorkerRun.test(System.consumers).untilLevel().failure == nil)
        #expect(try await connect("billing").value("select count(*) from subscriptions", as: Int.self) == 1)
    }

    /// Between sources there is no order: workflow may hear of entitlements before it hears of the organization.
    @Test func `sources may come in any order`() async throws {
        try await System.makeFreePlan()
        let acme = try await System.create("acme", owner: .id(1))
        let billing: [any Consumer] = [BillingConsumer()]
        #expect(await WorkerRun.test(billing).untilLevel().failure == nil)
        struct OneSource: Consumer {
            let inner = WorkflowConsumer()
            let sources: [String]
            var name: String { inner.name }
            var service: String { inner.service }
            var understands: [EventType]? { inner.understands }
            func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
                try inner.apply(chunk, in: session, context: context)
            }
        }
        for source in ["billing", "organization"] {
            #expect(await WorkerRun.test([OneSource(sources: [source])]).untilLevel().failure == nil)
        }
        let workflow = try await connect("workflow")
        #expect(try await workflow.values("select organization_id from membership_cache", as: UUID.self) == [acme.id])
        #expect(try await workflow.value("select count(*) from entitlement_cache", as: Int.self) == 3)
    }
}
