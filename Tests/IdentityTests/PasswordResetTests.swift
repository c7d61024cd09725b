import Cryptography
import FoundationEssentials
import IdentityEvents
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Identity

/// OWASP Forgot Password Cheat Sheet: tokens are random, single-use, expire, are stored hashed, and end sessions.
@Suite(.databases("identity")) struct PasswordResetTests {
    @Test func `a request makes a token that is kept nowhere, and tells what it can be made of again`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org").value
        let requested = try await database.requestReset(of: ada)
        let token = try #require(PasswordResetToken(requested.value.token))
        #expect(requested.value.userId == ada.id && token.id == requested.value.id)
        #expect(requested.value.expiresAt == OperationContext.ofTest().now.advanced(by: .seconds(3_600)))
        #expect(try await database.fetch("select encode(token_hash, 'hex') from password_resets") == [token.fingerprint])
        let stored = try await database.outbox(of: "identity")
        #expect(stored.map(\.type) == ["saas.user.registered.v1", "saas.password_reset.requested.v1"])
        #expect(stored.map(\.sequence) == [1, 2] && stored.map(\.subject) == [ada.id, ada.id])
        let event: PasswordResetRequested = try #require(stored.last).decode()
        #expect(PasswordResetToken(id: event.resetId, expiresAt: event.expiresAt, key: resetKey).text == requested.value.token)
        for text in requested.rows.map(\.values.compact) + stored.map(\.data) {
            #expect(!text.contains(requested.value.token.suffix(42)) && !text.contains("hash"))
        }
    }

    @Test func `the token sets the password once, and ends all sessions`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org", password: .ofTest("correct horse")).value
        let bob = try await database.register("bob@example.org").value
        for (number, user) in [ada, ada, bob].enumerated() { try await database.makeSession(of: user, UInt64(number + 1)) }
        let token = try await database.requestReset(of: ada).value.token
        let change = try await database.reset(token, to: "battery staple", .ofTest(after: .seconds(60)))
        #expect(change.value.hasPassword && change.value.version == 2)
        #expect(try await database.accepts("battery staple", of: ada))
        #expect(try await database.fetch("select user_id from sessions where ended_at is null", as: UUID.self) == [bob.id])
        let told = try await database.outbox(of: "identity").filter { $0.subject == ada.id }
        #expect(told.map(\.sequence) == [1, 2, 3, 4, 5])
        #expect(told.map(\.type).dropFirst(2) == ["saas.password.changed.v1", "saas.session.revoked.v1", "saas.session.revoked.v1"])
        #expect(try told[2].decode() == PasswordChanged(userId: ada.id, byReset: true))
        #expect(try #require(told.dropFirst(3).first).decode() == SessionRevoked(userId: ada.id, sessionId: .numbered(1), cause: .password))
        #expect(change.rows.allSatisfy { !$0.values.compact.contains("$2b$") })

        let before = try await TestDatabases.current.contents()
        await #expect(throws: CredentialError.resetUsed) { try await database.reset(token, to: "another one") }
        #expect(try await TestDatabases.current.contents() == before)
    }

    @Test func `the first password of a user is set that way too`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org").value
        let token = try await database.requestReset(of: ada).value.token
        #expect(try await database.reset(token, to: "battery staple").value.hasPassword)
    }

    @Test func `a token has expired at the instant that it names`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org").value
        let lifetime = try PasswordResetLifetime(.seconds(60))
        let first = try await database.requestReset(of: ada, lifetime: lifetime).value.token
        await #expect(throws: CredentialError.resetExpired) {
            try await database.reset(first, to: "battery staple", .ofTest(after: .seconds(60)))
        }
        let second = try await database.requestReset(of: ada, lifetime: lifetime).value.token
        try await database.reset(second, to: "battery staple", .ofTest(after: .seconds(60) - .microseconds(1)))
        #expect(throws: CredentialError.resetLifetimeTooLong) { try PasswordResetLifetime(.seconds(86_401)) }
    }

    @Test func `a newer request and another password make an older token void`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org", password: .ofTest("correct horse")).value
        let first = try await database.requestReset(of: ada).value.token
        let second = try await database.requestReset(of: ada).value.token
        await #expect(throws: CredentialError.resetSuperseded) { try await database.reset(first, to: "battery staple") }
        try await database.changePassword(of: ada, to: "battery staple")
        await #expect(throws: CredentialError.resetSuperseded) { try await database.reset(second, to: "correct horse") }
        #expect(try await database.accepts("battery staple", of: ada))
    }

    @Test func `a token that is unknown and one that is forged are told the same`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org").value
        let reset = try await database.requestReset(of: ada).value
        let forged = PasswordResetToken(id: reset.id, expiresAt: reset.expiresAt, key: [UInt8](repeating: 1, count: 32)).text
        let unknown = PasswordResetToken(id: .numbered(7), expiresAt: reset.expiresAt, key: resetKey).text
        for token in [forged, unknown] {
            await #expect(throws: CredentialError.resetUnknown) { try await database.reset(token, to: "battery staple") }
        }
        try await database.reset(reset.token, to: "battery staple")
    }

    @Test func `a password that resembles the address is refused, and the token can be used still`() async throws {
        let database = try await connect()
        let ada = try await database.register("lovelace@example.org").value
        let token = try await database.requestReset(of: ada).value.token
        await #expect(throws: CredentialError.passwordResemblesEmail) { try await database.reset(token, to: "lovelace 1843") }
        try await database.reset(token, to: "battery staple")
    }

    @Test func `nobody sets the password of a disabled user`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org", password: .ofTest("correct horse")).value
        let token = try await database.requestReset(of: ada).value.token
        try await database.execute("update users set status = 'disabled'")
        await #expect(throws: IdentityError.userDisabled("label")) { try await database.requestReset(of: ada) }
        await #expect(throws: IdentityError.userDisabled(ada.id.text)) { try await database.reset(token, to: "battery staple") }
        await #expect(throws: IdentityError.userDisabled("label")) { try await database.changePassword(of: ada, to: "battery staple") }
        #expect(try await database.accepts("correct horse", of: ada))
    }

    @Test func `of sixteen that use one token at once one does`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org").value
        let token = try await database.requestReset(of: ada).value.token
        let outcomes = try await sixteen { number, connection in try await connection.reset(token, to: "battery staple \(number)") }
        let refusals = outcomes.compactMap { if case .failure(let error) = $0 { error } else { nil } }
        #expect(refusals == Array(repeating: .resetUsed, count: 15))
        #expect(try await database.outbox(of: "identity").map(\.sequence) == [1, 2, 3])
    }

    @Test func `of sixteen that request at once one token is left`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org").value
        let outcomes = try await sixteen { _, connection in try await connection.requestReset(of: ada).value.token }
        #expect(try await database.fetchOne("select count(*) from password_resets where ended_at is null", as: Int.self) == 1)
        var set = 0
        for outcome in outcomes {
            do {
                try await database.reset(outcome.get(), to: "battery staple")
                set += 1
            } catch CredentialError.resetSuperseded {}
        }
        #expect(set == 1)
    }
}
