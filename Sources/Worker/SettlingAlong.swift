import Outbox
import Synchronization

/// Settles beside the lanes while they catch up, so that behind a large backlog little is left to do.
///
/// Lanes that apply less than ``worthwhile`` events are settled once, when they have come to an end.
final class SettlingAlong: Sendable {
    /// Events of one consumer that make settling worth a transaction.
    static let worthwhile = 10_000

    private struct State {
        var events = 0
        var signal: AsyncStream<Void>.Continuation?
    }

    private let states: Mutex<[String: State]>

    init(_ consumers: [any Consumer]) {
        states = Mutex(Dictionary(uniqueKeysWithValues: consumers.filter(\.settles).map { ($0.name, State()) }))
    }

    /// Told by lanes of what they have committed.
    func applied(_ events: Int, by consumer: String) {
        states.withLock { states in
            guard var state = states[consumer] else { return }
            state.events += events
            if state.events >= Self.worthwhile {
                state.events = 0
                state.signal?.yield()
            }
            states[consumer] = state
        }
    }

    /// Runs `lanes`, and `settle` for a consumer whenever its lanes have applied enough.
    func during<R: Sendable>(_ lanes: @Sendable () async -> R, settle: @escaping @Sendable (String) async -> Void) async -> R {
        let tasks = begin().map { name, signals in
            Task { for await _ in signals { await settle(name) } }
        }
        let result = await lanes()
        end()
        for task in tasks { await task.value }
        return result
    }

    private func begin() -> [(String, AsyncStream<Void>)] {
        states.withLock { states in
            states.keys.map { name in
                let (signals, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
                states[name] = State(events: 0, signal: continuation)
                return (name, signals)
            }
        }
    }

    private func end() {
        states.withLock { states in
            for name in states.keys { states[name]?.signal?.finish() }
        }
    }
}
