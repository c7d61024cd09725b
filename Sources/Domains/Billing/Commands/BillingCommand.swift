public import ArgumentParser

/// `saasctl billing`: plans, subscriptions, invoices, and what may be used.
public struct BillingCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "billing", abstract: "Plans, subscriptions, invoices: what a customer pays for and may use.",
        subcommands: [PlanCommand.self, SubscriptionCommand.self, InvoiceCommand.self, EntitlementCommand.self, UsageCommand.self])

    public init() {}
}

struct EntitlementCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "entitlement", abstract: "Entitlements: what an organization may use.",
        subcommands: [EntitlementList.self, EntitlementCheck.self, EntitlementExplain.self, EntitlementOverride.self])
}
