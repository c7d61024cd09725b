public import Kernel
public import Outbox
import Postgres

/// The answers that are kept under idempotency keys.
public enum IdempotencyKeys {
    /// Those whose time is up: a command that comes under such a key is a new one.
    public static func expired(at now: Timestamp) -> Leftovers {
        Leftovers("expired idempotency keys", table: "idempotency_keys", where: "expires_at <= \(now)")
    }
}
