import FoundationEssentials
import Kernel
import Outbox
import Postgres

extension Lane {
    /// What stands between a lane and its source, looked at without changing anything.
    struct Distance: Sendable {
        /// The lane counts in what the source is now, and can go on without a rebase.
        let isNone: Bool
        /// The source is in another cluster, whose transaction ids have nothing to do with those of the checkpoint.
        let isForeign: Bool
        /// The source may hand out transaction ids again that the checkpoint has seen.
        let isAhead: Bool
        /// The last applied events.
        let tail: [RebaseReader.TailRow]
        /// Those and the last ones of the checkpoints before, as far as they are kept.
        let known: [RebaseReader.TailRow]

        /// Partitions with the last applied events were dropped since: the checkpoint is of an older backup, and what lay there behind it never
        /// comes again.
        let isDropped: Bool
        /// Rows that the lane has not applied are told from those that it has by nothing any more: the checkpoint is of a backup that is older
        /// than the rebase which retired them.
        let missesRetired: Bool

        /// How many of those the source has lost.
        var lost: Int { tail.count { !$0.isThere } }
        /// The source has lost events. Where a consumer was restored itself, and lacks what the source has dropped since, it has not.
        var showsLoss: Bool { lost > 0 && !isDropped }

        static let none = Distance(
            isNone: true, isForeign: false, isAhead: false, tail: [], known: [], isDropped: false, missesRetired: false)
    }

    private var rows: RebaseReader { RebaseReader(source: source) }

    /// Takes the lane.
    ///
    /// - Returns: false where somebody else has it.
    func takeForRebase() async throws -> Bool {
        var place = try await stored(over: try await links.link(to: consumer.service, for: .asking))
        guard case .held = try await take(&place) else { return false }
        self.place = place
        return true
    }

    func distance(from epoch: Epoch) async throws -> Distance {
        guard let place, let stored = place.epoch else { return .none }
        let checkpoint = place.cursor.checkpoint
        let (rows, windows) = (rows, WindowReader(source: source))
        let store = checkpoints
        let named = try await links.link(to: consumer.service, for: .asking).session { try store.tails(in: stored, $0) }
        let (tail, known, opening, hasNewest, isDropped, missesRetired) = try await reader.session { session in
            (
                try rows.tail(checkpoint.tail, in: session), try rows.tail(named, in: session),
                try windows.open(after: checkpoint.lo, in: session),
                try rows.holdsNewest(of: checkpoint, in: session), try windows.hasDropped(checkpoint.tail, in: session),
                try rows.hasRetired(behind: checkpoint, in: stored, session)
            )
        }
        let isComplete = tail.allSatisfy(\.isThere)
        // Another database or table in a cluster that has been running all the time: it goes on counting transactions.
        let isSameServer = stored.systemIdentifier == epoch.systemIdentifier && stored.timeline == epoch.timeline && opening.isForward
        let isOtherTable = stored.database != epoch.database || stored.outbox != epoch.outbox
        return Distance(
            isNone: stored == epoch && opening.isForward && isComplete, isForeign: stored.systemIdentifier != epoch.systemIdentifier,
            isAhead: !(isSameServer && isOtherTable) && !(isComplete && hasNewest && opening.isForward), tail: tail, known: known,
            isDropped: isDropped && !isComplete, missesRetired: missesRetired)
    }

    /// How many of the old rows are not applied.
    func unseen(upTo last: Int64) async throws -> Int {
        guard let checkpoint = place?.cursor.checkpoint else { return 0 }
        let rows = rows
        return try await reader.session { try rows.unseen(by: checkpoint, upTo: last, in: $0) }
    }

    // MARK: Going on

    /// Goes on where the lane stood, in the new epoch.
    func carryOver(_ decision: RebaseDecision) async throws {
        guard let place else { return }
        let surviving = try await surviving(place)
        try await goOver(place.cursor.carriedOver(newTransaction: decision.newTransaction, keeping: surviving), decision, applied: 0)
    }

    // MARK: Starting anew

    /// Applies what is left of the rows that were there before, as the old checkpoint counts.
    ///
    /// - Returns: how many events; `nil` where the run was stopped meanwhile, and can be repeated.
    func finishOld(upTo last: Int64, now epoch: Epoch) async throws -> Int? {
        guard var place, let connection = held else { return nil }
        place.countsIn = place.epoch ?? epoch
        let before = place.cursor.checkpoint
        // It began to read what the source is now, so new rows that it has applied must stay behind it.
        let isYoung = place.epoch == epoch && before.lo != RebaseReader.everything && before.window?.hi != RebaseReader.everything
        var report = LaneReport(consumer: consumer.name, source: source, outcome: .level)
        if isYoung { place.resumesAt = before.lo }
        if before.window == nil { try await openLast(&place, last) }
        while place.cursor.checkpoint.window != nil {
            let wasLast =
                place.cursor.checkpoint.window?.late.isEmpty == true && place.cursor.checkpoint.window?.hi == RebaseReader.everything
            guard case .level = try await readAndApply(on: connection, &place, counting: &report) else { return nil }
            if isYoung, !wasLast { place.resumesAt = place.cursor.checkpoint.lo }
            if !wasLast { try await openLast(&place, last) }
        }
        self.place = place
        return report.events
    }

    private func openLast(_ place: inout Place, _ last: Int64) async throws {
        let (lo, rows) = (place.cursor.checkpoint.lo, rows)
        guard lo != RebaseReader.everything else { return }
        let opening = try await reader.session { try rows.lastWindow(after: lo, upTo: last, in: $0) }
        _ = try place.cursor.opened(opening)
    }

    /// Starts anew behind the old rows.
    func goOver(_ decision: RebaseDecision, applied: Int) async throws {
        guard let place else { return }
        let lo = place.resumesAt ?? LaneCheckpoint.start.lo
        try await goOver(place.cursor.rebased(to: lo, keeping: try await surviving(place)), decision, applied: applied)
    }

    private func surviving(_ place: Place) async throws -> [LaneCheckpoint.Tail] {
        let (rows, tail) = (rows, place.cursor.checkpoint.tail)
        return try await reader.session { try rows.tail(tail, in: $0) }.filter(\.isThere).map(\.tail)
    }

    private func goOver(_ checkpoint: LaneCheckpoint, _ decision: RebaseDecision, applied: Int) async throws {
        guard let connection = held else { return }
        let (store, consumer, now) = (checkpoints, consumer, settings.clock.now())
        let event = try PendingEvent(
            LaneRebased(consumer: consumer.name, source: source, position: decision.lastPosition, applied: Int64(applied)),
            subject: .version7(at: now), sequence: 1, organization: nil)
        try await connection.transaction(TransactionOptions(retry: .standard)) { session in
            guard try store.append(checkpoint, epoch: decision.epoch, at: now, in: session) else { throw LaneTaken() }
            try ChunkTransaction.publish([event], of: consumer, at: now, in: session)
        }
        self.place = nil
    }
}
