import Kernel
import Postgres

/// What a statement has read, told by `explain (analyze, buffers)`. That is the same on a busy machine and on an idle one.
struct StatementPlan: Sendable {
    struct Node: Sendable {
        let type: String
        let rows: Int64
    }

    /// Pages of tables and indexes, found in the cache or not.
    let buffers: Int64
    let nodes: [Node]

    /// Runs the statement and takes back what it does.
    init(of sql: SQL, on connection: Connection) async throws {
        let text = try await connection.transaction(TransactionOptions(ending: .rollback)) { session in
            try session.one(Query<String>("explain (analyze, buffers, timing off, format json) \(fragment: sql)"))
        }
        guard case .array(let plans) = try JSONValue(parsing: text), case .object(let top)? = plans.first, let root = top["Plan"] else {
            throw Unreadable(text: text)
        }
        nodes = Self.nodes(root)
        buffers = Self.number(root, "Shared Hit Blocks") + Self.number(root, "Shared Read Blocks")
    }

    /// The most rows that any node of this type has given.
    func rows(of type: String) -> Int64 {
        nodes.filter { $0.type == type }.map(\.rows).max() ?? 0
    }

    private static func nodes(_ node: JSONValue) -> [Node] {
        guard case .object(let fields) = node, case .string(let type)? = fields["Node Type"] else { return [] }
        let own = Node(type: type, rows: number(node, "Actual Rows") * max(1, number(node, "Actual Loops")))
        guard case .array(let below)? = fields["Plans"] else { return [own] }
        return [own] + below.flatMap(nodes)
    }

    private static func number(_ node: JSONValue, _ name: String) -> Int64 {
        guard case .object(let fields) = node else { return 0 }
        switch fields[name] {
        case .integer(let number): return number
        case .number(let number): return Int64(number)
        default: return 0
        }
    }

    struct Unreadable: Error {
        let text: String
    }
}
