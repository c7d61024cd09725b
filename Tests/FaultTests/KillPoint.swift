import Postgres
import TestSupport
import Testing

/// A step of a worker's transaction at which the test holds it, by locks of its own, to kill it there.
struct KillPoint: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Whose database has the transaction.
    let service: String
    /// What the test adds to that database first, as its superuser.
    var arrangement: String?
    /// What the worker is made to wait for.
    let obstacle: SQL
    /// Whether the transaction commits once the obstacle is gone, although nobody waits for its answer any more.
    var commitsAfterwards = false
    /// Ends the session while it waits, so that the transaction cannot commit.
    var terminates = false

    /// Makes the session that writes the checkpoint of this chunk of the organization service's events wait for ``closed``: at once, or when it commits.
    private static func gate(onChunk sequence: Int, of consumer: String, atCommit: Bool) -> String {
        """
        create function gate() returns trigger language plpgsql set lock_timeout = 0 as $$
          begin perform pg_advisory_xact_lock_shared(7040); return null; end $$;
        create constraint trigger gate after insert on checkpoints \(atCommit ? "deferrable initially deferred" : "")
            for each row when (new.consumer = '\(consumer)' and new.source = 'organization' and new.seq = \(sequence)) execute function gate();
        """
    }

    /// What ``gate(onChunk:of:atCommit:)`` waits for.
    static let closed: SQL = "select pg_advisory_xact_lock(7040)"

    static let midWindow = KillPoint(
        testDescription: "in the middle of a window", service: "analytics",
        arrangement: gate(onChunk: 2, of: "analytics", atCommit: false), obstacle: closed)

    static let all: [KillPoint] = [
        KillPoint(
            testDescription: "after reading, before anything is written", service: "audit", obstacle: "lock table entries in exclusive mode"
        ),
        // Somebody else is writing an entry of the same key: COPY has the rows before it in the table, and waits in the index.
        KillPoint(
            testDescription: "in mid-COPY", service: "audit",
            obstacle: """
                insert into entries (source, ordinal, position, id, type, subject, sequence, time, correlation_id, actor, data, hash)
                select 'organization', 20, 1000000, gen_random_uuid(), 'saas.rival.v1', gen_random_uuid(), 1, now(), gen_random_uuid(), 'rival',
                    '{}', sha256('')
                """),
        KillPoint(
            testDescription: "with the effects written, before the checkpoint", service: "analytics",
            obstacle: "lock table checkpoints in exclusive mode"),
        KillPoint(
            testDescription: "with the events of its own written, before the checkpoint", service: "billing",
            obstacle: "lock table checkpoints in exclusive mode"),
        KillPoint(
            testDescription: "with the checkpoint written, before the commit", service: "analytics",
            arrangement: gate(onChunk: 1, of: "analytics", atCommit: false), obstacle: closed),
        KillPoint(
            testDescription: "in the commit, which does not happen", service: "analytics",
            arrangement: gate(onChunk: 1, of: "analytics", atCommit: true), obstacle: closed, terminates: true),
        KillPoint(
            testDescription: "in the commit, which happens, before its answer", service: "analytics",
            arrangement: gate(onChunk: 1, of: "analytics", atCommit: true), obstacle: closed, commitsAfterwards: true),
        KillPoint(
            testDescription: "in the commit of the audit log, before its answer", service: "audit",
            arrangement: gate(onChunk: 1, of: "audit", atCommit: true), obstacle: closed, commitsAfterwards: true),
        midWindow,
        KillPoint(
            testDescription: "in the middle of a window, in the commit before its answer", service: "audit",
            arrangement: gate(onChunk: 2, of: "audit", atCommit: true), obstacle: closed, commitsAfterwards: true),
        KillPoint(testDescription: "while leaves are made", service: "audit", obstacle: "lock table leaf_runs in exclusive mode"),
    ]
}
