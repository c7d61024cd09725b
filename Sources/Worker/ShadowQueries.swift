import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// A table of a read model, by the catalog.
struct ShadowTable: Sendable {
    let name: String
    /// The columns of its primary key.
    let key: [String]
    /// All columns that are not computed.
    let columns: [String]

    var values: [String] { columns.filter { !key.contains($0) } }
    fileprivate var live: SQL { "public.\(identifier: name)" }
    fileprivate var shadow: SQL { "pg_temp.\(identifier: name)" }
    fileprivate var isSame: SQL {
        SQL.joined(key.map { "l.\(identifier: $0) = r.\(identifier: $0)" as SQL }, separator: " and ")
    }
}

/// The statements behind ``ShadowModel``.
enum ShadowQueries {
    /// Memory of the server's session for temporary tables, which nothing else would cache.
    static func makeRoom() -> Query<Void> {
        Query("set temp_buffers = '64MB'")
    }

    static func tables(_ names: [String]) -> Query<ShadowTable> {
        Query(
            """
            select t.name,
                array(select a.attname::text from pg_index as i cross join unnest(i.indkey::int2[]) with ordinality as k (number, nth)
                    join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.number
                    where i.indrelid = c.oid and i.indisprimary order by k.nth),
                array(select a.attname::text from pg_attribute as a
                    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum)
            from unnest(\(names)) with ordinality as t (name, nth)
            join pg_class as c on c.relname = t.name and c.relnamespace = 'public'::regnamespace order by t.nth
            """
        ) { ShadowTable(name: try $0.get(0), key: try $0.get(1), columns: try $0.get(2)) }
    }

    static func copy(_ name: String) -> Query<Void> {
        Query("create temporary table \(identifier: name) (like public.\(identifier: name) including all)")
    }

    static func fillDiscards() -> Query<Void> {
        Query("insert into pg_temp.letter_discards select * from public.letter_discards")
    }

    static func discarded(among ids: [UUID]) -> Query<UUID> {
        Query("select event_id from pg_temp.letter_discards where event_id = any(\(ids))")
    }

    // MARK: Comparing

    /// Compares rows as they are stored: not every type has an equality. The comparison of a row with none is null.
    static func compare(_ table: ShadowTable) -> Query<ReplayReport.Table> {
        let name = table.name
        let key = table.key[0]
        return Query(
            """
            select count(*) filter (where r.\(identifier: key) is null), count(*) filter (where l.\(identifier: key) is null),
                count(*) filter (where l.* *<> r.*)
            from \(fragment: table.live) as l full join \(fragment: table.shadow) as r on \(fragment: table.isSame)
            where r.\(identifier: key) is null or l.\(identifier: key) is null or l.* *<> r.*
            """
        ) {
            ReplayReport.Table(name: name, onlyLive: try $0.get(0), onlyRebuilt: try $0.get(1), differing: try $0.get(2))
        }
    }

    // MARK: Replacing

    static func unlimited() -> Query<Void> {
        Query("set local statement_timeout = 0")
    }

    /// From here on a name without a schema means the live table again, for the consumer too.
    static func liveFirst() -> Query<Void> {
        Query("set local search_path = public, pg_temp")
    }

    static func lock(_ name: String) -> Query<Void> {
        Query("lock table public.\(identifier: name) in share row exclusive mode")
    }

    static func removeSuperfluous(_ table: ShadowTable) -> Query<Void> {
        Query(
            """
            delete from \(fragment: table.live) as l
            where not exists (select from \(fragment: table.shadow) as r where \(fragment: table.isSame))
            """)
    }

    /// In place: other rows may refer to it.
    static func changeDiffering(_ table: ShadowTable) -> Query<Void> {
        let columns = SQL.joined(table.values.map { "\(identifier: $0) = r.\(identifier: $0)" as SQL })
        return Query(
            """
            update \(fragment: table.live) as l set \(fragment: columns)
            from \(fragment: table.shadow) as r where \(fragment: table.isSame) and l.* *<> r.*
            """)
    }

    static func addMissing(_ table: ShadowTable) -> Query<Void> {
        let columns = SQL.joined(table.columns.map { "\(identifier: $0)" as SQL })
        return Query(
            """
            insert into \(fragment: table.live) (\(fragment: columns)) overriding system value
            select \(fragment: columns) from \(fragment: table.shadow) as r
            where not exists (select from \(fragment: table.live) as l where \(fragment: table.isSame))
            """)
    }

    // MARK: Letters

    /// The aggregates whose letters are not the same events in the same order. Where they are the same, the live ones stay, with what is
    /// known of their attempts.
    static func subjects(_ consumer: String, _ source: String) -> Query<UUID> {
        func letters(_ schema: SQL) -> SQL {
            """
            (select subject, array_agg(id order by turn) as ids from \(fragment: schema).dead_letters
            where consumer = \(consumer) and source = \(source) group by subject)
            """
        }
        return Query(
            """
            select coalesce(l.subject, r.subject) from \(fragment: letters("public")) as l
            full join \(fragment: letters("pg_temp")) as r on r.subject = l.subject where l.ids is distinct from r.ids
            """)
    }

    /// - Parameter subjects: `nil` for all.
    static func count(_ schema: SQL, _ consumer: String, _ source: String, _ subjects: [UUID]?) -> Query<Int64> {
        Query(
            """
            select count(*) from \(fragment: schema).dead_letters
            where consumer = \(consumer) and source = \(source) and (\(subjects)::uuid[] is null or subject = any(\(subjects)::uuid[]))
            """)
    }

    static func removeLetters(_ consumer: String, _ source: String, _ subjects: [UUID]) -> Query<Void> {
        Query("delete from public.dead_letters where consumer = \(consumer) and source = \(source) and subject = any(\(subjects))")
    }

    static func addLetters(_ consumer: String, _ source: String, _ subjects: [UUID]) -> Query<Void> {
        let columns: SQL = """
            consumer, source, state, attempts, due_at, attempted_at, parked_at, error_code, error, error_detail, \(fragment: StoredEvent.columns)
            """
        return Query(
            """
            insert into public.dead_letters (\(fragment: columns), waits)
            select \(fragment: columns), row_number() over (partition by subject order by turn) > 1 from pg_temp.dead_letters
            where consumer = \(consumer) and source = \(source) and subject = any(\(subjects)) order by turn
            """)
    }

    static func dropDiscardedLetters() -> Query<Void> {
        Query(
            """
            with late as (
                insert into pg_temp.letter_discards select d.* from pg_temp.dead_letters as l join public.letter_discards as d on d.event_id = l.id
                on conflict do nothing)
            delete from pg_temp.dead_letters where id in (select event_id from public.letter_discards)
            """)
    }

    static func discardsAreKnown() -> Query<Bool> {
        Query(
            """
            select not exists (select from public.letter_discards as l
                where not exists (select from pg_temp.letter_discards as r where r.event_id = l.event_id))
            """)
    }
}
