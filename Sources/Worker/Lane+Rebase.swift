import FoundationEssentials
import Kernel
import Outbox
import Postgres

extension Lane {
    /// What stands between a lane and its source, looked at without changing anything.
    struct Distance: Sendable {
        /// The lane counts in what the source is now, and can go on without a rebase.
        let isNone: Bool
        /// The source's rows were written by the restore of a dump.
        let isDump: Bool
        /// Of the last applied events, how many the source has lost.
        let lost: Int
    }

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
        guard let place, let stored = place.epoch else { return Distance(isNone: true, isDump: false, lost: 0) }
        let checkpoint = place.cursor.checkpoint
        let tail = checkpoint.tail
        let rebase = RebaseReader(source: source)
        let lo = checkpoint.lo
        let (surviving, opening) = try await reader.session { session in
            (try rebase.surviving(tail, in: session), try WindowReader(source: rebase.source).open(after: lo, in: session))
        }
        let isSame = stored == epoch && opening.isForward && surviving.count == tail.count
        let isPhysical =
            stored.systemIdentifier == epoch.systemIdentifier && stored.database == epoch.database && stored.outbox == epoch.outbox
        return Distance(isNone: isSame, isDump: !isPhysical, lost: tail.count - surviving.count)
    }

    /// Applies what is left of the rows that were there before, as the old checkpoint counts.
    ///
    /// - Returns: how many events; `nil` where the run was stopped meanwhile, and can be repeated.
    func finishOld(upTo last: Int64, now epoch: Epoch) async throws -> Int? {
        guard var place, let connection = held else { return nil }
        place.countsIn = place.epoch ?? epoch
        var report = LaneReport(consumer: consumer.name, source: source, outcome: .level)
        let rebase = RebaseReader(source: source)
        if place.cursor.checkpoint.window == nil { try await openLast(&place, rebase, last) }
        while place.cursor.checkpoint.window != nil {
            let wasLast =
                place.cursor.checkpoint.window?.late.isEmpty == true && place.cursor.checkpoint.window?.hi == RebaseReader.everything
            guard case .level = try await readAndApply(on: connection, &place, counting: &report) else { return nil }
            if !wasLast { try await openLast(&place, rebase, last) }
        }
        self.place = place
        return report.events
    }

    private func openLast(_ place: inout Place, _ rebase: RebaseReader, _ last: Int64) async throws {
        let lo = place.cursor.checkpoint.lo
        guard lo != RebaseReader.everything else { return }
        let opening = try await reader.session { try rebase.lastWindow(after: lo, upTo: last, in: $0) }
        _ = try place.cursor.opened(opening)
    }

    /// Starts anew in front of the first row that is not retired.
    func goOver(to epoch: Epoch, last: Int64, applied: Int) async throws {
        guard let place, let connection = held else { return }
        let rebase = RebaseReader(source: source)
        let tail = place.cursor.checkpoint.tail
        let surviving = try await reader.session { try rebase.surviving(tail, in: $0) }
        let checkpoint = place.cursor.rebased(keeping: surviving)
        let store = checkpoints
        let now = settings.clock.now()
        let consumer = consumer
        let event = try PendingEvent(
            LaneRebased(consumer: consumer.name, source: source, position: last, applied: Int64(applied)), subject: .version7(at: now),
            sequence: 1, organization: nil)
        try await connection.transaction(TransactionOptions(retry: .standard)) { session in
            guard try store.append(checkpoint, epoch: epoch, at: now, in: session) else { throw LaneTaken() }
            try ChunkTransaction.publish([event], of: consumer, at: now, in: session)
        }
        self.place = nil
    }
}
