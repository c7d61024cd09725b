import Outbox
import Postgres

/// The bell of one outbox, as a reader holds it on one connection. Another connection has another one.
struct SourceBell: Sendable {
    private static let shortestPause = Duration.milliseconds(5)
    /// Polling goes on meanwhile.
    private static let longestPause = Duration.seconds(4)

    let connection: Connection
    private(set) var state = FollowRhythm.Bell.free
    /// To be done with the next question.
    private var errand: FollowRhythm.Errand?
    private var pause = shortestPause
    private var nextTry = ContinuousClock.now

    init(_ connection: Connection) {
        self.connection = connection
    }

    private var isInHand: Bool { state == .taken || state == .armed }

    mutating func request(_ wanted: FollowRhythm.Errand) {
        switch wanted {
        // Refused: an append is in hand, which will not ring; or another worker sleeps here, and then appends ring for us too.
        case .take: if !isInHand, nextTry <= .now { errand = .take }
        case .giveBack: if isInHand { errand = .giveBack }
        }
    }

    mutating func takeErrand() -> FollowRhythm.Errand? {
        defer { errand = nil }
        return errand
    }

    /// - Parameter granted: what the lock's function returned.
    mutating func done(_ errand: FollowRhythm.Errand, granted: Bool) {
        switch (errand, granted) {
        case (.giveBack, _): state = .free
        case (.take, true):
            state = .taken
            pause = Self.shortestPause
        case (.take, false):
            state = .refused
            nextTry = .now + pause
            pause = min(pause * 2, Self.longestPause)
        }
    }

    mutating func beginRound() {
        if state == .taken { state = .armed }
    }

    /// How long to wait before it is tried to take it again; `nil` where that is of no use: it is in hand, or no lane looks that could ask.
    var patience: Duration? {
        state == .refused ? max(.milliseconds(1), ContinuousClock.now.duration(to: nextTry)) : nil
    }

    mutating func rang() {
        pause = Self.shortestPause
        nextTry = .now
    }
}
