public import Configuration
import Cryptography
import Postgres
import PostgresServer
import SystemPackage

/// A private installation of all services on this machine, for trying out and for development.
///
/// A value only names it; several processes may hold one for the same folder, and what changes the sandbox locks it.
public struct Sandbox: Sendable {
    let folder: SandboxFolder
    private let services: [String]
    private let environment: [String: String]
    private let settings: ServerSettings

    /// - Parameters:
    ///   - environment: `SAASCTL_SANDBOX_DIR`, `XDG_STATE_HOME` and `HOME` say where it lies; `SAASCTL_PG_BINDIR` and `PATH` where
    ///     PostgreSQL is. The process's own variables are not looked at.
    ///   - services: the services that get a database.
    ///   - isDurable: `false` gives up safety against a crash of the machine for speed.
    /// - Throws: ``SandboxError`` where there is no place for it.
    public init(environment: [String: String], services: [String], isDurable: Bool = true) throws {
        folder = try SandboxFolder.locate(environment: environment)
        self.services = services
        self.environment = environment
        settings = isDurable ? .durable : ServerSettings(maxConnections: ServerSettings.durable.maxConnections, isDurable: false)
    }

    /// The folder of the sandbox, whether or not there is one.
    public var path: String { folder.path.string }

    /// The name of a service's database in a sandbox.
    public static func databaseName(of service: String) -> String { "saas_\(service)" }

    /// The profile by which commands reach a sandbox that was started, whether or not its server is up. Reads one small file.
    ///
    /// - Returns: `nil` unless it was started.
    public func profile() throws -> Profile? {
        guard let state = try SandboxState.read(folder), state.isStarted else { return nil }
        return profile(socketFolder: state.socketFolder)
    }

    /// What a start found and did.
    public struct Start: Sendable {
        public let profile: Profile
        /// Whether the server had to be started.
        public let startedServer: Bool
        /// Whether there were no data before.
        public let isNew: Bool
    }

    /// Makes what is missing (cluster, roles, databases, master key), starts the server, has the databases migrated, and from then on is
    /// the default profile. Starting what is started repeats all that, so that a newer binary brings its migrations along.
    ///
    /// Holds the sandbox's lock throughout; a second start waits for the first. When it fails or is cancelled, a server that it started is
    /// stopped again, and the sandbox is no more the default than before.
    ///
    /// - Parameter prepare: brings all databases to the schema, as the owners that the profile names, and fills them.
    /// - Throws: `ServerError`, `FileSystemError`, ``SandboxError``, `PostgresError`, or what `prepare` throws.
    public func start(prepare: (Profile) async throws -> Void) async throws -> Start {
        try folder.make()
        return try await SandboxLock.holding(folder) {
            let cluster = try cluster()
            let isNew = try await cluster.initialize()
            let startedServer = try await cluster.start()
            do {
                guard case .running(let server) = try cluster.status() else { throw ServerError.notInitialized(cluster.folder) }
                let socketFolder = server.socketFolder ?? cluster.socketFolder
                try await setUp(socketFolder: socketFolder)
                try makeKey()
                let profile = profile(socketFolder: socketFolder)
                try await prepare(profile)
                try SandboxState(isStarted: true, socketFolder: socketFolder).write(folder)
                return Start(profile: profile, startedServer: startedServer, isNew: isNew)
            } catch {
                // In a task of its own, because this one may have been cancelled. Why the start failed says more than why the stop did.
                if startedServer { _ = await Task { try await cluster.stop() }.result }
                throw error
            }
        }
    }

    /// Stops the server, ending the sessions of whoever is connected. The sandbox is then no longer the default profile; its data stay.
    ///
    /// - Returns: whether there was a server to stop.
    @discardableResult
    public func stop() async throws -> Bool {
        guard try Files.exists(folder.path) else { return false }
        return try await SandboxLock.holding(folder) {
            // First the word, then the deed: a command that starts meanwhile finds no profile rather than no server.
            if let state = try SandboxState.read(folder), state.isStarted {
                try SandboxState(isStarted: false, socketFolder: state.socketFolder).write(folder)
            }
            return try await cluster().stop()
        }
    }

    /// Stops the server at once and removes its data, the master key and the shift of the clock, for good.
    ///
    /// - Returns: whether there was anything to remove.
    @discardableResult
    public func reset() async throws -> Bool {
        guard try Files.exists(folder.path) else { return false }
        return try await SandboxLock.holding(folder) {
            let cluster = try cluster()
            let existed = try Files.exists(cluster.folder)
            try Files.remove(folder.state)
            try await cluster.destroy()
            for file in [folder.clock, folder.key] { try Files.remove(file) }
            return existed
        }
    }

    /// Variables that lead `psql` and saasctl to the sandbox: `PGHOST`, `PGPORT`, `PGUSER`, `PGDATABASE`, `SAASCTL_PROFILE`, in this order.
    ///
    /// - Throws: `ConfigurationError.sandboxNotStarted`.
    public func variables() throws -> [(name: String, value: String)] {
        guard let state = try SandboxState.read(folder), state.isStarted else { throw ConfigurationError.sandboxNotStarted }
        return [
            ("PGHOST", state.socketFolder.string), ("PGPORT", "5432"), ("PGUSER", Self.superuser), ("PGDATABASE", "postgres"),
            ("SAASCTL_PROFILE", Profile.sandboxName),
        ]
    }

    // MARK: -

    private static let superuser = "saasctl"

    func cluster() throws -> PrivateCluster {
        try PrivateCluster(folder: folder.cluster, superuser: Self.superuser, settings: settings, environment: environment)
    }

    private func profile(socketFolder: FilePath) -> Profile {
        let roles = ServiceRoles(service: "{service}")
        func databases(_ role: String) -> ServiceDatabases {
            ServiceDatabases(
                pattern: PrivateCluster.connectionString(
                    socketFolder: socketFolder, database: Self.databaseName(of: "{service}"), user: role))
        }
        return Profile(
            name: Profile.sandboxName, databases: databases(roles.app), ownerDatabases: databases(roles.owner), keyFile: folder.key.string,
            clockFile: folder.clock.string)
    }

    private func setUp(socketFolder: FilePath) async throws {
        let setup = DatabaseSetup { database in
            ConnectionConfiguration(
                PrivateCluster.connectionString(socketFolder: socketFolder, database: database, user: Self.superuser),
                applicationName: "saasctl sandbox")
        }
        try await setup.makeRoles(for: services)
        for service in services { try await setup.makeDatabase(Self.databaseName(of: service), for: service) }
    }

    private func makeKey() throws {
        guard try !Files.exists(folder.key) else { return }
        try Files.replace(folder.key, with: SecureRandom.bytes(32), mode: .ownerReadWrite)
    }
}
