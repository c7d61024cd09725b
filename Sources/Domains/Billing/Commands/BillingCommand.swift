public import ArgumentParser

/// `saasctl billing`: subscriptions and what they grant.
public struct BillingCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "billing", abstract: "Subscriptions and entitlements: what a customer pays for and may use.",
        subcommands: [SubscriptionCommand.self, EntitlementCommand.self])

    public init() {}
}

struct SubscriptionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sub", abstract: "Subscriptions: which plan an organization is on.", subcommands: [SubscriptionGet.self])
}

struct EntitlementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "entitlement", abstract: "Entitlements: what an organization may use.", subcommands: [EntitlementList.self])
}
