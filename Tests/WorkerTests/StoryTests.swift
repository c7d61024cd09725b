import Analytics
import Audit
import FoundationEssentials
import Identity
import Kernel
import Notification
import Organization
import Postgres
import TestSupport
import Testing
import Worker

@testable import Billing

/// One organization's way through all seven services.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct StoryTests {
    private func entries(of organization: UUID) async throws -> [AuditEntry] {
        var filter = AuditFilter()
        filter.organizationId = organization
        let asked = filter
        return try await connect("audit").session { try AuditService.query(asked, limit: 100, in: $0).items }
    }

    @Test func `an organization gets its subscription, its entitlements, its caches, its place in the log and in the figures`() async throws
    {
        let plan = try await System.makeFreePlan()
        let ada = try await System.register("ada@example.org")
        let created = Timestamp(year: 2026, month: 1, day: 31, hour: 9)
        let command = System.context(correlation: .id(42), at: created)
        let acme = try await System.create("acme", owner: ada.id, command)

        let report = await WorkerRun.test(System.consumers).untilLevel()
        #expect(report.failure == nil, "\(report)")
        #expect(report.lanes.count == 22)
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
        #expect(Set(notes.map(\.template)) == [.welcome, .memberAdded] && notes.count == 2)

        let summary = try await connect("analytics").session { try AnalyticsService.subscriptions(in: $0) }
        #expect(summary.map(\.plan) == ["free"])
        #expect(summary.map(\.subscriptions) == [1])

        let entries = try await entries(of: acme.id)
        #expect(
            entries.map(\.event).sorted() == [
                "EntitlementsUpdated", "MemberAdded", "NotificationDelivered", "OrganizationCreated", "SubscriptionActivated",
            ])
        #expect(Set(entries.map(\.correlationId)) == [.id(42)])
        let cause = try #require(entries.first { $0.event == "OrganizationCreated" })
        #expect(cause.actor == "operator:ada")
        #expect(cause.causationId == nil)
        for entry in entries where entry.source == "billing" {
            #expect(entry.causationId == cause.id)
            #expect(entry.actor == "service:billing")
        }
        #expect(entries.allSatisfy { $0.leaf != nil })
        let types = try await TestDatabases.current.expectSchemas()
        #expect(types.isSuperset(of: entries.map(\.type)) && types.count >= 9, "\(types)")
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
        let changed = try await Fingerprint().differences(from: before)
        #expect(changed == [])
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
        try await Oracle.check()
    }
}
