import Configuration
import Kernel
import Migrations
import Postgres

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

    /// Begins to connect, without waiting.
    ///
    /// - Returns: `nil` where the connection string is one to refuse.
    static func dial(_ database: ConnectionString, of service: String) -> Connection? {
        database.hasAmbiguousPassword ? nil : Connection(dialling: configuration(database, service, applicationName: "saasctl"))
    }

    /// The first statement on the connection throws a `Failure` where the schema does not suit this binary.
    ///
    /// - Parameter dialled: a connection that was begun already.
    /// - Throws: `PostgresError`; a `Failure` where the connection string is malformed, or the sandbox is not running.
    static func open(
        _ database: ConnectionString, service: String, profile: String, applicationName: String = "saasctl", limits: WorkerLimits? = nil,
        dialled: Connection? = nil
    ) async throws -> Connection {
        if database.hasAmbiguousPassword { throw malformed(service, profile) }
        let connection = dialled ?? Connection(dialling: configuration(database, service, applicationName: applicationName, limits))
        do {
            try await connection.establish()
            return connection
        } catch let error as PostgresError where error.kind == .configuration {
            throw malformed(service, profile)
        } catch let error as PostgresError
            where profile == Profile.sandboxName && error.kind == .connectionFailed && error.sqlState == nil
        {
            throw Failure(
                .databaseUnavailable, "the sandbox does not answer", hint: "saasctl sandbox start", details: [error.description])
        }
    }

    private static func configuration(
        _ database: ConnectionString, _ service: String, applicationName: String, _ limits: WorkerLimits? = nil
    )
        -> ConnectionConfiguration
    {
        let check = SchemaCheck(service: service)
        var configuration = ConnectionConfiguration(
            database.text, applicationName: applicationName, statementTimeout: limits?.statement, lockTimeout: lockTimeout,
            idleInTransactionTimeout: limits?.statement, answerTimeout: limits?.answer)
        configuration.admission = Admission(check.query) { answer in
            switch answer {
            case .success(let marks): if let failure = check.failure(for: marks) { throw failure }
            case .failure(let error): throw check.failure(for: error) ?? error
            }
        }
        return configuration
    }
}
