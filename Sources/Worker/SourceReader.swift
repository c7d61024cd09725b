import Outbox
import Postgres

/// Reads one outbox for all lanes that read it. Lanes that stand at the same point share what is read.
actor SourceReader {
    typealias Chunk = (events: [StoredEvent], reachedEnd: Bool)

    nonisolated let source: String
    private let links: WorkerLinks
    private let windows: WindowReader
    /// The connection that has been prepared, and what it leads to.
    private var prepared: (connection: Connection, epoch: Epoch)?
    private var openings = Recent<Snapshot, WindowCursor.Opening>(capacity: 8)
    /// The ends of windows in the order in which they were cut: of two snapshots that were both, the later one sees all that the other sees.
    private var cuts: [Snapshot: Int] = [:]
    private var cutCount = 0
    /// The window that turned out to be empty in this round. All that begin inside it are empty up to its end.
    private var quiet: (from: Int, to: Int, opening: WindowCursor.Opening)?
    private var bell: Bell?

    private struct Bell {
        let connection: Connection
        /// Whether the sleep lock is ours, so that appends ring.
        var isArmed: Bool
        /// How long to wait before the lock is tried again.
        var pause: Duration

        static let shortest = Duration.milliseconds(5)

        init(_ connection: Connection) {
            self.connection = connection
            isArmed = false
            pause = Self.shortest
        }
    }

    /// Two for a lane that applies one chunk while it reads the next.
    private var chunks = Recent<ChunkRequest, Chunk>(capacity: 2)

    init(source: String, links: WorkerLinks) {
        self.source = source
        self.links = links
        windows = WindowReader(source: source, chunkBytes: links.budget.chunkBytes)
    }

    /// Forgets which windows were empty. Within a round, lanes at the same point ask once.
    func beginRound() {
        openings.removeAll()
        quiet = nil
    }

    /// Makes sure that the source is the one that a checkpoint counts in.
    ///
    /// - Parameter known: what this returned when it was last asked for the same lane, if it was: nothing is asked again on the same connection.
    /// - Throws: ``LaneStop``, or why the source cannot be reached.
    func verify(_ checkpoint: LaneCheckpoint, epoch stored: Epoch?, known: SourceIdentity?) async throws -> SourceIdentity {
        let (connection, epoch) = try await connect()
        let identity = SourceIdentity(epoch: epoch, connection: ObjectIdentifier(connection))
        if identity == known { return identity }
        if let stored, let change = epoch.difference(from: stored) { throw LaneStop.sourceChanged(change) }
        let tail = checkpoint.tail
        let windows = windows
        if !tail.isEmpty {
            guard try await connection.session({ try windows.holds(tail, in: $0) }) else { throw LaneStop.tailMissing }
        }
        return identity
    }

    func epoch() async throws -> Epoch {
        try await connect().epoch
    }

    /// The window after a snapshot; the one that another lane has cut there in this round serves as well.
    func opening(after lo: Snapshot) async throws -> WindowCursor.Opening {
        let (connection, _) = try await connect()
        if let quiet, let cut = cuts[lo], (quiet.from...quiet.to).contains(cut) { return quiet.opening }
        let windows = windows
        let answer = openings.value(for: lo) {
            Task { try await connection.session { try windows.open(after: lo, in: $0) } }
        }
        do {
            let opening = try await answer.value
            note(opening, after: lo)
            return opening
        } catch {
            openings.forget(answer)
            throw error
        }
    }

    private func note(_ opening: WindowCursor.Opening, after lo: Snapshot) {
        let hi = opening.window.hi
        guard cuts[hi] == nil else { return }
        if cuts.count >= 64 { cuts = cuts.filter { $0.value > cutCount - 32 } }
        cutCount += 1
        cuts[hi] = cutCount
        if opening.isEmpty, let from = cuts[lo] { quiet = (from, cutCount, opening) }
    }

    /// Waits for an append, at most so long. The first time it only gets ready to be woken and returns at once: the caller looks once more,
    /// because what was appended before that does not ring.
    func sleep(upTo limit: Duration, unless stop: StopSignal) async throws {
        let (connection, _) = try await connect()
        var bell = bell?.connection === connection ? bell ?? Bell(connection) : Bell(connection)
        defer { self.bell = bell }
        if !bell.isArmed {
            bell.isArmed = try await connection.session { try OutboxBell().arm(in: $0) }
            if bell.isArmed { return bell.pause = Bell.shortest }
            // An append is in hand, which will not ring; or another worker sleeps here, and then appends ring for us too.
            if try await wait(min(limit, bell.pause), on: connection, unless: stop) { return bell.pause = Bell.shortest }
            bell.pause = min(bell.pause * 2, .seconds(1))
        } else if try await wait(limit, on: connection, unless: stop) {
            bell.isArmed = false
            try await connection.session { try OutboxBell().disarm(in: $0) }
        }
    }

    private func wait(_ limit: Duration, on connection: Connection, unless stop: StopSignal) async throws -> Bool {
        do {
            return try await stop.interruptible(by: { connection.cancelCurrentQuery() }) {
                try await connection.session { try OutboxBell().wait(upTo: limit, in: $0) }
            }
        } catch let error as PostgresError where error.kind == .cancelled {
            return false
        }
    }

    func chunk(_ request: ChunkRequest) async throws -> Chunk {
        let (connection, _) = try await connect()
        let windows = windows
        let answer = chunks.value(for: request) {
            Task { try await connection.session { try windows.read(request, in: $0) } }
        }
        do {
            return try await answer.value
        } catch {
            chunks.forget(answer)
            throw error
        }
    }

    /// Runs something else on the connection.
    func session<R: Sendable>(_ body: @Sendable (Session) throws -> R) async throws -> R {
        try await connect().connection.session(body)
    }

    private func connect() async throws -> (connection: Connection, epoch: Epoch) {
        let connection = try await links.link(to: source, for: .reading)
        if let prepared, prepared.connection === connection { return prepared }
        let windows = windows
        let epoch = try await connection.session { session in
            try windows.prepare(session)
            return try windows.identify(in: session)
        }
        // What was read by another connection may be from another place.
        openings.removeAll()
        chunks.removeAll()
        cuts = [:]
        quiet = nil
        prepared = (connection, epoch)
        return (connection, epoch)
    }
}

/// What an outbox is, and the connection by which that is known: another one may lead elsewhere.
struct SourceIdentity: Hashable, Sendable {
    let epoch: Epoch
    let connection: ObjectIdentifier
}

/// The answers to the last few questions, those included that are still on their way.
struct Recent<Key: Hashable & Sendable, Value: Sendable> {
    private let capacity: Int
    private var entries: [(key: Key, task: Task<Value, any Error>)] = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func value(for key: Key, ask: () -> Task<Value, any Error>) -> Task<Value, any Error> {
        if let known = entries.first(where: { $0.key == key }) { return known.task }
        let task = ask()
        entries.append((key, task))
        if entries.count > capacity { entries.removeFirst() }
        return task
    }

    mutating func forget(_ task: Task<Value, any Error>) {
        entries.removeAll { $0.task == task }
    }

    mutating func removeAll() {
        entries = []
    }
}
