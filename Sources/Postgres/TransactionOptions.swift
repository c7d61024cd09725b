import Kernel

/// How a transaction begins, ends and is repeated.
public struct TransactionOptions: Sendable {
    public enum Isolation: String, Sendable {
        case readCommitted = "read committed"
        case repeatableRead = "repeatable read"
        case serializable
    }

    public enum Ending: Sendable {
        case commit
        /// Deferred constraints are checked, then everything is rolled back; the value is returned all the same. A dry run.
        case rollback
    }

    public var isolation: Isolation
    public var readOnly: Bool
    public var ending: Ending
    public var retry: RetryPolicy
    /// The whole call, retries included, ends here at the latest.
    public var deadline: ContinuousClock.Instant?

    public init(
        isolation: Isolation = .readCommitted, readOnly: Bool = false, ending: Ending = .commit, retry: RetryPolicy = .none,
        deadline: ContinuousClock.Instant? = nil
    ) {
        self.isolation = isolation
        self.readOnly = readOnly
        self.ending = ending
        self.retry = retry
        self.deadline = deadline
    }

    var beginStatement: String {
        "begin isolation level \(isolation.rawValue)\(readOnly ? " read only" : "")"
    }
}

/// How often a transaction is run again after a serialization failure (40001) or a deadlock (40P01).
///
/// The closure runs again from its start, so it must not do anything but talk to its session.
public struct RetryPolicy: Sendable {
    /// Runs in all, the first included.
    public var attempts: Int
    /// The longest pause before the second run; it doubles with each further one.
    public var firstPause: Duration
    public var longestPause: Duration

    public init(attempts: Int, firstPause: Duration = .milliseconds(10), longestPause: Duration = .seconds(1)) {
        self.attempts = attempts
        self.firstPause = firstPause
        self.longestPause = longestPause
    }

    public static let none = RetryPolicy(attempts: 1)
    public static let standard = RetryPolicy(attempts: 6)

    /// A random pause up to a bound that doubles from run to run ("full jitter"), so that rivals do not meet again.
    func pause(afterAttempt attempt: Int) -> Duration {
        RetrySchedule(first: firstPause, longest: longestPause).bound(afterAttempt: attempt) * Double.random(in: 0...1)
    }
}
