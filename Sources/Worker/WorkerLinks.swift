import Outbox
import Postgres

/// The connections that the lanes of a worker share: one per service to read on.
actor WorkerLinks {
    enum Purpose {
        /// Short questions, and reading the outbox.
        case reading
        /// Consumers' work that belongs to no single lane.
        case settling
    }

    private struct Key: Hashable {
        let service: String
        let purpose: Purpose
    }

    private let databases: any WorkerDatabases
    private var links: [Key: Task<Connection, any Error>] = [:]
    private var readers: [String: SourceReader] = [:]

    init(_ databases: any WorkerDatabases) {
        self.databases = databases
    }

    /// One that was lost is replaced.
    func link(to service: String, for purpose: Purpose = .reading) async throws -> Connection {
        let key = Key(service: service, purpose: purpose)
        if let known = links[key] {
            if case .success(let connection) = await known.result, await connection.isAlive() { return connection }
            if links[key] == known { links[key] = nil }
        }
        let opening = links[key] ?? Task { [databases] in try await databases.open(service) }
        links[key] = opening
        return try await opening.value
    }

    /// A connection that only the caller uses, and closes.
    func open(_ service: String) async throws -> Connection {
        try await databases.open(service)
    }

    func reader(of source: String) -> SourceReader {
        let reader = readers[source] ?? SourceReader(source: source, links: self)
        readers[source] = reader
        return reader
    }

    /// Lets every source be looked at anew: what lanes learn from now on is not older than this.
    func beginRound() async {
        for reader in readers.values { await reader.beginRound() }
    }

    func closeAll() async {
        for opening in links.values {
            if case .success(let connection) = await opening.result { await connection.close() }
        }
        links = [:]
        readers = [:]
    }
}
