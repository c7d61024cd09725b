import Kernel
import Synchronization
import Testing

@testable import Postgres

struct RetryTests {
    private let table = ScratchCluster.shared.uniqueName()
    private let first: Connection
    private let second: Connection

    init() async throws {
        first = try await ScratchCluster.shared.open { $0.connectionString += " options='-c deadlock_timeout=20ms'" }
        second = try await ScratchCluster.shared.open { $0.connectionString += " options='-c deadlock_timeout=20ms'" }
        try await first.run("create table \(identifier: table) (id int primary key, n int not null)")
        try await first.run("insert into \(identifier: table) values (1, 0), (2, 0)")
    }

    private func update(_ id: Int) -> SQL { "update \(identifier: table) set n = n + 1 where id = \(id)" }

    /// A transaction whose first run another one overtakes.
    private func overtaken(_ retry: RetryPolicy, runs: borrowing Atomic<Int>, wrapping: Bool = false) async throws {
        let options = TransactionOptions(isolation: .repeatableRead, retry: retry)
        let (second, update) = (second, update(1))
        let count = Mutex(0)
        defer { runs.store(count.withLock { $0 }, ordering: .relaxed) }
        try await first.transaction(options) { session in
            let run = count.withLock { count in
                count += 1
                return count
            }
            _ = try session.one(Query<Int>("select n from \(identifier: table) where id = 1"))
            if run <= 2 { blocking { try await second.run(update) } }
            do {
                try session.run(Query(update))
            } catch  where wrapping {
                throw Boom()
            }
        }
    }

    @Test func aSerializationFailureRunsAgain() async throws {
        let runs = Atomic(0)
        try await overtaken(.standard, runs: runs)
        #expect(runs.load(ordering: .relaxed) == 3)
        #expect(try await first.value("select n from \(identifier: table) where id = 1", as: Int.self) == 3)
    }

    @Test func anErrorOfTheClosuresOwnDoesNotHideTheFailure() async throws {
        let runs = Atomic(0)
        try await overtaken(.standard, runs: runs, wrapping: true)
        #expect(runs.load(ordering: .relaxed) == 3)
    }

    @Test func withoutAPolicyItIsThrown() async throws {
        let runs = Atomic(0)
        let error = try await postgresError { try await overtaken(.none, runs: runs) }
        #expect(error.sqlState == .serializationFailure)
        #expect(error.failure.code == .databaseBusy)
        #expect(runs.load(ordering: .relaxed) == 1)
    }

    @Test func thePolicyBoundsTheRuns() async throws {
        let runs = Atomic(0)
        let error = try await postgresError { try await overtaken(RetryPolicy(attempts: 2), runs: runs) }
        #expect(error.sqlState == .serializationFailure)
        #expect(runs.load(ordering: .relaxed) == 2)
    }

    @Test func aDeadlockIsResolvedByRunningOneOfThemAgain() async throws {
        let crossing = Crossing()
        let (one, other) = (update(1), update(2))
        async let first: Void = first.transaction(TransactionOptions(retry: .standard)) { try crossing.run($0, one, other) }
        async let second: Void = second.transaction(TransactionOptions(retry: .standard)) { try crossing.run($0, other, one) }
        _ = try await (first, second)
        #expect(crossing.runs.withLock { $0 } >= 3)
        #expect(try await self.first.session { try $0.all(Query<Int>("select n from \(identifier: table)")) } == [2, 2])
    }

    @Test func pausesGrowToTheirBound() {
        let policy = RetryPolicy(attempts: 100, firstPause: .milliseconds(10), longestPause: .milliseconds(80))
        for attempt in 1...99 {
            let pause = policy.pause(afterAttempt: attempt)
            #expect(pause >= .zero && pause <= min(.milliseconds(80), .milliseconds(10) * (1 << min(attempt - 1, 10))))
        }
    }
}

/// Two transactions that lock each other's row, when both run for the first time.
private final class Crossing: Sendable {
    let runs = Mutex(0)
    private let meeting = Meeting()

    func run(_ session: Session, _ first: SQL, _ second: SQL) throws {
        let isFirstRun = runs.withLock { runs in
            runs += 1
            return runs <= 2
        }
        try session.run(Query(first))
        if isFirstRun { meeting.arriveAndWait() }
        try session.run(Query(second))
    }
}
