import Kernel
import Postgres
import TestSupport
import Testing

/// Commands that meet a schema of another age.
@Suite(.databases("organization")) struct SchemaTests {
    @Test func `an older schema is 78 and names the way on, which works`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let database = TestDatabases.current["organization"]
            try await database.run("delete from schema_migrations where component = 'organization'", as: .owner)
            for arguments in [["org", "list"], ["org", "create", "acme", "--owner", OutputTests.owner], ["org", "get", "acme"]] {
                let result = await program.run(arguments)
                #expect(result.status == 78 && result.code == "SCHEMA_OUTDATED" && result.stdout.isEmpty, "\(result)")
                #expect(result.stderr.contains("the schema of \"organization\" is older than this saasctl needs"), "\(result)")
                #expect(result.stderr.contains("try: saasctl db migrate --service organization"), "\(result)")
            }
            let status = await program.run("db", "status", "--service", "organization", "-o", "json")
            #expect(status.status == 8, "\(status)")
            #expect(try status.json()["items"]?.elements.first?["state"]?.string == "pending")

            try await database.run(
                "drop table disabled_users, invitations, saga_steps, sagas, slugs, memberships, organizations", as: .owner)
            let migrated = await program.run("db", "migrate", "--service", "organization", "-o", "name")
            #expect(
                migrated.status == 0
                    && migrated.stdout
                        == "organization/1\norganization/2\norganization/3\norganization/4\norganization/5\norganization/6\n",
                "\(migrated)"
            )
            #expect(await program.run("org", "create", "acme", "--owner", OutputTests.owner).status == 0)
            #expect(await program.run("db", "migrate", "--service", "organization", "-o", "name").stdout.isEmpty)
            #expect(await program.run("db", "status", "--service", "organization").status == 0)
            #expect(await program.run("db", "verify", "--service", "organization").status == 0)
        }
    }

    @Test func `a schema that asks for a newer binary is 78 and says so`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await TestDatabases.current["organization"].run(
                "update schema_migrations set required_binary = '999.0.0' where component = 'organization'", as: .superuser)
            let result = await program.run("org", "list")
            #expect(result.status == 78 && result.code == "BINARY_OUTDATED", "\(result)")
            #expect(result.stderr.contains("needs saasctl 999.0.0 or newer") && result.stderr.contains("try: upgrade saasctl"), "\(result)")
        }
    }

    @Test func `a database that was never migrated is 78`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await TestDatabases.current["organization"].run("drop table schema_migrations", as: .owner)
            let result = await program.run("org", "list")
            #expect(result.status == 78 && result.code == "SCHEMA_OUTDATED", "\(result)")
            #expect(result.stderr.contains("was never migrated") && result.stderr.contains("try: saasctl db migrate"), "\(result)")
        }
    }

    @Test func `what was recorded otherwise is drift`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await TestDatabases.current["organization"].run(
                "update schema_migrations set checksum = sha256('edited') where component = 'organization'", as: .superuser)
            let result = await program.run("db", "verify", "--service", "organization", "-o", "json")
            #expect(result.status == 8, "\(result)")
            let finding = try #require(try result.json()["items"]?.elements.first)
            #expect(finding["service"]?.string == "organization" && finding["number"] == .integer(1))
            #expect(await program.run("org", "list").status == 0, "commands go by the numbers alone")
        }
    }

    @Test func `what would run is shown and nothing done`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let database = TestDatabases.current["organization"]
            try await database.run(
                "drop table disabled_users, invitations, saga_steps, sagas, slugs, memberships, organizations", as: .owner)
            try await database.run("delete from schema_migrations where component = 'organization'", as: .owner)
            let rehearsal = await program.run("db", "migrate", "--service", "organization", "--dry-run", "-o", "json")
            #expect(try rehearsal.json()["items"]?.elements.map { $0["dry_run"] } == Array(repeating: .bool(true), count: 6))
            let sql = await program.run("db", "migrate", "--service", "organization", "--sql")
            #expect(sql.stdout.contains("create table organizations (") && sql.stdout.contains("insert into public.schema_migrations"))
            #expect(await program.run("db", "migrate", "--service", "organization", "--read-only").status == 6)
            #expect(try await database.number("select count(*) from pg_class where relname = 'organizations'") == 0)
            #expect(await program.run("db", "migrate", "--dry-run", "--sql").status == 64)
        }
    }
}
