import Analytics
import Audit
import Billing
import FoundationEssentials
import Identity
import Kernel
import Notification
import Organization
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Worker
import Workflow
import WorkflowEvents

/// All seven services with their real consumers, on the databases of the current test.
enum System {
    static let services = ["analytics", "audit", "billing", "identity", "notification", "organization", "workflow"]

    static var consumers: [any Consumer] {
        [
            IdentityModule.module, OrganizationModule.module, BillingModule.module, WorkflowModule.module, NotificationModule.module,
            AuditModule.module(recording: services), AnalyticsModule.module,
        ].flatMap(\.consumers)
    }

    static func context(correlation: UUID = .id(7), at now: Timestamp = SystemClock().now()) -> OperationContext {
        OperationContext(now: now, actor: .operatorAccount("ada"), correlationId: correlation)
    }

    /// Runs a service function as a command does: its change and its events in one transaction.
    static func perform<Value: Sendable>(
        _ service: String, _ context: OperationContext, _ body: @Sendable (Session) throws -> Change<Value>
    ) async throws -> Value {
        try await connect(service).transaction { session in
            let change = try body(session)
            try OutboxWriter(service: service).append(change.events, in: session, context: context)
            return change.value
        }
    }

    @discardableResult
    static func makeFreePlan() async throws -> Plan {
        let context = context()
        return try await perform("billing", context) { try PlanService.create(.free, in: $0, context: context) }
    }

    static func register(_ email: String, _ context: OperationContext = context()) async throws -> User {
        try await perform("identity", context) { session in
            try IdentityService.register(
                email: EmailAddress(email), name: PersonName("Ada Lovelace"), password: nil, in: session, context: context)
        }
    }

    static func create(_ slug: String, owner: UUID, _ context: OperationContext = context()) async throws -> Organization {
        try await perform("organization", context) { session in
            try OrganizationService.create(
                slug: Slug(slug), name: OrganizationName(slug), owner: owner, in: session, context: context)
        }
    }

    static var timed: [TimedService] {
        [OrganizationModule.module, BillingModule.module, WorkflowModule.module, NotificationModule.module].map {
            TimedService(service: $0.name, timers: $0.timers)
        }
    }

    @discardableResult
    static func delete(_ organization: Organization, _ context: OperationContext = context()) async throws -> Organization {
        try await perform("organization", context) {
            try DeletionService.delete(organization.id, label: organization.slug, in: $0, context: context)
        }
    }

    @discardableResult
    static func restore(_ organization: Organization, _ context: OperationContext = context()) async throws -> Organization {
        try await perform("organization", context) {
            try DeletionService.restore(organization.id, label: organization.slug, in: $0, context: context)
        }
    }

    /// An open invitation, whose mail is due.
    static func invite(_ email: String, to organization: Organization, _ context: OperationContext = context()) async throws {
        _ = try await perform("organization", context) { session in
            let offer = InvitationService.Offer(
                organizationId: organization.id, organization: organization.slug, email: try EmailAddress(email), userId: nil, role: .member
            )
            return try InvitationService.send(offer, key: [UInt8](repeating: 7, count: 32), in: session, context: context)
        }
    }

    /// A project with one task, of an organization of which workflow has heard.
    static func createTask(of user: User, in organization: Organization, _ context: OperationContext = context()) async throws {
        let tenant = Tenant(id: organization.id, label: organization.slug)
        let project = try await perform("workflow", context) { session in
            try WorkflowService.createProject(
                key: ProjectKey("WEB"), name: "Website", organizationId: organization.id, label: organization.slug, in: session,
                context: context)
        }
        _ = try await perform("workflow", context) { session in
            var draft = TaskDraft(title: try TaskTitle("Fix it"))
            draft.assignee = Assignee(id: user.id, label: "ada@example.org")
            return try TaskService.create(draft, in: project.id, of: tenant, in: session, context: context)
        }
    }

    /// Another task of the project of ``createTask(of:in:_:)``, from its beginning until it is done.
    static func finishTask(in organization: Organization, _ context: OperationContext = context()) async throws {
        let tenant = Tenant(id: organization.id, label: organization.slug)
        let task = try await perform("workflow", context) { session in
            let project = try WorkflowService.project(ProjectReference("WEB"), label: "WEB", of: tenant, in: session)
            return try TaskService.create(
                TaskDraft(title: TaskTitle("Do it")), in: project.id, of: tenant, in: session, context: context)
        }
        for status in [TaskStatus.inProgress, .done] {
            _ = try await perform("workflow", context) {
                try TaskService.move(task.id, to: status, of: tenant, in: $0, context: context)
            }
        }
    }
}
