import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Workflow

struct ProjectList: SaasctlCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List an organization's active projects, newest first.")

    @Argument(help: "The organization's slug or id; otherwise the one of --org.")
    var organization: String?

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let (id, _) = try await context.organization(organization)
        try await context.list(paging) { cursor, limit in
            try await context.read("workflow") { try WorkflowService.projects(of: id, before: cursor, limit: limit, in: $0) }
        }
    }
}
