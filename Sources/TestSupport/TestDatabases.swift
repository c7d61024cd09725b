public import Postgres
import Sandbox
import Synchronization

/// The databases of one test: a copy of the migrated template of each service that it asked for.
public struct TestDatabases: Sendable {
    /// What all their names start with; the service follows.
    public let prefix: String
    private var databases: [String: TestDatabase]
    /// Services whose database is on another server or has another name.
    private var elsewhere: Set<String> = []
    private let cluster: TestCluster

    init(prefix: String, _ databases: [TestDatabase], on cluster: TestCluster) {
        self.prefix = prefix
        self.databases = Dictionary(databases.map { ($0.service, $0) }) { $1 }
        self.cluster = cluster
    }

    /// - Returns: the database of a service that the test asked for; asking for another is a mistake in the test and ends it.
    public subscript(service: String) -> TestDatabase {
        guard let database = databases[service] else { fatalError("this test did not ask for a database of \"\(service)\"") }
        return database
    }

    /// The services that have one, sorted.
    public var services: [String] { databases.keys.sorted() }

    /// Variables that lead saasctl to these databases.
    public var environment: [String: String] {
        func pattern(_ user: String) -> String {
            cluster.configuration(database: "\(prefix){service}", user: user).connectionString
        }
        let roles = ServiceRoles(service: "{service}")
        var variables = ["SAASCTL_DATABASE": pattern(roles.app), "SAASCTL_OWNER_DATABASE": pattern(roles.owner)]
        for service in elsewhere {
            let prefix = "SAASCTL_\(service.uppercased())"
            variables["\(prefix)_DATABASE"] = self[service].configuration(as: .app).connectionString
            variables["\(prefix)_OWNER_DATABASE"] = self[service].configuration(as: .owner).connectionString
        }
        return variables
    }

    /// The same, but for the database of one service.
    public func replacing(_ database: TestDatabase) -> TestDatabases {
        var changed = self
        changed.databases[database.service] = database
        changed.elsewhere.insert(database.service)
        return changed
    }

    /// The databases that the test's trait `.databases(…)` made. Without one, asking is a mistake in the test and ends it.
    public static var current: TestDatabases {
        guard let scoped else { fatalError("this test has no databases: give it the trait .databases(…)") }
        return scoped
    }

    @TaskLocal static var scoped: TestDatabases?

    private static let counter = Atomic(0)
    /// Tests run all at once; more than this would only wait for each other, and for connections.
    private static let turnstile = Turnstile(places: 12)

    static func lend<Result>(_ services: [String], _ body: (TestDatabases) async throws -> Result) async throws -> Result {
        let cluster = try await TestCluster.shared
        // Whoever asks for more inside holds a place already, and would wait for others who do the same.
        if scoped != nil { return try await lend(services, on: cluster, body) }
        return try await turnstile.passing { try await lend(services, on: cluster, body) }
    }

    private static func lend<Result>(
        _ services: [String], on cluster: TestCluster, _ body: (TestDatabases) async throws -> Result
    ) async throws -> Result {
        let prefix = "t\(counter.add(1, ordering: .relaxed).newValue)_"
        let outcome: Swift.Result<Result, any Error>
        do {
            try await withThrowingTaskGroup { group in
                for service in Set(services) { group.addTask { try await clone(service, as: "\(prefix)\(service)", on: cluster) } }
                try await group.waitForAll()
            }
            let databases = services.map { TestDatabase(service: $0, name: "\(prefix)\($0)", cluster: cluster) }
            let lent = TestDatabases(prefix: prefix, databases, on: cluster)
            outcome = .success(try await $scoped.withValue(lent) { try await body(lent) })
        } catch {
            outcome = .failure(error)
        }
        // In a task of its own, because a test that ran out of time is cancelled.
        try await Task {
            try await cluster.administrators.run(
                Set(services).map { Query("drop database if exists \(identifier: "\(prefix)\($0)") with (force)") })
        }.value
        return try outcome.get()
    }

    private static func clone(_ service: String, as name: String, on cluster: TestCluster) async throws {
        let template = try await cluster.templates.template(of: service, on: cluster)
        try await cluster.administrators.session { try DatabaseSetup.copy(template, to: name, for: service, in: $0) }
    }
}

/// Lends fresh databases of these services, migrated, to the body, and drops them when it has ended.
///
/// - Throws: what the body throws, or what kept the server from starting.
public func withDatabases<Result>(_ services: String..., body: (TestDatabases) async throws -> Result) async throws -> Result {
    try await TestDatabases.lend(services, body)
}

/// Lends a fresh database without any tables, as the superuser, for tests that stand below services.
public func withEmptyDatabase<Result>(_ body: (ConnectionConfiguration) async throws -> Result) async throws -> Result {
    let cluster = try await TestCluster.shared
    let name = "empty_\(UInt64.random(in: .min ... .max))"
    try await cluster.administrators.run([Query("create database \(identifier: name) template template0")])
    let outcome: Swift.Result<Result, any Error>
    do { outcome = .success(try await body(cluster.superuserConfiguration(database: name))) } catch { outcome = .failure(error) }
    try await Task { try await cluster.administrators.run([Query("drop database \(identifier: name) with (force)")]) }.value
    return try outcome.get()
}
