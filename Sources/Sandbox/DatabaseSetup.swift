public import Postgres

/// Makes roles and databases with no more rights than they need, on a server whose superuser we are.
///
/// All of it may be repeated: what exists stays, and gets the rights it should have. Callers keep two of them from running at once.
public struct DatabaseSetup: Sendable {
    private let configuration: @Sendable (String) -> ConnectionConfiguration

    /// - Parameter configuration: how the superuser connects to a database of this name.
    public init(superuser configuration: @escaping @Sendable (_ database: String) -> ConnectionConfiguration) {
        self.configuration = configuration
    }

    /// Makes the two groups and the two roles of each service.
    ///
    /// - Throws: `PostgresError`.
    public func makeRoles(for services: [String]) async throws {
        try await connected(to: "postgres") { connection in
            try await connection.transaction { session in
                let existing = Set(try session.all(RoleQueries.allRoles()))
                for group in [ServiceRoles.ownerGroup, ServiceRoles.appGroup] where !existing.contains(group) {
                    try session.run(RoleQueries.createGroup(group))
                }
                for service in services {
                    let roles = ServiceRoles(service: service)
                    if !existing.contains(roles.owner) { try session.run(RoleQueries.createRole(roles.owner, in: ServiceRoles.ownerGroup)) }
                    if !existing.contains(roles.app) { try session.run(RoleQueries.createRole(roles.app, in: ServiceRoles.appGroup)) }
                }
            }
        }
    }

    /// Makes the database of a service and gives it to its owner. The roles must exist.
    ///
    /// - Returns: whether it had to be made.
    /// - Throws: `PostgresError`.
    @discardableResult
    public func makeDatabase(_ name: String, for service: String) async throws -> Bool {
        let roles = ServiceRoles(service: service)
        let isNew = try await connected(to: "postgres") { connection in
            // `create database` refuses to run inside a transaction.
            try await connection.session { session in
                let isNew = try session.first(RoleQueries.database(name)) == nil
                if isNew { try session.run(RoleQueries.createDatabase(name, owner: roles.owner)) }
                for query in Self.restrictions(of: name, to: roles) { try session.run(query) }
                return isNew
            }
        }
        // The schema's rights are the database's own business, so they are set from inside it.
        try await connected(to: name) { connection in
            try await connection.transaction { session in
                for query in RoleQueries.restrictSchema(to: roles) { try session.run(query) }
            }
        }
        return isNew
    }

    /// The statements that leave a database to the roles of its service. PostgreSQL lets everybody connect to a new database and make
    /// temporary tables in it, and copies no such rights from a template. The role of commands keeps the latter: `worker replay` needs it.
    private static func restrictions(of database: String, to roles: ServiceRoles) -> [Query<Void>] {
        [
            Query("revoke all on database \(identifier: database) from public"),
            Query("grant connect on database \(identifier: database) to \(identifier: roles.owner), \(identifier: roles.app)"),
            Query("grant temporary on database \(identifier: database) to \(identifier: roles.app)"),
        ]
    }

    /// Copies a service's database to which nobody is connected, outside a transaction, and leaves the copy to the roles of the service. As files where
    /// that is a choice: through the log it would take longer and fill it.
    public static func copy(_ original: String, to name: String, for service: String, in session: Session) throws {
        let roles = ServiceRoles(service: service)
        try session.run(RoleQueries.copyDatabase(original, to: name, owner: roles.owner, asFiles: session.serverVersion >= 150_000))
        for query in restrictions(of: name, to: roles) { try session.run(query) }
    }

    private func connected<Result: Sendable>(to database: String, _ body: (Connection) async throws -> Result) async throws -> Result {
        let connection = try await Connection.open(configuration(database))
        let outcome: Swift.Result<Result, any Error>
        do { outcome = .success(try await body(connection)) } catch { outcome = .failure(error) }
        await connection.close()
        return try outcome.get()
    }
}
