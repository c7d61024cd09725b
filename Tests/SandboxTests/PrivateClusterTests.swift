import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@testable import PostgresServer

@Suite struct PrivateClusterTests {
    @Test func `goes from nothing to running and back, each step idempotent`() async throws {
        try await withCluster { cluster in
            #expect(try cluster.status() == .absent)
            await #expect(throws: ServerError.self) { try await cluster.start() }
            #expect(try await cluster.initialize())
            #expect(try await !cluster.initialize())
            #expect(try cluster.status() == .stopped)
            #expect(try await !cluster.stop())
            #expect(try await cluster.start())
            #expect(try await !cluster.start())
            let server = try #require(cluster.running)
            #expect(server.isReady)
            #expect(server.socketFolder == cluster.socketFolder)
            #expect(try await cluster.query("select 1") == "1")
            #expect(try await cluster.stop())
            #expect(try cluster.status() == .stopped)
            try await cluster.destroy()
            #expect(try !Files.exists(cluster.folder))
        }
    }

    @Test func `runs under an unprivileged account, on a socket that is closed to others, and on no port`() async throws {
        try await withCluster { cluster in
            try await cluster.initialize()
            try await cluster.start()
            let server = try #require(cluster.running)
            #expect(try Files.stat(FilePath("/proc/\(server.processID)"))?.userID.rawValue == cluster.account.userID)
            #expect(cluster.account.userID != 0)
            let folder = try #require(try Files.stat(cluster.socketFolder))
            #expect(folder.permissions == .ownerReadWriteExecute)
            #expect(folder.userID.rawValue == cluster.account.userID)
            #expect(try await cluster.query("select current_setting('listen_addresses')") == "")
            #expect(
                try await cluster.query("select current_setting('server_encoding') || ' ' || current_setting('TimeZone')") == "UTF8 UTC")
            #expect(try await cluster.query("select 'a' < 'B', lower('ÄÖ')") == "f|äö")
        }
    }

    @Test func `starts again after the postmaster was killed`() async throws {
        try await withCluster { cluster in
            try await cluster.initialize()
            try await cluster.start()
            _ = try await cluster.query("create table kept (n int); insert into kept values (7)")
            let killed = try #require(cluster.running)
            // Only the postmaster is waited for: its children may still hold the server's memory.
            try await cluster.killPostmaster()
            #expect(try await cluster.start())
            #expect(cluster.running?.processID != killed.processID)
            #expect(try await cluster.query("select n from kept") == "7")
        }
    }

    @Test func `waits for a child that outlives its postmaster`() async throws {
        try await withCluster { cluster in
            try await cluster.initialize()
            try await cluster.start()
            // A backend that runs no query notices the postmaster's death; one that is stopped cannot.
            let child = try #require(Int32(try await cluster.query("select pid from pg_stat_activity where backend_type = 'checkpointer'")))
            #expect(kill(child, SIGSTOP) == 0)
            try await cluster.killPostmaster()
            let error = await #expect(throws: ServerError.self) { try await cluster.start(limit: .milliseconds(200)) }
            #expect(error?.failure.code.exit == .tryAgain)
            #expect(kill(child, SIGCONT) == 0)
            #expect(try await cluster.start())
        }
    }

    @Test func `a stale pid file whose number belongs to another process is no server`() async throws {
        try await withCluster { cluster in
            try await cluster.initialize()
            try await cluster.start()
            let files = [cluster.dataFolder.appending("postmaster.pid"), cluster.socketFolder.appending(".s.PGSQL.5432.lock")]
            let texts = try files.map { try #require(try Files.readText($0)) }
            #expect(try await cluster.stop())
            // The machine went down, and after it came up another process of the same account got the number: another server, even.
            try await withCluster { bystander in
                try await bystander.initialize()
                try await bystander.start()
                let number = try #require(bystander.running).processID
                for (file, text) in zip(files, texts) {
                    let forged = "\(number)" + text.drop { $0 != "\n" }
                    try Files.replace(file, with: Array(forged.utf8), mode: .ownerReadWrite, owner: cluster.account)
                }
                #expect(try cluster.status() == .stale)
                #expect(try await cluster.start())
                #expect(try await cluster.query("select 1") == "1")
                #expect(bystander.running?.processID == number)
            }
        }
    }

    @Test func `a pid file that was cut off is stale`() async throws {
        try await withCluster { cluster in
            try await cluster.initialize()
            try Files.replace(cluster.dataFolder.appending("postmaster.pid"), with: [], mode: .ownerReadWrite, owner: cluster.account)
            #expect(try cluster.status() == .stale)
            #expect(try await cluster.start())
        }
    }

    @Test func `a folder too long for a socket gets one elsewhere`() async throws {
        try await withServerFolder { scratch in
            let folder = scratch.path.appending(String(repeating: "long-", count: 30)).appending("it's, \"quoted\" $HOME")
            let cluster = try PrivateCluster(folder: folder, settings: .throwaway, environment: environment)
            try await cluster.whileExisting {
                #expect(cluster.socketFolder.string.hasPrefix("/tmp/saasctl-\(cluster.account.userID)-"))
                try await cluster.initialize()
                try await cluster.start()
                #expect(try await cluster.query("select 1") == "1")
            }
            #expect(try !Files.exists(cluster.socketFolder))
        }
    }

    @Test func `a socket folder that somebody else put there is refused`() async throws {
        try await withServerFolder { scratch in
            let folder = scratch.path.appending(String(repeating: "x", count: 120))
            let cluster = try PrivateCluster(folder: folder, settings: .throwaway, environment: environment)
            try Files.makeFolder(cluster.socketFolder, mode: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
            try await cluster.whileExisting {
                try await cluster.initialize()
                let error = await #expect(throws: ServerError.self) { try await cluster.start() }
                #expect(error?.failure.code.exit == .configuration)
            }
        }
    }

    @Test func `what an interrupted initdb left does not count as data, and foreign files are left alone`() async throws {
        try await withCluster { cluster in
            try Files.makeFolder(cluster.folder.appending("data.new").appending("base"), mode: .ownerReadWriteExecute)
            #expect(try cluster.status() == .absent)
            try Files.makeFolder(cluster.dataFolder, mode: .ownerReadWriteExecute)
            try Files.replace(cluster.dataFolder.appending("letter.txt"), with: [1], mode: .ownerReadWrite)
            await #expect(throws: ServerError.self) { try await cluster.initialize() }
            #expect(try Files.exists(cluster.dataFolder.appending("letter.txt")))
            try Files.remove(cluster.dataFolder.appending("letter.txt"))
        }
    }

    @Test func `a server that cannot start says why, from its log`() async throws {
        try await withCluster { cluster in
            try await cluster.initialize()
            let broken = try PrivateCluster(
                folder: cluster.folder,
                settings: ServerSettings(maxConnections: 10, isDurable: false, parameters: ["no_such_setting": "1"]),
                environment: environment)
            let error = await #expect(throws: ServerError.self) { try await broken.start() }
            #expect(error?.failure.details.contains { $0.contains("no_such_setting") } == true)
            #expect(try cluster.status() == .stopped)
        }
    }

    @Test func `a cancelled start leaves no server behind`() async throws {
        try await withCluster { cluster in
            try await cluster.initialize()
            let start = Task { try await cluster.start() }
            while try cluster.status() == .stopped { await Task.yield() }
            start.cancel()
            await #expect(throws: CancellationError.self) { try await start.value }
            #expect(try cluster.status() != .absent)
            #expect(cluster.running == nil)
            let early = Task { try await cluster.start() }
            early.cancel()
            await #expect(throws: CancellationError.self) { try await early.value }
            #expect(cluster.running == nil)
            #expect(try await cluster.start())
        }
    }

    @Test func `a folder on the way that is closed to the server's account is named`() async throws {
        guard geteuid() == 0 else { return }
        try await withServerFolder { scratch in
            let closed = scratch.path.appending("closed")
            try Files.makeFolder(closed, mode: .ownerReadWriteExecute)
            let cluster = try PrivateCluster(folder: closed.appending("a").appending("b"), environment: environment)
            let error = await #expect(throws: ServerError.self) { try await cluster.initialize() }
            #expect(error?.failure.message.contains("\"\(closed)\" is closed") == true)
            #expect(error?.failure.code.exit == .configuration)
        }
    }

    // MARK: -

    private let environment = ["PATH": "/usr/bin:/bin"]

    private func withCluster(_ body: (PrivateCluster) async throws -> Void) async throws {
        try await withServerFolder { scratch in
            let cluster = try PrivateCluster(folder: scratch.path.appending("cluster"), settings: .throwaway, environment: environment)
            try await cluster.whileExisting { try await body(cluster) }
        }
    }
}

extension PrivateCluster {
    /// Destroys the cluster when the body has ended, one way or the other.
    fileprivate func whileExisting(_ body: () async throws -> Void) async throws {
        do { try await body() } catch {
            try await destroy()
            throw error
        }
        try await destroy()
    }

    fileprivate var running: RunningServer? {
        guard case .running(let server)? = try? status() else { return nil }
        return server
    }

    /// Kills the postmaster alone and waits until the kernel has taken it away.
    fileprivate func killPostmaster() async throws {
        let server = try #require(running)
        #expect(kill(server.processID, SIGKILL) == 0)
        while running?.processID == server.processID { await Task.yield() }
    }

    /// The answer as psql prints it: these tests stand below the module that speaks to servers.
    fileprivate func query(_ sql: String) async throws -> String {
        let installation = try await PostgresInstallation.find(environment: ["PATH": "/usr/bin:/bin"])
        let text = connectionString(database: "postgres", user: superuser)
        let outcome = try await ServerProgram(installation.program("psql"), account: account).run(["-XAtqc", sql, text])
        guard outcome.succeeded else { throw ServerError.programFailed("psql", output: outcome.output) }
        return String(outcome.output.dropLast())
    }
}
