import Postgres

extension Oracle {
    /// The fields of an event, by their names in `outbox`, `entries` and `dead_letters` alike.
    static let envelope: SQL = """
        position, id, type, subject, sequence, time, organization_id, correlation_id, causation_id, actor, traceparent, data::text, hash
        """

    /// One outbox by itself: its hashes, its aggregates' numbers, and that nothing lies where partitions were dropped.
    func outbox(_ source: String) async throws -> [String] {
        let database = try database(source)
        var findings: [String] = []
        if checksHashes {
            let forged: [Int64] = try await database.fetch(
                "select position from outbox where hash is distinct from \(fragment: Self.hash(source: source)) order by position limit 3")
            if !forged.isEmpty { findings.append("\(source).outbox: events whose hash is not theirs, at \(forged)") }
        }
        // What was dropped leaves an aggregate's numbers to begin anywhere, and a rebase that accepts a loss has them go on higher up.
        let gaps: [String] = try await database.fetch(
            """
            select subject || ' #' || sequence from (
                select subject, sequence, sequence - lag(sequence, 1, case when dropped then sequence - 1 else 0 end)
                    over (partition by subject order by position) as step
                from outbox, (select exists (select from outbox_drops) as dropped) as d) as s
            where step not in \(fragment: Self.steps) limit 3
            """)
        if !gaps.isEmpty { findings.append("\(source).outbox: the events of an aggregate do not rise by one at \(gaps)") }
        let risen: Int64 = try await database.fetchOne(
            "select count(*) from outbox join outbox_drops on position >= lower and position < upper")
        if risen > 0 { findings.append("\(source).outbox: \(risen) events where a partition was dropped") }
        return findings
    }

    /// By how much the number of an aggregate's event may be above that of the one before: by one, and by what rebases between them have raised.
    static let steps: SQL = """
        (with totals (total) as (
            select 0::bigint union select (sum(raised_by) over (order by id))::bigint from outbox_rebases where raised_by > 0)
        select distinct 1 + b.total - a.total from totals as a join totals as b on a.total <= b.total)
        """

    /// SHA-256 over the envelope, as docs/outbox.md describes it.
    static func hash(source: String) -> SQL {
        func text(_ field: SQL) -> SQL {
            "coalesce(int4send(octet_length(convert_to(\(fragment: field), 'UTF8'))) || convert_to(\(fragment: field), 'UTF8'), int4send(-1))"
        }
        func id(_ field: SQL) -> SQL { "coalesce(int4send(16) || uuid_send(\(fragment: field)), int4send(-1))" }
        let fields: [SQL] = [
            "'\\x01'::bytea", id("id"), text("\(source)::text"), text("type"), id("subject"), "int4send(8) || int8send(sequence)",
            "int4send(8) || timestamptz_send(time)", id("organization_id"), id("correlation_id"), id("causation_id"), text("actor"),
            text("traceparent"), text("data::text"),
        ]
        return "sha256(\(fragment: SQL.joined(fields, separator: " || ")))"
    }
}
