/// A subscription of the model's, and what becomes of it.
struct ModelSubscription: Sendable {
    enum State: String, Sendable {
        case active, cancelled
        /// By the deletion of its organization, until that is undone.
        case suspended
    }

    enum Next: Sendable {
        case renewal, end
        case change(BillingModel.Version)
    }

    var version: BillingModel.Version
    var state = State.active
    var anchor: Int
    var period: Range<Int>
    var trialEnd: Int?
    var next = Next.renewal

    func isInTrial(at instant: Int) -> Bool { trialEnd.map { instant < $0 } ?? false }

    fileprivate func period(of instant: Int) -> Range<Int> {
        ModelCalendar.period(of: instant, from: anchor, months: version.months)
    }

    /// The share of the days that are left, of which the one that has begun is the first; rounded half up.
    fileprivate func rest(of period: Range<Int>, at instant: Int, costing amount: Int) -> Int {
        let days = period.count / ModelCalendar.day
        let left = days - (instant - period.lowerBound) / ModelCalendar.day
        return (2 * amount * left + days) / (2 * days)
    }
}

extension BillingModel.Organization {
    /// Of every deed on it.
    var refusal: String? {
        if heardAt == nil { return "ENTITLEMENTS_NOT_FOUND" }
        return deletedAt == nil ? nil : "ORG_DELETED"
    }

    var active: ModelSubscription? { subscriptions.last.flatMap { $0.state == .active ? $0 : nil } }

    /// What may be used; while it is deleted, what may be used again when that is undone.
    var granted: [String: BillingModel.Grant] {
        guard let last = subscriptions.last, last.state != .cancelled else { return [:] }
        return last.version.grants.merging(overrides) { $1 }
    }

    /// One invoice of several lines, of which none is of nothing.
    private mutating func bill(_ lines: Int..., in currency: BillingModel.Currency) {
        guard lines.contains(where: { $0 != 0 }) else { return }
        invoices.append(BillingModel.Invoice(amount: lines.reduce(0, +), currency: currency))
    }

    private mutating func touch(_ body: (inout ModelSubscription) -> Void) {
        guard let last = subscriptions.indices.last else { return }
        body(&subscriptions[last])
    }

    mutating func begin(_ version: BillingModel.Version, at instant: Int) {
        subscriptions.append(ModelSubscription(version: version, anchor: instant, period: instant..<instant))
        beginPaying(at: instant)
    }

    /// With a trial, where the subscription has had none.
    private mutating func beginPaying(at instant: Int) {
        guard var last = subscriptions.last else { return }
        if last.version.trialDays > 0, last.trialEnd == nil {
            last.anchor = instant + last.version.trialDays * ModelCalendar.day
            last.trialEnd = last.anchor
            last.period = instant..<last.anchor
        } else {
            last.anchor = instant
            last.period = last.period(of: instant)
            bill(last.version.amount, in: last.version.currency)
        }
        subscriptions[subscriptions.count - 1] = last
    }

    mutating func catchUp(to now: Int) {
        while let last = active, last.period.upperBound <= now { turn(last, at: last.period.upperBound) }
    }

    private mutating func turn(_ last: ModelSubscription, at end: Int) {
        switch last.next {
        case .end:
            touch { $0.state = .cancelled }
            return
        case .renewal: touch { $0.period = $0.period(of: end) }
        case .change(let version):
            touch {
                $0.next = .renewal
                $0.version = version
            }
            if last.version.amount == 0, version.amount > 0 { return beginPaying(at: end) }
            touch {
                if last.version.months != version.months { $0.anchor = end }
                $0.period = $0.period(of: end)
            }
        }
        if let version = active?.version { bill(version.amount, in: version.currency) }
    }

    mutating func keep() { touch { $0.next = .renewal } }

    mutating func change(to version: BillingModel.Version, _ isNow: Bool, at now: Int) {
        guard let former = active else { return }
        if version == former.version { return keep() }
        guard isNow else { return touch { $0.next = .change(version) } }
        touch {
            $0.next = .renewal
            $0.version = version
        }
        guard !former.isInTrial(at: now) else { return }
        if former.version.amount == 0, version.amount > 0 { return beginPaying(at: now) }
        let back = former.rest(of: former.period, at: now, costing: former.version.amount)
        let currency = former.version.amount > 0 ? former.version.currency : version.currency
        if former.version.months == version.months {
            bill(-back, former.rest(of: former.period, at: now, costing: version.amount), in: currency)
        } else {
            touch {
                $0.anchor = now
                $0.period = $0.period(of: now)
            }
            bill(-back, version.amount, in: currency)
        }
    }

    mutating func cancel(_ isNow: Bool, at now: Int) {
        guard let last = active else { return }
        guard isNow else { return touch { $0.next = .end } }
        if !last.isInTrial(at: now) {
            bill(-last.rest(of: last.period, at: now, costing: last.version.amount), in: last.version.currency)
        }
        touch {
            $0.state = .cancelled
            $0.next = .renewal
        }
    }

    mutating func use(_ usage: BillingModel.Usage, _ key: Int, at now: Int) -> String? {
        guard usage.quantity > 0, usage.usedAt ?? now <= now else { return "USAGE_INVALID" }
        if let refusal { return refusal }
        guard let last = active else { return "SUBSCRIPTION_CANCELLED" }
        let name = "\(usage.entitlement) \(key)"
        if let known = self.usage[name] {
            return known.quantity == usage.quantity && (usage.usedAt == nil || usage.usedAt == known.usedAt) ? nil : "USAGE_KEY_TAKEN"
        }
        guard let grant = granted[usage.entitlement], grant.kind == .metered else { return "NOT_METERED" }
        let usedAt = usage.usedAt ?? now
        guard usedAt >= foundedAt else { return "USAGE_INVALID" }
        if let limit = grant.quantity, !grant.isSoft, used(usage.entitlement, at: usedAt, in: last) + usage.quantity > limit {
            return "USAGE_LIMIT"
        }
        self.usage[name] = BillingModel.Usage(entitlement: usage.entitlement, quantity: usage.quantity, usedAt: usedAt)
        return nil
    }

    /// In the period of an instant.
    func used(_ entitlement: String, at instant: Int, in subscription: ModelSubscription) -> Int {
        let period = subscription.period.contains(instant) ? subscription.period : subscription.period(of: instant)
        return usage.values.filter { $0.entitlement == entitlement && period.contains($0.usedAt ?? 0) }.map(\.quantity).reduce(0, +)
    }

    mutating func credit(_ number: Int, _ amount: Int?) -> String? {
        guard number <= invoices.count else { return "INVOICE_NOT_FOUND" }
        let invoice = invoices[number - 1]
        let rest = invoice.amount - invoice.credited
        let back = amount ?? rest
        guard back > 0, back <= rest else { return "NOT_CREDITABLE" }
        invoices[number - 1].credited += back
        bill(-back, in: invoice.currency)
        return nil
    }

    mutating func delete(at now: Int) {
        guard deletedAt == nil else { return }
        deletedAt = now
        if active != nil { touch { $0.state = .suspended } }
    }

    mutating func restore(at now: Int) {
        guard deletedAt != nil else { return }
        deletedAt = nil
        touch { if $0.state == .suspended { $0.state = .active } }
        catchUp(to: now)
    }

    /// Invoices are books and stay.
    mutating func purge() {
        isPurged = true
        subscriptions = []
        overrides = [:]
        usage = [:]
    }
}
