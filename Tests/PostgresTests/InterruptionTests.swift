import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

/// Cancellation, deadlines, the server's own timeouts, and a server that stands still.
struct InterruptionTests {
    private let connection: Connection
    private let watcher: Connection

    init() async throws {
        connection = try await ScratchCluster.shared.open()
        watcher = try await ScratchCluster.shared.open()
    }

    @Test(.hangLimit) func cancellingATaskStopsItsQuery() async throws {
        let connection = connection
        let pid = try await connection.pid()
        let task = Task { try await connection.run("select pg_sleep(600)") }
        try await waitUntilBlocked(pid, watcher: watcher)
        task.cancel()
        let error = try await postgresError { try await task.value }
        #expect(error.kind == .cancelled)
        #expect(error.failure.code == .interrupted)
        #expect(await connection.isOpen)
        #expect(try await connection.value("select 1", as: Int.self) == 1)
    }

    @Test(.hangLimit) func aCancelledTransactionIsRolledBack() async throws {
        let table = ScratchCluster.shared.uniqueName()
        try await watcher.run("create table \(identifier: table) (id int)")
        let connection = connection
        let pid = try await connection.pid()
        let task = Task {
            try await connection.transaction { session in
                try session.run(Query("insert into \(identifier: table) values (1)"))
                try session.run(Query("select pg_sleep(601)"))
            }
        }
        try await waitUntilBlocked(pid, watcher: watcher)
        task.cancel()
        #expect(try await postgresError { try await task.value }.kind == .cancelled)
        #expect(try await connection.value("select count(*) from \(identifier: table)", as: Int.self) == 0)
    }

    @Test(.hangLimit) func aTaskCancelledBeforeItsTurnLeavesTheOthersAlone() async throws {
        let connection = connection
        let pid = try await connection.pid()
        try await watcher.run("select pg_advisory_lock(\(Int(pid)))")
        let first = Task { try await connection.run("select pg_advisory_xact_lock(\(Int(pid)))") }
        try await waitUntilBlocked(pid, watcher: watcher)
        let second = Task { try await connection.value("select 2", as: Int.self) }
        second.cancel()
        try await watcher.run("select pg_advisory_unlock(\(Int(pid)))")
        try await first.value
        #expect(try await postgresError { try await second.value }.kind == .cancelled)
        #expect(try await connection.value("select 3", as: Int.self) == 3)
    }

    @Test(.hangLimit) func nothingIsSentOnceACallIsCancelled() async throws {
        let connection = connection
        let task = Task {
            try await connection.transaction { session in
                connection.cancelCurrentQuery()
                try session.run(Query("select 1"))
            }
        }
        #expect(try await postgresError { try await task.value }.kind == .cancelled)
        let value = try await postgresError {
            try await connection.transaction { session in
                try session.run(Query("select 1"))
                connection.cancelCurrentQuery()
            }
        }
        #expect(value.kind == .cancelled)
        #expect(try await connection.value("select 1", as: Int.self) == 1)
    }

    @Test(.hangLimit) func cancelCurrentQueryStopsWhatRunsAndNothingElse() async throws {
        let connection = connection
        connection.cancelCurrentQuery()
        let pid = try await connection.pid()
        let task = Task { try await connection.run("select pg_sleep(602)") }
        try await waitUntilBlocked(pid, watcher: watcher)
        connection.cancelCurrentQuery()
        #expect(try await postgresError { try await task.value }.kind == .cancelled)
        connection.cancelCurrentQuery()
        for n in 0..<50 { #expect(try await connection.value("select \(n)::int", as: Int.self) == n) }
    }

    @Test(.hangLimit) func cancellationsNeverHitTheNextCall() async throws {
        let connection = connection
        for n in 0..<100 {
            // Often over before the request has reached the server, which then has the next query to hit.
            let task = Task { try await connection.run("select pg_sleep(\(Double(n % 10) / 5_000)::float8)") }
            Task { task.cancel() }
            if case .failure(let error) = await task.result { #expect((error as? PostgresError)?.kind == .cancelled) }
            #expect(try await connection.value("select \(n)::int from (select pg_sleep(0.01)) pause", as: Int.self) == n)
        }
    }

    @Test(.hangLimit) func aDeadlineStopsTheQuery() async throws {
        let error = try await postgresError {
            try await connection.session(deadline: .now + .milliseconds(50)) { try $0.run(Query("select pg_sleep(603)")) }
        }
        #expect(error.kind == .deadlineExceeded)
        #expect(error.failure.code == .timedOut)
        let inside = try await postgresError {
            try await connection.transaction(TransactionOptions(deadline: .now + .milliseconds(50))) { session in
                try session.run(Query("select 1"))
                try session.run(Query("select pg_sleep(603)"))
            }
        }
        #expect(inside.kind == .deadlineExceeded)
        let late = try await postgresError { try await connection.session(deadline: .now) { try $0.run(Query("select 1")) } }
        #expect(late.kind == .deadlineExceeded)
        #expect(try await connection.value("select 1", as: Int.self) == 1)
    }

    @Test(.hangLimit) func aServerThatStandsStillIsGivenUp() async throws {
        let connection = try await ScratchCluster.shared.open { $0.cancelGrace = .milliseconds(100) }
        let pid = try await connection.pid()
        let task = Task { try await connection.run("select pg_sleep(605)") }
        try await waitUntilBlocked(pid, watcher: watcher)
        kill(pid, SIGSTOP)
        defer { kill(pid, SIGCONT) }
        task.cancel()
        #expect(try await postgresError { try await task.value }.kind == .cancelled)
        #expect(await !connection.isOpen)
        #expect(try await postgresError { try await connection.run("select 1") }.kind == .connectionLost)
    }

    @Test(.hangLimit) func aServerThatStandsStillDoesNotOutlastTheDeadline() async throws {
        let connection = try await ScratchCluster.shared.open { $0.cancelGrace = .milliseconds(100) }
        let pid = try await connection.pid()
        kill(pid, SIGSTOP)
        defer { kill(pid, SIGCONT) }
        let error = try await postgresError {
            try await connection.session(deadline: .now + .milliseconds(50)) { try $0.run(Query("select 1")) }
        }
        #expect(error.kind == .deadlineExceeded)
    }

    @Test func theServersOwnTimeoutsAreErrorsOfTheServer() async throws {
        let slow = try await ScratchCluster.shared.open {
            $0.statementTimeout = .milliseconds(30)
            $0.idleInTransactionTimeout = .seconds(100)
        }
        let error = try await postgresError { try await slow.run("select pg_sleep(604)") }
        #expect(error.kind == .server)
        #expect(error.sqlState == .queryCanceled)
        #expect(error.failure.code == .timedOut)
        #expect(try await slow.value("show idle_in_transaction_session_timeout", as: String.self) == "100s")
    }

    @Test(.hangLimit) func aLockThatIsHeldIsWaitedForUntilTheLockTimeout() async throws {
        let table = ScratchCluster.shared.uniqueName()
        try await watcher.run("create table \(identifier: table) (id int)")
        let waiting = try await ScratchCluster.shared.open { $0.lockTimeout = .milliseconds(30) }
        try await connection.transaction { session in
            try session.run(Query("lock table \(identifier: table)"))
            blocking {
                let error = try await postgresError { try await waiting.value("select count(*) from \(identifier: table)", as: Int.self) }
                #expect(error.sqlState == .lockNotAvailable)
                #expect(error.failure.code == .databaseBusy)
            }
        }
    }
}
