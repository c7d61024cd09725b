import Postgres
import TestSupport

/// Holds a worker that is yet to be started at a step of its work.
struct HeldWorker: Sendable {
    /// Looks at the whole server.
    let sessions: WorkerSessions
    /// Of the superuser, to the database of the step.
    let connection: Connection
    private let database: TestDatabase
    private let obstacle: HeldTransaction
    private let holder: Int32

    /// - Parameter point: in a database of the current test.
    init(at point: KillPoint) async throws {
        database = TestDatabases.current[point.service]
        connection = try await database.connect(as: .superuser)
        if let arrangement = point.arrangement { try await connection.session { try $0.script(arrangement) } }
        sessions = WorkerSessions(watcher: try await database.connect(as: .superuser))
        let holding = try await database.connect(as: .superuser)
        holder = try await holding.session { $0.backendPID }
        obstacle = try await HeldTransaction(on: holding)
        _ = try await obstacle.run { try $0.run(Query(point.obstacle)) }
    }

    /// Waits until the worker is where it is to be held.
    ///
    /// - Returns: the backend of its session.
    func untilBlocked() async throws -> Int32 {
        try await sessions.untilBlocked(in: database, by: holder)
    }

    /// Waits until what a dead worker left running has ended, but for what is held.
    func untilOthersAreGone() async throws {
        try await sessions.untilGone(from: database, exceptBlockedBy: holder)
    }

    func letGo() async throws {
        try await obstacle.rollback()
    }
}
