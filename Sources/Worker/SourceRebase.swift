import Kernel
import Outbox
import Postgres

/// One rebase of all lanes that read a source.
struct SourceRebase {
    let lanes: [Lane]
    let reader: SourceReader
    let rows: RebaseReader
    let terms: RebaseTerms
    let clock: any WallClock

    /// A lane, and what stands between it and the source.
    private struct Subject {
        let lane: Lane
        let distance: Lane.Distance

        /// No rebase gives the lane the events that it lacks, and a replay does.
        var needsReplay: Bool { (distance.isDropped || distance.missesRetired) && lane.consumer.replayName != nil }
    }

    func run(
        _ openOwner: @Sendable () async throws -> Connection, _ approve: @Sendable (RebasePlan) async throws -> Int64?
    ) async throws -> [LaneRebase]? {
        for lane in lanes where try await !lane.takeForRebase() {
            throw Failure(
                ErrorCode("LANE_LOCKED", .tryAgain), "a worker or another rebase holds the lane \(lane.name)",
                hint: "stop the workers, then try again")
        }
        let epoch = try await reader.epoch()
        var subjects: [Subject] = []
        for lane in lanes { subjects.append(Subject(lane: lane, distance: try await lane.distance(from: epoch))) }
        guard subjects.contains(where: { !$0.distance.isNone }) else {
            // What an earlier run has done but for its last word.
            if try await unfinished(in: epoch) != nil { try await noteEnd(of: epoch) }
            return nil
        }
        let moving = subjects.filter { !$0.needsReplay }
        guard moving.contains(where: { !$0.distance.isNone }) else { throw replayNeeded(subjects) }
        try refuseLoss(moving)
        try refuseRetired(moving)
        let record = try await unfinished(in: epoch)
        let decision = try await decision(for: moving, in: epoch, record)
        let plan = RebasePlan(
            decision: decision, lanes: try await outlook(subjects, decision, isRetired: record?.isRetired == true),
            continued: record?.decision == decision ? record?.id : nil, lastLost: lastLost(moving))
        guard let number = try await approve(plan) else { return plan.lanes }
        switch decision.way {
        case .goesOn:
            for subject in moving where !subject.distance.isNone { try await subject.lane.carryOver(decision) }
        case .startsAnew:
            try await startAnew(moving, decision, record: number, isRetired: record?.isRetired == true, openOwner)
        }
        try await noteEnd(of: epoch)
        return plan.lanes
    }

    private func lastLost(_ subjects: [Subject]) -> Int64? {
        subjects.map(\.distance).filter(\.showsLoss).flatMap(\.known).filter { !$0.isThere }.map(\.tail.position).max()
    }

    private func unfinished(in epoch: Epoch) async throws -> RebaseRecord? {
        let rows = rows
        return try await reader.session { try rows.unfinished(in: epoch, $0) }
    }

    private func noteEnd(of epoch: Epoch) async throws {
        let (rows, now) = (rows, clock.now())
        try await reader.session { try rows.noteEnd(of: epoch, at: now, in: $0) }
    }

    // MARK: Deciding

    private func refuseLoss(_ subjects: [Subject]) throws {
        let losing = subjects.filter { $0.distance.lost > 0 }
        guard !losing.isEmpty, !terms.acceptsLoss else { return }
        let isSourceOld = losing.contains(where: \.distance.showsLoss)
        throw Failure(
            ErrorCode("REBASE_LOSS", .refused),
            isSourceOld
                ? "the source has lost events that consumers have applied; what they did stays"
                : "the source has dropped events that a consumer has not applied since its own database was restored",
            hint: isSourceOld
                ? "add --accept-loss, or restore a newer backup, or mend the connection string where it leads to another database"
                : "restore a newer backup of the consumer's database, or add --accept-loss to do without those events",
            details: losing.map { subject in
                let distance = subject.distance
                if distance.isDropped { return "\(subject.lane.name): all events between its backup and the partitions that are left" }
                return "\(subject.lane.name): \(distance.lost) of the last \(distance.tail.count) events, or more"
            })
    }

    private func replayNeeded(_ subjects: [Subject]) -> Failure {
        let consumers = Set(subjects.filter(\.needsReplay).map(\.lane.consumer.name)).sorted()
        return Failure(
            ErrorCode("REBASE_NEEDS_REPLAY", .refused),
            "the source has dropped or retired events that a consumer has not applied since its own database was restored; a rebase would leave "
                + "them out",
            hint: consumers.map { "saasctl worker replay --consumer \($0)" }.joined(separator: ", then "),
            details: subjects.filter(\.needsReplay).map { "\($0.lane.name) needs a replay" })
    }

    private func refuseRetired(_ subjects: [Subject]) throws {
        let missing = subjects.filter(\.distance.missesRetired)
        guard !missing.isEmpty, !terms.acceptsLoss else { return }
        throw Failure(
            ErrorCode("REBASE_RETIRED", .refused),
            "a consumer's database is from before the last rebase; which old events it has applied can no longer be told",
            hint: "restore a newer backup of the consumer's database, or add --accept-loss to do without the old events that it lacks",
            details: missing.map { "\($0.lane.name) counts in what the source was before" })
    }

    private func decision(for subjects: [Subject], in epoch: Epoch, _ record: RebaseRecord?) async throws -> RebaseDecision {
        let rows = rows
        let isForeign = subjects.contains { $0.distance.isForeign }
        let isAhead = subjects.contains(where: \.distance.isAhead)
        if case .from = terms.newRows {
        } else if let begun = record?.decision {
            // The operator's words were about the time of the first run.
            if begun.way == .startsAnew ? isForeign : begun.newTransaction != nil || !isAhead { return begun }
        }
        let stated = try await statedLast()
        let bounds = Bounds(subjects.map(\.distance))
        if let stated, isForeign || isAhead, let contradiction = bounds.contradiction(to: stated, saysNothing: terms.newRows == .nothing) {
            throw newRowsUnsaid([contradiction])
        }
        if isForeign {
            let anew = { RebaseDecision(epoch: epoch, way: .startsAnew, lastPosition: $0, newTransaction: nil) }
            if let stated, record?.decision.way == .startsAnew { return anew(stated) }
            // A lane that was not there when the others went over: its consumer was restored from before that.
            if stated == nil, let retired = try await reader.session({ try rows.lastRetired(in: epoch, $0) }) { return anew(retired) }
            let restored = try await reader.session { try rows.restoredRows(in: $0) }
            if restored.isDoubtful, stated == nil { throw newRowsUnsaid(bounds.facts) }
            // Where the applied events are not among the restored, the files have become another cluster as they were, with their ids.
            if restored.isDoubtful || restored.last >= bounds.old { return anew(stated ?? restored.last) }
        }
        guard isAhead else {
            // Where events are lost, what lies behind the last that is known to have been there was written since.
            let last = bounds.hasLost && bounds.old > 0 ? bounds.old : try await lastPosition()
            return RebaseDecision(epoch: epoch, way: .goesOn, lastPosition: last, newTransaction: nil)
        }
        guard let stated else { throw newRowsUnsaid(bounds.facts) }
        let newest = try await reader.session { try rows.newestTransaction(upTo: stated, in: $0) }
        return RebaseDecision(
            epoch: epoch, way: .goesOn, lastPosition: stated, newTransaction: newest?.next ?? LaneCheckpoint.start.lo.xmax)
    }

    /// The last old position, by the operator's words.
    private func statedLast() async throws -> Int64? {
        switch terms.newRows {
        case .unsaid: nil
        case .nothing: try await lastPosition()
        case .from(let position): position - 1
        }
    }

    private func lastPosition() async throws -> Int64 {
        let rows = rows
        return try await reader.session { try rows.lastPosition(in: $0) }
    }

    private func newRowsUnsaid(_ facts: [String]) -> Failure {
        Failure(
            ErrorCode("REBASE_NEW_ROWS", .refused), "the rows do not tell which of them were written since the restore or the promotion",
            hint: "add --new-from none if nothing was written since, or --new-from POSITION, the first position that was", details: facts)
    }

    /// What the applied events that the checkpoints name tell about where the new rows begin.
    private struct Bounds {
        /// Applied before, and still there.
        let old: Int64
        /// Holds another event than the one that was applied.
        let new: Int64?
        /// Some that were applied are not there.
        let hasLost: Bool

        init(_ distances: [Lane.Distance]) {
            let known = distances.filter { !$0.isNone }.flatMap(\.known)
            old = known.filter(\.isThere).map(\.tail.position).max() ?? 0
            new = known.filter { $0.isTaken && !$0.isThere }.map(\.tail.position).min()
            hasLost = distances.contains(where: \.showsLoss)
        }

        var facts: [String] {
            (old > 0 ? ["the event at position \(old) was there before"] : [])
                + (new.map { ["the event at position \($0) was written since"] } ?? [])
        }

        func contradiction(to last: Int64, saysNothing: Bool) -> String? {
            if last < old { return "the event at position \(old) was there before, so what is new begins behind it" }
            guard let new, saysNothing || last >= new else { return nil }
            return "the event at position \(new) was written since, so what is new begins there or before"
        }
    }

    private func outlook(_ subjects: [Subject], _ decision: RebaseDecision, isRetired: Bool) async throws -> [LaneRebase] {
        var lanes: [LaneRebase] = []
        for subject in subjects {
            let hasGoneOver = subject.distance.isNone && (decision.way == .goesOn || isRetired)
            let way: LaneRebase.Way =
                subject.needsReplay ? .needsReplay : hasGoneOver ? .stays : decision.way == .goesOn ? .goesOn : .startsAnew
            lanes.append(
                LaneRebase(
                    consumer: subject.lane.consumer.name, source: subject.lane.source, way: way,
                    applied: way == .startsAnew ? try await subject.lane.unseen(upTo: decision.lastPosition) : 0,
                    lost: subject.distance.lost))
        }
        return lanes
    }

    // MARK: Starting anew

    private func startAnew(
        _ subjects: [Subject], _ decision: RebaseDecision, record: Int64, isRetired: Bool,
        _ openOwner: @Sendable () async throws -> Connection
    ) async throws {
        // Once the rows are retired, a lane that counts in this epoch has gone over, and may have applied new ones.
        let waiting = subjects.filter { !(isRetired && $0.distance.isNone) }
        let owner = isRetired ? nil : try await openOwner()
        var applied: [Int] = []
        for subject in waiting {
            guard let events = try await subject.lane.finishOld(upTo: decision.lastPosition, now: decision.epoch) else {
                throw Failure(.interrupted, "stopped before all old events were applied", hint: "run it again")
            }
            applied.append(events)
        }
        if let owner {
            let rows = rows
            var position: Int64 = 0
            while true {
                let from = position
                let reached = try await owner.transaction { try rows.retire(after: from, upTo: decision.lastPosition, in: $0) }
                guard let reached else { break }
                position = reached
            }
            await owner.close()
            let now = clock.now()
            try await reader.session { try rows.noteRetired(record, at: now, in: $0) }
        }
        for (subject, events) in zip(waiting, applied) { try await subject.lane.goOver(decision, applied: events) }
    }
}
