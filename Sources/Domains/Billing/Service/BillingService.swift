import BillingEvents
public import FoundationEssentials
public import Kernel
public import Postgres

/// What can be asked about subscriptions and entitlements. Every function runs in the caller's transaction.
public enum BillingService {
    /// - Parameters:
    ///   - label: what the user called the organization, for the error.
    ///   - now: in whose period it is shown; `nil` for the one that is stored.
    /// - Throws: ``BillingError/noSubscription(_:)``.
    public static func subscription(
        of organizationId: UUID, label: String, at now: Timestamp? = nil, in session: Session
    ) throws -> Subscription {
        guard let found = try session.first(BillingQueries.subscription(organizationId: organizationId)) else {
            throw BillingError.noSubscription(label)
        }
        return now.map { found.passed(to: $0) } ?? found
    }

    /// - Parameter label: what the user called the organization, for the error.
    /// - Throws: ``BillingError/noEntitlements(_:)`` where billing has not heard of the organization; an empty set is no error.
    public static func entitlements(of organizationId: UUID, label: String, in session: Session) throws -> [Entitlement] {
        let (set, entitlements) = try session.pipeline(
            BillingQueries.entitlementSet(organizationId: organizationId), BillingQueries.entitlements(organizationId: organizationId))
        guard !set.rows.isEmpty else { throw BillingError.noEntitlements(label) }
        return entitlements.rows
    }
}
