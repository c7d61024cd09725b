public import FoundationEssentials
public import Postgres

/// Numbers events of aggregates that have no row of their own in the database that tells of them.
public enum EventCounters {
    /// The next number, and the lock that keeps the aggregate's events in order until the transaction ends.
    public static func next(of subject: UUID, in session: Session) throws -> Int64 {
        try session.one(
            Query(
                """
                insert into event_counters as c (subject, event_sequence) values (\(subject), 1)
                on conflict (subject) do update set event_sequence = c.event_sequence + 1 returning event_sequence
                """
            ) { try $0.get(0) })
    }
}
