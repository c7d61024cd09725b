import Kernel
import Outbox
import Postgres
import TestSupport

/// What the databases and the registry say about who owns which data, as `docs/data-ownership-matrix.md` has it.
struct OwnershipMatrix {
    struct Table {
        let name: String
        let isView: Bool
        /// What the role of commands and workers may do with it.
        let rights: String
    }

    let modules: [ServiceModule]
    /// By service.
    let tables: [String: [Table]]
    /// That the role of commands and workers may call, and that do what only the owner may; by service.
    let functions: [String: [String]]
    /// Columns in which people were found, by service and table.
    let people: [String: [String: [String]]]

    static func tables(of connection: Connection) async throws -> [Table] {
        let query = Query(
            """
            select c.relname, c.relkind = 'v',
                coalesce((
                    select string_agg(lower(p.privilege_type), ', ' order by array_position(
                        array['SELECT', 'INSERT', 'UPDATE', 'DELETE'], p.privilege_type))
                    from aclexplode(c.relacl) as p where p.grantee = 'saasctl_app'::regrole), ''),
                coalesce((
                    select string_agg(lower(p.privilege_type) || ' of `' || a.attname || '`', ', ' order by a.attnum)
                    from pg_attribute as a cross join lateral aclexplode(a.attacl) as p
                    where a.attrelid = c.oid and p.grantee = 'saasctl_app'::regrole), '')
            from pg_class as c
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
            order by c.relname
            """
        ) { row in
            let rights: [String] = [try row.get(2), try row.get(3)]
            return Table(
                name: try row.get(0), isView: try row.get(1), rights: rights.filter { !$0.isEmpty }.joined(separator: ", "))
        }
        return try await connection.session { try $0.all(query) }
    }

    static func functions(of connection: Connection) async throws -> [String] {
        let query = Query<String>(
            """
            select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef
                and has_function_privilege('saasctl_app', oid, 'execute') order by proname
            """)
        return try await connection.session { try $0.all(query) }
    }

    /// The columns of each table in whose text one of the words is.
    static func columns(holding words: [String], in connection: Connection) async throws -> [String: [String]] {
        var found: [String: [String]] = [:]
        let pattern = words.joined(separator: "|")
        for table in try await tables(of: connection) where !table.isView {
            let query = Query<String>(
                """
                select distinct c.key from \(identifier: table.name) as t cross join lateral jsonb_each_text(to_jsonb(t)) as c
                where c.value ~* \(pattern) order by c.key
                """)
            let columns = try await connection.session { try $0.all(query) }
            if !columns.isEmpty { found[table.name] = columns }
        }
        return found
    }

    // MARK: The document

    var text: String {
        var parts = [
            Self.beginning, "## Who acts on whose events", Self.aboutEvents, matrix, acts, "## Who owns which table", Self.aboutTables,
        ]
        for module in modules {
            let functions = functions[module.name, default: []].filter { !commonFunctions.contains($0) }
            parts += ["### \(module.name)", table(of: module), Self.told(functions)]
        }
        parts += ["### Every database", commonTable, Self.told(commonFunctions)]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private static let beginning = """
        # Who owns which data

        Each service owns one database, and nobody else reads or writes it: its two roles are the only ones that may connect, there is no link from one
        database to another, and `Package.swift` lets no service use another one's code but its events. What a service knows of another one's data,
        it has made of events. `OwnershipTests` hold all of this against databases and code, and write this page:
        `SAASCTL_RECORD_SNAPSHOTS=1 swift test --filter OwnershipTests`.
        """

    private static let aboutEvents = """
        Consumers, and how many types of events each of them acts on, by the service that publishes them. [event-schemas.md](event-schemas.md) tells
        what those say.
        """

    private static let aboutTables = """
        *Own* tables are written by commands, or by a consumer whose work is done once, also where it notes what others have told; nothing makes them
        anew. A *cache* stands beside them and is made of events of others alone; a *read model* is all that its service has. `worker replay` makes both
        anew. Every change is made as `saasctl_app`, with the rights that are named and no others; migrations run as the owner, and nobody else has any
        right. *People* names the columns in which addresses or names of people are, found by a search through all tables behind a story with people of
        unusual names; who is there by an id alone is not named. Operators are in `operations`, with the account that they used and the reason that they
        gave.
        """

    private var services: [String] { modules.map(\.name) }
    private var consumers: [any Consumer] { modules.flatMap(\.consumers) }

    /// The types of a source that a consumer acts on; `nil` for all of them.
    private func types(of consumer: any Consumer, from source: String) -> [String]? {
        guard consumer.sources.contains(source) else { return [] }
        guard let understands = consumer.understands else { return nil }
        return modules.filter { $0.name == source }.flatMap(\.publishes).filter { understands.map(\.name).contains($0.eventType.name) }
            .map { String(describing: $0) }
    }

    private var matrix: String {
        let rows = consumers.map { consumer -> [String] in
            let name = consumer.name == consumer.service ? consumer.name : "\(consumer.name) (\(consumer.service))"
            let counts = services.map { source -> String in
                guard let types = types(of: consumer, from: source) else { return "all" }
                return types.isEmpty ? "" : String(types.count)
            }
            return [name] + counts
        }
        return Self.table(["consumer"] + services, rows)
    }

    private var acts: String {
        consumers.filter { $0.understands != nil }.flatMap { consumer in
            consumer.sources.compactMap { source in
                types(of: consumer, from: source).map { "- \(consumer.name), of \(source): \($0.joined(separator: ", "))" }
            }
        }.joined(separator: "\n")
    }

    /// Those that every database has.
    private var common: Set<String> {
        let names = services.map { Set(tables[$0, default: []].map(\.name)) }
        return names.dropFirst().reduce(names.first ?? []) { $0.intersection($1) }
    }

    private var commonFunctions: [String] {
        functions.values.reduce(Set(functions.values.first ?? [])) { $0.intersection($1) }.sorted()
    }

    private func table(of module: ServiceModule) -> String {
        let own = tables[module.name, default: []].filter { !common.contains($0.name) }
        let derived = module.consumers.compactMap { consumer in consumer.readModel.map { (consumer, $0.tables, $0.besides) } }
        let replayed = Set(derived.flatMap { $0.1 + $0.2 })
        let isReadModel = own.allSatisfy { replayed.contains($0.name) || $0.isView }
        let rows = own.map { table -> [String] in
            var kind = table.isView ? "view" : "own"
            if let filler = derived.first(where: { $0.1.contains(table.name) })?.0 {
                kind = "\(isReadModel ? "read model" : "cache"), filled by consumer \(filler.name)"
            }
            return ["`\(table.name)`", kind, table.rights, columns(of: table, in: module.name)]
        }
        return Self.table(["table", "what it is", "`saasctl_app` may", "people"], rows)
    }

    private var commonTable: String {
        let rows = tables[services[0], default: []].filter { common.contains($0.name) }.map { table -> [String] in
            let columns = Set(services.flatMap { people[$0, default: [:]][table.name, default: []] }).sorted()
            return ["`\(table.name)`", table.rights, columns.map { "`\($0)`" }.joined(separator: ", ")]
        }
        return Self.table(["table", "`saasctl_app` may", "people"], rows)
    }

    private func columns(of table: Table, in service: String) -> String {
        people[service, default: [:]][table.name, default: []].map { "`\($0)`" }.joined(separator: ", ")
    }

    private static func told(_ functions: [String]) -> String {
        guard !functions.isEmpty else { return "" }
        return "With the rights of the owner, by a function that it may call: \(functions.map { "`\($0)`" }.joined(separator: ", "))."
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        ([head, head.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }
}
