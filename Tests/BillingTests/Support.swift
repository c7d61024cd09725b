import Billing
import BillingEvents
import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import TestSupport

func connect(as role: TestDatabase.Role = .app) async throws -> Connection {
    try await TestDatabases.current["billing"].connect(as: role)
}

extension Connection {
    @discardableResult
    func createPlan(_ draft: PlanDraft, _ context: OperationContext = .ofTest()) async throws -> Change<Plan> {
        try await change("billing", context) { try PlanService.create(draft, in: $0, context: $1) }
    }

    func subscription(of organization: UUID) async throws -> Subscription {
        try await session { try BillingService.subscription(of: organization, label: "acme", in: $0) }
    }

    func entitlements(of organization: UUID) async throws -> [Entitlement] {
        try await session { try BillingService.entitlements(of: organization, label: "acme", in: $0) }
    }

    /// Tells billing of new organizations.
    @discardableResult
    func hear(_ events: [StoredEvent], at now: Timestamp = OperationContext.ofTest().now) async throws -> [PendingEvent] {
        try await apply(events, from: "organization", to: BillingConsumer(), at: now)
    }
}

extension StoredEvent {
    static func created(_ organization: UUID, position: Int64, at now: Timestamp = OperationContext.ofTest().now) throws -> StoredEvent {
        try handMade(
            OrganizationCreated(organizationId: organization, ownerId: .numbered(1)), from: "organization", position: position,
            subject: organization, organization: organization, context: .ofTest(at: now))
    }
}

extension PlanDraft {
    static func team(slug: String = "team", isDefault: Bool = false, period: BillingPeriod = .month, _ grants: [EntitlementGrant] = [])
        -> PlanDraft
    {
        PlanDraft(
            slug: slug, name: "Team", isDefault: isDefault, price: Money(amount: 1_999, currency: "EUR"), period: period,
            entitlements: grants)
    }
}
