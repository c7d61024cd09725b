public import Postgres

/// The partitions of an outbox, which have to be there before its positions reach them.
public enum OutboxPartitions {
    /// Keeps two whole partitions beyond the one in use. Costs next to nothing where they are there; of several callers at once one makes
    /// them.
    ///
    /// - Returns: how many were made.
    /// - Throws: `PostgresError`, with `lockNotAvailable` where somebody reads the whole outbox for so long (`pg_dump`) that waiting for
    ///   them would hold up all other readers.
    @discardableResult
    public static func keepAhead(in session: Session) throws -> Int {
        try session.one(OutboxQueries.extend())
    }
}
