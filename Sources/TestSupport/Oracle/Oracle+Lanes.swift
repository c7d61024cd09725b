import Postgres

/// How far a lane has come, by its newest checkpoint.
struct OracleLane: Sendable {
    let reader: OracleReader
    let source: String
    /// `nil` where it has none.
    let head: Head?
    let letters: [Letter]
    /// Ids of events that an operator has discarded for the lane.
    let discarded: [String]

    struct Head: Sendable {
        let lo: String
        let hi: String?
        let position: Int64
        let events: Int64
    }

    struct Letter: Sendable {
        let position: Int64
        let subject: String
        let sequence: Int64
        /// MD5 of the envelope.
        let digest: String
    }

    var name: String { "\(reader.name)<\(source)" }

    /// A condition on `outbox`: the lane is past the event.
    func passed() -> SQL {
        guard let head else { return "false" }
        guard let hi = head.hi else { return "pg_visible_in_snapshot(txid, \(head.lo)::pg_snapshot)" }
        return """
            (pg_visible_in_snapshot(txid, \(head.lo)::pg_snapshot)
                or position <= \(head.position) and pg_visible_in_snapshot(txid, \(hi)::pg_snapshot))
            """
    }
}

extension Oracle {
    func lane(_ reader: OracleReader, _ source: String) async throws -> OracleLane {
        let database = try database(reader.service)
        let discarded = try await discards(reader, source)
        let (head, letters) = try await database.session { session in
            let head = try session.first(
                Query(
                    """
                    select lo::text, hi::text, position, events from checkpoints where consumer = \(reader.name) and source = \(source)
                    order by seq desc limit 1
                    """
                ) { OracleLane.Head(lo: try $0.get(0), hi: try $0.get(1), position: try $0.get(2), events: try $0.get(3)) })
            let letters = try session.all(
                Query(
                    """
                    select position, subject::text, sequence, md5(row(\(fragment: Self.envelope))::text) from dead_letters
                    where consumer = \(reader.name) and source = \(source) order by turn
                    """
                ) { OracleLane.Letter(position: try $0.get(0), subject: try $0.get(1), sequence: try $0.get(2), digest: try $0.get(3)) })
            return (head, letters)
        }
        return OracleLane(reader: reader, source: source, head: head, letters: letters, discarded: discarded)
    }

    /// What operators have discarded, from the events that tell of it.
    private func discards(_ reader: OracleReader, _ source: String) async throws -> [String] {
        let mine: SQL = """
            type like 'saas.letter.discarded.v%' and data ->> 'consumer' = \(reader.name) and data ->> 'source' = \(source)
            """
        var ids: [String] = try await database(reader.service).fetch("select data ->> 'event_id' from outbox where \(fragment: mine)")
        if let audit = databases["audit"] {
            ids += try await audit.fetch("select data ->> 'event_id' from entries where source = \(reader.service) and \(fragment: mine)")
        }
        return Array(Set(ids))
    }

    /// What was dropped of an outbox, as a condition on `position` that holds in other databases too.
    func dropped(from source: String) async throws -> SQL {
        let bounds = try await database(source).session { session in
            try session.all(
                Query("select lower, upper from outbox_drops order by lower") {
                    (try $0.get(0, as: Int64.self), try $0.get(1, as: Int64.self))
                })
        }
        return """
            exists (select from unnest(\(bounds.map(\.0)), \(bounds.map(\.1))) as gone (lower, upper)
                where position >= gone.lower and position < gone.upper)
            """
    }

    /// The counts of a checkpoint, and that nothing is left.
    func checkpoints(_ lane: OracleLane) async throws -> [String] {
        let source = try database(lane.source)
        let passed = lane.passed()
        let (seen, left, gone) = try await source.session { session in
            try session.one(
                Query(
                    """
                    select count(*) filter (where \(fragment: passed)), count(*) filter (where not \(fragment: passed)),
                        (select coalesce(sum(events), 0)::bigint from outbox_drops)
                    from outbox
                    """
                ) { (try $0.get(0, as: Int64.self), try $0.get(1, as: Int64.self), try $0.get(2, as: Int64.self)) })
        }
        var findings: [String] = []
        if left > 0, !standing.contains(lane.name) { findings.append("\(lane.name): \(left) events are not read") }
        guard let head = lane.head else {
            if gone > 0 { findings.append("\(lane.name): has no checkpoint, but \(gone) events were dropped") }
            return findings
        }
        let due = seen + gone + Int64(lost(from: lane.source, to: lane.reader).count)
        if head.events != due { findings.append("\(lane.name): counts \(head.events) events instead of \(due)") }
        let (gaps, tails) = try await database(lane.reader.service).session { session in
            try session.one(
                Query(
                    """
                    select count(*) filter (where step <> 1 or growth < 0), (array_agg(tail order by seq desc))[1] from (
                        select seq, seq - lag(seq, 1, seq - 1) over w as step, events - lag(events, 1, events) over w as growth,
                            (select json_agg(json_build_array(p, i)) from unnest(tail_positions, tail_ids) as t (p, i))::text as tail
                        from checkpoints where consumer = \(lane.reader.name) and source = \(lane.source) window w as (order by seq)) as c
                    """
                ) { (try $0.get(0, as: Int64.self), try $0.get(1, as: String?.self)) })
        }
        if gaps > 0 { findings.append("\(lane.name): checkpoints with a gap, or that go back") }
        let dropped = try await dropped(from: lane.source)
        let strange: Int64 = try await source.fetchOne(
            """
            select count(*) from (select (t ->> 0)::bigint as position, (t ->> 1)::uuid as id
                from json_array_elements(\(tails ?? "[]")::json) as t) as tail
            where not exists (select from outbox as o where o.position = tail.position and o.id = tail.id) and not \(fragment: dropped)
            """)
        if strange > 0 { findings.append("\(lane.name): the checkpoint names \(strange) last events that the source does not have") }
        return findings
    }
}
