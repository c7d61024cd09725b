import Outbox
import Postgres
import Synchronization

/// Which windows lanes have cut on one connection, so that one that was empty answers for all lanes that stand inside it. A value without I/O.
struct CutWindows: Sendable {
    /// What the question for a window has found, and when it was asked: of two numbers the greater one saw all that the other saw.
    struct Cut: Sendable {
        let opening: WindowCursor.Opening
        let number: Int
    }

    /// Counts cuts where they are made, one after the other: answers are heard of in any order.
    final class Counter: Sendable {
        private let last = Atomic(0)

        func next() -> Int {
            last.add(1, ordering: .relaxed).newValue
        }
    }

    private static let kept = 64
    private var numbers: [Snapshot: Int] = [:]
    /// The last window that turned out to be empty in this round.
    private var quiet: (from: Int, to: Int, opening: WindowCursor.Opening)?

    mutating func beginRound() {
        quiet = nil
    }

    mutating func note(_ cut: Cut, after lo: Snapshot) {
        let hi = cut.opening.window.hi
        guard numbers[hi] == nil else { return }
        if numbers.count >= Self.kept { numbers = numbers.filter { $0.value > cut.number - Self.kept / 2 } }
        numbers[hi] = cut.number
        if cut.opening.isEmpty, let from = numbers[lo], from < cut.number { quiet = (from, cut.number, cut.opening) }
    }

    /// - Returns: the answer for a lane that stands at the snapshot, where it is known that nothing came after it.
    func empty(after lo: Snapshot) -> WindowCursor.Opening? {
        guard let quiet, let number = numbers[lo], (quiet.from...quiet.to).contains(number) else { return nil }
        return quiet.opening
    }
}
