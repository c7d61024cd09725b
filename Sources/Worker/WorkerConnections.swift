import Outbox
import Postgres

/// The connections of one run: one per source to read from, one per consumer to apply on. Opened when first asked for.
actor WorkerConnections {
    private let databases: any WorkerDatabases
    private var readers: [String: Task<Connection, any Error>] = [:]
    private var targets: [String: Task<Connection, any Error>] = [:]

    init(_ databases: any WorkerDatabases) {
        self.databases = databases
    }

    func reader(of source: String) async throws -> Connection {
        let opening = readers[source] ?? Task { [databases] in try await databases.open(source) }
        readers[source] = opening
        return try await opening.value
    }

    func target(of consumer: any Consumer) async throws -> Connection {
        let opening = targets[consumer.name] ?? Task { [databases] in try await databases.open(consumer.service) }
        targets[consumer.name] = opening
        return try await opening.value
    }

    /// The connection that a consumer applies on, if it has one already.
    func openTarget(of consumer: any Consumer) async -> Connection? {
        guard let opening = targets[consumer.name], case .success(let connection) = await opening.result else { return nil }
        return connection
    }

    func closeAll() async {
        for opening in Array(readers.values) + Array(targets.values) {
            if case .success(let connection) = await opening.result { await connection.close() }
        }
        readers = [:]
        targets = [:]
    }
}
