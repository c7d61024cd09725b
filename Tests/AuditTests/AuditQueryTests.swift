import Audit
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@Suite(.databases("audit")) struct AuditQueryTests {
    private static let noon = Timestamp(year: 2026, month: 3, day: 14, hour: 12)

    private func connect(as role: TestDatabase.Role = .app) async throws -> Connection {
        try await TestDatabases.current["audit"].connect(as: role)
    }

    private func event(
        _ position: Int64, _ type: String = "saas.organization.created.v1", from source: String = "organization", subject: UInt64 = 1,
        organization: UInt64? = nil, correlation: UInt64 = 1, actor: String = "operator:ada", at time: Timestamp = noon, data: String = "{}"
    ) -> StoredEvent {
        StoredEvent(
            source: source, position: position, id: id(position, from: source), type: type, subject: .numbered(subject), sequence: 1,
            time: time, organizationId: organization.map { .numbered($0) }, correlationId: .numbered(correlation), causationId: nil,
            actor: actor,
            traceparent: nil, data: data, hash: [UInt8](repeating: UInt8(truncatingIfNeeded: position), count: 32))
    }

    /// Different for each place in each outbox.
    private func id(_ position: Int64, from source: String) -> UUID {
        UUID(
            high: 0x019C_ECE3_51C7_7000 + ((UInt64(position) >> 12) << 16) + UInt64(position & 0xFFF),
            low: 0x8000_0000_0000_0000 | source.utf8.prefix(7).reduce(0) { $0 << 8 | UInt64($1) })
    }

    private func record(_ events: [StoredEvent], in database: Connection) async throws {
        for source in Set(events.map(\.source)).sorted() {
            try await database.apply(
                events.filter { $0.source == source }, from: source, to: AuditConsumer(sources: ["identity", "organization"]))
        }
    }

    /// The positions of the entries found, newest first.
    private func positions(_ database: Connection, _ change: (inout AuditFilter) -> Void) async throws -> [Int64] {
        var filter = AuditFilter()
        change(&filter)
        return try await database.session { [filter] in try AuditService.query(filter, limit: 100, in: $0) }.items.map(\.position)
    }

    @Test func `an entry shows what its owner stored`() async throws {
        let database = try await connect()
        let stored = StoredEvent(
            source: "organization", position: 7, id: .numbered(1), type: "saas.plan.version_published.v3", subject: .numbered(2),
            sequence: 4,
            time: Self.noon, organizationId: .numbered(3), correlationId: .numbered(4), causationId: .numbered(5), actor: "service:billing",
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", data: #"{"b":1,"a":["ü",null]}"#,
            hash: Array(0..<32))
        try await record([stored], in: database)
        let entry = try #require(await database.session { try AuditService.query(AuditFilter(), limit: 10, in: $0) }.items.first)
        #expect(entry.source == "organization" && entry.position == 7 && entry.sequence == 4)
        #expect(entry.id == .numbered(1) && entry.subject == .numbered(2) && entry.organizationId == .numbered(3))
        #expect(entry.correlationId == .numbered(4) && entry.causationId == .numbered(5))
        #expect(entry.type == "saas.plan.version_published.v3" && entry.event == "PlanVersionPublished")
        #expect(entry.time == Self.noon && entry.actor == "service:billing")
        #expect(entry.data == .object(["b": .integer(1), "a": .array([.string("ü"), .null])]))
        #expect(entry.hash == "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
        // No sequencer has been there.
        #expect(entry.leaf == nil)
        // The text itself is kept byte for byte, which is what the hash covers.
        #expect(try await database.fetch("select data::text from entries", as: String.self) == [stored.data])

        let settlement = try await database.transaction { session in
            try AuditConsumer(sources: ["organization"]).settle(in: session, context: ConsumerContext(now: Self.noon))
        }
        #expect(settlement.rows == 1)
        #expect(try await database.session { try AuditService.query(AuditFilter(), limit: 10, in: $0) }.items.map(\.leaf) == [0])
    }

    @Test func `each condition selects, and all must hold`() async throws {
        let database = try await connect()
        try await record(
            [
                event(1, from: "identity", subject: 9, correlation: 2, actor: "user:x", at: Self.noon),
                event(2, organization: 5, at: Self.noon.advanced(by: .microseconds(1))),
                event(3, subject: 9, organization: 6, at: Self.noon.advanced(by: .microseconds(2))),
                event(4, organization: 5, correlation: 2, actor: "operator:ada2", at: Self.noon.advanced(by: .microseconds(3))),
            ], in: database)
        #expect(try await positions(database) { _ in } == [4, 3, 2, 1])
        #expect(try await positions(database) { $0.organizationId = .numbered(5) } == [4, 2])
        #expect(try await positions(database) { $0.correlationId = .numbered(2) } == [4, 1])
        #expect(try await positions(database) { $0.subject = .numbered(9) } == [3, 1])
        #expect(try await positions(database) { $0.actor = "operator:ada" } == [3, 2])
        #expect(try await positions(database) { $0.actor = "operator:%" } == [])
        #expect(try await positions(database) { $0.source = "identity" } == [1])
        #expect(try await positions(database) { $0.source = "Identity" } == [])
        // Half-open, to the microsecond.
        #expect(try await positions(database) { $0.since = Self.noon.advanced(by: .microseconds(2)) } == [4, 3])
        #expect(try await positions(database) { $0.until = Self.noon.advanced(by: .microseconds(2)) } == [2, 1])
        #expect(
            try await positions(database) {
                $0.since = Self.noon.advanced(by: .microseconds(1))
                $0.until = Self.noon.advanced(by: .microseconds(3))
            } == [3, 2])
        #expect(
            try await positions(database) {
                $0.organizationId = .numbered(5)
                $0.correlationId = .numbered(2)
                $0.subject = .numbered(9)
            } == [])
        #expect(
            try await positions(database) {
                $0.organizationId = .numbered(5)
                $0.correlationId = .numbered(2)
            } == [4])
    }

    @Test func `a type is found with and without its version, and nothing else is`() async throws {
        let database = try await connect()
        let types = [
            "saas.plan.created.v1", "saas.plan.created.v2", "saas.plan.created.v12", "saas.plan.version_published.v1",
            "saas.plan.versionxpublished.v1",
            "saas.plan.vexed.v1", "saas.plan.created.vain.v1", "saas.plan.created.v2.v1",
        ]
        try await record(types.enumerated().map { event(Int64($0 + 1), $1) }, in: database)
        func found(_ type: String) async throws -> [Int64] { try await positions(database) { $0.type = type }.sorted() }
        #expect(try await found("saas.plan.created") == [1, 2, 3])
        #expect(try await found("saas.plan.created.v1") == [1])
        #expect(try await found("saas.plan.created.v2") == [2, 8])
        #expect(try await found("saas.plan.version_published") == [4])
        for none in [
            "saas.plan", "saas", "%", "saas.plan.%", "saas.plan._reated", "saas.plan.created.v", "saas.plan.create", "",
            "Saas.plan.created", "\\",
        ] {
            #expect(try await found(none) == [], "\(none)")
        }
    }

    @Test func `a condition from the edge of time is no error`() async throws {
        let database = try await connect()
        try await record([event(1)], in: database)
        for since in ["0000-01-01", "0001-01-01", "1969-12-31T23:59:59.999999Z"] {
            #expect(try await positions(database) { $0.since = Timestamp(since) } == [1])
        }
        #expect(try await positions(database) { $0.until = Timestamp("9999-12-31T23:59:59-23:59") } == [1])
        let cursor = PageCursor(time: Timestamp(microseconds: .max), id: .numbered(1))
        #expect(try await database.session { try AuditService.query(AuditFilter(), before: cursor, limit: 5, in: $0) }.items.count == 1)
    }

    @Test func `pages neither overlap nor leave out, in one instant and under a condition too`() async throws {
        let database = try await connect()
        try await record(
            (1...13).map { number in
                event(
                    number, from: number.isMultiple(of: 2) ? "identity" : "organization", organization: number < 10 ? 1 : 2,
                    at: Self.noon.advanced(by: .seconds(number.isMultiple(of: 3) ? number : 5)))
            }, in: database)
        var organization = AuditFilter()
        organization.organizationId = .numbered(1)
        for (filter, count) in [(AuditFilter(), 13), (organization, 9)] {
            let all = try await database.session { try AuditService.query(filter, limit: 100, in: $0) }.items
            #expect(all.count == count)
            #expect(all.map { "\($0.time) \($0.id.text)" } == all.map { "\($0.time) \($0.id.text)" }.sorted(by: >))
            for limit in [1, 2, 4, 8, 9, 12, 13, 14] {
                let pages = try await pages { cursor in
                    try await database.session { try AuditService.query(filter, before: cursor, limit: limit, in: $0) }
                }
                #expect(pages.flatMap(\.self) == all)
                #expect(pages.dropLast().allSatisfy { $0.count == limit })
            }
        }
    }

    @Test func `who sequences puts the keys of every five thousand entries into their index`() async throws {
        let database = try await connect()
        let owner = try await connect(as: .superuser)
        let consumer = AuditConsumer(sources: ["organization"])
        /// Sequences so many more entries; true where no key of them waits any more.
        func arePlaced(after count: Int, from first: Int64) async throws -> Bool {
            try await record((first..<first + Int64(count)).map { event($0, subject: UInt64($0)) }, in: database)
            _ = try await database.transaction { try consumer.settle(in: $0, context: ConsumerContext(now: Self.noon)) }
            // Pages that were cleared; it clears them, so that each step is of its own.
            return try await owner.fetch("select gin_clean_pending_list('entries_keys')", as: Int64.self) == [0]
        }
        #expect(try await !arePlaced(after: 4_999, from: 1))
        #expect(try await arePlaced(after: 1, from: 5_000))
        #expect(try await !arePlaced(after: 1, from: 5_001))
        #expect(try await arePlaced(after: 5_000, from: 5_002))
    }

    @Test func `a name that is no type is shown as it is`() async throws {
        let database = try await connect()
        try await record([event(1, "something else")], in: database)
        #expect(
            try await database.session { try AuditService.query(AuditFilter(), limit: 10, in: $0) }.items.map(\.event) == ["something else"]
        )
    }

    @Test func `an empty chunk adds nothing, and an event is recorded once`() async throws {
        let database = try await connect()
        let consumer = AuditConsumer(sources: ["organization"])
        #expect(try await database.apply([], from: "organization", to: consumer).isEmpty)
        try await record([event(1), event(2)], in: database)
        // Rather stop than have an event twice; only a lost checkpoint could bring it again.
        let error = try await #require(throws: PostgresError.self) {
            try await database.apply([event(3), event(2)], from: "organization", to: consumer)
        }
        #expect(error.sqlState == .uniqueViolation)
        #expect(error.constraint == "entries_time_id_key")
        #expect(try await positions(database) { _ in }.sorted() == [1, 2])
        // The same place in another outbox is another event, and so is one that has come to lie where a lost one did.
        try await record([event(1, from: "identity")], in: database)
        #expect(try await database.fetch("select ordinal from entries order by source, ordinal", as: Int64.self) == [1, 1, 2])
    }
}

@Suite(.databases("audit")) struct AuditSchemaTests {
    private func entry(ordinal: Int) -> SQL {
        """
        insert into entries (source, ordinal, position, id, type, subject, sequence, time, correlation_id, actor, data, hash)
        values ('identity', \(ordinal), 1, gen_random_uuid(), 't', gen_random_uuid(), 1, now(), gen_random_uuid(), 'a', '{}', '\\x00')
        """
    }

    @Test func `the log can be added to, and nobody changes it`() async throws {
        let app = try await TestDatabases.current["audit"].connect()
        try await app.execute(entry(ordinal: 1))
        try await app.execute("insert into leaf_runs values (0, 'identity', 1, 1, sha256(''))")
        try await app.execute("insert into tree_heads values (1, sha256(''), array[sha256('')], 1, now())")
        for role in [TestDatabase.Role.app, .owner, .superuser] {
            let database = try await TestDatabases.current["audit"].connect(as: role)
            for table in ["entries", "leaf_runs", "tree_heads"] {
                for statement in ["update \(table) set source = 'x'", "delete from \(table)", "truncate \(table)"]
                where !(statement.contains("source") && table == "tree_heads") {
                    #expect(try await database.refusal(of: SQL(unsafeRaw: statement)) == .insufficientPrivilege, "\(role) \(statement)")
                }
            }
        }
        // Not even where triggers are told to stand back.
        let replica = try await TestDatabases.current["audit"].connect(as: .superuser)
        try await replica.execute("set session_replication_role = replica")
        #expect(try await replica.refusal(of: "delete from entries") == .insufficientPrivilege)
        #expect(try await app.fetchOne("select count(*) from entries", as: Int.self) == 1)
    }

    @Test func `the role that runs the worker cannot take the protection away`() async throws {
        let database = try await TestDatabases.current["audit"].connect()
        for forbidden: SQL in [
            "drop trigger entries_append_only on entries", "alter table entries disable trigger all", "drop table entries",
            "create or replace function refuse_change() returns trigger language plpgsql as 'begin return null; end'",
            "set session_replication_role = replica",
        ] {
            #expect(try await database.refusal(of: forbidden) == .insufficientPrivilege, "\(forbidden.text)")
        }
    }

    @Test func `the tables refuse what no rule would let through`() async throws {
        let database = try await TestDatabases.current["audit"].connect()
        #expect(try await database.refusal(of: entry(ordinal: 1)) == nil)
        for bad: SQL in [
            entry(ordinal: 0), "insert into leaf_runs values (-1, 'identity', 1, 1, sha256(''))",
            "insert into leaf_runs values (0, 'identity', 1, 1, '\\x00')", "insert into leaf_runs values (0, 'identity', 1, 0, '')",
            "insert into leaf_runs values (0, 'identity', 1, 2, sha256(''))",
            "insert into tree_heads values (0, sha256(''), '{}', 1, now())", "insert into tree_heads values (1, '\\x00', '{}', 1, now())",
        ] {
            #expect(try await database.refusal(of: bad) == .checkViolation)
        }
        try await database.execute("insert into leaf_runs values (0, 'identity', 1, 1, sha256(''))")
        // An entry has one place in the tree.
        #expect(try await database.refusal(of: "insert into leaf_runs values (1, 'identity', 1, 1, sha256(''))") == .uniqueViolation)
        #expect(try await database.refusal(of: "insert into leaf_runs values (0, 'identity', 2, 1, sha256(''))") == .uniqueViolation)
    }
}
