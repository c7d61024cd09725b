public import BillingEvents
public import Kernel

/// What a plan is to be from now on.
public struct PlanDraft: Sendable {
    public let slug: String
    public let name: String
    public let isDefault: Bool
    public let price: Money
    public let period: BillingPeriod
    public let entitlements: [EntitlementGrant]
    public let trialDays: Int

    public init(
        slug: String, name: String, isDefault: Bool, price: Money, period: BillingPeriod, entitlements: [EntitlementGrant],
        trialDays: Int = 0
    ) {
        self.slug = slug
        self.name = name
        self.isDefault = isDefault
        self.price = price
        self.period = period
        self.entitlements = entitlements.sorted { $0.key < $1.key }
        self.trialDays = trialDays
    }

    /// The plan that every installation begins with: nothing to pay, little to use.
    public static let free = PlanDraft(
        slug: "free", name: "Free", isDefault: true, price: Money(amount: 0, currency: "EUR"), period: .month,
        entitlements: [
            EntitlementGrant(key: "api_calls", kind: .metered, quantity: 1_000),
            EntitlementGrant(key: "members", kind: .static, quantity: 5),
            EntitlementGrant(key: "projects", kind: .static, quantity: 3),
        ])

    /// The highest price, in minor units.
    static let highestAmount: Int64 = 1_000_000_000_000
    static let longestTrial = 730

    /// - Throws: ``BillingError/planInvalid(_:)``, `MoneyError`.
    func validate() throws {
        guard Self.isSlug(slug) else {
            throw BillingError.planInvalid(
                "\"\(slug)\" is not a plan's key: 2 to 63 lower-case letters, digits and single hyphens between them")
        }
        guard name.isPrintableLine(ofLength: 1...200) else {
            throw BillingError.planInvalid("\"\(name)\" is not a name: 1 to 200 printable characters on one line")
        }
        guard Currency.isKnown(price.currency) else { throw MoneyError.unknownCurrency(price.currency) }
        guard price.amount >= 0 else { throw BillingError.planInvalid("a plan costs nothing or something, and not \(price)") }
        guard price.amount <= Self.highestAmount else {
            throw BillingError.planInvalid(
                "a plan costs at most \(Money(amount: Self.highestAmount, currency: price.currency)), and not \(price)")
        }
        guard (0...Self.longestTrial).contains(trialDays) else {
            throw BillingError.planInvalid("a trial has \(Self.longestTrial) days at most, and not \(trialDays)")
        }
        try Self.validate(entitlements)
    }

    /// - Throws: ``BillingError/planInvalid(_:)``.
    static func validate(_ entitlements: [EntitlementGrant]) throws {
        var keys: Set<String> = []
        for grant in entitlements {
            guard isEntitlementKey(grant.key) else {
                throw BillingError.planInvalid(
                    "\"\(grant.key)\" is not an entitlement's key: 1 to 60 lower-case letters, digits and underscores, a letter first")
            }
            guard keys.insert(grant.key).inserted else { throw BillingError.planInvalid("entitlement \"\(grant.key)\" is given twice") }
            if let quantity = grant.quantity, quantity < 0 {
                throw BillingError.planInvalid("entitlement \"\(grant.key)\" cannot be \(quantity)")
            }
            if grant.isSoft == true, grant.quantity == nil {
                throw BillingError.planInvalid("entitlement \"\(grant.key)\" has no limit that could be soft")
            }
            if grant.kind == .boolean, grant.quantity != nil {
                throw BillingError.planInvalid("entitlement \"\(grant.key)\" may be used or not, and has no quantity")
            }
        }
    }

    private static func isSlug(_ text: String) -> Bool {
        (2...63).contains(text.utf8.count) && text.utf8.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }
            && !text.hasPrefix("-") && !text.hasSuffix("-") && !text.contains("--")
    }

    private static func isEntitlementKey(_ text: String) -> Bool {
        guard (1...60).contains(text.utf8.count), let first = text.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
        else {
            return false
        }
        return text.utf8.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "_") }
    }

    private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
