import Postgres
import TestSupport
import Testing

/// The checkpoint is what guards a lane, not the lock: that may be lost while its holder knows nothing of it.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct LostLockTests {
    /// Lets go of all locks of the first session that counts events, as a pooler does that hands a session on, and holds it there.
    private static let point = KillPoint(
        testDescription: "with its lock lost", service: "analytics",
        arrangement: """
            create sequence firsts;
            grant usage on sequence firsts to public;
            create function lose_lock() returns trigger language plpgsql set lock_timeout = 0 as $$ begin
              if nextval('firsts') = 1 then
                perform pg_advisory_unlock_all();
                perform pg_advisory_xact_lock_shared(7040);
              end if;
              return null;
            end $$;
            create trigger lose_lock before insert on event_counts for each statement execute function lose_lock();
            """, obstacle: KillPoint.closed)

    @Test func `a chunk whose lane was taken by another meanwhile is undone`() async throws {
        let databases = TestDatabases.current
        let load = try await Load(seed: 31, on: databases)
        try await load.write(transactions: 40)
        let held = try await HeldWorker(at: Self.point)
        try await withCommandLine(databases) { cli in
            let late = try await cli.run("worker", "run") { _ in
                _ = try await held.untilBlocked()
                let other = try await cli.run("worker", "run")
                #expect(other.status == 0, "\(other)")
                let counted = try await held.connection.fetchOne("select coalesce(sum(events), 0) > 0 from event_counts", as: Bool.self)
                #expect(counted, "the other one has taken the lane")
                try await held.letGo()
            }
            #expect(late.status == 0, "\(late)")
            #expect(try await cli.run("worker", "run").status == 0)
        }
        try await Oracle.check()
    }
}
