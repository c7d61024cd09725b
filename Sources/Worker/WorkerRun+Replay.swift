public import Kernel
public import Outbox
public import Postgres

/// What the caller of a replay says.
public struct ReplayTerms: Sendable {
    let operation: OperationContext
    let isDryRun: Bool
    let record: @Sendable (Session) throws -> Void
    let progress: @Sendable (ReplayProgress) -> Void

    /// - Parameter isDryRun: compare, and change nothing.
    /// - Parameter record: runs in the transaction that replaces anything.
    /// - Parameter progress: told after every chunk.
    public init(
        operation: OperationContext, isDryRun: Bool = false, record: @escaping @Sendable (Session) throws -> Void = { _ in },
        progress: @escaping @Sendable (ReplayProgress) -> Void = { _ in }
    ) {
        self.operation = operation
        self.isDryRun = isDryRun
        self.record = record
        self.progress = progress
    }
}

/// How far a replay is.
public struct ReplayProgress: Sendable, Hashable {
    public let source: String
    /// Entries of the archive that have been looked at, of all that there are.
    public let entries: Int64
    public let of: Int64
}

extension WorkerRun {
    /// Fills the tables of a consumer anew from an archive and the outboxes, compares them with the live ones at the very events where those
    /// are, and replaces what differs in one transaction. Workers go on meanwhile; if they move the consumer's lanes all the time, those are
    /// taken from them for a moment at the end. Nothing is left behind by one that is cut off.
    ///
    /// - Throws: `Failure` with `REPLAY_REFUSED`, `REPLAY_RIGHTS`, `ARCHIVE_INCOMPLETE`, `REPLAY_OVERTAKEN`; ``LaneStop``; what the databases
    ///   say.
    public func replay(_ consumer: any Consumer, from archive: any EventArchive, _ terms: ReplayTerms) async throws -> ReplayReport {
        let model: ReadModel
        switch consumer.replay {
        case .readModel(let declared): model = declared
        case .refused(let reason, let instead):
            throw Failure(
                ErrorCode("REPLAY_REFUSED", .refused), "consumer \"\(consumer.name)\" is never replayed: \(reason)", hint: instead)
        }
        let links = WorkerLinks(databases)
        let connection: Connection
        do { connection = try await links.open(consumer.service) } catch {
            await links.closeAll()
            throw error
        }
        do {
            let shadow = try await ShadowModel(
                of: consumer, model, on: connection, clock: clock, schedule: schedule, statementTimeout: statementTimeout)
            let replay = Replay(shadow, archive: archive, links: links, terms: terms)
            let report = try await replay.run()
            await connection.close()
            await links.closeAll()
            return report
        } catch {
            await connection.close()
            await links.closeAll()
            throw error
        }
    }
}
