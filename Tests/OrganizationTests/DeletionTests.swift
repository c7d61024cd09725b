import FoundationEssentials
import Kernel
import Organization
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing

extension Connection {
    @discardableResult
    func delete(
        _ organization: Organization, grace: GracePeriod = .standard, _ context: OperationContext = .ofTest()
    ) async throws -> Change<Organization> {
        try await change("organization", context) { session, context in
            try DeletionService.delete(organization.id, label: organization.slug, grace: grace, in: session, context: context)
        }
    }

    @discardableResult
    func restore(_ organization: Organization, _ context: OperationContext = .ofTest()) async throws -> Change<Organization> {
        try await change("organization", context) { session, context in
            try DeletionService.restore(organization.id, label: organization.slug, in: session, context: context)
        }
    }
}

/// Who deletes and restores organizations, and who hears of it (docs/organization.md, "Deletion").
@Suite(.databases("organization")) struct DeletionTests {
    private static let start = OperationContext.ofTest().now
    private static let end = start.advanced(by: GracePeriod.standard.duration)

    // Garcia-Molina and Salem, "Sagas" (1987): steps that commit one by one, each with what undoes it.
    @Test func `a deletion is told at once, with what is asked of each service`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let deleted = try await database.delete(acme)
        #expect(deleted.value.status == .deleted && deleted.value.deletedAt == Self.start && deleted.value.purgeAt == Self.end)
        #expect(deleted.value.version == acme.version + 1 && deleted.value.name == "Acme GmbH")
        #expect(deleted.rows.map(\.table) == ["organizations", "sagas", "saga_steps", "saga_steps", "saga_steps"])
        let told = try await database.outbox(of: "organization").dropFirst(2)
        #expect(told.map(\.type) == ["saas.organization.deleted.v1"] + Array(repeating: "saas.saga_step.requested.v1", count: 3))
        let saga = try await database.session { try SagaService.saga("acme", in: $0) }
        #expect(
            try told.first?.decode(OrganizationDeleted.self)
                == OrganizationDeleted(organizationId: acme.id, sagaId: saga.id, purgeAt: Self.end))
        #expect(told.first?.sequence == 3)
        let requests = try told.dropFirst().map { try $0.decode(SagaStepRequested.self) }
        #expect(requests.map(\.action) == [.cancelSubscription, .freezeProjects, .revokeInvitations])
        #expect(requests.map(\.stepId) == saga.steps.map(\.id) && requests.allSatisfy { !$0.isUndo && $0.request == 1 })
        #expect(told.dropFirst().map(\.subject) == saga.steps.map(\.id) && told.dropFirst().allSatisfy { $0.sequence == 1 })
        // All of it is one story.
        #expect(told.allSatisfy { $0.correlationId == OperationContext.ofTest().correlationId && $0.organizationId == acme.id })
    }

    @Test func `done again it changes nothing`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        #expect(try await database.restore(acme).rows.isEmpty)
        try await database.delete(acme)
        let before = try await TestDatabases.current.contents()
        let again = try await database.delete(acme, grace: GracePeriod(.seconds(7_200)))
        #expect(again.rows.isEmpty && again.events.isEmpty && again.value.purgeAt == Self.end)
        #expect(try await TestDatabases.current.contents() == before)
        #expect(try await database.restore(acme).events.first?.type == OrganizationRestored.eventType)
        let restored = try await TestDatabases.current.contents()
        let repeated = try await database.restore(acme)
        #expect(repeated.rows.isEmpty && repeated.events.isEmpty && repeated.value.status == .active)
        #expect(try await TestDatabases.current.contents() == restored)
    }

    @Test func `a user who deletes or restores has to be owner`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        try await database.add(2, .admin, to: acme)
        let tooLow = OrganizationError.roleTooLow(.admin, needs: .owner)
        await #expect(throws: tooLow) { try await database.delete(acme, .ofTest(as: .numbered(2))) }
        await #expect(throws: OrganizationError.notAMember("acme")) { try await database.delete(acme, .ofTest(as: .numbered(9))) }
        #expect(try await database.delete(acme, .ofTest(as: .numbered(1))).value.status == .deleted)
        await #expect(throws: tooLow) { try await database.restore(acme, .ofTest(as: .numbered(2))) }
        #expect(try await database.restore(acme, .ofTest(as: .numbered(1))).value.status == .active)
    }

    @Test func `what is deleted is hidden from lists and found by its slug, which stays taken`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        try await database.create("bolt")
        try await database.delete(acme)
        #expect(try await database.slugs(matching: nil) == ["bolt"])
        let page = try await database.session { try OrganizationService.list(.deleted, limit: 9, in: $0) }
        #expect(page.items.map(\.slug) == ["acme"])
        #expect(try await database.session { try OrganizationService.list(nil, limit: 9, in: $0) }.items.count == 2)
        #expect(try await database.organization("acme").status == .deleted)
        await #expect(throws: OrganizationError.slugTaken("acme")) { try await database.create("acme") }
        await #expect(throws: OrganizationError.organizationDeleted("acme")) { try await database.rename(acme, to: "Other") }
    }

    // Microsoft Graph, "Delete group": what is deleted can be restored for 30 days, and is gone for good after that.
    @Test func `grace is exclusive, and has bounds`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        try await database.delete(acme, grace: GracePeriod(.seconds(3_600)))
        let end = Self.start.advanced(by: .seconds(3_600))
        await #expect(throws: OrganizationError.graceEnded("acme", at: end)) { try await database.restore(acme, .ofTest(at: end)) }
        #expect(try await database.restore(acme, .ofTest(at: end.advanced(by: .microseconds(-1)))).value.status == .active)
        for duration in [Duration.zero, .seconds(3_599), .seconds(365 * 86_400 + 1)] {
            #expect(throws: OrganizationError.graceOutOfBounds) { try GracePeriod(duration) }
        }
    }

    @Test func `of sixteen that delete at once one does, and of those that restore and delete nothing is lost`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let changed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for connection in try await connections(16) {
                group.addTask { try await !connection.delete(acme).events.isEmpty }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(changed == 1)
        #expect(try await database.fetchOne("select count(*) from sagas") == 1 as Int64)
        #expect(try await database.fetchOne("select count(*) from due where kind = 'deletion_grace_end'") == 1 as Int64)
    }

    @Test func `sagas are listed newest first, page by page`() async throws {
        let database = try await connect()
        for (number, slug) in ["a1", "b1", "c1"].enumerated() {
            let organization = try await database.create(slug).value
            try await database.delete(organization, .ofTest(at: Self.start.advanced(by: .seconds(number))))
            if slug == "b1" { try await database.restore(organization) }
        }
        let open = Saga.State.allCases.filter { !$0.hasEnded }
        let first = try await database.session { try SagaService.list(open, limit: 2, in: $0) }
        let rest = try await database.session { [cursor = first.next] in try SagaService.list(open, before: cursor, limit: 2, in: $0) }
        #expect(first.items.map(\.state) == [.running, .compensating] && rest.items.map(\.state) == [.running] && rest.next == nil)
        let compensating = try await database.session { try SagaService.list([.compensating], limit: 9, in: $0) }
        #expect(compensating.items == [first.items[1]])
        await #expect(throws: OrganizationError.sagaNotFound("d1")) {
            try await database.create("d1")
            _ = try await database.session { try SagaService.saga("d1", in: $0) }
        }
    }
}
