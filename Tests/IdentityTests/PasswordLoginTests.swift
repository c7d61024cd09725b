import Cryptography
import FoundationEssentials
import IdentityEvents
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Identity

@Suite(.databases("identity")) struct PasswordLoginTests {
    @Test func `the right password is found by address or id, in any case`() async throws {
        let database = try await connect()
        let stored = try hash("correct horse", cost: 5)
        let ada = try await database.register("ada@example.org", hashed: stored)
        for reference in ["ada@example.org", " ADA@Example.ORG", ada.id.text] {
            let login = try await PasswordLogin.check("correct horse", of: reference, cost: 5, on: database)
            #expect(login.userId == ada.id && login.passwordHash == stored && login.rehashed == nil)
        }
    }

    // OWASP Authentication Cheat Sheet, "Authentication and Error Messages".
    @Test(arguments: [
        ("ada@example.org", "wrong horse"), ("eve@example.org", "correct horse"), ("nopass@example.org", "correct horse"),
        ("not an address", "correct horse"), ("00000000-0000-7000-8000-000000000000", "correct horse"),
        ("ada@example.org", "correct horse\u{0}"), ("ada@example.org", String(repeating: "x", count: 73)),
    ])
    func `whatever is wrong, the answer is the same`(_ reference: String, _ password: String) async throws {
        let database = try await connect()
        try await database.register("ada@example.org", hashed: hash("correct horse"))
        try await database.register("nopass@example.org")
        await #expect(throws: IdentityError.credentialsWrong) {
            _ = try await PasswordLogin.check(password, of: reference, cost: 4, on: database)
        }
    }

    @Test func `a hash of a lower cost is made anew at the cost that is asked for now`() async throws {
        let database = try await connect()
        let old = try hash("correct horse", cost: 4)
        let ada = try await database.register("ada@example.org", hashed: old)
        #expect(old.cost == 4)
        let login = try await PasswordLogin.check("correct horse", of: "ada@example.org", cost: 6, on: database)
        let rehashed = try #require(login.rehashed)
        #expect(try rehashed.cost == 6 && rehashed.matches("correct horse"))
        let change = try await database.decide("identity") { session, context in
            try SessionService.begin(
                login, keys: factorKeys, id: .numbered(1), factors: [.password], refresh: .random(), in: session, context: context)
        }.get()
        #expect(change.rows.map(\.table) == ["sessions", "users"] && !change.rows.contains { "\($0.values)".contains("$2b$") })
        #expect(try await database.fetch("select password_hash from users", as: String.self) == [rehashed.text])
        let lower = try await PasswordLogin.check("correct horse", of: ada.id.text, cost: 4, on: database)
        #expect(lower.rehashed == nil, "a cost that was lowered takes nothing away")
    }

    // The access token is signed before the session begins, and names the factors (RFC 8176); what it says has to be so.
    @Test func `a second factor that was taken away during a login ends it`() async throws {
        let database = try await connect()
        try await database.register("ada@example.org", hashed: hash("correct horse"))
        let login = try await PasswordLogin.check("correct horse", of: "ada@example.org", cost: 4, on: database)
        await #expect(throws: CredentialError.mfaChanged) {
            _ = try await database.decide("identity") { session, context in
                try SessionService.begin(
                    login, keys: factorKeys, id: .numbered(1), factors: [.password, .totp], refresh: .random(), in: session,
                    context: context)
            }.get()
        }
        #expect(try await database.fetch("select count(*) from sessions", as: Int.self) == [0])
    }

    @Test func `attempts on a user count together, by address and by id`() async throws {
        let database = try await connect()
        let ada = try await database.register("ada@example.org").value
        let accounts = try await database.session { session in
            try ["ADA@example.org", ada.id.text, ada.id.uuidString.lowercased(), "Eve@example.org", "x"].map {
                try PasswordLogin.account(of: $0, in: session)
            }
        }
        #expect(accounts == [ada.id.text, ada.id.text, ada.id.text, "eve@example.org", "x"])
    }
}
