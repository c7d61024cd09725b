import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// The tables of a read model that are being filled anew: temporary ones of one session, which hide the live ones from the consumer's
/// statements and from the dead letters'. Events are applied in transactions that may not write to anything else.
struct ShadowModel: Sendable {
    let consumer: any Consumer
    let connection: Connection
    let clock: any WallClock
    private let schedule: RetrySchedule
    private let tables: [ShadowTable]
    private let hasDiscards: Bool

    private static let lettersAtOnce = 500

    /// - Parameter connection: nobody else's, and nothing was done on it yet.
    init(
        of consumer: any Consumer, _ model: ReadModel, on connection: Connection, clock: any WallClock, schedule: RetrySchedule,
        statementTimeout: Duration?
    ) async throws {
        self.consumer = consumer
        self.connection = connection
        self.clock = clock
        self.schedule = schedule
        do {
            (tables, hasDiscards) = try await connection.session { session in
                try session.run(ShadowQueries.makeRoom())
                let tables = try session.all(ShadowQueries.tables(model.tables))
                for name in model.tables + model.besides + ["dead_letters", "letter_discards"] { try session.run(ShadowQueries.copy(name)) }
                if let statementTimeout { try session.run(LaneQueries.limitStatements(to: statementTimeout)) }
                return (tables, try session.run(ShadowQueries.fillDiscards()) > 0)
            }
        } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
            throw Failure(
                ErrorCode("REPLAY_RIGHTS", .configuration), "a replay makes temporary tables, which this role may not",
                hint: "as the owner: grant temporary on database … to saasctl_app", details: [error.message])
        }
        if let table = tables.first(where: \.key.isEmpty) {
            throw Failure(.unexpected, "table \"\(table.name)\" of \(consumer.name) has no primary key, so its rows cannot be compared")
        }
    }

    // MARK: Filling

    /// Applies a chunk. What cannot be applied becomes a letter of the shadow.
    ///
    /// - Parameter hasLetters: whether the shadow has letters of this source.
    /// - Returns: whether it has now.
    func apply(_ events: [StoredEvent], of source: String, hasLetters: Bool) async throws -> Bool {
        guard !events.isEmpty else { return hasLetters }
        if let newer = consumer.firstNewer(in: events) { throw newer.stop.failure(of: source) }
        let transaction = transaction(source, hasLetters: hasLetters)
        let options = TransactionOptions(readOnly: true, retry: .standard)
        do {
            return try await connection.transaction(options) { session in
                try transaction.applyTogether(wanted(events, in: session), in: session).any || hasLetters
            }
        } catch  where EventFault.failure(in: error) != nil {
            return try await connection.transaction(options) { session in
                try transaction.applyBisecting(wanted(events, in: session), in: session).any || hasLetters
            }
        }
    }

    /// Tries once more what failed: an event may have come before one of another source that it needs.
    func retryLetters(of source: String) async throws {
        let letters = DeadLetterStore(consumer: consumer.name, source: source)
        let transaction = transaction(source, hasLetters: true)
        var isDone = false
        while !isDone {
            isDone = try await connection.transaction(TransactionOptions(readOnly: true, retry: .standard)) { session in
                let ready = try letters.ready(
                    at: transaction.now.advanced(by: .seconds(1_000_000)), longest: schedule.longest, limit: Self.lettersAtOnce, in: session
                )
                let failedAgain = Set(ready.filter { $0.attempts > 1 }.map(\.event.subject))
                return try transaction.retry(ready.filter { !failedAgain.contains($0.event.subject) }, in: session) == 0
            }
        }
    }

    private func transaction(_ source: String, hasLetters: Bool) -> ChunkTransaction {
        ChunkTransaction(
            consumer: consumer, source: source, now: clock.now(), schedule: schedule, hasLetters: hasLetters, publishes: false)
    }

    /// Without those that an operator has given up for this service: it is never to see them.
    private func wanted(_ events: [StoredEvent], in session: Session) throws -> [StoredEvent] {
        guard hasDiscards else { return events }
        let discarded = Set(try session.all(ShadowQueries.discarded(among: events.map(\.id))))
        return discarded.isEmpty ? events : events.filter { !discarded.contains($0.id) }
    }

    // MARK: Comparing

    struct Differences: Sendable {
        var tables: [ReplayReport.Table] = []
        var lettersOnlyLive: Int64 = 0
        var lettersOnlyRebuilt: Int64 = 0

        var areNone: Bool { tables.allSatisfy(\.isEqual) && lettersOnlyLive + lettersOnlyRebuilt == 0 }
    }

    func differences(in sources: [String], _ session: Session) throws -> Differences {
        var found = Differences()
        for table in tables { found.tables.append(try session.one(ShadowQueries.compare(table))) }
        for source in sources {
            let subjects = try session.all(ShadowQueries.subjects(consumer.name, source))
            found.lettersOnlyLive += try session.one(ShadowQueries.count("public", consumer.name, source, subjects))
            found.lettersOnlyRebuilt += try session.one(ShadowQueries.count("pg_temp", consumer.name, source, subjects))
        }
        return found
    }

    // MARK: Replacing

    /// Keeps everybody else from changing the model, its letters and its checkpoints until the transaction ends. Readers go on.
    func lock(in session: Session) throws {
        try session.run(ShadowQueries.unlimited())
        try session.run(ShadowQueries.liveFirst())
        for name in tables.map(\.name) + ["dead_letters", "checkpoints"] { try session.run(ShadowQueries.lock(name)) }
    }

    /// Makes the live tables equal to the shadow's by changing the rows that differ, and gives the lanes its letters. Under ``lock(in:)``.
    ///
    /// - Returns: what differed.
    /// - Throws: `Failure` with `REPLAY_OVERTAKEN` where an event was given up that the shadow has applied.
    func replace(in sources: [String], _ session: Session) throws -> Differences {
        try session.run(ShadowQueries.dropDiscardedLetters())
        guard try session.one(ShadowQueries.discardsAreKnown()) else {
            throw Failure(
                ErrorCode("REPLAY_OVERTAKEN", .tryAgain), "an event was discarded while the tables were filled", hint: "run it again")
        }
        // Rows that others refer to go last and come first.
        var counts: [String: (live: Int64, differing: Int64)] = [:]
        for table in tables.reversed() {
            counts[table.name] = (Int64(try session.run(ShadowQueries.removeSuperfluous(table))), 0)
        }
        var found = Differences()
        for table in tables {
            let changed = table.values.isEmpty ? 0 : try session.run(ShadowQueries.changeDiffering(table))
            let added = try session.run(ShadowQueries.addMissing(table))
            found.tables.append(
                ReplayReport.Table(
                    name: table.name, onlyLive: counts[table.name]?.live ?? 0, onlyRebuilt: Int64(added), differing: Int64(changed)))
        }
        for source in sources {
            let subjects = try session.all(ShadowQueries.subjects(consumer.name, source))
            guard !subjects.isEmpty else { continue }
            found.lettersOnlyLive += Int64(try session.run(ShadowQueries.removeLetters(consumer.name, source, subjects)))
            found.lettersOnlyRebuilt += Int64(try session.run(ShadowQueries.addLetters(consumer.name, source, subjects)))
        }
        return found
    }

    func setAside(in source: String, _ session: Session) throws -> Int64 {
        try session.one(ShadowQueries.count("pg_temp", consumer.name, source, nil))
    }
}
