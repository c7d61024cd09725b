import Configuration
import Kernel
import Migrations
import Postgres
import Synchronization

/// Connections that commands of one process share, so that a console or a script of many lines connects once per service.
actor ConnectionCache {
    private var connections: [ConnectionString: Task<Connection, any Error>] = [:]
    private nonisolated let dialled = Mutex<[ConnectionString: Connection]>([:])

    /// Begins to connect, without waiting. What goes wrong is told when the connection is asked for.
    nonisolated func dial(_ database: ConnectionString) {
        let connection = Connection(dialling: ServiceConnection.configuration(database, applicationName: "saasctl"))
        dialled.withLock { $0[database] = connection }
    }

    /// An open connection with a checked schema. Two callers that ask at once get the same one; one that has died is replaced.
    func connection(to database: ConnectionString, of service: String, profile: String) async throws -> Connection {
        if let known = connections[database] {
            do {
                let connection = try await known.value
                if await connection.isOpen { return connection }
            } catch {
                connections[database] = nil
                throw error
            }
        }
        let dialled = dialled.withLock { $0.removeValue(forKey: database) }
        let opening = Task { try await ServiceConnection.open(database, service: service, profile: profile, dialled: dialled) }
        connections[database] = opening
        do {
            return try await withTaskCancellationHandler {
                try await opening.value
            } onCancel: {
                opening.cancel()
            }
        } catch {
            connections[database] = nil
            throw error
        }
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

    static func configuration(_ database: ConnectionString, applicationName: String) -> ConnectionConfiguration {
        ConnectionConfiguration(database.text, applicationName: applicationName, lockTimeout: lockTimeout)
    }

    /// - Parameter dialled: a connection that was begun already.
    /// - Throws: `PostgresError`; a `Failure` where the schema does not suit this binary, or the sandbox is not running.
    static func open(
        _ database: ConnectionString, service: String, profile: String, applicationName: String = "saasctl", dialled: Connection? = nil
    ) async throws -> Connection {
        if database.hasAmbiguousPassword { throw malformed(service, profile) }
        let connection: Connection
        do {
            if let dialled {
                connection = dialled
                try await dialled.establish()
            } else {
                connection = try await Connection.open(configuration(database, applicationName: applicationName))
            }
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
