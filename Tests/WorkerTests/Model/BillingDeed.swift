import TestSupport

/// One thing that somebody tries with plans, subscriptions and usage, whether it is allowed or not. Plans and organizations go by their number in the
/// order of their making.
enum BillingDeed: Sendable {
    /// The next version of a plan; where there is no such plan, a plan.
    case publish(BillingModel.Version)
    case retire(plan: Int)
    case found
    /// With all that is due and was told before, and the services hear it at once: whether a renewal or a deletion comes first is not left to chance.
    case delete(Int)
    case restore(Int)
    case subscribe(Int, plan: Int)
    case change(Int, plan: Int, isNow: Bool?)
    case cancel(Int, isNow: Bool)
    case use(Int, BillingModel.Usage, key: Int)
    case override(Int, key: String, BillingModel.Grant?)
    /// Of the organization's invoice with this number, where all that was due is invoiced; `nil` for all that is left of it.
    case credit(Int, invoice: Int, amount: Int?)
    /// So many workers run until all is level.
    case work(workers: Int)

    /// Anything, of what there is in the model.
    static func random(_ model: BillingModel, _ random: inout SeededGenerator) -> BillingDeed {
        func index(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
        if model.plans.count < 6 { return .publish(version(of: model.plans.count, &random)) }
        if model.organizations.count(where: { $0.deletedAt == nil }) < 5 { return .found }
        let organization = index(model.organizations.count)
        // Of one plan in twenty nobody has heard.
        let plan = random.happens(5) ? model.plans.count : index(model.plans.count)
        switch index(100) {
        case 0..<5: return .publish(version(of: random.happens(20) ? model.plans.count : index(model.plans.count), &random))
        case 5..<6: return .retire(plan: plan)
        case 6..<7: return .found
        case 7..<9: return .delete(organization)
        case 9..<13: return .restore(organization)
        case 13..<24: return .subscribe(organization, plan: plan)
        case 24..<47: return .change(organization, plan: plan, isNow: random.pick(nil, nil, true, false))
        case 47..<54: return .cancel(organization, isNow: random.happens(50))
        case 54..<78:
            return .use(organization, usage(of: model.organizations[organization], at: model.now, &random), key: index(12))
        case 78..<85:
            let key = random.pick("projects", "seats", "api_calls", "storage", "sso")
            return .override(organization, key: key, random.happens(30) ? nil : grant(of: key, &random))
        case 85..<92:
            return .credit(
                organization, invoice: 1 + index(model.organizations[organization].invoices.count + 1),
                amount: random.happens(40) ? nil : index(1_500))
        default: return .work(workers: random.happens(20) ? 3 : 1)
        }
    }

    /// How many seconds pass before a deed: within a day, within a period, and beyond several.
    static func pause(_ random: inout SeededGenerator) -> Int {
        let longest = random.happens(70) ? 3_600 : random.happens(90) ? 3 * 86_400 : 50 * 86_400
        return Int.random(in: 1...longest, using: &random)
    }

    /// The first plan costs nothing in any of its versions: new organizations get it.
    private static func version(of plan: Int, _ random: inout SeededGenerator) -> BillingModel.Version {
        var grants: [String: BillingModel.Grant] = [:]
        for key in ["projects", "api_calls", "storage", "sso"] where random.happens(75) { grants[key] = grant(of: key, &random) }
        let currency: BillingModel.Currency = random.happens(70) ? .euro : .yen
        let isFree = plan == 0 || random.happens(5)
        return BillingModel.Version(
            plan: plan, number: 0, amount: isFree ? 0 : Int.random(in: 1...9_999, using: &random), currency: currency,
            months: plan == 0 || random.happens(65) ? 1 : 12, trialDays: isFree || random.happens(60) ? 0 : random.pick(7, 30),
            grants: grants)
    }

    private static func grant(of key: String, _ random: inout SeededGenerator) -> BillingModel.Grant {
        guard key != "sso" else { return BillingModel.Grant(kind: .boolean, quantity: nil, isSoft: false) }
        let isMetered = key == "api_calls" || key == "storage"
        // What has no limit has none that is soft.
        let quantity = random.happens(15) ? nil : Int.random(in: isMetered ? 20...200 : 1...20, using: &random)
        return BillingModel.Grant(
            kind: isMetered ? .metered : .static, quantity: quantity, isSoft: quantity != nil && random.happens(isMetered ? 30 : 20))
    }

    private static func usage(
        of organization: BillingModel.Organization, at now: Int, _ random: inout SeededGenerator
    ) -> BillingModel.Usage {
        var usedAt: Int?
        if random.happens(50), let beginning = organization.heardAt {
            // Late mostly by days, sometimes by years; sometimes before there was anything to use, or not yet.
            usedAt = max(beginning, now - Int.random(in: 0...random.pick(86_400, 20 * 86_400, 500 * 86_400), using: &random))
            if random.happens(5) { usedAt = random.pick(organization.foundedAt - 1, now + 1) }
        }
        return BillingModel.Usage(
            entitlement: random.pick("api_calls", "api_calls", "storage", "projects"),
            quantity: random.happens(3) ? 0 : random.pick(1, 5, 20, 60), usedAt: usedAt)
    }
}
