import Postgres
import TestSupport
import Testing

@Suite(.databases("identity")) struct IdentitySchemaTests {
    private func user(
        email: String = "bob@example.org", normalized: String = "bob@example.org", name: String = "Bob", hash: String? = nil,
        status: String = "active", version: Int = 1
    ) -> SQL {
        """
        insert into users (id, email, email_normalized, name, password_hash, status, version, created_at, updated_at)
        values (gen_random_uuid(), \(email), \(normalized), \(name), \(hash), \(status), \(version), now(), now())
        """
    }

    @Test func `the table refuses what no rule would let through`() async throws {
        let database = try await connect()
        try await database.register("ada@example.org")
        #expect(try await database.refusal(of: user()) == nil)
        #expect(try await database.refusal(of: user(hash: "$2b$12$x")) == nil)
        for bad in [
            user(email: "a@"), user(normalized: "a@"), user(email: String(repeating: "a", count: 321)),
            user(name: String(repeating: "x", count: 201)), user(hash: "correct horse"), user(hash: "$2a$12$x"), user(status: "gone"),
            user(version: 0),
        ] {
            #expect(try await database.refusal(of: bad) == .checkViolation)
        }
        #expect(try await database.refusal(of: user(normalized: "ada@example.org")) == .uniqueViolation)
        #expect(try await database.refusal(of: "update users set email_normalized = null") == .checkViolation)
    }

    @Test func `the role that runs commands adds and changes users, and removes none`() async throws {
        let database = try await connect()
        try await database.register("ada@example.org")
        #expect(try await database.refusal(of: "update users set name = 'Ada'") == nil)
        for forbidden: SQL in [
            "delete from users", "truncate users", "drop table users", "alter table users add column c int", "create table t ()",
            "update operations set actor = 'x'", "delete from operations", "insert into schema_migrations default values",
            "set session authorization identity_owner", "set role identity_owner",
        ] {
            #expect(try await database.refusal(of: forbidden) == .insufficientPrivilege, "\(forbidden.text)")
        }
    }
}
