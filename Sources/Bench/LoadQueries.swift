import Postgres

/// The statements that make a load, set by set, and true in every column: ids in the order of time, sequences that rise by one, the hash over
/// all that it covers (docs/outbox.md).
enum LoadQueries {
    /// Functions of the session that loads.
    static let functions = """
        create function pg_temp.field(bytes bytea) returns bytea language sql immutable as
            $$ select case when bytes is null then int4send(-1) else int4send(octet_length(bytes)) || bytes end $$;
        create function pg_temp.uuid7(milliseconds text, random uuid) returns uuid language sql immutable as
            $$ select (substr(milliseconds, 1, 8) || '-' || substr(milliseconds, 9, 4) || '-7' || substr(random::text, 16))::uuid $$;
        """

    /// The events of the units `first` to `last` in the outbox of one service.
    ///
    /// A unit happens a millisecond after the one before it. `offset 0` keeps the planner from making the ids anew wherever they are used.
    static func insert(_ events: [LoadedEvent], of service: String, first: Int, last: Int) -> Query<Void> {
        let values = events.enumerated().map { nth, event in
            "(\(nth), '\(event.type)', \(event.subject), \(event.sequence)::bigint, \(event.organization ?? "null::uuid"), \(event.data), \(event.every))"
        }
        let start: SQL = "(1767225600000 + n)"
        return Query(
            """
            insert into outbox (id, type, subject, sequence, time, organization_id, correlation_id, actor, data, hash)
            select id, type, subject, sequence, time, organization, correlation, 'operator:bench', data::json,
                sha256('\\x01'::bytea || pg_temp.field(uuid_send(id)) || pg_temp.field(convert_to(\(service)::text, 'UTF8'))
                    || pg_temp.field(convert_to(type, 'UTF8')) || pg_temp.field(uuid_send(subject)) || pg_temp.field(int8send(sequence))
                    || pg_temp.field(timestamptz_send(time)) || pg_temp.field(uuid_send(organization))
                    || pg_temp.field(uuid_send(correlation)) || pg_temp.field(null) || pg_temp.field('operator:bench')
                    || pg_temp.field(null) || pg_temp.field(convert_to(data, 'UTF8')))
            from (
                select pg_temp.uuid7(u.hex, gen_random_uuid()) as id, t.type, t.subject, t.sequence, u.time, t.organization, u.correlation, t.data,
                    u.n, t.nth
                from (
                    select n, h.hex, timestamptz 'epoch' + \(fragment: start) * interval '1 millisecond' as time,
                        pg_temp.uuid7(h.hex, gen_random_uuid()) as a, pg_temp.uuid7(h.hex, gen_random_uuid()) as b,
                        pg_temp.uuid7(h.hex, gen_random_uuid()) as c, pg_temp.uuid7(h.hex, gen_random_uuid()) as d,
                        pg_temp.uuid7(h.hex, gen_random_uuid()) as e,
                        pg_temp.uuid7(h.hex, gen_random_uuid()) as f, pg_temp.uuid7(h.hex, gen_random_uuid()) as g,
                        pg_temp.uuid7(h.hex, gen_random_uuid()) as correlation
                    from generate_series(\(first)::bigint, \(last)::bigint) as n
                    cross join lateral (select lpad(to_hex(\(fragment: start)), 12, '0') as hex) as h
                    offset 0
                ) as u
                cross join lateral (values \(unsafeRaw: values.joined(separator: ", ")))
                    as t (nth, type, subject, sequence, organization, data, every)
                where u.n % t.every = 0
                offset 0
            ) as e
            order by n, nth
            """)
    }

    /// Bits that the first reader would otherwise have to set, and statistics.
    static func vacuum() -> Query<Void> {
        Query("vacuum analyze outbox")
    }

    static func checkpoint() -> Query<Void> {
        Query("checkpoint")
    }

    static func extend() -> Query<Int> {
        Query("select outbox_extend()") { try $0.get(0) }
    }

    /// How many events there are behind a position, and the sum of their positions.
    static func content(after position: Int64) -> Query<EventSet> {
        Query("select count(*), coalesce(sum(position), 0)::bigint from outbox where position > \(position)") {
            EventSet(events: try $0.get(0), positions: try $0.get(1))
        }
    }

    /// What the audit log has of a service.
    static func recorded(of service: String) -> Query<EventSet> {
        Query("select count(*), coalesce(sum(position), 0)::bigint from entries where source = \(service)") {
            EventSet(events: try $0.get(0), positions: try $0.get(1))
        }
    }

    static func lettersAside() -> Query<Int> {
        Query("select count(*) from dead_letters") { try $0.get(0) }
    }

    static func lastPosition() -> Query<Int64> {
        Query("select coalesce(max(position), 0) from outbox") { try $0.get(0) }
    }
}

/// What tells two sets of events apart.
struct EventSet: Sendable, Hashable {
    let events: Int
    let positions: Int64
}
