import ArgumentParser
import Billing
import CommandKit
import Kernel

struct SubscriptionGet: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show an organization's subscription.",
        discussion: "A new organization has one after the next run of the worker.")

    @Argument(help: "The organization's slug or id; otherwise the one of --org.")
    var organization: String?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let (id, label) = try await context.organization(organization)
        let now = context.clock.now()
        try context.renderer.object(
            try await context.read("billing") { try BillingService.subscription(of: id, label: label, at: now, in: $0) })
    }
}
