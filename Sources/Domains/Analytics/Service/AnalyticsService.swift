public import Postgres

/// Reads the read models.
public enum AnalyticsService {
    /// Subscriptions by plan, status and price.
    public static func subscriptions(in session: Session) throws -> [SubscriptionSummary] {
        try session.all(AnalyticsQueries.subscriptions())
    }
}
