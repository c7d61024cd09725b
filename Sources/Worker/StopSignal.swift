import Synchronization

/// Asks a run to end after the chunk in hand. Cancelling the task instead would abort that chunk.
public final class StopSignal: Sendable {
    private struct State {
        var isRequested = false
        var sleepers: [Int: @Sendable () -> Void] = [:]
        var count = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// Ends sleeps too.
    public func request() {
        let sleepers = state.withLock { state in
            state.isRequested = true
            defer { state.sleepers = [:] }
            return Array(state.sleepers.values)
        }
        for wake in sleepers { wake() }
    }

    public var isRequested: Bool {
        state.withLock(\.isRequested)
    }

    /// Sleeps until the time is over, the stop is requested or the task is cancelled.
    func sleep(for duration: Duration) async {
        let sleep = Task { () -> Void in
            // Cancelled to wake up early.
            do { try await Task.sleep(for: duration) } catch {}
        }
        await interruptible(by: { sleep.cancel() }) { await sleep.value }
    }

    /// Runs `body`; a request, or the task's cancellation, calls `wake` meanwhile.
    func interruptible<R: Sendable>(
        by wake: @escaping @Sendable () -> Void, _ body: @Sendable () async throws -> R
    ) async rethrows -> R {
        let id = state.withLock { state -> Int? in
            guard !state.isRequested else { return nil }
            state.count += 1
            state.sleepers[state.count] = wake
            return state.count
        }
        defer { if let id { state.withLock { $0.sleepers[id] = nil } } }
        if id == nil { wake() }
        return try await withTaskCancellationHandler(operation: body, onCancel: wake)
    }
}
