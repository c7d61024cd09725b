import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@Suite(.databases("organization"), .hangLimit) struct OutboxWriterTests {
    private func connect(as role: TestDatabase.Role = .app) async throws -> Connection {
        try await TestDatabases.current["organization"].connect(as: role)
    }

    @Test func `events lie in the order in which they were told, and so do their ids`() async throws {
        let database = try await connect()
        // More than one page, told backwards by subject, so that no index order could pass for it.
        let ids = try await database.append(try (1...300).map { try .thing(.id(UInt64(1_000 - $0)), sequence: Int64($0)) })
        let stored = try await database.storedEvents()
        #expect(stored.map(\.sequence) == Array(1...300))
        #expect(stored.map(\.subject) == (1...300).map { .id(UInt64(1_000 - $0)) })
        #expect(stored.map(\.id) == ids)
        #expect(stored.map(\.id.text) == stored.map(\.id.text).sorted())
        #expect(stored.map(\.position) == stored.map(\.position).sorted())
    }

    @Test func `the envelope is stored as it was sealed`() async throws {
        let database = try await connect()
        let context = OperationContext(
            now: OperationContext.test.now, actor: .user(.id(5)), correlationId: .id(3), causationId: .id(4))
        let event = try PendingEvent.thing(.id(1), sequence: 7, text: "ü\u{1F600}", organization: .id(2))
        let ids = try await database.append([event], context: context)
        let stored = try #require(await database.storedEvents().first)
        #expect(stored.id == ids.first)
        #expect(stored.type == "saas.thing.changed.v2")
        #expect(stored.subject == .id(1))
        #expect(stored.sequence == 7)
        #expect(stored.time == context.now)
        #expect(stored.organizationId == .id(2))
        #expect(stored.correlationId == .id(3))
        #expect(stored.causationId == .id(4))
        #expect(stored.actor == "user:019cece3-51c7-7000-8000-000000000005")
        #expect(stored.data == event.data)
        #expect(stored.hash == EventHash.hash(of: stored))
    }

    @Test func `nothing told is nothing done`() async throws {
        let database = try await connect()
        #expect(try await database.append([]).isEmpty)
        #expect(try await database.value("select count(*) from outbox", as: Int.self) == 0)
    }

    @Test func `events go with their transaction`() async throws {
        let database = try await connect()
        struct Refused: Error {}
        await #expect(throws: Refused.self) {
            try await database.transaction { session in
                try OutboxWriter(service: "organization").append([try .thing()], in: session, context: .test)
                throw Refused()
            }
        }
        #expect(try await database.value("select count(*) from outbox", as: Int.self) == 0)
    }

    @Test func `all events of a transaction carry its number, those of a savepoint too`() async throws {
        let database = try await connect()
        let own = try await database.transaction { session in
            let writer = OutboxWriter(service: "organization")
            try writer.append([try .thing()], in: session, context: .test)
            try session.savepoint { try writer.append([try .thing(.id(2))], in: session, context: .test) }
            return try session.one(Query<Xid8>("select pg_current_xact_id()"))
        }
        #expect(try await database.values("select txid from outbox", as: Xid8.self) == [own, own])
    }

    @Test func `the commit waits for the disk at least`() async throws {
        let database = try await connect()
        for (setting, during) in [
            ("off", "on"), ("local", "on"), ("on", "on"), ("remote_write", "remote_write"), ("remote_apply", "remote_apply"),
        ] {
            try await database.run("select set_config('synchronous_commit', \(setting), false)")
            let seen = try await database.transaction { session in
                try OutboxWriter(service: "organization").append([try .thing()], in: session, context: .test)
                return try session.one(Query<String>("select current_setting('synchronous_commit')"))
            }
            #expect(seen == during)
            #expect(try await database.value("select current_setting('synchronous_commit')", as: String.self) == setting)
        }
    }

    @Test func `an append notifies while a worker sleeps, and at no other time`() async throws {
        let writer = try await connect()
        let sleeper = try await connect()
        try await sleeper.session { try $0.listen("saasctl_outbox") }
        try await writer.append([try .thing()])

        #expect(try await sleeper.value("select pg_try_advisory_lock(hashtextextended('saasctl.outbox.sleep', 0))", as: Bool.self))
        try await writer.append([try .thing(.id(2))])
        // Notifications come in the order of commits, so had the first append sent one, there would be two.
        let woken = try await sleeper.session { try $0.notifications(waitingUpTo: .seconds(20)) }
        #expect(woken.map(\.channel) == ["saasctl_outbox"])

        try await sleeper.run("select pg_advisory_unlock(hashtextextended('saasctl.outbox.sleep', 0))")
        try await writer.append([try .thing(.id(3))])
        try await writer.run("notify saasctl_outbox, 'end'")
        #expect(try await sleeper.session { try $0.notifications(waitingUpTo: .seconds(20)) }.map(\.payload) == ["end"])
    }

    @Test func `appends do not wait for each other, nor for the worker that goes to sleep`() async throws {
        let first = try await HeldTransaction(on: connect())
        _ = try await first.run { try OutboxWriter(service: "organization").append([try .thing()], in: $0, context: .test) }
        let second = try await connect()
        try await second.run("set lock_timeout = '1s'")
        try await second.append([try .thing(.id(2))])
        // An append in hand shares the lock, so a worker that wants to sleep is refused and looks once more.
        let asleep = "select pg_try_advisory_lock(hashtextextended('saasctl.outbox.sleep', 0))" as SQL
        #expect(try await second.value(asleep, as: Bool.self) == false)
        try await first.commit()
        #expect(try await second.value(asleep, as: Bool.self))
    }

    @Test func `the role that runs commands may add and read, and nothing else`() async throws {
        let database = try await connect()
        try await database.append([try .thing()])
        for statement in [
            "update outbox set actor = 'x'", "delete from outbox", "truncate outbox", "update outbox_partitions set upper = 5",
            "insert into outbox_partitions values ('x', 1, 2)", "drop table outbox_default", "create table t ()",
            "alter table outbox add column c int",
        ] {
            let error = try await #require(throws: PostgresError.self, "\(statement)") { try await database.run(SQL(unsafeRaw: statement)) }
            #expect(error.sqlState == .insufficientPrivilege, "\(statement)")
        }
        #expect(try await database.value("select count(*) from outbox", as: Int.self) == 1)
    }
}
