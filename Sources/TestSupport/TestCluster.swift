public import Postgres
import PostgresServer
import Sandbox
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The one server of a run of tests. Who asks first starts it; it dies with the process, whatever that dies of.
public final class TestCluster: Sendable {
    /// Started when it is first asked for.
    ///
    /// - Throws: what kept it from starting, to everybody who asks.
    public static var shared: TestCluster {
        get async throws { try await starting.value }
    }

    private static let starting = Task { try await TestCluster() }

    private let cluster: PrivateCluster
    private let watchdog: Watchdog
    let administrators: AdministratorPool

    private init() async throws {
        let folder = try ScratchFolder()
        let path = ProcessVariables["PATH"] ?? "/usr/bin:/bin"
        let environment = ["PATH": path, "SAASCTL_PG_BINDIR": ProcessVariables["SAASCTL_PG_BINDIR"] ?? ""]
        var settings = ServerSettings.throwaway
        // Tests that count on statistics or dead rows make them themselves.
        settings.parameters["autovacuum"] = "off"
        settings.parameters["max_prepared_transactions"] = "10"
        let cluster = try PrivateCluster(folder: folder.path.appending("cluster"), settings: settings, environment: environment)
        watchdog = try await Watchdog(folder.path)
        self.cluster = cluster
        administrators = AdministratorPool { [cluster] in
            try await Connection.open(ConnectionConfiguration(cluster.connectionString(database: "postgres", user: cluster.superuser)))
        }
        try await cluster.initialize()
        try await cluster.start()
    }

    /// How a role connects to a database of this server.
    public func configuration(database: String, user: String) -> ConnectionConfiguration {
        ConnectionConfiguration(cluster.connectionString(database: database, user: user), applicationName: "saasctl tests")
    }

    /// How the superuser connects to a database of this server.
    public func superuserConfiguration(database: String = "postgres") -> ConnectionConfiguration {
        configuration(database: database, user: cluster.superuser)
    }

    /// The postmaster's process, for tests that look on from outside. Never to be killed: all tests share it.
    public func processID() throws -> Int32? {
        guard case .running(let server) = try cluster.status() else { return nil }
        return server.processID
    }

    var setup: DatabaseSetup {
        DatabaseSetup { [cluster] database in ConnectionConfiguration(cluster.connectionString(database: database, user: cluster.superuser))
        }
    }

    let templates = TestTemplates()
}

/// A few connections of the superuser, opened as they are needed and kept.
actor AdministratorPool {
    private let open: @Sendable () async throws -> Connection
    private var idle: [Connection] = []
    /// More would only wait for each other: copying a database is work for the disk.
    private let turnstile = Turnstile(places: 4)

    init(_ open: @escaping @Sendable () async throws -> Connection) {
        self.open = open
    }

    /// Runs statements one by one outside a transaction, as `create database` demands.
    func run(_ queries: [Query<Void>]) async throws {
        try await turnstile.passing {
            let connection: Connection
            if let free = idle.popLast() { connection = free } else { connection = try await open() }
            // A connection that failed is not put back.
            try await connection.session { session in
                for query in queries { try session.run(query) }
            }
            idle.append(connection)
        }
    }
}
