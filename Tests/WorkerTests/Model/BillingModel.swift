import TestSupport

/// What plans, subscriptions, invoices, entitlements and usage ought to be, told without any database and with an arithmetic of its own: the rules as the
/// documentation has them. Instants are seconds since 1970, amounts minor units.
struct BillingModel: Sendable {
    enum Currency: String, Sendable, CaseIterable {
        case euro = "EUR"
        case yen = "JPY"
    }

    struct Grant: Sendable, Hashable {
        enum Kind: String, Sendable { case boolean, `static`, metered }

        let kind: Kind
        /// `nil` for no limit.
        let quantity: Int?
        let isSoft: Bool
    }

    /// A plan as it is from a certain time on.
    struct Version: Sendable, Hashable {
        let plan: Int
        /// Counted from 1.
        var number: Int
        let amount: Int
        let currency: Currency
        /// Of a period.
        let months: Int
        let trialDays: Int
        let grants: [String: Grant]

        var yearly: Int { amount * (12 / months) }
        /// A twelfth of what a year costs, rounded half up.
        var monthly: Int { months == 1 ? amount : (2 * amount + 12) / 24 }
    }

    struct Plan: Sendable {
        var versions: [Version]
        var isRetired = false
    }

    struct Usage: Sendable {
        let entitlement: String
        let quantity: Int
        /// `nil` for now.
        var usedAt: Int?
    }

    struct Invoice: Sendable {
        let amount: Int
        let currency: Currency
        /// What was given back of it.
        var credited = 0
    }

    struct Organization: Sendable {
        let foundedAt: Int
        /// When billing has heard of it.
        var heardAt: Int?
        /// Oldest first; the last counts.
        var subscriptions: [ModelSubscription] = []
        /// By number.
        var invoices: [Invoice] = []
        var overrides: [String: Grant] = [:]
        /// By entitlement and key.
        var usage: [String: Usage] = [:]
        var deletedAt: Int?
        var isPurged = false
    }

    static let grace = 30 * ModelCalendar.day

    var now: Int
    var plans: [Plan] = []
    var organizations: [Organization] = []

    /// Does the deed so many seconds later, where it is allowed.
    ///
    /// - Returns: the code of the refusal; `nil` for a deed that succeeds.
    mutating func apply(_ deed: BillingDeed, after pause: Int) -> String? {
        now += pause
        // Who is asked first does what was to happen before: so it is no matter that nobody has asked.
        for index in organizations.indices { organizations[index].catchUp(to: now) }
        switch deed {
        case .publish(let version): return publish(version)
        case .retire(let plan):
            guard plan < plans.count else { return "PLAN_NOT_FOUND" }
            guard plan > 0 else { return "PLAN_IS_DEFAULT" }
            plans[plan].isRetired = true
        case .found: organizations.append(Organization(foundedAt: now))
        case .delete(let place):
            work()
            guard !organizations[place].isPurged else { return nil }
            organizations[place].delete(at: now)
        case .restore(let place):
            guard !organizations[place].isPurged else { return "ORG_PURGED" }
            if let deletedAt = organizations[place].deletedAt, now >= deletedAt + Self.grace { return "GRACE_ENDED" }
            work()
            organizations[place].restore(at: now)
        case .subscribe(let place, let plan): return subscribe(place, plan)
        case .change(let place, let plan, let isNow): return change(place, plan, isNow)
        case .cancel(let place, let isNow):
            if let refusal = organizations[place].refusal { return refusal }
            organizations[place].cancel(isNow, at: now)
        case .use(let place, let usage, let key): return organizations[place].use(usage, key, at: now)
        case .override(let place, let key, let grant):
            if let refusal = organizations[place].refusal { return refusal }
            organizations[place].overrides[key] = grant
        case .credit(let place, let number, let amount):
            return organizations[place].credit(number, amount)
        case .work: work()
        }
        return nil
    }

    private mutating func publish(_ version: Version) -> String? {
        var next = version
        guard version.plan < plans.count, let last = plans[version.plan].versions.last else {
            next.number = 1
            plans.append(Plan(versions: [next]))
            return nil
        }
        guard !plans[version.plan].isRetired else { return "PLAN_RETIRED" }
        next.number = last.number
        guard next != last else { return nil }
        next.number += 1
        plans[version.plan].versions.append(next)
        return nil
    }

    /// New organizations get the first plan, from the instant at which they came to be; what is deleted for good is gone.
    private mutating func work() {
        for index in organizations.indices {
            if organizations[index].heardAt == nil, let version = plans[0].versions.last {
                organizations[index].heardAt = now
                organizations[index].begin(version, at: organizations[index].foundedAt)
                organizations[index].catchUp(to: now)
            }
            if let deletedAt = organizations[index].deletedAt, now >= deletedAt + Self.grace { organizations[index].purge() }
        }
    }

    private func current(_ plan: Int) -> (version: Version?, refusal: String?) {
        guard plan < plans.count else { return (nil, "PLAN_NOT_FOUND") }
        return plans[plan].isRetired ? (nil, "PLAN_RETIRED") : (plans[plan].versions.last, nil)
    }

    private mutating func subscribe(_ place: Int, _ plan: Int) -> String? {
        if let refusal = organizations[place].refusal { return refusal }
        let (version, refusal) = current(plan)
        guard let version else { return refusal }
        guard organizations[place].active == nil else { return "SUBSCRIPTION_EXISTS" }
        organizations[place].begin(version, at: now)
        return nil
    }

    private mutating func change(_ place: Int, _ plan: Int, _ isNow: Bool?) -> String? {
        if let refusal = organizations[place].refusal { return refusal }
        guard let own = organizations[place].active?.version else { return "SUBSCRIPTION_CANCELLED" }
        // Who has a retired plan keeps it.
        if plan == own.plan, plans[plan].isRetired {
            organizations[place].keep()
            return nil
        }
        let (version, refusal) = current(plan)
        guard let version else { return refusal }
        if own.amount > 0, version.amount > 0, own.currency != version.currency { return "CURRENCY_MISMATCH" }
        organizations[place].change(to: version, isNow ?? (version.yearly > own.yearly), at: now)
        return nil
    }

    /// What recurs in a month, of all who are through with their trials.
    var recurring: [String: (amount: Int, subscribers: Int)] {
        var sums: [String: (amount: Int, subscribers: Int)] = [:]
        for version in organizations.compactMap({ $0.active }).filter({ !$0.isInTrial(at: now) }).map(\.version) where version.monthly > 0 {
            let sum = sums[version.currency.rawValue, default: (0, 0)]
            sums[version.currency.rawValue] = (sum.amount + version.monthly, sum.subscribers + 1)
        }
        return sums
    }
}
