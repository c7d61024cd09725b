public import Postgres

/// Statements that a test writes itself, each committed at once.
extension Connection {
    /// Runs a command.
    public func execute(_ sql: SQL) async throws {
        try await session { try $0.run(Query(sql)) }
    }

    /// The one value of a query.
    public func fetchOne<Value: PostgresDecodable & Sendable>(_ sql: SQL, as type: Value.Type = Value.self) async throws -> Value {
        try await session { try $0.one(Query<Value>(sql)) }
    }

    /// The first column of a query.
    public func fetch<Value: PostgresDecodable & Sendable>(_ sql: SQL, as type: Value.Type = Value.self) async throws -> [Value] {
        try await session { try $0.all(Query<Value>(sql)) }
    }

    /// Why the server refuses a command; `nil` where it does not, and then the command is undone.
    public func refusal(of sql: SQL) async throws -> SQLState? {
        do {
            try await transaction(TransactionOptions(ending: .rollback)) { try $0.run(Query(sql)) }
            return nil
        } catch let error as PostgresError where error.sqlState != nil {
            return error.sqlState
        }
    }
}

/// Waits until a query says true; the server paces the loop.
///
/// - Parameter condition: an expression.
public func wait(on connection: Connection, until condition: SQL) async throws {
    let query = Query<Bool>("select \(fragment: condition) from (select pg_sleep(0.002)) pause")
    while try await !connection.session({ try $0.one(query) }) {}
}
