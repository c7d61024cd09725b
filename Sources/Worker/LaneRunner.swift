import Kernel
import Outbox
import Postgres

/// Runs one lane: asks its cursor what to do, does it, and commits each chunk's effects with its checkpoint.
struct LaneRunner {
    let consumer: any Consumer
    let source: String
    /// To the consumer's database. Holds the lane's lock, so that losing the connection loses lock and transaction together.
    let target: Connection
    /// To the source; reads only.
    let reader: Connection
    let clock: any WallClock
    /// True when no further chunk is to be begun.
    let shouldStop: @Sendable () -> Bool

    private static let checkpointsKept: Int64 = 100

    private var store: CheckpointStore { CheckpointStore(consumer: consumer.name, source: source) }

    /// Applies what is there.
    ///
    /// - Returns: how many events were applied and how it ended. Errors are in the outcome.
    func drain() async -> LaneReport {
        var report = LaneReport(consumer: consumer.name, source: source, outcome: .level)
        do {
            let store = store
            guard try await target.session({ try store.tryLock(in: $0) }) else {
                report.outcome = .locked
                return report
            }
            do {
                report.outcome = try await apply(counting: &report.events)
            } catch {
                report.outcome = Self.outcome(of: error)
            }
            try await target.session { try store.unlock(in: $0) }
        } catch {
            // Where the lock could not be given back the connection is gone, and the lock with it; an earlier error says more.
            if case .level = report.outcome { report.outcome = Self.outcome(of: error) }
        }
        return report
    }

    private func apply(counting events: inout Int) async throws -> LaneReport.Outcome {
        let (start, epoch) = try await resume()
        var cursor = WindowCursor(resuming: start)
        var size = ChunkSize()
        let windows = WindowReader(source: source)
        while true {
            if shouldStop() { return .interrupted }
            switch cursor.next(limit: size.limit) {
            case .open(let lo):
                let opening = try await reader.session { try windows.open(after: lo, in: $0) }
                guard try cursor.opened(opening) else { return .level }
            case .read(let request):
                let began = ContinuousClock.now
                let (chunk, reachedEnd) = try await reader.session { try windows.read(request, in: $0) }
                guard let checkpoint = cursor.received(chunk, reachedEnd: reachedEnd) else { continue }
                try await commit(EventChunk(source: source, events: chunk), checkpoint, epoch)
                events += chunk.count
                size.observed(events: chunk.count, took: ContinuousClock.now - began)
            }
        }
    }

    /// Where to go on, after making sure that the source is still the one that the checkpoint counts in.
    private func resume() async throws -> (LaneCheckpoint, Epoch) {
        let store = store
        let stored = try await target.session { try store.head(in: $0) }
        let checkpoint = stored?.checkpoint ?? .start
        let windows = WindowReader(source: source)
        let (epoch, tailIsIntact) = try await reader.session { session in
            try windows.prepare(session)
            return try windows.identify(checkpoint.tail, in: session)
        }
        if let stored, let change = epoch.difference(from: stored.epoch) { throw LaneStop.sourceChanged(change) }
        guard tailIsIntact else { throw LaneStop.tailMissing }
        return (checkpoint, epoch)
    }

    private func commit(_ chunk: EventChunk, _ checkpoint: LaneCheckpoint, _ epoch: Epoch) async throws {
        try refuseNewerEvents(chunk)
        let now = clock.now()
        let consumer = consumer
        let store = store
        // A deadlock or a serialization failure is nobody's fault and gone the next time.
        try await target.transaction(TransactionOptions(retry: .standard)) { session in
            let published = try consumer.apply(chunk, in: session, context: ConsumerContext(now: now))
            try Self.publish(published, of: consumer, at: now, in: session)
            guard try store.append(checkpoint, epoch: epoch, at: now, in: session) else { throw LaneTaken() }
            if checkpoint.sequence % Self.checkpointsKept == 0 {
                try store.prune(keeping: Self.checkpointsKept, head: checkpoint.sequence, in: session)
            }
        }
    }

    /// An event of a newer version than this binary reads must not be applied by guesswork, nor be skipped.
    private func refuseNewerEvents(_ chunk: EventChunk) throws(LaneStop) {
        guard consumer.understands != nil else { return }
        for event in chunk.events {
            guard let type = event.eventType, let known = consumer.known(type.name), type.version > known.version else { continue }
            throw .newerEvent(type: event.type, position: event.position, known: known.version)
        }
    }

    static func publish(_ events: [PendingEvent], of consumer: any Consumer, at now: Timestamp, in session: Session) throws {
        let context = OperationContext(now: now, actor: .service(consumer.name), correlationId: .version7(at: now))
        try OutboxWriter(service: consumer.service).append(events, in: session, context: context)
    }

    static func outcome(of error: any Error) -> LaneReport.Outcome {
        switch error {
        case is LaneTaken: .locked
        case let error as PostgresError where error.isInfrastructure: .unavailable(error.failure)
        case let error as PostgresError: .stopped(error.failure)
        case let error as any DomainError: .stopped(error.failure)
        case let failure as Failure where failure.code.exit == .unavailable: .unavailable(failure)
        case let failure as Failure: .stopped(failure)
        default: .stopped(Failure(.unexpected, String(describing: error)))
        }
    }
}

/// Another worker has moved the lane since this one read its checkpoint.
struct LaneTaken: Error {}

extension PostgresError {
    /// Connection, resources, locks and the like, which pass; not something that an event's data brought about.
    fileprivate var isInfrastructure: Bool {
        [.unavailable, .tryAgain, .timedOut].contains(failure.code.exit)
    }
}
