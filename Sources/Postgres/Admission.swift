/// A question that decides whether a connection may be used: whether the database has the schema that the program needs, for instance.
///
/// It travels with the first statement, so that it takes no round trip of its own, and is judged before anything else of the answer is given
/// out. A refusal rolls back the transaction that the statement belongs to; outside a transaction the statement has been run. The next
/// statement asks again.
public struct Admission: Sendable {
    let sql: SQL
    let judge: @Sendable (Result<ResultHandle, PostgresError>) throws -> Void

    /// - Parameter judge: throws to refuse. Called on the connection's executor, with the rows or with the error of `query` itself.
    public init<T>(_ query: Query<T>, _ judge: @escaping @Sendable (Result<[T], PostgresError>) throws -> Void) {
        sql = query.sql
        self.judge = { answer in
            switch answer {
            case .success(let result): try judge(.success(try result.rows(of: query)))
            case .failure(let error): try judge(.failure(error))
            }
        }
    }
}
