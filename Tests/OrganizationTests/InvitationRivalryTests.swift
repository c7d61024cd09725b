import FoundationEssentials
import Kernel
import Organization
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing

/// What several do with an invitation at the same moment, on connections of their own.
@Suite(.databases("organization")) struct InvitationRivalryTests {
    /// What each of sixteen got, all at once.
    private func sixteen<Value: Sendable>(
        _ body: @escaping @Sendable (Int, Connection) async throws -> Value
    ) async throws -> [Result<Value, OrganizationError>] {
        try await withThrowingTaskGroup(of: Result<Value, OrganizationError>.self) { group in
            for (number, connection) in try await connections(16).enumerated() {
                group.addTask {
                    do {
                        return .success(try await body(number, connection))
                    } catch let error as OrganizationError {
                        return .failure(error)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func `sixteen that accept one token at once make one membership`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let token = try await database.invite("user2@example.org", .admin, to: acme).token
        let outcomes = try await sixteen { _, connection in try await connection.accept(token, by: .user(2)) }
        #expect(outcomes.count == 16)
        #expect(try outcomes.map { try $0.get().value.userId } == Array(repeating: .numbered(2), count: 16))
        #expect(try outcomes.filter { try !$0.get().events.isEmpty }.count == 1)
        #expect(try await database.members(of: acme) == ["1 owner", "2 admin"])
        #expect(try await database.outbox(of: "organization").map(\.sequence) == [1, 2, 3, 4, 5])
    }

    @Test func `of sixteen users with a claim to one token one gets it`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let token = try await database.invite("user2@example.org", to: acme).token
        let email = try EmailAddress("user2@example.org")
        let outcomes = try await sixteen { number, connection in
            try await connection.accept(token, by: InvitationService.Guest(userId: .numbered(UInt64(number)), email: email))
        }
        let refusals = outcomes.compactMap { if case .failure(let error) = $0 { error } else { nil } }
        // User 1 is a member already.
        #expect(refusals == Array(repeating: .invitationUsed(organization: "acme"), count: 15))
        #expect(try await database.fetch("select status from invitations") == ["accepted"])
        #expect(try await database.members(of: acme).count <= 2)
    }

    @Test func `of sixteen that invite one address at once one does`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let outcomes = try await sixteen { _, connection in try await connection.invite("user2@example.org", to: acme).value.id }
        let refusals = outcomes.compactMap { if case .failure(let error) = $0 { error } else { nil } }
        #expect(refusals == Array(repeating: .invitationExists("user2@example.org", organization: "acme"), count: 15))
        #expect(try await database.invitations(of: acme) == ["user2@example.org pending"])
        #expect(try await database.outbox(of: "organization").map(\.sequence) == [1, 2, 3])
    }

    @Test func `what is revoked meanwhile is not accepted, and what is accepted meanwhile not revoked`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let tokens = [
            try await database.invite("user2@example.org", to: acme).token, try await database.invite("user3@example.org", to: acme).token,
        ]
        let guests = try [InvitationService.Guest.user(2), .user(3)]
        func accepting(_ number: Int) -> @Sendable (Session) throws -> Change<Invitation> {
            { try InvitationService.accept(tokens[number], by: guests[number], in: $0, context: .ofTest()) }
        }
        func revoking(_ number: Int) -> @Sendable (Session) throws -> Change<Invitation> {
            { try InvitationService.revoke(guests[number].email.text, of: acme.id, label: "acme", in: $0, context: .ofTest()) }
        }
        let (_, accepted) = try await rivalry(connect(), revoking(0), against: connect(), accepting(0))
        #expect(throws: OrganizationError.invitationRevoked(organization: "acme")) { try accepted.get() }
        let (_, revoked) = try await rivalry(connect(), accepting(1), against: connect(), revoking(1))
        #expect(throws: OrganizationError.invitationUsed(organization: "acme")) { try revoked.get() }
        #expect(try await database.members(of: acme) == ["1 owner", "3 member"])
    }

    @Test func `who is added meanwhile is a member once`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        let token = try await database.invite("user2@example.org", .admin, to: acme).token
        let guest = try InvitationService.Guest.user(2)
        let (_, accepted) = try await rivalry(
            connect(), { try MembershipService.add(.user(2, of: acme), role: .viewer, in: $0, context: .ofTest()) },
            against: connect(), { try InvitationService.accept(token, by: guest, in: $0, context: .ofTest()) })
        #expect(try accepted.get().events.map(\.type) == [InvitationAccepted.eventType])
        #expect(try await database.members(of: acme) == ["1 owner", "2 viewer"])
    }
}
