import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// One consumer reading one source. Looks for events over shared connections; only where there are any does it take the lane, on a
/// connection of its own, so that losing the connection loses lock and transaction together.
actor Lane {
    nonisolated let consumer: any Consumer
    nonisolated let source: String
    let links: WorkerLinks
    let reader: SourceReader
    let settings: LaneSettings

    /// Where the lane stood when it was last looked at. While it is not held another worker may have moved it, which taking it shows.
    var place: Place?
    private(set) var held: Connection?
    private var size = ChunkSize()

    private static let checkpointsKept: Int64 = 100
    private static let lettersAtOnce = 500
    /// How long an operator's word about dead letters may go unheard by a lane that is held and idle.
    private static let letterPause = Duration.seconds(10)

    struct Place {
        var cursor: WindowCursor
        /// What the stored checkpoint counts in; `nil` where there is none.
        var epoch: Epoch?
        var identity: SourceIdentity?
        /// While a rebase finishes what an earlier incarnation of the source has left.
        var countsIn: Epoch?
        /// Where a lane that had begun to read what the source is now goes on after a rebase.
        var resumesAt: Snapshot?
        var letters: Letters
        /// Whether the source was asked if it has all that a lane without a checkpoint needs.
        var knowsBeginning = false
    }

    /// What is known of the lane's dead letters.
    struct Letters {
        var exist: Bool
        /// When the first of them may be tried.
        var due: Timestamp?
        var lookedAt: ContinuousClock.Instant
    }

    init(_ consumer: any Consumer, reading reader: SourceReader, links: WorkerLinks, settings: LaneSettings) {
        self.consumer = consumer
        source = reader.source
        self.reader = reader
        self.links = links
        self.settings = settings
    }

    nonisolated var name: String { "\(consumer.name)<\(source)" }
    var checkpoints: CheckpointStore { CheckpointStore(consumer: consumer.name, source: source) }
    private var deadLetters: DeadLetterStore { DeadLetterStore(consumer: consumer.name, source: source) }

    /// When the lane has something to do again although nothing new comes.
    var due: Timestamp? { place?.letters.due }

    /// - Returns: `nil` where the lane has not got so far as to know.
    func deadLetterCount() async throws -> DeadLetterCount? {
        guard let place else { return nil }
        guard place.letters.exist else { return DeadLetterCount() }
        let letters = deadLetters
        return try await links.link(to: consumer.service, for: .asking).session { try letters.count(in: $0) }
    }

    /// How far a lane goes in one turn.
    enum Extent: Sendable {
        /// Until nothing is left. Where events keep coming that may be never.
        case all
        /// What is there at the beginning, and more only where that was a full chunk, so that the lane is behind.
        case present
    }

    /// Applies what is there.
    ///
    /// - Parameter keepsLane: stay its holder until ``release()``; otherwise others find it free.
    /// - Returns: what was applied and how it ended; errors are in the outcome. After one the lane is free.
    func drain(_ extent: Extent = .all, keepsLane: Bool = false) async -> LaneReport {
        var report = LaneReport(consumer: consumer.name, source: source, outcome: .level)
        do {
            report.outcome = try await advance(extent, counting: &report)
            if !keepsLane { try await unlock() }
        } catch {
            report.outcome = LaneReport.Outcome(error, reading: source)
            await release()
        }
        return report
    }

    /// Lets go of the lane and of its connection.
    func release() async {
        place = nil
        await letGo()
    }

    private func letGo() async {
        guard let connection = held else { return }
        held = nil
        await connection.close()
        links.places.giveBack()
    }

    // MARK: Looking

    private func advance(_ extent: Extent, counting report: inout LaneReport) async throws -> LaneReport.Outcome {
        var place = try await look()
        while true {
            let (isBetweenWindows, before) = (place.cursor.checkpoint.window == nil, report.events)
            guard try await hasWork(&place) else { break }
            if settings.shouldStop() {
                self.place = place
                return .interrupted
            }
            readFirstChunk(of: place)
            let connection: Connection
            switch try await take(&place) {
            case .held(let taken): connection = taken
            case .locked:
                self.place = nil
                return .locked
            case .interrupted:
                self.place = place
                return .interrupted
            }
            self.place = place
            try await retryLetters(on: connection, &place, counting: &report)
            let outcome = try await readAndApply(on: connection, &place, counting: &report)
            self.place = place
            // Where lanes wait for connections, this one has had its turn; it goes on in the next pass.
            guard case .level = outcome, !links.places.isContended else { return outcome }
            // A window that an earlier turn has left open says nothing about what has come since.
            if extent == .present, isBetweenWindows, report.events - before < ChunkSize.bounds.upperBound { return outcome }
        }
        self.place = place
        return .level
    }

    /// To take the lane means to connect. Meanwhile the reader gets the chunk that will be asked for then, unless somebody else has been here.
    private func readFirstChunk(of place: Place) {
        guard held == nil, !links.places.isContended, case .read(let request) = place.cursor.next(limit: size.limit) else { return }
        Task { [reader, epoch = place.identity?.epoch] in _ = try? await reader.chunk(request, of: epoch) }
    }

    private func look() async throws -> Place {
        if var place {
            if place.letters.exist, place.letters.lookedAt.duration(to: .now) > Self.letterPause {
                let link = try await links.link(to: consumer.service, for: .asking)
                let letters = deadLetters
                place.letters = try await link.session { try Self.letters(of: letters, in: $0) }
            }
            return place
        }
        if let standing = try await links.firstLook(at: consumer, source) {
            if let head = standing.head, head.epoch == nil { throw LaneStop.unreadableCheckpoint(head.epochText) }
            return Place(
                cursor: WindowCursor(resuming: standing.head?.checkpoint ?? .start), epoch: standing.head?.epoch,
                letters: Letters(exist: standing.hasLetters, due: standing.due, lookedAt: .now))
        }
        return try await stored(over: try await links.link(to: consumer.service, for: .asking))
    }

    func stored(over connection: Connection) async throws -> Place {
        let store = checkpoints
        let letters = deadLetters
        let (head, found) = try await connection.session { (try store.head(in: $0), try Self.letters(of: letters, in: $0)) }
        return Place(
            cursor: WindowCursor(resuming: head?.checkpoint ?? .start), epoch: head?.epoch, identity: place?.identity, letters: found)
    }

    private static func letters(of store: DeadLetterStore, in session: Session) throws -> Letters {
        guard try store.hasAny(in: session) else { return Letters(exist: false, due: nil, lookedAt: .now) }
        return Letters(exist: true, due: try store.nextAttempt(in: session), lookedAt: .now)
    }

    private func hasWork(_ place: inout Place) async throws -> Bool {
        let checkpoint = place.cursor.checkpoint
        let known = place.identity
        place.identity = try await reader.verify(checkpoint, epoch: place.epoch, known: known, replays: consumer.replayName)
        if known != nil, known != place.identity { place.cursor.forgetEmptyWindows() }
        if place.epoch == nil, !place.knowsBeginning {
            try await reader.refuseIncompleteStart(of: consumer)
            place.knowsBeginning = true
        }
        if case .open(let lo) = place.cursor.next(limit: size.limit) {
            if try place.cursor.opened(try await reader.opening(after: lo)) { return true }
        } else {
            return true
        }
        return isDue(place.letters.due)
    }

    /// Whether the time has come. One that no pause leads to was written before the clock was set back.
    private func isDue(_ due: Timestamp?) -> Bool {
        guard let due else { return false }
        let now = settings.clock.now()
        return due <= now || due > now.advanced(by: settings.schedule.longest)
    }

    // MARK: Taking

    enum Taking {
        /// The connection that holds the lane.
        case held(Connection)
        /// Somebody else does.
        case locked
        /// The run is to end before there is a connection for this lane.
        case interrupted
    }

    func take(_ place: inout Place) async throws -> Taking {
        if let held { return .held(held) }
        guard await waitForPlace() else { return .interrupted }
        let connection: Connection
        do {
            connection = try await links.open(consumer.service)
        } catch {
            links.places.giveBack()
            throw error
        }
        held = connection
        let store = checkpoints
        let timeout = settings.statementTimeout
        guard
            try await connection.session({ session in
                if let timeout {
                    _ = try session.pipeline(LaneQueries.planByKeys(), LaneQueries.limitStatements(to: timeout))
                } else {
                    try session.run(LaneQueries.planByKeys())
                }
                return try store.tryLock(in: session)
            })
        else {
            await letGo()
            return .locked
        }
        let taken = try await stored(over: connection)
        // Somebody else was here since we looked.
        if taken.cursor.checkpoint.sequence != place.cursor.checkpoint.sequence || taken.epoch != place.epoch { place = taken }
        place.letters = taken.letters
        return .held(connection)
    }

    /// Waits only in a run that may have fewer connections than it has lanes.
    private func waitForPlace() async -> Bool {
        await links.places.wait(settings) { [settings, name] in settings.beat(name) }
    }

    func unlock() async throws {
        guard let held else { return }
        let store = checkpoints
        try await held.session { try store.unlock(in: $0) }
        await letGo()
    }

    // MARK: Events

    func readAndApply(
        on connection: Connection, _ place: inout Place, counting report: inout LaneReport
    ) async throws -> LaneReport.Outcome {
        let cutIn = place.identity?.epoch
        guard let epoch = place.countsIn ?? cutIn else { return .level }
        var ahead: (limit: Int, read: Task<SourceReader.Chunk, any Error>)?
        while case .read(let request) = place.cursor.next(limit: size.limit) {
            if settings.shouldStop() { return .interrupted }
            if links.places.isContended, report.events > 0 { return .level }
            let began = ContinuousClock.now
            // What was read ahead answers the same question, unless the chunks have become smaller meanwhile.
            let asked = ahead?.limit ?? request.limit
            var chunk: SourceReader.Chunk = if let ahead { try await ahead.read.value } else { try await reader.chunk(request, of: cutIn) }
            ahead = nil
            if let newer = consumer.firstNewer(in: chunk.events) {
                // What comes before it waits for no upgrade.
                guard newer.index > 0 else { throw newer.stop }
                chunk = (Array(chunk.events.prefix(newer.index)), reachedEnd: false)
            }
            let checkpoint = place.cursor.received(chunk.events, reachedEnd: chunk.reachedEnd)
            if case .read(let next) = place.cursor.next(limit: size.limit) {
                let reader = reader
                ahead = (next.limit, Task { try await reader.chunk(next, of: cutIn) })
            }
            try await commit(chunk.events, checkpoint, epoch, on: connection, &place.letters)
            place.epoch = epoch
            report.events += chunk.events.count
            settings.beat(name)
            settings.applied(chunk.events.count, consumer.name)
            size.observed(
                events: chunk.events.count, asked: asked, took: ContinuousClock.now - began, reachedEnd: chunk.reachedEnd)
        }
        return .level
    }

    private func commit(
        _ events: [StoredEvent], _ checkpoint: LaneCheckpoint, _ epoch: Epoch, on connection: Connection, _ letters: inout Letters
    ) async throws {
        let transaction = ChunkTransaction(
            consumer: consumer, source: source, now: settings.clock.now(), schedule: settings.schedule, hasLetters: letters.exist,
            beat: { [settings, name] in settings.beat(name) }, suspects: !settings.parksAll)
        let added: ChunkTransaction.Added
        let finish: @Sendable (Session) throws -> Void = { [checkpoints, settings] session in
            guard try checkpoints.append(checkpoint, epoch: epoch, at: settings.clock.now(), in: session) else { throw LaneTaken() }
            if checkpoint.sequence % Self.checkpointsKept == 0 {
                try checkpoints.prune(keeping: Self.checkpointsKept, head: checkpoint.sequence, in: session)
            }
        }
        do {
            // A deadlock or a serialization failure is nobody's fault and gone the next time.
            added = try await connection.transaction(TransactionOptions(retry: .standard)) { session in
                let added = try transaction.applyTogether(events, in: session)
                try finish(session)
                return added
            }
        } catch  where EventFault.failure(in: error) != nil {
            added = try await connection.transaction(TransactionOptions(retry: .standard)) { session in
                let added = try transaction.applyBisecting(events, in: session)
                try finish(session)
                return added
            }
        }
        guard added.any else { return }
        letters.exist = true
        letters.due = [letters.due, added.due].compactMap(\.self).min()
    }

    // MARK: Dead letters

    private func retryLetters(on connection: Connection, _ place: inout Place, counting report: inout LaneReport) async throws {
        while isDue(place.letters.due), !settings.shouldStop() {
            let letters = deadLetters
            let longest = settings.schedule.longest
            let transaction = ChunkTransaction(
                consumer: consumer, source: source, now: settings.clock.now(), schedule: settings.schedule, hasLetters: true,
                beat: { [settings, name] in settings.beat(name) })
            let (applied, found) = try await connection.transaction(TransactionOptions(retry: .standard)) { session in
                let ready = try letters.ready(at: transaction.now, longest: longest, limit: Self.lettersAtOnce, in: session)
                let applied = try transaction.retry(ready, in: session)
                return (applied, try Self.letters(of: letters, in: session))
            }
            report.events += applied
            place.letters = found
        }
    }
}

/// Another worker has moved the lane since this one read its checkpoint.
struct LaneTaken: Error {}

enum LaneQueries {
    /// A plan is kept for as long as a lane goes on. One that was made while a table was small reads all of it, and compares each row with each key
    /// of a chunk, when it has become large; statistics come too late.
    static func planByKeys() -> Query<Void> {
        Query("select set_config('enable_seqscan', 'off', false), set_config('jit', 'off', false)")
    }

    /// A wait for a lock ends in half the time: it is told from a statement that takes too long, and is no event's fault.
    static func limitStatements(to timeout: Duration) -> Query<Void> {
        Query(
            """
            select set_config('statement_timeout', \(milliseconds(timeout)), false), set_config('lock_timeout', \(milliseconds(timeout / 2)), false)
            """)
    }

    private static func milliseconds(_ duration: Duration) -> String {
        String(max(1, Int64(duration / .milliseconds(1))))
    }
}
