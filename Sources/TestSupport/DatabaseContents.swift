public import Postgres

/// What all tables of a database hold, each row with the transaction that wrote it: equal only where nothing was written in between, not
/// even the same values again.
public struct DatabaseContents: Sendable, Equatable, CustomStringConvertible {
    /// By table; partitions count as their table.
    private let tables: [String: Table]

    private struct Table: Sendable, Equatable {
        let rows: Int
        let digest: String
    }

    /// - Parameter connection: of a role that may read everything.
    public init(of connection: Connection) async throws {
        let names = Query<String>(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition")
        tables = try await connection.session { session in
            try session.all(names).reduce(into: [:]) { tables, name in
                tables[name] = try session.one(
                    Query(
                        """
                        select count(*), coalesce(md5(string_agg(line, E'\\n' order by line)), '')
                        from (select xmin::text || t::text as line from \(identifier: name) t) lines
                        """
                    ) { Table(rows: try $0.get(0), digest: try $0.get(1)) })
            }
        }
    }

    /// How many rows a table has.
    ///
    /// - Returns: `nil` where there is no such table.
    public subscript(table: String) -> Int? { tables[table]?.rows }

    /// The tables that are not as they were, sorted.
    public func differences(from before: DatabaseContents) -> [String] {
        Set(tables.keys).union(before.tables.keys).filter { tables[$0] != before.tables[$0] }.sorted()
    }

    /// `users: 2, outbox: 2`, without empty tables.
    public var description: String {
        tables.filter { $0.value.rows > 0 }.map { "\($0.key): \($0.value.rows)" }.sorted().joined(separator: ", ")
    }
}

extension TestDatabases {
    /// What all databases of the test hold, by service.
    public func contents() async throws -> [String: DatabaseContents] {
        var contents: [String: DatabaseContents] = [:]
        for service in services {
            let connection = try await self[service].connect(as: .superuser)
            contents[service] = try await DatabaseContents(of: connection)
            await connection.close()
        }
        return contents
    }
}
