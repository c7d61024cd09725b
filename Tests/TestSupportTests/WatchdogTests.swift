import Glibc
import PostgresServer
import SystemPackage
import TestSupport
import Testing

@Suite struct WatchdogTests {
    @Test func `ends the servers that a body left behind and removes their folder`() async throws {
        let (processID, folder) = try await withServerFolder { scratch in
            let cluster = try PrivateCluster(
                folder: scratch.path.appending("deep/down"), settings: .throwaway, environment: ["PATH": "/usr/bin:/bin"])
            try await cluster.initialize()
            try await cluster.start()
            guard case .running(let server) = try cluster.status() else { throw ServerError.notInitialized(scratch.path) }
            return (server.processID, scratch.path)
        }
        #expect(kill(processID, 0) != 0)
        #expect(try !Files.exists(folder))
    }
}
