import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Identity

@Suite(.databases("identity")) struct CredentialSchemaTests {
    private let hash = Bytea([UInt8](repeating: 1, count: 32))

    @Test func `the tables refuse what no rule would let through`() async throws {
        let database = try await connect()
        let (ada, _, _) = try await database.userWithSecondFactor()
        let reset = try await database.requestReset(of: ada).value
        for bad: SQL in [
            "update password_resets set expires_at = created_at", "update password_resets set ended_at = created_at",
            "update password_resets set ending = 'used'",
            "update password_resets set ending = 'used', ended_at = created_at - interval '1 second'",
            "update password_resets set ending = 'lost', ended_at = created_at", "update password_resets set token_hash = ''",
            "update second_factors set failures = -1", "update second_factors set last_step = -1",
            "update second_factors set enabled_at = created_at - interval '1 second'", "update recovery_codes set hash = ''",
        ] {
            #expect(try await database.refusal(of: bad) == .checkViolation, "\(bad.text)")
        }
        let again: SQL = """
            insert into password_resets (id, user_id, token_hash, created_at, expires_at)
            values (gen_random_uuid(), \(ada.id), \(hash), now(), now() + interval '1 hour')
            """
        #expect(try await database.refusal(of: again) == .uniqueViolation, "one is open")
        try await database.execute("update password_resets set ending = 'used', ended_at = expires_at where id = \(reset.id)")
        #expect(try await database.refusal(of: again) == nil)
    }

    @Test func `the role that runs commands changes rows, and not tables`() async throws {
        let database = try await connect()
        for table: SQL in ["password_resets", "second_factors", "recovery_codes"] {
            #expect(try await database.refusal(of: "delete from \(fragment: table)") == nil)
            #expect(try await database.refusal(of: "truncate \(fragment: table)") == .insufficientPrivilege)
            #expect(try await database.refusal(of: "drop table \(fragment: table)") == .insufficientPrivilege)
        }
    }
}
