import Postgres
import Testing

/// Who may do what in a sandbox, as in production.
@Suite struct SandboxRightsTests {
    @Test func `each role may do what it is for, and nothing else`() async throws {
        try await withSandbox { fixture in
            try await fixture.start()
            func refusal(_ text: String, as role: String, database: String? = nil) async throws -> SQLState? {
                try await fixture.refusal(text, on: "billing", as: role, database: database)
            }
            // The owner builds, and grants to the group.
            #expect(try await refusal("create table t (n int); grant select, insert on t to saasctl_app", as: "billing_owner") == nil)
            #expect(try await refusal("create schema s; create function f() returns int language sql return 1", as: "billing_owner") == nil)
            // The role of commands uses what it was granted.
            #expect(try await refusal("insert into t values (1); select from t", as: "billing_app") == nil)
            #expect(try await refusal("create temp table u (n int)", as: "billing_app") == nil)
            for text in [
                "delete from t", "update t set n = 2", "truncate t", "drop table t", "alter table t add m int", "create table u (n int)",
                "create schema u", "create function g() returns int language sql return 1",
                "set role billing_owner",
                "set role saasctl_owner", "create role u", "create database u", "grant saasctl_owner to billing_app",
                "create extension pgcrypto",
                "copy t to '/tmp/x'", "alter system set fsync = off",
            ] {
                #expect(try await refusal(text, as: "billing_app") == .insufficientPrivilege, "\(text)")
            }
            // Neither sees another service's database.
            for role in ["billing_app", "billing_owner"] {
                #expect(try await refusal("select 1", as: role, database: "saas_identity") == .insufficientPrivilege)
            }
            for text in ["create role u", "create database u", "set role saasctl", "alter system set fsync = off"] {
                #expect(try await refusal(text, as: "billing_owner") == .insufficientPrivilege, "\(text)")
            }
            // The groups own nothing and log in nowhere.
            for role in ["saasctl_app", "saasctl_owner"] {
                #expect(try await refusal("select 1", as: role) != nil, "\(role)")
            }
        }
    }

    @Test func `a start gives back the rights that a database lost`() async throws {
        try await withSandbox { fixture in
            try await fixture.start()
            try await fixture.run(
                "grant all on database saas_billing to public; revoke usage on schema public from saasctl_app", on: "billing",
                as: "billing_owner")
            #expect(try await fixture.refusal("create schema u", on: "billing") == nil)
            try await fixture.start()
            #expect(try await fixture.refusal("create schema v", on: "billing") == .insufficientPrivilege)
            #expect(
                try await fixture.ask("select has_schema_privilege('billing_app', 'public', 'usage')::text", on: "billing") == "true")
        }
    }
}
