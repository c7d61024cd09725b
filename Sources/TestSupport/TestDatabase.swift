public import Postgres
import Sandbox

/// One test's own database of one service, with the rights that it has in production.
public struct TestDatabase: Sendable {
    public let service: String
    public let name: String
    private let cluster: TestCluster

    init(service: String, name: String, cluster: TestCluster) {
        self.service = service
        self.name = name
        self.cluster = cluster
    }

    public enum Role: Sendable, Hashable {
        /// Runs commands and the worker, and may do what migrations granted.
        case app
        /// Owns the tables.
        case owner
        /// May do anything. For arranging what no role of ours may do, and for looking where they may not.
        case superuser
    }

    /// How to connect. Nobody has to close what a test opened: the database goes away with all its connections.
    public func configuration(as role: Role = .app) -> ConnectionConfiguration {
        switch role {
        case .app: cluster.configuration(database: name, user: ServiceRoles(service: service).app)
        case .owner: cluster.configuration(database: name, user: ServiceRoles(service: service).owner)
        case .superuser: cluster.superuserConfiguration(database: name)
        }
    }

    public func connect(as role: Role = .app) async throws -> Connection {
        try await Connection.open(configuration(as: role))
    }
}
