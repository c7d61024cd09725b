import Glibc
import PostgresServer
import SystemPackage
import Testing

@testable import TestSupport

@Suite struct WatchdogTests {
    @Test func `ends the server and removes its folder when the process has gone`() async throws {
        let scratch = try ScratchFolder()
        let cluster = try PrivateCluster(
            folder: scratch.path.appending("cluster"), settings: .throwaway, environment: ["PATH": "/usr/bin:/bin"])
        let watchdog = try Watchdog(cluster: cluster, folder: scratch.path)
        try await cluster.initialize()
        try await cluster.start()
        guard case .running(let server) = try cluster.status() else { throw ServerError.notInitialized(scratch.path) }
        try watchdog.letGo()
        try await watchdog.finished()
        #expect(kill(server.processID, 0) != 0)
        #expect(try !Files.exists(scratch.path))
    }
}
