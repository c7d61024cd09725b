public import Configuration
import Migrations
import Postgres
import PostgresServer
import Sandbox
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A private PostgreSQL server that lives as long as one benchmark, with databases that have no other use.
///
/// Their names are fixed, and nothing but the folder of the socket leads to them: no profile, no variable and no file is asked.
public struct BenchServer: Sendable {
    let cluster: PrivateCluster
    let services: [String]
    private let folder: FilePath

    /// The databases of all services on a benchmark's server, for whoever is told where its socket is.
    public static func profile(socketFolder: String) -> Profile {
        let roles = ServiceRoles(service: "{service}")
        func databases(_ role: String) -> ServiceDatabases {
            ServiceDatabases(
                pattern: PrivateCluster.connectionString(
                    socketFolder: FilePath(socketFolder), database: database(of: "{service}"), user: role))
        }
        return Profile(name: "bench", databases: databases(roles.app), ownerDatabases: databases(roles.owner))
    }

    static func database(of service: String) -> String { "bench_\(service)" }

    /// Starts a server in a new folder and lends it; server and folder are gone when the body ends, however it does.
    ///
    /// - Parameters:
    ///   - environment: `TMPDIR` says where the folder is to be (`/var/tmp`, unless it does), `SAASCTL_PG_BINDIR` and `PATH` where PostgreSQL is.
    ///   - prepare: fills the migrated databases with what every installation begins with.
    /// - Throws: `ServerError`, `FileSystemError`, `PostgresError`, what `prepare` or the body throws.
    public static func lend<R: Sendable>(
        environment: [String: String], services: [String], prepare: (Profile) async throws -> Void, body: (BenchServer) async throws -> R
    ) async throws -> R {
        let folder = try makeFolder(environment)
        let outcome: Result<R, any Error>
        var server: BenchServer?
        do {
            let new = try BenchServer(folder: folder, environment: environment, services: services)
            server = new
            try await new.start(prepare: prepare)
            outcome = .success(try await body(new))
        } catch {
            outcome = .failure(error)
        }
        // In a task of its own, because this one may have been cancelled. Why the benchmark failed says more than why the removal did.
        let removal = await Task { [server] in
            try await server?.cluster.destroy()
            try Files.remove(folder)
        }.result
        let result = try outcome.get()
        try removal.get()
        return result
    }

    private static func makeFolder(_ environment: [String: String]) throws -> FilePath {
        let parent = environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/var/tmp"
        var template = Array(FilePath(parent).appending("saasctl-bench-XXXXXX").string.utf8CString)
        guard mkdtemp(&template) != nil else { throw FileSystemError("create a folder in", FilePath(parent), Errno(rawValue: errno)) }
        let folder = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        // The server's account has to pass through it.
        guard chmod(folder.string, 0o755) == 0 else { throw FileSystemError("set the mode of", folder, Errno(rawValue: errno)) }
        return folder
    }

    private init(folder: FilePath, environment: [String: String], services: [String]) throws {
        // As an installation would be set for this much work: a quarter of the memory for pages, no checkpoint in the middle of a round. Commits
        // are durable. One that has run for a while has WAL files to use again; a young one would write each of them twice.
        let settings = ServerSettings(
            maxConnections: 200, isDurable: true,
            parameters: [
                "shared_buffers": "\(Self.mebibytesOfPages)MB", "max_wal_size": "64GB", "checkpoint_timeout": "1h", "wal_init_zero": "off",
                "track_commit_timestamp": "on",
            ])
        self.folder = folder
        self.services = services
        cluster = try PrivateCluster(folder: folder.appending("cluster"), settings: settings, environment: environment)
    }

    private static var mebibytesOfPages: Int {
        let memory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        return min(max((memory / 4) >> 20, 128), 8_192)
    }

    private func start(prepare: (Profile) async throws -> Void) async throws {
        try await cluster.initialize()
        try await cluster.start()
        let setup = DatabaseSetup { superuserConfiguration(database: $0) }
        try await setup.makeRoles(for: services)
        for service in services { try await setup.makeDatabase(Self.database(of: service), for: service) }
        let profile = profile
        try await withThrowingTaskGroup { group in
            for service in services {
                group.addTask {
                    let owner = ConnectionConfiguration(try profile.ownerDatabase(of: service).text, applicationName: "saasctl bench")
                    try await Self.connected(owner) { _ = try await MigrationRunner(service: service).migrate($0) }
                }
            }
            try await group.waitForAll()
        }
        try await prepare(profile)
    }

    var socketFolder: String { cluster.socketFolder.string }
    var profile: Profile { Self.profile(socketFolder: socketFolder) }

    /// What it calls itself: `15.14 (Debian 15.14-0+deb12u1)`.
    public func version() async throws -> String {
        try await connected(to: "postgres") { connection in
            try await connection.session { try $0.one(Query<String>("show server_version")) }
        }
    }

    /// What leads a program to the server, as its superuser.
    var variables: [String: String] {
        ["PGHOST": cluster.socketFolder.string, "PGPORT": "5432", "PGUSER": cluster.superuser, "PATH": "/usr/local/bin:/usr/bin:/bin"]
    }

    /// What the server and its sessions have used so far; `nil` where the system does not tell.
    func processorTime() throws -> Duration? {
        guard case .running(let server) = try cluster.status() else { return nil }
        return ServerTime.spent(byPostmaster: server.processID)
    }
}

// MARK: Connections

extension BenchServer {
    func superuserConfiguration(database: String) -> ConnectionConfiguration {
        ConnectionConfiguration(cluster.connectionString(database: database, user: cluster.superuser), applicationName: "saasctl bench")
    }

    /// Lends a connection of the superuser to a database of this name.
    @discardableResult
    func connected<R: Sendable>(to database: String, _ body: (Connection) async throws -> R) async throws -> R {
        try await Self.connected(superuserConfiguration(database: database), body)
    }

    /// The same, to a service's database.
    @discardableResult
    func connected<R: Sendable>(toService service: String, _ body: (Connection) async throws -> R) async throws -> R {
        try await connected(to: Self.database(of: service), body)
    }

    private static func connected<R: Sendable>(
        _ configuration: ConnectionConfiguration, _ body: (Connection) async throws -> R
    ) async throws -> R {
        let connection = try await Connection.open(configuration)
        let outcome: Result<R, any Error>
        do { outcome = .success(try await body(connection)) } catch { outcome = .failure(error) }
        await connection.close()
        return try outcome.get()
    }
}

// MARK: Copies

extension BenchServer {
    /// Keeps the databases of these services as they are now, for ``restore(_:)``.
    func keep(_ services: [String]) async throws {
        for service in services { try await copy(Self.database(of: service), to: Self.kept(service), for: service) }
    }

    /// Brings the databases of these services back to what ``keep(_:)`` has kept. Nobody may be connected to them.
    func restore(_ services: [String]) async throws {
        for service in services {
            let name = Self.database(of: service)
            try await connected(to: "postgres") { connection in
                try await connection.session { try $0.run(Query("drop database \(identifier: name) with (force)")) }
            }
            try await copy(Self.kept(service), to: name, for: service)
        }
    }

    /// Makes an empty database for a program that runs beside the worker.
    func makeDatabase(_ name: String) async throws {
        try await connected(to: "postgres") { connection in
            try await connection.session { try $0.run(Query("create database \(identifier: name)")) }
        }
    }

    private static func kept(_ service: String) -> String { "kept_\(service)" }

    private func copy(_ original: String, to name: String, for service: String) async throws {
        try await connected(to: "postgres") { connection in
            try await connection.session { try DatabaseSetup.copy(original, to: name, for: service, in: $0) }
        }
    }
}
