import BillingEvents
import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements of usage and of overrides.
enum UsageQueries {
    private static func record(_ row: Row) throws -> UsageRecord {
        UsageRecord(
            id: try row.get(0), organizationId: try row.get(1), entitlement: try row.get(2), key: try row.get(3), quantity: try row.get(4),
            usedAt: try row.get(5), recordedAt: try row.get(6))
    }

    static func find(_ entitlement: String, key: String, organizationId: UUID) -> Query<UsageRecord> {
        Query(
            """
            select id, organization_id, entitlement, key, quantity, used_at, recorded_at from usage_records
            where organization_id = \(organizationId) and entitlement = \(entitlement) and key = \(key)
            """, record)
    }

    static func insert(_ record: UsageRecord) -> Query<Void> {
        Query(
            """
            insert into usage_records (id, organization_id, entitlement, key, quantity, used_at, recorded_at)
            values (\(record.id), \(record.organizationId), \(record.entitlement), \(record.key), \(record.quantity), \(record.usedAt),
                \(record.recordedAt))
            """)
    }

    static func used(_ entitlement: String, organizationId: UUID, in period: PaidPeriod) -> Query<(used: Int64, records: Int64)> {
        Query(
            """
            select coalesce(sum(quantity), 0)::bigint, count(*) from usage_records where organization_id = \(organizationId)
                and entitlement = \(entitlement) and used_at >= \(period.start) and used_at < \(period.end)
            """
        ) { (try $0.get(0), try $0.get(1)) }
    }

    /// Since when the organization has been a customer.
    static func beginning(of organizationId: UUID) -> Query<Timestamp?> {
        Query(
            "select min(least(created_at, anchor, period_start)) from subscriptions where organization_id = \(organizationId)"
        ) { try $0.get(0) }
    }

    /// Gives back the number of the last of so many events that tell of it.
    static func countEvents(of organizationId: UUID, by count: Int64) -> Query<Int64> {
        Query(
            """
            update entitlement_sets set event_sequence = event_sequence + \(count) where organization_id = \(organizationId)
            returning event_sequence
            """
        ) { try $0.get(0) }
    }

    static func deleteUsage(of organizations: [UUID]) -> Query<Void> {
        Query("delete from usage_records where organization_id = any (\(organizations))")
    }

    // MARK: Overrides

    static func overrides(of organizations: [UUID]) -> Query<(organizationId: UUID, grant: EntitlementGrant)> {
        Query(
            """
            select key, kind, quantity, is_soft, organization_id from entitlement_overrides where organization_id = any (\(organizations))
            order by organization_id, key
            """
        ) { row in
            (
                try row.get(4),
                EntitlementGrant(key: try row.get(0), kind: try row.get(1), quantity: try row.get(2), isSoft: try row.get(3))
            )
        }
    }

    static func upsertOverride(_ grant: EntitlementGrant, organizationId: UUID, at now: Timestamp) -> Query<Void> {
        Query(
            """
            insert into entitlement_overrides (organization_id, key, kind, quantity, is_soft, updated_at)
            values (\(organizationId), \(grant.key), \(grant.kind.rawValue), \(grant.quantity), \(grant.isSoft == true), \(now))
            on conflict (organization_id, key) do update set kind = excluded.kind, quantity = excluded.quantity, is_soft = excluded.is_soft,
                updated_at = excluded.updated_at
            """)
    }

    static func deleteOverride(_ key: String, organizationId: UUID) -> Query<Void> {
        Query("delete from entitlement_overrides where organization_id = \(organizationId) and key = \(key)")
    }

    static func deleteOverrides(of organizations: [UUID]) -> Query<Void> {
        Query("delete from entitlement_overrides where organization_id = any (\(organizations))")
    }
}
