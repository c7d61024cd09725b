import FoundationEssentials
import Kernel
import Postgres

/// The statements behind ``DeadLetterStore`` and ``DeadLetterDesk``.
enum DeadLetterQueries {
    static let columns: SQL = """
        turn, consumer, source, state, attempts, due_at, attempted_at, parked_at, error_code, error, error_detail,
        \(fragment: StoredEvent.columns)
        """

    static func letter(_ row: Row) throws -> DeadLetter {
        let code = try row.get(8, as: String?.self)
        let fault = try code.map { DeadLetter.Fault(code: $0, message: try row.get(9), detail: try row.get(10)) }
        return DeadLetter(
            turn: try row.get(0), consumer: try row.get(1),
            event: try StoredEvent(row, source: try row.get(2), startingAt: 11), state: try row.get(3), attempts: try row.get(4),
            dueAt: try row.get(5), attemptedAt: try row.get(6), parkedAt: try row.get(7),
            error: fault)
    }

    static func exists(consumer: String, source: String) -> Query<Bool> {
        Query("select exists (select from dead_letters where consumer = \(consumer) and source = \(source))")
    }

    static func blocked(_ subjects: [UUID], consumer: String, source: String) -> Query<UUID> {
        Query(
            """
            select s.id from unnest(\(subjects)) as s (id)
            where exists (select from dead_letters as d where d.consumer = \(consumer) and d.source = \(source) and d.subject = s.id)
            """)
    }

    static func insert(_ entries: [DeadLetterStore.Entry], consumer: String, at now: Timestamp, source: String) -> Query<Void> {
        let events = entries.map(\.event)
        return Query(
            """
            insert into dead_letters (consumer, source, state, attempts, due_at, attempted_at, parked_at, error_code, error, error_detail,
                position, id, type, subject, sequence, time, organization_id, correlation_id, causation_id, actor, traceparent, data, hash)
            select \(consumer), \(source), state, (code is not null)::int, due_at, case when code is not null then \(now)::timestamptz end,
                \(now)::timestamptz, code, error, detail,
                position, id, type, subject, sequence, time, organization_id, correlation_id, causation_id, actor, traceparent, data::json, hash
            from unnest(\(entries.map(\.state.rawValue)), \(entries.map(\.dueAt)), \(entries.map { $0.fault?.code }),
                \(entries.map { $0.fault?.message }), \(entries.map { $0.fault?.detail }),
                \(events.map(\.position)), \(events.map(\.id)), \(events.map(\.type)), \(events.map(\.subject)), \(events.map(\.sequence)),
                \(events.map(\.time)), \(events.map(\.organizationId)), \(events.map(\.correlationId)), \(events.map(\.causationId)),
                \(events.map(\.actor)), \(events.map(\.traceparent)), \(events.map(\.data)), \(events.map { Bytea($0.hash) }))
                with ordinality as e (state, due_at, code, error, detail, position, id, type, subject, sequence, time, organization_id,
                    correlation_id, causation_id, actor, traceparent, data, hash, nth)
            order by nth
            """)
    }

    static func ready(at now: Timestamp, horizon: Timestamp, limit: Int, consumer: String, source: String) -> Query<DeadLetter> {
        Query(
            """
            select \(fragment: columns) from dead_letters as d
            where d.consumer = \(consumer) and d.source = \(source) and d.subject = any(array(
                select h.subject from (\(fragment: heads(consumer, "\(source)"))) as h
                where h.state = 'parked' or h.state = 'retrying' and (h.due_at <= \(now) or h.due_at > \(horizon))
                order by h.turn limit \(limit)))
            order by d.turn limit \(limit) for update
            """, letter)
    }

    /// The first letters of the aggregates: one walk through an index, whatever the planner believes about a table that was never analysed.
    private static func heads(_ consumer: String, _ source: SQL) -> SQL {
        """
        select distinct on (d.subject) d.subject, d.turn, d.state, d.due_at, d.parked_at from dead_letters as d
        where d.consumer = \(consumer) and d.source = \(fragment: source) order by d.subject, d.turn
        """
    }

    static func nextAttempt(consumer: String, source: String) -> Query<Timestamp?> {
        Query(nextAttempt(consumer, "\(source)")) { try $0.get(0) }
    }

    static func nextAttempt(_ consumer: String, _ source: SQL) -> SQL {
        """
        select min(coalesce(h.due_at, h.parked_at)) from (\(fragment: heads(consumer, source))) as h where h.state <> 'dead'
        """
    }

    static func delete(_ turns: [Int64], consumer: String, source: String) -> Query<Void> {
        Query("delete from dead_letters where consumer = \(consumer) and source = \(source) and turn = any(\(turns))")
    }

    static func update(_ letter: DeadLetter, _ fault: DeadLetter.Fault, dueAt: Timestamp?, at now: Timestamp) -> Query<Void> {
        Query(
            """
            update dead_letters set state = \(dueAt == nil ? "dead" : "retrying"), attempts = \(letter.attempts + 1), due_at = \(dueAt),
                attempted_at = \(now), error_code = \(fault.code), error = \(fault.message), error_detail = \(fault.detail)
            where consumer = \(letter.consumer) and source = \(letter.event.source) and turn = \(letter.turn)
            """)
    }

    static func count(consumer: String, source: String) -> Query<DeadLetterCount> {
        Query(counts(consumer, "\(source)")) { try count($0, startingAt: 0) }
    }

    /// Each state by itself and only so far, so that no table is too long for it.
    static func counts(_ consumer: String, _ source: SQL) -> SQL {
        func count(_ state: String) -> SQL {
            """
            (select count(*) from (
                select from dead_letters as d
                where d.consumer = \(consumer) and d.source = \(fragment: source) and d.state = \(state) limit \(DeadLetterCount.limit + 1)) as counted)
            """
        }
        return """
            select \(fragment: count("retrying")) as retrying, \(fragment: count("dead")) as dead, \(fragment: count("parked")) as parked
            """
    }

    static func count(_ row: Row, startingAt index: Int) throws -> DeadLetterCount {
        DeadLetterCount(retrying: try row.get(index), dead: try row.get(index + 1), parked: try row.get(index + 2))
    }
}
