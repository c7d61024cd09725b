import Migrations
public import Postgres
import PostgresServer
import Sandbox
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A server with databases for tests. All share one, which who asks first starts, and which dies with the process, whatever that dies of;
/// a test that stops servers has one of its own (``OwnServer``).
public final class TestCluster: Sendable {
    /// Started when it is first asked for.
    ///
    /// - Throws: what kept it from starting, to everybody who asks.
    public static var shared: TestCluster {
        get async throws { try await starting.value }
    }

    private static let starting = Task { try await TestCluster() }

    let cluster: PrivateCluster
    private let watchdog: Watchdog?
    let administrators: AdministratorPool

    private convenience init() async throws {
        let folder = try ScratchFolder()
        var settings = ServerSettings.throwaway
        // Tests that count on statistics or dead rows make them themselves.
        settings.parameters["autovacuum"] = "off"
        settings.parameters["max_prepared_transactions"] = "10"
        try self.init(in: folder, settings: settings, watchdog: try await Watchdog(folder.path))
        try await cluster.initialize()
        try await cluster.start()
    }

    /// Starts nothing.
    init(in folder: ScratchFolder, settings: ServerSettings, watchdog: Watchdog? = nil) throws {
        let path = ProcessVariables["PATH"] ?? "/usr/bin:/bin"
        let environment = ["PATH": path, "SAASCTL_PG_BINDIR": ProcessVariables["SAASCTL_PG_BINDIR"] ?? ""]
        let cluster = try PrivateCluster(folder: folder.path.appending("cluster"), settings: settings, environment: environment)
        self.watchdog = watchdog
        self.cluster = cluster
        administrators = AdministratorPool { [cluster] in
            try await Connection.open(ConnectionConfiguration(cluster.connectionString(database: "postgres", user: cluster.superuser)))
        }
    }

    /// How a role connects to a database of this server.
    public func configuration(database: String, user: String) -> ConnectionConfiguration {
        ConnectionConfiguration(cluster.connectionString(database: database, user: user), applicationName: "saasctl tests")
    }

    /// How the superuser connects to a database of this server.
    public func superuserConfiguration(database: String = "postgres") -> ConnectionConfiguration {
        configuration(database: database, user: cluster.superuser)
    }

    /// The postmaster's process, for tests that look on from outside. Never to be killed where all tests share it.
    public func processID() throws -> Int32? {
        guard case .running(let server) = try cluster.status() else { return nil }
        return server.processID
    }

    var setup: DatabaseSetup {
        DatabaseSetup { [cluster] database in ConnectionConfiguration(cluster.connectionString(database: database, user: cluster.superuser))
        }
    }

    let templates = TestTemplates()

    /// Makes a migrated database. Roles are shared by all of them: callers keep two of them from making one at once.
    func makeDatabase(_ name: String, for service: String) async throws {
        try await setup.makeRoles(for: [service])
        try await setup.makeDatabase(name, for: service)
        let connection = try await Connection.open(configuration(database: name, user: ServiceRoles(service: service).owner))
        _ = try await MigrationRunner(service: service).migrate(connection)
        await connection.close()
    }
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
        try await session { session in
            for query in queries { try session.run(query) }
        }
    }

    func session(_ body: @Sendable (Session) throws -> Void) async throws {
        try await turnstile.passing {
            let connection: Connection
            if let free = idle.popLast() { connection = free } else { connection = try await open() }
            // A connection that failed is not put back.
            try await connection.session(body)
            idle.append(connection)
        }
    }
}
