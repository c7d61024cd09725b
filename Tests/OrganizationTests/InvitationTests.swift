import Cryptography
import FoundationEssentials
import Kernel
import Organization
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing

/// What becomes of an invitation, and who is told.
@Suite(.databases("organization")) struct InvitationTests {
    private static let start = OperationContext.ofTest().now
    private static func after(_ duration: Duration) -> OperationContext { .ofTest(at: start.advanced(by: duration)) }
    private static let week = Duration.seconds(7 * 86_400)

    @Test func `who accepts becomes a member in the role that was offered, and each step is told in order`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let sent = try await database.invite(" User2@Example.org", .admin, to: acme)
        #expect(sent.value.email == "User2@Example.org" && sent.value.role == .admin && sent.value.status == .pending)
        #expect(sent.value.createdAt == Self.start && sent.value.expiresAt == Self.start.advanced(by: Self.week))
        #expect(sent.rows.map(\.table) == ["invitations"] && sent.rows.map(\.operation) == [.insert])

        let accepted = try await database.accept(sent.token, by: .user(2), Self.after(.seconds(60)))
        #expect(accepted.value.id == sent.value.id && accepted.value.status == .accepted && accepted.value.userId == .numbered(2))
        #expect(accepted.value.endedAt == Self.start.advanced(by: .seconds(60)))
        #expect(accepted.rows.map(\.table) == ["invitations", "memberships"] && accepted.rows.map(\.operation) == [.update, .insert])
        #expect(try accepted.rows.first == ChangedRow(.update, "invitations", accepted.value))
        #expect(try await database.members(of: acme) == ["1 owner", "2 admin"])

        let told = Array(try await database.outbox(of: "organization").dropFirst(2))
        #expect(told.map(\.type) == ["saas.invitation.sent.v1", "saas.invitation.accepted.v1", "saas.member.added.v1"])
        #expect(told.map(\.sequence) == [3, 4, 5] && told.allSatisfy { $0.subject == acme.id && $0.organizationId == acme.id })
        #expect(
            try told[0].decode()
                == InvitationSent(
                    organizationId: acme.id, invitationId: sent.value.id, role: .admin, expiresAt: Self.start.advanced(by: Self.week)))
        #expect(
            try told[1].decode() == InvitationAccepted(organizationId: acme.id, invitationId: sent.value.id, userId: .numbered(2)))
        #expect(try told[2].decode() == MemberAdded(organizationId: acme.id, userId: .numbered(2), role: .admin))
        #expect(told.allSatisfy { !$0.data.lowercased().contains("user2") && !$0.data.contains(sent.value.token) })
        // What comes next goes on from there.
        try await database.remove(2, from: acme)
        #expect(try await database.outbox(of: "organization").map(\.sequence) == [1, 2, 3, 4, 5, 6])
    }

    // OWASP Forgot Password Cheat Sheet, "URL Tokens": single use, an expiry, stored as securely as a password.
    @Test func `the token can be made again from what the event says, and is in no row`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let sent = try await database.invite("user2@example.org", to: acme)
        let event: InvitationSent = try #require(try await database.outbox(of: "organization").last).decode()
        #expect(
            InvitationToken(id: event.invitationId, expiresAt: event.expiresAt, key: invitationKey).text == sent.value.token)
        #expect(sent.rows.allSatisfy { !$0.values.compact.contains(sent.value.token) && !$0.values.keys.contains("token_hash") })
        #expect(try await database.fetch("select encode(token_hash, 'hex') from invitations") == [try sent.token.fingerprint])
    }

    @Test func `accepting again by the same user changes nothing, and by another is refused`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let sent = try await database.invite("user2@example.org", to: acme)
        let accepted = try await database.accept(sent.token, by: .user(2)).value
        // Whatever has become of the membership and of the time.
        try await database.remove(2, from: acme)
        let before = try await TestDatabases.current.contents()
        let again = try await database.accept(sent.token, by: .user(2), Self.after(Self.week * 5))
        #expect(again.value == accepted && again.rows.isEmpty && again.events.isEmpty)
        let namesake = InvitationService.Guest(userId: .numbered(3), email: try EmailAddress("user2@example.org"))
        let used = OrganizationError.invitationUsed(organization: "acme")
        await #expect(throws: used) { try await database.accept(sent.token, by: namesake) }
        await #expect(throws: used) { try await database.reject(sent.token) }
        await #expect(throws: used) { try await database.revoke("user2@example.org", of: acme) }
        #expect(try await TestDatabases.current.contents() == before)
    }

    @Test func `who is a member already accepts and stays it in the same role`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let sent = try await database.invite("user2@example.org", .admin, to: acme)
        try await database.add(2, .viewer, to: acme)
        let accepted = try await database.accept(sent.token, by: .user(2))
        #expect(accepted.value.status == .accepted && accepted.rows.map(\.table) == ["invitations"])
        #expect(accepted.events.map(\.type) == [InvitationAccepted.eventType] && accepted.events.map(\.sequence) == [5])
        #expect(try await database.members(of: acme) == ["1 owner", "2 viewer"])
        try await database.remove(2, from: acme)
        #expect(try await database.outbox(of: "organization").map(\.sequence) == [1, 2, 3, 4, 5, 6])
    }

    @Test func `an invitation is rejected and revoked once, and then is good for nothing`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let unwanted = try await database.invite("user2@example.org", to: acme)
        let rejected = try await database.reject(unwanted.token)
        #expect(rejected.value.status == .rejected && rejected.value.userId == nil && rejected.value.endedAt == Self.start)
        let byId = try await database.invite("user3@example.org", to: acme)
        let revoked = try await database.revoke(byId.value.id.text, of: acme)
        #expect(revoked.value.status == .revoked)
        #expect(revoked.rows == [try ChangedRow(.update, "invitations", revoked.value)])
        let byAddress = try await database.invite("user4@example.org", to: acme)
        #expect(try await database.revoke(" USER4@example.org", of: acme).value.id == byAddress.value.id)

        let told = try await database.outbox(of: "organization").dropFirst(2)
        #expect(
            told.map(\.type) == [
                "saas.invitation.sent.v1", "saas.invitation.rejected.v1", "saas.invitation.sent.v1", "saas.invitation.revoked.v1",
                "saas.invitation.sent.v1", "saas.invitation.revoked.v1",
            ])
        #expect(told.map(\.sequence) == [3, 4, 5, 6, 7, 8])
        #expect(try told[3].decode() == InvitationRejected(organizationId: acme.id, invitationId: unwanted.value.id))
        #expect(try told[5].decode() == InvitationRevoked(organizationId: acme.id, invitationId: byId.value.id))

        let before = try await TestDatabases.current.contents()
        for repeated in [
            try await database.reject(unwanted.token), try await database.revoke(byId.value.id.text, of: acme),
            try await database.revoke("user4@example.org", of: acme), try await database.revoke("user2@example.org", of: acme),
        ] {
            #expect(repeated.rows.isEmpty && repeated.events.isEmpty)
        }
        await #expect(throws: OrganizationError.invitationRejected(organization: "acme")) {
            try await database.accept(unwanted.token, by: .user(2))
        }
        let gone = OrganizationError.invitationRevoked(organization: "acme")
        await #expect(throws: gone) { try await database.accept(byId.token, by: .user(3)) }
        await #expect(throws: gone) { try await database.reject(byId.token) }
        #expect(try await TestDatabases.current.contents() == before)
    }

    @Test func `an invitation has expired at its very instant, whoever asks`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let lifetime = try InvitationLifetime(.seconds(3_600))
        let sent = try await database.invite("user2@example.org", to: acme, lifetime: lifetime)
        let other = try await database.invite("user3@example.org", to: acme, lifetime: lifetime)
        let atEnd = Self.after(.seconds(3_600))
        let before = try await TestDatabases.current.contents()
        let expired = OrganizationError.invitationExpired(organization: "acme")
        await #expect(throws: expired) { try await database.accept(sent.token, by: .user(2), atEnd) }
        await #expect(throws: expired) { try await database.reject(sent.token, by: nil, atEnd) }
        let revoked = try await database.revoke("user2@example.org", of: acme, atEnd)
        #expect(revoked.value.status == .expired && revoked.rows.isEmpty && revoked.events.isEmpty)
        #expect(try await TestDatabases.current.contents() == before)
        let justBefore = Self.after(.seconds(3_600) - .microseconds(1))
        #expect(try await database.accept(sent.token, by: .user(2), justBefore).value.status == .accepted)
        #expect(try await database.revoke("user3@example.org", of: acme, justBefore).value.id == other.value.id)
    }

    // PostgreSQL manual, section 11.8, example 11.3: a partial unique index.
    @Test func `of an address there is one open invitation, and an expired one makes way`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let beta = try await database.create("beta").value
        let first = try await database.invite("jos\u{E9}@example.org", to: acme)
        // Another case, another normalisation, another role.
        for same in ["JOS\u{C9}@example.org", "jose\u{301}@Example.org"] {
            await #expect(throws: OrganizationError.invitationExists(same, organization: "acme")) {
                try await database.invite(same, .viewer, to: acme, .ofTest(at: first.value.expiresAt.advanced(by: .microseconds(-1))))
            }
        }
        try await database.invite("jos\u{E9}@example.org", to: beta)
        let second = try await database.invite("jose\u{301}@example.org", .viewer, to: acme, .ofTest(at: first.value.expiresAt))
        #expect(second.rows.map(\.operation) == [.update, .insert])
        #expect(second.events.map(\.type) == [InvitationExpired.eventType, InvitationSent.eventType])
        #expect(second.events.map(\.sequence) == [4, 5])
        let expired: InvitationExpired = try #require(second.events.first).decoded()
        #expect(expired == InvitationExpired(organizationId: acme.id, invitationId: first.value.id))
        let guest = InvitationService.Guest(userId: .numbered(2), email: try EmailAddress("JOSÉ@example.org"))
        await #expect(throws: OrganizationError.invitationExpired(organization: "acme")) {
            try await database.accept(first.token, by: guest, .ofTest(at: first.value.expiresAt))
        }
        #expect(try await database.accept(second.token, by: guest, .ofTest(at: first.value.expiresAt)).value.role == .viewer)
        // What has ended in another way makes way too.
        for end in [
            { _ in _ = try await database.revoke("user3@example.org", of: acme) }, { _ = try await database.reject($0) },
        ] as [@Sendable (InvitationToken) async throws -> Void] {
            try await end(database.invite("user3@example.org", to: acme).token)
        }
        try await database.invite("user3@example.org", to: acme)
        let sequences = try await database.outbox(of: "organization").filter { $0.subject == acme.id }.map(\.sequence)
        #expect(sequences == Array(1...Int64(sequences.count)))
    }

    @Test func `who is a member is not invited, and who was one is`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        try await database.add(2, .viewer, to: acme)
        await #expect(throws: OrganizationError.memberExists("user2@example.org", role: .viewer, organization: "acme")) {
            try await database.invite("user2@example.org", .admin, to: acme, userId: .numbered(2))
        }
        try await database.remove(2, from: acme)
        try await database.invite("user2@example.org", .admin, to: acme, userId: .numbered(2))
    }

    @Test func `a token is for the address that is invited`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let sent = try await database.invite("user2@example.org", to: acme)
        let before = try await TestDatabases.current.contents()
        let other = OrganizationError.invitedOther("user3@example.org", organization: "acme")
        await #expect(throws: other) { try await database.accept(sent.token, by: .user(3)) }
        await #expect(throws: other) { try await database.reject(sent.token, by: .user(3)) }
        #expect(try await TestDatabases.current.contents() == before)
        try await database.reject(sent.token, by: .user(2))
    }

    @Test func `a token that is unknown and one that is forged are told the same`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let sent = try await database.invite("user2@example.org", to: acme)
        let before = try await TestDatabases.current.contents()
        let forged = InvitationToken(
            id: sent.value.id, expiresAt: sent.value.expiresAt, key: [UInt8](repeating: 1, count: 32))
        let unknown = InvitationToken(id: .numbered(7), expiresAt: sent.value.expiresAt, key: invitationKey)
        for token in [forged, unknown] {
            await #expect(throws: OrganizationError.tokenUnknown) { try await database.accept(token, by: .user(2)) }
            await #expect(throws: OrganizationError.tokenUnknown) { try await database.reject(token) }
        }
        for reference in [UUID.numbered(7).text, "user9@example.org", "nonsense", ""] {
            await #expect(throws: OrganizationError.invitationNotFound(reference, organization: "acme")) {
                try await database.revoke(reference, of: acme)
            }
        }
        let beta = try await database.create("beta").value
        for reference in [sent.value.id.text, "user2@example.org"] {
            await #expect(throws: OrganizationError.invitationNotFound(reference, organization: "beta")) {
                try await database.revoke(reference, of: beta)
            }
        }
        #expect(try await TestDatabases.current.contents()["organization"]?["invitations"] == before["organization"]?["invitations"])
    }

    @Test func `a deleted organization takes nobody`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let sent = try await database.invite("user2@example.org", to: acme)
        try await database.execute("update organizations set status = 'deleted', deleted_at = created_at, purge_at = created_at")
        let before = try await TestDatabases.current.contents()
        let deleted = OrganizationError.organizationDeleted("acme")
        await #expect(throws: deleted) { try await database.invite("user3@example.org", to: acme) }
        await #expect(throws: deleted) { try await database.accept(sent.token, by: .user(2)) }
        await #expect(throws: deleted) { try await database.reject(sent.token) }
        await #expect(throws: deleted) { try await database.revoke("user2@example.org", of: acme) }
        #expect(try await TestDatabases.current.contents() == before)
    }

    @Test func `a user invites as far as the role goes`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        try await database.create("beta", owner: .numbered(8))
        for (user, role) in [(2, .admin), (3, .member), (4, .viewer)] as [(UInt64, MemberRole)] {
            try await database.add(user, role, to: acme)
        }
        try await database.invite("boss@example.org", .owner, to: acme)
        try await database.invite("peer@example.org", .admin, to: acme)
        let before = try await TestDatabases.current.contents()
        func refused(_ role: MemberRole, _ needed: MemberRole, _ body: @escaping @Sendable () async throws -> Void) async {
            await #expect(throws: OrganizationError.roleTooLow(role, needs: needed)) { try await body() }
        }
        let admin = OperationContext.ofTest(as: .numbered(2))
        await refused(.admin, .owner) { try await database.invite("new@example.org", .owner, to: acme, admin) }
        await refused(.admin, .owner) { try await database.revoke("boss@example.org", of: acme, admin) }
        for (user, role) in [(3, .member), (4, .viewer)] as [(UInt64, MemberRole)] {
            let context = OperationContext.ofTest(as: .numbered(user))
            await refused(role, .admin) { try await database.invite("new@example.org", .viewer, to: acme, context) }
            await refused(role, .admin) { try await database.revoke("peer@example.org", of: acme, context) }
            // Whether an address is invited is for admins to know.
            await refused(role, .admin) { try await database.revoke("nobody@example.org", of: acme, context) }
        }
        for user in [8, 9] as [UInt64] {
            let context = OperationContext.ofTest(as: .numbered(user))
            await #expect(throws: OrganizationError.notAMember("acme")) { try await database.invite("new@example.org", to: acme, context) }
            await #expect(throws: OrganizationError.notAMember("acme")) { try await database.revoke("peer@example.org", of: acme, context) }
        }
        #expect(try await TestDatabases.current.contents() == before)
        try await database.revoke("peer@example.org", of: acme, admin)
        try await database.invite("peer@example.org", .admin, to: acme, admin)
    }

    @Test func `an invitation is open for thirty days at most`() throws {
        #expect(InvitationLifetime.standard.duration == Self.week)
        #expect(try InvitationLifetime(.seconds(30 * 86_400)).duration == InvitationLifetime.longest.duration)
        #expect(throws: OrganizationError.lifetimeTooLong) { try InvitationLifetime(.seconds(30 * 86_400) + .milliseconds(1)) }
    }

    @Test func `a clock that went back ends no invitation before it began`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let sent = try await database.invite("user2@example.org", to: acme, Self.after(.seconds(60)))
        #expect(try await database.revoke("user2@example.org", of: acme).value.endedAt == sent.value.createdAt)
    }
}
