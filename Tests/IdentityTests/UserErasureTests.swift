import Cryptography
import FoundationEssentials
import IdentityEvents
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Identity

/// GDPR, article 17: what is known of a person goes, and what has happened stays.
@Suite(.databases("identity")) struct UserErasureTests {
    private func erase(_ user: User, on database: Connection) async throws -> Change<User> {
        try await database.change("identity") { session, context in
            try IdentityService.erase(user.id, label: "label", in: session, context: context)
        }
    }

    @Test func `the id stays, and nothing else of the person`() async throws {
        let database = try await connect()
        let (ada, _, _) = try await database.userWithSecondFactor()
        let bob = try await database.register("bob@example.org").value
        for (number, user) in [ada, ada, bob].enumerated() { try await database.makeSession(of: user, UInt64(number + 1)) }
        try await database.execute("update sessions set ended_at = created_at, ending = 'logout' where id = \(UUID.numbered(2))")
        try await database.requestReset(of: ada)
        try await database.requestReset(of: bob)
        let change = try await erase(ada, on: database)
        let user = change.value
        #expect(user.id == ada.id && user.status == .erased && user.email == nil && user.name == nil && !user.hasPassword && !user.hasMfa)
        #expect(try await database.user(ada.id.text) == user)
        for table: SQL in ["sessions", "password_resets"] {
            #expect(try await database.fetch("select user_id from \(fragment: table)", as: UUID.self) == [bob.id])
        }
        for table: SQL in ["second_factors", "recovery_codes"] {
            #expect(try await database.fetchOne("select count(*) from \(fragment: table)", as: Int.self) == 0)
        }
        let told = try await database.outbox(of: "identity").filter { $0.subject == ada.id }
        #expect(told.map(\.sequence) == (1...5).map { Int64($0) })
        #expect(told.map(\.type).suffix(2) == ["saas.session.revoked.v1", "saas.user.erased.v1"])
        #expect(try #require(told.dropFirst(3).first).decode() == SessionRevoked(userId: ada.id, sessionId: .numbered(1), cause: .erased))
        #expect(
            change.rows.map { "\($0.operation.rawValue) \($0.table)" }.sorted() == [
                "delete password_resets", "delete second_factors", "delete sessions", "delete sessions", "update users",
            ])

        let before = try await TestDatabases.current.contents()
        let again = try await erase(ada, on: database)
        #expect(again.value == user && again.rows.isEmpty && again.events.isEmpty)
        #expect(try await TestDatabases.current.contents() == before)
    }

    @Test func `the address is free again, for somebody else`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org").value
        _ = try await erase(ada, on: database)
        await #expect(throws: IdentityError.userNotFound("ada@example.org")) { try await database.user("ada@example.org") }
        let other = try await database.register("Ada@example.org").value
        #expect(other.id != ada.id)
        _ = try await erase(other, on: database)
        #expect(try await database.fetchOne("select count(*) from users where status = 'erased'", as: Int.self) == 2)
    }

    @Test func `nothing is done for who was erased`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org", password: .ofTest("correct horse")).value
        let token = try await database.requestReset(of: ada).value.token
        _ = try await erase(ada, on: database)
        await #expect(throws: CredentialError.resetUnknown) { try await database.reset(token, to: "battery staple") }
        await #expect(throws: IdentityError.userNotFound("label")) { try await database.requestReset(of: ada) }
        await #expect(throws: IdentityError.userNotFound("label")) { try await database.enrol(ada) }
        for change in [IdentityService.disable, IdentityService.enable] {
            await #expect(throws: IdentityError.userNotFound("label")) {
                try await database.change("identity") { session, context in try change(ada.id, "label", session, context) }
            }
        }
        #expect(try await database.session { try IdentityService.emailAddresses(of: [ada.id], in: $0) }.isEmpty)
    }

    @Test func `a reset that waits for the erasure finds nobody`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org").value
        let token = try #require(PasswordResetToken(try await database.requestReset(of: ada).value.token))
        let password = try NewPassword.ofTest("battery staple")
        let (_, late) = try await rivalry(
            connect(), { try IdentityService.erase(ada.id, label: "label", in: $0, context: .ofTest()) },
            against: connect(), { try PasswordService.reset(token, to: password, in: $0, context: .ofTest()) })
        #expect(throws: CredentialError.resetUnknown) { try late.get() }
        #expect(try await database.fetchOne("select password_hash is null from users", as: Bool.self))
    }

    @Test func `a row is whole or erased`() async throws {
        let database = try await connect()
        try await database.register("ada@example.org")
        for bad: SQL in [
            "update users set status = 'erased'", "update users set email = null", "update users set name = null",
            "update users set status = 'erased', email = null, name = null",
            "update users set status = 'erased', email = null, email_normalized = null, name = null, password_hash = '$2b$12$x'",
        ] {
            #expect(try await database.refusal(of: bad) == .checkViolation, "\(bad.text)")
        }
    }
}
