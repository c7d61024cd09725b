import FoundationEssentials
import Kernel
import Organization
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing

@Suite(.databases("organization")) struct OrganizationRenameTests {
    private let later = OperationContext.ofTest(at: OperationContext.ofTest().now.advanced(by: .seconds(60)))

    // GitHub Docs, "Renaming a repository": the former name leads to the new one.
    @Test func `name and slug change, each with its event, and the former slug still leads there`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme", name: "Acme GmbH").value
        let renamed = try await database.rename(acme, to: " Acme SE ", later)
        #expect(renamed.value.name == "Acme SE" && renamed.value.slug == "acme" && renamed.value.version == 2)
        #expect(renamed.value.createdAt == acme.createdAt && renamed.value.updatedAt == later.now)
        #expect(renamed.rows == [try ChangedRow(.update, "organizations", renamed.value)])
        let moved = try await database.rename(acme, slug: "acme-europe", later).value
        #expect(moved.name == "Acme SE" && moved.slug == "acme-europe" && moved.version == 3)
        #expect(try await database.organization("acme") == moved)
        #expect(try await database.organization("acme-europe") == moved)
        let both = try await database.rename(acme, to: "Acme", slug: "acme2", later)
        #expect(both.events.map(\.sequence) == [5, 6])
        for slug in ["acme", "acme-europe", "acme2"] { #expect(try await database.organization(slug) == both.value) }

        let told = try await database.outbox(of: "organization").dropFirst(2)
        #expect(
            told.map(\.type) == [
                "saas.organization.renamed.v1", "saas.slug.changed.v1", "saas.organization.renamed.v1",
                "saas.slug.changed.v1",
            ])
        #expect(told.map(\.sequence) == [3, 4, 5, 6])
        // Names are free text, which no event carries.
        #expect(told.allSatisfy { $0.data == #"{"organization_id":"\#(acme.id.text)"}"# })
    }

    @Test func `the same name and slug again change nothing`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme", name: "Acme GmbH").value
        let before = try await TestDatabases.current.contents()
        let change = try await database.rename(acme, to: "Acme GmbH", slug: "acme", later)
        #expect(change.value == acme && change.rows.isEmpty && change.events.isEmpty)
        #expect(try await TestDatabases.current.contents() == before)
    }

    @Test func `a slug that anybody has or had is taken, but one's own can be taken back`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let beta = try await database.create("beta").value
        try await database.rename(acme, slug: "acme-europe")
        await #expect(throws: OrganizationError.slugTaken("acme-europe")) { try await database.rename(beta, slug: "acme-europe") }
        await #expect(throws: OrganizationError.slugTaken("acme")) { try await database.rename(beta, slug: "acme") }
        await #expect(throws: OrganizationError.slugTaken("acme")) { try await database.create("acme") }
        #expect(try await database.slugs(matching: nil) == ["acme-europe", "beta"])
        #expect(try await database.rename(acme, slug: "acme").value.slug == "acme")
        #expect(try await database.organization("acme-europe").id == acme.id)
    }

    @Test func `of two that take a slug at once the later waits and is refused, whichever makes and whichever renames`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let slugs = try [Slug("x1"), Slug("x2")]
        let name = try OrganizationName("X")
        func renaming(_ slug: Slug) -> @Sendable (Session) throws -> Organization {
            { try OrganizationService.rename(acme.id, label: "acme", to: nil, slug: slug, in: $0, context: .ofTest()).value }
        }
        func creating(_ slug: Slug) -> @Sendable (Session) throws -> Organization {
            { try OrganizationService.create(slug: slug, name: name, owner: .numbered(9), in: $0, context: .ofTest()).value }
        }
        let (_, created) = try await rivalry(connect(), renaming(slugs[0]), against: connect(), creating(slugs[0]))
        #expect(throws: OrganizationError.slugTaken("x1")) { try created.get() }
        let (_, renamed) = try await rivalry(connect(), creating(slugs[1]), against: connect(), renaming(slugs[1]))
        #expect(throws: OrganizationError.slugTaken("x2")) { try renamed.get() }
        #expect(try await database.slugs(matching: nil) == ["x1", "x2"])
    }
}
