import FoundationEssentials
import Postgres

extension Oracle {
    /// Everything that a reader has made of the events, against what it should have made.
    func effects(_ reader: OracleReader) async throws -> [String] {
        switch reader.effects {
        case .unknown: return []
        case .log: return try await log(reader)
        case .analytics, .billing, .workflow, .notifications, .sagas, .freezes, .ledger: break
        }
        try await collect(reader)
        let database = try database(reader.service)
        var findings: [String] = []
        for model in reader.models {
            let differences: [String] = try await database.fetch(
                """
                with due as (\(fragment: model.due)), there as (\(fragment: model.there))
                (select 'misses ' || d::text from (select * from due except all select * from there) as d limit 3)
                union all (select 'has ' || t::text from (select * from there except all select * from due) as t limit 3)
                """)
            findings += differences.map { "\(reader.service) \(model.name): \($0)" }
        }
        return findings
    }

    /// Copies into `pg_temp.oracle_due` what the reader has to have applied, and into `oracle_told` what its own service has told.
    private func collect(_ reader: OracleReader) async throws {
        let database = try database(reader.service)
        try await database.session { session in
            try session.script(
                """
                drop table if exists pg_temp.oracle_due, pg_temp.oracle_told;
                create temp table oracle_due (source text, position bigint, id uuid, type text, subject uuid, sequence bigint, time timestamptz,
                  causation_id uuid, actor text, organization_id uuid, data json);
                create temp table oracle_told (like oracle_due);
                """)
        }
        for source in sources(of: reader) {
            let lane = try await lane(reader, source)
            let wanted: SQL = """
                \(fragment: reader.concerns()) and position <> all (\(lane.letters.map(\.position))) and id <> all (\(lane.discarded)::uuid[])
                """
            try await copy(
                from: source, where: wanted, passed: lane.passed(), and: lost(from: source, to: reader), into: "oracle_due", of: database)
        }
        try await copy(
            from: reader.service, where: "regexp_replace(type, '[.]v[0-9]+$', '') = any (\(reader.tells))", passed: "true",
            into: "oracle_told",
            of: database)
        try await database.execute("analyze oracle_due")
        try await database.execute("analyze oracle_told")
    }

    /// What a reader has applied and its source has lost. Who reads the own database has lost the effects and the checkpoint with them.
    func lost(from source: String, to reader: OracleReader) -> [UUID] {
        reader.service == source ? [] : lost[source] ?? []
    }

    /// From the outbox, and from the log what the outbox has dropped, and what it has lost.
    private func copy(
        from source: String, where wanted: SQL, passed: SQL, and lost: [UUID] = [], into table: String, of database: Connection
    ) async throws {
        try await copy("outbox where \(fragment: wanted) and \(fragment: passed)", source, from: try self.database(source), table, database)
        guard let audit = databases["audit"] else { return }
        let dropped = try await dropped(from: source)
        try await copy(
            "entries where source = \(source) and \(fragment: wanted) and (\(fragment: dropped) or id = any (\(lost)))", source,
            from: audit, table, database)
    }

    /// In blocks of at most a thousand events, or of a few megabytes.
    private func copy(_ events: SQL, _ source: String, from other: Connection, _ table: String, _ database: Connection) async throws {
        let blocks: SQL = """
            select json_agg(json_build_object('position', position, 'id', id, 'type', type, 'subject', subject, 'sequence', sequence,
                'time', time, 'causation_id', causation_id, 'actor', actor, 'organization_id', organization_id, 'data', data))::text
            from (select *, sum(octet_length(data::text)) over (order by position) / 4000000 as part,
                    row_number() over (order by position) / 1000 as block from \(fragment: events)) as e
            group by part, block
            """
        let insert: @Sendable (String) -> SQL = { block in
            """
            insert into \(identifier: table) select \(source), e.* from json_to_recordset(\(block)::json) as e (position bigint, id uuid, type text,
                subject uuid, sequence bigint, time timestamptz, causation_id uuid, actor text, organization_id uuid, data json)
            """
        }
        for block in try await other.fetch(blocks, as: String.self) { try await database.execute(insert(block)) }
    }
}

/// What a reader keeps of the events: rows, and the rows that it should have.
struct OracleModel: Sendable {
    let name: String
    let due: SQL
    let there: SQL
}
