/// When an event that failed is tried again: after a random time below a bound that doubles with each attempt ("exponential backoff with
/// full jitter"), so that what failed together does not come back together.
public struct RetrySchedule: Sendable, Hashable {
    /// Attempts after which an event is dead, the first included.
    public let attempts: Int
    /// The bound after the first attempt.
    public let first: Duration
    /// What the bound does not exceed.
    public let longest: Duration

    public init(attempts: Int = 10, first: Duration = .seconds(5), longest: Duration = .seconds(900)) {
        self.attempts = attempts
        self.first = first
        self.longest = longest
    }

    public static let standard = RetrySchedule()

    /// The bound of the pause behind the given attempt, counted from 1.
    public func bound(afterAttempt attempt: Int) -> Duration {
        var bound = first
        for _ in 1..<max(1, min(attempt, 64)) where bound < longest { bound *= 2 }
        return min(bound, longest)
    }

    /// - Returns: `nil` where the given attempt was the last.
    public func pause(afterAttempt attempt: Int, using random: inout some RandomNumberGenerator) -> Duration? {
        attempt < attempts ? bound(afterAttempt: attempt) * Double.random(in: 0...1, using: &random) : nil
    }
}
