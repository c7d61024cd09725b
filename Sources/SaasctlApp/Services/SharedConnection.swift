import Postgres
import Synchronization

/// A connection that is being opened, or is open, and those who wait for it. Each may leave by being cancelled; when the last one has left,
/// opening is given up.
final class SharedConnection: Sendable {
    typealias Place = Int

    private struct State {
        var outcome: Result<Connection, any Error>?
        var opening: Task<Void, Never>?
        var awaited: Set<Place> = []
        var waiting: [Place: CheckedContinuation<Connection, any Error>] = [:]
        var places = 0
        var isGivenUp = false
    }

    private let state = Mutex(State())

    init(open: @escaping @Sendable () async throws -> Connection) {
        let opening = Task {
            do {
                finish(.success(try await open()))
            } catch {
                finish(.failure(error))
            }
        }
        state.withLock { state in
            if state.outcome == nil { state.opening = opening }
        }
    }

    var isAwaited: Bool { state.withLock { !$0.awaited.isEmpty && !$0.isGivenUp } }

    /// - Returns: `nil` where opening was given up; otherwise what ``value(for:)`` must be called with, once.
    func join() -> Place? {
        state.withLock { state in
            guard !state.isGivenUp else { return nil }
            state.places += 1
            if state.outcome == nil { state.awaited.insert(state.places) }
            return state.places
        }
    }

    /// - Throws: what opening threw; `CancellationError` where the task is cancelled first.
    func value(for place: Place) async throws -> Connection {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state -> Result<Connection, any Error>? in
                    if let outcome = state.outcome { return outcome }
                    guard state.awaited.contains(place) else { return .failure(CancellationError()) }
                    state.waiting[place] = continuation
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            leave(place)
        }
    }

    private func leave(_ place: Place) {
        let (continuation, opening) = state.withLock { state in
            guard state.outcome == nil, state.awaited.remove(place) != nil else {
                return (CheckedContinuation<Connection, any Error>?.none, Task<Void, Never>?.none)
            }
            state.isGivenUp = state.awaited.isEmpty
            return (state.waiting.removeValue(forKey: place), state.isGivenUp ? state.opening : nil)
        }
        opening?.cancel()
        continuation?.resume(throwing: CancellationError())
    }

    private func finish(_ outcome: Result<Connection, any Error>) {
        let waiting = state.withLock { state in
            state.outcome = outcome
            state.opening = nil
            state.awaited = []
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume(with: outcome) }
    }
}
