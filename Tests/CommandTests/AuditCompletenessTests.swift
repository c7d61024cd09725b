import Kernel
import Postgres
import TestSupport
import Testing

/// `audit verify --complete`: every event that the log's lane has passed has one entry with the same hash, and every entry an event.
@Suite(.databases("identity", "organization", "billing", "workflow", "notification", "audit", "analytics"), .hangLimit)
struct AuditCompletenessTests {
    private var audit: TestDatabase { TestDatabases.current["audit"] }
    private var organization: TestDatabase { TestDatabases.current["organization"] }

    private func verify(_ program: Program) async -> CommandResult {
        await program.run("audit", "verify", "--complete", "-o", "json")
    }

    private func kinds(_ result: CommandResult) throws -> [String] {
        try #require(try result.json()["findings"]).elements.compactMap { finding in
            [finding["kind"]?.string, finding["source"]?.string, finding["ordinal"]?.compact, finding["position"]?.compact]
                .compactMap { $0 == "null" ? nil : $0 }.joined(separator: " ")
        }
    }

    private func source(_ name: String, _ result: CommandResult) throws -> JSONValue {
        try #require(try result.json()["completeness"]?.elements.first { $0["source"]?.string == name })
    }

    @Test func `all outboxes are in the log, and what no lane has passed yet is not missed`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await AuditCommandTests.prepare(program, "acme", "beta")
            let sound = await verify(program)
            #expect(sound.status == 0 && sound.stderr.isEmpty, "\(sound)")
            let names = try #require(try sound.json()["completeness"]?.elements).compactMap { $0["source"]?.string }
            #expect(names == ["identity", "organization", "billing", "workflow", "notification", "audit", "analytics"])
            let events = try await organization.number("select count(*) from outbox")
            #expect(try source("organization", sound)["events"] == .integer(Int64(events)) && events > 0)
            #expect(try source("organization", sound)["entries"] == .integer(Int64(events)))
            #expect(await program.run("org", "create", "later", "--owner", AuditCommandTests.owner).status == 0)
            let later = await verify(program)
            #expect(later.status == 0, "\(later)")
            #expect(try source("organization", later)["events"] == .integer(Int64(events)))
            let table = await program.run("audit", "verify", "--complete")
            #expect(table.stdout.contains("outbox:     organization: \(events) entries, \(events) events, 0 dropped\n"), "\(table)")
        }
    }

    @Test func `events without entry, entries without event, twice and otherwise are named`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await AuditCommandTests.prepare(program, "acme", "beta")
            let positions = try await organization.texts("select position::text from outbox order by position").compactMap(\.self)
            let count = positions.count
            for (deed, undo, expected) in [
                (
                    "update outbox set hash = sha256('x') where position = \(positions[1])",
                    "update outbox as o set hash = b.hash from before as b where o.position = b.position",
                    ["event_differs organization 2 \(positions[1])"]
                ),
                (
                    "delete from outbox where position = \(positions[2])",
                    "insert into outbox overriding system value select * from before where position = \(positions[2])",
                    ["event_unknown organization 3 \(positions[2])"]
                ),
                (
                    """
                    insert into outbox (position, txid, id, type, subject, sequence, time, correlation_id, actor, data, hash) overriding system value
                    select position - 1000, txid, gen_random_uuid(), type, subject, 9, time, correlation_id, actor, data, sha256('y')
                    from outbox where position = \(positions[0])
                    """, "delete from outbox where position < 0",
                    ["event_missing organization \(Int(positions[0], radix: 10).map { $0 - 1000 } ?? 0)"]
                ),
            ] as [(String, String, [String])] {
                try await organization.run("drop table if exists before")
                try await organization.run("create table before as select * from outbox")
                try await organization.run(SQL(unsafeRaw: deed))
                let found = await verify(program)
                #expect(found.status == 8, "\(found)")
                #expect(try kinds(found) == expected, "\(found)")
                try await organization.run(SQL(unsafeRaw: undo))
                let mended = await verify(program)
                #expect(mended.status == 0, "\(mended)")
            }
            // One event twice, with leaf numbers, heads and the lane's own count made to fit as far as a superuser likes.
            try await AuditCommandTests.tamper(
                """
                alter table entries drop constraint entries_time_id_key;
                insert into entries select source, \(count) + 1, position, id, type, subject, sequence, time, organization_id, correlation_id,
                    causation_id, actor, traceparent, data, hash from entries where source = 'organization' and ordinal = 1;
                update checkpoints set events = events + 1 where consumer = 'audit' and source = 'organization';
                """, in: audit)
            #expect(await program.run("audit", "verify").status == 0, "the log fits in itself")
            let twice = await verify(program)
            #expect(twice.status == 8, "\(twice)")
            #expect(try kinds(twice) == ["event_twice organization \(count + 1) \(positions[0])"])
            try await AuditCommandTests.tamper(
                "delete from entries where source = 'organization' and ordinal in (\(count), \(count + 1));", in: audit)
            #expect(try kinds(await verify(program)).contains("event_missing organization \(positions[count - 1])"))
        }
    }

    /// Count and hash as `db prune` has recorded them (docs/outbox.md, "Retention").
    @Test func `what was dropped is compared by its number and its hash`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            #expect(await program.run("db", "seed").status == 0)
            let superuser = try await organization.connect(as: .superuser)
            try await superuser.session {
                try $0.script(
                    """
                    drop table outbox_000000000000001, outbox_000000005000001;
                    delete from outbox_partitions;
                    select outbox_extend(4, 1000);
                    """)
            }
            await superuser.close()
            for (slug, position) in [("first", 0), ("second", 1_000), ("third", 2_000)] {
                if position > 0 { try await organization.run("select setval('outbox_position_seq', \(position))") }
                #expect(await program.run("org", "create", slug, "--owner", AuditCommandTests.owner).status == 0)
            }
            for number in 1...4 { await program.run("org", "create", "more-\(number)", "--owner", AuditCommandTests.owner) }
            #expect(await program.run("worker", "run", "--once").status == 0)
            let pruned = await program.run("db", "prune", "--service", "organization", "--older-than", "1ms")
            #expect(pruned.status == 0, "\(pruned)")
            let dropped = try await organization.number("select sum(events)::bigint from outbox_drops")
            #expect(dropped > 0)
            let sound = await verify(program)
            #expect(sound.status == 0, "\(sound)")
            #expect(try source("organization", sound)["dropped"] == .integer(Int64(dropped)))

            try await organization.run("update outbox_drops set events = events + 1 where lower = 1001")
            #expect(try kinds(await verify(program)) == ["partition_differs organization 1001"])
            try await organization.run("update outbox_drops set events = events - 1, hash = sha256('x') where lower = 1001")
            #expect(try kinds(await verify(program)) == ["partition_differs organization 1001"])
            try await organization.run("delete from outbox_drops where lower = 1001")
            let unrecorded = await verify(program)
            #expect(unrecorded.status == 8, "\(unrecorded)")
            #expect(try kinds(unrecorded).allSatisfy { $0.hasPrefix("event_unknown organization ") })
        }
    }

    @Test func `what a source has lost in a restore is told, and is no finding`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await AuditCommandTests.prepare(program, "acme", "beta")
            let last = try await organization.number("select max(position) from outbox")
            try await organization.run("delete from outbox where position = \(last)")
            #expect(await verify(program).status == 8)
            try await organization.run(
                """
                insert into outbox_rebases (epoch, way, last_position, decided_at, ended_at)
                values ('x', 'goes_on', \(last - 1), now() + '1 minute', now())
                """)
            let lost = await verify(program)
            #expect(lost.status == 0, "\(lost)")
            #expect(try source("organization", lost)["lost"] == .integer(1))
            // It lay behind the last position that was left, and nothing else did.
            try await organization.run("update outbox_rebases set last_position = \(last)")
            #expect(try kinds(await verify(program)).first?.hasPrefix("event_unknown organization ") == true)
        }
    }

    @Test func `an outbox that is another one is named, and one that is away is 69`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await AuditCommandTests.prepare(program, "acme")
            try await audit.run("update checkpoints set epoch = '1/1/1/1' where consumer = 'audit' and source = 'organization'")
            let replaced = await verify(program)
            #expect(replaced.status == 8, "\(replaced)")
            #expect(try kinds(replaced) == ["source_replaced organization"])
            var program = program
            program.environment["SAASCTL_BILLING_DATABASE"] = "host=/nowhere dbname=x"
            let away = await verify(program)
            #expect(away.status == 69 && away.stdout.isEmpty, "\(away)")
            #expect(await program.run("audit", "verify").status == 0, "which is not asked")
        }
    }
}
