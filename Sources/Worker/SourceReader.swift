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
    /// The same, on its way.
    private var beginning: (connection: Connection, epoch: Task<Epoch, any Error>)?
    private var openings = Recent<Snapshot, CutWindows.Cut>(capacity: 8)
    private var cuts = CutWindows()
    private let counter = CutWindows.Counter()
    private var bell: SourceBell?

    /// Two for a lane that applies one chunk while it reads the next.
    private var chunks = Recent<ChunkRequest, Chunk>(capacity: 2)

    init(source: String, links: WorkerLinks) {
        self.source = source
        self.links = links
        windows = WindowReader(source: source, chunkBytes: links.budget.chunkBytes)
    }

    /// Forgets which windows were empty, and the chunks that were read: a lane that stands may have been given another row to read. Within a
    /// round, lanes at the same point ask once.
    func beginRound() {
        openings.removeAll()
        chunks.removeAll()
        cuts.beginRound()
        bell?.beginRound()
    }

    /// Makes sure that the source is the one that a checkpoint counts in.
    ///
    /// - Parameter known: what this returned when it was last asked for the same lane, if it was: nothing is asked again on the same connection.
    /// - Parameter consumer: whose checkpoint it is, where a replay could bring it up to date; so that what stops the lane names that way.
    /// - Throws: ``LaneStop``, or why the source cannot be reached.
    func verify(
        _ checkpoint: LaneCheckpoint, epoch stored: Epoch?, known: SourceIdentity?, replays consumer: String? = nil
    ) async throws -> SourceIdentity {
        let (connection, epoch) = try await connect()
        let identity = SourceIdentity(epoch: epoch, connection: ObjectIdentifier(connection))
        if identity == known { return identity }
        if let stored, let change = epoch.difference(from: stored) { throw LaneStop.sourceChanged(change) }
        let tail = checkpoint.tail
        let windows = windows
        if !tail.isEmpty {
            let (isThere, isDropped) = try await connection.session { session in
                try windows.holds(tail, in: session) ? (true, false) : (false, windows.hasDropped(tail, in: session))
            }
            if isDropped { throw LaneStop.tailDropped(replays: consumer) }
            guard isThere else { throw LaneStop.tailMissing }
        }
        return identity
    }

    /// A lane without a checkpoint would begin in the middle where the source has dropped events. One that can be replayed must not; another
    /// takes what there is, because nothing would give it the rest.
    func refuseIncompleteStart(of consumer: any Consumer) async throws {
        guard consumer.readModel != nil else { return }
        let windows = windows
        if try await session({ try windows.lacksBeginning(in: $0) }) { throw LaneStop.beginningDropped(consumer: consumer.name) }
    }

    func epoch() async throws -> Epoch {
        try await connect().epoch
    }

    /// The window after a snapshot; the one that another lane has cut there in this round serves as well.
    func opening(after lo: Snapshot) async throws -> WindowCursor.Opening {
        let (connection, _) = try await connect()
        if let empty = cuts.empty(after: lo) { return empty }
        let (windows, counter) = (windows, counter)
        let answer = openings.value(for: lo) {
            guard let errand = bell?.takeErrand() else {
                return Task {
                    try await connection.session { CutWindows.Cut(opening: try windows.open(after: lo, in: $0), number: counter.next()) }
                }
            }
            return Task { try await cut(after: lo, on: connection, with: errand) }
        }
        do {
            let cut = try await answer.value
            // One by a connection that was lost meanwhile has no place among these.
            if prepared?.connection === connection { cuts.note(cut, after: lo) }
            return cut.opening
        } catch {
            openings.forget(answer)
            throw error
        }
    }

    // MARK: Sleeping

    var bellState: FollowRhythm.Bell { bell?.state ?? .refused }

    /// What the next look is to do about the bell.
    func request(_ errand: FollowRhythm.Errand) {
        bell?.request(errand)
    }

    private func cut(
        after lo: Snapshot, on connection: Connection, with errand: FollowRhythm.Errand
    ) async throws -> CutWindows.Cut {
        let lock = errand == .take ? OutboxBell().arming : OutboxBell().disarming
        let (window, counter) = (windows.opening(after: lo), counter)
        do {
            let (granted, cut) = try await connection.session { session in
                let (granted, openings) = try session.pipeline(lock, window)
                return (granted.first ?? false, CutWindows.Cut(opening: openings.rows[0], number: counter.next()))
            }
            if bell?.connection === connection { bell?.done(errand, granted: granted) }
            return cut
        } catch {
            // Whether the lock was taken is not known; the session takes it along.
            await connection.close()
            throw error
        }
    }

    /// Waits for an append, at most so long.
    ///
    /// - Returns: whether there was one.
    func sleep(upTo limit: Duration, unless stop: StopSignal) async throws -> Bool {
        let (connection, _) = try await connect()
        let limit = [limit, bell?.patience].compactMap(\.self).min() ?? limit
        do {
            // Cancelled as a task, which counts also where the call has not begun yet.
            let sleep = Task { try await connection.session { try OutboxBell().wait(upTo: limit, in: $0) } }
            let wasRung = try await stop.interruptible(by: { sleep.cancel() }) { try await sleep.value }
            if wasRung { bell?.rang() }
            return wasRung
        } catch let error as PostgresError where error.kind == .cancelled {
            return false
        }
    }

    // MARK: Reading

    /// - Parameter known: what the source was when the window was cut; `nil` where that is no question.
    /// - Throws: ``LaneStop/sourceChanged(_:)`` where the connection was lost since and leads elsewhere now: the window says nothing there.
    func chunk(_ request: ChunkRequest, of known: Epoch?) async throws -> Chunk {
        let (connection, epoch) = try await connect()
        if let change = known.flatMap(epoch.difference) { throw LaneStop.sourceChanged(change) }
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
        let beginning = beginning?.connection === connection ? beginning?.epoch ?? begin(on: connection) : begin(on: connection)
        let epoch: Epoch
        do {
            epoch = try await beginning.value
        } catch {
            self.beginning = nil
            throw error
        }
        // Another lane has waited for the same.
        if let prepared, prepared.connection === connection { return prepared }
        // What was read by another connection may be from another place.
        openings.removeAll()
        chunks.removeAll()
        cuts = CutWindows()
        bell = SourceBell(connection)
        prepared = (connection, epoch)
        self.beginning = nil
        return (connection, epoch)
    }

    private func begin(on connection: Connection) -> Task<Epoch, any Error> {
        let (windows, sleeps) = (windows, links.readersSleep)
        let task = Task {
            try await connection.session { session in
                if sleeps { try OutboxBell().listen(in: session) }
                return try windows.begin(session)
            }
        }
        beginning = (connection, task)
        return task
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
