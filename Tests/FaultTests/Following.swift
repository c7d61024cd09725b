import Glibc
import Postgres
import TestSupport

extension CommandLineFixture {
    /// Runs workers as services while the body runs, and ends them with SIGTERM.
    ///
    /// - Returns: how each ended.
    func following(
        _ workers: Int = 1, _ arguments: String..., while body: @escaping @Sendable () async throws -> Void
    ) async throws -> [CommandResult] {
        let body = Task { try await body() }
        let results = try await withThrowingTaskGroup(of: CommandResult.self) { group in
            for _ in 0..<workers {
                group.addTask {
                    try await self.run(["worker", "run", "--follow"] + arguments, limit: .seconds(1_800)) { worker in
                        _ = await body.result
                        try worker.send(signal: SIGTERM)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await body.value
        return results
    }

    /// Whether every lane is level, as `worker status` sees it, and the audit log is in its final order.
    func isLevel() async throws -> Bool {
        let audit = try await TestDatabases.current["audit"].connect(as: .superuser)
        let check = try await run("worker", "status", "--check", "--max-lag", "0")
        let rest = try await audit.fetchOne("select (select count(*) from entries) - (select count(*) from leaves)", as: Int.self)
        await audit.close()
        return check.status == 0 && rest == 0
    }

    /// Waits until all is level: what workers that follow have to arrive at by themselves.
    ///
    /// - Throws: `DeadlinePassed` where they do not. The body of ``following(_:_:while:)`` is ended by nothing else.
    func untilLevel() async throws {
        try await Deadline.limiting(.seconds(240 * Stress.factor), "to become level") {
            while try await !isLevel() {}
        }
    }
}
