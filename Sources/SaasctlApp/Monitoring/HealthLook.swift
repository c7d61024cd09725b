import CommandKit
import Kernel
import Migrations
import Organization
import Outbox
import Postgres
import Synchronization
import Worker

/// Asks databases and lanes how they are, all at the same time and each within a limit, so that one that is down hides no other.
struct HealthLook: Sendable {
    let services: AppServices
    let clock: any WallClock
    /// For each database: to connect, and again to answer.
    let limit: Duration

    private var databases: BoundedDatabases {
        BoundedDatabases(
            databases: LimitedDatabases(services: services, limits: WorkerLimits(statement: limit)), limit: limit)
    }

    /// In the order of the names.
    func databases(of names: [String]) async -> [DatabaseHealth] {
        await withTaskGroup(of: DatabaseHealth.self) { group in
            for name in names { group.addTask { await ask(name) } }
            let found = await group.reduce(into: [:]) { $0[$1.service] = $1 }
            return names.compactMap { found[$0] }
        }
    }

    func lanes(of consumers: [any Consumer]) async -> [LaneStatus] {
        guard !consumers.isEmpty else { return [] }
        let monitor = WorkerMonitor(consumers: consumers, databases: databases, clock: clock)
        let status = await monitor.look()
        await monitor.close()
        return status.lanes
    }

    private func ask(_ service: String) async -> DatabaseHealth {
        do {
            let connection = try await databases.open(service)
            do {
                let health = try await Bounded.run(within: limit, service) { try await question(service, on: connection) }
                await connection.close()
                return health
            } catch {
                await connection.close()
                throw error
            }
        } catch {
            return DatabaseHealth(service: service, failure: Application.failures.failure(for: error))
        }
    }

    private func question(_ service: String, on connection: Connection) async throws -> DatabaseHealth {
        let now = clock.now()
        return try await connection.session { session in
            let began = ContinuousClock.now
            try session.run(ServiceVitals.roundTrip)
            let latency = ContinuousClock.now - began
            let (marks, vitals) = try session.pipeline(SchemaCheck(service: service).query, ServiceVitals.query(at: now))
            return DatabaseHealth(
                service: service, latency: latency, schema: SchemaLevel(of: service, from: marks.rows), vitals: vitals.rows.first,
                overdueMs: vitals.rows.first?.overdueSince.map { max(0, (now.microseconds - $0.microseconds) / 1_000) },
                sagas: service == OrganizationModule.module.name ? try SagaService.open(in: session) : [:])
        }
    }
}

/// How one database is.
struct DatabaseHealth: Sendable {
    let service: String
    /// Of a round trip, without connecting.
    var latency: Duration?
    var schema: SchemaLevel?
    var vitals: ServiceVitals?
    /// For how long the first of what is due waits; `nil` where nothing is.
    var overdueMs: Int64?
    /// Those that have not ended; of the service that has some.
    var sagas: [Saga.State: Int64] = [:]
    /// Why it could not be asked.
    var failure: Failure?

    /// It answers, whatever it answers.
    var isUp: Bool { failure == nil || hasOtherSchema }

    /// It answers, and its schema does not suit this program.
    var hasOtherSchema: Bool { failure.map { [ErrorCode.schemaOutdated, .binaryOutdated].contains($0.code) } ?? false }
}

/// Gives what is asked of a database a limited time.
enum Bounded {
    /// - Throws: `Failure` with `DATABASE_UNAVAILABLE` where time is up, otherwise what the body throws.
    static func run<R: Sendable>(within limit: Duration, _ service: String, _ body: @escaping @Sendable () async throws -> R) async throws
        -> R
    {
        let answer = Mutex<R?>(nil)
        let late = Failure(.databaseUnavailable, "the database of \"\(service)\" does not answer within \(DurationText.text(limit))")
        do {
            try await Deadline.run(within: limit) {
                let found = try await body()
                answer.withLock { $0 = found }
            }
        } catch let failure as Failure where failure.code == .timedOut {
            throw late
        }
        guard let found = answer.withLock({ $0 }) else { throw late }
        return found
    }
}

/// Databases that are given a limited time to be connected to.
private struct BoundedDatabases: WorkerDatabases {
    let databases: LimitedDatabases
    let limit: Duration

    func open(_ service: String) async throws -> Connection {
        try await Bounded.run(within: limit, service) { try await databases.open(service) }
    }
}
