import ArgumentParser
import CommandKit
import Organization

struct OrganizationGet: SaasctlCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show one organization.")

    @Argument(help: "The organization's slug or id; otherwise the one of --org.")
    var organization: String?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        try context.renderer.object(try await context.currentOrganization(organization))
    }
}
