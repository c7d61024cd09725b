import FoundationEssentials
import Kernel
import Organization
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing
import Worker

@testable import Billing
@testable import Workflow

/// Billing and workflow between themselves.
@Suite(.databases("billing", "organization", "workflow"), .hangLimit) struct InterplayTests {
    private let consumers: [any Consumer] = [BillingConsumer(), WorkflowConsumer()]

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
        #expect(await WorkerRun.test(consumers).untilLevel().failure == nil)
        for key in ["WEB", "API", "OPS"] { try await createProject(key) }
        await #expect(throws: WorkflowError.projectLimit(limit: 3, used: 3)) { try await createProject("TOO") }
    }

    @Test func `without a default plan billing stands, the others go on, and a plan is all it takes`() async throws {
        _ = try await System.create("acme", owner: .id(1))
        let report = await WorkerRun.test(consumers).untilLevel()
        #expect(report.lane("billing<organization")?.outcome.failure?.code.name == "NO_DEFAULT_PLAN")
        #expect(report.lane("billing<organization")?.events == 0)
        #expect(report.summary.filter { $0.hasSuffix(" level") } == ["workflow<billing level", "workflow<organization level"])
        #expect(report.failure?.code.name == "NO_DEFAULT_PLAN")
        #expect(try await connect("workflow").value("select count(*) from membership_cache", as: Int.self) == 1)

        try await System.makeFreePlan()
        #expect(await WorkerRun.test(consumers).untilLevel().failure == nil)
        #expect(try await connect("billing").value("select count(*) from subscriptions", as: Int.self) == 1)
    }

    @Test func `who comes, gets another role, goes and comes back is known to workflow as told`() async throws {
        try await System.makeFreePlan()
        let acme = try await System.create("acme", owner: .id(1))
        typealias Deed = @Sendable (MembershipService.Subject, Session, OperationContext) throws -> Change<Membership>
        func member(_ user: UInt64, _ deed: @escaping Deed) async throws {
            let context = System.context()
            let subject = MembershipService.Subject(organizationId: acme.id, organization: "acme", userId: .id(user), user: "\(user)")
            _ = try await System.perform("organization", context) { try deed(subject, $0, context) }
        }
        for user in 2...4 as ClosedRange<UInt64> {
            try await member(user) { try MembershipService.add($0, role: .member, in: $1, context: $2) }
        }
        try await member(2) { try MembershipService.changeRole($0, to: .admin, in: $1, context: $2) }
        for user in 3...4 as ClosedRange<UInt64> { try await member(user) { try MembershipService.remove($0, in: $1, context: $2) } }
        try await member(4) { try MembershipService.add($0, role: .viewer, in: $1, context: $2) }
        #expect(await WorkerRun.test(consumers).untilLevel().failure == nil)
        #expect(
            try await connect("workflow").values("select coalesce(role, 'none') from membership_cache order by user_id", as: String.self)
                == ["owner", "admin", "none", "viewer"])
        try await Oracle.check(readers: [.workflow])
    }

    /// Between sources there is no order: workflow may hear of entitlements before it hears of the organization.
    @Test func `sources may come in any order`() async throws {
        try await System.makeFreePlan()
        let acme = try await System.create("acme", owner: .id(1))
        #expect(await WorkerRun.test([BillingConsumer()]).untilLevel().failure == nil)
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
