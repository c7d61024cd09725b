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
            insert into dead_letters (consumer, source, state, waits, attempts, due_at, attempted_at, parked_at, error_code, error, error_detail,
                position, id, type, subject, sequence, time, organization_id, correlation_id, causation_id, actor, traceparent, data, hash)
            select \(consumer), \(source), state, state = 'parked' and (row_number() over (partition by subject order by nth) > 1
                    or exists (select from dead_letters as d where d.consumer = \(consumer) and d.source = \(source) and d.subject = e.subject)),
                (code is not null)::int, due_at, case when code is not null then \(now)::timestamptz end,
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

    /// Rows are taken by where they lie: by their keys, the planner walks through the lane where it does not know how large it is.
    static func ready(at now: Timestamp, horizon: Timestamp, limit: Int, consumer: String, source: String) -> Query<DeadLetter> {
        let lane = DeadLetterLane(consumer: consumer, source: "\(source)")
        return Query(
            """
            with heads as materialized (
                select subject, turn from (
                    (\(fragment: lane.due("d.subject, d.turn", "d.due_at <= \(now)", limit: limit)))
                    union all
                    (\(fragment: lane.due("d.subject, d.turn", "d.due_at > \(horizon)", limit: limit)))
                    union all
                    (\(fragment: lane.freed("d.subject, d.turn", limit: limit)))
                ) as found order by turn limit \(limit)
            )
            select \(fragment: columns) from dead_letters as d
            where d.ctid = any(array(
                select b.row from heads cross join lateral (
                    select b.ctid as row from dead_letters as b
                    where b.consumer = \(consumer) and b.source = \(source) and b.subject = heads.subject
                    order by b.turn limit (select greatest(1, \(limit) / count(*)) from heads)) as b))
            order by d.turn for update
            """, letter)
    }

    static func nextAttempt(consumer: String, source: String) -> Query<Timestamp?> {
        Query(nextAttempt(consumer, "\(source)")) { try $0.get(0) }
    }

    static func nextAttempt(_ consumer: String, _ source: SQL) -> SQL {
        let lane = DeadLetterLane(consumer: consumer, source: source)
        return """
            select min(h.at) from (
                (\(fragment: lane.due("d.due_at as at", "true", limit: 1))) union all (\(fragment: lane.freed("d.parked_at as at", limit: 1)))) as h
            """
    }

    // MARK: Order

    /// Locks the first letter of each of the aggregates, so that it stays until the transaction ends.
    ///
    /// - Returns: the aggregates that have one.
    static func lockFirst(of subjects: [UUID], consumer: String, source: String) -> Query<UUID> {
        Query(
            """
            select d.subject from dead_letters as d
            where d.ctid = any(array(select first.row from \(fragment: first(of: subjects, consumer, source))))
            order by d.turn for key share
            """
        ) { try $0.get(0) }
    }

    /// Lets the first letter of each of the aggregates wait for nothing.
    static func free(_ subjects: [UUID], consumer: String, source: String) -> Query<Void> {
        Query(
            """
            update dead_letters as d set waits = false
            where d.waits and d.ctid = any(array(select first.row from \(fragment: first(of: subjects, consumer, source))))
            """)
    }

    /// Those of the aggregates whose first letter waits, for nothing.
    static func held(among subjects: [UUID], consumer: String, source: String) -> Query<UUID> {
        Query("select s.id from \(fragment: first(of: subjects, consumer, source)) where first.waits") { try $0.get(0) }
    }

    private static func first(of subjects: [UUID], _ consumer: String, _ source: String) -> SQL {
        """
        unnest(\(subjects)) as s (id) cross join lateral (
            select f.ctid as row, f.waits from dead_letters as f
            where f.consumer = \(consumer) and f.source = \(source) and f.subject = s.id order by f.turn limit 1) as first
        """
    }

    static func delete(_ turns: [Int64], consumer: String, source: String) -> Query<Void> {
        Query("delete from dead_letters where consumer = \(consumer) and source = \(source) and turn = any(\(turns))")
    }

    static func update(_ letter: DeadLetter, _ fault: DeadLetter.Fault, dueAt: Timestamp?, at now: Timestamp) -> Query<Void> {
        Query(
            """
            update dead_letters set state = \(dueAt == nil ? "dead" : "retrying"), waits = false, attempts = \(letter.attempts + 1), due_at = \(dueAt),
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

/// The letters of a lane that may be tried, each by an index that has no others.
private struct DeadLetterLane {
    let consumer: String
    let source: SQL

    /// Those that were tried and are tried again at a time that meets a condition, the earliest first.
    func due(_ columns: SQL, _ condition: SQL, limit: Int) -> SQL {
        """
        select \(fragment: columns) from dead_letters as d
        where \(fragment: isHere) and d.state = 'retrying' and \(fragment: condition) and \(fragment: isFirst)
        order by d.due_at, d.turn limit \(limit)
        """
    }

    /// Those whose turn has come because what they waited for is gone.
    func freed(_ columns: SQL, limit: Int) -> SQL {
        """
        select \(fragment: columns) from dead_letters as d
        where \(fragment: isHere) and d.state = 'parked' and not d.waits and \(fragment: isFirst)
        order by d.parked_at, d.turn limit \(limit)
        """
    }

    /// As the indexes have it.
    private var isHere: SQL { "(d.consumer || '<' || d.source) = (\(consumer)::text || '<' || \(fragment: source)::text)" }

    private var isFirst: SQL {
        """
        not exists (select from dead_letters as e
            where e.consumer = d.consumer and e.source = d.source and e.subject = d.subject and e.turn < d.turn)
        """
    }
}
