import Outbox
import Postgres

/// The connections that the lanes of a worker share.
actor WorkerLinks {
    enum Purpose {
        /// Reading an outbox, and sleeping until something is appended.
        case reading
        /// Short questions of lanes to their consumer's database.
        case asking
        /// Consumers' work that belongs to no single lane.
        case settling
    }

    private struct Key: Hashable {
        let service: String
        let isForReading: Bool
    }

    nonisolated let places: LanePlaces
    nonisolated let budget: WorkerBudget
    private let databases: any WorkerDatabases
    /// Whether readers wait for appends on their connections.
    nonisolated let readersSleep: Bool
    private var links: [Key: Task<Connection, any Error>] = [:]
    private var readers: [String: SourceReader] = [:]

    /// - Parameter readersSleep: nobody else may have to wait for a connection that is read on then; otherwise it takes the questions too.
    init(_ databases: any WorkerDatabases, budget: WorkerBudget = WorkerBudget(lanes: 1, sources: 1), readersSleep: Bool = false) {
        self.databases = databases
        self.budget = budget
        self.readersSleep = readersSleep
        places = LanePlaces(budget.places)
    }

    /// One that was lost is replaced.
    func link(to service: String, for purpose: Purpose) async throws -> Connection {
        let isForReading =
            switch purpose {
            case .reading: true
            case .asking: !readersSleep
            // Reading turns kinds of plans off that consumers need.
            case .settling: false
            }
        let key = Key(service: service, isForReading: isForReading)
        if let known = links[key] {
            if case .success(let connection) = await known.result, await connection.isAlive() { return connection }
            if links[key] == known { links[key] = nil }
        }
        let opening = links[key] ?? Task { [databases] in try await databases.open(service) }
        links[key] = opening
        return try await opening.value
    }

    /// A connection that only the caller uses, and closes. Lanes have a place for it first.
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
