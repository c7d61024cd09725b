public import Kernel
public import Outbox
import Postgres

/// What of the identity service's rows serves nothing any more.
public enum IdentityLeftovers {
    /// - Parameter cutoff: sessions that were over before it go, with their refresh tokens.
    public static func all(endedBefore cutoff: Timestamp, at now: Timestamp) -> [Leftovers] {
        [
            Leftovers("sessions that are over", table: "sessions", where: "least(ended_at, expires_at) < \(min(cutoff, now))"),
            Leftovers(
                "forgotten attempts to log in", table: "attempts",
                where: """
                    last_at <= \(now.advanced(by: .zero - AttemptThrottle.memory)) and (blocked_until is null or blocked_until <= \(now))
                    """),
        ]
    }
}
