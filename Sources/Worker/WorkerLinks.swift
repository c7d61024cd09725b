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

    private struct Opening {
        let task: Task<Connection, any Error>
        /// Whether whoever asks from now on asks anew where it has failed.
        var isSettled = false
    }

    private typealias Standings = [String: ConsumerLanes.Standing]

    private struct FirstLook {
        let task: Task<Standings, any Error>
        var waiting: Set<String>
    }

    nonisolated let places: LanePlaces
    nonisolated let budget: WorkerBudget
    private let databases: any WorkerDatabases
    /// Whether readers wait for appends on their connections.
    nonisolated let readersSleep: Bool
    private var links: [Key: Opening] = [:]
    private var firstLooks: [String: FirstLook] = [:]
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
        let key = key(service, purpose)
        if let known = links[key] {
            guard known.isSettled else { return try await settled(known.task, key) }
            if case .success(let connection) = await known.task.result, await connection.isAlive() { return connection }
            if links[key]?.task == known.task { links[key] = nil }
        }
        return try await settled(opening(key), key)
    }

    /// Begins to connect, for lanes that will ask in a moment: the servers begin their sessions side by side.
    func prepare(_ services: Set<String>, for purpose: Purpose) {
        for service in services { _ = opening(key(service, purpose)) }
    }

    private func key(_ service: String, _ purpose: Purpose) -> Key {
        let isForReading =
            switch purpose {
            case .reading: true
            case .asking: !readersSleep
            // Reading turns kinds of plans off that consumers need.
            case .settling: false
            }
        return Key(service: service, isForReading: isForReading)
    }

    private func opening(_ key: Key) -> Task<Connection, any Error> {
        if let known = links[key] { return known.task }
        let task = Task { [databases] in try await databases.open(key.service) }
        links[key] = Opening(task: task)
        return task
    }

    private func settled(_ task: Task<Connection, any Error>, _ key: Key) async throws -> Connection {
        let result = await task.result
        if links[key]?.task == task { links[key]?.isSettled = true }
        return try result.get()
    }

    /// What a consumer's database knows of a lane when the worker begins: asked once for all lanes of the consumer, and told each of them once.
    ///
    /// - Returns: `nil` for a lane that has been told.
    func firstLook(at consumer: any Consumer, _ source: String) async throws -> ConsumerLanes.Standing? {
        if firstLooks[consumer.name] == nil {
            let lanes = ConsumerLanes(consumer: consumer.name, sources: consumer.sources)
            let service = consumer.service
            let task = Task { [self] in
                try await link(to: service, for: .asking).session { try lanes.standings(in: $0) }
            }
            firstLooks[consumer.name] = FirstLook(task: task, waiting: Set(consumer.sources))
        }
        guard let look = firstLooks[consumer.name], firstLooks[consumer.name]?.waiting.remove(source) != nil else { return nil }
        return try await look.task.value[source]
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
            if case .success(let connection) = await opening.task.result { await connection.close() }
        }
        links = [:]
        readers = [:]
    }
}
