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

    /// Whose subscriptions these are.
    static func organizations(of ids: [UUID]) -> Query<UUID> {
        Query("select distinct organization_id from subscriptions where id = any (\(ids))")
    }

    /// Those of them that are active, kept until the transaction ends. Their accounts are locked before them.
    static func lockActive(_ ids: [UUID]) -> Query<StoredContract> {
        Query(
            """
            select \(fragment: columns) from subscriptions where id = any (\(ids)) and status = 'active' order by organization_id for update
            """, contract)
    }

    static func update(_ contracts: [Contract], at now: Timestamp) -> Query<Void> {
        let next: [UUID?] = contracts.map { if case .change(let offer) = $0.next { offer.version.id } else { nil } }
        let ends = contracts.map { if case .end = $0.next { true } else { false } }
        return Query(
            """
            update subscriptions as s set status = c.status, plan_version_id = c.plan_version_id, anchor = c.anchor, period_start = c.period_start,
                period_end = c.period_end, trial_end = c.trial_end, next_plan_version_id = c.next_plan_version_id,
                ends_with_period = c.ends_with_period, ended_at = c.ended_at, version = s.version + 1,
                event_sequence = s.event_sequence + c.events, updated_at = greatest(\(now), s.updated_at)
            from unnest(\(contracts.map(\.id)), \(contracts.map(\.status.rawValue)), \(contracts.map(\.offer.version.id)),
                \(contracts.map(\.anchor)), \(contracts.map(\.period.start)), \(contracts.map(\.period.end)), \(contracts.map(\.trialEnd)),
                \(next), \(ends), \(contracts.map(\.endedAt)), \(contracts.map { Int64($0.events.count) }))
                as c (id, status, plan_version_id, anchor, period_start, period_end, trial_end, next_plan_version_id, ends_with_period, ended_at, events)
            where s.id = c.id
            """)
    }
}
