import Postgres
import PostgresServer
import Sandbox
import SystemPackage

/// Backups, standbys and dumps, made with the tools that operators use.
extension OwnServer {
    /// Parameters of a server that can be copied while it runs.
    public static let replicating = ["wal_level": "replica", "max_wal_senders": "5", "wal_keep_size": "256MB", "hot_standby": "on"]

    private var dataFolder: String { cluster.cluster.folder.appending("data").string }

    /// Copies the server as it is now (`pg_basebackup`) into the folder. The copy is not started.
    ///
    /// - Parameter asStandby: it follows this server once it is started, until it is promoted.
    public func backUp(into folder: ScratchFolder, asStandby: Bool = false) async throws -> OwnServer {
        let copy = try TestCluster(in: folder, settings: cluster.cluster.settings)
        // Makes the folder as servers need it; what initdb put there gives way.
        try await copy.cluster.initialize()
        try Files.remove(copy.cluster.folder.appending("data"))
        try await ServerTools.run(
            "pg_basebackup",
            [
                "-h", socketFolder, "-U", cluster.cluster.superuser, "-D", copy.cluster.folder.appending("data").string, "-X", "stream",
                "-c", "fast",
            ]
                + (asStandby ? ["-R"] : []))
        return OwnServer(copy)
    }

    /// Waits until a standby has replayed all that this server has written.
    public func catchUp(_ standby: OwnServer) async throws {
        let position: String = try await administrator().fetchOne("select pg_current_wal_flush_lsn()::text")
        try await wait(on: standby.administrator(), until: "pg_last_wal_replay_lsn() >= \(position)::pg_lsn")
    }

    public func promote() async throws {
        try await ServerTools.run("pg_ctl", ["promote", "-w", "-D", dataFolder])
    }

    /// Makes a new cluster of this one (`pg_upgrade`, to the same version), which has ended then. The new one is started.
    ///
    /// - Parameter folder: open to the tools (``ServerTools/open(_:)``).
    public func upgrade(into folder: ScratchFolder) async throws -> OwnServer {
        let new = try TestCluster(in: folder, settings: cluster.cluster.settings)
        try await new.cluster.initialize()
        // The tool starts it with the configuration that the first start writes.
        try await new.cluster.start()
        try await new.cluster.stop()
        try await stop(.fast)
        let programs = try await ServerTools.installation().program("postgres").removingLastComponent().string
        try await ServerTools.run(
            "pg_upgrade",
            [
                "-b", programs, "-B", programs, "-d", dataFolder, "-D", new.cluster.folder.appending("data").string, "-s", "/tmp", "-U",
                cluster.cluster.superuser,
            ], in: folder.path)
        try await new.cluster.start()
        return OwnServer(new)
    }

    /// Dumps a service's database (`pg_dump`), in the format of `pg_restore`.
    public func dump(_ service: String, to file: String) async throws {
        try await ServerTools.run(
            "pg_dump", ["-h", socketFolder, "-U", cluster.cluster.superuser, "-Fc", "-f", file, databases[service].name])
    }

    /// Loads a dump into a new database of the service, as its owners have it.
    ///
    /// - Parameter name: `nil` for the service's usual one, which must not be there.
    public func load(_ service: String, from file: String, as name: String? = nil) async throws -> TestDatabase {
        let database = TestDatabase(service: service, name: name ?? "saas_\(service)", cluster: cluster)
        try await cluster.setup.makeRoles(for: [service])
        try await cluster.setup.makeDatabase(database.name, for: service)
        try await ServerTools.run(
            "pg_restore",
            ["-h", socketFolder, "-U", cluster.cluster.superuser, "--exit-on-error", "-d", database.name, file])
        return database
    }
}

/// Lends a server with nothing in it, in a cluster of its own.
public func withEmptyServer<Result>(_ body: (OwnServer) async throws -> Result) async throws -> Result {
    try await withServerFolder { folder in
        let cluster = try TestCluster(in: folder, settings: .throwaway)
        try await cluster.cluster.initialize()
        try await cluster.cluster.start()
        return try await body(OwnServer(cluster))
    }
}
