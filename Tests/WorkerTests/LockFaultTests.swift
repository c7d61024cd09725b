import FoundationEssentials
import Kernel
import Outbox
import Postgres
import Synchronization
import TestSupport
import Testing
import Worker

/// Errors that are no event's fault, met while a chunk is applied: nothing is parked, no attempt is counted, and all is applied after.
@Suite(.databases("billing", "organization"), .hangLimit) struct LockFaultTests {
    private func run(_ consumer: LedgerConsumer, statementTimeout: Duration = .seconds(60)) async -> WorkerReport {
        await WorkerRun(
            consumers: [consumer], databases: TestWorkerDatabases(), clock: SystemClock(), statementTimeout: statementTimeout
        ).untilLevel()
    }

    private func letters() async throws -> Int {
        try await connect("billing").value("select count(*) from dead_letters")
    }

    /// The chunks' insertions into the ledger fail where the number of the attempt is among these.
    private func fail(at attempts: String, with state: String) async throws {
        try await connect("billing", as: .owner).session { session in
            try session.script(
                """
                create sequence attempts; grant all on sequence attempts to saasctl_app;
                create function fail() returns trigger language plpgsql as $$ begin
                  if nextval('attempts') in (\(attempts)) then raise sqlstate '\(state)' using message = 'forced'; end if;
                  return null;
                end $$;
                create trigger fail before insert on ledger for each statement execute function fail()
                """)
        }
    }

    @Test(arguments: ["40001", "40P01", "55P03", "53100", "53200", "53300", "58030", "25006", "42501", "XX000"])
    func `what passes by itself is waited for`(state: String) async throws {
        try await LedgerConsumer.prepare()
        // The first chunk, which is a single event, twice in a row; and a part of a later one.
        try await fail(at: "1, 2, 5", with: state)
        for (count, first) in [(1, 1), (1_200, 10)] as [(UInt64, UInt64)] {
            try await ThingChanged.append(count, first: first)
            var report = await run(LedgerConsumer())
            // Nobody knows of a read-only database or a missing right that it passes; a later run finds that out.
            for _ in 0..<2 where report.summary == ["ledger<organization stopped"] {
                #expect(try await letters() == 0)
                report = await run(LedgerConsumer())
            }
            #expect(report.summary == ["ledger<organization level"])
            #expect(report.failure == nil)
        }
        #expect(try await letters() == 0)
        #expect(try await LedgerConsumer.applied() == 1_201)
        try await Oracle.checkLedger()
    }

    @Test func `a cancelled statement is tried again in parts, and alone, before any event is blamed`() async throws {
        try await LedgerConsumer.prepare()
        try await ThingChanged.append(40)
        // Every other attempt, so that each event that stands alone is cancelled once.
        try await fail(at: stride(from: 1, to: 200, by: 2).map(String.init).joined(separator: ", "), with: "57014")
        let report = await run(LedgerConsumer())
        #expect(report.summary == ["ledger<organization level"])
        #expect(try await letters() == 0)
        try await Oracle.checkLedger()
    }

    @Test func `while every statement runs out of time nobody is blamed`() async throws {
        try await LedgerConsumer.prepare()
        try await ThingChanged.append(4)
        let isStalled = Atomic(true)
        let consumer = LedgerConsumer { _, session in
            if isStalled.load(ordering: .relaxed) { try session.run(Query("select pg_sleep(600)")) }
        }
        let report = await run(consumer, statementTimeout: .milliseconds(100))
        #expect(report.summary == ["ledger<organization unavailable"])
        #expect(report.failure?.code.exit == .timedOut)
        #expect(try await letters() == 0)
        #expect(try await LedgerConsumer.checkpoint() == nil)
        isStalled.store(false, ordering: .relaxed)
        #expect(await run(consumer).events == 4)
        try await Oracle.checkLedger()
    }

    @Test func `a table that somebody else has locked is waited for, and no event is blamed`() async throws {
        try await LedgerConsumer.prepare()
        try await ThingChanged.append(4)
        let rival = try await HeldTransaction(on: connect("billing", as: .owner))
        _ = try await rival.run { try $0.run(Query("lock table ledger in access exclusive mode")) }
        let report = await run(LedgerConsumer(), statementTimeout: .milliseconds(200))
        #expect(report.summary == ["ledger<organization unavailable"])
        #expect(report.failure?.code == .databaseBusy)
        #expect(try await letters() == 0)
        try await rival.rollback()
        #expect(await run(LedgerConsumer()).events == 4)
        try await Oracle.checkLedger()
    }

    @Test func `the victim of a deadlock applies its chunk again`() async throws {
        try await LedgerConsumer.prepare()
        try await connect("billing", as: .owner).session { session in
            try session.script("create table rows (id int primary key); insert into rows values (1), (2); grant all on rows to saasctl_app")
        }
        // Who waits first looks for a deadlock first, and is its victim: that has to be the worker, however slow this test is.
        let superuser = try await connect("billing", as: .superuser)
        try await superuser.session { session in
            try session.script(
                "alter role billing_app in database \"\(TestDatabases.current["billing"].name)\" set deadlock_timeout = '2s'")
        }
        try await ThingChanged.append(3)
        let rival = try await HeldTransaction(on: superuser)
        try await rival.run { session in
            try session.script("set local deadlock_timeout = '10min'")
            try session.run(Query("select from rows where id = 2 for update"))
        }
        let tries = Atomic(0)
        let consumer = LedgerConsumer { event, session in
            guard event.subject == .id(1) else { return }
            tries.add(1, ordering: .relaxed)
            try session.run(Query("select from rows where id = 1 for update"))
            try session.run(Query("select from rows where id = 2 for update"))
        }
        async let report = run(consumer)
        let looker = try await connect("billing", as: .superuser)
        let isWaiting = """
            select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')
            """ as SQL
        while try await !looker.value(isWaiting, as: Bool.self) { try await Task.sleep(for: .milliseconds(2)) }
        _ = try await rival.run { try $0.run(Query("select from rows where id = 1 for update")) }
        try await rival.commit()
        #expect(await report.summary == ["ledger<organization level"])
        #expect(tries.load(ordering: .relaxed) == 2)
        #expect(try await letters() == 0)
        try await Oracle.checkLedger()
    }
}
