import Postgres

extension Oracle {
    /// The audit log: every event of its sources is an entry, every entry a leaf, every head the root of its tree.
    func log(_ reader: OracleReader) async throws -> [String] {
        let audit = try database(reader.service)
        var findings: [String] = []
        for source in sources(of: reader) {
            let dropped = try await dropped(from: source)
            let passed = try await lane(reader, source).passed()
            findings += try await difference(
                "\(source).outbox and the log", try database(source), "(select * from outbox where \(fragment: passed)) as events", audit,
                "(select * from entries where source = \(source) and not \(fragment: dropped) and id <> all (\(lost[source] ?? []))) as events"
            )
            let kept: Int = try await audit.fetchOne(
                "select count(*) from entries where source = \(source) and id = any (\(lost[source] ?? []))")
            if kept != lost[source]?.count ?? 0 { findings.append("the log: has \(kept) of what \(source) has lost") }
            findings += try await drops(of: source, recordedBy: audit)
        }
        let lost = lost.values.flatMap(\.self)
        var steps: [(source: String, step: Int64)] = []
        for source in sources(of: reader) {
            steps += try await database(source).fetch("select step::bigint from \(fragment: Self.steps) as s (step)").map { (source, $0) }
        }
        let (stepping, allowed) = (steps.map(\.source), steps.map(\.step))
        let gaps = try await audit.session { session in
            try session.one(
                Query(
                    """
                    select (select count(*) from (select ordinal - row_number() over (partition by source order by ordinal) as d from entries) as o where d <> 0),
                        (select count(*) from (select leaf - row_number() over (order by leaf) as d from leaves) as l where d <> -1),
                        (select count(*) from (
                            select source, sequence - lag(sequence, 1, 0) over (partition by source, subject order by ordinal) as step
                            from entries where id <> all (\(lost))) as s
                            where (source, step) not in (select * from unnest(\(stepping), \(allowed)))),
                        (select count(*) from entries full join leaves using (source, ordinal) where leaf is null or position is null)
                    """
                ) { row in try (0..<4).map { try row.get($0, as: Int64.self) } })
        }
        for (count, what) in zip(
            gaps,
            [
                "ordinals are not dense", "leaves are not dense", "events of aggregates do not rise by one in the order of the log",
                "entries without a leaf, or leaves without an entry",
            ]) where count > 0
        { findings.append("the log: \(what) (\(count))") }
        return try await findings + heads(audit)
    }

    /// Compares count, sum of positions and contents of the same events in two places, in blocks, so that any number of them can be compared.
    private func difference(_ what: String, _ left: Connection, _ one: SQL, _ right: Connection, _ other: SQL) async throws -> [String] {
        func blocks(_ events: SQL) -> SQL {
            """
            select concat_ws(' ', position / 8192, count(*), sum(position), md5(string_agg(md5(row(\(fragment: Self.envelope))::text), '' order by position)))
            from \(fragment: events) group by position / 8192
            """
        }
        let originals: [String] = try await left.fetch(blocks(one))
        let copies: [String] = try await right.fetch(blocks(other))
        guard Set(originals) != Set(copies) else { return [] }
        let block = Set(originals).symmetricDifference(copies).compactMap { Int64($0.prefix { $0 != " " }) }.min() ?? 0
        func events(_ events: SQL) -> SQL {
            "select position || ' ' || md5(row(\(fragment: Self.envelope))::text) from \(fragment: events) where position / 8192 = \(block)"
        }
        let differing = Set(try await left.fetch(events(one), as: String.self)).symmetricDifference(try await right.fetch(events(other)))
        let positions = Set(differing.compactMap { Int64($0.prefix { $0 != " " }) }).sorted()
        return ["\(what) differ, first at \(positions.prefix(3))"]
    }

    /// What was dropped is in the log, by its number and its hash.
    private func drops(of source: String, recordedBy audit: Connection) async throws -> [String] {
        let drops = try await database(source).session { session in
            try session.all(
                Query("select name, lower, upper, events || ' ' || encode(hash, 'hex') from outbox_drops order by lower") {
                    (
                        try $0.get(0, as: String.self), try $0.get(1, as: Int64.self), try $0.get(2, as: Int64.self),
                        try $0.get(3, as: String.self)
                    )
                })
        }
        var findings: [String] = []
        for (name, lower, upper, recorded) in drops {
            let kept: String = try await audit.fetchOne(
                """
                select coalesce(sum(events), 0) || ' ' || encode(sha256(coalesce(string_agg(digest, ''::bytea order by block), ''::bytea)), 'hex') from (
                    select (position - \(lower)) / 8192 as block, count(*) as events,
                        sha256(string_agg(int8send(position) || hash, ''::bytea order by position)) as digest
                    from entries where source = \(source) and position >= \(lower) and position < \(upper) group by block) as blocks
                """)
            if kept != recorded { findings.append("\(source).\(name): dropped, and the log does not have the same") }
        }
        return findings
    }

    /// RFC 9162's tree (section 2.1.1), computed from the entries: the complete subtrees level by level, and each root from those that its
    /// size is made of.
    private func heads(_ audit: Connection) async throws -> [String] {
        try await audit.session { session in
            try session.script(
                """
                drop table if exists pg_temp.oracle_nodes;
                create temp table oracle_nodes (level int, n bigint, hash bytea, primary key (level, n));
                insert into oracle_nodes select 0, leaf, sha256('\\x0001'::bytea || substr(int4send(octet_length(source)), 4)
                  || convert_to(source, 'UTF8') || int8send(position) || e.hash) from leaves join entries as e using (source, ordinal);
                create or replace function pg_temp.oracle_grow() returns void language plpgsql as $$
                declare
                  below int := 0;
                begin
                  loop
                    insert into pg_temp.oracle_nodes select below + 1, l.n / 2, sha256('\\x01'::bytea || l.hash || r.hash)
                      from pg_temp.oracle_nodes as l join pg_temp.oracle_nodes as r on r.level = below and r.n = l.n + 1
                      where l.level = below and l.n % 2 = 0;
                    exit when not found;
                    below := below + 1;
                  end loop;
                end $$;
                create or replace function pg_temp.oracle_root(size bigint) returns bytea language plpgsql as $$
                declare
                  root bytea;
                  node bytea;
                begin
                  for nth in 0..62 loop
                    continue when (size >> nth) & 1 = 0;
                    select hash into node from pg_temp.oracle_nodes as n where n.level = nth and n.n = (size >> nth) - 1;
                    root := case when root is null then node else sha256('\\x01'::bytea || node || root) end;
                  end loop;
                  return root;
                end $$;
                select pg_temp.oracle_grow();
                analyze oracle_nodes;
                """)
            var findings: [String] = []
            let wrong = try session.all(
                Query<Int64>("select size from tree_heads where root is distinct from pg_temp.oracle_root(size) order by size limit 3"))
            if !wrong.isEmpty { findings.append("the log: heads whose root is another, of sizes \(wrong)") }
            let forged = try session.all(
                Query<Int64>(
                    "select leaf from leaves join oracle_nodes on level = 0 and n = leaf where leaves.hash <> oracle_nodes.hash limit 3"))
            if !forged.isEmpty { findings.append("the log: leaves whose hash is another, \(forged)") }
            let covered = try session.one(Query<Bool>("select coalesce(max(size), 0) = (select count(*) from leaves) from tree_heads"))
            if !covered { findings.append("the log: the newest head does not cover all leaves") }
            let told = try session.one(
                Query<Int64>(
                    """
                    select count(*) from (select (data ->> 'tree_size')::bigint as size, sequence, data ->> 'root_hash' as root from outbox
                        where type like 'saas.audit.head_published.v%') as o
                    left join tree_heads as h using (size) where encode(h.root, 'hex') is distinct from o.root or h.event_sequence <> o.sequence
                    """))
            if told > 0 { findings.append("the log: \(told) heads were told otherwise than they are stored") }
            return findings
        }
    }
}
