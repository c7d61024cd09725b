import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// One replay of one consumer. docs/outbox.md, "Replay", says why it comes out right.
actor Replay {
    /// How often the live lanes may move on between catching up with them and looking, before they are taken from their workers.
    private static let politeTries = 3
    private static let tries = 100
    private static let chunk = 5_000
    /// How long a worker may take to notice that its lane has been taken.
    private static let grace = Duration.seconds(10)

    private let shadow: ShadowModel
    private let archive: any EventArchive
    private let links: WorkerLinks
    private let terms: ReplayTerms
    private var lanes: [ReplayLane] = []
    /// Sources whose lanes this session holds.
    private var held: Set<String> = []

    private var consumer: any Consumer { shadow.consumer }

    init(_ shadow: ShadowModel, archive: any EventArchive, links: WorkerLinks, terms: ReplayTerms) {
        self.shadow = shadow
        self.archive = archive
        self.links = links
        self.terms = terms
    }

    func run() async throws -> ReplayReport {
        let log = try await links.open(archive.service)
        do {
            try await begin(over: log)
            for index in lanes.indices { try await readArchive(index, over: log) }
        } catch {
            await log.close()
            throw error
        }
        await log.close()
        return try await finish()
    }

    // MARK: Beginning

    private func begin(over log: Connection) async throws {
        let (archive, sources) = (archive, consumer.sources)
        let reaches = try await log.transaction(TransactionOptions(isolation: .repeatableRead, readOnly: true)) { session in
            try archive.reach(into: sources, in: session)
        }
        try await log.session { try WindowReader(source: "").prepare($0) }
        for reach in reaches {
            do {
                lanes.append(try await lane(beginningWith: reach))
            } catch let stop as LaneStop {
                throw stop.failure(of: reach.source)
            }
        }
    }

    private func lane(beginningWith reach: ArchiveReach) async throws -> ReplayLane {
        let reader = await links.reader(of: reach.source)
        let store = CheckpointStore(consumer: consumer.name, source: reach.source)
        // Before the present: a worker may be at it, and what it has passed by then must lie in what is there now.
        let head = try await shadow.connection.session { try store.head(in: $0) }
        let present = try await Self.present(of: reader)
        try await check(reach, reader, present.snapshot)
        var fits = false
        if let head { fits = try await Self.fits(head, reader, present.snapshot) }
        return ReplayLane(
            reach.source, reader: reader, epoch: try await reader.epoch(), archive: reach, found: head?.checkpoint, fits: fits)
    }

    private static func present(of reader: SourceReader) async throws -> (snapshot: Snapshot, checkpoint: LaneCheckpoint) {
        let windows = WindowReader(source: reader.source)
        return try await reader.session { try windows.present(in: $0) }
    }

    /// The archive's lane has to fit the source; where it does not, a rebase is due first.
    private func check(_ reach: ArchiveReach, _ reader: SourceReader, _ present: Snapshot) async throws {
        guard let head = reach.head else {
            let windows = WindowReader(source: reach.source)
            if try await reader.session({ try windows.lacksBeginning(in: $0) }) || reach.entries > 0 {
                throw Failure(
                    ErrorCode("ARCHIVE_INCOMPLETE", .pending),
                    "the audit log has not begun with \"\(reach.source)\", which no longer has its first events",
                    hint: "restore the audit log's database from a backup")
            }
            return
        }
        _ = try await reader.verify(head.checkpoint, epoch: head.epoch, known: nil)
        guard present.covers(head.checkpoint.horizon) else {
            throw LaneStop.snapshotWentBack(lo: head.checkpoint.horizon.text, hi: present.text)
        }
    }

    /// Whether a live lane can go on from where it stands. One whose database was restored from an old backup cannot.
    private static func fits(
        _ head: (checkpoint: LaneCheckpoint, epoch: Epoch), _ reader: SourceReader, _ present: Snapshot
    ) async throws -> Bool {
        do {
            _ = try await reader.verify(head.checkpoint, epoch: head.epoch, known: nil)
            return present.covers(head.checkpoint.horizon)
        } catch is LaneStop {
            return false
        }
    }

    // MARK: Reading

    /// Applies what both the archive and the live lane have passed.
    private func readArchive(_ index: Int, over log: Connection) async throws {
        let lane = lanes[index]
        guard lane.archive.head != nil else { return }
        let windows = WindowReader(source: lane.source)
        let behind = lane.startsHere ? nil : lane.found
        var unpassed: Int64?
        if let behind { unpassed = try await lane.reader.session { try windows.firstUnpassed(by: behind, in: $0) } }
        let (archive, types, total) = (archive, consumer.understands?.map(\.name), lane.archive.entries)
        let read: @Sendable (Int64) -> Task<ArchiveChunk, any Error> = { after in
            let request = ArchiveRequest(source: lane.source, after: after, upTo: total, types: types, limit: Self.chunk)
            return Task { try await log.session { try archive.read(request, in: $0) } }
        }
        var ahead = read(0)
        defer { ahead.cancel() }
        var reached: Int64 = 0
        while reached < total {
            let chunk = try await withTaskCancellationHandler { [ahead] in
                try await ahead.value
            } onCancel: { [ahead] in
                ahead.cancel()
            }
            reached = chunk.reached
            if reached < total { ahead = read(reached) }
            var events = chunk.events
            if let behind, let unpassed {
                let doubtful = events.map(\.position).filter { $0 >= unpassed }
                if !doubtful.isEmpty {
                    let missing = try await lane.reader.session { try windows.unpassed(doubtful, by: behind, in: $0) }
                    events.removeAll { missing.contains($0.id) }
                }
            }
            lanes[index].hasLetters = try await shadow.apply(events, of: lane.source, hasLetters: lanes[index].hasLetters)
            lanes[index].fromArchive += concerning(events)
            terms.progress(ReplayProgress(source: lane.source, entries: reached, of: total))
        }
    }

    /// Applies what `target` has passed and the shadow has not.
    private func read(upTo target: LaneCheckpoint, _ index: Int) async throws {
        let lane = lanes[index]
        let stretch = LaneStretch(source: lane.source, from: lane.passed, to: target)
        var position = try await lane.reader.session { try stretch.start(in: $0) }
        while true {
            let after = position
            let events = try await lane.reader.session { try stretch.read(after: after, limit: Self.chunk, in: $0) }
            guard let last = events.last else { break }
            position = last.position
            lanes[index].hasLetters = try await shadow.apply(events, of: lane.source, hasLetters: lanes[index].hasLetters)
            lanes[index].read(events, concerning: concerning(events))
        }
        lanes[index].passed = [target]
        lanes[index].place = target
    }

    /// How many of the events the consumer makes something of.
    private func concerning(_ events: [StoredEvent]) -> Int64 {
        Int64(events.count { ChunkApplication.concerns(consumer, $0) })
    }

    // MARK: Finishing

    private func finish() async throws -> ReplayReport {
        for attempt in 1...Self.tries {
            for lane in lanes where attempt == 1 || attempt > Self.politeTries && !terms.isDryRun {
                try await take(lane, evenIfHeld: attempt > 1)
            }
            try await catchUp()
            if attempt == 1 {
                for lane in lanes where lane.hasLetters { try await shadow.retryLetters(of: lane.source) }
            }
            if let report = try await terms.isDryRun ? compare() : replace() { return report }
        }
        throw Failure(
            ErrorCode("REPLAY_OVERTAKEN", .tryAgain), "the lanes of \"\(consumer.name)\" moved on all the time",
            hint: "try again when the worker is level")
    }

    private func catchUp() async throws {
        let stores = lanes.map { CheckpointStore(consumer: consumer.name, source: $0.source) }
        let heads = try await shadow.connection.session { session in try stores.map { try $0.head(in: session) } }
        for (index, head) in zip(lanes.indices, heads) {
            let lane = lanes[index]
            if let head, !lane.startsHere, head.epoch != lane.epoch { throw changed(lane) }
            if lane.matches(head?.checkpoint) { continue }
            if lane.startsHere {
                let present = try await Self.present(of: lane.reader)
                try await read(upTo: present.checkpoint, index)
                lanes[index].present = present.snapshot
            } else if let head {
                try await read(upTo: head.checkpoint, index)
            } else {
                throw changed(lane)
            }
        }
    }

    private func changed(_ lane: ReplayLane) -> Failure {
        Failure(
            ErrorCode("REPLAY_OVERTAKEN", .tryAgain), "the lane \(consumer.name)<\(lane.source) was given another beginning meanwhile",
            hint: "run it again")
    }

    /// Keeps workers off a lane until the session ends.
    ///
    /// - Parameter evenIfHeld: a worker that has it is made to let go: its next checkpoint would have the number that this one has taken.
    private func take(_ lane: ReplayLane, evenIfHeld: Bool) async throws {
        guard !held.contains(lane.source) else { return }
        let store = CheckpointStore(consumer: consumer.name, source: lane.source)
        var isOurs = try await shadow.connection.session { try store.tryLock(in: $0) }
        if !isOurs, evenIfHeld {
            try await overtake(store)
            let deadline = ContinuousClock.now + Self.grace
            while !isOurs, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(5))
                isOurs = try await shadow.connection.session { try store.tryLock(in: $0) }
            }
        }
        if isOurs { held.insert(lane.source) }
    }

    private func overtake(_ store: CheckpointStore) async throws {
        let now = terms.operation.now
        for _ in 1...Self.tries {
            do {
                return try await shadow.connection.transaction { session in
                    guard let head = try store.head(in: session) else { return }
                    var next = head.checkpoint
                    next.sequence += 1
                    guard try store.append(next, epoch: head.epoch, at: now, in: session) else { throw LaneTaken() }
                }
            } catch is LaneTaken {
                continue
            }
        }
    }

    /// - Returns: `nil` where the live lanes have moved on.
    private func compare() async throws -> ReplayReport? {
        let options = TransactionOptions(isolation: .repeatableRead, readOnly: true)
        let (lanes, shadow) = (lanes, shadow)
        let sources = lanes.map(\.source)
        return try await shadow.connection.transaction(options) { session in
            try session.run(ShadowQueries.unlimited())
            guard try Self.match(lanes, shadow.consumer, in: session) != nil else { return nil }
            let found = try shadow.differences(in: sources, session)
            let isEqual = found.areNone && !lanes.contains(where: \.starts)
            return try Self.report(isEqual ? .equal : .differs, found, lanes, shadow, session)
        }
    }

    /// - Returns: `nil` where the live lanes have moved on.
    private func replace() async throws -> ReplayReport? {
        let (lanes, shadow, terms) = (lanes, shadow, terms)
        let sources = lanes.map(\.source)
        return try await shadow.connection.transaction(TransactionOptions(retry: .standard)) { session in
            try shadow.lock(in: session)
            guard let heads = try Self.match(lanes, shadow.consumer, in: session) else { return nil }
            let found = try shadow.replace(in: sources, session)
            if found.areNone, !lanes.contains(where: \.starts) { return try Self.report(.equal, found, lanes, shadow, session) }
            let now = terms.operation.now
            for (lane, head) in zip(lanes, heads) where !lane.startsHere || lane.starts {
                let store = CheckpointStore(consumer: shadow.consumer.name, source: lane.source)
                guard let next = lane.next(behind: head), try store.append(next, epoch: lane.epoch, at: now, in: session) else {
                    throw LaneTaken()
                }
            }
            let report = try Self.report(.replaced, found, lanes, shadow, session)
            let events = try shadow.consumer.replayed(in: session, context: ConsumerContext(now: now)) + [Self.event(report, at: now)]
            try OutboxWriter(service: shadow.consumer.service).append(events, in: session, context: terms.operation)
            try terms.record(session)
            return report
        }
    }

    /// - Returns: the live checkpoints; `nil` where one of them is not where the replay is.
    private static func match(
        _ lanes: [ReplayLane], _ consumer: any Consumer, in session: Session
    ) throws -> [LaneCheckpoint?]? {
        let heads = try lanes.map { try CheckpointStore(consumer: consumer.name, source: $0.source).head(in: session)?.checkpoint }
        return zip(lanes, heads).allSatisfy { $0.matches($1) } ? heads : nil
    }

    private static func report(
        _ outcome: ReplayReport.Outcome, _ found: ShadowModel.Differences, _ lanes: [ReplayLane], _ shadow: ShadowModel, _ session: Session
    ) throws -> ReplayReport {
        ReplayReport(
            consumer: shadow.consumer.name, outcome: outcome, tables: found.tables, lettersOnlyLive: found.lettersOnlyLive,
            lettersOnlyRebuilt: found.lettersOnlyRebuilt,
            lanes: try lanes.map { $0.report(setAside: try shadow.setAside(in: $0.source, session)) })
    }

    private static func event(_ report: ReplayReport, at now: Timestamp) throws -> PendingEvent {
        let replayed = ConsumerReplayed(
            consumer: report.consumer, events: report.events, removed: report.tables.reduce(0) { $0 + $1.onlyLive },
            added: report.tables.reduce(0) { $0 + $1.onlyRebuilt }, changed: report.tables.reduce(0) { $0 + $1.differing })
        return try PendingEvent(replayed, subject: .version7(at: now), sequence: 1, organization: nil)
    }
}
