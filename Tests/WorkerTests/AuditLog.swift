import FoundationEssentials
import Postgres
import TestSupport
import Testing

/// Looks whether the audit log is whole, with SQL of its own.
enum AuditLog {
    /// Every event of these sources is an entry, every entry a leaf, and the newest head is the root of the tree.
    static func check(sources: [String], sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let audit = try await connect("audit", as: .superuser)
        for source in sources {
            let copied =
                "md5(string_agg(concat_ws(' ', position, id, type, subject, sequence, time, data, encode(hash, 'hex')), ',' order by position))"
                as SQL
            let original = try await connect(source, as: .superuser).value("select \(fragment: copied) from outbox", as: String?.self)
            let entries = try await audit.value("select \(fragment: copied) from entries where source = \(source)", as: String?.self)
            #expect(entries == original, "the entries of \(source)", sourceLocation: sourceLocation)
        }
        let gaps = try await audit.value(
            """
            select (select count(*) from (select ordinal - row_number() over (partition by source order by ordinal) as d from entries) as o where d <> 0)
                + (select count(*) from (select leaf - row_number() over (order by leaf) as d from leaves) as l where d <> -1)
                + (select count(*) from (
                    select sequence - row_number() over (partition by source, subject order by ordinal) as d from entries) as s where d <> 0)
            """, as: Int.self)
        #expect(gaps == 0, "ordinals, leaves and sequences have no gaps", sourceLocation: sourceLocation)
        let unmatched =
            "select count(*) from entries full join leaves using (source, ordinal) where leaf is null or position is null" as SQL
        #expect(try await audit.value(unmatched, as: Int.self) == 0, "one leaf per entry", sourceLocation: sourceLocation)
        try await checkHeads(audit, sourceLocation)
    }

    /// Computes the leaves' hashes from the entries, and each stored root from the leaves: a level is made of pairs, and a node that is
    /// left over goes up as it is, which is RFC 9162's tree (section 2.1.1).
    private static func checkHeads(_ audit: Connection, _ sourceLocation: SourceLocation) async throws {
        try await audit.session { session in
            try session.script(
                """
                create or replace function pg_temp.root(size bigint) returns bytea language plpgsql as $$
                declare
                  level bytea[];
                  above bytea[];
                begin
                  select array_agg(sha256('\\x0001'::bytea || substr(int4send(octet_length(source)), 4) || convert_to(source, 'UTF8')
                      || int8send(position) || e.hash) order by leaf)
                    into level from leaves as l join entries as e using (source, ordinal) where leaf < size;
                  while cardinality(level) > 1 loop
                    select array_agg(case when r.hash is null then l.hash else sha256('\\x01'::bytea || l.hash || r.hash) end order by l.n)
                      into above from unnest(level) with ordinality as l (hash, n)
                      left join unnest(level) with ordinality as r (hash, n) on r.n = l.n + 1 where l.n % 2 = 1;
                    level := above;
                  end loop;
                  return level[1];
                end $$
                """)
            let wrong = try session.all(Query<Int64>("select size from tree_heads where root <> pg_temp.root(size)"))
            #expect(wrong == [], "heads whose root is another", sourceLocation: sourceLocation)
            let sizes = try session.one(Query<Bool>("select coalesce(max(size), 0) = (select count(*) from leaves) from tree_heads"))
            #expect(sizes, "the newest head covers all leaves", sourceLocation: sourceLocation)
        }
    }
}
