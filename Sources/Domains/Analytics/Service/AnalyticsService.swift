public import Kernel
public import Postgres

/// Reads the read models.
public enum AnalyticsService {
    /// Subscriptions by plan, status and price.
    public static func subscriptions(in session: Session) throws -> [SubscriptionSummary] {
        try session.all(AnalyticsQueries.subscriptions())
    }

    /// When events were last applied; `nil` before the first.
    public static func newest(in session: Session) throws -> Timestamp? {
        try session.one(AnalyticsQueries.newest())
    }

    /// The recurring revenue of each currency in each bucket of a range, in the order of time.
    ///
    /// - Parameter currency: `nil` for all that there has been until the end of the range.
    public static func revenue(_ range: FigureRange, currency: String? = nil, in session: Session) throws -> [RecurringRevenue] {
        let movements = try session.all(RevenueQueries.movements(range, currency: currency))
        return Dictionary(grouping: movements, by: \.currency).sorted { $0.key < $1.key }.flatMap { currency, movements in
            let byStart = Dictionary(movements.map { ($0.start, $0) }) { first, _ in first }
            var amount = byStart[nil]?.sum ?? 0
            var subscribers = byStart[nil]?.customers ?? 0
            return range.starts.map { start in
                let revenue = RecurringRevenue(
                    byStart[start], from: start, until: range.end(of: start), currency: currency, openingAmount: amount,
                    subscribers: subscribers)
                amount = revenue.closing.amount
                subscribers = revenue.closingSubscribers
                return revenue
            }
        }
    }

    /// What happened to tasks: in each bucket of the range, or by project those that had any.
    public static func tasks(_ filter: TaskFigureFilter, in session: Session) throws -> [TaskFigures] {
        var counts: [TaskFigureKey: TaskCount] = [:]
        try session.stream(TaskFigureQueries.figures(filter)) { counts[$0.key, default: TaskCount()] += $0.count }
        let range = filter.range
        let keys =
            filter.byProject
            ? counts.sorted { ($1.value.completed, $0.key.projectId?.text ?? "") < ($0.value.completed, $1.key.projectId?.text ?? "") }.map(
                \.key)
            : range.starts.map { TaskFigureKey(start: $0, projectId: nil) }
        return keys.map { key in
            TaskFigures(
                counts[key] ?? TaskCount(), from: key.start ?? range.since,
                until: key.start.map(range.end) ?? range.until, projectId: key.projectId ?? filter.projectId)
        }
    }

    /// What was used of each entitlement in the whole range, with what was used in each of its buckets.
    public static func usage(_ filter: UsageFigureFilter, in session: Session) throws -> [UsageFigures] {
        let range = filter.range
        return Dictionary(grouping: try session.all(UsageFigureQueries.counts(filter)), by: \.entitlement).sorted { $0.key < $1.key }.map {
            entitlement, rows in
            let quantities = Dictionary(rows.map { ($0.start, $0.quantity) }) { first, _ in first }
            return UsageFigures(
                from: range.since, until: range.until, entitlement: entitlement, organizationId: nil,
                quantity: rows.reduce(0) { $0 + $1.quantity }, records: rows.reduce(0) { $0 + $1.records },
                limitsReached: rows.reduce(0) { $0 + $1.limitsReached }, series: range.starts.map { quantities[$0] ?? 0 })
        }
    }

    /// What was used of each entitlement in each bucket of the range, in the order of time.
    public static func usageByTime(_ filter: UsageFigureFilter, in session: Session) throws -> [UsageFigures] {
        let range = filter.range
        let rows = Dictionary(grouping: try session.all(UsageFigureQueries.counts(filter)), by: \.entitlement)
        return rows.sorted { $0.key < $1.key }.flatMap { entitlement, rows in
            let byStart = Dictionary(rows.map { ($0.start, $0) }) { first, _ in first }
            return range.starts.map { start in
                UsageFigures(
                    from: start, until: range.end(of: start), entitlement: entitlement, organizationId: nil,
                    quantity: byStart[start]?.quantity ?? 0, records: byStart[start]?.records ?? 0,
                    limitsReached: byStart[start]?.limitsReached ?? 0, series: nil)
            }
        }
    }

    /// The organizations that have used most of an entitlement, most first.
    public static func users(
        of entitlement: String, _ range: FigureRange, limit: Int, in session: Session
    ) throws -> [UsageFigures] {
        try session.all(UsageFigureQueries.users(of: entitlement, range, limit: limit))
    }
}
