import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements of the figures about usage.
enum UsageFigureQueries {
    static func sequences(of organizations: [UUID]) -> Query<(organizationId: UUID, sequence: Int64)> {
        Query("select organization_id, sequence from usage_sequences where organization_id = any (\(organizations))") {
            (organizationId: try $0.get(0), sequence: try $0.get(1))
        }
    }

    static func store(_ sequences: [(organizationId: UUID, sequence: Int64)]) -> Query<Void> {
        Query(
            """
            insert into usage_sequences (organization_id, sequence)
            select * from unnest(\(sequences.map(\.organizationId)), \(sequences.map(\.sequence)))
            on conflict (organization_id) do update set sequence = excluded.sequence
            """)
    }

    static func add(_ counts: [(day: UsageDay, count: UsageCount)], by scale: FigureScale) -> Query<Void> {
        Query(
            """
            insert into \(fragment: scale.usage) as d (organization_id, entitlement, day, quantity, records, limits_reached)
            select n.organization_id, n.entitlement, (n.day at time zone 'UTC')::date, n.quantity, n.records, n.limits_reached
            from unnest(\(counts.map(\.day.organizationId)), \(counts.map(\.day.entitlement)), \(counts.map(\.day.day)),
                \(counts.map(\.count.quantity)), \(counts.map(\.count.records)), \(counts.map(\.count.limitsReached)))
                as n (organization_id, entitlement, day, quantity, records, limits_reached)
            on conflict (organization_id, entitlement, day) do update set quantity = d.quantity + excluded.quantity,
                records = d.records + excluded.records, limits_reached = d.limits_reached + excluded.limits_reached
            """)
    }

    // MARK: Purging

    static func deleteSequences(of organizations: [UUID]) -> Query<Void> {
        Query("delete from usage_sequences where organization_id = any (\(organizations))")
    }

    /// Out of the sums too.
    static func deleteCounts(of organizations: [UUID], by scale: FigureScale) -> Query<Void> {
        Query(
            """
            with gone as (delete from \(fragment: scale.usage) where organization_id = any (\(organizations)) returning *)
            update \(fragment: scale.usage) as d set quantity = d.quantity - g.quantity, records = d.records - g.records,
                limits_reached = d.limits_reached - g.limits_reached
            from (select entitlement, day, sum(quantity)::bigint as quantity, sum(records)::bigint as records,
                    sum(limits_reached)::bigint as limits_reached
                from gone group by entitlement, day) as g
            where d.organization_id = \(UUID.everybody) and d.entitlement = g.entitlement and d.day = g.day
            """)
    }

    static func deleteEmptyCounts(by scale: FigureScale) -> Query<Void> {
        Query("delete from \(fragment: scale.usage) where organization_id = \(UUID.everybody) and (records, limits_reached) = (0, 0)")
    }

    // MARK: Looking

    /// By entitlement and the buckets of the range.
    static func counts(_ filter: UsageFigureFilter) -> Query<UsageFigureRow> {
        Query(
            """
            select entitlement, \(fragment: filter.range.start(of: "day")), sum(quantity)::bigint, sum(records)::bigint,
                sum(limits_reached)::bigint
            from (\(fragment: filter.rows)) as d group by 1, 2 order by 1, 2
            """
        ) { row in
            UsageFigureRow(
                entitlement: try row.get(0), start: try row.get(1), quantity: try row.get(2), records: try row.get(3),
                limitsReached: try row.get(4))
        }
    }

    /// Who has used most of one entitlement.
    static func users(of entitlement: String, _ range: FigureRange, limit: Int) -> Query<UsageFigures> {
        let rows = range.rows(
            of: \.usage, "organization_id, quantity, records, limits_reached",
            where: "entitlement = \(entitlement) and organization_id <> \(UUID.everybody)", wholly: true)
        return Query(
            """
            select organization_id, sum(quantity)::bigint, sum(records)::bigint, sum(limits_reached)::bigint
            from (\(fragment: rows)) as d group by organization_id order by 2 desc, organization_id limit \(limit)
            """
        ) { row in
            UsageFigures(
                from: range.since, until: range.until, entitlement: entitlement, organizationId: try row.get(0), quantity: try row.get(1),
                records: try row.get(2), limitsReached: try row.get(3), series: nil)
        }
    }
}

struct UsageFigureRow: Sendable {
    let entitlement: String
    let start: Timestamp
    let quantity: Int64
    let records: Int64
    let limitsReached: Int64
}

extension UsageFigureFilter {
    fileprivate var rows: SQL {
        let owner: SQL = "organization_id = \(organizationId ?? .everybody)"
        let condition: SQL = entitlement.map { "\(fragment: owner) and entitlement = \($0)" } ?? owner
        return range.rows(of: \.usage, "entitlement, quantity, records, limits_reached", where: condition, wholly: false)
    }
}
