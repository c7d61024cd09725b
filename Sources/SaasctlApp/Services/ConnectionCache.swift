import Configuration
import Kernel
import Migrations
import Postgres

/// Connections that commands of one process share, so that a console or a script of many lines connects once per service.
actor ConnectionCache {
    private var connections: [ConnectionString: SharedConnection] = [:]

    /// Begins to connect, for somebody who will ask for the connection later. What goes wrong is told then.
    func prepare(_ database: ConnectionString, of service: String, profile: String) {
        guard connections[database] == nil else { return }
        connections[database] = SharedConnection { try await ServiceConnection.open(database, service: service, profile: profile) }
    }

    /// An open connection with a checked schema. Two callers that ask at once get the same one. One that has died since its last use is
    /// replaced: nothing of this command has been sent on it yet.
    ///
    /// - Throws: `CancellationError` at once where the task is cancelled. When the last of those who wait has gone, connecting is given up.
    func connection(to database: ConnectionString, of service: String, profile: String) async throws -> Connection {
        while true {
            try Task.checkCancellation()
            prepare(database, of: service, profile: profile)
            guard let shared = connections[database], let place = shared.join() else {
                connections[database] = nil
                continue
            }
            do {
                let connection = try await shared.value(for: place)
                if await connection.isAlive() { return connection }
            } catch {
                forget(shared, database)
                throw error
            }
            forget(shared, database)
        }
    }

    /// Unless somebody has put another in its place meanwhile; one that others still wait for stays.
    private func forget(_ shared: SharedConnection, _ database: ConnectionString) {
        if connections[database] === shared, !shared.isAwaited { connections[database] = nil }
    }
}

/// Opens connections as the role that runs commands.
enum ServiceConnection {
    /// How long a statement may wait for a lock before the command gives up with exit 75.
    static let lockTimeout = Duration.seconds(30)

    /// libpq quotes the part that it stumbles over, and that may be the password; so its words are not shown.
    static func malformed(_ service: String, _ profile: String) -> Failure {
        Failure(
            .configuration, "the connection string of \"\(service)\" in profile \"\(profile)\" is malformed",
            hint: "in a postgresql:// address write @, / and % inside a password as %40, %2F and %25; elsewhere put it in single quotes")
    }

    /// - Throws: `PostgresError`; a `Failure` where the schema does not suit this binary, or the sandbox is not running.
    static func open(
        _ database: ConnectionString, service: String, profile: String, applicationName: String = "saasctl"
    ) async throws -> Connection {
        if database.hasAmbiguousPassword { throw malformed(service, profile) }
        let configuration = ConnectionConfiguration(database.text, applicationName: applicationName, lockTimeout: lockTimeout)
        let connection: Connection
        do {
            connection = try await Connection.open(configuration)
        } catch let error as PostgresError where error.kind == .configuration {
            throw malformed(service, profile)
        } catch let error as PostgresError where profile == Profile.sandboxName && error.kind == .connectionFailed {
            throw Failure(
                .databaseUnavailable, "the sandbox does not answer", hint: "saasctl sandbox start", details: [error.description])
        }
        let check = SchemaCheck(service: service)
        do {
            if let failure = check.failure(for: try await connection.session({ try $0.all(check.query) })) { throw failure }
        } catch {
            await connection.close()
            if let error = error as? PostgresError, let failure = check.failure(for: error) { throw failure }
            throw error
        }
        return connection
    }
}
