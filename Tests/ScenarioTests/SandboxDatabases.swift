import Kernel
import Postgres
import TestSupport
import Testing

/// The databases of a sandbox, seen past saasctl.
struct SandboxDatabases {
    static let services = ["analytics", "audit", "billing", "identity", "notification", "organization", "workflow"]

    private let host: String
    private let user: String

    /// - Parameter cli: whose sandbox has been started.
    init(of cli: CommandLineFixture) async throws {
        let variables = try #require(try await cli.run("sandbox", "env", "-o", "json").json()["variables"])
        host = try #require(variables["PGHOST"]?.string)
        user = try #require(variables["PGUSER"]?.string)
    }

    func connect(_ service: String) async throws -> Connection {
        try await Connection.open(ConnectionConfiguration("host='\(host)' dbname=saas_\(service) user=\(user)"))
    }

    /// What all seven hold.
    func contents() async throws -> [String: DatabaseContents] {
        var contents: [String: DatabaseContents] = [:]
        for service in Self.services {
            let connection = try await connect(service)
            contents[service] = try await DatabaseContents(of: connection)
            await connection.close()
        }
        return contents
    }
}
