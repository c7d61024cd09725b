import FoundationEssentials
import Identity
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@Suite(.databases("identity")) struct UserLookupTests {
    @Test func `a user is found by id and by address`() async throws {
        let database = try await connect()
        let ada = try await database.register("Ada@example.org").value
        try await database.register("bob@example.org")
        for reference in [ada.id.text, ada.id.uuidString, "ada@example.org", "ADA@EXAMPLE.ORG", " Ada@example.org "] {
            #expect(try await database.user(reference) == ada)
        }
    }

    @Test func `who is not there is named as they were asked for`() async throws {
        let database = try await connect()
        try await database.register("ada@example.org")
        for reference in [UUID.numbered(1).text, "bob@example.org", "ada", "", "ada@example", "%", "a\u{0}b", "' or true --"] {
            await #expect(throws: IdentityError.userNotFound(reference)) { try await database.user(reference) }
        }
    }

    @Test func `pages neither overlap nor leave out, in one instant too`() async throws {
        let database = try await connect()
        let start = OperationContext.ofTest().now
        // Seven of one instant in the middle, so that pages end inside it.
        for number in 0..<13 {
            let second = number < 3 ? number : number < 10 ? 5 : number
            try await database.register("user\(number)@example.org", .ofTest(at: start.advanced(by: .seconds(second))))
        }
        let expected = try await database.fetch("select id from users order by created_at desc, id desc", as: UUID.self)
        for limit in [1, 2, 3, 4, 5, 12, 13, 14] {
            let pages = try await pages { cursor in
                try await database.session { try IdentityService.list(before: cursor, limit: limit, in: $0) }
            }
            #expect(pages.flatMap(\.self).map(\.id) == expected)
            #expect(pages.dropLast().allSatisfy { $0.count == limit })
            #expect(pages.count == (13 + limit - 1) / limit)
        }
    }

    @Test func `who registers while somebody turns the pages moves nobody`() async throws {
        let database = try await connect()
        for number in 0..<5 { try await database.register("user\(number)@example.org") }
        let late = OperationContext.ofTest(at: OperationContext.ofTest().now.advanced(by: .seconds(1)))
        var seen: [String] = []
        _ = try await pages { cursor in
            let page = try await database.session { try IdentityService.list(before: cursor, limit: 2, in: $0) }
            try await database.register("late\(seen.count)@example.org", late)
            seen += page.items.compactMap(\.email)
            return page
        }
        #expect(seen.sorted() == (0..<5).map { "user\($0)@example.org" })
    }

    @Test func `a status selects`() async throws {
        let database = try await connect()
        for name in ["ada", "bob", "eve"] { try await database.register("\(name)@example.org") }
        try await database.execute("update users set status = 'disabled' where email = 'bob@example.org'")
        func emails(_ status: User.Status?) async throws -> Set<String> {
            Set(try await database.session { try IdentityService.list(status: status, limit: 10, in: $0) }.items.compactMap(\.email))
        }
        #expect(try await emails(.disabled) == ["bob@example.org"])
        #expect(try await emails(.active) == ["ada@example.org", "eve@example.org"])
        #expect(try await emails(nil).count == 3)
    }

    @Test func `an empty list is a list`() async throws {
        let page = try await connect().session { try IdentityService.list(limit: 10, in: $0) }
        #expect(page.items.isEmpty)
        #expect(page.next == nil)
    }
}
