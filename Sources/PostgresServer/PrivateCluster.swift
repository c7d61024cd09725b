public import SystemPackage

/// A PostgreSQL server of our own: its data folder, its socket, and nothing on the network.
///
/// Whoever reaches the socket is trusted (`initdb --auth=trust`), so its folder is open to the server's account alone. A value only names
/// the server; several values, in several processes, may name the same. Callers keep two of them from starting or destroying it at once.
public struct PrivateCluster: Sendable {
    /// Holds the data folder, the server's log and, where its path is short enough, the socket; belongs to the server's account.
    public let folder: FilePath
    public let account: ServerAccount
    /// The role that may do everything; the server knows no other at first.
    public let superuser: String
    public let settings: ServerSettings
    private let environment: [String: String]

    /// - Parameters:
    ///   - folder: absolute; need not exist.
    ///   - environment: names `SAASCTL_PG_BINDIR`, `PATH` and `XDG_RUNTIME_DIR`; the process's own variables are not looked at.
    /// - Throws: ``ServerError/noUnprivilegedAccount``, or ``FileSystemError`` where the folder's owner cannot be read.
    public init(
        folder: FilePath, superuser: String = "saasctl", settings: ServerSettings = .durable, environment: [String: String]
    ) throws {
        self.folder = folder
        self.superuser = superuser
        self.settings = settings
        self.environment = environment
        account = try ServerAccount.owner(of: folder.appending("data")) ?? ServerAccount.suitable()
    }

    /// Where the socket is, or will be once the server runs. Depends on the length of the path and on `XDG_RUNTIME_DIR`: what a running
    /// server says in ``RunningServer/socketFolder`` counts more.
    public var socketFolder: FilePath {
        SocketFolder.choose(preferred: folder.appending("run"), account: account, environment: environment)
    }

    /// Where the server writes what goes wrong.
    public var logFile: FilePath { folder.appending("server.log") }

    package var dataFolder: FilePath { folder.appending("data") }
    private var pidFile: FilePath { dataFolder.appending("postmaster.pid") }
    private static let settingsName = "saasctl.conf"

    /// How the server is. Asks its files only; nothing is started or waited for.
    ///
    /// - Throws: ``FileSystemError``, for instance because the folder is another account's.
    public func status() throws -> ServerStatus {
        guard try Files.exists(dataFolder.appending("PG_VERSION")) else { return .absent }
        guard let text = try Files.readText(pidFile) else { return .stopped }
        guard let file = PostmasterFile(text), try file.isAlive(dataFolder: dataFolder) else { return .stale }
        return .running(
            RunningServer(processID: file.processID, socketFolder: file.socketFolder, startedAt: file.startedAt, isReady: file.isReady))
    }

    /// Makes the data folder (UTF-8, byte order, checksums of pages), unless there is one. What an interrupted attempt left is removed.
    ///
    /// - Returns: whether it was made.
    /// - Throws: ``ServerError``, ``FileSystemError``.
    @discardableResult
    public func initialize() async throws -> Bool {
        switch try Files.stat(dataFolder)?.type {
        case nil: break
        case .directory where try Files.exists(dataFolder.appending("PG_VERSION")): return false
        case .directory where try Files.names(in: dataFolder).isEmpty: try Files.remove(dataFolder)
        default: throw ServerError.foreignFolder(dataFolder)
        }
        let installation = try await PostgresInstallation.find(environment: environment)
        if account.isForeign {
            // Folders that the server's account has to pass on its way are open to all; what lies in them guards itself.
            try Files.makeFolder(folder.removingLastComponent(), mode: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
            if let barrier = try account.barrier(onTheWayTo: folder.removingLastComponent()) {
                throw ServerError.unreachable(folder, account: account.name, barrier: barrier)
            }
        }
        try Files.makeFolder(folder, mode: .ownerReadWriteExecute, owner: account)
        // initdb works beside and the finished folder is moved into place: one that was killed leaves nothing that looks finished.
        try Files.remove(folder.appending("data.new"))
        var arguments = [
            "-D", "data.new", "-U", superuser, "--auth=trust", "--encoding=UTF8", "--data-checksums", "--lc-messages=C", "--lc-monetary=C",
            "--lc-numeric=C", "--lc-time=C", "--lc-collate=C", "--lc-ctype=\(Locale.characterType)",
        ]
        if !settings.isDurable { arguments.append("--no-sync") }
        let outcome = try await ServerProgram(installation.program("initdb"), account: account).run(arguments, in: folder)
        guard outcome.succeeded else {
            try Files.remove(folder.appending("data.new"))
            // What ended it may have been the signal that ends the command.
            try Task.checkCancellation()
            throw ServerError.programFailed("initdb", output: outcome.output)
        }
        let configuration = folder.appending("data.new").appending("postgresql.conf")
        let lines = (try Files.readText(configuration) ?? "") + "\ninclude '\(Self.settingsName)'\n"
        try Files.replace(configuration, with: Array(lines.utf8), mode: .ownerReadWrite, owner: account)
        try Files.move(folder.appending("data.new"), to: dataFolder)
        return true
    }

    /// Starts the server and waits until it accepts connections. One that runs already is only waited for.
    ///
    /// A server that died, or went down with the machine, is started again from what it left: the pid file is removed once no process of
    /// it is left, whoever has its number now.
    ///
    /// A cancelled task waits until the server is up, and then stops it again.
    ///
    /// - Parameter limit: how long recovery may take.
    /// - Returns: whether it had to be started.
    /// - Throws: ``ServerError`` (with the end of the log where it refuses to start), ``FileSystemError``.
    @discardableResult
    public func start(limit: Duration = .seconds(60)) async throws -> Bool {
        let status = try status()
        switch status {
        case .absent: throw ServerError.notInitialized(folder)
        case .running:
            try await waitUntilReady(limit: limit)
            return false
        case .stale: try await cleanUp(limit: limit)
        case .stopped: break
        }
        let socketFolder = socketFolder
        try SocketFolder.prepare(socketFolder, for: account)
        try Files.replace(
            dataFolder.appending(Self.settingsName), with: Array(settings.configuration(socketFolder: socketFolder.string).utf8),
            mode: .ownerReadWrite, owner: account)
        let seconds = max(1, Int(limit.components.seconds))
        let loggedBefore = try Files.stat(logFile)?.size ?? 0
        let log = logFile.lastComponent?.string ?? ""
        // In a task of its own: a pg_ctl that is ended half-way leaves a server behind of which nobody knows whether it will come up.
        let outcome = try await Task { try await control(["start", "-w", "-t", String(seconds), "-l", log]) }.value
        if Task.isCancelled {
            _ = try await Task { try await stop(.immediate) }.value
            throw CancellationError()
        }
        guard outcome.succeeded else {
            if case .running = try self.status() { throw ServerError.stillStarting(folder, seconds: seconds) }
            let log = try Files.read(logFile)?.dropFirst(Int(loggedBefore)) ?? []
            throw ServerError.programFailed("the server", output: log.isEmpty ? outcome.output : String(decoding: log, as: UTF8.self))
        }
        return true
    }

    /// How to stop: see pg_ctl(1).
    public enum StopMode: String, Sendable {
        /// Waits until every client has gone.
        case smart
        /// Ends the clients' sessions, rolling back what they are at.
        case fast
        /// Ends at once; the next start recovers.
        case immediate
    }

    /// Stops the server and waits until it has ended.
    ///
    /// - Returns: whether there was anything to stop.
    /// - Throws: ``ServerError``, ``FileSystemError``.
    @discardableResult
    public func stop(_ mode: StopMode = .fast, limit: Duration = .seconds(60)) async throws -> Bool {
        guard case .running = try status() else { return false }
        let outcome = try await control(["stop", "-w", "-t", String(max(1, limit.components.seconds)), "-m", mode.rawValue])
        // It may have ended by itself between the look and the call.
        if !outcome.succeeded, case .running = try status() { throw ServerError.programFailed("pg_ctl stop", output: outcome.output) }
        return true
    }

    /// Stops the server at once and removes all it had. Nothing there is fine.
    ///
    /// - Throws: ``ServerError/foreignFolder(_:)`` where the folder holds what no server put there; nothing is removed then.
    public func destroy() async throws {
        let own: Set = ["data", "data.new", "run", "server.log"]
        guard try Files.names(in: folder).allSatisfy(own.contains) else { throw ServerError.foreignFolder(folder) }
        try await stop(.immediate)
        let fallback = socketFolder
        try Files.remove(folder)
        try Files.remove(fallback)
    }

    /// Connection parameters for libpq, complete, so that `PGHOST` and its like cannot lead astray.
    ///
    /// - Parameter socketFolder: where a running server says that its socket is.
    public static func connectionString(socketFolder: FilePath, database: String, user: String) -> String {
        let values = [("host", socketFolder.string), ("hostaddr", ""), ("port", "5432"), ("dbname", database), ("user", user)]
        return values.map { key, value in "\(key)='\(value.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'" }.joined(
            separator: " ")
    }

    /// Connection parameters for libpq for this server, by ``socketFolder``.
    public func connectionString(database: String, user: String) -> String {
        Self.connectionString(socketFolder: socketFolder, database: database, user: user)
    }
}

extension PrivateCluster {
    private func control(_ arguments: [String]) async throws -> ServerProgram.Outcome {
        let version = try Files.readText(dataFolder.appending("PG_VERSION"))?.split(separator: "\n").first.flatMap { Int($0) }
        let installation = try await PostgresInstallation.find(environment: environment, major: version, of: dataFolder)
        return try await ServerProgram(installation.program("pg_ctl"), account: account).run(["-D", "data"] + arguments, in: folder)
    }

    /// Waits until the last process of a dead server has gone, and removes its pid file.
    private func cleanUp(limit: Duration) async throws {
        let deadline = ContinuousClock.now + limit
        while let file = try Files.readText(pidFile).flatMap({ PostmasterFile($0) }), try file.hasSurvivors {
            // Children notice within moments that the postmaster died; the kernel tells nobody else.
            guard ContinuousClock.now < deadline else { throw ServerError.remainsRunning(folder) }
            try await Task.sleep(for: .milliseconds(20))
        }
        try Files.remove(pidFile)
    }

    private func waitUntilReady(limit: Duration) async throws {
        let deadline = ContinuousClock.now + limit
        while case .running(let server) = try status(), !server.isReady {
            guard ContinuousClock.now < deadline else { throw ServerError.stillStarting(folder, seconds: Int(limit.components.seconds)) }
            try await Task.sleep(for: .milliseconds(20))
        }
        // It ended instead, so what is wrong shows when it is started.
        guard case .running = try status() else {
            try await start(limit: limit)
            return
        }
    }
}
