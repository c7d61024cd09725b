import Kernel
import Postgres
import TestSupport
import Testing

/// Signed heads (C2SP, "tlog-checkpoint" and "signed-note"), with which the log has to be consistent (RFC 9162, section 2.1.4), and inclusion proofs
/// (section 2.1.3): what is kept outside, and what is shown to others.
@Suite(.databases("identity", "organization", "billing", "workflow", "notification", "audit", "analytics"), .hangLimit)
struct AuditHeadTests {
    private var audit: TestDatabase { TestDatabases.current["audit"] }

    private func key(_ program: Program) async -> String {
        await program.run("audit", "head", "--verifier-key").text
    }

    @Test func `a head is signed, printed and appended once`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await AuditCommandTests.prepare(program, "acme")
            let file = program.scratch.file("heads")
            let kept = ["SAASCTL_AUDIT_HEADS": file]
            let head = await program.run("audit", "head", variables: kept)
            #expect(head.status == 0 && head.stderr.isEmpty, "\(head)")
            #expect(head.lines.first == "saasctl/audit" && head.lines.count == 4, "\(head)")
            #expect(head.lines.last?.hasPrefix("\u{2014} saasctl/audit ") == true, "\(head)")
            let newest = try await audit.texts("select size || ' ' || encode(root, 'base64') from tree_heads order by size desc limit 1")[0]
            #expect("\(head.lines[1]) \(head.lines[2])" == newest)
            #expect(try program.scratch.read("heads") == head.stdout)
            #expect(await program.run("audit", "head", variables: kept).stdout == head.stdout, "signatures are the same each time")
            #expect(try program.scratch.read("heads") == head.stdout, "and the same head is there once")

            #expect(await program.run("org", "create", "beta", "--owner", AuditCommandTests.owner).status == 0)
            #expect(await program.run("worker", "run", "--once").status == 0)
            let json = try await program.run("audit", "head", "-o", "json", variables: kept).json()
            #expect(json["kind"]?.string == "AuditHead" && json["origin"]?.string == "saasctl/audit")
            let key = await key(program)
            #expect(json["appended_to"]?.string == file && json["verifier_key"]?.string == key)
            let note = try #require(json["checkpoint"]?.string)
            #expect(try program.scratch.read("heads") == head.stdout + note)

            let verified = await program.run("audit", "verify", "--against", file, "-o", "json")
            #expect(verified.status == 0, "\(verified)")
            #expect(try verified.json()["kept_heads"] == .integer(2))
            let first = try program.scratch.write(head.stdout, to: "first")
            let older = try await program.run("audit", "verify", "--against", first, "-o", "json").json()
            #expect(older["consistency"]?["path"]?.elements.isEmpty == false)
            let piped = await program.run(["audit", "verify", "--against", "-"], input: head.stdout)
            #expect(piped.status == 0 && piped.stdout.contains("kept heads: 1, and "), "\(piped)")
        }
    }

    @Test func `a profile names the file and the log, and neither may be anything`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await AuditCommandTests.prepare(program, "acme")
            let named = try program.with(profile: "named", "audit_heads: kept/heads", "audit_origin: example.com/log")
            let missing = await named.run("audit", "head")
            #expect(missing.status == 78 && missing.stderr.contains("config/saasctl/kept/heads\" cannot be written"), "\(missing)")
            try program.scratch.makeFolder("config/saasctl/kept")
            let head = await named.run("audit", "head")
            #expect(head.status == 0 && head.lines.first == "example.com/log", "\(head)")
            #expect(try program.scratch.read("config/saasctl/kept/heads") == head.stdout)
            #expect(await named.run("audit", "head", "--verifier-key").text.hasPrefix("example.com/log+"))

            let other = try program.scratch.write("shopping list\n", to: "list")
            let spoilt = await program.run("audit", "head", variables: ["SAASCTL_AUDIT_HEADS": other])
            #expect(spoilt.status == 78 && spoilt.code == "CONFIGURATION" && spoilt.stderr.contains("holds something else"), "\(spoilt)")
            #expect(try program.scratch.read("list") == "shopping list\n")
            let folder = await program.run("audit", "head", variables: ["SAASCTL_AUDIT_HEADS": program.scratch.file("config")])
            #expect(folder.status == 78, "\(folder)")
            let word = await program.run("audit", "head", variables: ["SAASCTL_AUDIT_ORIGIN": "my log"])
            #expect(word.status == 78 && word.stderr.contains("SAASCTL_AUDIT_ORIGIN"), "\(word)")
            var keyless = program
            keyless.environment["SAASCTL_KEY_FILE"] = nil
            let unsigned = await keyless.run("audit", "head")
            #expect(unsigned.status == 78 && unsigned.stdout.isEmpty, "\(unsigned)")
        }
    }

    @Test func `a log that was cut off is found by what was kept, and gets no new head`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await AuditCommandTests.prepare(program, "acme")
            let kept = ["SAASCTL_AUDIT_HEADS": program.scratch.file("heads")]
            #expect(await program.run("audit", "head", variables: kept).status == 0)
            try await AuditCommandTests.tamper(
                """
                delete from tree_heads where size = (select max(size) from tree_heads);
                delete from leaf_runs where first_leaf >= (select max(size) from tree_heads);
                delete from entries as e where not exists (select from leaves as l where (l.source, l.ordinal) = (e.source, e.ordinal));
                update checkpoints as c set events = (select count(*) from entries as e where e.source = c.source) where consumer = 'audit';
                """, in: audit)
            #expect(await program.run("audit", "verify").status == 0, "it fits in itself")
            let found = await program.run("audit", "verify", "--against", program.scratch.file("heads"), "-o", "json")
            #expect(found.status == 8, "\(found)")
            #expect(try found.json()["findings"]?.elements.map { $0["kind"]?.string } == ["cut_off"])
            let head = await program.run("audit", "head", variables: kept)
            #expect(head.status == 8 && head.code == "AUDIT_HEAD_CONTRADICTED" && head.stdout.isEmpty, "\(head)")
            try await AuditCommandTests.tamper("update tree_heads set root = sha256('x');", in: audit)
            let spoilt = await program.run("audit", "head")
            #expect(spoilt.status == 8 && spoilt.code == "AUDIT_TREE_DAMAGED" && spoilt.stdout.isEmpty, "\(spoilt)")
        }
    }

    @Test func `a head that the key has not signed is no head of the log`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await AuditCommandTests.prepare(program, "acme")
            let note = await program.run("audit", "head").stdout
            let file = try program.scratch.write(note, to: "heads")
            var stranger = program
            stranger.environment["SAASCTL_KEY_FILE"] = try program.scratch.write([UInt8](repeating: 8, count: 32), to: "other.key")
            let foreign = await key(stranger)
            let refused = await program.run("audit", "verify", "--against", file, "--key", foreign)
            #expect(refused.status == 8 && refused.code == "AUDIT_SIGNATURE_WRONG" && refused.stdout.isEmpty, "\(refused)")
            #expect(await stranger.run("audit", "verify", "--against", file).code == "AUDIT_SIGNATURE_WRONG")
            let own = await key(program)
            #expect(await stranger.run("audit", "verify", "--against", file, "--key", own).status == 0)
            #expect(await program.run("audit", "verify", "--against", file, "--key", foreign, "--key", own).status == 0)
            let larger = note.replacing("\n", with: "\n1", maxReplacements: 1)
            let forged = try program.scratch.write(larger, to: "forged")
            #expect(await program.run("audit", "verify", "--against", forged).code == "AUDIT_SIGNATURE_WRONG")
            for (text, part) in [("", "no signed heads"), (String(note.dropLast(5)), "no signed heads"), ("x\n", "no signed heads")] {
                let broken = await program.run("audit", "verify", "--against", try program.scratch.write(text, to: "broken"))
                #expect(broken.status == 64 && broken.stderr.contains(part), "\(broken)")
            }
            let absent = await program.run("audit", "verify", "--against", program.scratch.file("nothing"))
            #expect(absent.status == 64 && absent.stderr.contains("does not exist"), "\(absent)")
        }
    }

    // MARK: Proofs

    @Test func `what is proven here is checked where there is nothing but the file`() async throws {
        let databases = TestDatabases.current
        try await Program.lend(databases) { program in
            try await AuditCommandTests.prepare(program, "acme", "beta")
            let events = try await audit.texts("select id::text from leaves join entries using (source, ordinal) order by leaf").compactMap(
                \.self)
            let key = await key(program)
            let head = await program.run("audit", "head").stdout
            for (leaf, event) in events.enumerated() {
                let proof = await program.run("audit", "prove", event)
                #expect(proof.status == 0 && proof.stderr.isEmpty && proof.lines.count == 1, "\(proof)")
                try await Program.lend { elsewhere in
                    let file = try elsewhere.scratch.write(proof.stdout, to: "proof.json")
                    let checked = await elsewhere.run("audit", "verify", "--proof", file, "--key", key, "-o", "json")
                    #expect(checked.status == 0 && checked.stderr.isEmpty, "\(checked)")
                    let json = try checked.json()
                    #expect(json["event"]?.string == event && json["leaf"] == .integer(Int64(leaf)) && json["trust"]?.string == "signature")
                    let bare = await elsewhere.run(["audit", "verify", "--proof", "-"], input: proof.stdout)
                    #expect(bare.status == 0 && bare.stdout.contains("not checked") && bare.stderr.contains("--key"), "\(bare)")
                    let kept = try elsewhere.scratch.write(head, to: "heads")
                    let led = await elsewhere.run("audit", "verify", "--proof", file, "--against", kept, "-o", "json")
                    #expect(try led.status == 0 && led.json()["trust"]?.string == "kept_head", "\(led)")
                }
            }
        }
    }

    @Test func `a proof that was changed proves nothing, and what is none is 64`() async throws {
        let databases = TestDatabases.current
        try await Program.lend(databases) { program in
            try await AuditCommandTests.prepare(program, "acme", "beta")
            let event = try #require(try await audit.texts("select id::text from entries where source = 'organization' and ordinal = 1")[0])
            let proof = await program.run("audit", "prove", event)
            let (text, own) = (proof.stdout, await key(program))
            var stranger = program
            stranger.environment["SAASCTL_KEY_FILE"] = try program.scratch.write([UInt8](repeating: 8, count: 32), to: "other.key")
            let foreign = await stranger.run("audit", "prove", event).stdout
            let json = try proof.json()
            let leaf = try #require(json["entry"]?["leaf"]).compact
            let step = try #require(json["path"]?.elements.first?.string)
            func check(_ text: String, _ program: Program) async throws -> CommandResult {
                await program.run("audit", "verify", "--proof", try program.scratch.write(text, to: "proof.json"), "--key", own)
            }
            try await Program.lend { elsewhere in
                #expect(try await check(text, elsewhere).status == 0)
                for (wrong, right) in [
                    ("operator:mallory", try #require(json["entry"]?["actor"]?.string)), ("\"leaf\":99", "\"leaf\":\(leaf)"),
                    (String(repeating: "0", count: 64), step),
                    ("\"position\":77", "\"position\":\(json["entry"]?["position"]?.compact ?? "")"),
                    ("\"tree_size\":1", "\"tree_size\":\(json["tree_size"]?.compact ?? "")"), ("\"path\":[", "\"path\":[\"\(step)\","),
                    ("beta", "acme"),
                ] {
                    let changed = text.replacing(right, with: wrong)
                    let result = try await check(changed, elsewhere)
                    #expect(changed == text || result.status == 8 && result.code == "AUDIT_PROOF_WRONG", "\(wrong): \(result)")
                    #expect(changed == text || result.stdout.isEmpty)
                }
                let unsigned = try await check(foreign, elsewhere)
                #expect(unsigned.status == 8 && unsigned.code == "AUDIT_SIGNATURE_WRONG", "\(unsigned)")
                for (none, part) in [
                    ("", "no proof"), (String(text.prefix(text.count / 2)), "a part of one"), ("{}", "another kind"),
                    ("{\"kind\":\"AuditProof\"}", "no proof"), ("[1]", "no proof"),
                    (text.replacing("AuditProof", with: "AuditHead"), "another kind"),
                ] {
                    let result = try await check(none, elsewhere)
                    #expect(result.status == 64 && result.stderr.contains(part) && result.stdout.isEmpty, "\(result)")
                }
                let absent = await elsewhere.run("audit", "verify", "--proof", "nowhere")
                #expect(absent.status == 64 && absent.stderr.contains("does not exist"), "\(absent)")
            }
        }
    }

    @Test func `an event that is not in the log, or not in its tree, is told from one that is`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await AuditCommandTests.prepare(program, "acme")
            #expect(await program.run("org", "create", "beta", "--owner", AuditCommandTests.owner).status == 0)
            let event = try #require(
                try await TestDatabases.current["organization"].texts("select id::text from outbox order by position desc limit 1")[0])
            let early = await program.run("audit", "prove", event)
            #expect(early.status == 3 && early.code == "AUDIT_ENTRY_NOT_FOUND" && early.stderr.contains("worker run --once"), "\(early)")
            let holder = try await audit.connect()
            try await holder.execute("select pg_advisory_lock(hashtextextended('saasctl.audit.sequencer', 0))")
            #expect(await program.run("worker", "run", "--once").status == 0)
            let leafless = await program.run("audit", "prove", event)
            #expect(leafless.status == 8 && leafless.code == "AUDIT_ENTRY_WITHOUT_LEAF", "\(leafless)")
            await holder.close()
            #expect(await program.run("worker", "run", "--once").status == 0)
            #expect(await program.run("audit", "prove", event).status == 0)
            // Who alters the tree gets no proof out of it.
            try await AuditCommandTests.tamper(
                "update leaf_runs set hashes = overlay(hashes placing sha256('x') from 1) where first_leaf = 0", in: audit)
            let spoilt = await program.run("audit", "prove", event)
            #expect(spoilt.status == 8 && spoilt.code == "AUDIT_TREE_DAMAGED" && spoilt.stdout.isEmpty, "\(spoilt)")
        }
    }
}
