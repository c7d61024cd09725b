import Dispatch
public import Postgres
import Synchronization

/// A transaction that stays open between the steps of a test. Its connection's thread waits for the next step; nobody else does.
public final class HeldTransaction: Sendable {
    private enum Step {
        case run(@Sendable (Session) -> Void)
        case commit
        case rollback
    }

    private struct RolledBack: Error {}

    private let steps = Mutex<[Step]>([])
    private let arrived = DispatchSemaphore(value: 0)
    private let running = Mutex<Task<Void, any Error>?>(nil)

    /// - Parameter takesId: the transaction gets its number at once, before it writes anything else.
    public init(on connection: Connection, takesId: Bool = false, options: TransactionOptions = TransactionOptions()) async throws {
        let task = Task {
            try await connection.transaction(options) { session in
                while true {
                    switch self.next() {
                    case .run(let body): body(session)
                    case .commit: return
                    case .rollback: throw RolledBack()
                    }
                }
            }
        }
        running.withLock { $0 = task }
        // The first statement begins the transaction.
        _ = try await run { session in
            try session.one(takesId ? Query<Xid8>("select pg_current_xact_id()") : Query<Xid8>("select '0'::xid8"))
        }
    }

    private func next() -> Step {
        arrived.wait()
        return steps.withLock { $0.removeFirst() }
    }

    private func send(_ step: Step) {
        steps.withLock { $0.append(step) }
        arrived.signal()
    }

    public func run<R: Sendable>(_ body: @escaping @Sendable (Session) throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            send(.run { session in continuation.resume(with: Result { try body(session) }) })
        }
    }

    public func commit() async throws {
        send(.commit)
        try await running.withLock(\.self)?.value
    }

    public func rollback() async throws {
        send(.rollback)
        do {
            try await running.withLock(\.self)?.value
        } catch is RolledBack {}
    }
}
