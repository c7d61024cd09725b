import Kernel
import Outbox
public import Postgres

/// What a rebase has done to one lane.
public struct LaneRebase: Sendable, Codable, Hashable {
    public let consumer: String
    public let source: String
    /// Events of the old rows that had not been applied yet.
    public let applied: Int
    /// Of the last events that the lane had applied, how many the source has lost.
    public let lost: Int

    public init(consumer: String, source: String, applied: Int, lost: Int) {
        self.consumer = consumer
        self.source = source
        self.applied = applied
        self.lost = lost
    }
}

/// What the operator says about a source that was restored.
public struct RebaseTerms: Sendable {
    /// The first position that was written since the restore; `nil` where nothing was. Only asked for where the rows cannot tell.
    public let newFrom: Int64?
    /// Whether the operator has said anything about new rows.
    public let knowsNewRows: Bool
    /// Go on although the source has lost events that were applied.
    public let acceptsLoss: Bool

    public init(newFrom: Int64? = nil, knowsNewRows: Bool = false, acceptsLoss: Bool = false) {
        self.newFrom = newFrom
        self.knowsNewRows = knowsNewRows
        self.acceptsLoss = acceptsLoss
    }
}

extension WorkerRun {
    /// Lets all lanes of a source go on with what the source is now: restored from a dump or a backup, or promoted. Holds all of its lanes
    /// meanwhile. Killed half-way it changes nothing that a second run would not finish.
    ///
    /// - Parameter openOwner: a connection to the source as the owner of its tables.
    /// - Returns: nothing where no lane needs it.
    /// - Throws: `Failure` with `LANE_LOCKED`, `REBASE_LOSS`, `REBASE_NEW_ROWS`; what the databases say.
    public func rebase(
        _ source: String, _ terms: RebaseTerms, openOwner: @Sendable () async throws -> Connection
    ) async throws -> [LaneRebase] {
        let links = WorkerLinks(databases, budget: budget(following: false))
        let lanes = await lanes(over: links).filter { $0.source == source }
        do {
            let result = try await rebase(lanes, source, terms, over: links, openOwner)
            for lane in lanes { await lane.release() }
            await links.closeAll()
            return result
        } catch {
            for lane in lanes { await lane.release() }
            await links.closeAll()
            throw error
        }
    }

    private func rebase(
        _ lanes: [Lane], _ source: String, _ terms: RebaseTerms, over links: WorkerLinks,
        _ openOwner: @Sendable () async throws -> Connection
    ) async throws -> [LaneRebase] {
        for lane in lanes where try await !lane.takeForRebase() {
            throw Failure(
                ErrorCode("LANE_LOCKED", .tryAgain), "a worker holds the lane \(lane.name)", hint: "stop the workers first")
        }
        let reader = await links.reader(of: source)
        let epoch = try await reader.epoch()
        var distances: [Lane.Distance] = []
        for lane in lanes { distances.append(try await lane.distance(from: epoch)) }
        guard distances.contains(where: { !$0.isNone }) else { return [] }
        try check(lanes, distances, terms)
        let rebase = RebaseReader(source: source)
        let isDump = distances.contains(where: \.isDump)
        let last: Int64
        if let newFrom = terms.newFrom {
            last = newFrom - 1
        } else {
            last = try await reader.session { try rebase.lastOldPosition(isDump: isDump, in: $0) }
        }
        var applied: [Int] = []
        for lane in lanes {
            guard let events = try await lane.finishOld(upTo: last, now: epoch) else {
                throw Failure(.interrupted, "stopped before all old events were applied", hint: "run it again")
            }
            applied.append(events)
        }
        let owner = try await openOwner()
        var position: Int64 = 0
        while true {
            let from = position
            let reached = try await owner.transaction { try rebase.retire(after: from, upTo: last, in: $0) }
            guard let reached else { break }
            position = reached
        }
        await owner.close()
        for (lane, events) in zip(lanes, applied) { try await lane.goOver(to: epoch, last: last, applied: events) }
        return zip(zip(lanes, applied), distances).map { pair, distance in
            LaneRebase(consumer: pair.0.consumer.name, source: source, applied: pair.1, lost: distance.lost)
        }
    }

    private func check(_ lanes: [Lane], _ distances: [Lane.Distance], _ terms: RebaseTerms) throws {
        let losing = zip(lanes, distances).filter { $0.1.lost > 0 }
        if !losing.isEmpty, !terms.acceptsLoss {
            throw Failure(
                ErrorCode("REBASE_LOSS", .refused), "the source has lost events that consumers have applied; what they did stays",
                hint: "add --accept-loss", details: losing.map { "\($0.0.name): at least \($0.1.lost)" })
        }
        if distances.contains(where: { !$0.isNone && !$0.isDump }), !terms.knowsNewRows {
            throw Failure(
                ErrorCode("REBASE_NEW_ROWS", .refused),
                "the rows do not tell which of them were written since the restore or the promotion",
                hint: "add --new-from none if nothing was written since, or --new-from POSITION, the first position that was")
        }
    }
}
