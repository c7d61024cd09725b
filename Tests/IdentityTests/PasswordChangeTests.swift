import Cryptography
import FoundationEssentials
import IdentityEvents
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Identity

/// OWASP Authentication Cheat Sheet, "Change Password Feature".
@Suite(.databases("identity")) struct PasswordChangeTests {
    @Test func `a changed password ends the other sessions`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org", password: .ofTest("correct horse")).value
        for number in 1...3 { try await database.makeSession(of: ada, UInt64(number)) }
        let change = try await database.changePassword(of: ada, to: "battery staple", keeping: .numbered(2))
        #expect(try await database.accepts("battery staple", of: ada))
        #expect(try await database.fetch("select id from sessions where ended_at is null", as: UUID.self) == [.numbered(2)])
        #expect(
            change.events.map(\.type.description) == [
                "saas.password.changed.v1", "saas.session.revoked.v1", "saas.session.revoked.v1",
            ])
        #expect(try change.events[0].decoded() == PasswordChanged(userId: ada.id, byReset: false))
        try await database.changePassword(of: ada, to: "correct horse")
        #expect(try await database.fetchOne("select count(*) from sessions where ended_at is null", as: Int.self) == 0)
    }

    @Test func `what was compared with a password that is no more is worth nothing`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org", password: .ofTest("correct horse")).value
        let compared = PasswordHash(stored: try await database.passwordHash(of: ada))
        let (first, second) = try (NewPassword.ofTest("battery staple"), NewPassword.ofTest("staple battery"))
        let change: @Sendable (NewPassword, Session) throws -> Change<User> = { password, session in
            try PasswordService.change(of: ada.id, label: "label", from: compared, to: password, in: session, context: .ofTest())
        }
        let (_, late) = try await rivalry(connect(), { try change(first, $0) }, against: connect(), { try change(second, $0) })
        #expect(throws: IdentityError.credentialsWrong) { try late.get() }
        #expect(try await database.accepts("battery staple", of: ada))
    }
}
