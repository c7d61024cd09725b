import FoundationEssentials
import Kernel
import Organization
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing

@Suite(.databases("organization")) struct OrganizationCreateTests {
    @Test func `organization, owner and two events come to be together`() async throws {
        let database = try await connect()
        let context = OperationContext.ofTest()
        let change = try await database.create("acme", name: "Acme GmbH", owner: .numbered(7), context)
        let organization = change.value
        #expect(organization.slug == "acme")
        #expect(organization.name == "Acme GmbH")
        #expect(organization.status == .active)
        #expect(organization.version == 1)
        #expect(organization.createdAt == context.now && organization.updatedAt == context.now)
        #expect(try await database.organization("acme") == organization)

        #expect(change.rows.map(\.operation) == [.insert, .insert])
        #expect(change.rows.map(\.table) == ["organizations", "memberships"])
        #expect(change.rows.first == (try ChangedRow(.insert, "organizations", organization)))
        guard case .object(let membership) = change.rows.last?.values else { return #expect(Bool(false), "no membership") }
        #expect(membership["organization_id"] == .string(organization.id.text))
        #expect(membership["user_id"] == .string(UUID.numbered(7).text))
        #expect(membership["role"] == .string("owner"))
        #expect(try await database.fetch("select id from memberships", as: UUID.self).map { .string($0.text) } == [membership["id"]])

        let stored = try await database.outbox(of: "organization")
        #expect(stored.map(\.type) == ["saas.organization.created.v1", "saas.member.added.v1"])
        #expect(stored.map(\.subject) == [organization.id, organization.id])
        #expect(stored.map(\.sequence) == [1, 2])
        #expect(stored.map(\.organizationId) == [organization.id, organization.id])
        #expect(stored.map(\.correlationId) == [context.correlationId, context.correlationId])
        #expect(try stored[0].decode() == OrganizationCreated(organizationId: organization.id, ownerId: .numbered(7)))
        #expect(try stored[1].decode() == MemberAdded(organizationId: organization.id, userId: .numbered(7), role: .owner))
        // The next event of this organization is its third.
        #expect(try await database.fetchOne("select event_sequence from organizations", as: Int64.self) == 2)
    }

    @Test func `a taken slug changes nothing, and leaves the transaction usable`() async throws {
        let database = try await connect()
        let first = try await database.create("acme").value
        await #expect(throws: OrganizationError.slugTaken("acme")) {
            try await database.create("acme", name: "Another", owner: .numbered(2))
        }
        let slug = try Slug("acme")
        let other = try Slug("beta")
        let name = try OrganizationName("Beta")
        try await database.transaction { session in
            #expect(throws: OrganizationError.slugTaken("acme")) {
                try OrganizationService.create(slug: slug, name: name, owner: .numbered(2), in: session, context: .ofTest())
            }
            _ = try OrganizationService.create(slug: other, name: name, owner: .numbered(2), in: session, context: .ofTest())
        }
        #expect(try await database.organization("acme") == first)
        #expect(try await database.slugs(matching: nil) == ["acme", "beta"])
        #expect(try await database.fetchOne("select count(*) from memberships", as: Int.self) == 2)
        #expect(try await database.outbox(of: "organization").count == 2)
    }

    @Test func `a deleted organization keeps its slug`() async throws {
        let database = try await connect()
        try await database.create("acme")
        try await database.execute("update organizations set status = 'deleted', deleted_at = created_at, purge_at = created_at")
        await #expect(throws: OrganizationError.slugTaken("acme")) { try await database.create("acme") }
    }

    private func creating(_ slug: String, owner: UUID) throws -> @Sendable (Session) throws -> Organization {
        let slug = try Slug(slug)
        let name = try OrganizationName("Acme")
        return { try OrganizationService.create(slug: slug, name: name, owner: owner, in: $0, context: .ofTest()).value }
    }

    @Test func `of two creations at once the later waits, and is refused`() async throws {
        let (first, second) = try await rivalry(
            connect(), creating("acme", owner: .numbered(1)), against: connect(), creating("acme", owner: .numbered(2)))
        #expect(throws: OrganizationError.slugTaken("acme")) { try second.get() }
        let database = try await connect()
        #expect(try await database.fetch("select id from organizations", as: UUID.self) == [first.id])
        #expect(try await database.fetch("select user_id from memberships", as: UUID.self) == [.numbered(1)])
    }

    @Test func `where the earlier one is undone the later succeeds`() async throws {
        let (_, second) = try await rivalry(
            connect(), ending: .rollback, creating("acme", owner: .numbered(1)), against: connect(), creating("acme", owner: .numbered(2)))
        let database = try await connect()
        #expect(try await database.fetch("select id from organizations", as: UUID.self) == [second.get().id])
        #expect(try await database.fetch("select user_id from memberships", as: UUID.self) == [.numbered(2)])
    }

    @Test func `creations with different slugs do not wait for each other`() async throws {
        let database = try await connect()
        let body = try creating("beta", owner: .numbered(2))
        let other = try await connect()
        try await other.execute("set lock_timeout = '5s'")
        let (_, second) = try await rivalry(database, creating("acme", owner: .numbered(1)), against: other, body)
        #expect(try second.get().slug == "beta")
    }

    @Test func `of eight at once exactly one creates`() async throws {
        let databases = try await connections(8)
        let created = try await withThrowingTaskGroup(of: Bool.self) { group in
            for (number, database) in databases.enumerated() {
                group.addTask {
                    do {
                        try await database.create("acme", owner: .numbered(UInt64(number)))
                        return true
                    } catch OrganizationError.slugTaken {
                        return false
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(created.filter(\.self).count == 1)
        let database = try await connect()
        #expect(try await database.fetchOne("select count(*) from memberships", as: Int.self) == 1)
        #expect(try await database.outbox(of: "organization").map(\.sequence) == [1, 2])
    }
}
