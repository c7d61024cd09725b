import Synchronization

/// Asks a run to end after the chunk in hand. Cancelling the task instead would abort that chunk.
public final class StopSignal: Sendable {
    private let requested = Mutex(false)

    public init() {}

    public func request() {
        requested.withLock { $0 = true }
    }

    public var isRequested: Bool {
        requested.withLock(\.self)
    }
}
