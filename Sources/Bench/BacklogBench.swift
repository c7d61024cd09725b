import Outbox
import Postgres

/// Drains a backlog, round by round, each contender in turn.
public struct BacklogBench: Sendable {
    let server: BenchServer
    /// Whose outbox is read, where it is a single lane.
    let source: String
    /// The services whose databases the worker changes.
    let targets: [String]
    let contenders: [Contender]
    let events: Int
    let rounds: Int
    let connections: Int
    /// New events for each round, while a transaction stays open; otherwise all rounds are over the same.
    let holdsTransaction: Bool
    let load: [LoadedEvent]

    /// One lane, from `source` into the database of `target`.
    public static func lane(
        on server: BenchServer, from source: String, to target: String, contenders: [Contender], events: Int, rounds: Int, connections: Int,
        holdsTransaction: Bool
    ) -> BacklogBench {
        BacklogBench(
            server: server, source: source, targets: [target], contenders: contenders, events: events, rounds: rounds,
            connections: connections,
            holdsTransaction: holdsTransaction, load: LoadedEvent.organizations)
    }

    /// All lanes, over events of every type.
    public static func allLanes(
        on server: BenchServer, source: String, contenders: [Contender], events: Int, rounds: Int, connections: Int, holdsTransaction: Bool
    ) -> BacklogBench {
        BacklogBench(
            server: server, source: source, targets: server.services, contenders: contenders, events: events, rounds: rounds,
            connections: connections, holdsTransaction: holdsTransaction, load: LoadedEvent.mixed)
    }

    private var isSingleLane: Bool { targets.count == 1 }

    /// - Parameter progress: told what is going on.
    public func run(progress: @Sendable (String) -> Void) async throws -> [BenchTurn] {
        for contender in contenders {
            if let database = contender.database { try await server.makeDatabase(database) }
        }
        let held = holdsTransaction ? try await HeldTransaction(on: server, services: Set([source] + targets).sorted()) : nil
        let outcome: Result<[BenchTurn], any Error>
        do { outcome = .success(try await runRounds(progress)) } catch { outcome = .failure(error) }
        await held?.end()
        return try outcome.get()
    }

    private func runRounds(_ progress: @Sendable (String) -> Void) async throws -> [BenchTurn] {
        var load = BenchLoad(load)
        var loaded = 0
        var turns: [BenchTurn] = []
        var before: Int64 = 0
        for round in 1...rounds {
            if round == 1 || holdsTransaction {
                progress("loading \(events) events…")
                before = try await lastPosition()
                loaded = try await load.add(events, to: server, connections: connections)
            }
            if round == 1, rounds > 1, !holdsTransaction { try await server.keep(targets) }
            let there = try await server.connected(toService: source) { [before] connection in
                try await connection.session { try $0.one(LoadQueries.content(after: before)) }
            }
            for nth in contenders.indices {
                let contender = contenders[(nth + round - 1) % contenders.count]
                progress("round \(round) of \(rounds): \(contender.name)")
                if round > 1, !holdsTransaction, contender.database == nil { try await server.restore(targets) }
                turns.append(try await turn(of: contender, round: round, loaded: loaded, there: there))
            }
        }
        return turns
    }

    private func lastPosition() async throws -> Int64 {
        try await server.connected(toService: source) { connection in
            try await connection.session { try $0.one(LoadQueries.lastPosition()) }
        }
    }

    private func turn(of contender: Contender, round: Int, loaded: Int, there: EventSet) async throws -> BenchTurn {
        var variables = ["SAASCTL_BENCH_SOURCE": BenchServer.database(of: source), "SAASCTL_BENCH_EVENTS": String(there.events)]
        if !holdsTransaction { variables["SAASCTL_BENCH_FRESH"] = "1" }
        let isOverAllLanes = !isSingleLane && contender.database == nil
        let waiting = isOverAllLanes ? try await countInOutboxes() : 0
        let before = try server.processorTime()
        let result = try await contender.run(on: server, variables: variables)
        let after = try server.processorTime()
        var published = 0
        if isOverAllLanes {
            published = try await checkAllLanes(contender) - waiting
        } else {
            try check(result, of: contender, against: there)
        }
        return BenchTurn(
            contender: contender.name, round: round, events: contender.database == nil ? loaded : there.events,
            published: published, applied: result.events, us: result.us, warmUs: result.warmUs, warmEvents: result.warmEvents,
            userUs: result.userUs, systemUs: result.systemUs,
            serverUs: before.flatMap { before in after.map { ($0 - before).wholeMicroseconds } },
            peakMemoryKib: result.peakMemoryKib, chunks: result.chunks, latency: nil)
    }

    private func countInOutboxes() async throws -> Int {
        var count = 0
        for service in server.services {
            count += try await server.connected(toService: service) { connection in
                try await connection.session { try $0.one(LoadQueries.content(after: 0)).events }
            }
        }
        return count
    }

    private func check(_ result: ProbeResult, of contender: Contender, against there: EventSet) throws(BenchError) {
        if result.events != there.events { throw .wrongEvents(contender.name, expected: there.events, events: result.events) }
        if let positions = result.positions, positions != there.positions {
            throw .wrongPositions(contender.name, expected: there.positions, positions: positions)
        }
    }

    /// The audit log has every event of every outbox, what the consumers published included, and nothing was set aside.
    ///
    /// - Returns: how many that are.
    private func checkAllLanes(_ contender: Contender) async throws -> Int {
        var count = 0
        for service in server.services {
            let (there, aside) = try await server.connected(toService: service) { connection in
                try await connection.session { (try $0.one(LoadQueries.content(after: 0)), try $0.one(LoadQueries.lettersAside())) }
            }
            let recorded = try await server.connected(toService: "audit") { connection in
                try await connection.session { try $0.one(LoadQueries.recorded(of: service)) }
            }
            if aside > 0 { throw BenchError.wrongEvents(contender.name, expected: there.events, events: there.events - aside) }
            if recorded.events != there.events {
                throw BenchError.wrongEvents(contender.name, expected: there.events, events: recorded.events)
            }
            if recorded != there {
                throw BenchError.wrongPositions(contender.name, expected: there.positions, positions: recorded.positions)
            }
            count += there.events
        }
        return count
    }
}
