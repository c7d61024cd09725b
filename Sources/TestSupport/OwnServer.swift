public import Postgres
public import PostgresServer
import Subprocess
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A server of one test's own with the databases of all services, migrated: the test may stop it, crash it and starve it.
public struct OwnServer: Sendable {
    /// Also ``TestDatabases/current`` while the body runs.
    public let databases: TestDatabases
    let cluster: TestCluster

    /// All services that have a database.
    public static let services = ["analytics", "audit", "billing", "identity", "notification", "organization", "workflow"]

    init(_ cluster: TestCluster) {
        self.cluster = cluster
        let databases = Self.services.map { TestDatabase(service: $0, name: "saas_\($0)", cluster: cluster) }
        self.databases = TestDatabases(prefix: "saas_", databases, on: cluster)
    }

    /// Ends the server's processes and waits until they have gone.
    public func stop(_ mode: PrivateCluster.StopMode) async throws {
        try await cluster.cluster.stop(mode)
    }

    /// Starts it again on what it left, and waits until it accepts connections.
    public func start() async throws {
        try await cluster.cluster.start()
    }

    /// Kills one of the server's processes without a word: the postmaster ends all sessions and recovers. Returns when it takes connections
    /// again.
    public func crash() async throws {
        let (victim, witness) = (try await administrator(), try await administrator())
        try RunningProgram(processID: await victim.session { $0.backendPID }).send(signal: SIGKILL)
        await victim.close()
        do {
            try await witness.execute("select pg_sleep(600)")
        } catch let error as PostgresError where error.kind == .connectionLost || error.sqlState == .crashShutdown {
            await witness.close()
        }
        while true {
            do {
                try await administrator().close()
                return
            } catch let error as PostgresError where error.kind == .connectionFailed || error.kind == .connectionLost {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// Where the socket is.
    public var socketFolder: String { cluster.cluster.socketFolder.string }

    /// A connection of the superuser to a database that no service owns.
    public func administrator() async throws -> Connection {
        try await Connection.open(cluster.superuserConfiguration())
    }

    /// How the superuser connects; `postgres` is a database that no service owns.
    public func superuserConfiguration(database: String = "postgres") -> ConnectionConfiguration {
        cluster.superuserConfiguration(database: database)
    }

    /// Not more than the machine can bear beside the other tests.
    static let turnstile = Turnstile(places: 3)
}

/// A stopped server with migrated databases, of which the others are copies: that is quicker than to make each of them.
private final class ServerMould: Sendable {
    static var shared: ServerMould {
        get async throws { try await making.value }
    }

    private static let making = Task { try await ServerMould() }

    private let folder: ScratchFolder
    private let watchdog: Watchdog

    private init() async throws {
        folder = try ScratchFolder()
        watchdog = try await Watchdog(folder.path)
        let cluster = try TestCluster(in: folder, settings: .throwaway)
        try await cluster.cluster.initialize()
        try await cluster.cluster.start()
        for service in OwnServer.services { try await cluster.makeDatabase("saas_\(service)", for: service) }
        try await cluster.cluster.stop()
    }

    func cast(in target: ScratchFolder) async throws {
        let source = folder.path.appending("cluster")
        let result = try await Subprocess.run(
            .path("/bin/cp"), arguments: ["-a", source.string, target.path.string], output: .discarded, error: .string(limit: 1 << 16))
        guard result.terminationStatus.isSuccess else { throw CopyFailed(reason: result.standardError) }
    }

    private struct CopyFailed: Error {
        let reason: String
    }
}

/// Lends a running server of the test's own, and removes it with all it has when the body has ended.
///
/// - Parameter parameters: lines of `postgresql.conf` beside those of servers for tests.
public func withOwnServer<Result>(
    _ parameters: [String: String] = [:], body: (OwnServer) async throws -> Result
) async throws -> Result {
    try await OwnServer.turnstile.passing {
        try await withServerFolder { folder in
            let server = try await OwnServer.start(in: folder, parameters)
            return try await TestDatabases.$scoped.withValue(server.databases) { try await body(server) }
        }
    }
}

/// The same with all that the server has on a small file system, which a test can fill.
public func withOwnServer<Result>(
    onDiskOf megabytes: Int, body: (OwnServer, SmallFileSystem) async throws -> Result
) async throws -> Result {
    try await OwnServer.turnstile.passing {
        try await withServerFolder { folder in
            try await withSmallFileSystem(megabytes: megabytes, in: folder, named: "cluster") { files in
                let server = try await OwnServer.start(in: folder, [:])
                let outcome: Swift.Result<Result, any Error>
                do {
                    outcome = .success(try await TestDatabases.$scoped.withValue(server.databases) { try await body(server, files) })
                } catch {
                    outcome = .failure(error)
                }
                // Its pid file goes with the file system, and nobody else would know of it.
                try await Task { try await server.stop(.immediate) }.value
                return try outcome.get()
            }
        }
    }
}

extension OwnServer {
    fileprivate static func start(in folder: ScratchFolder, _ parameters: [String: String]) async throws -> OwnServer {
        try await ServerMould.shared.cast(in: folder)
        var settings = ServerSettings.throwaway
        settings.parameters["max_prepared_transactions"] = "10"
        settings.parameters.merge(parameters) { $1 }
        let cluster = try TestCluster(in: folder, settings: settings)
        try await cluster.cluster.start()
        return OwnServer(cluster)
    }
}
