import FoundationEssentials
import Kernel
import Organization
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing

/// What two do at the same moment, on connections of their own.
@Suite(.databases("organization")) struct MemberRivalryTests {
    // PostgreSQL manual, section 13.4.2: what several transactions must not break together takes a lock.
    @Test func `of two owners who go at the same moment one stays`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme", owner: .numbered(1)).value
        try await database.add(2, .owner, to: acme)
        let (first, second) = try await rivalry(
            connect(), { try MembershipService.remove(.user(1, of: acme), in: $0, context: .ofTest(as: .numbered(1))).value },
            against: connect(), { try MembershipService.remove(.user(2, of: acme), in: $0, context: .ofTest(as: .numbered(2))).value })
        #expect(first.endedAt != nil)
        #expect(throws: OrganizationError.lastOwner("user2@example.org", organization: "acme")) { try second.get() }
        #expect(try await database.members(of: acme) == ["2 owner"])
    }

    @Test func `who is demoted meanwhile acts under the new role`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme", owner: .numbered(1)).value
        try await database.add(2, .admin, to: acme)
        let (_, second) = try await rivalry(
            connect(), { try MembershipService.changeRole(.user(2, of: acme), to: .viewer, in: $0, context: .ofTest()).value },
            against: connect(),
            { try MembershipService.add(.user(3, of: acme), role: .member, in: $0, context: .ofTest(as: .numbered(2))).value })
        #expect(throws: OrganizationError.roleTooLow(.viewer, needs: .admin)) { try second.get() }
        #expect(try await database.members(of: acme) == ["1 owner", "2 viewer"])
    }

    @Test func `of sixteen that demote the last owners at once, one owner is left, and events rise by one`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme", owner: .numbered(0)).value
        for user in 1..<4 as Range<UInt64> { try await database.add(user, .owner, to: acme) }
        let outcomes = try await withThrowingTaskGroup(of: OrganizationError?.self) { group in
            for (number, connection) in try await connections(16).enumerated() {
                group.addTask {
                    let user = UInt64(number % 4)
                    do {
                        if number < 8 {
                            try await connection.changeRole(of: user, in: acme, to: .admin)
                        } else {
                            try await connection.remove(user, from: acme)
                        }
                        return nil
                    } catch let error as OrganizationError {
                        return error
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count == 16)
        let owners = try await database.members(of: acme).filter { $0.hasSuffix("owner") }
        #expect(owners.count == 1)
        #expect(outcomes.contains { if case .lastOwner = $0 { true } else { false } })
        let sequences = try await database.outbox(of: "organization").map(\.sequence)
        #expect(sequences == Array(1...Int64(sequences.count)))
    }

    @Test func `one user is added once by sixteen at once`() async throws {
        let database = try await connect()
        let acme = try await database.create("acme", owner: .numbered(1)).value
        let ids = try await withThrowingTaskGroup(of: UUID.self) { group in
            for connection in try await connections(16) {
                group.addTask { try await connection.add(2, .member, to: acme).value.id }
            }
            return try await group.reduce(into: Set<UUID>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(try await database.outbox(of: "organization").count == 3)
    }
}
