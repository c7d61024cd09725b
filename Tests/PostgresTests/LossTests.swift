import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

/// Connections that end while they are needed.
struct LossTests {
    private let connection: Connection
    private let killer: Connection
    private let pid: Int32

    init() async throws {
        connection = try await ScratchCluster.shared.open()
        killer = try await ScratchCluster.shared.open()
        pid = try await connection.pid()
    }

    private func terminate() async throws {
        #expect(try await killer.value("select pg_terminate_backend(\(pid), 10000)", as: Bool.self))
    }

    @Test(.hangLimit) func aServerThatDiesInMidQuery() async throws {
        let connection = connection
        let task = Task { try await connection.run("select pg_sleep(700)") }
        try await waitUntilBlocked(pid, watcher: killer)
        try await terminate()
        let error = try await postgresError { try await task.value }
        #expect(error.kind == .connectionLost)
        #expect(error.sqlState == .adminShutdown)
        #expect(!error.commitOutcomeUnknown)
        #expect(error.failure.code == .databaseUnavailable)
        #expect(error.failure.code.exit == .unavailable)
        #expect(error.failure.message.contains("database \"postgres\" went away"))
        #expect(await !connection.isOpen)
        #expect(try await postgresError { try await connection.run("select 1") }.kind == .connectionLost)
    }

    @Test func aServerThatDiesBetweenTwoCalls() async throws {
        try await terminate()
        let error = try await postgresError { try await connection.run("select 1") }
        #expect(error.kind == .connectionLost)
        #expect(error.failure.code == .databaseUnavailable)
    }

    @Test func aServerThatDiesInsideAPipeline() async throws {
        let error = try await postgresError {
            try await connection.session { session in
                try session.pipeline(
                    Query<Int>("select 1"), Query<Bool>("select pg_terminate_backend(pg_backend_pid())"), Query<Int>("select 2"))
            }
        }
        #expect(error.kind == .connectionLost)
        #expect(error.sqlState == .adminShutdown)
    }

    @Test func aTransactionLostBeforeItsCommitIsKnownToHaveFailed() async throws {
        let error = try await postgresError {
            try await connection.transaction { session in
                try session.run(Query("create temporary table gone (n int)"))
                blocking { try await terminate() }
            }
        }
        #expect(error.kind == .connectionLost)
        #expect(!error.commitOutcomeUnknown)
    }

    /// A table whose rows make COMMIT sleep.
    private func slowTable() async throws -> String {
        let name = ScratchCluster.shared.uniqueName("slow")
        try await killer.session { session in
            try session.script(
                """
                create table \(name) (n int);
                create function \(name)() returns trigger language plpgsql as $$ begin perform pg_sleep(600); return null; end $$;
                create constraint trigger \(name) after insert on \(name) deferrable initially deferred for each row execute function \(name)();
                """)
        }
        return name
    }

    @Test(.hangLimit) func aConnectionLostWhileCommittingLeavesTheOutcomeOpen() async throws {
        let (connection, table) = (connection, try await slowTable())
        let task = Task { try await connection.transaction { try $0.run(Query("insert into \(identifier: table) values (1)")) } }
        try await waitUntilBlocked(pid, watcher: killer)
        try await terminate()
        let error = try await postgresError { try await task.value }
        #expect(error.kind == .connectionLost)
        #expect(error.commitOutcomeUnknown)
        #expect(error.failure.code == .databaseUnavailable)
        #expect(error.failure.message.contains("not known"))
        #expect(error.description.contains("not known"))
    }

    @Test(.hangLimit) func aServerThatStandsStillWhileCommittingLeavesTheOutcomeOpen() async throws {
        let connection = try await ScratchCluster.shared.open { $0.cancelGrace = .milliseconds(100) }
        let (pid, table) = (try await connection.pid(), try await slowTable())
        let task = Task { try await connection.transaction { try $0.run(Query("insert into \(identifier: table) values (1)")) } }
        try await waitUntilBlocked(pid, watcher: killer)
        kill(pid, SIGSTOP)
        defer { kill(pid, SIGCONT) }
        task.cancel()
        let error = try await postgresError { try await task.value }
        #expect(error.kind == .connectionLost)
        #expect(error.commitOutcomeUnknown)
    }

    @Test(.hangLimit) func cancellingACommitRollsItBackOrLetsItPass() async throws {
        let (connection, table) = (connection, try await slowTable())
        let task = Task { try await connection.transaction { try $0.run(Query("insert into \(identifier: table) values (1)")) } }
        try await waitUntilBlocked(pid, watcher: killer)
        task.cancel()
        #expect(try await postgresError { try await task.value }.kind == .cancelled)
        #expect(try await connection.value("select count(*) from \(identifier: table)", as: Int.self) == 0)
    }

    @Test func useAfterClose() async throws {
        await connection.close()
        await connection.close()
        let connection = connection
        #expect(try await postgresError { try await connection.run("select 1") }.kind == .closed)
        #expect(try await postgresError { try await connection.transaction { _ in } }.kind == .closed)
        #expect(await !connection.isOpen)
        try await wait(on: killer, until: "not exists (select 1 from pg_stat_activity where pid = \(pid))")
    }

    @Test func aConnectionThatNobodyHoldsIsClosed() async throws {
        let pid = try await { try await ScratchCluster.shared.open().pid() }()
        try await wait(on: killer, until: "not exists (select 1 from pg_stat_activity where pid = \(pid))")
    }
}
