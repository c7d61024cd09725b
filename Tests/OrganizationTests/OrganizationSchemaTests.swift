import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@Suite(.databases("organization")) struct OrganizationSchemaTests {
    private func organization(slug: String = "beta", name: String = "Beta", status: String = "active", version: Int = 1) -> SQL {
        """
        insert into organizations (id, slug, name, status, version, created_at, updated_at)
        values (gen_random_uuid(), \(slug), \(name), \(status), \(version), now(), now())
        """
    }

    private func membership(
        role: String = "member", user: Int = 2, organization: SQL = "select id from organizations", ended: String? = nil
    ) -> SQL {
        """
        insert into memberships (id, organization_id, user_id, role, created_at, ended_at)
        values (gen_random_uuid(), (\(fragment: organization)), lpad(\(String(user)), 32, '0')::uuid, \(role), '2026-03-14', \(ended)::timestamptz)
        """
    }

    @Test func `the tables refuse what no rule would let through`() async throws {
        let database = try await connect()
        try await database.create("acme", owner: .init(high: 0, low: 1))
        #expect(try await database.refusal(of: organization()) == nil)
        for bad in [
            organization(slug: "a"), organization(slug: "-a"), organization(slug: "a-"), organization(slug: "a--b"),
            organization(slug: "Beta"),
            organization(slug: "be ta"), organization(slug: "beta\n"), organization(slug: String(repeating: "a", count: 64)),
            organization(name: ""),
            organization(name: String(repeating: "x", count: 201)), organization(status: "gone"), organization(version: 0),
        ] {
            #expect(try await database.refusal(of: bad) == .checkViolation)
        }
        #expect(try await database.refusal(of: organization(slug: "acme")) == .uniqueViolation)

        #expect(try await database.refusal(of: membership()) == nil)
        #expect(try await database.refusal(of: membership(ended: "2026-03-15")) == nil)
        #expect(try await database.refusal(of: membership(role: "king")) == .checkViolation)
        #expect(try await database.refusal(of: membership(ended: "2026-03-13")) == .checkViolation)
        #expect(try await database.refusal(of: membership(organization: "select gen_random_uuid()")) == .foreignKeyViolation)
        #expect(
            try await database.refusal(of: "insert into slugs values ('acme', (select id from organizations limit 1), now())")
                == .uniqueViolation)
        #expect(
            try await database.refusal(of: "insert into slugs values ('-x', (select id from organizations limit 1), now())")
                == .checkViolation)
        // A user is a member once at a time.
        #expect(try await database.refusal(of: membership(user: 1)) == .uniqueViolation)
        #expect(try await database.refusal(of: membership(user: 1, ended: "2026-03-15")) == nil)
    }

    private func invitation(
        email: String = "bob@example.org", role: String = "member", hash: Int = 32, status: String = "pending",
        expires: String = "2026-03-15", ended: String? = nil, user: SQL = "null"
    ) -> SQL {
        """
        insert into invitations (
            id, organization_id, email, email_normalized, role, token_hash, status, created_at, expires_at, ended_at, user_id)
        values (gen_random_uuid(), (select id from organizations), \(email), \(email), \(role), decode(repeat('00', \(hash)), 'hex'), \(status),
            '2026-03-14', \(expires)::timestamptz, \(ended)::timestamptz, \(fragment: user))
        """
    }

    @Test func `an invitation has one state, and an address one that is pending`() async throws {
        let database = try await connect()
        try await database.create("acme")
        #expect(try await database.refusal(of: invitation()) == nil)
        #expect(try await database.refusal(of: invitation(status: "accepted", ended: "2026-03-14", user: "gen_random_uuid()")) == nil)
        for status in ["rejected", "revoked", "expired"] {
            #expect(try await database.refusal(of: invitation(status: status, ended: "2026-03-14")) == nil)
            #expect(try await database.refusal(of: invitation(status: status)) == .checkViolation)
            let taken = invitation(status: status, ended: "2026-03-14", user: "gen_random_uuid()")
            #expect(try await database.refusal(of: taken) == .checkViolation)
        }
        for bad in [
            invitation(email: "a@"), invitation(role: "king"), invitation(hash: 31), invitation(status: "lost", ended: "2026-03-14"),
            invitation(expires: "2026-03-14"), invitation(ended: "2026-03-14"), invitation(user: "gen_random_uuid()"),
            invitation(status: "accepted", ended: "2026-03-14"), invitation(status: "revoked", ended: "2026-03-13"),
        ] {
            #expect(try await database.refusal(of: bad) == .checkViolation)
        }
        try await database.execute(invitation())
        #expect(try await database.refusal(of: invitation()) == .uniqueViolation)
        #expect(try await database.refusal(of: invitation(status: "revoked", ended: "2026-03-14")) == nil)
    }

    @Test func `the role that runs commands adds and changes, and removes only what is purged`() async throws {
        let database = try await connect()
        try await database.create("acme")
        #expect(try await database.refusal(of: "update organizations set name = 'Acme'") == nil)
        for forbidden: SQL in [
            "delete from organizations", "delete from slugs", "delete from sagas", "delete from saga_steps",
            "truncate organizations cascade", "drop table memberships",
            "alter table organizations drop constraint organizations_slug_check", "create table t ()",
        ] {
            #expect(try await database.refusal(of: forbidden) == .insufficientPrivilege, "\(forbidden.text)")
        }
    }
}
