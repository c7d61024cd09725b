import BillingEvents
import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements of accounts, and of subscriptions as contracts.
enum ContractQueries {
    // MARK: Accounts

    struct Account: Sendable {
        let version: Int64
        let isClosed: Bool
    }

    /// What billing has of an organization; no row where it has not heard of it.
    ///
    /// - Parameter isLocking: keeps it until the transaction ends.
    static func account(of organizationId: UUID, isLocking: Bool) -> Query<Account> {
        Query(
            """
            select version, closed_by is not null or is_purged from entitlement_sets
            where organization_id = \(organizationId) \(fragment: isLocking ? "for update" : "")
            """
        ) { Account(version: try $0.get(0), isClosed: try $0.get(1)) }
    }

    /// Locks the accounts of several, in the order in which every consumer does.
    static func lockAccounts(of organizations: [UUID]) -> Query<Void> {
        Query("select from entitlement_sets where organization_id = any (\(organizations)) order by organization_id for update")
    }

    /// - Parameter step: which can open it again.
    static func closeAccount(of organizationId: UUID, step: UUID) -> Query<Void> {
        Query("update entitlement_sets set closed_by = coalesce(closed_by, \(step)) where organization_id = \(organizationId)")
    }

    static func openAccount(of organizationId: UUID, step: UUID) -> Query<Void> {
        Query("update entitlement_sets set closed_by = null where organization_id = \(organizationId) and closed_by = \(step)")
    }

    // MARK: Contracts

    /// A contract as it is stored, but for its plans.
    struct StoredContract: Sendable {
        let id: UUID
        let organizationId: UUID
        let status: Subscription.Status
        let versionId: UUID
        let anchor: Timestamp
        let period: PaidPeriod
        let trialEnd: Timestamp?
        let nextVersionId: UUID?
        let endsWithPeriod: Bool
        let endedAt: Timestamp?
        /// How many events there are of it.
        let sequence: Int64
    }

    private static let columns: SQL = """
        id, organization_id, status, plan_version_id, anchor, period_start, period_end, trial_end, next_plan_version_id, ends_with_period, ended_at,
        event_sequence
        """

    private static func contract(_ row: Row) throws -> StoredContract {
        StoredContract(
            id: try row.get(0), organizationId: try row.get(1), status: try row.get(2), versionId: try row.get(3), anchor: try row.get(4),
            period: PaidPeriod(start: try row.get(5), end: try row.get(6)), trialEnd: try row.get(7), nextVersionId: try row.get(8),
            endsWithPeriod: try row.get(9), endedAt: try row.get(10), sequence: try row.get(11))
    }

    /// The active one, otherwise the one that ended last.
    ///
    /// - Parameter isLocking: keeps it until the transaction ends. The account is locked before it.
    static func newest(of organizationId: UUID, isLocking: Bool) -> Query<StoredContract> {
        Query(
            """
            select \(fragment: columns) from subscriptions where organization_id = \(organizationId)
            order by status = 'active' desc, created_at desc, id desc limit 1 \(fragment: isLocking ? "for update" : "")
            """, contract)
    }

    static func find(id: UUID, isLocking: Bool) -> Query<StoredContract> {
        Query("select \(fragment: columns) from subscriptions where id = \(id) \(fragment: isLocking ? "for update" : "")", contract)
    }

    static func update(_ contract: Contract, at now: Timestamp) -> Query<Void> {
        let next: UUID? = if case .change(let offer) = contract.next { offer.version.id } else { nil }
        let ends = if case .end = contract.next { true } else { false }
        return Query(
            """
            update subscriptions set status = \(contract.status.rawValue), plan_version_id = \(contract.offer.version.id),
                anchor = \(contract.anchor), period_start = \(contract.period.start), period_end = \(contract.period.end),
                trial_end = \(contract.trialEnd), next_plan_version_id = \(next), ends_with_period = \(ends), ended_at = \(contract.endedAt),
                version = version + 1, event_sequence = event_sequence + \(Int64(contract.events.count)),
                updated_at = greatest(\(now), updated_at)
            where id = \(contract.id)
            """)
    }
}
