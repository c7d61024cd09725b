import BillingEvents
import FoundationEssentials
import Kernel

/// A plan in the version in which somebody has it.
struct Offer: Sendable, Hashable {
    let planId: UUID
    let slug: String
    let version: PlanVersion

    /// What it costs in a year, by which a plan is a higher or a lower one than another.
    var yearlyAmount: Int64 { version.price.amount * Int64(12 / version.period.months) }

    var isFree: Bool { version.price.amount == 0 }
}

/// When a change of a subscription takes effect.
public enum ChangeTime: String, Sendable, Hashable, Codable, CaseIterable {
    case now
    case periodEnd = "period-end"
}

/// A subscription and all that decides what comes next: pure values and rules. What they lead to is in ``bills`` and ``events``, in order, and is stored by
/// whoever has the locks; a preview looks at it and stores nothing.
struct Contract: Sendable {
    /// What is to happen at the end of the current period.
    enum Next: Sendable, Hashable {
        case renewal
        case change(Offer)
        case end
    }

    let id: UUID
    let organizationId: UUID
    var status = Subscription.Status.active
    var offer: Offer
    var anchor: Timestamp
    var period: PaidPeriod
    /// The first instant that is paid for, where it began with a trial.
    var trialEnd: Timestamp?
    var next = Next.renewal
    var endedAt: Timestamp?

    /// What came of it since it was read.
    var bills: [Bill] = []
    var events: [any DomainEvent] = []

    /// - Parameter now: when the first period begins, which may be a trial.
    init(id: UUID, organizationId: UUID, offer: Offer, startingAt now: Timestamp) throws {
        self.id = id
        self.organizationId = organizationId
        self.offer = offer
        anchor = now
        period = PaidPeriod(start: now, end: now)
        try begin(offer, at: now, cause: .start)
        events.append(
            SubscriptionActivated(
                subscriptionId: id, organizationId: organizationId, planId: offer.planId, planVersionId: offer.version.id,
                price: offer.version.price, period: offer.version.period, periodStart: period.start, periodEnd: period.end,
                trialEnd: trialEnd))
    }

    /// As it is stored.
    init(
        id: UUID, organizationId: UUID, status: Subscription.Status, offer: Offer, anchor: Timestamp, period: PaidPeriod,
        trialEnd: Timestamp?,
        next: Next, endedAt: Timestamp?
    ) {
        self.id = id
        self.organizationId = organizationId
        self.status = status
        self.offer = offer
        self.anchor = anchor
        self.period = period
        self.trialEnd = trialEnd
        self.next = next
        self.endedAt = endedAt
    }

    /// When something happens by itself; `nil` where nothing does: periods that cost nothing and change nothing just pass.
    var wakesAt: Timestamp? {
        status == .active && !(offer.isFree && next == .renewal) ? period.end : nil
    }

    func isInTrial(at instant: Timestamp) -> Bool {
        trialEnd.map { instant < $0 } ?? false
    }

    private var calendar: BillingCalendar { BillingCalendar(anchor: anchor, interval: offer.version.period) }

    /// Does what was to happen until an instant, period by period, in the order in which it was to happen.
    mutating func catchUp(to now: Timestamp) throws {
        while let end = wakesAt, end <= now { try turn(at: end) }
        if status == .active, period.end <= now { period = calendar.period(containing: now) }
    }

    private mutating func turn(at end: Timestamp) throws {
        switch next {
        case .end:
            finish(at: end)
            return
        case .change(let offer):
            next = .renewal
            let former = self.offer
            self.offer = offer
            if former.isFree, !offer.isFree {
                try begin(offer, at: end, cause: .renewal)
                tellChange(from: former, at: end)
                return
            }
            if former.version.period != offer.version.period { anchor = end }
            period = calendar.period(containing: end)
            tellChange(from: former, at: end)
        case .renewal:
            period = calendar.period(containing: end)
            events.append(
                SubscriptionRenewed(
                    subscriptionId: id, organizationId: organizationId, planVersionId: offer.version.id, periodStart: period.start,
                    periodEnd: period.end))
        }
        bills += try [Bill(.renewal, for: period, [.whole(period, on: offer)])].compactMap { $0 }
    }

    /// Gives the subscriber another plan, caught up with already.
    ///
    /// - Parameter wanted: `nil` for what the rules say: a higher plan at once, another at the end of the period.
    /// - Returns: when it takes effect.
    /// - Throws: ``BillingError/currencyMismatch(_:_:)``.
    mutating func change(to offer: Offer, _ wanted: ChangeTime?, at now: Timestamp) throws -> Timestamp {
        // What costs nothing is no money of any currency.
        guard offer.isFree || self.offer.isFree || offer.version.price.currency == self.offer.version.price.currency else {
            throw BillingError.currencyMismatch(self.offer.version.price.currency, offer.version.price.currency)
        }
        if offer == self.offer {
            schedule(.renewal)
            return now
        }
        guard wanted ?? (offer.yearlyAmount > self.offer.yearlyAmount ? .now : .periodEnd) == .now else {
            schedule(.change(offer))
            return period.end
        }
        let former = self.offer
        next = .renewal
        self.offer = offer
        if former.isFree, !offer.isFree, !isInTrial(at: now) {
            try begin(offer, at: now, cause: .change)
        } else if !isInTrial(at: now) {
            try settle(from: former, at: now)
        }
        tellChange(from: former, at: now)
        return now
    }

    /// Ends the subscription, caught up with already.
    ///
    /// - Returns: when.
    mutating func cancel(_ wanted: ChangeTime, at now: Timestamp) throws -> Timestamp {
        guard wanted == .now else {
            schedule(.end)
            return period.end
        }
        let unused = isInTrial(at: now) ? nil : try Bill.Line.unused(of: period, at: now, on: offer)
        bills += try [Bill(.cancellation, for: period, [unused].compactMap { $0 })].compactMap { $0 }
        finish(at: now)
        return now
    }

    /// Begins to be paid for: with the plan's trial, unless there was one before, otherwise with a period.
    private mutating func begin(_ offer: Offer, at now: Timestamp, cause: Bill.Cause) throws {
        let isTrial = offer.version.trialDays > 0 && trialEnd == nil
        anchor = isTrial ? now.advanced(by: .seconds(offer.version.trialDays * 86_400)) : now
        if isTrial {
            trialEnd = anchor
            period = PaidPeriod(start: now, end: anchor)
        } else {
            period = calendar.period(containing: now)
            bills += try [Bill(cause, for: period, [.whole(period, on: offer)])].compactMap { $0 }
        }
    }

    /// Gives back what is left of the old plan's period and takes what is left of it on the new one; where the new one has periods of another
    /// length, the first of them begins now.
    private mutating func settle(from former: Offer, at now: Timestamp) throws {
        var lines = [try Bill.Line.unused(of: period, at: now, on: former)]
        if former.version.period == offer.version.period {
            lines.append(Bill.Line.remaining(of: period, at: now, on: offer))
        } else {
            anchor = now
            period = calendar.period(containing: now)
            lines.append(.whole(period, on: offer))
        }
        bills += try [Bill(.change, for: period, lines.compactMap { $0 })].compactMap { $0 }
    }

    private mutating func schedule(_ plan: Next) {
        guard next != plan else { return }
        next = plan
        let action: ScheduledAction =
            switch plan {
            case .renewal: .renew
            case .change: .change
            case .end: .end
            }
        let version: UUID? = if case .change(let offer) = plan { offer.version.id } else { nil }
        events.append(
            SubscriptionScheduled(
                subscriptionId: id, organizationId: organizationId, action: action, planVersionId: version, effectiveAt: period.end))
    }

    private mutating func tellChange(from former: Offer, at instant: Timestamp) {
        events.append(
            SubscriptionChanged(
                subscriptionId: id, organizationId: organizationId, formerPlanVersionId: former.version.id, planId: offer.planId,
                planVersionId: offer.version.id, price: offer.version.price, period: offer.version.period, periodStart: period.start,
                periodEnd: period.end, trialEnd: trialEnd, effectiveAt: instant))
    }

    private mutating func finish(at instant: Timestamp) {
        status = .cancelled
        next = .renewal
        endedAt = instant
        events.append(SubscriptionCancelled(subscriptionId: id, organizationId: organizationId, endedAt: instant))
    }
}
