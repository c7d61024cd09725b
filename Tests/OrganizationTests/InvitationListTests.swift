import FoundationEssentials
import Kernel
import Organization
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing

@Suite(.databases("organization")) struct InvitationListTests {
    @Test func `each invitation is shown in the state that it has at the moment of asking`() async throws {
        let database = try await connect()
        let start = OperationContext.ofTest().now
        let acme = try await database.create("acme").value
        func at(_ second: Int) -> OperationContext { .ofTest(at: start.advanced(by: .seconds(second))) }
        let hour = try InvitationLifetime(.seconds(3_600))
        let accepted = try await database.invite("user2@example.org", to: acme, at(1))
        try await database.accept(accepted.token, by: .user(2), at(1))
        try await database.reject(database.invite("user3@example.org", to: acme, at(2)).token, by: nil, at(2))
        try await database.invite("user4@example.org", to: acme, at(3))
        try await database.revoke("user4@example.org", of: acme, at(3))
        // One expired row that was noticed, and one that was not.
        try await database.invite("user5@example.org", to: acme, lifetime: InvitationLifetime(.seconds(1)), at(4))
        try await database.invite("user5@example.org", to: acme, at(5))
        let short = try await database.invite("user6@example.org", to: acme, lifetime: hour, at(6))
        try await database.invite("other@example.org", to: database.create("beta").value)

        let before = try await TestDatabases.current.contents()
        let early = short.value.expiresAt.advanced(by: .microseconds(-1))
        let late = short.value.expiresAt
        let pending = "user6@example.org pending"
        let rest = [
            "user5@example.org pending", "user5@example.org expired", "user4@example.org revoked", "user3@example.org rejected",
            "user2@example.org accepted",
        ]
        #expect(try await database.invitations(of: acme, at: early) == [pending] + rest)
        #expect(try await database.invitations(of: acme, at: late) == ["user6@example.org expired"] + rest)
        for status in Invitation.Status.allCases {
            for now in [early, late] {
                let expected = try await database.invitations(of: acme, at: now).filter { $0.hasSuffix(status.rawValue) }
                #expect(try await database.invitations(of: acme, status, at: now) == expected && !expected.isEmpty)
            }
        }
        #expect(try await TestDatabases.current.contents() == before)
    }

    @Test func `pages neither overlap nor leave out, in one instant too`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme").value
        for number in 1...7 { try await database.invite("user\(number)@example.org", to: acme) }
        for status in [nil, .pending] as [Invitation.Status?] {
            for limit in [1, 2, 3, 6, 7, 8] {
                let pages = try await pages { cursor in
                    try await database.session {
                        try InvitationService.list(
                            of: acme.id, status: status, before: cursor, limit: limit, at: OperationContext.ofTest().now, in: $0)
                    }
                }
                #expect(pages.flatMap(\.self).count == 7 && Set(pages.flatMap(\.self).map(\.id)).count == 7)
                #expect(pages.dropLast().allSatisfy { $0.count == limit })
            }
        }
    }
}
