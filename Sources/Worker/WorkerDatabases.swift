public import Postgres

/// Where a worker gets its connections from.
public protocol WorkerDatabases: Sendable {
    /// A connection of its own to a service's database, as the role that runs commands, its schema checked. The caller closes it.
    ///
    /// - Throws: a `Failure` or `PostgresError` that says why there is none.
    func open(_ service: String) async throws -> Connection
}
