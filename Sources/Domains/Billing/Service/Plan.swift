public import BillingEvents
public import FoundationEssentials
public import Kernel

/// What can be subscribed to.
public struct Plan: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case active, retired
    }

    public let id: UUID
    public let slug: String
    public let name: String
    public let status: Status
    /// The plan of an organization that chose none.
    public let isDefault: Bool
    public let currentVersion: PlanVersion
    public let createdAt: Timestamp
}

/// What a plan costs and grants from a certain time on. Never changed: a change of the plan makes another version.
public struct PlanVersion: Sendable, Hashable, Codable {
    public let id: UUID
    /// Counts the versions of the plan, from 1.
    public let number: Int
    public let price: Money
    public let period: BillingPeriod
    public let entitlements: [EntitlementGrant]
    /// For so many days a new subscriber pays nothing.
    public let trialDays: Int
}

extension PlanVersion {
    private enum CodingKeys: String, CodingKey {
        case id, number, price, period, entitlements, trialDays
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try values.decode(UUID.self, forKey: .id), number: try values.decode(Int.self, forKey: .number),
            price: try values.decode(Money.self, forKey: .price), period: try values.decode(BillingPeriod.self, forKey: .period),
            entitlements: try values.decode([Entitlement].self, forKey: .entitlements).map(EntitlementGrant.init),
            trialDays: try values.decode(Int.self, forKey: .trialDays))
    }

    /// Entitlements say the same of themselves wherever they are shown.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(id, forKey: .id)
        try values.encode(number, forKey: .number)
        try values.encode(price, forKey: .price)
        try values.encode(period, forKey: .period)
        try values.encode(entitlements.map(Entitlement.init), forKey: .entitlements)
        try values.encode(trialDays, forKey: .trialDays)
    }
}

extension Entitlement {
    public init(_ grant: EntitlementGrant) {
        self.init(key: grant.key, kind: grant.kind, quantity: grant.quantity, isSoft: grant.isSoft == true)
    }
}

extension EntitlementGrant {
    init(_ entitlement: Entitlement) {
        self.init(key: entitlement.key, kind: entitlement.kind, quantity: entitlement.quantity, isSoft: entitlement.isSoft)
    }
}
