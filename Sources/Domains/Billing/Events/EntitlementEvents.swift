public import FoundationEssentials
public import Kernel

/// The full set of what an organization may use; consumers take it only if its version is newer than what they have.
public struct EntitlementsUpdated: DomainEvent {
    public static let eventType = EventType("saas.entitlements.updated", version: 1)
    public static let aggregateType = "entitlement_set"

    public let organizationId: UUID
    /// Rises with each change of the set, from 1.
    public let version: Int64
    public let entitlements: [EntitlementGrant]

    public init(organizationId: UUID, version: Int64, entitlements: [EntitlementGrant]) {
        self.organizationId = organizationId
        self.version = version
        self.entitlements = entitlements
    }
}

public struct EntitlementGrant: Sendable, Hashable, Codable {
    /// `projects`, `seats`, `api_calls`, …
    public let key: String
    public let kind: EntitlementKind
    /// How much: `nil` for no limit, and for a boolean entitlement, which is granted by being there.
    public let quantity: Int64?
    /// Nothing is forbidden beyond it. `nil`, for no: what may be used ends there.
    public let isSoft: Bool?

    public init(key: String, kind: EntitlementKind, quantity: Int64?, isSoft: Bool = false) {
        self.key = key
        self.kind = kind
        self.quantity = quantity
        self.isSoft = isSoft ? true : nil
    }

    /// Beyond which nothing is allowed; `nil` for a soft limit too.
    public var hardLimit: Int64? { isSoft == true ? nil : quantity }
}

public enum EntitlementKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// On or off.
    case boolean
    /// A number that may exist at a time.
    case `static`
    /// A number that may be used in a period.
    case metered
}
