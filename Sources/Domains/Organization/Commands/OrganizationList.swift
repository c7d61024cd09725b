import ArgumentParser
import CommandKit
import Kernel
import Organization

struct OrganizationList: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List organizations, newest first.", discussion: "Example: saasctl org list --slug 'acme*'")

    @Option(help: ArgumentHelp("Only slugs that match this pattern; * and ? stand for any characters.", valueName: "pattern"))
    var slug: String?

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let pattern = slug
        try await context.list(paging) { cursor, limit in
            try await context.read("organization") {
                try OrganizationService.list(before: cursor, matching: pattern, limit: limit, in: $0)
            }
        }
    }
}
