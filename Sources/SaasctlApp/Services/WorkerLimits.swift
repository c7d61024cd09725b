import Kernel
import Postgres
import Worker

/// How long a database may take over what a worker asks, so that no lane waits for ever for what will not come.
struct WorkerLimits: Sendable, Hashable {
    /// For one statement, which the server ends then. A transaction that stands still for as long, because its worker does, is ended too.
    let statement: Duration

    static let standard = WorkerLimits(statement: .seconds(60))

    /// For any part of an answer; then the connection is taken for one that was cut without a word. Longer than a statement may take, so
    /// that a server that only is slow says so itself.
    var answer: Duration { statement * 3 / 2 }
}

/// The databases of a profile, for a worker that waits for them within limits.
struct LimitedDatabases: WorkerDatabases {
    let services: AppServices
    let limits: WorkerLimits

    func open(_ service: String) async throws -> Connection {
        try await services.open(service, limits: limits)
    }
}
