import FoundationEssentials
import Kernel
import Postgres

/// The statements behind ``DeadLetterDesk``.
enum DeadLetterDeskQueries {
    /// Names one letter.
    struct Key: Sendable, Hashable {
        let consumer: String
        let source: String
        let turn: Int64
    }

    /// Takes the letters for this transaction, one after the other as a lane does that tries them.
    static func lock(_ filter: DeadLetterFilter, forGood: Bool) -> Query<Key> {
        Query(
            """
            select d.consumer, d.source, d.turn from dead_letters as d where \(fragment: matches(filter))
            order by d.turn for \(unsafeRaw: forGood ? "update" : "no key update")
            """
        ) { Key(consumer: try $0.get(0), source: try $0.get(1), turn: try $0.get(2)) }
    }

    // MARK: Summaries

    static func page(_ filter: DeadLetterFilter, after cursor: PageCursor?, limit: Int) -> Query<DeadLetterSummary> {
        summaries(
            of: """
                select d.*, \(fragment: place("d")) as place from dead_letters as d
                where \(fragment: matches(filter)) and (\(cursor?.time)::timestamptz is null
                    or (d.parked_at, \(fragment: place("d"))) > (\(cursor?.time)::timestamptz, \(cursor?.id)::uuid))
                order by d.parked_at, place limit \(limit)
                """, orderedBy: "c.parked_at, c.place")
    }

    static func summaries(matching filter: DeadLetterFilter) -> Query<DeadLetterSummary> {
        summaries(of: "select d.* from dead_letters as d where \(fragment: matches(filter))", orderedBy: "c.turn")
    }

    static func summaries(_ keys: [Key]) -> Query<DeadLetterSummary> {
        summaries(of: "select d.* from dead_letters as d join \(fragment: table(of: keys))", orderedBy: "c.turn")
    }

    private static func summaries(of chosen: SQL, orderedBy order: SQL) -> Query<DeadLetterSummary> {
        Query(
            """
            select c.consumer, c.source, c.id, c.type, c.subject, c.sequence, c.state, c.attempts, c.due_at, c.error_code, c.parked_at, c.turn,
                c.organization_id, behind.count, head.id, head.type, head.state, head.attempts, head.error_code
            from (\(fragment: chosen)) as c
            cross join lateral (
                select count(*) from dead_letters as b where \(fragment: isInLane("b")) and b.turn > c.turn) as behind (count)
            left join lateral (
                select h.id, h.type, h.state, h.attempts, h.error_code from dead_letters as h
                where c.state = 'parked' and \(fragment: isInLane("h")) and h.turn < c.turn
                order by h.turn limit 1) as head on true
            order by \(fragment: order)
            """, summary)
    }

    /// The letters of the same aggregate in the same lane as `c`.
    private static func isInLane(_ alias: SQL) -> SQL {
        """
        \(fragment: alias).consumer = c.consumer and \(fragment: alias).source = c.source and \(fragment: alias).subject = c.subject
        """
    }

    private static func summary(_ row: Row) throws -> DeadLetterSummary {
        let head = try row.get(14, as: UUID?.self).map { id in
            DeadLetterSummary.Head(
                id: id, type: try row.get(15), state: try row.get(16), attempts: try row.get(17), errorCode: try row.get(18))
        }
        return DeadLetterSummary(
            consumer: try row.get(0), source: try row.get(1), id: try row.get(2), type: try row.get(3), subject: try row.get(4),
            sequence: try row.get(5), state: try row.get(6), attempts: try row.get(7), dueAt: try row.get(8),
            parkedBehind: try row.get(13), errorCode: try row.get(9), since: try row.get(10), turn: try row.get(11),
            organizationId: try row.get(12), waitsFor: head)
    }

    /// Makes one order of the letters of all databases: ``DeadLetterSummary/cursor`` computes the same.
    private static func place(_ alias: SQL) -> SQL {
        """
        (lpad(to_hex(\(fragment: alias).turn), 16, '0')
            || left(encode(sha256(convert_to(\(fragment: alias).consumer || '<' || \(fragment: alias).source, 'UTF8')), 'hex'), 16))::uuid
        """
    }

    // MARK: Details

    static func letters(id: UUID, consumer: String?) -> Query<DeadLetter> {
        Query(
            """
            select \(fragment: DeadLetterQueries.columns) from dead_letters
            where id = \(id) and (\(consumer)::text is null or consumer = \(consumer)::text) order by turn
            """, DeadLetterQueries.letter)
    }

    static func behind(id: UUID, consumer: String?, limit: Int) -> Query<(turn: Int64, waiting: DeadLetterDetail.Waiting)> {
        Query(
            """
            select c.turn, b.id, b.type, b.sequence, b.parked_at from dead_letters as c
            cross join lateral (
                select b.* from dead_letters as b where \(fragment: isInLane("b")) and b.turn > c.turn order by b.turn limit \(limit)) as b
            where c.id = \(id) and (\(consumer)::text is null or c.consumer = \(consumer)::text) order by c.turn, b.turn
            """
        ) { row in
            (
                try row.get(0),
                DeadLetterDetail.Waiting(id: try row.get(1), type: try row.get(2), sequence: try row.get(3), since: try row.get(4))
            )
        }
    }

    // MARK: Changes

    static func makeDue(_ keys: [Key], at now: Timestamp) -> Query<Void> {
        Query(
            """
            update dead_letters as d set state = 'retrying', attempts = 0, due_at = \(now)
            from \(fragment: list(of: keys)) where \(fragment: isKey)
            """)
    }

    static func delete(_ keys: [Key]) -> Query<Void> {
        Query("delete from dead_letters as d using \(fragment: list(of: keys)) where \(fragment: isKey)")
    }

    struct Discards: Sendable {
        let eventId: UUID
        let total: Int64
    }

    /// Counts the events as discarded, once for each time they are given.
    static func countDiscards(_ events: [UUID]) -> Query<Discards> {
        Query(
            """
            insert into letter_discards as n (event_id, discards)
            select id, count(*) from unnest(\(events)) as e (id) group by id order by id
            on conflict (event_id) do update set discards = n.discards + excluded.discards
            returning event_id, discards
            """
        ) { Discards(eventId: try $0.get(0), total: try $0.get(1)) }
    }

    private static func list(of keys: [Key]) -> SQL {
        """
        unnest(\(keys.map(\.consumer))::text[], \(keys.map(\.source))::text[], \(keys.map(\.turn))::int8[]) as k (consumer, source, turn)
        """
    }

    private static func table(of keys: [Key]) -> SQL {
        "\(fragment: list(of: keys)) on \(fragment: isKey)"
    }

    private static let isKey: SQL = "d.consumer = k.consumer and d.source = k.source and d.turn = k.turn"

    private static func matches(_ filter: DeadLetterFilter) -> SQL {
        """
        d.state = any(\(filter.states.map(\.rawValue).sorted())::text[])
            and (\(filter.consumer)::text is null or d.consumer = \(filter.consumer)::text)
            and (\(filter.source)::text is null or d.source = \(filter.source)::text)
            and (\(filter.ids)::uuid[] is null or d.id = any(\(filter.ids)::uuid[]))
            and (\(filter.type)::text is null or d.type = \(filter.type)::text
                or regexp_replace(d.type, '[.]v[0-9]+$', '') = \(filter.type)::text)
            and (\(filter.subject)::uuid is null or d.subject = \(filter.subject)::uuid)
            and (\(filter.organizationId)::uuid is null or d.organization_id = \(filter.organizationId)::uuid)
            and (\(filter.upToTurn)::int8 is null or d.turn <= \(filter.upToTurn)::int8)
        """
    }
}
