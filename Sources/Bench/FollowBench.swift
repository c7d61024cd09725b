import FoundationEssentials
import Kernel
public import Outbox
import Postgres
import Synchronization

/// Measures how long it takes from the commit of an event to the commit of its effect, while each contender in turn follows a source to which
/// events are appended at a steady rate.
///
/// The times are the server's own of both commits (`track_commit_timestamp`), so they are the same for every program.
public struct FollowBench: Sendable {
    let server: BenchServer
    let source: String
    /// Where the worker's effects are: the audit log's entries.
    let target: String
    let contenders: [Contender]
    let rounds: Int
    let writers: Int
    /// Commits in a second, all writers together.
    let rate: Int
    let duration: Duration
    /// One event for the writers to append, of an aggregate of its own.
    let event: @Sendable () throws -> PendingEvent

    public init(
        on server: BenchServer, from source: String, to target: String, contenders: [Contender], rounds: Int, writers: Int, rate: Int,
        duration: Duration, event: @escaping @Sendable () throws -> PendingEvent
    ) {
        self.server = server
        self.source = source
        self.target = target
        self.contenders = contenders
        self.rounds = rounds
        self.writers = writers
        self.rate = rate
        self.duration = duration
        self.event = event
    }

    public func run(progress: @Sendable (String) -> Void) async throws -> [BenchTurn] {
        for contender in contenders {
            if let database = contender.database { try await server.makeDatabase(database) }
        }
        var turns: [BenchTurn] = []
        for round in 1...rounds {
            for nth in contenders.indices {
                let contender = contenders[(nth + round - 1) % contenders.count]
                progress("round \(round) of \(rounds): \(contender.name)")
                turns.append(try await turn(of: contender, round: round))
            }
        }
        return turns
    }

    private func turn(of contender: Contender, round: Int) async throws -> BenchTurn {
        let effects =
            contender.database.map { Effects(database: $0, table: "(select position, xmin from effects)") }
            ?? Effects(database: BenchServer.database(of: target), table: "(select position, xmin from entries where source = \(source))")
        let measured = Mutex<(server: Duration?, times: [Int64])>((nil, []))
        let result = try await contender.run(on: server, variables: ["SAASCTL_BENCH_SOURCE": BenchServer.database(of: source)]) {
            // What others have left it from their turns comes first.
            let before = try await level(effects, contender)
            let began = try server.processorTime()
            try await write()
            let ended = try server.processorTime()
            _ = try await level(effects, contender)
            let committed = try await server.connected(toService: source) { connection in
                try await connection.session { try $0.all(FollowQueries.commits(after: before)) }
            }
            let applied = Dictionary(
                try await server.connected(to: effects.database) { connection in
                    try await connection.session { try $0.all(FollowQueries.effects(in: effects.table, after: before)) }
                }.map { ($0.position, $0.time) }
            ) { first, _ in first }
            measured.withLock { measured in
                measured.server = began.flatMap { began in ended.map { $0 - began } }
                measured.times = committed.compactMap { commit in applied[commit.position].map { $0 - commit.time } }
            }
        }
        let (serverTime, times) = measured.withLock(\.self)
        return BenchTurn(
            contender: contender.name, round: round, events: times.count, published: 0, applied: result.events,
            us: duration.wholeMicroseconds, warmUs: nil, warmEvents: nil, userUs: result.userUs, systemUs: result.systemUs,
            serverUs: serverTime?.wholeMicroseconds, peakMemoryKib: result.peakMemoryKib, chunks: nil, latency: LatencySummary(of: times))
    }

    private struct Effects: Sendable {
        let database: String
        let table: SQL
    }

    /// Waits until each event has had its effect.
    ///
    /// - Returns: the last position.
    private func level(_ effects: Effects, _ contender: Contender) async throws -> Int64 {
        let (last, wanted) = try await server.connected(toService: source) { connection in
            try await connection.session { (try $0.one(LoadQueries.lastPosition()), try $0.one(LoadQueries.content(after: 0)).events) }
        }
        let deadline = ContinuousClock.now + .seconds(60)
        return try await server.connected(to: effects.database) { connection in
            while true {
                let there = try await connection.session { try $0.one(FollowQueries.count(in: effects.table)) }
                if there >= wanted { return last }
                if ContinuousClock.now > deadline { throw BenchError.tooSlow(contender.name, missing: wanted - there) }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    // MARK: Writing

    /// Appends at the rate until time is up. A writer that is late catches up, so that a slow moment is not left out.
    private func write() async throws {
        let began = ContinuousClock.now
        try await withThrowingTaskGroup { group in
            for writer in 0..<writers {
                group.addTask {
                    try await server.connected(toService: source) { connection in
                        var nth = writer
                        while true {
                            let due = began + .seconds(1) * nth / rate
                            if due > began + duration { return }
                            try await Task.sleep(until: due)
                            try await append(on: connection)
                            nth += writers
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func append(on connection: Connection) async throws {
        let now = SystemClock().now()
        let context = OperationContext(now: now, actor: .operatorAccount("bench"), correlationId: UUID.version7(at: now))
        let outbox = OutboxWriter(service: source)
        let event = try event()
        _ = try await connection.transaction { session in try outbox.append([event], in: session, context: context) }
    }
}

private enum FollowQueries {
    struct Commit: Sendable {
        let position: Int64
        /// Microseconds since 1970.
        let time: Int64
    }

    private static let time: SQL = "(extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000000)::bigint"

    static func commits(after position: Int64) -> Query<Commit> {
        Query("select position, \(fragment: time) from outbox where position > \(position)") {
            Commit(position: try $0.get(0), time: try $0.get(1))
        }
    }

    static func effects(in table: SQL, after position: Int64) -> Query<Commit> {
        Query("select position, \(fragment: time) from \(fragment: table) as e where position > \(position)") {
            Commit(position: try $0.get(0), time: try $0.get(1))
        }
    }

    static func count(in table: SQL) -> Query<Int> {
        Query("select count(*) from \(fragment: table) as e") { try $0.get(0) }
    }
}
