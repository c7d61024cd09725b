import FoundationEssentials
import IdentityEvents
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Organization

/// What the identity service tells of users (docs/organization.md, "Owners who cannot act").
@Suite(.databases("organization")) struct PeopleTests {
    private func hear(_ database: Connection, _ events: (any DomainEvent, UInt64)..., from position: Int64 = 1) async throws {
        func read(_ event: some DomainEvent, by user: UInt64, at position: Int64) throws -> StoredEvent {
            try .handMade(event, from: "identity", position: position, subject: .numbered(user), sequence: position)
        }
        let stored = try zip(position..., events).map { position, event in
            let (told, user) = event
            return try read(told, by: user, at: position)
        }
        try await database.apply(stored, from: "identity", to: OrganizationConsumer())
    }

    @Test func `an organization whose owners are all disabled has none, until one is enabled or another comes`() async throws {
        let database = try await connect()
        let created = try await database.create("acme").value
        #expect(!created.isOwnerless)
        try await database.create("bolt", owner: .numbered(9))
        try await database.add(2, .owner, to: created)
        try await hear(database, (UserDisabled(userId: .numbered(1)), 1))
        #expect(try await !database.organization("acme").isOwnerless)
        try await hear(database, (UserDisabled(userId: .numbered(2)), 2), from: 2)
        #expect(try await database.organization("acme").isOwnerless)
        let page = try await database.session { try OrganizationService.list(isOwnerless: true, limit: 9, in: $0) }
        #expect(page.items.map(\.slug) == ["acme"])
        // Told to nobody: who wants to know has heard it from identity.
        #expect(try await database.outbox(of: "organization").count == 5)

        try await hear(database, (UserEnabled(userId: .numbered(2)), 2), from: 3)
        #expect(try await !database.organization("acme").isOwnerless)
        try await hear(database, (UserDisabled(userId: .numbered(2)), 2), from: 4)
        try await database.add(3, .owner, to: created)
        #expect(try await !database.organization("acme").isOwnerless)
        // One chunk has the last word of a user too.
        try await hear(database, (UserDisabled(userId: .numbered(3)), 3), (UserEnabled(userId: .numbered(3)), 3), from: 5)
        #expect(try await !database.organization("acme").isOwnerless)
    }

    // GDPR, article 17.
    @Test func `who is erased leaves, also as the last owner, and no invitation keeps the address`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let bolt = try await database.create("bolt", owner: .numbered(9)).value
        try await database.accept(database.invite("user1@example.org", to: bolt).token, by: .user(1))
        let open = try await database.invite(
            "user1@example.org", to: try await database.create("cord", owner: .numbered(9)).value, userId: .numbered(1))
        try await database.invite("user2@example.org", to: acme)
        let before = try await database.outbox(of: "organization").count
        try await hear(database, (UserErased(userId: .numbered(1)), 1))

        #expect(try await database.members(of: acme).isEmpty)
        #expect(try await database.members(of: bolt) == ["9 owner"])
        #expect(try await database.organization("acme").isOwnerless)
        let invitations: [String] = try await database.fetch(
            "select concat_ws(' ', coalesce(email, '-'), status) from invitations order by created_at, id")
        #expect(invitations.sorted() == ["- accepted", "- revoked", "user2@example.org pending"])
        let told = try await database.outbox(of: "organization").dropFirst(before)
        #expect(
            Set(told.map { "\($0.type) \($0.organizationId == acme.id)" }) == [
                "saas.member.removed.v1 true", "saas.member.removed.v1 false", "saas.invitation.revoked.v1 false",
            ])
        #expect(told.count == 3)
        #expect(try told.first { $0.type == "saas.invitation.revoked.v1" }?.decode(InvitationRevoked.self).invitationId == open.value.id)
        // Heard again, nothing is left to do.
        try await hear(database, (UserErased(userId: .numbered(1)), 1), from: 2)
        #expect(try await database.outbox(of: "organization").count == before + 3)
    }
}
