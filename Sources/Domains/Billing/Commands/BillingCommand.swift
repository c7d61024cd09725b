public import ArgumentParser

/// `saasctl billing`: plans, subscriptions and what they grant.
public struct BillingCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "billing", abstract: "Plans, subscriptions and entitlements: what a customer pays for and may use.",
        subcommands: [PlanCommand.self, SubscriptionCommand.self, EntitlementCommand.self])

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
