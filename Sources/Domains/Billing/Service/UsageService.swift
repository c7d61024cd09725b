import BillingEvents
import FoundationEssentials
public import Kernel
public import Outbox
public import Postgres

/// The rules of usage. Every function that changes something runs in the caller's transaction, locks the organization's account first, and commits nothing.
public enum UsageService {
    /// What is reported.
    public struct Report: Sendable {
        public let entitlement: String
        public let key: String
        public let quantity: Int64
        /// `nil` for now.
        public let usedAt: Timestamp?

        public init(entitlement: String, key: String, quantity: Int64, usedAt: Timestamp?) {
            self.entitlement = entitlement
            self.key = key
            self.quantity = quantity
            self.usedAt = usedAt
        }
    }

    /// Records that something was used, in the period in which it was, whenever that is told. The same key again with the same values changes nothing.
    ///
    /// - Throws: ``BillingError/usageInvalid(_:)``, ``BillingError/usageKeyTaken(_:)``, ``BillingError/notMetered(_:organization:)``,
    ///   ``BillingError/limitReached(_:limit:used:)`` for a hard limit; what ``SubscriptionService`` throws of who has no subscription.
    public static func record(
        _ report: Report, for subscriber: SubscriptionService.Subscriber, in session: Session, context: OperationContext
    ) throws -> Change<UsageRecord> {
        try validate(report, at: context.now)
        let held = try HeldContract.take(subscriber, in: session, at: context.now)
        let contract = try held.active(subscriber)
        let known = try session.first(
            UsageQueries.find(report.entitlement, key: report.key, organizationId: subscriber.organizationId))
        if let known {
            guard known.quantity == report.quantity, report.usedAt == nil || known.usedAt == report.usedAt else {
                throw BillingError.usageKeyTaken(report.key)
            }
            return Change(known)
        }
        // What was to happen before may have changed what is granted.
        let overdue = try held.store(contract, in: session, context: context)
        let grant = try grant(of: report.entitlement, subscriber, in: session)
        let usedAt = report.usedAt ?? context.now
        guard let beginning = try session.one(UsageQueries.beginning(of: subscriber.organizationId)), usedAt >= beginning else {
            throw BillingError.usageInvalid("nothing was used before the organization had a subscription")
        }
        let period = contract.usagePeriod(at: usedAt)
        let (before, _) = try session.one(
            UsageQueries.used(report.entitlement, organizationId: subscriber.organizationId, in: period))
        let (after, overflow) = before.addingReportingOverflow(report.quantity)
        if let limit = grant.hardLimit, overflow || after > limit {
            throw BillingError.limitReached(report.entitlement, limit: limit, used: before)
        }
        guard !overflow else { throw BillingError.usageInvalid("so much cannot be counted") }
        let record = UsageRecord(
            id: context.newId(), organizationId: subscriber.organizationId, entitlement: report.entitlement, key: report.key,
            quantity: report.quantity, usedAt: usedAt, recordedAt: context.now)
        try session.run(UsageQueries.insert(record))
        var told: [any DomainEvent] = [
            UsageRecorded(
                organizationId: record.organizationId, usageId: record.id, entitlement: record.entitlement, quantity: record.quantity,
                usedAt: usedAt, periodStart: period.start, periodEnd: period.end)
        ]
        if let limit = grant.quantity, before < limit, after >= limit {
            told.append(
                UsageLimitReached(
                    organizationId: record.organizationId, entitlement: record.entitlement, limit: limit, isSoft: grant.isSoft == true,
                    periodStart: period.start, periodEnd: period.end))
        }
        let last = try session.one(UsageQueries.countEvents(of: record.organizationId, by: Int64(told.count)))
        let events = try PendingEvent.numbered(
            told, behind: last - Int64(told.count), subject: record.organizationId, organization: record.organizationId)
        return Change(
            record, rows: overdue.rows + [try ChangedRow(.insert, "usage_records", record)], events: overdue.events + events)
    }

    /// What was used in the period of an instant.
    ///
    /// - Parameter instant: `nil` for now.
    /// - Throws: as ``record(_:for:in:context:)``.
    public static func summary(
        of entitlement: String, for subscriber: SubscriptionService.Subscriber, at instant: Timestamp?, now: Timestamp, in session: Session
    ) throws -> UsageSummary {
        let contract = try HeldContract.look(at: subscriber, in: session, at: now).active(subscriber)
        let grant = try grant(of: entitlement, subscriber, in: session)
        let period = contract.usagePeriod(at: instant ?? now)
        let (used, records) = try session.one(
            UsageQueries.used(entitlement, organizationId: subscriber.organizationId, in: period))
        return UsageSummary(
            organizationId: subscriber.organizationId, entitlement: entitlement, periodStart: period.start, periodEnd: period.end,
            used: used,
            records: records, limit: grant.quantity, isSoft: grant.isSoft == true)
    }

    private static func grant(
        of key: String, _ subscriber: SubscriptionService.Subscriber, in session: Session
    ) throws -> EntitlementGrant {
        let granted = try session.all(BillingQueries.entitlements(organizationId: subscriber.organizationId)).first { $0.key == key }
        guard let granted, granted.kind == .metered else { throw BillingError.notMetered(key, organization: subscriber.label) }
        return EntitlementGrant(key: key, kind: .metered, quantity: granted.quantity, isSoft: granted.isSoft)
    }

    private static func validate(_ report: Report, at now: Timestamp) throws {
        guard (1...UsageRecord.largest).contains(report.quantity) else {
            throw BillingError.usageInvalid("a quantity is between 1 and \(UsageRecord.largest), and not \(report.quantity)")
        }
        guard report.key.isPrintableLine(ofLength: 1...200) else {
            throw BillingError.usageInvalid("\"\(report.key)\" is not a key: 1 to 200 printable characters on one line")
        }
        if let usedAt = report.usedAt, usedAt > now { throw BillingError.usageInvalid("\(usedAt) has not come yet") }
    }
}

extension Contract {
    /// The period in which something that is used at an instant counts.
    func usagePeriod(at instant: Timestamp) -> PaidPeriod {
        period.contains(instant) ? period : BillingCalendar(anchor: anchor, interval: offer.version.period).period(containing: instant)
    }
}
