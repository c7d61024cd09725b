import Kernel
import Postgres
import TestSupport
import Testing

/// `db prune`, on an outbox in partitions of a thousand positions.
@Suite(.databases("identity", "organization", "billing", "workflow", "notification", "audit", "analytics"), .hangLimit)
struct DatabasePruneTests {
    private static let prune = ["db", "prune", "--service", "organization", "-o", "json"]

    private var organization: TestDatabase { TestDatabases.current["organization"] }

    /// Two partitions with one organization in each, a third in use; all applied.
    private func prepare(_ program: Program) async throws {
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
        for (slug, position) in [("first", 0), ("second", 1_000), ("third", 2_000)] {
            if position > 0 { try await organization.run("select setval('outbox_position_seq', \(position))") }
            let created = await program.run("org", "create", slug, "--owner", "0192f3a4-5b6c-7d8e-9f01-23456789abcd")
            #expect(created.status == 0, "\(created)")
        }
        // Enough of them that no lane ends in an older partition.
        for number in 1...4 {
            await program.run("org", "create", "more-\(number)", "--owner", "0192f3a4-5b6c-7d8e-9f01-23456789abcd")
        }
    }

    /// The worker makes room behind them, by larger partitions.
    private static let bound = 4_001

    private func work(_ program: Program) async throws {
        let work = await program.run("worker", "run", "--once")
        #expect(work.status == 0, "\(work)")
    }

    @Test func `what has expired goes, and what counts stays`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            var program = program
            program.clock = FixedClock(Timestamp(year: 2026, month: 3, day: 31, hour: 12))
            #expect(await program.run("identity", "user", "register", "ada@example.org", "--idempotency-key", "fresh").status == 0)
            let identity = TestDatabases.current["identity"]
            try await identity.run(
                """
                insert into idempotency_keys (command, scope, key, parameters, result, correlation_id, created_at, expires_at)
                select 'org create', '', key, sha256(''), '{}', gen_random_uuid(), expiry - interval '1 day', expiry
                from (values ('old', timestamptz '2026-03-31 12:00Z'), ('young', '2026-03-31 12:00:01Z')) as k (key, expiry)
                """)
            try await identity.run(
                """
                with made as (
                    insert into sessions (id, user_id, factors, created_at, refreshed_at, expires_at, ended_at, ending)
                    select gen_random_uuid(), u.id, '{pwd}', '2026-01-01 00:00Z', '2026-01-01 00:00Z', s.expiry, s.ended,
                        case when s.ended is not null then 'logout' end
                    from users as u, (values
                        (timestamptz '2026-02-28 00:00Z', null::timestamptz), ('2026-12-31 00:00Z', '2026-02-28 00:00Z'),
                        ('2026-03-30 00:00Z', null), ('2026-12-31 00:00Z', '2026-03-30 00:00Z'), ('2026-12-31 00:00Z', null)) as s (expiry, ended)
                    returning id, created_at, expires_at)
                insert into refresh_tokens (hash, session_id, created_at, expires_at)
                select sha256(id::text::bytea), id, created_at, expires_at from made
                """)
            try await identity.run(
                """
                insert into attempts (kind, key, failures, last_at, blocked_until) values
                    ('account', sha256('a'), 9, '2026-03-30 12:00Z', null), ('account', sha256('b'), 1, '2026-03-30 12:00:01Z', null),
                    ('account', sha256('c'), 9, '2026-03-30 12:00Z', '2026-03-31 12:00:01Z')
                """)
            func left() async throws -> [Int] {
                var numbers: [Int] = []
                for table in ["idempotency_keys", "sessions", "refresh_tokens", "attempts"] {
                    numbers.append(try await identity.number("select count(*) from \(identifier: table)"))
                }
                return numbers
            }
            let all = try await left()
            #expect(all == [3, 5, 5, 3])
            let prune = ["db", "prune", "--service", "identity"]
            let rehearsed = await program.run(prune + ["--dry-run"])
            #expect(
                rehearsed.status == 0 && rehearsed.stderr.contains("identity: 2 sessions that are over would be removed"), "\(rehearsed)")
            #expect(try await left() == all)
            let pruned = await program.run(prune)
            #expect(
                pruned.status == 0
                    && pruned.stderr == """
                        identity: 1 expired idempotency keys removed
                        identity: 2 sessions that are over removed
                        identity: 1 forgotten attempts to log in removed

                        """,
                "\(pruned)")
            #expect(try await left() == [2, 3, 3, 2])
            let again = await program.run(prune)
            #expect(again.status == 0 && again.stderr.isEmpty, "\(again)")
            try await identity.run("update sessions set ended_at = null, ending = null, expires_at = '2026-03-31 11:59Z'")
            #expect(await program.run(prune + ["--older-than", "1m"]).status == 0)
            #expect(try await left() == [2, 3, 3, 2], "what is over by a minute is not older than one")
        }
    }

    private func fates(_ result: CommandResult) throws -> [String] {
        let items = try #require(try result.json()["items"]?.elements)
        return items.compactMap { item in
            guard case .integer(let lower)? = item["lower"], lower < Self.bound else { return nil }
            let words = ["action", "reason", "consumer"].compactMap { item[$0]?.string }
            return ([String(lower)] + words).joined(separator: " ")
        }
    }

    private func attached() async throws -> Int {
        try await organization.number(
            """
            select count(*) from pg_inherits where inhparent = 'outbox'::regclass and inhrelid <> 'outbox_default'::regclass
                and substr(inhrelid::regclass::text, 8)::bigint < \(Self.bound)
            """)
    }

    @Test func `what the profile no longer keeps goes, and the worker goes on`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            let unread = await program.run(Self.prune)
            #expect(unread.status == 0, "\(unread)")
            #expect(try fates(unread).first?.hasPrefix("1 kept not_started ") == true, "\(unread)")
            try await work(program)

            let young = await program.run(Self.prune)
            #expect(young.status == 0, "\(young)")
            #expect(try fates(young) == ["1 kept young", "1001 kept older_stays", "2001 kept in_use", "3001 kept in_use"])

            let old = ["1 dropped", "1001 dropped", "2001 kept in_use", "3001 kept in_use"]
            let rehearsal = await program.run(Self.prune + ["--dry-run", "--older-than", "1ms"])
            #expect(rehearsal.status == 0, "\(rehearsal)")
            #expect(try fates(rehearsal) == old.map { $0.replacing("dropped", with: "would_drop") })
            #expect(try await attached() == 4)

            let pruned = await program.run(Self.prune, variables: ["SAASCTL_OUTBOX_RETENTION": "1ms"])
            #expect(pruned.status == 0, "\(pruned)")
            #expect(try fates(pruned) == old)
            #expect(try pruned.json()["kind"]?.string == "OutboxPartitionList")
            #expect(try await attached() == 2)
            let recorded = try await organization.texts("select encode(hash, 'hex') from outbox_drops order by lower")
            #expect(try pruned.json()["items"]?.elements.prefix(2).map { $0["hash"]?.string } == recorded)
            let archived = try await TestDatabases.current["audit"].number(
                "select count(*) from entries where source = 'organization' and position < 2001")
            #expect(archived > 0)
            #expect(try await organization.number("select sum(events)::bigint from outbox_drops") == archived)
            // By the words of docs/outbox.md, from what the audit log has.
            let recomputed = try await TestDatabases.current["audit"].texts(
                """
                select encode(sha256(string_agg(digest, ''::bytea order by block)), 'hex') from (
                    select (position - 1) / 8192 as block, sha256(string_agg(int8send(position) || hash, ''::bytea order by position)) as digest
                    from entries where source = 'organization' and position >= 1 and position < 1001 group by block) as blocks
                """)
            #expect(recomputed == Array(recorded.prefix(1)))

            await program.run("org", "create", "later", "--owner", "0192f3a4-5b6c-7d8e-9f01-23456789abcd")
            try await work(program)
            #expect(try fates(await program.run(Self.prune)) == ["2001 kept in_use", "3001 kept in_use"])
        }
    }

    @Test func `a lock that cannot be had is 75`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            try await work(program)
            let reader = try await organization.connect()
            let reading = Task {
                try await reader.session { try $0.all(Query<Int>("select 1 from outbox, pg_sleep(600) limit 1") { try $0.get(0) }) }
            }
            while try await organization.number(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'") == 0
            {}
            let result = await program.run(Self.prune + ["--older-than", "1ms"])
            #expect(result.status == 75 && result.stderr.contains("\"DATABASE_BUSY\""), "\(result)")
            #expect(result.stderr.contains("could not be had"), "\(result)")
            #expect(try fates(result).prefix(2) == ["1 kept busy", "1001 kept older_stays"])
            reading.cancel()
            _ = await reading.result
            #expect(try await attached() == 4)
        }
    }

    @Test func `where changes are forbidden it is refused, and only looking is not`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            try await work(program)
            let careful = try program.with(profile: "careful", "read_only: true", "outbox_retention: 1ms")
            let refused = await careful.run(Self.prune)
            #expect(refused.status == 6 && refused.stderr.contains("\"READ_ONLY\""), "\(refused)")
            #expect(await program.run(Self.prune + ["--read-only"]).status == 6)
            let looked = await careful.run(Self.prune + ["--dry-run"])
            #expect(looked.status == 0, "\(looked)")
            #expect(try fates(looked).prefix(2) == ["1 would_drop", "1001 would_drop"])
            #expect(try await attached() == 4)
        }
    }

    @Test func `a consumer that cannot be asked keeps what it reads, and only that`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            try await work(program)
            var program = program
            program.environment["SAASCTL_BILLING_DATABASE"] = "host=/nowhere dbname=x"
            let result = await program.run("db", "prune", "-o", "json", "--older-than", "1ms")
            #expect(result.status == 69, "\(result)")
            let services = Set(try #require(try result.json()["items"]?.elements).compactMap { $0["service"]?.string })
            #expect(!services.contains("organization") && services.contains("identity"), "\(result)")
            #expect(try await attached() == 4)
        }
    }
}
