import Kernel
import Postgres
import SaasctlApp
import TestSupport
import Testing

/// `audit verify`, `head`, `prove`, `tail` and `export`, as an operator and an auditor use them.
@Suite(.databases("identity", "organization", "billing", "workflow", "notification", "audit", "analytics"), .hangLimit)
struct AuditCommandTests {
    static let owner = "0192f3a4-5b6c-7d8e-9f01-23456789abcd"

    /// Organizations, and what follows from them, in the log.
    static func prepare(_ program: Program, _ slugs: String...) async throws {
        #expect(await program.run("db", "seed").status == 0)
        for slug in slugs { #expect(await program.run("org", "create", slug, "--owner", owner).status == 0) }
        let work = await program.run("worker", "run", "--once")
        #expect(work.status == 0, "\(work)")
    }

    private var audit: TestDatabase { TestDatabases.current["audit"] }

    /// Does what the triggers refuse.
    static func tamper(_ sql: String, in database: TestDatabase) async throws {
        let connection = try await database.connect(as: .superuser)
        try await connection.session { session in
            try session.script(
                """
                alter table entries disable trigger all; alter table leaf_runs disable trigger all; alter table tree_heads disable trigger all;
                """ + sql)
        }
        await connection.close()
    }

    @Test func `why something was done stands beside it, and a service that cannot say so hides nothing`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await Self.prepare(program, "acme")
            #expect(await program.run("org", "rename", "acme", "Acme", "--reason", "ticket 17").status == 0)
            #expect(await program.run("worker", "run", "--once").status == 0)
            func reasons(_ result: CommandResult) throws -> [String?] {
                try result.json()["items"]?.elements.filter { $0["source"]?.string == "organization" }.map { $0["reason"]?.string } ?? []
            }
            let asked = await program.run("audit", "query", "-o", "json")
            let items = try #require(try asked.json()["items"]?.elements)
            let renamed = try #require(items.first { $0["type"]?.string == "saas.organization.renamed.v1" })
            #expect(renamed["reason"]?.string == "ticket 17", "\(asked)")
            #expect(try reasons(asked).compactMap(\.self) == ["ticket 17"])
            #expect(await program.run("audit", "query").stdout.contains("ticket 17"))
            let away = [
                "SAASCTL_ORGANIZATION_DATABASE": "host='\(program.scratch.file("nobody-here"))' dbname=saas_organization"
            ]
            let partly = await program.run(["audit", "query", "-o", "json"], variables: away)
            #expect(partly.status == 0 && partly.stderr.contains("the reasons of organization are not shown"), "\(partly)")
            #expect(try partly.json()["items"]?.elements.count == items.count && reasons(partly).allSatisfy { $0 == nil })
        }
    }

    @Test func `an untouched log is 0, an entry that was altered is named and 8`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await Self.prepare(program, "acme", "beta")
            let sound = await program.run("audit", "verify", "-o", "json")
            #expect(sound.status == 0 && sound.stderr.isEmpty, "\(sound)")
            let json = try sound.json()
            #expect(json["kind"]?.string == "AuditVerification" && json["findings"] == .array([]) && json["finding_count"] == .integer(0))
            #expect(json["entries"] == .integer(Int64(try await audit.number("select count(*) from entries"))))
            #expect(json["tree_size"] == json["entries"] && json["without_leaf"] == .integer(0))
            #expect(
                json["root_hash"]?.string
                    == (try await audit.texts("select encode(root, 'hex') from tree_heads order by size desc limit 1")[0]))
            let table = await program.run("audit", "verify")
            #expect(table.status == 0 && table.lines.last == "findings:   0", "\(table)")

            let id = try #require(try await audit.texts("select id::text from entries where source = 'organization' and ordinal = 1")[0])
            try await Self.tamper("update entries set actor = 'operator:mallory' where source = 'organization' and ordinal = 1", in: audit)
            let altered = await program.run("audit", "verify", "-o", "json")
            #expect(altered.status == 8, "\(altered)")
            let error = try JSONValue(parsing: altered.stderr)
            #expect(error["code"]?.string == "AUDIT_DAMAGED" && error["message"]?.string?.contains(id) == true, "\(altered)")
            let finding = try #require(try altered.json()["findings"]?.elements.first)
            #expect(finding["kind"]?.string == "entry_altered" && finding["id"]?.string == id)
            #expect(finding["source"]?.string == "organization" && finding["ordinal"] == .integer(1) && finding["leaf"] != .null)
            let shown = await program.run("audit", "verify")
            #expect(shown.status == 8 && shown.code == "AUDIT_DAMAGED", "\(shown)")
            #expect(shown.stdout.contains("  entry_altered: entry 1 of organization, event \(id), is not what its hash was taken over\n"))
        }
    }

    @Test func `an empty log is sound, and has no head and no proof`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let verified = await program.run("audit", "verify", "--complete", "-o", "json")
            #expect(verified.status == 0, "\(verified)")
            let compared = try #require(try verified.json()["completeness"]).elements
            #expect(compared.count == 7)
            let head = await program.run("audit", "head")
            #expect(head.status == 3 && head.code == "AUDIT_EMPTY" && head.stderr.contains("saasctl worker run --once"), "\(head)")
            let proof = await program.run("audit", "prove", Self.owner)
            #expect(proof.status == 3 && proof.code == "AUDIT_ENTRY_NOT_FOUND", "\(proof)")
            #expect(proof.stderr.contains("try: saasctl worker run --once"), "\(proof)")
            for command in [["tail"], ["export"]] {
                let result = await program.run(["audit"] + command)
                #expect(result.status == 0 && result.stdout.isEmpty, "\(result)")
            }
        }
    }

    @Test func `a database that is down is 69, and a flag that makes no sense 64`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            var program = program
            program.environment["SAASCTL_AUDIT_DATABASE"] = "host=/nowhere dbname=x"
            for command in [["verify"], ["head"], ["prove", Self.owner], ["tail"], ["tail", "-f"], ["export"]] {
                let result = await program.run(["audit"] + command)
                #expect(result.status == 69 && result.code == "DATABASE_UNAVAILABLE", "\(result)")
            }
            for (command, part) in [
                (["verify", "--complete", "--proof", "x"], "without a database"), (["verify", "--key", "x"], "--verifier-key"),
                (["verify", "--proof", "-", "--against", "-"], "standard input"), (["prove", "acme"], "acme"), (["prove"], "event"),
                (["tail", "--lines", "1001"], "between 0 and 1000"), (["export", "--from=-1"], "must not be negative"),
                (["export", "--from", "2", "--to", "1"], "must not be smaller"), (["tail", "--source", "biling"], "--source billing"),
                (["export", "--actor", "ada"], "operator:NAME"), (["export", "--type", ""], "\"--type\" is empty"),
            ] {
                let result = await program.run(["audit"] + command)
                #expect(result.status == 64 && result.stderr.contains(part) && result.stdout.isEmpty, "\(result)")
            }
        }
    }

    // MARK: Tail and export

    @Test func `the last entries come in the order of the tree, and export has all of them`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await Self.prepare(program, "acme", "beta")
            let ids = try await audit.texts("select id::text from leaves join entries using (source, ordinal) order by leaf").compactMap(
                \.self)
            let all = await program.run("audit", "tail", "-n", "1000", "-o", "name")
            #expect(all.status == 64 && all.stderr.contains("-n"), "a dry run has that letter: \(all)")
            #expect(await program.run("audit", "tail", "--lines", "1000", "-o", "name").lines == ids)
            #expect(await program.run("audit", "tail", "-o", "name").lines == ids.suffix(10))
            #expect(await program.run("audit", "tail", "--lines", "0", "-o", "name").lines == [])
            let list = try await program.run("audit", "tail", "--lines", "2", "-o", "json").json()
            #expect(list["kind"]?.string == "AuditEntryList" && list["items"]?.elements.map { $0["id"]?.string } == ids.suffix(2))
            let organizations = await program.run("audit", "tail", "--type", "saas.organization.created", "--lines", "1", "-o", "json")
            let found = try #require(try organizations.json()["items"]).elements
            #expect(found.count == 1)

            let lines = try await program.run("audit", "export").lines.map { try JSONValue(parsing: $0) }
            #expect(lines.map { $0["id"]?.string } == ids)
            #expect(lines.map { $0["leaf"] } == ids.indices.map { .integer(Int64($0)) })
            let stored = try await audit.texts("select data::text from leaves join entries using (source, ordinal) order by leaf")
            #expect(lines.map { $0["data"]?.string } == stored, "the text itself, which is what the hash covers")
            let hashes = try await audit.texts(
                "select encode(e.hash, 'hex') from leaves join entries as e using (source, ordinal) order by leaf")
            #expect(lines.map { $0["hash"]?.string } == hashes)
            let part = try await program.run("audit", "export", "--from", "2", "--to", "5").lines.map { try JSONValue(parsing: $0) }
            #expect(part.map { $0["id"]?.string } == Array(ids[2..<5]))
            #expect(await program.run("audit", "export", "--from", "5", "--to", "5").stdout.isEmpty)
            #expect(await program.run("audit", "export", "--from", "999999").stdout.isEmpty)
            let one = await program.run("audit", "export", "--org", "acme", "--type", "saas.organization.created")
            #expect(one.lines.count == 1, "\(one)")
            #expect(await program.run("audit", "export", "--until", "2020-01-01").stdout.isEmpty)
        }
    }

    @Test func `whoever follows sees each entry once, as it comes`() async throws {
        try await withCommandLine(TestDatabases.current) { cli in
            func work(_ slug: String) async throws {
                #expect(try await cli.run("org", "create", slug, "--owner", Self.owner).status == 0)
                let work = try await cli.run("worker", "run", "--once")
                #expect(work.status == 0, "\(work)")
            }
            #expect(try await cli.run("db", "seed").status == 0)
            try await work("first")
            let database = try await audit.connect()
            let before: Int64 = try await database.fetchOne("select max(size) from tree_heads")
            let output = cli.scratch.file("followed")
            let following = try await cli.shell(
                """
                : >'\(output)'
                saasctl audit tail --follow --lines 3 -o json >'\(output)' & tail=$!
                until [ "$(wc -l <'\(output)')" -ge 3 ]; do :; done
                saasctl org create second --owner \(Self.owner) -q >/dev/null && saasctl worker run --once || exit 1
                saasctl org create third --owner \(Self.owner) -q >/dev/null && saasctl worker run --once || exit 1
                end=$(saasctl audit verify -o json | sed 's/.*"tree_size":\\([0-9]*\\).*/\\1/')
                until [ "$(wc -l <'\(output)')" -ge $((end - \(before) + 3)) ]; do :; done
                kill -INT $tail; wait $tail; echo "$?"
                """)
            #expect(following.status == 0 && following.text == "130" && following.stderr.isEmpty, "\(following)")
            let documents = try #require(try cli.scratch.read("followed")).split(separator: "\n").map { try JSONValue(parsing: String($0)) }
            #expect(documents.allSatisfy { $0["kind"]?.string == "AuditEntry" })
            let size: Int64 = try await database.fetchOne("select max(size) from tree_heads")
            #expect(documents.map { $0["leaf"] } == (before - 3..<size).map { .integer($0) })
        }
    }
}
