import ArgumentParser
import Billing
import CommandKit
import Kernel

struct EntitlementList: SaasctlCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List what an organization may use.")

    @Argument(help: "The organization's slug or id; otherwise the one of --org.")
    var organization: String?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let (id, label) = try await context.organization(organization)
        let entitlements = try await context.read("billing") { try BillingService.entitlements(of: id, label: label, in: $0) }
        try context.renderer.list(Page(all: entitlements))
    }
}
