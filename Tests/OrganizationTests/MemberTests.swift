import FoundationEssentials
import Kernel
import Organization
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing

@Suite(.databases("organization")) struct MemberTests {
    private let later = OperationContext.ofTest(at: OperationContext.ofTest().now.advanced(by: .seconds(60)))

    @Test func `a member is added, changes the role and goes, and each is told in order`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme", owner: .numbered(1)).value
        let added = try await database.add(2, .viewer, to: acme)
        #expect(added.value.userId == .numbered(2) && added.value.role == .viewer && added.value.endedAt == nil)
        #expect(added.rows == [try ChangedRow(.insert, "memberships", added.value)])
        let changed = try await database.changeRole(of: 2, in: acme, to: .admin)
        #expect(changed.value.id == added.value.id && changed.value.role == .admin)
        #expect(changed.rows == [try ChangedRow(.update, "memberships", changed.value)])
        #expect(try await database.members(of: acme) == ["1 owner", "2 admin"])
        let removed = try await database.remove(2, from: acme, later)
        #expect(removed.value.id == added.value.id && removed.value.endedAt == later.now)
        #expect(try await database.members(of: acme) == ["1 owner"])

        let told = try await database.outbox(of: "organization").dropFirst(2)
        #expect(told.map(\.type) == ["saas.member.added.v1", "saas.role.changed.v1", "saas.member.removed.v1"])
        #expect(told.map(\.sequence) == [3, 4, 5] && told.allSatisfy { $0.subject == acme.id && $0.organizationId == acme.id })
        #expect(try told[2].decode() == MemberAdded(organizationId: acme.id, userId: .numbered(2), role: .viewer))
        #expect(
            try told[3].decode() == RoleChanged(organizationId: acme.id, userId: .numbered(2), role: .admin, formerRole: .viewer))
        #expect(try told[4].decode() == MemberRemoved(organizationId: acme.id, userId: .numbered(2)))
        // What people know of the organization is the same as before.
        #expect(try await database.organization("acme") == acme)
    }

    @Test func `what is so already succeeds, changes nothing and tells nothing`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme", owner: .numbered(1)).value
        try await database.add(2, .member, to: acme)
        try await database.add(3, .member, to: acme)
        try await database.remove(3, from: acme)
        let before = try await TestDatabases.current.contents()
        for repeated in [
            try await database.add(2, .member, to: acme, later), try await database.changeRole(of: 2, in: acme, to: .member, later),
            try await database.remove(3, from: acme, later),
        ] {
            #expect(repeated.rows.isEmpty && repeated.events.isEmpty)
        }
        #expect(try await TestDatabases.current.contents() == before)
    }

    @Test func `who comes back gets a membership of its own, and goes again`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme", owner: .numbered(1)).value
        let first = try await database.add(2, .admin, to: acme).value
        try await database.remove(2, from: acme)
        let second = try await database.add(2, .viewer, to: acme, later).value
        #expect(second.id != first.id && second.role == .viewer)
        #expect(try await database.remove(2, from: acme, later).value.id == second.id)
        #expect(try await database.fetchOne("select count(*) from memberships where user_id = \(UUID.numbered(2))", as: Int.self) == 2)
    }

    @Test func `a clock that went back ends no membership before it began`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme", owner: .numbered(1)).value
        let added = try await database.add(2, .member, to: acme, later).value
        #expect(try await database.remove(2, from: acme).value.endedAt == added.createdAt)
    }

    @Test func `what cannot be is refused and changes nothing`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme", owner: .numbered(1)).value
        try await database.add(2, .member, to: acme)
        let gone = try await database.create("gone", owner: .numbered(1)).value
        try await database.execute(
            "update organizations set status = 'deleted', deleted_at = created_at, purge_at = created_at where slug = 'gone'")
        let before = try await TestDatabases.current.contents()
        await #expect(throws: OrganizationError.memberExists("user2@example.org", role: .member, organization: "acme")) {
            try await database.add(2, .admin, to: acme)
        }
        await #expect(throws: OrganizationError.memberNotFound("user9@example.org", organization: "acme")) {
            try await database.remove(9, from: acme)
        }
        await #expect(throws: OrganizationError.memberNotFound("user9@example.org", organization: "acme")) {
            try await database.changeRole(of: 9, in: acme, to: .admin)
        }
        await #expect(throws: OrganizationError.organizationDeleted("gone")) { try await database.add(2, .admin, to: gone) }
        await #expect(throws: OrganizationError.organizationDeleted("gone")) { try await database.remove(1, from: gone) }
        await #expect(throws: OrganizationError.organizationDeleted("gone")) { try await database.rename(gone, to: "Back") }
        #expect(try await TestDatabases.current.contents() == before)
    }

    // As GitLab has it: an organization has at least one owner (gitlab-org/gitlab, issue 448992).
    @Test func `the last owner stays`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme", owner: .numbered(1)).value
        try await database.add(2, .admin, to: acme)
        for context in [OperationContext.ofTest(), .ofTest(as: .numbered(1))] {
            await #expect(throws: OrganizationError.lastOwner("user1@example.org", organization: "acme")) {
                try await database.remove(1, from: acme, context)
            }
            await #expect(throws: OrganizationError.lastOwner("user1@example.org", organization: "acme")) {
                try await database.changeRole(of: 1, in: acme, to: .admin, context)
            }
        }
        // An owner who has gone is none.
        try await database.add(3, .owner, to: acme)
        try await database.remove(3, from: acme)
        await #expect(throws: OrganizationError.lastOwner("user1@example.org", organization: "acme")) {
            try await database.remove(1, from: acme)
        }
        // Nor is one of another organization.
        try await database.create("beta", owner: .numbered(4))
        await #expect(throws: OrganizationError.lastOwner("user1@example.org", organization: "acme")) {
            try await database.remove(1, from: acme)
        }
        try await database.changeRole(of: 2, in: acme, to: .owner)
        try await database.remove(1, from: acme)
        #expect(try await database.members(of: acme) == ["2 owner"])
    }

    /// Users 1 to 4 are owner, admin, member and viewer.
    private func team(_ slug: String, in database: Connection) async throws -> Organization {
        let organization = try await database.create(slug, owner: .numbered(1)).value
        for (user, role) in [(2, .admin), (3, .member), (4, .viewer)] as [(UInt64, MemberRole)] {
            try await database.add(user, role, to: organization)
        }
        return organization
    }

    // CWE-269: nobody manages privileges above their own.
    @Test func `a user acts as far as the role goes, and on nobody above`() async throws {
        let database = try await connect()
        let acme = try await team("acme", in: database)
        try await database.create("beta", owner: .numbered(8))
        let before = try await TestDatabases.current.contents()
        let admin = OperationContext.ofTest(as: .numbered(2))
        func refused(_ role: MemberRole, _ needed: MemberRole, _ body: @escaping @Sendable () async throws -> Void) async {
            await #expect(throws: OrganizationError.roleTooLow(role, needs: needed)) { try await body() }
        }
        await refused(.admin, .owner) { try await database.add(5, .owner, to: acme, admin) }
        await refused(.admin, .owner) { try await database.changeRole(of: 3, in: acme, to: .owner, admin) }
        await refused(.admin, .owner) { try await database.changeRole(of: 2, in: acme, to: .owner, admin) }
        await refused(.admin, .owner) { try await database.changeRole(of: 1, in: acme, to: .viewer, admin) }
        await refused(.admin, .owner) { try await database.remove(1, from: acme, admin) }
        for (user, role) in [(3, .member), (4, .viewer)] as [(UInt64, MemberRole)] {
            let context = OperationContext.ofTest(as: .numbered(user))
            await refused(role, .admin) { try await database.add(5, .viewer, to: acme, context) }
            await refused(role, .admin) { try await database.changeRole(of: user, in: acme, to: .viewer, context) }
            await refused(role, .admin) { try await database.remove(user == 3 ? 4 : 3, from: acme, context) }
            await refused(role, .admin) { try await database.rename(acme, to: "Mine", context) }
        }
        // Neither an owner of another organization nor a stranger.
        for user in [8, 9] as [UInt64] {
            let context = OperationContext.ofTest(as: .numbered(user))
            await #expect(throws: OrganizationError.notAMember("acme")) { try await database.remove(user, from: acme, context) }
            await #expect(throws: OrganizationError.notAMember("acme")) { try await database.rename(acme, to: "Mine", context) }
        }
        #expect(try await TestDatabases.current.contents() == before)

        try await database.changeRole(of: 3, in: acme, to: .admin, admin)
        try await database.changeRole(of: 3, in: acme, to: .viewer, admin)
        try await database.add(5, .admin, to: acme, admin)
        try await database.rename(acme, to: "Acme SE", admin)
        // Everybody may go.
        for user in [2, 3, 4] as [UInt64] { try await database.remove(user, from: acme, .ofTest(as: .numbered(user))) }
        #expect(try await database.members(of: acme) == ["1 owner", "5 admin"])
        #expect(try await Set(database.fetch("select actor from outbox", as: String.self)).contains("user:\(UUID.numbered(2).text)"))
    }

    @Test func `a former member acts no more`() async throws {
        let database = try await connect()
        let acme = try await team("acme", in: database)
        try await database.remove(2, from: acme)
        await #expect(throws: OrganizationError.notAMember("acme")) {
            try await database.add(5, .viewer, to: acme, .ofTest(as: .numbered(2)))
        }
    }

    @Test func `pages of members neither overlap nor leave out`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme", owner: .numbered(1)).value
        for user in 2...7 as ClosedRange<UInt64> { try await database.add(user, user % 2 == 0 ? .member : .viewer, to: acme) }
        try await database.remove(7, from: acme)
        var found: [UUID] = []
        var cursor: PageCursor?
        repeat {
            let page = try await database.session { [cursor] in
                try MembershipService.list(of: acme.id, before: cursor, limit: 2, in: $0)
            }
            found += page.items.map(\.userId)
            cursor = page.next
        } while cursor != nil
        #expect(found.count == 6 && Set(found) == Set((1...6).map { UUID.numbered($0) }))
        let members = try await database.session { try MembershipService.list(of: acme.id, role: .member, limit: 10, in: $0) }
        #expect(Set(members.items.map(\.userId)) == [.numbered(2), .numbered(4), .numbered(6)])
    }
}
